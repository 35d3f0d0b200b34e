/// An `.npy` file of a matrix in the making, written row after row, for
/// matrices that memory should not hold whole.
///
/// The file appears under its name only when all rows are there; a writer that
/// is dropped before leaves nothing behind.
public struct NPYRowWriter<Number: StoredNumber>: ~Copyable {
  private var file: AtomicFile
  private let count: Int
  private var written = 0

  /// Begins a file that shall be found at `path`.
  ///
  /// - Throws: `FileError.cannotWrite`.
  public init(
    path: String, rowCount: Int, columnCount: Int
  ) throws(FileError) {
    var file = try AtomicFile(path: path)
    try file.write(
      NPYHeader.bytes(
        descriptor: Number.descriptor, shape: [rowCount, columnCount]))
    self.file = file
    count = rowCount * columnCount
  }

  /// Adds numbers, row after row; they need not end with a row.
  ///
  /// - Precondition: no more numbers than the matrix has.
  public mutating func append(_ numbers: [Number]) throws(FileError) {
    written += numbers.count
    precondition(
      written <= count, "\(written) numbers for a matrix of \(count)")
    try file.write(numbers)
  }

  /// Puts the file under its name.
  ///
  /// - Precondition: all numbers are there.
  public consuming func finish() throws(FileError) {
    precondition(
      written == count, "\(written) numbers for a matrix of \(count)")
    try file.finish()
  }
}
