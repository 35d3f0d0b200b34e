import ArrayFiles

/// A table for people: aligned text, Markdown, or CSV from the same value.
public struct TextTable: Sendable, Equatable {
  /// Where a column's cells stand.
  public enum Alignment: Sendable, Equatable {
    /// At the left, for words.
    case leading
    /// At the right, for numbers.
    case trailing
  }

  /// A column's title and alignment.
  public struct Column: Sendable, Equatable {
    /// The title.
    public let title: String
    /// Where its cells stand.
    public let alignment: Alignment

    /// Creates the column.
    public init(_ title: String, _ alignment: Alignment = .leading) {
      self.title = title
      self.alignment = alignment
    }
  }

  /// The columns.
  public let columns: [Column]
  /// The rows, each with one cell per column.
  public private(set) var rows: [[String]] = []

  /// Creates a table without rows.
  ///
  /// - Precondition: there is a column.
  public init(_ columns: [Column]) {
    precondition(!columns.isEmpty, "a table has at least one column")
    self.columns = columns
  }

  /// Adds a row at the end.
  ///
  /// - Precondition: it has one cell per column.
  public mutating func append(_ row: [String]) {
    precondition(
      row.count == columns.count,
      "a row of \(row.count) cells in a table of \(columns.count) columns")
    rows.append(row)
  }

  /// Aligned text for a terminal.
  ///
  /// Two spaces stand between columns, none at the lines' ends; control
  /// characters are made visible.
  public var text: String {
    let titles = columns.map { oneLine($0.title) }
    let cells = rows.map { $0.map(oneLine) }
    let widths = Self.widths(of: [titles] + cells)
    let rule = widths.map { String(repeating: "─", count: $0) }
    return ([titles, rule] + cells)
      .map { row in
        let line = padded(row, to: widths).joined(separator: "  ")
        return line.trimmingTrailingSpaces + "\n"
      }
      .joined()
  }

  /// A Markdown table, aligned in its source too.
  public var markdown: String {
    func escaped(_ text: String) -> String {
      oneLine(text).replacing("|", with: "\\|")
    }
    let titles = columns.map { escaped($0.title) }
    let cells = rows.map { $0.map(escaped) }
    let widths = Self.widths(of: [titles] + cells).map { max($0, 3) }
    let rule = zip(columns, widths).map { column, width in
      switch column.alignment {
      case .leading: String(repeating: "-", count: width)
      case .trailing: String(repeating: "-", count: width - 1) + ":"
      }
    }
    return
      ([padded(titles, to: widths), rule]
      + cells.map { padded($0, to: widths) })
      .map { "| " + $0.joined(separator: " | ") + " |\n" }
      .joined()
  }

  /// The cells as CSV, as they stand.
  public var csv: String {
    ([columns.map(\.title)] + rows)
      .map { CSVTable.line($0.map(CSVTable.field)) }
      .joined()
  }

  private static func widths(of rows: [[String]]) -> [Int] {
    rows[0].indices.map { column in
      rows.reduce(0) { max($0, displayWidth($1[column])) }
    }
  }

  private func padded(_ row: [String], to widths: [Int]) -> [String] {
    row.indices.map { index in
      let space = String(
        repeating: " ", count: widths[index] - displayWidth(row[index]))
      return switch columns[index].alignment {
      case .leading: row[index] + space
      case .trailing: space + row[index]
      }
    }
  }
}

extension OutputFolder {
  /// Writes a table as CSV and as Markdown, a note under the latter.
  func write(
    _ table: TextTable, as name: String, note: String? = nil
  ) throws(FileError) {
    try write(table.csv, as: name + ".csv")
    let line = note.map { "\n\($0.replacing("*", with: "\\*"))\n" } ?? ""
    try write(table.markdown + line, as: name + ".md")
  }
}

extension String {
  fileprivate var trimmingTrailingSpaces: String {
    String(self[..<(lastIndex { $0 != " " }.map(index(after:)) ?? startIndex)])
  }
}
