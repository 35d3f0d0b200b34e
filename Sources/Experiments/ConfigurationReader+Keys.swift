/// Shorter forms for the values of a mapping: without a default the key must
/// be given.
extension ConfigurationReader {
  /// The text under `key`.
  public func string(
    _ key: String, default standard: String? = nil
  ) throws -> String {
    try value(key, standard) { try $0.string() }
  }

  /// The whole number in `range` under `key`.
  public func int(
    _ key: String, in range: ValueRange<Int> = .any,
    default standard: Int? = nil
  ) throws -> Int {
    try value(key, standard) { try $0.int(in: range) }
  }

  /// The finite number in `range` under `key`.
  public func double(
    _ key: String, in range: ValueRange<Double> = .any,
    default standard: Double? = nil
  ) throws -> Double {
    try value(key, standard) { try $0.double(in: range) }
  }

  /// The truth value under `key`.
  public func bool(
    _ key: String, default standard: Bool? = nil
  ) throws -> Bool {
    try value(key, standard) { try $0.bool() }
  }

  /// The case of an enumeration under `key`.
  public func choice<Choice: CaseIterable & RawRepresentable<String>>(
    _ key: String, of type: Choice.Type = Choice.self,
    default standard: Choice? = nil
  ) throws -> Choice {
    try value(key, standard) { try $0.choice(of: type) }
  }

  /// What `body` makes of the value under `key`, for a nested mapping or
  /// each element of a list.
  public func value<Value>(
    _ key: String, _ standard: Value? = nil,
    _ body: (ConfigurationReader) throws -> Value
  ) throws -> Value {
    guard let standard else { return try body(required(key)) }
    return try self[key].map(body) ?? standard
  }
}
