import ArrayFiles
import Foundation

/// A folder of a test's own, removed with it.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "array-files-" + UUID().uuidString
    try FileManager.default.createDirectory(
      atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { path + "/" + name }

  /// Writes some bytes to a file and gives its path.
  func file(_ name: String, holding bytes: [UInt8]) throws -> String {
    try Data(bytes).write(to: URL(fileURLWithPath: file(name)))
    return file(name)
  }

  func bytes(_ name: String) throws -> [UInt8] {
    try Array(Data(contentsOf: URL(fileURLWithPath: file(name))))
  }

  func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path).sorted()
  }
}

/// An `.npy` file made by hand.
func npyFile(
  _ dictionary: String, version: UInt8 = 1, data: [UInt8]
) -> [UInt8] {
  let text = Array(dictionary.utf8) + [0x0A]
  let length = withUnsafeBytes(of: UInt32(text.count)) { Array($0) }
  return [0x93] + Array("NUMPY".utf8) + [version, 0]
    + length.prefix(version == 1 ? 2 : 4) + text + data
}

/// The bytes of some numbers as they lie in memory.
func bytes<Number: BitwiseCopyable>(_ numbers: [Number]) -> [UInt8] {
  numbers.withUnsafeBytes { Array($0) }
}

/// The error of a reader, or `nil` if it reads.
func failure<Value>(
  _ read: () throws(FileError) -> Value
) -> FileError? {
  do {
    _ = try read()
    return nil
  } catch {
    return error
  }
}
