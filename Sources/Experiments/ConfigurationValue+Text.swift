extension ConfigurationValue {
  /// The value as YAML, ending in a newline; reading it gives it back.
  ///
  /// Mappings stand in blocks, lists without mappings on one line. Numbers
  /// keep every digit; numbers that are not finite are `.inf`, `-.inf` and
  /// `.nan`.
  public var yaml: String {
    yamlBlock(indent: "")
  }

  /// The value as JSON, indented by two spaces and ending in a newline.
  ///
  /// JSON has no word for a number that is not finite: it becomes `null`, and
  /// `JSONDocument` says why.
  public var json: String {
    jsonText(indent: "") + "\n"
  }

  /// The identity of the value: 16 hexadecimal digits that do not depend on
  /// the order of keys, the platform or the process.
  ///
  ///     h₀ = 0xcbf29ce484222325,   hₖ = (hₖ₋₁ ⊕ byteₖ) · 0x100000001b3 mod 2⁶⁴
  ///
  /// over the UTF-8 bytes of the value as JSON without spaces, the keys of
  /// every mapping sorted by their UTF-8 bytes.
  ///
  /// - Source: FNV-1a, 64 bits (Fowler, Noll, Vo). It tells configurations
  ///   apart and does not protect against forgery.
  public var identity: String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in canonicalText.utf8 {
      hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
    }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// The text that `identity` is computed from.
  var canonicalText: String {
    switch self {
    case .list(let elements):
      "[" + elements.map(\.canonicalText).joined(separator: ",") + "]"
    case .mapping(let entries):
      "{"
        + entries
        .sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        .map { Self.quoted($0.key) + ":" + $0.value.canonicalText }
        .joined(separator: ",") + "}"
    case .double(let value): Self.numberText(value)
    default: jsonText(indent: "")
    }
  }
}

// MARK: - Scalars

extension ConfigurationValue {
  /// A number as a sentence has it: a whole one without a point.
  static func wordText(_ value: Double) -> String {
    Int(exactly: value).map { "\($0)" } ?? numberText(value)
  }

  /// The shortest text that reads back as `value`, with a point in it, since
  /// YAML 1.1 readers take `1e-05` for text.
  static func numberText(_ value: Double) -> String {
    if value.isNaN { return ".nan" }
    if value.isInfinite { return value > 0 ? ".inf" : "-.inf" }
    let text = value.description
    guard !text.contains("."), let mark = text.firstIndex(of: "e") else {
      return text
    }
    return text[..<mark] + ".0" + text[mark...]
  }

  /// The text in double quotes, as JSON and YAML both read it.
  ///
  /// Besides what JSON demands, characters are escaped that YAML takes for
  /// line ends or forbids.
  static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case "\u{0}"..."\u{1f}", "\u{7f}"..."\u{9f}", "\u{2028}", "\u{2029}",
        "\u{feff}", "\u{fffe}", "\u{ffff}":
        let digits = String(scalar.value, radix: 16)
        result +=
          "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  /// The text as YAML: plain where no reader can take it for anything else.
  private static func yamlString(_ text: String) -> String {
    func isWordCharacter(_ byte: UInt8) -> Bool {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"),
        UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"),
        UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."),
        UInt8(ascii: "/"):
        true
      default: false
      }
    }
    let words = [
      "true", "false", "null", "yes", "no", "on", "off", "y", "n", "nan",
      "inf", "infinity",
    ]
    let isPlain =
      text.utf8.allSatisfy(isWordCharacter)
      && text.unicodeScalars.first?.properties.isAlphabetic == true
      && !words.contains(text.lowercased())
    return isPlain ? text : quoted(text)
  }

  private var holdsMapping: Bool {
    switch self {
    case .list(let elements): elements.contains(where: \.holdsMapping)
    case .mapping: true
    default: false
    }
  }
}

// MARK: - YAML

extension ConfigurationValue {
  /// The value as lines that start with `indent` and end in a newline.
  private func yamlBlock(indent: String) -> String {
    switch self {
    case .mapping(let entries) where !entries.isEmpty:
      entries.map { entry in
        let key = indent + Self.yamlString(entry.key) + ":"
        return entry.value.standsInBlock
          ? key + "\n" + entry.value.yamlBlock(indent: indent + "  ")
          : key + " " + entry.value.yamlFlow + "\n"
      }.joined()
    case .list(let elements) where standsInBlock:
      elements.map { element in
        // A block's first line follows the dash that takes its indent.
        element.standsInBlock
          ? indent + "- "
            + element.yamlBlock(indent: indent + "  ")
            .dropFirst(indent.utf8.count + 2)
          : indent + "- " + element.yamlFlow + "\n"
      }.joined()
    default: indent + yamlFlow + "\n"
    }
  }

  private var standsInBlock: Bool {
    switch self {
    case .mapping(let entries): !entries.isEmpty
    case .list: holdsMapping
    default: false
    }
  }

  private var yamlFlow: String {
    switch self {
    case .null: "null"
    case .bool(let value): value ? "true" : "false"
    case .int(let value): String(value)
    case .double(let value): Self.numberText(value)
    case .string(let text): Self.yamlString(text)
    case .list(let elements):
      "[" + elements.map(\.yamlFlow).joined(separator: ", ") + "]"
    case .mapping: "{}"
    }
  }
}

// MARK: - JSON

extension ConfigurationValue {
  private func jsonText(indent: String) -> String {
    switch self {
    case .null: return "null"
    case .bool(let value): return value ? "true" : "false"
    case .int(let value): return String(value)
    case .double(let value):
      return value.isFinite ? Self.numberText(value) : "null"
    case .string(let text): return Self.quoted(text)
    case .list(let elements):
      guard holdsMapping else {
        let texts = elements.map { $0.jsonText(indent: "") }
        return "[" + texts.joined(separator: ", ") + "]"
      }
      let inner = indent + "  "
      let lines = elements.map { inner + $0.jsonText(indent: inner) }
      return "[\n" + lines.joined(separator: ",\n") + "\n" + indent + "]"
    case .mapping(let entries):
      if entries.isEmpty { return "{}" }
      let inner = indent + "  "
      let lines = entries.map { entry in
        inner + Self.quoted(entry.key) + ": "
          + entry.value.jsonText(indent: inner)
      }
      return "{\n" + lines.joined(separator: ",\n") + "\n" + indent + "}"
    }
  }
}
