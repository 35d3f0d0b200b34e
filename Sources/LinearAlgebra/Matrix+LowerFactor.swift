extension Matrix {
  /// The factor L of A = L·Q, with orthonormal rows of Q.
  ///
  ///     ‖Aᵀb‖ = ‖Lᵀb‖   for every b
  ///
  /// L has min(m, n) columns and zeros above the diagonal: where A has more
  /// columns than rows, norms of Aᵀb for many b are cheaper through L, and as
  /// accurate, since no product A·Aᵀ squares the condition.
  ///
  /// - Numerics: Householder reflections, without pivoting.
  /// - Throws: `LinearAlgebraError.notFinite`.
  /// - Complexity: 2·k²·(max(m, n) − k/3) operations with k = min(m, n).
  public func lowerFactor() throws(LinearAlgebraError) -> Matrix {
    let (rows, columns) = (rowCount, columnCount)
    let width = Swift.min(rows, columns)
    var reflected = storage
    let isFinite = reflected.withUnsafeMutableBufferPointer {
      guard let start = $0.baseAddress else { return true }
      return Scalar.reflectToLower(rows: rows, columns: columns, start)
    }
    guard isFinite else { throw .notFinite(operation: "LQ factorization") }
    var factor = [Scalar](repeating: 0, count: rows * width)
    for row in 0..<rows {
      let count = Swift.min(row + 1, width)
      factor.replaceSubrange(
        row * width..<row * width + count,
        with: reflected[row * columns..<row * columns + count])
    }
    return Matrix(rowCount: rows, columnCount: width, elements: factor)
  }
}
