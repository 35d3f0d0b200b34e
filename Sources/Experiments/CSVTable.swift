import ArrayFiles

/// A table of numbers and texts, written as CSV after RFC 4180.
///
/// Numbers read back to the same bits; `nan`, `inf` and `-inf` stand for
/// numbers that are not finite. A text that looks like a number is quoted, so
/// that it stays text. Lines end in `\n`.
public struct CSVTable: Sendable, Equatable {
  /// What stands in one cell.
  public enum Cell: Sendable, Equatable {
    /// A whole number.
    case int(Int)
    /// A real number.
    case double(Double)
    /// A text.
    case text(String)
  }

  /// The columns' names, unique.
  public let header: [String]
  /// The rows, each with one cell per column.
  public private(set) var rows: [[Cell]] = []

  /// Creates a table without rows.
  ///
  /// - Precondition: there is a column, and no name stands twice.
  public init(header: [String]) {
    precondition(!header.isEmpty, "a table has at least one column")
    precondition(
      Set(header).count == header.count,
      "every column has its own name: \(header)")
    self.header = header
  }

  /// Adds a row at the end.
  ///
  /// - Precondition: it has one cell per column.
  public mutating func append(_ row: [Cell]) {
    precondition(
      row.count == header.count,
      "a row of \(row.count) cells in a table of \(header.count) columns")
    rows.append(row)
  }

  /// The table as CSV.
  public var text: String {
    var text = Self.line(header.map(Self.field))
    for row in rows {
      text += Self.line(row.map(\.field))
    }
    return text
  }

  /// Writes the table to `path`, complete or not at all.
  ///
  /// - Throws: `FileError.cannotWrite`.
  public func write(to path: String) throws {
    try AtomicFile.write(text, to: path)
  }

  /// One line of fields; a lone empty field is quoted to tell it from none.
  static func line(_ fields: [String]) -> String {
    (fields == [""] ? "\"\"" : fields.joined(separator: ",")) + "\n"
  }

  /// The text as a field, quoted where it must be.
  static func field(_ text: String) -> String {
    let needsQuotes = text.unicodeScalars.contains {
      $0 == "," || $0 == "\"" || $0 == "\n" || $0 == "\r"
    }
    guard needsQuotes || text.hasPrefix("\u{feff}") else { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }
}

extension CSVTable.Cell: ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByStringLiteral
{
  /// A whole number.
  public init(integerLiteral value: Int) { self = .int(value) }
  /// A real number.
  public init(floatLiteral value: Double) { self = .double(value) }
  /// A text.
  public init(stringLiteral value: String) { self = .text(value) }

  /// What an unquoted field stands for.
  init(unquoted field: String) {
    switch field {
    case "nan": self = .double(.nan)
    case "inf": self = .double(.infinity)
    case "-inf": self = .double(-.infinity)
    default:
      switch ConfigurationValue(plain: field) {
      case .int(let value): self = .int(value)
      case .double(let value) where value.isFinite: self = .double(value)
      default: self = .text(field)
      }
    }
  }

  var field: String {
    switch self {
    case .int(let value): String(value)
    case .double(let value) where value.isNaN: "nan"
    case .double(let value) where value.isInfinite:
      value > 0 ? "inf" : "-inf"
    case .double(let value): ConfigurationValue.numberText(value)
    case .text(let text):
      if case .text = Self(unquoted: text) {
        CSVTable.field(text)
      } else {
        "\"\(text)\""
      }
    }
  }
}
