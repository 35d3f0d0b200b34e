import Experiments
import Foundation
import Testing

@Suite("A CSV table reads back as the same table")
struct CSVTableTests {
  @Test("numbers keep their bits and texts their bytes")
  func roundTrip() throws {
    var table = CSVTable(header: ["step", "loss, mean", "λ \"quoted\"", ""])
    table.append([0, 0.1, "plain", "12"])
    table.append([-3, 1e-5, "a,b", "nan"])
    table.append([.int(.max), 5, "two\nlines", "1e5"])
    table.append([.int(.min), .double(.leastNonzeroMagnitude), "\"", ""])
    table.append([1, .double(.infinity), "\r\n", " x "])
    table.append([1, .double(-.infinity), "\u{feff}", "007"])
    table.append([1, -0.0, "r\u{302}", "inf"])
    let again = try CSVTable(text: table.text, name: "t.csv")
    #expect(again == table)
    #expect(again.text == table.text)
    let losses = try again.numbers("loss, mean", of: "t.csv")
    #expect(losses.last?.sign == .minus)
  }

  @Test("the layout is fixed")
  func layout() throws {
    var table = CSVTable(header: ["iteration", "loss"])
    table.append([0, 0.6931471805599453])
    table.append([10, .double(.nan)])
    #expect(table.text == "iteration,loss\n0,0.6931471805599453\n10,nan\n")
    #expect(
      try CSVTable(text: table.text, name: "t").numbers("loss", of: "t")[1]
        .isNaN)
  }

  @Test("other people's files: CRLF, byte order mark, no last newline")
  func foreign() throws {
    let table = try CSVTable(
      text: "\u{feff}a,b\r\n1,\"x \"\"y\"\"\"\r\n2.50,z", name: "f")
    #expect(table.header == ["a", "b"])
    #expect(table.rows == [[1, "x \"y\""], [2.5, "z"]])
    #expect(try table.numbers("a", of: "f") == [1, 2.5])
    #expect(try table.texts("b", of: "f") == ["x \"y\"", "z"])
    #expect(throws: CSVError.self) { try table.integers("a", of: "f") }
  }

  @Test("a single column of empty texts keeps its rows")
  func emptyRows() throws {
    var table = CSVTable(header: ["note"])
    table.append([""])
    table.append([""])
    #expect(try CSVTable(text: table.text, name: "t") == table)
  }

  @Test(
    "malformed files name file and line",
    arguments: [
      ("", "t.csv: expected a header line, found an empty file"),
      ("a,a\n", "t.csv:1: the column 'a' stands twice"),
      ("a,b\n1,2\n3\n", "t.csv:3: expected 2 cells, found 1"),
      ("a,b\n1,2,3\n", "t.csv:2: expected 2 cells, found 3"),
      ("a,b\n\n", "t.csv:2: expected 2 cells, found 1"),
      ("a,b\n\"1\n\n,2\n3", "t.csv:2: expected a comma or the line's end"),
      ("a\n\"1\"x\n", "t.csv:2: expected a comma or the line's end"),
      ("a\n1\"x\n", "t.csv:2: expected a comma or the line's end"),
      ("a\n\"x\ny\"z\n", "t.csv:3: expected a comma or the line's end"),
      ("a,b\n1\r2\n", "t.csv:2: expected a comma or the line's end"),
    ])
  func malformed(text: String, expected: String) throws {
    let error = try #require(throws: CSVError.self) {
      try CSVTable(text: text, name: "t.csv")
    }
    #expect(error.description.hasPrefix(expected))
    #expect(error.exitStatus == .badData)
  }

  @Test("columns are checked")
  func columns() throws {
    let table = try CSVTable(text: "a,b\n1,x\n", name: "t")
    #expect(
      throws: CSVError.missingColumn("t", column: "c", known: ["a", "b"])
    ) { try table.numbers("c", of: "t") }
    let error = try #require(throws: CSVError.self) {
      try table.numbers("b", of: "t.csv")
    }
    #expect(
      error.description
        == "t.csv: row 1, column 'b': expected a number, found 'x'")
  }
}
