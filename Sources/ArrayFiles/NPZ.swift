/// NumPy's `.npz` archives: named arrays, each an `.npy` file in a zip archive.
///
/// Entries may be stored or deflated; checksums are checked. An entry is
/// inflated only as far as the header in it accounts for, so that a small
/// archive cannot claim much memory.
public struct NPZ: Sendable {
  /// Where the archive was read from.
  public let path: String
  /// The arrays' names in the archive's order, without `.npy`.
  public let names: [String]

  private let bytes: [UInt8]
  private let entries: [String: ZipDirectory.Entry]

  /// Reads an archive and checks its directory.
  ///
  /// - Throws: `FileError` when there is no such file, or it is damaged,
  ///   encrypted, or holds two entries of one name or other than `.npy` files.
  public init(path: String) throws(FileError) {
    bytes = try FileBytes.read(path)
    self.path = path
    var names: [String] = []
    var entries: [String: ZipDirectory.Entry] = [:]
    for entry in try ZipDirectory(bytes, file: path).entries {
      guard entry.name.hasSuffix(".npy") else {
        throw .malformed(
          file: path, expected: "entries that end in .npy",
          found: "\"\(excerpt(entry.name.utf8))\"")
      }
      let name = String(entry.name.dropLast(4))
      guard entries.updateValue(entry, forKey: name) == nil else {
        throw .malformed(
          file: path, expected: "every name once",
          found: "two entries \"\(excerpt(entry.name.utf8))\"")
      }
      names.append(name)
    }
    self.names = names
    self.entries = entries
  }

  /// Numbers of any type as `Double`; see `NPY.readNumbers`.
  ///
  /// - Throws: `FileError`, also when there is no array of that name.
  public func numbers(
    _ name: String,
    shape: [Int?]? = nil,
    allowing allowed: AllowedNumbers = .finite
  ) throws(FileError) -> ShapedArray<Double> {
    try withContents(name) { contents throws(FileError) in
      try contents.numbers(shape: shape, allowing: allowed)
    }
  }

  /// Numbers of any type as `Float`; see `NPY.readFloats`.
  ///
  /// - Throws: `FileError`, also when there is no array of that name.
  public func floats(
    _ name: String,
    shape: [Int?]? = nil,
    allowing allowed: AllowedNumbers = .finite
  ) throws(FileError) -> ShapedArray<Float> {
    try withContents(name) { contents throws(FileError) in
      try contents.numbers(shape: shape, allowing: allowed)
    }
  }

  /// Integers; see `NPY.readIntegers`.
  ///
  /// - Throws: `FileError`, also when there is no array of that name.
  public func integers(
    _ name: String, shape: [Int?]? = nil
  ) throws(FileError) -> ShapedArray<Int> {
    try withContents(name) { contents throws(FileError) in
      try contents.integers(shape: shape)
    }
  }

  private func withContents<Value>(
    _ name: String, _ body: (NPYContents) throws(FileError) -> Value
  ) throws(FileError) -> Value {
    guard let entry = entries[name] else {
      let known = names.map { excerpt($0.utf8) }.joined(separator: ", ")
      throw .malformed(
        file: path, expected: "an array \"\(excerpt(name.utf8))\"",
        found: names.isEmpty ? "no arrays" : "the arrays \(known)")
    }
    let file = "\(path), entry \(excerpt(entry.name.utf8))"
    let contents = try contents(of: entry, file: file)
    guard checksum(contents) == entry.checksum else {
      throw .malformed(
        file: file, expected: "the checksum \(hexadecimal(entry.checksum))",
        found: hexadecimal(checksum(contents)))
    }
    return try body(NPYContents(contents, file: file))
  }

  /// The `.npy` file in an entry.
  private func contents(
    of entry: ZipDirectory.Entry, file: String
  ) throws(FileError) -> ArraySlice<UInt8> {
    let data = bytes[entry.data]
    guard entry.isDeflated else {
      guard data.count == entry.size else {
        throw .malformed(
          file: file, expected: "\(entry.size) stored bytes",
          found: "\(data.count)")
      }
      return data
    }
    // The header first: it must account for the size that is claimed.
    var contents: [UInt8] = []
    let start = min(entry.size, NPYHeader.longest)
    _ = inflate(data, .raw, to: &contents, limit: start)
    _ = try NPYHeader(contents[...], fileSize: entry.size, file: file)
    // Deflate makes at most 258 bytes of 2 bits.
    guard entry.size / 1032 <= data.count, entry.size <= physicalMemory() else {
      throw .malformed(
        file: file, expected: "a size that \(data.count) bytes can inflate to",
        found: "\(entry.size) bytes")
    }
    contents.removeAll(keepingCapacity: true)
    contents.reserveCapacity(entry.size)
    let outcome = inflate(data, .raw, to: &contents, limit: entry.size)
    guard outcome == .ended(data.count), contents.count == entry.size else {
      throw .malformed(
        file: file, expected: "\(entry.size) inflated bytes",
        found: outcome == .limitReached
          ? "more" : "damage after \(contents.count) of them")
    }
    return contents[...]
  }
}

private func hexadecimal(_ number: UInt32) -> String {
  "0x" + String(number, radix: 16)
}
