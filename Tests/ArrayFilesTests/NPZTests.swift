import ArrayFiles
import Foundation
import Testing

/// Archives as NumPy 2.4 wrote them: `0.weight` of `f8` [[1.5, −2], [3, 4]] and
/// `0.bias` of `i4` [7, 8].
enum RecordedArchive: String, CaseIterable {
  case stored = """
    UEsDBC0AAAAAAAAAIQB10y6G//////////8MABQAMC53ZWlnaHQubnB5AQAQAKAAAAAAAAAA\
    oAAAAAAAAACTTlVNUFkBAHYAeydkZXNjcic6ICc8ZjgnLCAnZm9ydHJhbl9vcmRlcic6IEZh\
    bHNlLCAnc2hhcGUnOiAoMiwgMiksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg\
    ICAgICAgICAgICAgICAgICAgICAgICAgICAgCgAAAAAAAPg/AAAAAAAAAMAAAAAAAAAIQAAA\
    AAAAABBAUEsDBC0AAAAAAAAAIQDoEHiE//////////8KABQAMC5iaWFzLm5weQEAEACIAAAA\
    AAAAAIgAAAAAAAAAk05VTVBZAQB2AHsnZGVzY3InOiAnPGk0JywgJ2ZvcnRyYW5fb3JkZXIn\
    OiBGYWxzZSwgJ3NoYXBlJzogKDIsKSwgfSAgICAgICAgICAgICAgICAgICAgICAgICAgICAg\
    ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoHAAAACAAAAFBLAQItAy0AAAAAAAAA\
    IQB10y6GoAAAAKAAAAAMAAAAAAAAAAAAAACAAQAAAAAwLndlaWdodC5ucHlQSwECLQMtAAAA\
    AAAAACEA6BB4hIgAAACIAAAACgAAAAAAAAAAAAAAgAHeAAAAMC5iaWFzLm5weVBLBQYAAAAA\
    AgACAHIAAACiAQAAAAA=
    """
  case deflated = """
    UEsDBC0AAAAIAAAAIQB10y6G//////////8MABQAMC53ZWlnaHQubnB5AQAQAKAAAAAAAAAA\
    VgAAAAAAAACb7BfqGxDJyFDGUK2eklqcXKRupaBuk2ahrqOgnpZfVFKUmBefX5SSChJ3S8wp\
    TgWKF2ckFqQC+RpGOgpGmjoKtQpkAy4GMPhhD6EZDkAoDgcILeAAAFBLAwQtAAAACAAAACEA\
    6BB4hP//////////CgAUADAuYmlhcy5ucHkBABAAiAAAAAAAAABLAAAAAAAAAJvsF+obEMnI\
    UMZQrZ6SWpxcpG6loG6TaaKuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GkY6mjoK\
    tQoUAC52BgYGDiAGAFBLAQItAy0AAAAIAAAAIQB10y6GVgAAAKAAAAAMAAAAAAAAAAAAAACA\
    AQAAAAAwLndlaWdodC5ucHlQSwECLQMtAAAACAAAACEA6BB4hEsAAACIAAAACgAAAAAAAAAA\
    AAAAgAGUAAAAMC5iaWFzLm5weVBLBQYAAAAAAgACAHIAAAAbAQAAAAA=
    """

  func bytes() throws -> [UInt8] {
    Array(try #require(Data(base64Encoded: rawValue)))
  }
}

@Suite("An .npz archive is read and written as NumPy does")
struct NPZTests {
  private let folder: TemporaryFolder
  static let weight = ShapedArray(shape: [2, 2], values: [1.5, -2, 3, 4])
  static let bias = ShapedArray(shape: [2], values: [7, 8])

  init() throws { folder = try TemporaryFolder() }

