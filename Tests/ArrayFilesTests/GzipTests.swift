import ArrayFiles
import Testing

@Suite("Gzip files are inflated, checked and bounded")
struct GzipTests {
  private let folder: TemporaryFolder
  /// "hello " and "world", two members, by Python's gzip.
  private static let file: [UInt8] = [
    31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 203, 72, 205, 201, 201, 87, 0, 0, 246,
    249, 129, 237, 6, 0, 0, 0,
    31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 43, 207, 47, 202, 73, 1, 0, 67, 17, 119,
    58, 5, 0, 0, 0,
  ]
  private static let firstMember = 26
  private static let contents = Array("hello world".utf8)

  init() throws { folder = try TemporaryFolder() }

  private func inflate(
    _ bytes: [UInt8], limit: Int = 100
  ) throws -> Result<[UInt8], FileError> {
    let path = try folder.file("a.gz", holding: bytes)
    do {
      return .success(try Gzip.inflate(path, limit: limit))
    } catch {
      return .failure(error)
    }
  }

  @Test func members() throws {
    #expect(try inflate(Self.file).get() == Self.contents)
    #expect(try inflate(Self.file, limit: 11).get() == Self.contents)
    #expect(try inflate(Self.file, limit: .max).get() == Self.contents)
  }

  @Test(arguments: [0, 5, 6, 10])
  func limit(limit: Int) throws {
    #expect(
      try inflate(Self.file, limit: limit)
        == .failure(
          .malformed(
            file: folder.file("a.gz"),
            expected: "at most \(limit) bytes when inflated", found: "more")))
  }

  @Test("Every cut but the one between the members is refused")
  func cuts() throws {
    for count in Self.file.indices where count != Self.firstMember {
      let result = try inflate(Array(Self.file[..<count]))
      #expect(throws: FileError.self, "\(count) bytes") { try result.get() }
    }
    #expect(throws: FileError.self) { try inflate(Self.file + [0]).get() }
  }

  @Test("Every changed bit gives an error or the same contents")
  func changedBits() throws {
    for index in Self.file.indices {
      for bit in 0..<8 {
        let changed = Self.file.replacing(
          at: index, with: Self.file[index] ^ 1 << bit)
        if case .success(let contents) = try inflate(changed) {
          #expect(contents == Self.contents)
        }
      }
    }
  }
}
