public import LinearAlgebra
public import Randomness
import RealModule
public import VectorMath

/// A Gaussian belief about the coefficients θ of a linear model, kept by the
/// square root of its precision.
///
///     θ ~ N(m, Σ),   RᵀR = Σ⁻¹,   y = φᵀθ + ε,   ε ~ N(0, σ²)
///
/// Learning samples stacks their rows under R and takes the triangular factor:
///
///     [R; Φ/σ] = Q·R′,   R′δ = Qᵀ[0; (y − Φm)/σ],   m′ = m + δ
///     log p(y) = −n/2·ln 2πσ² − ln|det R′| + ln|det R| − ½ρ²
///
/// ρ is the length of the residual of that least-squares problem.
///
/// - Shapes: θ and m have d elements, Σ and R are d × d, Φ is n × d.
/// - Numerics: the root is as good as one by reflections (see
///   `TriangularFactor`). A Cholesky factorization of
///   S₀⁻¹ + ΦᵀΦ/σ² alone would lose the prior once σ²/τ² falls below 2⁻⁵² of the
///   design's square, where directions that no sample shows have nothing else;
///   this loses it at the square root of that.
/// - Source: square-root information filter (Bierman 1977, recalled).
public struct LinearPosterior: Sendable {
  /// m.
  public let mean: [Double]
  /// R.
  public let precisionRoot: TriangularFactor

  /// Number of coefficients d.
  public var dimension: Int { mean.count }

  /// The belief N(0, variance·I).
  ///
  /// - Precondition: `variance > 0`.
  public init(dimension: Int, variance: Double) {
    precondition(variance > 0, "expected a variance > 0, got \(variance)")
    let root = 1 / variance.squareRoot()
    self.init(
      mean: [Double](repeating: 0, count: dimension),
      precisionRoot: TriangularFactor(
        upper: Matrix(rowCount: dimension, columnCount: dimension) {
          $0 == $1 ? root : 0
        }))
  }

  /// The belief N(mean, covariance); throws where the covariance is not
  /// positive definite.
  ///
  ///     S = LLᵀ,   [L⁻¹] = Q·R
  public init(
    mean: [Double], covariance: Matrix<Double>
  ) throws(LinearAlgebraError) {
    precondition(
      covariance.rowCount == mean.count,
      "\(mean.count) means for a covariance of \(covariance.rowCount) rows")
    let lower = try CholeskyFactorization(covariance).lower
    // (Lᵀ)⁻¹ from an upper factor, then its transpose.
    let inverse = TriangularFactor(upper: lower.transposed())
      .dividing(.identity(mean.count)).transposed()
    self.init(
      mean: mean, precisionRoot: try TriangularFactor(of: inverse))
  }

  private init(mean: [Double], precisionRoot: TriangularFactor) {
    self.mean = mean
    self.precisionRoot = precisionRoot
  }

  /// The belief after learning samples, and how likely they were.
  ///
  /// - Parameters:
  ///   - design: Φ, one row per sample.
  ///   - labels: y.
  ///   - noiseVariance: σ².
  ///   - team: Who computes; it does not show in the result.
  /// - Returns: p(θ|samples) and log p(y).
  /// - Complexity: 3(n + d)d² operations in matrix products.
  public func learning(
    _ design: Matrix<Double>, _ labels: [Double], noiseVariance: Double,
    team: ThreadTeam = ThreadTeam(size: 1)
  ) throws(LinearAlgebraError) -> (
    posterior: LinearPosterior, logEvidence: Double
  ) {
    let (d, n) = (dimension, design.rowCount)
    let scale = 1 / noiseVariance.squareRoot()
    let errors = errors(design, labels)
    // The residual is a last column, so that Q is never needed; a row of
    // zeros keeps the stack tall where there are no samples.
    let width = d + 1
    let root = precisionRoot.upper
    let factor = try TriangularFactor(
      rowCount: d + n + 1, columnCount: width, team: team
    ) { range, rows in
      rows.initialize(repeating: 0, count: range.count * width)
      for (position, i) in range.enumerated() {
        let row = rows + position * width
        if i < d {
          for k in i..<d { row[k] = root[i, k] }
        } else if i < d + n {
          let sample = i - d
          design.withUnsafeElements { design in
            for k in 0..<d { row[k] = scale * design[sample * d + k] }
          }
          row[d] = scale * errors[sample]
        }
      }
    }.upper
    let next = TriangularFactor(
      upper: Matrix(rowCount: d, columnCount: d) { factor[$0, $1] })
    let step = next.solve((0..<d).map { factor[$0, d] })
    let residual = factor[d, d]
    let evidence =
      -Double(n) / 2 * .log(2 * .pi * noiseVariance)
      - next.logAbsoluteDeterminant
      + precisionRoot.logAbsoluteDeterminant
      - residual * residual / 2
    return (
      LinearPosterior(
        mean: zip(mean, step).map { $0 + $1 }, precisionRoot: next), evidence
    )
  }

  /// y − Φm.
  public func errors(_ design: Matrix<Double>, _ labels: [Double]) -> [Double] {
    precondition(
      design.columnCount == dimension && design.rowCount == labels.count,
      "a design of \(design.rowCount) × \(design.columnCount) for "
        + "\(labels.count) labels and \(dimension) coefficients")
    return zip(labels, design.multiplied(by: mean)).map { $0 - $1 }
  }

  /// Coefficients of the posterior: m + R⁻¹e, e standard normal.
  ///
  /// The rows of R are taken with positive diagonals, which the factorization
  /// leaves open: from equal normals, posteriors that are near each other draw
  /// coefficients that are.
  public func draw(from stream: inout RandomStream) -> [Double] {
    let normals = stream.normals(count: dimension)
    let root = precisionRoot.upper
    let step = precisionRoot.solve(
      normals.indices.map { root[$0, $0] < 0 ? -normals[$0] : normals[$0] })
    return zip(mean, step).map { $0 + $1 }
  }

  /// Σ = R⁻¹R⁻ᵀ.
  public var covariance: Matrix<Double> {
    precisionRoot.dividing(.identity(dimension)).gram()
  }

  /// What learning samples leaves at these very samples, without a difference
  /// of numbers near 1.
  ///
  ///     K = I + ΦΣΦᵀ/σ²,   1 − s_i = (K⁻¹)_ii,   y − Φm′ = K⁻¹(y − Φm)
  ///
  /// K's root is the triangular factor of [R⁻ᵀΦᵀ/σ; I].
  ///
  /// - Returns: 1 − s and y − φᵀm′ of each sample, s its leverage afterwards.
  /// - Complexity: n·d² + 2(n + d)n² operations.
  func learnedResiduals(
    _ design: Matrix<Double>, _ labels: [Double], noiseVariance: Double
  ) throws(LinearAlgebraError) -> (margins: [Double], errors: [Double]) {
    let (d, n) = (dimension, design.rowCount)
    let scale = 1 / noiseVariance.squareRoot()
    let white = precisionRoot.dividing(design)
    let root = try TriangularFactor(
      of: Matrix(rowCount: d + n, columnCount: n) { row, column in
        row < d
          ? scale * white[column, row] : row - d == column ? 1 : 0
      })
    let inverse = root.dividing(.identity(n))
    let weights = inverse.multiplied(
      by: errors(design, labels), transposingSelf: true)
    return (
      (0..<n).map { i in inverse.row(i).reduce(0) { $0 + $1 * $1 } },
      inverse.multiplied(by: weights)
    )
  }
}