  @Test(arguments: RecordedArchive.allCases)
  func recorded(archive: RecordedArchive) throws {
    let path = try folder.file("a.npz", holding: archive.bytes())
    let archive = try NPZ(path: path)
    #expect(archive.names == ["0.weight", "0.bias"])
    #expect(try archive.numbers("0.weight") == Self.weight)
    #expect(try archive.integers("0.bias", shape: [2]) == Self.bias)
    #expect(try archive.floats("0.bias").values == [7, 8])
    let unknown = failure { () throws(FileError) in
      try archive.numbers("1.weight")
    }
    #expect(
      unknown?.description == "\(path): expected an array \"1.weight\", "
        + "found the arrays 0.weight, 0.bias")
    let shape = failure { () throws(FileError) in
      try archive.numbers("0.bias", shape: [3])
    }
    #expect(
      shape?.description
        == "\(path), entry 0.bias.npy: expected the shape [3], found [2]")
  }

  @Test("What is written is read again, in order, with the same bytes")
  func roundTrip() throws {
    let arrays = [
      NPZ.NamedArray("z", Self.weight), NPZ.NamedArray("a", Self.bias),
      NPZ.NamedArray("λ", ShapedArray(shape: [], values: [0.5 as Float])),
    ]
    try NPZ.write(arrays, to: folder.file("a.npz"))
    try NPZ.write(arrays, to: folder.file("b.npz"))
    #expect(try folder.bytes("a.npz") == folder.bytes("b.npz"))
    let archive = try NPZ(path: folder.file("a.npz"))
    #expect(archive.names == ["z", "a", "λ"])
    #expect(try archive.numbers("z") == Self.weight)
    #expect(try archive.integers("a") == Self.bias)
    #expect(try archive.floats("λ").values == [0.5])

    try NPZ.write([], to: folder.file("empty.npz"))
    #expect(try NPZ(path: folder.file("empty.npz")).names == [])
  }

  /// Both arrays of an archive.
  private func arrays(
    _ path: String
  ) throws(FileError) -> (ShapedArray<Double>, ShapedArray<Int>) {
    let archive = try NPZ(path: path)
    return (try archive.numbers("0.weight"), try archive.integers("0.bias"))
  }

  @Test("Every cut is refused", arguments: RecordedArchive.allCases)
  func cuts(archive: RecordedArchive) throws {
    let bytes = try archive.bytes()
    for count in bytes.indices {
      let path = try folder.file("a.npz", holding: Array(bytes[..<count]))
      let error = failure { () throws(FileError) in try NPZ(path: path) }
      #expect(error?.exitStatus == .badData, "\(count) bytes")
    }
    let path = try folder.file("a.npz", holding: bytes + [0])
    let error = failure { () throws(FileError) in try NPZ(path: path) }
    #expect(error?.exitStatus == .badData)
  }

  @Test(
    "Every changed bit gives an error or the very same arrays",
    arguments: RecordedArchive.allCases)
  func changedBits(archive: RecordedArchive) throws {
    let bytes = try archive.bytes()
    _ = try arrays(folder.file("whole.npz", holding: bytes))
    var refused = 0
    for index in bytes.indices {
      for bit in 0..<8 {
        let path = try folder.file(
          "a.npz",
          holding: bytes.replacing(at: index, with: bytes[index] ^ 1 << bit))
        do {
          let (weight, bias) = try arrays(path)
          #expect(weight == Self.weight && bias == Self.bias)
        } catch {
          refused += 1
          #expect(error.exitStatus == .badData)
        }
      }
    }
    // Versions, dates and attributes may change; they are a small part.
    let share = Double(refused) / Double(bytes.count * 8)
    #expect(0.8 < share && share < 1)
  }

  @Test(
    "Other than .npz files are refused",
    arguments: [
      "", "hello", "PK", "PK\u{3}\u{4}",
    ])
  func otherFiles(contents: String) throws {
    let path = try folder.file("a.npz", holding: Array(contents.utf8))
    let error = failure { () throws(FileError) in try NPZ(path: path) }
    #expect(error?.exitStatus == .badData)
    #expect(error?.description.hasPrefix(path + ": expected a zip") == true)
  }
}
