internal import CLAPACKE

/// The least-squares solution of smallest norm, for any shape and rank.
///
///     X = argmin ‖A·X − B‖,   and of those the one of smallest ‖X‖;  X = A⁺·B
///
/// - Source: LAPACK `dgelsd` (singular values by divide and conquer). Here A and
///   B are transposed into LAPACK's order, because the problem of Aᵀ is another.
public struct LeastSquares: Sendable, Equatable {
  /// The solution X, `n × r`.
  public let solution: Matrix<Double>

  /// The number of singular values of A that count as not zero.
  public let rank: Int

  /// The singular values of A, largest first.
  public let singularValues: [Double]

  /// Solves A·X ≈ B; throws where an input is not finite or the iteration does
  /// not converge.
  ///
  /// - Shapes: A is `m × n`, B is `m × r`.
  /// - Parameters:
  ///   - matrix: The matrix A.
  ///   - rightHandSide: The matrix B, one problem per column.
  ///   - tolerance: Singular values of at most this times the largest count as
  ///     zero; by default max(m, n)·2⁻⁵².
  /// - Precondition: A and B have as many rows.
  /// - Complexity: O(m·n·min(m, n) + m·n·r).
  public init(
    _ matrix: Matrix<Double>, rightHandSide: Matrix<Double>,
    relativeTolerance tolerance: Double? = nil
  ) throws(LinearAlgebraError) {
    let m = matrix.rowCount
    let n = matrix.columnCount
    let r = rightHandSide.columnCount
    precondition(
      m == rightHandSide.rowCount,
      "cannot solve \(m) × \(n) for a right-hand side of "
        + "\(rightHandSide.rowCount) × \(r)")
    try requireFinite(matrix.elements, in: "least squares")
    try requireFinite(rightHandSide.elements, in: "least squares")
    guard m > 0, n > 0 else {
      self.solution = Matrix(rowCount: n, columnCount: r, repeating: 0)
      self.rank = 0
      self.singularValues = []
      return
    }
    OpenBLAS.prepare()
    // The right-hand sides, one after the other, each with room for X; at least
    // one, because dgelsd refuses to find the rank alone.
    let height = max(m, n)
    let problems = max(r, 1)
    var columns = Matrix(rowCount: problems, columnCount: height) {
      column, row in
      row < m && column < r ? rightHandSide[row, column] : 0
    }.elements
    var elements = matrix.transposed().elements
    var values = [Double](repeating: 0, count: min(m, n))
    var rank: LAPACKInteger = 0
    try checkLAPACK(
      LAPACKE_dgelsd(
        columnMajor, LAPACKInteger(m), LAPACKInteger(n),
        LAPACKInteger(problems), &elements, LAPACKInteger(m), &columns,
        LAPACKInteger(height), &values,
        rankTolerance(tolerance, rows: m, columns: n), &rank),
      of: "dgelsd")
    self.solution = Matrix(rowCount: n, columnCount: r) { row, column in
      columns[column * height + row]
    }
    self.rank = Int(rank)
    self.singularValues = values
  }
}
