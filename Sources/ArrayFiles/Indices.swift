extension NPY {
  /// Reads indices of samples, [n].
  ///
  /// - Parameter count: The number of samples that there are.
  /// - Throws: `FileError`, as `checkIndices` does too.
  public static func readIndices(
    _ path: String, below count: Int
  ) throws(FileError) -> [Int] {
    let indices = try readIntegers(path, shape: [nil]).values
    try checkIndices(indices, below: count, file: path)
    return indices
  }
}

/// Refuses indices that name no sample, or one twice.
///
/// - Parameters:
///   - count: The number of samples that there are.
///   - file: Where the indices come from.
///   - mayRepeat: Whether one sample may stand at several places.
/// - Throws: `FileError.malformed`.
public func checkIndices(
  _ indices: [Int], below count: Int, file: String, mayRepeat: Bool = false
) throws(FileError) {
  var seen: Set<Int> = []
  for index in indices {
    guard (0..<count).contains(index) else {
      throw .malformed(
        file: file, expected: "indices in 0 ..< \(count)", found: "\(index)")
    }
    guard mayRepeat || seen.insert(index).inserted else {
      throw .malformed(
        file: file, expected: "each sample once", found: "\(index) twice")
    }
  }
}
