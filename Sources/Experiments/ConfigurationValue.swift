/// A configuration or a result as a tree of plain values, in a fixed order.
///
/// It is what a resolved configuration is written from, what its identity is
/// computed from, and what a stored result is read into.
public indirect enum ConfigurationValue: Sendable, Equatable {
  /// No value.
  case null
  /// A truth value.
  case bool(Bool)
  /// A whole number.
  case int(Int)
  /// A real number.
  case double(Double)
  /// A text.
  case string(String)
  /// A list.
  case list([ConfigurationValue])
  /// Keys with their values, in order.
  case mapping([Entry])

  /// A key of a mapping with its value.
  public struct Entry: Sendable, Equatable {
    /// The key, unique in its mapping.
    public var key: String
    /// The value.
    public var value: ConfigurationValue

    /// Creates the entry.
    public init(_ key: String, _ value: ConfigurationValue) {
      self.key = key
      self.value = value
    }
  }

  /// A list of numbers.
  public static func numbers(_ numbers: [Double]) -> Self {
    .list(numbers.map(ConfigurationValue.double))
  }

  /// A list of whole numbers.
  public static func integers(_ integers: [Int]) -> Self {
    .list(integers.map(ConfigurationValue.int))
  }

  /// A list of texts.
  public static func strings(_ strings: [String]) -> Self {
    .list(strings.map(ConfigurationValue.string))
  }

  /// The value under `key`, where this is a mapping that has it.
  ///
  /// Setting replaces the value in place or appends the key; setting nil
  /// removes it.
  ///
  /// - Precondition: a value is only set in a mapping.
  public subscript(key: String) -> ConfigurationValue? {
    get {
      guard case .mapping(let entries) = self else { return nil }
      return entries.first { $0.key == key }?.value
    }
    set {
      guard case .mapping(var entries) = self else {
        preconditionFailure("'\(key)' is set in \(kind), not in a mapping")
      }
      let index = entries.firstIndex { $0.key == key }
      switch (index, newValue) {
      case (let index?, let value?): entries[index].value = value
      case (let index?, nil): entries.remove(at: index)
      case (nil, let value?): entries.append(Entry(key, value))
      case (nil, nil): break
      }
      self = .mapping(entries)
    }
  }

  /// A mapping with the entries of another at the end.
  func appending(_ other: ConfigurationValue) -> Self {
    .mapping((entries ?? []) + (other.entries ?? []))
  }

  /// The number, where this is one, whole or real.
  public var number: Double? {
    switch self {
    case .int(let value): Double(value)
    case .double(let value): value
    default: nil
    }
  }

  /// The text, where this is one.
  public var text: String? {
    if case .string(let text) = self { text } else { nil }
  }

  /// The elements, where this is a list.
  public var elements: [ConfigurationValue]? {
    if case .list(let elements) = self { elements } else { nil }
  }

  /// The entries, where this is a mapping.
  public var entries: [Entry]? {
    if case .mapping(let entries) = self { entries } else { nil }
  }

  /// What this is, in words, for messages.
  var kind: String {
    switch self {
    case .null: "nothing"
    case .bool: "a truth value"
    case .int, .double: "a number"
    case .string: "text"
    case .list: "a list"
    case .mapping: "a mapping"
    }
  }
}

extension ConfigurationValue: ExpressibleByNilLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByStringLiteral,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  /// No value.
  public init(nilLiteral: ()) { self = .null }
  /// A truth value.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  /// A whole number.
  public init(integerLiteral value: Int) { self = .int(value) }
  /// A real number.
  public init(floatLiteral value: Double) { self = .double(value) }
  /// A text.
  public init(stringLiteral value: String) { self = .string(value) }
  /// A list.
  public init(arrayLiteral elements: ConfigurationValue...) {
    self = .list(elements)
  }
  /// A mapping in the order written.
  public init(dictionaryLiteral pairs: (String, ConfigurationValue)...) {
    self = .mapping(pairs.map { Entry($0.0, $0.1) })
  }
}
