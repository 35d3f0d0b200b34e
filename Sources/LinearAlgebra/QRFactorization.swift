internal import CLAPACKE

/// The thin QR factorization of an m × n matrix, with k = min(m, n).
///
///     A = Q·R,   QᵀQ = I,   R upper triangular
///
/// - Numerics: Householder reflections, without pivoting. The diagonal of R may
///   have either sign, and zeros where A is rank-deficient.
/// - Source: LAPACK `dgelqf` and `dorglq` on Aᵀ = RᵀQᵀ, which is how it sees a
///   row-major A: the arithmetic of `dgeqrf` and `dorgqr` without a
///   transposition.
public struct QRFactorization: Sendable, Equatable {
  /// The orthonormal columns Q, `m × k`.
  public let orthonormal: Matrix<Double>

  /// The upper triangular (for m < n, trapezoidal) factor R, `k × n`.
  public let upper: Matrix<Double>

  /// Factorizes `matrix`; throws where it is not finite.
  ///
  /// - Complexity: O(m·n·k).
  public init(_ matrix: Matrix<Double>) throws(LinearAlgebraError) {
    let m = matrix.rowCount
    let n = matrix.columnCount
    let k = min(m, n)
    try requireFinite(matrix.elements, in: "QR factorization")
    var factors = matrix.elements
    if k > 0 {
      OpenBLAS.prepare()
      var scales = [Double](repeating: 0, count: k)
      try checkLAPACK(
        LAPACKE_dgelqf(
          columnMajor, LAPACKInteger(n), LAPACKInteger(m), &factors,
          LAPACKInteger(n), &scales),
        of: "dgelqf")
      let upper = factors
      self.upper = Matrix(rowCount: k, columnCount: n) { row, column in
        row <= column ? upper[row * n + column] : 0
      }
      try checkLAPACK(
        LAPACKE_dorglq(
          columnMajor, LAPACKInteger(k), LAPACKInteger(m), LAPACKInteger(k),
          &factors, LAPACKInteger(n), scales),
        of: "dorglq")
    } else {
      self.upper = Matrix(rowCount: 0, columnCount: n, repeating: 0)
    }
    self.orthonormal = Matrix(rowCount: m, columnCount: k) { row, column in
      factors[row * n + column]
    }
  }
}
