public import ArrayFiles

/// What is wrong with a CSV file.
public enum CSVError: ExitStatusProviding, Equatable, CustomStringConvertible {
  /// There is no header line.
  case empty(String)
  /// A column's name stands twice.
  case duplicateColumn(String, column: String)
  /// A row has too few or too many cells.
  case rowLength(String, line: Int, expected: Int, found: Int)
  /// A quoted field does not end, or goes on after its closing quote.
  case quotes(String, line: Int)
  /// The table lacks a column.
  case missingColumn(String, column: String, known: [String])
  /// A cell is not of the kind asked for; rows count from 1.
  case wrongCell(
    String, row: Int, column: String, expected: String, found: String)

  /// One line: the file, what was expected, what was found.
  public var description: String {
    let sentence =
      switch self {
      case .empty(let file):
        "\(file): expected a header line, found an empty file"
      case .duplicateColumn(let file, let column):
        "\(file):1: the column '\(column)' stands twice"
      case .rowLength(let file, let line, let expected, let found):
        "\(file):\(line): expected \(expected) cells, found \(found)"
      case .quotes(let file, let line):
        "\(file):\(line): expected a comma or the line's end after a closing"
          + " quote"
      case .missingColumn(let file, let column, let known):
        "\(file): there is no column '\(column)'; there are "
          + known.joined(separator: ", ")
      case .wrongCell(let file, let row, let column, let expected, let found):
        "\(file): row \(row), column '\(column)': expected \(expected),"
          + " found '\(found)'"
      }
    return oneLine(sentence)
  }

  /// Bad data.
  public var exitStatus: ExitStatus { .badData }
}

extension CSVTable {
  /// Reads the file at `path`.
  ///
  /// - Throws: `FileError` where it cannot be read, `CSVError` where it is
  ///   malformed.
  public init(file path: String) throws {
    try self.init(text: TextFile.read(path), name: path)
  }

  /// Reads `text`; `name` stands in messages, like a file's name.
  public init(text: String, name: String) throws {
    var lines = try CSVLines(text: text, name: name)
    guard let first = try lines.next() else { throw CSVError.empty(name) }
    var seen: Set<String> = []
    for field in first.fields where !seen.insert(field.text).inserted {
      throw CSVError.duplicateColumn(name, column: field.text)
    }
    self.init(header: first.fields.map(\.text))
    while let (number, fields) = try lines.next() {
      guard fields.count == header.count else {
        throw CSVError.rowLength(
          name, line: number, expected: header.count, found: fields.count)
      }
      append(
        fields.map {
          $0.isQuoted ? .text($0.text) : Cell(unquoted: $0.text)
        })
    }
  }

  /// The numbers of a column, which must hold nothing else.
  ///
  /// - Parameter name: the table's name in messages.
  /// - Throws: `CSVError`.
  public func numbers(_ column: String, of name: String) throws -> [Double] {
    try cells(column, of: name, expected: "a number") { cell in
      switch cell {
      case .int(let value): Double(value)
      case .double(let value): value
      case .text: nil
      }
    }
  }

  /// The whole numbers of a column, which must hold nothing else.
  public func integers(_ column: String, of name: String) throws -> [Int] {
    try cells(column, of: name, expected: "a whole number") { cell in
      if case .int(let value) = cell { value } else { nil }
    }
  }

  /// The texts of a column; numbers stand as they are written.
  public func texts(_ column: String, of name: String) throws -> [String] {
    try cells(column, of: name, expected: "text") { cell in
      if case .text(let text) = cell { text } else { cell.field }
    }
  }

  private func cells<Value>(
    _ column: String, of name: String, expected: String,
    _ convert: (Cell) -> Value?
  ) throws -> [Value] {
    guard let index = header.firstIndex(of: column) else {
      throw CSVError.missingColumn(name, column: column, known: header)
    }
    return try rows.enumerated().map { number, row in
      guard let value = convert(row[index]) else {
        throw CSVError.wrongCell(
          name, row: number + 1, column: column, expected: expected,
          found: row[index].field)
      }
      return value
    }
  }
}

/// Splits CSV text into lines of fields; quoted fields may span lines.
private struct CSVLines {
  private var bytes: ArraySlice<UInt8>
  private let name: String
  private var line = 1

  init(text: String, name: String) throws {
    var bytes = Array(text.utf8)[...]
    if bytes.starts(with: [0xef, 0xbb, 0xbf]) { bytes = bytes.dropFirst(3) }
    self.bytes = bytes
    self.name = name
  }

  typealias Field = (text: String, isQuoted: Bool)

  /// The next line's number and fields; nil at the end.
  mutating func next() throws -> (number: Int, fields: [Field])? {
    if bytes.isEmpty { return nil }
    let number = line
    var fields = [try field()]
    while let separator = bytes.popFirst() {
      switch separator {
      case UInt8(ascii: ","): fields.append(try field())
      case UInt8(ascii: "\n"):
        line += 1
        return (number, fields)
      case UInt8(ascii: "\r") where bytes.first == UInt8(ascii: "\n"):
        continue
      default: throw CSVError.quotes(name, line: line)
      }
    }
    return (number, fields)
  }

  /// The field up to the next separator, which stays.
  private mutating func field() throws -> Field {
    guard bytes.first == UInt8(ascii: "\"") else {
      let end = bytes.firstIndex {
        $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\n")
          || $0 == UInt8(ascii: "\r") || $0 == UInt8(ascii: "\"")
      }
      let content = bytes[..<(end ?? bytes.endIndex)]
      bytes = bytes[content.endIndex...]
      return (String(decoding: content, as: UTF8.self), false)
    }
    let opened = line
    bytes.removeFirst()
    var content: [UInt8] = []
    while let byte = bytes.popFirst() {
      if byte == UInt8(ascii: "\"") {
        guard bytes.first == UInt8(ascii: "\"") else {
          return (String(decoding: content, as: UTF8.self), true)
        }
        bytes.removeFirst()
      } else if byte == UInt8(ascii: "\n") {
        line += 1
      }
      content.append(byte)
    }
    throw CSVError.quotes(name, line: opened)
  }
}
