internal import CLAPACKE

/// The thin singular value decomposition of an m × n matrix, with
/// k = min(m, n).
///
///     A = U·diag(σ)·Vᵀ,   UᵀU = VᵀV = I,   σ₁ ≥ … ≥ σ_k ≥ 0
///
/// - Source: LAPACK `dgesdd` (divide and conquer) on Aᵀ, which is how it sees a
///   row-major A; U and V change places.
public struct SingularValueDecomposition: Sendable, Equatable {
  /// The left singular vectors U as columns, `m × k`.
  public let left: Matrix<Double>

  /// The singular values σ, largest first.
  public let values: [Double]

  /// The right singular vectors as rows, Vᵀ, `k × n`.
  public let rightTransposed: Matrix<Double>

  /// Decomposes `matrix`; throws where it is not finite or the iteration does
  /// not converge.
  ///
  /// - Complexity: O(m·n·k).
  public init(_ matrix: Matrix<Double>) throws(LinearAlgebraError) {
    let m = matrix.rowCount
    let n = matrix.columnCount
    let k = min(m, n)
    var left = [Double](repeating: 0, count: m * k)
    var right = [Double](repeating: 0, count: k * n)
    self.values = try Self.decompose(matrix, left: &left, right: &right)
    self.left = Matrix(rowCount: m, columnCount: k, elements: left)
    self.rightTransposed = Matrix(
      rowCount: k, columnCount: n, elements: right)
  }

  /// The number of singular values that count as not zero.
  ///
  ///     σ > tolerance·σ₁
  ///
  /// - Parameter tolerance: By default max(m, n)·2⁻⁵², the size of the rounding
  ///   errors in A itself.
  public func rank(relativeTolerance tolerance: Double? = nil) -> Int {
    let tolerance = rankTolerance(
      tolerance, rows: left.rowCount, columns: rightTransposed.columnCount)
    let threshold = tolerance * (values.first ?? 0)
    return values.count { $0 > threshold }
  }

  /// The Moore–Penrose inverse.
  ///
  ///     A⁺ = V·diag(1/σ)·Uᵀ over the singular values that count as not zero
  ///
  /// - Shapes: `n × m`.
  /// - Parameter tolerance: As for ``rank(relativeTolerance:)``.
  public func pseudoInverse(
    relativeTolerance tolerance: Double? = nil
  ) -> Matrix<Double> {
    let rank = rank(relativeTolerance: tolerance)
    let scaled = Matrix(
      rowCount: rank, columnCount: rightTransposed.columnCount
    ) { row, column in
      rightTransposed[row, column] / values[row]
    }
    let kept = Matrix(rowCount: left.rowCount, columnCount: rank) {
      row, column in left[row, column]
    }
    return scaled.multiplied(
      by: kept, transposingSelf: true, transposingOther: true)
  }

  /// Calls LAPACK; where `left` is empty, for the singular values alone.
  fileprivate static func decompose(
    _ matrix: Matrix<Double>, left: inout [Double], right: inout [Double]
  ) throws(LinearAlgebraError) -> [Double] {
    try requireFinite(matrix.elements, in: "singular value decomposition")
    let m = LAPACKInteger(matrix.rowCount)
    let n = LAPACKInteger(matrix.columnCount)
    let k = min(m, n)
    guard k > 0 else { return [] }
    OpenBLAS.prepare()
    var elements = matrix.elements
    var values = [Double](repeating: 0, count: Int(k))
    try checkLAPACK(
      LAPACKE_dgesdd(
        columnMajor,
        left.isEmpty ? LAPACKOption.noVectors : LAPACKOption.thin,
        n, m, &elements, n, &values, &right, n, &left, k),
      of: "dgesdd")
    return values
  }
}

extension Matrix<Double> {
  /// The singular values alone, largest first.
  public func singularValues() throws(LinearAlgebraError) -> [Double] {
    var left: [Double] = []
    var right: [Double] = []
    return try SingularValueDecomposition.decompose(
      self, left: &left, right: &right)
  }

  /// The Moore–Penrose inverse, by the singular value decomposition.
  ///
  /// - Shapes: `n × m` for an `m × n` matrix.
  /// - Parameter tolerance: Singular values of at most this times the largest
  ///   count as zero; by default max(m, n)·2⁻⁵².
  public func pseudoInverse(
    relativeTolerance tolerance: Double? = nil
  ) throws(LinearAlgebraError) -> Matrix {
    try SingularValueDecomposition(self)
      .pseudoInverse(relativeTolerance: tolerance)
  }
}
