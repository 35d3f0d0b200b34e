/// A named column of numbers.
struct Column {
  let name: String
  let values: [Double]

  init(_ name: String, _ values: [Double]) {
    self.name = name
    self.values = values
  }

  /// Whether name and bits agree.
  func isIdentical(to other: Column) -> Bool {
    name == other.name
      && values.elementsEqual(other.values) { $0.bitPattern == $1.bitPattern }
  }
}

/// The data files of a figure: layers of one panel over the same abscissae
/// share a table.
struct DataTables {
  /// A table; the text column, if any, comes last.
  struct Table {
    let panel: Int
    let keys: [Column]
    var columns: [Column] = []
    let texts: (name: String, values: [String])?

    var rowCount: Int { keys.first?.values.count ?? 0 }
  }

  /// Where values lie: the table's index and the numbers of the columns.
  ///
  /// The keys have the numbers 1, 2 and so on; the values follow.
  struct Place {
    let table: Int
    let columns: [Int]
  }

  private(set) var tables: [Table] = []

  /// Adds columns over the abscissae `keys`.
  mutating func add(
    panel: Int,
    keys: [Column],
    columns: [Column],
    texts: (name: String, values: [String])? = nil
  ) -> Place {
    let index =
      tables.firstIndex { table in
        table.panel == panel && table.keys.count == keys.count
          && zip(table.keys, keys).allSatisfy { $0.isIdentical(to: $1) }
          && table.texts?.values == texts?.values
      }
      ?? {
        tables.append(
          Table(panel: panel, keys: keys, texts: texts))
        return tables.count - 1
      }()
    return Place(
      table: index,
      columns: columns.map { keys.count + tables[index].number(of: $0) })
  }

  /// The files, each with its header line.
  func files(name: String) -> [(name: String, text: String)] {
    tables.indices.map { (fileName($0, of: name), tables[$0].text) }
  }

  /// `NAME.csv`, or `NAME.1.csv`, `NAME.2.csv`, … for several tables.
  func fileName(_ table: Int, of name: String) -> String {
    tables.count == 1 ? "\(name).csv" : "\(name).\(table + 1).csv"
  }
}

extension DataTables.Table {
  /// The number of the column, counted from 1 behind the keys.
  fileprivate mutating func number(of column: Column) -> Int {
    if let known = columns.firstIndex(where: { $0.isIdentical(to: column) }) {
      return known + 1
    }
    columns.append(column)
    return columns.count
  }

  /// The names of all columns; equal ones are told apart by a number.
  private var headings: [String] {
    (keys + columns).reduce(into: []) { names, column in
      var name = column.name
      var count = 1
      while names.contains(name) {
        count += 1
        name = "\(column.name) \(count)"
      }
      names.append(name)
    }
  }

  var text: String {
    let numbers = keys + columns
    var header = headings.map(Self.field)
    if let texts { header.append(Self.field(texts.name)) }
    var result = header.joined(separator: ",") + "\n"
    for row in 0..<rowCount {
      var fields = numbers.map { GnuplotText.number($0.values[row]) }
      if let texts { fields.append(Self.field(texts.values[row])) }
      result += fields.joined(separator: ",") + "\n"
    }
    return result
  }

  /// A text field; quoted where commas or quotes ask for it.
  private static func field(_ text: String) -> String {
    let line = GnuplotText.oneLine(text)
    guard line.contains(where: { $0 == "," || $0 == "\"" }) else {
      return line
    }
    return "\"" + line.replacing("\"", with: "\"\"") + "\""
  }
}
