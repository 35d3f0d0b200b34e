import Yams

/// A value of a configuration with the place where it was written.
struct ConfigurationNode: Sendable {
  typealias Origin = ConfigurationError.Origin

  /// A key of a mapping with its value and the key's own place.
  struct Entry: Sendable {
    var key: String
    var node: ConfigurationNode
    var origin: Origin
  }

  enum Content: Sendable {
    /// A scalar, and how it was written.
    case scalar(ConfigurationValue, written: String)
    case list([ConfigurationNode])
    case mapping([Entry])
  }

  var content: Content
  var origin: Origin

  /// Reads one YAML document; an empty one is an empty mapping.
  init(yaml text: String, origin: Origin) throws {
    do {
      guard let node = try Yams.compose(yaml: text, .basic) else {
        self.init(content: .mapping([]), origin: origin)
        return
      }
      var budget = 1_000_000
      try self.init(node, parent: origin, budget: &budget)
    } catch let error as YamlError {
      let (line, reason) = error.place
      throw ConfigurationError(
        origin: origin.at(line: line), path: "", problem: .syntax(reason))
    }
  }

  /// Takes over a plain value, all of it written in one place.
  init(value: ConfigurationValue, origin: Origin) {
    let content: Content =
      switch value {
      case .list(let elements):
        .list(elements.map { Self(value: $0, origin: origin) })
      case .mapping(let entries):
        .mapping(
          entries.map {
            Entry(
              key: $0.key, node: Self(value: $0.value, origin: origin),
              origin: origin)
          })
      case .string(let text): .scalar(value, written: text)
      default:
        .scalar(value, written: String(value.yaml.dropLast()))
      }
    self.init(content: content, origin: origin)
  }

  private init(content: Content, origin: Origin) {
    self.content = content
    self.origin = origin
  }

  /// Takes over a parsed node.
  ///
  /// `budget` is the number of values that are still allowed: a few lines of
  /// aliases to aliases can stand for more values than memory holds.
  private init(_ node: Node, parent: Origin, budget: inout Int) throws {
    let origin = parent.at(line: node.mark?.line)
    func refuse(_ problem: ConfigurationError.Problem) -> ConfigurationError {
      ConfigurationError(origin: origin, path: "", problem: problem)
    }
    budget -= 1
    if budget < 0 {
      throw refuse(.syntax("expected at most a million values, found more"))
    }
    switch node {
    case .scalar(let scalar):
      let isPlain: Bool
      switch scalar.tag.description {
      case "": isPlain = scalar.style == .plain
      case "!", "tag:yaml.org,2002:str": isPlain = false
      default:
        throw refuse(.syntax("tags are not understood; write a plain value"))
      }
      let value =
        isPlain
        ? ConfigurationValue(plain: scalar.string) : .string(scalar.string)
      self.init(
        content: .scalar(value, written: scalar.string), origin: origin)
    case .sequence(let sequence):
      var elements: [ConfigurationNode] = []
      for element in sequence {
        elements.append(
          try Self(element, parent: origin, budget: &budget))
      }
      self.init(content: .list(elements), origin: origin)
    case .mapping(let mapping):
      self.init(
        content: .mapping(
          try Self.entries(of: mapping, parent: origin, budget: &budget)),
        origin: origin)
    case .alias:
      throw refuse(.syntax("an alias stands for nothing"))
    }
  }

  /// The entries of a mapping, with those that `<<` merges in after its own.
  private static func entries(
    of mapping: Node.Mapping, parent: Origin, budget: inout Int
  ) throws -> [Entry] {
    var entries: [Entry] = []
    var merged: [Entry] = []
    var keys: Set<String> = []
    for (keyNode, valueNode) in mapping {
      let origin = parent.at(line: keyNode.mark?.line)
      func refuse(
        _ problem: ConfigurationError.Problem
      ) -> ConfigurationError {
        ConfigurationError(origin: origin, path: "", problem: problem)
      }
      guard case .scalar(let scalar) = keyNode else {
        throw refuse(.syntax("expected a plain key, found \(keyNode.kind)"))
      }
      let key = scalar.string
      let node = try Self(valueNode, parent: origin, budget: &budget)
      if key == "<<" && scalar.style == .plain {
        switch node.content {
        case .mapping(let own): merged += own
        case .list(let list):
          for element in list {
            guard case .mapping(let own) = element.content else {
              throw refuse(.syntax("'<<' merges mappings only"))
            }
            merged += own
          }
        case .scalar: throw refuse(.syntax("'<<' merges mappings only"))
        }
      } else if !keys.insert(key).inserted {
        throw refuse(.duplicateKey(key))
      } else {
        entries.append(Entry(key: key, node: node, origin: origin))
      }
    }
    for entry in merged where keys.insert(entry.key).inserted {
      entries.append(entry)
    }
    return entries
  }

