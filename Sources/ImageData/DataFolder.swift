import ArrayFiles
import Foundation

/// A folder that a data set's files are read from.
struct DataFolder {
  /// The path as it was given.
  let path: String

  /// - Throws: `ImageDataError.noFolder` where there is none at the path.
  init(_ path: String) throws(ImageDataError) {
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(
      atPath: path, isDirectory: &isFolder)
    guard exists && isFolder.boolValue else { throw .noFolder(path) }
    self.path = path
  }

  /// For each file that is wanted, the first of its possible names that is
  /// there.
  ///
  /// - Throws: `ImageDataError.missingFiles` with the usual names of every file
  ///   that is not there; `FileError` where the folder cannot be listed.
  func names(of wanted: [[String]]) throws -> [String] {
    let present: [String]
    do {
      present = try FileManager.default.contentsOfDirectory(atPath: path)
    } catch {
      throw FileError.unreadable(
        file: path, reason: error.localizedDescription)
    }
    let found = wanted.map { $0.first(where: present.contains) }
    let missing = zip(wanted, found).filter { $0.1 == nil }.map {
      $0.0.prefix(2).reversed().joined(separator: " or ")
    }
    guard missing.isEmpty else {
      throw ImageDataError.missingFiles(
        folder: path, expected: missing, found: present.sorted())
    }
    return found.compactMap { $0 }
  }

  /// Whether a file is there.
  func contains(_ name: String) -> Bool {
    FileManager.default.fileExists(atPath: path(of: name))
  }

  /// The path of a file in the folder.
  func path(of name: String) -> String {
    path.hasSuffix("/") ? path + name : "\(path)/\(name)"
  }

  /// The contents of a file in the folder, with its path for messages.
  ///
  /// - Throws: `FileError`.
  func contents(
    of name: String
  ) throws(FileError) -> (file: String, bytes: [UInt8]) {
    let file = path(of: name)
    return (file, try FileBytes.read(file))
  }

  /// The class names in a text file, one a line.
  ///
  /// Empty lines do not count. Without the file, which subsets often lack, the
  /// classes' numbers.
  ///
  /// - Throws: `ImageDataError.badClassNames` unless there are `count`
  ///   different ones.
  func classNames(in name: String, count: Int) throws -> [String] {
    guard contains(name) else { return (0..<count).map { "\($0)" } }
    let (file, bytes) = try contents(of: name)
    let names = String(decoding: bytes, as: UTF8.self)
      .split(whereSeparator: \.isNewline)
      .map { $0.trimmingCharacters(in: .whitespaces) }
      .filter { !$0.isEmpty }
    guard names.count == count && Set(names).count == count else {
      throw ImageDataError.badClassNames(
        file: file, expected: count, found: Set(names).count)
    }
    return names
  }
}
