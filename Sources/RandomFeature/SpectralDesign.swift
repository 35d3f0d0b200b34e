public import LinearAlgebra
internal import RealModule

/// The spectral decomposition of a random-feature design.
///
///     K = ΦᵀΦ/m = Σ_k μ_k v_k v_kᵀ,   μ₁ ≥ … ≥ μ_r > 0
///
/// with Φ of shape m × d, a row φ(x̃_s) for each mixed sample. Everything else
/// in this module is written in the modes v_k.
///
/// - Numerics: the Gram matrix of the smaller side is the fast route. It
///   squares the condition, so that small eigenvalues lose digits: it is taken
///   only where μ₁/μ_min ≤ 10⁸, which leaves them eight. Otherwise the singular
///   values of Φ are computed, for tall designs by a QR decomposition in blocks
///   that keeps R alone. A singular value counts as zero where
///   σ ≤ σ₁·max(m, d)·2⁻⁵².
public struct SpectralDesign: Sendable, Equatable {
  /// How the decomposition was computed.
  public enum Route: String, Sendable {
    /// Eigenvalues of the Gram matrix of the smaller side.
    case gram = "gram-eigenvalues"
    /// Singular values of R, where Φ = QR was built up in blocks.
    case triangular = "qr-singular-values"
    /// Singular values of Φ.
    case singular = "singular-values"
  }

  /// The route taken.
  public let route: Route
  /// Number of rows m.
  public let sampleCount: Int
  /// Number of features d.
  public let featureDimension: Int
  /// μ_k > 0, largest first; as many as the rank.
  public let eigenvalues: [Double]
  /// v_k as rows, rank × d.
  public let modes: Matrix<Double>

  /// The rank r of Φ.
  public var rank: Int { eigenvalues.count }

  /// The min(m, d) largest eigenvalues of K, those that count as 0 included.
  public var spectrum: [Double] {
    eigenvalues
      + [Double](
        repeating: 0, count: min(sampleCount, featureDimension) - rank)
  }

  /// μ₁/μ_r; nil for a design of zeros.
  public var conditionNumber: Double? {
    guard let largest = eigenvalues.first, let smallest = eigenvalues.last
    else { return nil }
    return largest / smallest
  }

  /// 2/μ₁, the step size at which gradient descent stops to converge; nil for
  /// a design of zeros, where every step is stable.
  public var largestStableLearningRate: Double? {
    eigenvalues.first.map { 2 / $0 }
  }

  /// The largest condition number of K for which the Gram route is taken.
  static let gramConditionLimit = 1e8

  /// Decomposes a design.
  ///
  /// - Parameters:
  ///   - design: The rows; at least one of at least one feature.
  ///   - threads: Threads of OpenBLAS for the decomposition. Last bits depend
  ///     on them, and on nothing else that runs only if this is 1.
  ///   - triesGram: Whether to look if the condition allows the Gram route;
  ///     false where `TridiagonalDesign` has found that it does not.
  /// - Throws: `LinearAlgebraError` where a row is not finite.
  /// - Complexity: O(m·d·min(m, d)).
  public init(
    _ design: some DesignRows, threads: Int = 1, triesGram: Bool = true
  ) throws(LinearAlgebraError) {
    let (m, d) = (design.rowCount, design.featureDimension)
    precondition(
      m > 0 && d > 0,
      "expected a design with rows and features, got \(m) × \(d)")
    sampleCount = m
    featureDimension = d
    if triesGram,
      let (values, modes) = try Self.gramRoute(design, threads: threads)
    {
      route = .gram
      eigenvalues = values
      self.modes = modes
      return
    }
    // R has the singular values and right singular vectors of Φ.
    let isTall = m > 2 * d
    route = isTall ? .triangular : .singular
    let factor =
      isTall ? try Self.triangularFactor(design) : design.matrix
    let (values, right) = try OpenBLAS.withThreads(threads) {
      () throws(LinearAlgebraError) in
      let svd = try SingularValueDecomposition(factor)
      return (svd.values, svd.rightTransposed)
    }
    let threshold = (values.first ?? 0) * Double(max(m, d)) * .ulpOfOne
    let root = Double(m).squareRoot()
    eigenvalues =
      values.prefix { $0 > threshold }
      .map { ($0 / root) * ($0 / root) }
    guard eigenvalues.allSatisfy({ $0.isFinite && $0 > 0 }) else {
      throw .notFinite(operation: "squares of the design")
    }
    modes = right.firstRows(eigenvalues.count)
  }

