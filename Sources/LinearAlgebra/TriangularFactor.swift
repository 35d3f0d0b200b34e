internal import CLAPACKE
internal import COpenBLAS
internal import RealModule

/// The triangular factor of a tall matrix, without the orthogonal one.
///
///     A = Q·R,   RᵀR = AᵀA,   R upper triangular, n × n for A of m × n
///
/// R is a square root of AᵀA that is as good as one that never forms AᵀA:
/// solutions with it lose as many digits as A's condition number has, not twice
/// as many.
///
/// - Numerics: Householder reflections, without pivoting; the diagonal may have
///   either sign.
/// - Source: LAPACK `dgelqf` on Aᵀ, which is how it sees a row-major A.
public struct TriangularFactor: Sendable, Equatable {
  /// R, zero below the diagonal.
  public let upper: Matrix<Double>

  /// A factor that is known; what stands below the diagonal counts as 0.
  ///
  /// - Precondition: `upper` is square.
  public init(upper: Matrix<Double>) {
    precondition(
      upper.rowCount == upper.columnCount,
      "expected a square factor, got \(upper.rowCount) × \(upper.columnCount)")
    self.upper = Matrix(
      rowCount: upper.rowCount, columnCount: upper.columnCount
    ) { $0 <= $1 ? upper[$0, $1] : 0 }
  }

  /// Factorizes `matrix`; throws where it is not finite.
  ///
  /// - Precondition: at least as many rows as columns.
  /// - Complexity: 2·m·n² operations.
  public init(of matrix: Matrix<Double>) throws(LinearAlgebraError) {
    let (m, n) = (matrix.rowCount, matrix.columnCount)
    precondition(m >= n, "expected a tall matrix, got \(m) × \(n)")
    try requireFinite(matrix.elements, in: "triangular factorization")
    var factors = matrix.elements
    if n > 0 {
      OpenBLAS.prepare()
      var scales = [Double](repeating: 0, count: n)
      try checkLAPACK(
        LAPACKE_dgelqf(
          columnMajor, LAPACKInteger(n), LAPACKInteger(m), &factors,
          LAPACKInteger(n), &scales),
        of: "dgelqf")
    }
    upper = Matrix(rowCount: n, columnCount: n) { row, column in
      row <= column ? factors[row * n + column] : 0
    }
  }

  /// The solution x of R·x = b.
  ///
  /// - Precondition: b has as many elements as R has rows.
  public func solve(_ rightHandSide: [Double]) -> [Double] {
    let order = upper.rowCount
    precondition(
      rightHandSide.count == order,
      "cannot solve \(order) equations for \(rightHandSide.count) numbers")
    var solution = rightHandSide
    OpenBLAS.prepare()
    solution.withUnsafeMutableBufferPointer { solution in
      guard let start = solution.baseAddress else { return }
      cblas_dtrsv(
        CblasRowMajor, CblasUpper, CblasNoTrans, CblasNonUnit, Int32(order),
        upper.elements, Int32(order), start, 1)
    }
    return solution
  }

  /// Replaces the rows B, `count × n` one after the other, by B·R⁻¹; where the
  /// diagonal has a zero, by infinities and what is not a number.
  ///
  ///     [X₁ X₂]·[R₁₁ R₁₂; 0 R₂₂] = [B₁ B₂]
  ///     X₁ = B₁R₁₁⁻¹,   X₂ = (B₂ − X₁R₁₂)R₂₂⁻¹
  ///
  /// by halves, so that nearly all of it is matrix products: OpenBLAS's own
  /// `dtrsm` reaches half of that for AVX-512 processors.
  public func divide(
    _ rows: UnsafeMutablePointer<Double>, count: Int
  ) {
    let order = upper.rowCount
    guard count > 0, order > 0 else { return }
    OpenBLAS.prepare()
    func divide(_ columns: Range<Int>) {
      let width = columns.count
      let first = columns.lowerBound
      upper.withUnsafeElements { upper in
        guard let upper = upper.baseAddress else { return }
        if width <= 32 {
          cblas_dtrsm(
            CblasRowMajor, CblasRight, CblasUpper, CblasNoTrans, CblasNonUnit,
            Int32(count), Int32(width), 1, upper + first * order + first,
            Int32(order), rows + first, Int32(order))
          return
        }
        // A multiple of the base, so that the halves end alike.
        let half = first + (width / 2 + 31) / 32 * 32
        divide(first..<half)
        cblas_dgemm(
          CblasRowMajor, CblasNoTrans, CblasNoTrans, Int32(count),
          Int32(columns.upperBound - half), Int32(half - first), -1,
          rows + first, Int32(order), upper + first * order + half,
          Int32(order), 1, rows + half, Int32(order))
        divide(half..<columns.upperBound)
      }
    }
    divide(0..<order)
  }

  /// B·R⁻¹.
  ///
  /// - Precondition: B has as many columns as R.
  /// - Complexity: m·n² operations for B of m × n.
  public func dividing(_ rows: Matrix<Double>) -> Matrix<Double> {
    precondition(
      rows.columnCount == upper.rowCount,
      "cannot divide \(rows.rowCount) × \(rows.columnCount) by a factor of "
        + "order \(upper.rowCount)")
    var quotient = rows
    quotient.withUnsafeMutableElements { elements in
      guard let start = elements.baseAddress else { return }
      divide(start, count: rows.rowCount)
    }
    return quotient
  }

  /// log |det R|.
  public var logAbsoluteDeterminant: Double {
    (0..<upper.rowCount).reduce(0) { $0 + .log(abs(upper[$1, $1])) }
  }
}
