import ArrayFiles
import Foundation
import Testing

@Suite("Rows of a matrix file, read when they are asked for")
struct NPYRowsTests {
  private func folder() throws -> String {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("rows-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(
      atPath: path, withIntermediateDirectories: true)
    return path
  }

  private func read(_ rows: NPYRows, _ range: Range<Int>) throws -> [Double] {
    var out = [Double](repeating: 0, count: range.count * rows.columnCount)
    try out.withUnsafeMutableBufferPointer { buffer in
      if let start = buffer.baseAddress { try rows.read(range, into: start) }
    }
    return out
  }

  @Test("Both orders and another type give the rows asked for")
  func rows() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let values = (0..<12).map { Double($0) * 1.5 }
    try NPY.write(shape: [4, 3], values: values, to: folder + "/c.npy")
    try NPY.write(
      shape: [4, 3], values: values.map { Float($0) }, to: folder + "/f4.npy")
    // The same numbers in Fortran order, by the header that NumPy writes.
    var bytes = try FileBytes.read(folder + "/c.npy")
    let header = String(decoding: bytes.prefix(128), as: UTF8.self)
    #expect(header.contains("False"))
    let place = try #require(
      bytes.indices.first { bytes[$0...].starts(with: "False".utf8) })
    bytes.replaceSubrange(place..<place + 5, with: Array("True ".utf8))
    let start = bytes.count - 96
    let columns = (0..<12).map { values[($0 % 4) * 3 + $0 / 4] }
    for (k, value) in columns.enumerated() {
      withUnsafeBytes(of: value) {
        bytes.replaceSubrange(start + 8 * k..<start + 8 * k + 8, with: $0)
      }
    }
    try AtomicFile.write(bytes, to: folder + "/fortran.npy")
    for name in ["c", "f4", "fortran"] {
      let rows = try NPYRows("\(folder)/\(name).npy")
      #expect(rows.rowCount == 4 && rows.columnCount == 3)
      #expect(try read(rows, 1..<3) == Array(values[3..<9]), "\(name)")
      #expect(try read(rows, 0..<4) == values)
      #expect(try read(rows, 2..<2) == [])
    }
  }

  @Test("What is no matrix of finite numbers is refused")
  func refused() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try NPY.write(shape: [3], values: [1.0, 2, 3], to: folder + "/flat.npy")
    #expect(throws: FileError.self) { try NPYRows(folder + "/flat.npy") }
    #expect(throws: FileError.missing(file: folder + "/none.npy")) {
      try NPYRows(folder + "/none.npy")
    }
    #expect(throws: FileError.self) { try NPYRows(folder) }
    try NPY.write(
      shape: [2, 2], values: [1, 2, .nan, 4], to: folder + "/nan.npy")
    let rows = try NPYRows(folder + "/nan.npy")
    #expect(try read(rows, 0..<1) == [1, 2])
    #expect(
      throws: FileError.malformed(
        file: folder + "/nan.npy", expected: "finite numbers",
        found: "nan at [1, 0]")
    ) { try read(rows, 0..<2) }
  }
}
