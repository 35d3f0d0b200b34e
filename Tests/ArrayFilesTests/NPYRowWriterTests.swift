import ArrayFiles
import Testing

@Suite("A matrix written row after row")
struct NPYRowWriterTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test("The bytes are those of a matrix written at once")
  func bytes() throws {
    let numbers = (0..<15).map { Double($0) / 7 }
    var rows = try NPYRowWriter<Double>(
      path: folder.file("rows.npy"), rowCount: 5, columnCount: 3)
    try rows.append(Array(numbers[0..<6]))
    try rows.append([])
    try rows.append(Array(numbers[6..<7]))
    try rows.append(Array(numbers[7...]))
    try rows.finish()
    try NPY.write(
      shape: [5, 3], values: numbers, to: folder.file("whole.npy"))
    #expect(try folder.bytes("rows.npy") == folder.bytes("whole.npy"))
  }

  @Test("Rows that are missing leave no file behind")
  func dropped() throws {
    do {
      var rows = try NPYRowWriter<Float>(
        path: folder.file("rows.npy"), rowCount: 5, columnCount: 3)
      try rows.append([1, 2, 3])
    }
    #expect(try folder.names().isEmpty)
  }
}