  /// The node as plain values.
  var value: ConfigurationValue {
    switch content {
    case .scalar(let value, _): value
    case .list(let elements): .list(elements.map(\.value))
    case .mapping(let entries):
      .mapping(
        entries.map { ConfigurationValue.Entry($0.key, $0.node.value) })
    }
  }

  /// What stands here, in words, for messages.
  var found: String {
    switch content {
    case .scalar(.null, let written):
      written.isEmpty ? "nothing" : written
    case .scalar(.string, let written):
      ConfigurationValue.quoted(
        written.count > 60 ? written.prefix(60) + "…" : written)
    case .scalar(_, let written): written
    case .list(let elements):
      elements.isEmpty ? "an empty list" : "a list"
    case .mapping: "a mapping"
    }
  }
}

// MARK: - Overrides

extension ConfigurationNode {
  /// Lays one setting `path=value` over this node.
  mutating func override(with setting: String, origin: Origin) throws {
    func refuse(_ reason: String) -> ConfigurationError {
      ConfigurationError(origin: origin, path: "", problem: .syntax(reason))
    }
    guard let equals = setting.firstIndex(of: "=") else {
      throw refuse("expected KEY=VALUE, found no '='")
    }
    let parts = Self.parts(ofPath: String(setting[..<equals]))
    guard parts.allSatisfy({ !$0.isEmpty }) else {
      throw refuse("expected a path such as training.steps before '='")
    }
    let text = String(setting[setting.index(after: equals)...])
    var value = try ConfigurationNode(yaml: text, origin: origin)
    if case .mapping(let entries) = value.content,
      entries.isEmpty, !text.contains("{")
    {
      value.content = .scalar(.null, written: "")
    }
    try replace(parts[...], with: value, path: "")
  }

  /// Puts a plain value at a place such as `arms[0].alpha`.
  mutating func set(
    _ path: String, to value: ConfigurationValue, origin: Origin
  ) throws {
    try replace(
      Self.parts(ofPath: path)[...], with: Self(value: value, origin: origin),
      path: "")
  }

  /// Where the value at `path` was written, or the nearest that would hold it.
  func origin(ofValueAt path: String) -> Origin {
    var node = self
    for part in Self.parts(ofPath: path) {
      switch node.content {
      case .mapping(let entries):
        guard let entry = entries.first(where: { $0.key == part }) else {
          return node.origin
        }
        node = entry.node
      case .list(let elements):
        guard let index = Int(part), elements.indices.contains(index) else {
          return node.origin
        }
        node = elements[index]
      case .scalar: return node.origin
      }
    }
    return node.origin
  }

  private static func parts(ofPath path: String) -> [String] {
    path.replacing("[", with: ".").replacing("]", with: "")
      .split(separator: ".", omittingEmptySubsequences: false)
      .map(String.init)
  }

