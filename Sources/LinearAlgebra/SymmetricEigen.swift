internal import CLAPACKE

/// The eigendecomposition of a symmetric matrix.
///
///     A = V·diag(λ)·Vᵀ,   VᵀV = I
///
/// Only the lower triangle of A is read, but all of it must be finite.
/// - Source: LAPACK `dsyevd` (divide and conquer) for all eigenvalues, `dsyevr`
///   (relatively robust representations) for the largest few.
public struct SymmetricEigen: Sendable, Equatable {
  /// The eigenvalues λ, largest first.
  public let values: [Double]

  /// The eigenvectors as rows, Vᵀ, one per eigenvalue, in the same order.
  public let vectorsTransposed: Matrix<Double>

  /// The eigenvectors V, one column per eigenvalue, in the same order.
  ///
  /// - Complexity: a transposition.
  public var vectors: Matrix<Double> { vectorsTransposed.transposed() }

  /// All eigenvalues and eigenvectors.
  ///
  /// - Precondition: `matrix` is square.
  /// - Complexity: O(n³).
  public init(_ matrix: Matrix<Double>) throws(LinearAlgebraError) {
    let order = try Self.checkedOrder(of: matrix)
    var ascending = [Double](repeating: 0, count: order)
    var vectors = matrix.elements
    if order > 0 {
      OpenBLAS.prepare()
      let order = LAPACKInteger(order)
      try checkLAPACK(
        LAPACKE_dsyevd(
          columnMajor, LAPACKOption.vectors, LAPACKOption.upper, order,
          &vectors, order, &ascending),
        of: "dsyevd")
    }
    self.init(order: order, ascending: ascending, vectors: vectors)
  }

  /// The `count` largest eigenvalues and their eigenvectors.
  ///
  /// - Precondition: `matrix` is square of order n, and `count` is in 0...n.
  /// - Complexity: O(n³) for the tridiagonal form, a fraction of the full
  ///   decomposition, and O(n²·count) for the rest.
  public init(
    _ matrix: Matrix<Double>, largest count: Int
  ) throws(LinearAlgebraError) {
    let order = try Self.checkedOrder(of: matrix)
    precondition(
      count >= 0 && count <= order,
      "expected 0 to \(order) eigenvalues, got \(count)")
    var ascending = [Double](repeating: 0, count: order)
    var vectors = [Double](repeating: 0, count: order * count)
    if count > 0 {
      OpenBLAS.prepare()
      var elements = matrix.elements
      var found: LAPACKInteger = 0
      var support = [LAPACKInteger](repeating: 0, count: 2 * count)
      let order = LAPACKInteger(order)
      let first = order - LAPACKInteger(count) + 1
      try checkLAPACK(
        LAPACKE_dsyevr(
          columnMajor, LAPACKOption.vectors, LAPACKOption.indexRange,
          LAPACKOption.upper, order, &elements, order, 0, 0, first, order, 0,
          &found, &ascending, &vectors, order, &support),
        of: "dsyevr")
    }
    self.init(
      order: order, ascending: Array(ascending.prefix(count)), vectors: vectors)
  }

  /// All eigenvalues alone, largest first.
  ///
  /// - Precondition: `matrix` is square.
  public static func values(
    of matrix: Matrix<Double>
  ) throws(LinearAlgebraError) -> [Double] {
    let order = try checkedOrder(of: matrix)
    guard order > 0 else { return [] }
    OpenBLAS.prepare()
    var elements = matrix.elements
    var ascending = [Double](repeating: 0, count: order)
    try checkLAPACK(
      LAPACKE_dsyevd(
        columnMajor, LAPACKOption.noVectors, LAPACKOption.upper,
        LAPACKInteger(order), &elements, LAPACKInteger(order), &ascending),
      of: "dsyevd")
    return ascending.reversed()
  }

  /// Turns LAPACK's order, ascending with one eigenvector after the other, into
  /// ours.
  private init(order: Int, ascending: [Double], vectors: [Double]) {
    self.values = ascending.reversed()
    let count = ascending.count
    let rows = [Double](unsafeUninitializedCapacity: count * order) {
      rows, size in
      size = count * order
      vectors.withUnsafeBufferPointer { vectors in
        guard let rows = rows.baseAddress, let vectors = vectors.baseAddress
        else { return }
        for k in 0..<count {
          (rows + k * order).initialize(
            from: vectors + (count - 1 - k) * order, count: order)
        }
      }
    }
    vectorsTransposed = Matrix(
      rowCount: count, columnCount: order, elements: rows)
  }

  private static func checkedOrder(
    of matrix: Matrix<Double>
  ) throws(LinearAlgebraError) -> Int {
    precondition(
      matrix.rowCount == matrix.columnCount,
      "expected a square matrix, got \(matrix.rowCount) × "
        + "\(matrix.columnCount)")
    try requireFinite(matrix.elements, in: "symmetric eigendecomposition")
    return matrix.rowCount
  }
}
