/// Files compressed by gzip.
public enum Gzip {
  /// The contents of a gzip file, members one after the other.
  ///
  /// Checksum and length at the end of every member are checked.
  ///
  /// - Parameters:
  ///   - path: the compressed file.
  ///   - limit: the most bytes that the contents may have.
  /// - Throws: `FileError` when there is no such file, when it is truncated,
  ///   damaged or no gzip file, or when its contents exceed `limit`.
  /// - Precondition: `limit >= 0`.
  public static func inflate(
    _ path: String, limit: Int
  ) throws(FileError) -> [UInt8] {
    try inflate(FileBytes.read(path), file: path, limit: limit)
  }

  /// What compressed bytes stand for, as `inflate(_:limit:)` does for a file.
  ///
  /// - Parameters:
  ///   - compressed: the contents of a gzip file.
  ///   - file: what errors call it.
  ///   - limit: the most bytes that the contents may have.
  /// - Precondition: `limit >= 0`.
  public static func inflate(
    _ compressed: [UInt8], file: String, limit: Int
  ) throws(FileError) -> [UInt8] {
    let (contents, isWhole) = try inflate(
      compressed, file: file, upTo: limit)
    guard isWhole else {
      throw .malformed(
        file: file, expected: "at most \(limit) bytes when inflated",
        found: "more")
    }
    return contents
  }

  /// The first bytes of what compressed bytes stand for, such as a header that
  /// tells how many will follow; fewer than `count` where there are no more.
  ///
  /// - Parameters:
  ///   - count: the most bytes to inflate.
  ///   - compressed: the contents of a gzip file.
  ///   - file: what errors call it.
  /// - Throws: `FileError` when what is needed is truncated or damaged.
  /// - Precondition: `count >= 0`.
  public static func prefix(
    _ count: Int, of compressed: [UInt8], file: String
  ) throws(FileError) -> [UInt8] {
    try inflate(compressed, file: file, upTo: count).contents
  }

  /// The contents up to a limit, and whether that is all of them.
  private static func inflate(
    _ compressed: [UInt8], file: String, upTo limit: Int
  ) throws(FileError) -> (contents: [UInt8], isWhole: Bool) {
    precondition(limit >= 0, "at most \(limit) bytes")
    guard compressed.starts(with: [0x1F, 0x8B]) else {
      throw .malformed(
        file: file, expected: "a gzip file",
        found: compressed.isEmpty
          ? "an empty file"
          : "a file that begins \"\(excerpt(compressed.prefix(8)))\"")
    }
    var contents: [UInt8] = []
    var rest = compressed[...]
    while !rest.isEmpty {
      let outcome = ArrayFiles.inflate(
        rest, .gzip, to: &contents, limit: limit)
      switch outcome {
      case .ended(let count):
        rest = rest.dropFirst(count)
      case .limitReached:
        return (contents, false)
      case .truncated:
        throw .malformed(
          file: file, expected: "a complete gzip file",
          found: "one cut off after \(compressed.count) bytes")
      case .corrupt(let reason):
        throw .malformed(
          file: file, expected: "an intact gzip file",
          found: "damage after \(contents.count) inflated bytes: \(reason)")
      }
    }
    return (contents, true)
  }
}