  /// Eigenvalues and modes by the Gram matrix of the smaller side; nil where
  /// its condition does not allow it.
  private static func gramRoute(
    _ design: some DesignRows, threads: Int
  ) throws(LinearAlgebraError) -> (values: [Double], modes: Matrix<Double>)? {
    let (m, d) = (design.rowCount, design.featureDimension)
    if d <= m {
      let moment = design.secondMoment(threads: threads)
      guard isScaled(moment) else { return nil }
      let eigen = try decompose(moment, threads: threads)
      guard isWellConditioned(eigen.values) else { return nil }
      return (eigen.values, eigen.vectorsTransposed)
    }
    let matrix = design.matrix
    var gram = matrix.gram()
    guard isScaled(gram) else { return nil }
    gram = gram.scaled(by: 1 / Double(m))
    let eigen = try decompose(gram, threads: threads)
    guard isWellConditioned(eigen.values) else { return nil }
    // v_k = Φᵀu_k/√(mμ_k)
    let modes = eigen.vectorsTransposed.scalingRows(
      by: eigen.values.map { 1 / (Double(m) * $0).squareRoot() }
    ).multiplied(by: matrix)
    return (eigen.values, modes)
  }

  private static func decompose(
    _ matrix: Matrix<Double>, threads: Int
  ) throws(LinearAlgebraError) -> SymmetricEigen {
    try OpenBLAS.withThreads(threads) { () throws(LinearAlgebraError) in
      try SymmetricEigen(matrix)
    }
  }

  /// Whether squares of the entries neither overflowed nor vanished.
  static func isScaled(_ gram: Matrix<Double>) -> Bool {
    let largest = (0..<gram.rowCount).map { gram[$0, $0] }.max() ?? 0
    return largest.isFinite && largest > 0x1p-900
      && gram.elements.allSatisfy { $0.isFinite }
  }

  static func isWellConditioned(_ values: [Double]) -> Bool {
    guard let largest = values.first, let smallest = values.last else {
      return false
    }
    return smallest > 0 && largest <= gramConditionLimit * smallest
  }

  /// R of Φ = QR, from blocks of rows: R ← R of [R; block].
  ///
  /// - Complexity: O(m·d²), memory for one block and two factors.
  private static func triangularFactor(
    _ design: some DesignRows
  ) throws(LinearAlgebraError) -> Matrix<Double> {
    let d = design.featureDimension
    var factor = Matrix<Double>(rowCount: 0, columnCount: d, elements: [])
    for range in design.blocks(of: 0..<design.rowCount) {
      let stacked = design.withRows(range) { rows in
        factor.elements
          + UnsafeBufferPointer(start: rows, count: range.count * d)
      }
      factor = try QRFactorization(
        Matrix(
          rowCount: factor.rowCount + range.count, columnCount: d,
          elements: stacked)
      ).upper
    }
    return factor
  }
}

extension Matrix<Double> {
  /// The first `count` rows.
  func firstRows(_ count: Int) -> Matrix {
    count == rowCount
      ? self
      : Matrix(
        rowCount: count, columnCount: columnCount,
        elements: Array(elements.prefix(count * columnCount)))
  }

  /// Each row times its own factor.
  func scalingRows(by factors: [Double]) -> Matrix {
    precondition(
      factors.count == rowCount, "\(factors.count) factors, \(rowCount) rows")
    var scaled = self
    let columnCount = columnCount
    scaled.withUnsafeMutableElements { elements in
      for (row, factor) in factors.enumerated() {
        for column in 0..<columnCount {
          elements[row * columnCount + column] *= factor
        }
      }
    }
    return scaled
  }

  /// All elements times a factor.
  func scaled(by factor: Double) -> Matrix {
    scalingRows(by: [Double](repeating: factor, count: rowCount))
  }
}
