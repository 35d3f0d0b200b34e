/// Tables whose rows begin with lines of 64 bytes.
public enum CacheLines<Scalar: VectorScalar> {
  /// Numbers of a line.
  public static var width: Int { 64 / MemoryLayout<Scalar>.stride }

  /// `count`, filled up to whole lines.
  public static func wholeLines(_ count: Int) -> Int {
    (count + width - 1) / width * width
  }

  /// A distance between rows of so many columns at which the lines of a column
  /// do not fall on few sets of a cache: an odd number of lines.
  public static func stride(_ columns: Int) -> Int {
    (wholeLines(columns) / width | 1) * width
  }

  /// Zeros from the start of a line on, for the caller to deallocate.
  public static func allocate(_ count: Int) -> UnsafeMutablePointer<Scalar> {
    let room = UnsafeMutableRawPointer.allocate(
      byteCount: max(count, 1) * MemoryLayout<Scalar>.stride, alignment: 64)
    let numbers = room.bindMemory(to: Scalar.self, capacity: max(count, 1))
    numbers.initialize(repeating: 0, count: max(count, 1))
    return numbers
  }
}
