/// A difference between two rows of a table whose sign was named before it
/// was measured: an entry of `claims` in a configuration.
///
///     measure(first) − factor · measure(second)
struct NamedDifference<Measure>: Sendable, Equatable
where
  Measure: CaseIterable & RawRepresentable<String> & Sendable & Equatable
{
  var measure: Measure
  var first: String
  var second: String
  /// What the second is multiplied by.
  var factor = 1.0
  var isPositive = true

  /// As a claim about what was measured.
  ///
  /// - Parameter values: A measure of a row, seed by seed.
  func claim(
    about problem: String, _ values: (Measure, String) throws -> [Double]
  ) rethrows -> Claim {
    let scaled =
      factor == 1
      ? second : "\(ConfigurationValue.wordText(factor))·\(second)"
    return Claim(
      problem: problem,
      statement: "\(measure.rawValue): \(first) − \(scaled)",
      source: "named in advance",
      comparison: PairedComparison(
        try values(measure, first),
        minus: try values(measure, second).map { factor * $0 }),
      expectsPositive: isPositive)
  }
}

extension NamedDifference {
  /// Reads a claim.
  ///
  /// - Parameter rows: The rows that there are.
  init(reader: ConfigurationReader, rows: [String]) throws {
    func row(_ key: String) throws -> String {
      let found = try reader.string(key)
      guard rows.contains(found) else {
        throw try reader.required(key).error(
          "expected one of \(rows.joined(separator: ", ")), found \(found)")
      }
      return found
    }
    measure = try reader.choice("measure")
    first = try row("first")
    second = try row("second")
    factor = try reader.double("factor", in: .positive, default: 1)
    isPositive = try reader.bool("positive", default: true)
  }

  var value: ConfigurationValue {
    [
      "measure": .string(measure.rawValue), "first": .string(first),
      "second": .string(second), "factor": .double(factor),
      "positive": .bool(isPositive),
    ]
  }
}
