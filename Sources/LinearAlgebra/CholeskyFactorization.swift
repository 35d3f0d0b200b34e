internal import CLAPACKE
internal import COpenBLAS
internal import RealModule

/// The Cholesky factorization of a symmetric positive definite matrix.
///
///     A = L·Lᵀ,   L lower triangular with a positive diagonal
///
/// Only the lower triangle of A is read, but all of it must be finite.
/// - Source: LAPACK `dpotrf` for the upper factor Lᵀ in its own order.
public struct CholeskyFactorization: Sendable, Equatable {
  /// The factor L; zero above the diagonal.
  public let lower: Matrix<Double>

  /// Factorizes `matrix`, or throws ``LinearAlgebraError/notPositiveDefinite(leadingMinor:)``.
  ///
  /// - Precondition: `matrix` is square.
  /// - Complexity: n³/3 multiplications and additions.
  public init(_ matrix: Matrix<Double>) throws(LinearAlgebraError) {
    let order = matrix.rowCount
    precondition(
      order == matrix.columnCount,
      "expected a square matrix, got \(order) × \(matrix.columnCount)")
    try requireFinite(matrix.elements, in: "Cholesky factorization")
    var factor = matrix.elements
    if order > 0 {
      OpenBLAS.prepare()
      let info = LAPACKE_dpotrf(
        columnMajor, LAPACKOption.upper, LAPACKInteger(order), &factor,
        LAPACKInteger(order))
      try checkLAPACK(
        info, of: "dpotrf", else: .notPositiveDefinite(leadingMinor: Int(info)))
    }
    self.lower = Matrix(rowCount: order, columnCount: order) { row, column in
      column <= row ? factor[row * order + column] : 0
    }
  }

  /// The solution X of A·X = B.
  ///
  /// LAPACK's `dpotrs` is two triangular solutions in its own order; the same
  /// two in row-major order need no transposition of B.
  ///
  /// - Shapes: B and X are `n × r`.
  /// - Precondition: B has as many rows as A.
  public func solve(_ rightHandSide: Matrix<Double>) -> Matrix<Double> {
    precondition(
      rightHandSide.rowCount == lower.rowCount,
      "cannot solve \(lower.rowCount) equations for a right-hand side of "
        + "\(rightHandSide.rowCount) × \(rightHandSide.columnCount)")
    var solution = rightHandSide
    solution.withUnsafeMutableElements { solution in
      guard let start = solution.baseAddress, !solution.isEmpty else { return }
      OpenBLAS.prepare()
      for transpose in [CblasNoTrans, CblasTrans] {
        cblas_dtrsm(
          CblasRowMajor, CblasLeft, CblasLower, transpose, CblasNonUnit,
          Int32(rightHandSide.rowCount), Int32(rightHandSide.columnCount), 1,
          lower.elements, Int32(lower.rowCount),
          start, Int32(rightHandSide.columnCount))
      }
    }
    return solution
  }

  /// The solution x of A·x = b.
  ///
  /// - Precondition: b has as many elements as A has rows.
  public func solve(_ rightHandSide: [Double]) -> [Double] {
    solve(
      Matrix(
        rowCount: rightHandSide.count, columnCount: 1, elements: rightHandSide)
    ).elements
  }

  /// The logarithm of the determinant of A, 2·Σ log Lᵢᵢ.
  public var logDeterminant: Double {
    2 * (0..<lower.rowCount).reduce(0) { $0 + .log(lower[$1, $1]) }
  }
}
