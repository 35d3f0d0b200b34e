/// Reads a configuration strictly: every value has its type and its range, and
/// a key that nothing asks for is an error.
///
/// A reader stands for one value. `reader["x"]` is the reader of the value
/// under `x`; it is nil where the key is absent or `null`, so that a default
/// is written with `??` and a nested part is handed on whole:
///
///     steps = try reader.int("steps", in: .positive)
///     alpha = try reader["alpha"]?.double(in: .positive) ?? 1
///     arms = try reader.required("arms").elements().map(Arm.init(reader:))
///
/// A key counts as known once it has been asked for, present or not;
/// `ConfigurationDocument.read` refuses all others at the end.
///
/// Errors are `ConfigurationError`, one line each:
///
///     sweep.yaml:12: arms[2].alpha: expected a number > 0, found -1
public final class ConfigurationReader {
  private let node: ConfigurationNode
  /// The value's place in the document, like `arms[2]`; "" is the root.
  public let path: String
  private var known: [String] = []
  private var children: [String: ConfigurationReader] = [:]
  private var list: [ConfigurationReader]?
  private var isTakenWhole = false

  init(node: ConfigurationNode, path: String) {
    self.node = node
    self.path = path
  }

  // MARK: Mappings

  /// The reader of the value under `key`; nil where it is absent or `null`.
  public subscript(key: String) -> ConfigurationReader? {
    get throws {
      let entries = try mappingEntries()
      if !known.contains(key) { known.append(key) }
      if let child = children[key] { return child }
      guard let entry = entries.first(where: { $0.key == key }) else {
        return nil
      }
      if case .scalar(.null, let written) = entry.node.content,
        !written.isEmpty
      {
        return nil
      }
      let child = ConfigurationReader(
        node: entry.node, path: path.isEmpty ? key : "\(path).\(key)")
      children[key] = child
      return child
    }
  }

  /// The reader of the value under `key`, which must be given.
  public func required(_ key: String) throws -> ConfigurationReader {
    if let child = try self[key] { return child }
    let unread = try mappingEntries().map(\.key)
      .filter { !known.contains($0) }
    throw error(
      .missingKey(
        key, nearest: nearest(key, in: unread)))
  }

  /// Every key with its reader, for a mapping whose keys are free.
  public func entries() throws -> [(key: String, reader: ConfigurationReader)] {
    try mappingEntries().map { ($0.key, try required($0.key)) }
  }

  private func mappingEntries() throws -> [ConfigurationNode.Entry] {
    guard case .mapping(let entries) = node.content else {
      throw mismatch("a mapping")
    }
    return entries
  }

  // MARK: Lists

  /// The readers of the elements of a list.
  ///
  /// - Parameter counts: how many elements there may be.
  public func elements(
    count counts: ValueRange<Int> = .any
  ) throws -> [ConfigurationReader] {
    guard case .list(let nodes) = node.content else {
      throw mismatch("a list")
    }
    guard counts.contains(nodes.count) else {
      throw error(
        .wrongValue(
          expected: "a list with a number of elements\(counts)",
          found: "\(nodes.count)"))
    }
    if let list { return list }
    let readers = nodes.enumerated().map {
      ConfigurationReader(node: $1, path: "\(path)[\($0)]")
    }
    list = readers
    return readers
  }

  /// A list of numbers.
  public func doubles(
    in range: ValueRange<Double> = .any, count: ValueRange<Int> = .any
  ) throws -> [Double] {
    try elements(count: count).map { try $0.double(in: range) }
  }

  /// A list of whole numbers.
  public func ints(
    in range: ValueRange<Int> = .any, count: ValueRange<Int> = .any
  ) throws -> [Int] {
    try elements(count: count).map { try $0.int(in: range) }
  }

  /// A list of texts.
  public func strings(count: ValueRange<Int> = .any) throws -> [String] {
    try elements(count: count).map { try $0.string() }
  }

  /// A list of cases of an enumeration.
  public func choices<Choice: CaseIterable & RawRepresentable<String>>(
    of type: Choice.Type = Choice.self, count: ValueRange<Int> = .any
  ) throws -> [Choice] {
    try elements(count: count).map { try $0.choice(of: type) }
  }

  // MARK: Scalars

  /// A text; a number or truth value needs quotes to be one.
  public func string() throws -> String {
    guard case .scalar(.string(let text), _) = node.content else {
      throw mismatch("text (quote a number or truth value to make it text)")
    }
    return text
  }

  /// A whole number in `range`, written without point or exponent.
  public func int(in range: ValueRange<Int> = .any) throws -> Int {
    guard case .scalar(.int(let number), _) = node.content,
      range.contains(number)
    else { throw mismatch("a whole number\(range)") }
    return number
  }

  /// A number in `range`, finite unless `allowsInfinity`.
  public func double(
    in range: ValueRange<Double> = .any, allowsInfinity: Bool = false
  ) throws -> Double {
    guard case .scalar(let value, _) = node.content,
      let number = value.number, range.contains(number),
      number.isFinite || allowsInfinity && number.isInfinite
    else {
      throw mismatch("a number\(range)\(allowsInfinity ? " or .inf" : "")")
    }
    return number
  }

  /// A truth value, `true` or `false`.
  public func bool() throws -> Bool {
    guard case .scalar(.bool(let value), _) = node.content else {
      throw mismatch("true or false")
    }
    return value
  }

  /// A case of an enumeration, written as its raw value.
  public func choice<Choice: CaseIterable & RawRepresentable<String>>(
    of type: Choice.Type = Choice.self
  ) throws -> Choice {
    let names = Choice.allCases.map(\.rawValue)
    guard case .scalar(.string(let text), _) = node.content,
      let choice = Choice(rawValue: text)
    else {
      let meant = nearest(node.value.text ?? "", in: names)
      throw error(
        .wrongValue(
          expected: "one of \(names.joined(separator: ", "))",
          found: node.found
            + (meant.map { "; did you mean '\($0)'?" } ?? "")))
    }
    return choice
  }

  /// The value as it stands, with everything in it counted as read.
  public func value() -> ConfigurationValue {
    isTakenWhole = true
    return node.value
  }

  /// Whether the value is a mapping, where a setting may be a word or more.
  public var isMapping: Bool {
    if case .mapping = node.content { true } else { false }
  }

  /// Whether the value is a list.
  public var isList: Bool {
    if case .list = node.content { true } else { false }
  }

  // MARK: Errors

  /// An error at this value, for rules that no type or range expresses.
  public func error(_ rule: String) -> ConfigurationError {
    error(.rule(rule))
  }

  /// Refuses the keys that nothing asked for, here and below, in the order in
  /// which they were written.
  ///
  /// `ConfigurationDocument.read` calls it on the whole document.
  public func finish() throws {
    if isTakenWhole { return }
    for reader in list ?? [] { try reader.finish() }
    guard case .mapping(let entries) = node.content else { return }
    for entry in entries {
      if known.contains(entry.key) {
        try children[entry.key]?.finish()
      } else {
        throw ConfigurationError(
          origin: entry.origin,
          path: path.isEmpty ? entry.key : "\(path).\(entry.key)",
          problem: .unknownKey(
            nearest: nearest(entry.key, in: known), known: known.sorted()))
      }
    }
  }

  private func mismatch(_ expected: String) -> ConfigurationError {
    error(.wrongValue(expected: expected, found: node.found))
  }

  private func error(
    _ problem: ConfigurationError.Problem
  ) -> ConfigurationError {
    ConfigurationError(origin: node.origin, path: path, problem: problem)
  }
}
