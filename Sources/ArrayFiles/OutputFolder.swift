import Glibc

/// The folder that a command writes its results to.
///
/// Every file appears in it under its name only when complete. A command makes
/// it when its input is checked, and writes `result.json` last: whoever sees
/// that file can trust the rest.
public struct OutputFolder: Sendable {
  /// Where the folder is.
  public let path: String

  /// Takes a folder for output; a missing one is made, with the folders above.
  ///
  /// - Parameters:
  ///   - path: where the folder is or shall be.
  ///   - overwrite: whether it may hold files already. Its `result.json` is
  ///     removed then, for it speaks of the older ones; others stay until a
  ///     new one takes their name.
  /// - Throws: `FileError.folderNotEmpty` or `FileError.cannotWrite`.
  public init(path: String, overwrite: Bool = false) throws(FileError) {
    self.path = path
    try Self.make(path)
    guard let stream = opendir(path) else {
      throw .cannotWrite(file: path, reason: systemReason())
    }
    defer { closedir(stream) }
    if !overwrite, Self.holdsFiles(stream) {
      throw .folderNotEmpty(folder: path)
    }
    guard access(path, W_OK | X_OK) == 0 else {
      throw .cannotWrite(file: path, reason: systemReason())
    }
    guard unlink(file("result.json")) == 0 || errno == ENOENT else {
      throw .cannotWrite(file: file("result.json"), reason: systemReason())
    }
  }

  /// Refuses a place where no folder can be made or taken, and leaves nothing
  /// behind: for before a long computation.
  ///
  /// - Throws: `FileError.folderNotEmpty` or `FileError.cannotWrite`.
  public static func check(
    path: String, overwrite: Bool = false
  ) throws(FileError) {
    var place = path.isEmpty ? "." : path
    var status = stat()
    while stat(place, &status) != 0 {
      guard errno == ENOENT else {
        throw .cannotWrite(file: path, reason: systemReason())
      }
      // The nearest folder above that is there.
      while place.count > 1, place.last == "/" { place.removeLast() }
      guard let slash = place.lastIndex(of: "/") else {
        place = "."
        continue
      }
      place = slash == place.startIndex ? "/" : String(place[..<slash])
    }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      throw .cannotWrite(file: path, reason: "\(place) is no folder")
    }
    guard access(place, W_OK | X_OK) == 0 else {
      throw .cannotWrite(file: path, reason: systemReason())
    }
    guard place == path, !overwrite, let stream = opendir(path) else { return }
    defer { closedir(stream) }
    if Self.holdsFiles(stream) { throw .folderNotEmpty(folder: path) }
  }

  /// Whether an open folder has entries other than itself and the one above.
  private static func holdsFiles(_ stream: OpaquePointer) -> Bool {
    while let entry = readdir(stream) {
      let isDots = withUnsafeBytes(of: entry.pointee.d_name) { name in
        name.starts(with: [0x2E, 0]) || name.starts(with: [0x2E, 0x2E, 0])
      }
      if !isDots { return true }
    }
    return false
  }

  /// The path of a file in the folder.
  public func file(_ name: String) -> String {
    path.hasSuffix("/") ? path + name : path + "/" + name
  }

  /// Writes an array under `name`, as `NPY` does.
  public func write<Number: StoredNumber>(
    _ array: ShapedArray<Number>, as name: String
  ) throws(FileError) {
    try NPY.write(array, to: file(name))
  }

  /// Writes a text under `name`, in UTF-8.
  public func write(_ text: String, as name: String) throws(FileError) {
    try AtomicFile.write(text, to: file(name))
  }

  /// Makes a folder and those above it, where they are missing.
  private static func make(_ path: String) throws(FileError) {
    if mkdir(path, 0o777) == 0 { return }
    switch errno {
    case EEXIST:
      var status = stat()
      guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
        throw .cannotWrite(file: path, reason: "it is there and is no folder")
      }
    case ENOENT:
      let trimmed = path.last == "/" ? path.dropLast() : path[...]
      guard let slash = trimmed.lastIndex(of: "/"), slash > path.startIndex
      else {
        throw .cannotWrite(file: path, reason: systemReason())
      }
      try make(String(path[..<slash]))
      guard mkdir(path, 0o777) == 0 || errno == EEXIST else {
        throw .cannotWrite(file: path, reason: systemReason())
      }
    default:
      throw .cannotWrite(file: path, reason: systemReason())
    }
  }
}
