import ArrayFiles
import Testing

@Suite("A bad .npy file is refused with its name, status 65 and no crash")
struct HostileNPYTests {
  private let folder: TemporaryFolder
  private static let good = npyFile(
    "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 2), }",
    data: bytes([1.0, 2, 3, 4]))

  init() throws { folder = try TemporaryFolder() }

  private static func with(_ dictionary: String) -> [UInt8] {
    npyFile(dictionary, data: bytes([1.0, 2, 3, 4]))
  }

  static let refused: [(what: String, bytes: [UInt8])] =
    [
      ("empty", []),
      ("not an array", Array("hello".utf8)),
      ("truncated", Array(good.dropLast(9))),
      ("trailing bytes", good + [0x78]),
      ("version 0", good.replacing(at: 6, with: 0)),
      ("version 4", good.replacing(at: 6, with: 4)),
      ("minor version 1", good.replacing(at: 7, with: 1)),
      ("header longer than the file", good.replacing(at: 9, with: 255)),
      ("header of 4 GB", Array(good[..<6]) + [2, 0, 255, 255, 255, 255]),
      ("only a magic string", Array(good[..<6])),
    ]
    + [
      "{'descr': '|O', 'fortran_order': False, 'shape': (2, 2), }",
      "{'descr': '>f8', 'fortran_order': False, 'shape': (2, 2), }",
      "{'descr': '=f8', 'fortran_order': False, 'shape': (2, 2), }",
      "{'descr': '|f8', 'fortran_order': False, 'shape': (2, 2), }",
      "{'descr': '<u8', 'fortran_order': False, 'shape': (2, 2), }",
      "{'descr': '<c8', 'fortran_order': False, 'shape': (2, 2), }",
      "{'descr': '', 'fortran_order': False, 'shape': (2, 2), }",
      "{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (2, 2), }",
      "{'descr': '<f8', 'fortran_order': 0, 'shape': (2, 2), }",
      "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }",
      "{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999, 2), }",
      "{'descr': '<f8', 'fortran_order': False, "
        + "'shape': (4294967296, 4294967296, 4294967296), }",
      "{'descr': '<f8', 'fortran_order': False, "
        + "'shape': (4294967296, 4294967296, 0), }",
      "{'descr': '<f8', 'fortran_order': False, 'shape': (9223372036854775808), }",
      "{'descr': '<f8', 'fortran_order': False, 'shape': (-2, -2), }",
      "{'descr': '<f8', 'fortran_order': False, 'shape': (2.0, 2), }",
      "{'descr': '<f8', 'fortran_order': False, 'shape': (4), }",
      "{'descr': '<f8', 'fortran_order': False, 'shape': (2 2), }",
      "{'descr': '<f8', 'fortran_order': False, 'shape': (,), }",
      "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 2, }",
      "{'descr': '<f8', 'fortran_order': False}",
      "{'descr': '<f8', 'descr': '<f8', 'fortran_order': False, "
        + "'shape': (2, 2), }",
      "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 2), 'x': '', }",
      "{'descr': '<f8' 'fortran_order': False, 'shape': (2, 2), }",
      "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 2), } x",
      "{'descr': '<f8, 'fortran_order': False, 'shape': (2, 2), }",
      "__import__('os').system('true')", "{", "",
    ].map { ($0, with($0)) }

  @Test(arguments: refused)
  func refusesFile(what: String, bytes: [UInt8]) throws {
    let path = try folder.file("a.npy", holding: bytes)
    let error = try #require(
      failure { () throws(FileError) in try NPY.readNumbers(path) })
    #expect(error.exitStatus == .badData)
    #expect(error.description.hasPrefix(path + ": expected "))
    #expect(!error.description.contains("\n"))
  }

  @Test(arguments: [Double.nan, .infinity, -.infinity])
  func refusesNumber(number: Double) throws {
    let path = folder.file("a.npy")
    try NPY.write(shape: [2, 2], values: [0, 0, number, 0], to: path)
    let error = failure { () throws(FileError) in try NPY.readNumbers(path) }
    #expect(
      error?.description
        == "\(path): expected finite numbers, found \(number) at [1, 0]")
  }

  @Test("A number beyond Float is no Float")
  func refusesOverflow() throws {
    let path = folder.file("a.npy")
    try NPY.write(shape: [1], values: [1e300], to: path)
    #expect(
      failure { () throws(FileError) in try NPY.readFloats(path) }?.exitStatus
        == .badData)
  }

  @Test(
    arguments: [[nil, 3], [1, nil], [nil], [nil, nil, nil], []] as [[Int?]])
  func refusesShape(expected: [Int?]) throws {
    let path = try folder.file("a.npy", holding: Self.good)
    #expect(try NPY.readNumbers(path, shape: [nil, 2]).shape == [2, 2])
    let error = failure { () throws(FileError) in
      try NPY.readNumbers(path, shape: expected)
    }
    #expect(error?.exitStatus == .badData)
    #expect(error?.description.hasSuffix("found [2, 2]") == true)
  }

  @Test func missingFileAndFolder() throws {
    let path = folder.file("nowhere.npy")
    let missing = failure { () throws(FileError) in try NPY.readNumbers(path) }
    #expect(missing == .missing(file: path))
    #expect(missing?.exitStatus == .noInput)
    let error = failure { () throws(FileError) in
      try NPY.readNumbers(folder.path)
    }
    #expect(error?.exitStatus == .badData)
    let device = failure { () throws(FileError) in
      try NPY.readNumbers("/dev/zero")
    }
    #expect(device?.exitStatus == .badData)
  }

  @Test("Every cut is refused")
  func cuts() throws {
    for count in Self.good.indices {
      let path = try folder.file(
        "a.npy", holding: Array(Self.good[..<count]))
      let error = failure { () throws(FileError) in
        try NPY.readNumbers(path)
      }
      #expect(error?.exitStatus == .badData, "\(count) bytes")
    }
  }

  @Test("Every changed byte gives an error or an array of the file's size")
  func changedBytes() throws {
    for index in Self.good.indices {
      for bit in 0..<8 {
        var bytes = Self.good
        bytes[index] ^= 1 << bit
        let path = try folder.file("a.npy", holding: bytes)
        do {
          let array = try NPY.readNumbers(path)
          #expect(array.values.count <= 32)
        } catch {
          #expect(error.exitStatus == .badData)
        }
      }
    }
  }
}

extension [UInt8] {
  func replacing(at index: Int, with byte: UInt8) -> [UInt8] {
    var bytes = self
    bytes[index] = byte
    return bytes
  }
}
