/// Which numbers a reader lets pass.
public enum AllowedNumbers: Sendable {
  /// Finite ones.
  case finite
  /// Finite ones and ±infinity, never NaN.
  case infinity
}

/// NumPy's `.npy` files: one array each.
///
/// Read are format versions 1 to 3, little-endian `f4 f8 i1 i2 i4 i8 u1 u2 u4`,
/// C or Fortran order, any rank; written is version 1.0 in C order, byte for
/// byte as `numpy.save` does. A file is checked to its last byte before the
/// array is made. `shape` names the expected length of every axis, `nil` for
/// any: `[nil, 4]` takes every array of rank 2 with 4 columns.
///
/// - Source: NumPy, "NEP 1 — A simple file format for NumPy arrays".
public enum NPY {
  /// Reads numbers of any type as `Double`.
  ///
  /// Integers beyond 2⁵³ are rounded to the nearest `Double`.
  ///
  /// - Throws: `FileError` when there is no such file or it does not hold such
  ///   an array.
  public static func readNumbers(
    _ path: String,
    shape: [Int?]? = nil,
    allowing allowed: AllowedNumbers = .finite
  ) throws(FileError) -> ShapedArray<Double> {
    try contents(path).numbers(shape: shape, allowing: allowed)
  }

  /// Reads numbers of any type as `Float`, each rounded to the nearest.
  ///
  /// - Throws: `FileError`, for a number beyond the range of `Float` too.
  public static func readFloats(
    _ path: String,
    shape: [Int?]? = nil,
    allowing allowed: AllowedNumbers = .finite
  ) throws(FileError) -> ShapedArray<Float> {
    try contents(path).numbers(shape: shape, allowing: allowed)
  }

  /// Reads integers, such as labels and indices.
  ///
  /// - Throws: `FileError`, for a file of floating-point numbers too.
  public static func readIntegers(
    _ path: String, shape: [Int?]? = nil
  ) throws(FileError) -> ShapedArray<Int> {
    try contents(path).integers(shape: shape)
  }

  /// Writes numbers in C order.
  ///
  /// `Double` is written as `f8`, `Float` as `f4`, `Int` as `i8`. The same input
  /// gives the same bytes.
  ///
  /// - Precondition: the product of `shape` is the number of values.
  /// - Throws: `FileError.cannotWrite`; nothing is left at `path` then.
  public static func write<Number: StoredNumber>(
    shape: [Int], values: [Number], to path: String
  ) throws(FileError) {
    try write(ShapedArray(shape: shape, values: values), to: path)
  }

  /// Writes an array, as `write(shape:values:to:)` does.
  public static func write<Number: StoredNumber>(
    _ array: ShapedArray<Number>, to path: String
  ) throws(FileError) {
    var file = try AtomicFile(path: path)
    try file.write(
      NPYHeader.bytes(descriptor: Number.descriptor, shape: array.shape))
    try file.write(array.values)
    try file.finish()
  }

  private static func contents(
    _ path: String
  ) throws(FileError) -> NPYContents {
    try NPYContents(FileBytes.read(path)[...], file: path)
  }
}
