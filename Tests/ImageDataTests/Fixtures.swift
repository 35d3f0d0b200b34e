import Foundation

@testable import ImageData

/// A folder that is there for the duration of one test.
final class TemporaryFolder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "mixlab-images-\(UUID().uuidString)"
    try FileManager.default.createDirectory(
      atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ bytes: [UInt8], to name: String) throws {
    try Data(bytes).write(to: URL(filePath: "\(path)/\(name)"))
  }

  func read(_ name: String) throws -> [UInt8] {
    try [UInt8](Data(contentsOf: URL(filePath: "\(path)/\(name)")))
  }

  var names: [String] {
    get throws {
      try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    }
  }
}

/// An IDX file of unsigned bytes.
func idx(_ dimensions: [Int], _ values: [UInt8]) -> [UInt8] {
  let words = [0x0800 + dimensions.count] + dimensions
  return words.flatMap { word in
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> $0) }
  } + values
}

/// A gzip file whose only deflate block is stored, at most 65,535 bytes.
func gzip(_ bytes: [UInt8]) -> [UInt8] {
  var crc: UInt32 = 0xFFFF_FFFF
  for byte in bytes {
    crc ^= UInt32(byte)
    for _ in 0..<8 {
      crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1
    }
  }
  func littleEndian(_ word: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
  }
  return [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF, 1]
    + littleEndian(bytes.count, 2) + littleEndian(~bytes.count, 2) + bytes
    + littleEndian(Int(~crc), 4) + littleEndian(bytes.count, 4)
}

/// Two tiny sets of 2 x 3 images in the layout of MNIST: three to train on,
/// two to test on.
enum TinyMNIST {
  static let trainPixels = (0..<18).map { UInt8($0 * 14) }
  static let trainLabels: [UInt8] = [9, 0, 4]
  static let testPixels = (0..<12).map { UInt8(255 - $0) }
  static let testLabels: [UInt8] = [4, 9]

  /// The files under their usual names, without a suffix.
  static var files: [String: [UInt8]] {
    [
      "train-images-idx3-ubyte": idx([3, 2, 3], trainPixels),
      "train-labels-idx1-ubyte": idx([3], trainLabels),
      "t10k-images-idx3-ubyte": idx([2, 2, 3], testPixels),
      "t10k-labels-idx1-ubyte": idx([2], testLabels),
    ]
  }

  /// Writes the files, some of them replaced, and loads them as MNIST.
  static func load(
    replacing changes: [String: [UInt8]] = [:]
  ) throws -> ImageDataset {
    let folder = try TemporaryFolder()
    for (name, bytes) in files.merging(changes, uniquingKeysWith: { $1 }) {
      try folder.write(bytes, to: name)
    }
    return try ImageDataSource.mnist(folder: folder.path).load()
  }
}

/// The folder of real images beside the package, where there is one.
enum SharedData {
  static let folder = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "shared/data").path

  static func has(_ name: String) -> Bool {
    FileManager.default.fileExists(atPath: "\(folder)/\(name)")
  }
}
