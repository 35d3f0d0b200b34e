public import LinearAlgebra

extension TriangularFactor {
  /// Factorizes a tall matrix that is written block by block, on a team, at the
  /// speed of matrix products.
  ///
  ///     G = AᵀA = R₁ᵀR₁,   Q₁ = A·R₁⁻¹,   Q₁ᵀQ₁ = R₂ᵀR₂,   R = R₂·R₁
  ///
  /// - Numerics: R₁ alone would lose twice the digits of A's condition number.
  ///   Where Q₁ is nearly orthonormal, which is seen, the second pass gives R
  ///   with the columnwise backward error of Householder reflections; where it
  ///   is not (condition numbers above some 10⁷), these are taken instead. The
  ///   bytes do not depend on the size of the team.
  /// - Source: CholeskyQR2 (Yamamoto, Nakatsukasa, Yanagisawa and Fukaya 2015,
  ///   ETNA 44, 306–326, recalled); its bound on ‖Q₁ᵀQ₁ − I‖ is looked at here.
  /// - Parameters:
  ///   - rowCount: m.
  ///   - columnCount: n.
  ///   - team: Who computes.
  ///   - write: Sets all numbers of the rows of a range, n each, in memory that
  ///     holds none yet. It is called by several members at once, and up to
  ///     three times for the same rows.
  /// - Throws: `LinearAlgebraError` where a number is not finite.
  /// - Precondition: `rowCount >= columnCount`.
  /// - Complexity: 3·m·n² operations in matrix products and memory for m + 9n
  ///   rows at most; where reflections are taken, as they are for a matrix
  ///   without full rank, 2·m·n² more on one thread.
  public init(
    rowCount: Int, columnCount: Int, team: ThreadTeam,
    writingRows write: (Range<Int>, UnsafeMutablePointer<Double>) -> Void
  ) throws(LinearAlgebraError) {
    precondition(
      rowCount >= columnCount,
      "expected a tall matrix, got \(rowCount) × \(columnCount)")
    if let factor = Self.byCholesky(
      rowCount: rowCount, columnCount: columnCount, team: team,
      writingRows: write)
    {
      self = factor
      return
    }
    let elements = [Double](
      unsafeUninitializedCapacity: rowCount * columnCount
    ) { buffer, count in
      if let start = buffer.baseAddress { write(0..<rowCount, start) }
      count = rowCount * columnCount
    }
    try self.init(
      of: Matrix(
        rowCount: rowCount, columnCount: columnCount, elements: elements))
  }

  /// R by two Cholesky factorizations; nil where they are not good enough.
  static func byCholesky(
    rowCount: Int, columnCount: Int, team: ThreadTeam,
    writingRows write: (Range<Int>, UnsafeMutablePointer<Double>) -> Void
  ) -> TriangularFactor? {
    func moment(dividedBy factor: TriangularFactor?) -> Matrix<Double> {
      Self.moment(
        rowCount: rowCount, columnCount: columnCount, team: team
      ) { range, rows in
        write(range, rows)
        factor?.divide(rows, count: range.count)
      }
    }
    guard let first = root(of: moment(dividedBy: nil)) else { return nil }
    let rest = moment(dividedBy: first)
    guard distanceFromIdentity(rest) <= 5.0 / 64, let second = root(of: rest)
    else { return nil }
    return TriangularFactor(upper: second.upper.multiplied(by: first.upper))
  }

  /// The Cholesky factor; nil where there is none, or where squares left the
  /// range in which they keep their digits.
  private static func root(of moment: Matrix<Double>) -> TriangularFactor? {
    let isNormal = (0..<moment.rowCount).allSatisfy {
      moment[$0, $0] > 0x1p-900 && moment[$0, $0] < 0x1p900
    }
    guard isNormal, let root = try? CholeskyFactorization(moment) else {
      return nil
    }
    return TriangularFactor(upper: root.lower.transposed())
  }

  /// ‖A − I‖, Frobenius.
  private static func distanceFromIdentity(_ matrix: Matrix<Double>) -> Double {
    var rest = matrix
    for k in 0..<rest.rowCount { rest[k, k] -= 1 }
    return rest.frobeniusNorm
  }

  /// AᵀA of rows that `write` writes.
  ///
  /// Lanes take fixed blocks of rows and are added in order, so that the team
  /// does not show in the sum. Their sums take no more room than the matrix.
  private static func moment(
    rowCount: Int, columnCount: Int, team: ThreadTeam,
    writingRows write: (Range<Int>, UnsafeMutablePointer<Double>) -> Void
  ) -> Matrix<Double> {
    let (block, size) = (512, columnCount * columnCount)
    let blocks = (rowCount + block - 1) / block
    let lanes = max(1, min(8, blocks, rowCount / max(columnCount, 1)))
    var sums = [Double](repeating: 0, count: lanes * size)
    sums.withUnsafeMutableBufferPointer { sums in
      guard let sums = sums.baseAddress else { return }
      team.forEach(lanes) { lane in
        let rows = UnsafeMutablePointer<Double>.allocate(
          capacity: block * columnCount)
        defer { rows.deallocate() }
        for piece in stride(from: lane, to: blocks, by: lanes) {
          let range = piece * block..<min((piece + 1) * block, rowCount)
          write(range, rows)
          Double.syrk(
            transpose: true, order: columnCount, inner: range.count, alpha: 1,
            rows, strideA: columnCount, beta: 1, sums + lane * size,
            strideC: columnCount)
        }
      }
      for lane in stride(from: 1, to: lanes, by: 1) {
        for k in 0..<size { sums[k] += sums[lane * size + k] }
      }
    }
    sums.removeLast(sums.count - size)
    return Matrix(
      rowCount: columnCount, columnCount: columnCount, elements: sums)
  }
}