  /// Puts `value` at the place that `parts` lead to from here.
  private mutating func replace(
    _ parts: ArraySlice<String>, with value: ConfigurationNode, path: String
  ) throws {
    guard let part = parts.first else {
      self = value
      return
    }
    func refuse(_ expected: String, found: String) -> ConfigurationError {
      ConfigurationError(
        origin: value.origin, path: path,
        problem: .wrongValue(expected: expected, found: found))
    }
    let rest = parts.dropFirst()
    switch content {
    case .mapping(var entries):
      let path = path.isEmpty ? part : "\(path).\(part)"
      let index: Int
      if let existing = entries.firstIndex(where: { $0.key == part }) {
        index = existing
        if rest.isEmpty { entries[index].origin = value.origin }
      } else {
        index = entries.count
        entries.append(
          Entry(
            key: part,
            node: Self(content: .mapping([]), origin: value.origin),
            origin: value.origin))
      }
      try entries[index].node.replace(rest, with: value, path: path)
      content = .mapping(entries)
    case .list(var elements):
      let names = elements.map(\.name)
      guard
        let index = Int(part).flatMap({
          elements.indices.contains($0) ? $0 : nil
        }) ?? names.firstIndex(of: part)
      else {
        let known = names.compactMap(\.self).joined(separator: ", ")
        throw refuse(
          "an index below \(elements.count)"
            + (known.isEmpty ? "" : " or one of \(known)"),
          found: part)
      }
      try elements[index].replace(
        rest, with: value, path: "\(path)[\(index)]")
      content = .list(elements)
    case .scalar(.null, _):
      content = .mapping([])
      try replace(parts, with: value, path: path)
    case .scalar:
      throw refuse("a mapping or a list before '\(part)'", found: found)
    }
  }

  /// The text under `name`, where this is a mapping that has it.
  private var name: String? {
    guard case .mapping(let entries) = content,
      case .scalar(.string(let name), _)? =
        entries.first(where: { $0.key == "name" })?.node.content
    else { return nil }
    return name
  }
}

// MARK: - Reading YAML

extension ConfigurationError.Origin {
  /// The same file at `line`; an option has no lines.
  func at(line: Int?) -> Self {
    if case .file(let name, _) = self, let line {
      return .file(name, line: line)
    }
    return self
  }
}

extension YamlError {
  /// The line and what is wrong there.
  fileprivate var place: (line: Int?, reason: String) {
    switch self {
    case .scanner(let context, let problem, let mark, _),
      .parser(let context, let problem, let mark, _):
      let clause = context.map { " \($0.text)" } ?? ""
      return (mark.line, "not YAML\(clause): \(problem)")
    case .composer(_, let problem, let mark, _):
      return (mark.line, "not one YAML document: \(problem)")
    case .duplicatedKeysInMapping(let keys, let context):
      return (
        context.mark.line, "the key '\(keys.first ?? "")' is given twice"
      )
    case .reader(let problem, let offset, _, let text):
      let line = offset.map {
        1 + text.prefix($0).count { $0 == "\n" || $0 == "\r\n" }
      }
      return (line, "not YAML: \(problem)")
    case .memory: return (nil, "the text needs more memory than there is")
    default: return (nil, "not YAML")
    }
  }
}

extension Node {
  fileprivate var kind: String {
    switch self {
    case .scalar: "a tagged value"
    case .sequence: "a list"
    case .mapping: "a mapping"
    case .alias: "an alias"
    }
  }
}

extension ConfigurationValue {
  /// The value of a plain scalar after the core schema of YAML 1.2.
  init(plain text: String) {
    switch text {
    case "", "~", "null", "Null", "NULL": self = .null
    case "true", "True", "TRUE": self = .bool(true)
    case "false", "False", "FALSE": self = .bool(false)
    case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF":
      self = .double(.infinity)
    case "-.inf", "-.Inf", "-.INF": self = .double(-.infinity)
    case ".nan", ".NaN", ".NAN": self = .double(.nan)
    default: self = Self.number(text) ?? .string(text)
    }
  }

  /// The number that `text` is, written in decimal.
  private static func number(_ text: String) -> ConfigurationValue? {
    let isDecimal = text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"),
        UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "e"),
        UInt8(ascii: "E"):
        true
      default: false
      }
    }
    guard isDecimal else { return nil }
    let digits = text.drop { $0 == "+" || $0 == "-" }
    let hasLeadingZero =
      digits.count > 1 && digits.first == "0"
      && digits.dropFirst().first?.isNumber == true
    if hasLeadingZero { return nil }
    if let whole = Int(text) { return .int(whole) }
    return Double(text).map(ConfigurationValue.double)
  }
}
