public import LinearAlgebra
import RealModule

/// Samples that the model never learned: sets by the one formula that needs no
/// further posterior, and mixed samples.
extension LinearValuation {
  /// r of any samples, as if their likelihood had been learned with D.
  ///
  ///     r(C) = F(p(θ|D,F)) − F(p(θ|D)),   F = log ∫ p(θ|·)/p(C|θ) dθ
  ///     F(m, Σ) = −½ln det(I − S) + eᵀ(I − S)⁻¹e/2σ² + const,   S = ΦΣΦᵀ/σ²
  ///
  /// For C ⊂ D it equals `value(ofRemoving:)`.
  ///
  /// - Source: Tanno et al. 2022, Eqs. (4) and (5) at ε = 1.
  /// - Numerics: loses digits as an eigenvalue of S comes near 1.
  public func value(
    ofRemoving rows: Matrix<Double>, _ labels: [Double]
  ) throws -> RemovalValue {
    var normalizers: [Double] = []
    for side in [before, after] {
      let white = side.posterior.precisionRoot.dividing(rows)
      let overlap = white.gram()
      let margins = Matrix(
        rowCount: labels.count, columnCount: labels.count
      ) { i, j in
        (i == j ? 1 : 0) - overlap[i, j] / noiseVariance
      }
      guard let factor = try? CholeskyFactorization(margins) else {
        let leverages = try SymmetricEigen(overlap).values
        return .undefined(leverage: (leverages.max() ?? 0) / noiseVariance)
      }
      let errors = side.posterior.errors(rows, labels)
      let quadratic = zip(errors, factor.solve(errors))
        .reduce(0) { $0 + $1.0 * $1.1 }
      normalizers.append(
        (quadratic / noiseVariance - factor.logDeterminant) / 2)
    }
    return .defined(normalizers[1] - normalizers[0])
  }

  /// The values of a sample that need not have been learned.
  public struct UnlearnedValue: Sendable, Equatable {
    /// r̂, which always exists.
    public let value: Double
    /// r̃.
    public let meanValue: Double
    /// r, which a leverage of 1 or more leaves undefined.
    public let removal: RemovalValue
    /// s under p(θ|D).
    public let leverage: Double

    /// The values that follow from e and 1 − s before and after.
    fileprivate init(
      errors: (Double, Double), margins: (Double, Double), _ sigma: Double
    ) {
      meanValue =
        (errors.1 - errors.0) * (errors.1 + errors.0) / (2 * sigma)
      value = meanValue + (margins.0 - margins.1) / 2
      leverage = 1 - margins.0
      // s′ ≤ s, so that the second margin is positive too, but for rounding.
      removal =
        margins.0 > 0 && margins.1 > 0
        ? .defined(
          LinearValuation.cavity(errors.1, margins.1, sigma)
            - LinearValuation.cavity(errors.0, margins.0, sigma))
        : .undefined(leverage: leverage)
    }
  }

  /// The values of any samples, each alone: mixed inputs under a nonlinear
  /// feature map, for example.
  ///
  /// - Parameters:
  ///   - rows: Features, N × d.
  ///   - labels: Labels, mixed ones for mixed samples.
  public func values(
    ofUnlearned rows: Matrix<Double>, _ labels: [Double]
  ) -> [UnlearnedValue] {
    let sides = [before, after].map { side in
      (
        errors: side.posterior.errors(rows, labels),
        white: side.posterior.precisionRoot.dividing(rows)
      )
    }
    return labels.indices.map { i in
      let margins = sides.map { side in
        1 - side.white.row(i).reduce(0) { $0 + $1 * $1 } / noiseVariance
      }
      return UnlearnedValue(
        errors: (sides[0].errors[i], sides[1].errors[i]),
        margins: (margins[0], margins[1]), noiseVariance)
    }
  }

  /// The values of λz_i + (1 − λ)z_j, features mixed as the samples are.
  ///
  /// Whether labels or losses are mixed makes no difference: λ(y_i − f)² +
  /// (1 − λ)(y_j − f)² is (ỹ − f)² and λ(1 − λ)(y_i − y_j)², which cancels. r
  /// takes e^{−H} for the likelihood; it always exists here, for with
  /// whitened features w, s = ‖w‖²,
  ///
  ///     1 − s = λ(1 − s_i) + (1 − λ)(1 − s_j) + λ(1 − λ)‖w_i − w_j‖²
  ///
  /// is a sum of what is not negative, and as precise as the ends are.
  ///
  /// - Parameters:
  ///   - i: Index of the training sample with weight λ.
  ///   - j: Index of the other one.
  ///   - weight: λ.
  /// - Precondition: λ is in [0, 1].
  public func value(
    ofMixing i: Int, _ j: Int, weight: Double
  ) -> UnlearnedValue {
    precondition(
      (0...1).contains(weight), "a mixing weight of \(weight)")
    let parts = [before, after].map { side in
      let square = zip(side.whitened.row(i), side.whitened.row(j))
        .reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      return (
        error: weight * side.errors[i] + (1 - weight) * side.errors[j],
        margin: weight * side.margins[i] + (1 - weight) * side.margins[j]
          + weight * (1 - weight) * square
      )
    }
    return UnlearnedValue(
      errors: (parts[0].error, parts[1].error),
      margins: (parts[0].margin, parts[1].margin), noiseVariance)
  }

  /// ρ_ii, ρ_ij and ρ_jj of two training samples.
  ///
  ///     r̂(λ) = λ²ρ_ii + 2λ(1 − λ)ρ_ij + (1 − λ)²ρ_jj
  ///     ρ_ij = (e′_i e′_j − e_i e_j + φ_iᵀ(Σ′ − Σ)φ_j)/2σ²
  public func quadratic(
    _ i: Int, _ j: Int
  ) -> (first: Double, cross: Double, second: Double) {
    func coefficient(_ i: Int, _ j: Int) -> Double {
      let parts = [before, after].map { side in
        side.errors[i] * side.errors[j] / noiseVariance
          + zip(side.whitened.row(i), side.whitened.row(j))
          .reduce(0) { $0 + $1.0 * $1.1 }
      }
      return (parts[1] - parts[0]) / 2
    }
    return (coefficient(i, i), coefficient(i, j), coefficient(j, j))
  }
}
