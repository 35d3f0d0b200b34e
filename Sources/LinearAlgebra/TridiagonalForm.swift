internal import CLAPACKE

/// The tridiagonal form of a symmetric matrix.
///
///     A = Q·T·Qᵀ,   QᵀQ = I
///
/// It costs less than half of an eigendecomposition, has the same eigenvalues,
/// and makes (A + sI)⁻¹v a matter of O(n) for every shift s, once v is rotated
/// into its basis at O(n²). Q is kept as the reflections that it is the product of.
///
/// - Numerics: backward stable; eigenvalues by the QL and QR variants without
///   square roots.
/// - Source: LAPACK `dsytrd`, `dormtr`, `dsterf`, `dpttrf`, `dpttrs`.
public struct TridiagonalForm: Sendable {
  /// The diagonal of T, n elements.
  public let diagonal: [Double]
  /// The elements beside the diagonal, n − 1.
  public let offDiagonal: [Double]
  /// The order n.
  public var order: Int { diagonal.count }

  private let reflections: [Double]
  private let factors: [Double]

  /// Reduces a symmetric matrix, of which only the lower triangle is read, but
  /// all of which must be finite.
  ///
  /// - Precondition: `matrix` is square.
  /// - Throws: `LinearAlgebraError.notFinite`.
  /// - Complexity: 4n³/3 operations, half of them matrix-vector products.
  public init(_ matrix: Matrix<Double>) throws(LinearAlgebraError) {
    let n = matrix.rowCount
    precondition(
      n == matrix.columnCount,
      "expected a square matrix, got \(n) × \(matrix.columnCount)")
    try requireFinite(matrix.elements, in: "reduction to tridiagonal form")
    var elements = matrix.elements
    var diagonal = [Double](repeating: 0, count: n)
    var offDiagonal = [Double](repeating: 0, count: max(n - 1, 0))
    var factors = offDiagonal
    if n > 0 {
      OpenBLAS.prepare()
      let order = LAPACKInteger(n)
      try checkLAPACK(
        LAPACKE_dsytrd(
          columnMajor, LAPACKOption.upper, order, &elements, order, &diagonal,
          &offDiagonal, &factors),
        of: "dsytrd")
    }
    self.diagonal = diagonal
    self.offDiagonal = offDiagonal
    self.factors = factors
    reflections = elements
  }

  /// The eigenvalues, largest first.
  ///
  /// - Complexity: O(n²).
  public func eigenvalues() throws(LinearAlgebraError) -> [Double] {
    var (values, rest) = (diagonal, offDiagonal)
    if order > 0 {
      try checkLAPACK(
        LAPACKE_dsterf(LAPACKInteger(order), &values, &rest), of: "dsterf")
    }
    return values.reversed()
  }

  /// Qᵀv for each row v, [c, n].
  public func rotating(_ rows: Matrix<Double>) -> Matrix<Double> {
    applying(LAPACKOption.transpose, to: rows)
  }

  /// Qv for each row v, [c, n].
  public func restoring(_ rows: Matrix<Double>) -> Matrix<Double> {
    applying(LAPACKOption.noTranspose, to: rows)
  }

  /// Tv for each row v, [c, n].
  public func multiplied(by rows: Matrix<Double>) -> Matrix<Double> {
    check(rows)
    let n = order
    var products = rows
    products.withUnsafeMutableElements { out in
      rows.withUnsafeElements { v in
        for row in stride(from: 0, to: rows.rowCount * n, by: n) {
          for i in 0..<n { out[row + i] = diagonal[i] * v[row + i] }
          for i in 0..<max(n - 1, 0) {
            out[row + i] += offDiagonal[i] * v[row + i + 1]
            out[row + i + 1] += offDiagonal[i] * v[row + i]
          }
        }
      }
    }
    return products
  }

  /// (T + sI)⁻¹v.
  ///
  /// - Throws: `LinearAlgebraError.notPositiveDefinite` where T + sI is not.
  /// - Complexity: O(n).
  public func solving(
    _ vector: [Double], shift: Double = 0
  ) throws(LinearAlgebraError) -> [Double] {
    precondition(
      vector.count == order, "\(vector.count) numbers for order \(order)")
    guard order > 0 else { return [] }
    var (pivots, ratios) = (diagonal.map { $0 + shift }, offDiagonal)
    let n = LAPACKInteger(order)
    let info = LAPACKE_dpttrf(n, &pivots, &ratios)
    try checkLAPACK(
      info, of: "dpttrf", else: .notPositiveDefinite(leadingMinor: Int(info)))
    var solution = vector
    try checkLAPACK(
      LAPACKE_dpttrs(columnMajor, n, 1, pivots, ratios, &solution, n),
      of: "dpttrs")
    return solution
  }

  private func check(_ rows: Matrix<Double>) {
    precondition(
      rows.columnCount == order,
      "rows of \(rows.columnCount) for a form of order \(order)")
  }

  /// Rows are columns in LAPACK's order.
  private func applying(
    _ transpose: CChar, to rows: Matrix<Double>
  ) -> Matrix<Double> {
    check(rows)
    var result = rows
    guard order > 0, rows.rowCount > 0 else { return result }
    let n = LAPACKInteger(order)
    let info = result.withUnsafeMutableElements {
      LAPACKE_dormtr(
        columnMajor, LAPACKOption.left, LAPACKOption.upper, transpose, n,
        LAPACKInteger(rows.rowCount), reflections, n, factors, $0.baseAddress,
        n)
    }
    precondition(info == 0, "dormtr: argument \(-info) is illegal")
    return result
  }
}
