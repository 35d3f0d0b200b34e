/// A dense matrix, row-major: element (i, j) is `elements[i * columnCount + j]`.
///
/// A value with copy-on-write, like the array it holds. Either count may be
/// zero.
public struct Matrix<Scalar: BLASScalar>: Sendable, Equatable {
  /// The number of rows.
  public let rowCount: Int

  /// The number of columns.
  public let columnCount: Int

  @usableFromInline
  var storage: [Scalar]

  /// The elements, row after row.
  @inlinable
  public var elements: [Scalar] { storage }

  /// The matrix whose elements, row after row, are `elements`.
  ///
  /// - Precondition: `elements.count == rowCount * columnCount`.
  @inlinable
  public init(rowCount: Int, columnCount: Int, elements: [Scalar]) {
    precondition(
      rowCount >= 0 && columnCount >= 0
        && elements.count == rowCount * columnCount,
      "expected \(rowCount) × \(columnCount) elements, got \(elements.count)")
    self.rowCount = rowCount
    self.columnCount = columnCount
    self.storage = elements
  }

  /// The matrix whose elements are all `value`.
  ///
  /// - Precondition: the counts are not negative.
  @inlinable
  public init(rowCount: Int, columnCount: Int, repeating value: Scalar) {
    precondition(
      rowCount >= 0 && columnCount >= 0,
      "expected counts of at least 0, got \(rowCount) × \(columnCount)")
    self.init(
      rowCount: rowCount, columnCount: columnCount,
      elements: Array(repeating: value, count: rowCount * columnCount))
  }

  /// The matrix whose element (i, j) is `element(i, j)`, asked row after row.
  ///
  /// - Precondition: the counts are not negative.
  @inlinable
  public init<Failure: Error>(
    rowCount: Int, columnCount: Int,
    _ element: (_ row: Int, _ column: Int) throws(Failure) -> Scalar
  ) throws(Failure) {
    precondition(
      rowCount >= 0 && columnCount >= 0,
      "expected counts of at least 0, got \(rowCount) × \(columnCount)")
    var elements: [Scalar] = []
    elements.reserveCapacity(rowCount * columnCount)
    for row in 0..<rowCount {
      for column in 0..<columnCount {
        elements.append(try element(row, column))
      }
    }
    self.init(
      rowCount: rowCount, columnCount: columnCount, elements: elements)
  }

  /// The identity matrix of this order.
  ///
  /// - Precondition: `order >= 0`.
  @inlinable
  public static func identity(_ order: Int) -> Matrix {
    Matrix(rowCount: order, columnCount: order) { row, column in
      row == column ? 1 : 0
    }
  }

  /// Element (i, j), counted from zero.
  ///
  /// - Precondition: both indices are in range.
  @inlinable
  public subscript(row: Int, column: Int) -> Scalar {
    get { storage[index(row, column)] }
    set { storage[index(row, column)] = newValue }
  }

  @inlinable
  func index(_ row: Int, _ column: Int) -> Int {
    precondition(
      row >= 0 && row < rowCount && column >= 0 && column < columnCount,
      "expected an index in \(rowCount) × \(columnCount), got (\(row), "
        + "\(column))")
    return row * columnCount + column
  }

  /// The elements of a row, not copied.
  ///
  /// - Precondition: the index is in range.
  @inlinable
  public func row(_ row: Int) -> ArraySlice<Scalar> {
    precondition(
      row >= 0 && row < rowCount, "expected a row below \(rowCount), got \(row)"
    )
    return storage[row * columnCount..<(row + 1) * columnCount]
  }

  /// Calls `body` with the elements, row after row, for loops that are to run
  /// without bounds checks.
  @inlinable
  public func withUnsafeElements<Result, Failure: Error>(
    _ body: (UnsafeBufferPointer<Scalar>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try storage.withUnsafeBufferPointer(body)
  }

  /// Calls `body` with the elements, row after row, to change them in place.
  @inlinable
  public mutating func withUnsafeMutableElements<Result, Failure: Error>(
    _ body: (UnsafeMutableBufferPointer<Scalar>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try storage.withUnsafeMutableBufferPointer {
      buffer throws(Failure) -> Result in
      try body(buffer)
    }
  }

  /// The same matrix in another precision: exact from `Float` to `Double`, each
  /// element rounded to the nearest in the other direction.
  @inlinable
  public init<Other: BLASScalar>(_ other: Matrix<Other>) {
    self.init(
      rowCount: other.rowCount, columnCount: other.columnCount,
      elements: other.storage.map { Scalar($0) })
  }
}
