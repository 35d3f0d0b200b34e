public import ArrayFiles

/// Whole text files.
public enum TextFile {
  /// The text of the file at `path`.
  ///
  /// - Throws: `FileError` where it is missing, cannot be read or is not UTF-8.
  public static func read(_ path: String) throws(FileError) -> String {
    let bytes = try FileBytes.read(path)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .malformed(
        file: path, expected: "text in UTF-8", found: "other bytes")
    }
    return text
  }
}
