import ArrayFiles
import LinearAlgebra
import RandomFeature
import Synchronization

/// A design matrix in an `.npy` file: in memory where it is small, read block
/// by block where it is not.
enum DesignFile: DesignRows {
  case memory(Matrix<Double>)
  case streamed(StreamedDesign)

  /// Numbers beyond which a design is not held whole: half a gigabyte.
  static let largestInMemory = 1 << 26

  init(_ path: String) throws(FileError) {
    let rows = try NPYRows(path)
    let (m, d) = (rows.rowCount, rows.columnCount)
    guard m > 0, d > 0 else {
      throw .malformed(
        file: path, expected: "at least one row and one feature",
        found: "shape \([m, d])")
    }
    if m > Self.largestInMemory / d {
      self = .streamed(StreamedDesign(rows))
    } else {
      self = .memory(
        Matrix(
          rowCount: m, columnCount: d,
          elements: try NPY.readNumbers(path, shape: [m, d]).values))
    }
  }

  var rowCount: Int {
    switch self {
    case .memory(let matrix): matrix.rowCount
    case .streamed(let design): design.rowCount
    }
  }

  var featureDimension: Int {
    switch self {
    case .memory(let matrix): matrix.columnCount
    case .streamed(let design): design.featureDimension
    }
  }

  func withRows<Result>(
    _ range: Range<Int>, _ body: (UnsafePointer<Double>) -> Result
  ) -> Result {
    switch self {
    case .memory(let matrix): matrix.withRows(range, body)
    case .streamed(let design): design.withRows(range, body)
    }
  }

  /// Throws what went wrong while rows were read.
  func checkRead() throws(FileError) {
    if case .streamed(let design) = self { try design.checkRead() }
  }
}

/// Rows of a file behind the protocol of designs, which knows no errors: the
/// first one is kept, its rows are zeros, and `checkRead` throws it.
final class StreamedDesign: DesignRows {
  private let rows: NPYRows
  private let failure = Mutex<FileError?>(nil)

  init(_ rows: NPYRows) { self.rows = rows }

  var rowCount: Int { rows.rowCount }
  var featureDimension: Int { rows.columnCount }

  func withRows<Result>(
    _ range: Range<Int>, _ body: (UnsafePointer<Double>) -> Result
  ) -> Result {
    var block = [Double](repeating: 0, count: range.count * featureDimension)
    return block.withUnsafeMutableBufferPointer { block in
      guard let start = block.baseAddress else {
        preconditionFailure("a block of no numbers")
      }
      do throws(FileError) {
        try rows.read(range, into: start)
      } catch {
        start.update(repeating: 0, count: block.count)
        failure.withLock { if $0 == nil { $0 = error } }
      }
      return body(start)
    }
  }

  func checkRead() throws(FileError) {
    if let error = failure.withLock({ $0 }) { throw error }
  }
}
