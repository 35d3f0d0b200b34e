public import LinearAlgebra
public import Mixing
internal import RealModule

/// What mixup regularises in a generalised linear model with the loss
/// A(θᵀx) − y·θᵀx, on centred inputs, beside what its loss really does.
///
///     s_i = θᵀ(x_i − x̄),   c = (1 − λ)/λ,   λ ~ D̃
///     rescaled      L̃_mix − L_std = (1/n²) Σ_ir E[A(s_i + c·s_r) − A(s_i)]
///                                 ≈ ½·E[c²]·mean A″(s_i)·mean s²
///     as it is      L_mix − L_std − R1
///                     = (1/n²) Σ_ir E[A(s_i + aδ) − A(s_i) − aδA′(s_i)]
///                     ≈ R2 = ½·E[a²]·(1/n²) Σ_ir A″(s_i)δ²,  δ = s_r − s_i
///
/// Labels stand in neither: the inputs are centred, and R1 takes the rest. The
/// first line is Lemma 3.3, whose inputs are rescaled by 1/λ. The *decisions*
/// of such a model do not depend on the scale, but its loss does: L̃_mix is
/// not L_mix.
///
/// - Source: L. Zhang et al. 2021 (arXiv:2010.04819), Lemma 3.3.
public struct LinearModelExpansion: Sendable, Equatable {
  /// The function A.
  public enum Family: String, CaseIterable, Sendable {
    /// A(s) = log(1 + eˢ).
    case logistic
    /// A(s) = eˢ.
    case poisson
  }

  /// A number with a bound for its error.
  public struct Measured: Sendable, Equatable {
    /// The number.
    public let value: Double
    /// The difference of two quadrature rules, the error of the coarser one.
    public let errorBound: Double
  }

  /// The family.
  public let family: Family
  /// s_i.
  public let scores: [Double]

  /// The scores of some inputs, which need not be centred.
  ///
  /// - Shapes: `inputs` is [n, p], `parameters` has p elements.
  /// - Precondition: at least one input.
  public init(
    _ family: Family, inputs: Matrix<Double>, parameters: [Double]
  ) {
    precondition(inputs.rowCount > 0, "an expansion about no inputs")
    self.family = family
    let scores = inputs.multiplied(by: parameters)
    let mean = scores.reduce(0, +) / Double(scores.count)
    self.scores = scores.map { $0 - mean }
  }

  /// mean A″(s_i).
  public var meanCurvature: Double {
    scores.reduce(0) { $0 + curvature($1) } / Double(scores.count)
  }

  /// θᵀΣ̂θ, the mean of s².
  public var spread: Double {
    scores.reduce(0) { $0 + $1 * $1 } / Double(scores.count)
  }

  // MARK: - Inputs rescaled by 1/λ

  /// E_D̃[(1 − λ)²/λ²]; of a fixed weight w, (1−w)²/w + w²/(1−w).
  ///
  /// - Throws: `LinearModelError.infiniteFactor` unless α > 1 and β > 1;
  ///   `poissonDiverges` for a Poisson model under a Beta law, whose expected
  ///   loss is infinite; `noMixing` where λ is 0 or 1 or there is none.
  public func rescaledFactor(
    _ law: MixingLaw
  ) throws(LinearModelError) -> Double {
    switch law {
    case .none: throw .noMixing
    case .fixed(let w):
      guard w > 0, w < 1 else { throw .noMixing }
      return (1 - w) * (1 - w) / w + w * w / (1 - w)
    case .beta(let alpha, let beta):
      guard family == .logistic else { throw .poissonDiverges }
      let factor = DisplacementMoments(
        firstConcentration: alpha, secondConcentration: beta
      ).rescaledFactor
      guard factor.isFinite else {
        throw .infiniteFactor(
          firstConcentration: alpha, secondConcentration: beta)
      }
      return factor
    }
  }

  /// Lemma 3.3's regulariser, ½·E[c²]·mean A″·θᵀΣ̂θ.
  ///
  /// - Throws: As ``rescaledFactor(_:)``.
  public func rescaledRegulariser(
    _ law: MixingLaw
  ) throws(LinearModelError) -> Double {
    try rescaledFactor(law) / 2 * meanCurvature * spread
  }

  /// L̃_mix − L_std itself.
  ///
  /// Of a logistic model it is finite for every Beta law, even where its
  /// second-order approximation is not.
  ///
  /// - Throws: `LinearModelError.poissonDiverges`, `noMixing`, or `quadrature`.
  /// - Complexity: O(n²·nodes).
  public func rescaledExcess(
    _ law: MixingLaw
  ) throws(LinearModelError) -> Measured {
    if family == .poisson, case .beta = law { throw .poissonDiverges }
    // λA(s_i + (1−λ)s_r/λ) is bounded where A grows linearly, and the law's
    // tilt supplies the λ.
    return try integrated(law) { lambda, i, r in
      guard lambda > 0 else { return max(r, 0) }
      return lambda * (value(i + (1 - lambda) / lambda * r) - value(i))
    }
  }

  // MARK: - Inputs as mixup makes them

  /// R2 = ½·E[a²]·(1/n²) Σ_ir A″(s_i)(s_r − s_i)², finite for every law.
  public func unrescaledRegulariser(_ law: MixingLaw) -> Double {
    // E_r(s_r − s_i)² = mean s² + s_i², since the scores are centred.
    let spread = spread
    let sum = scores.reduce(0) { $0 + curvature($1) * (spread + $1 * $1) }
    return law.meanDisplacement / 4 * sum / Double(scores.count)
  }

  /// L_mix − L_std − R1 itself.
  ///
  /// - Throws: `LinearModelError.noMixing`, or `quadrature`.
  /// - Complexity: O(n²·nodes).
  public func unrescaledExcess(
    _ law: MixingLaw
  ) throws(LinearModelError) -> Measured {
    try integrated(law) { lambda, i, r in
      let change = (1 - lambda) * (r - i)
      return lambda * (value(i + change) - value(i) - change * slope(i))
    }
  }

  // MARK: - Quadrature

  /// (1/n²) Σ_ir E[λg(λ) + (1−λ)g(1−λ)] for λ of the law itself, where
  /// `weighted` is λg(λ).
  private func integrated(
    _ law: MixingLaw, _ weighted: (Double, Double, Double) -> Double
  ) throws(LinearModelError) -> Measured {
    func mean(_ lambdas: [Double], _ weights: [Double]) -> Double {
      var sum = 0.0
      for (lambda, weight) in zip(lambdas, weights) {
        var part = 0.0
        for i in scores { for r in scores { part += weighted(lambda, i, r) } }
        sum += weight * part
      }
      return sum / Double(scores.count * scores.count)
    }
    switch law {
    case .none: throw .noMixing
    case .fixed(let w):
      guard w > 0, w < 1 else { throw .noMixing }
      return Measured(value: mean([w, 1 - w], [1, 1]), errorBound: 0)
    case .beta(let alpha, let beta):
      func rule(_ count: Int) throws(LinearModelError) -> Double {
        do {
          let rule = try GaussJacobi(alpha: alpha, beta: beta, count: count)
          if alpha == beta { return 2 * mean(rule.nodes, rule.weights) }
          let other = try GaussJacobi(alpha: beta, beta: alpha, count: count)
          return mean(rule.nodes, rule.weights)
            + mean(other.nodes, other.weights)
        } catch {
          throw .quadrature(error)
        }
      }
      var count = 16
      var coarse = try rule(count)
      while true {
        count = count * 3 / 2
        let fine = try rule(count)
        let error = abs(fine - coarse)
        if error <= 1e-10 * abs(fine) || count > 150 || !error.isFinite {
          return Measured(value: fine, errorBound: error)
        }
        coarse = fine
      }
    }
  }

  private func value(_ s: Double) -> Double {
    switch family {
    case .logistic: max(s, 0) + .log(onePlus: .exp(-abs(s)))
    case .poisson: .exp(s)
    }
  }

  private func slope(_ s: Double) -> Double {
    switch family {
    case .logistic: 1 / (1 + .exp(-s))
    case .poisson: .exp(s)
    }
  }

  private func curvature(_ s: Double) -> Double {
    switch family {
    case .logistic:
      let e = Double.exp(-abs(s))
      return e / ((1 + e) * (1 + e))
    case .poisson: return .exp(s)
    }
  }
}

/// Why a regulariser of a generalised linear model has no value.
public enum LinearModelError: Error, Sendable, Equatable,
  CustomStringConvertible
{
  /// E[(1−λ)²/λ²] = ∞.
  case infiniteFactor(
    firstConcentration: Double, secondConcentration: Double)
  /// E exp(c/λ) = ∞ for every Beta law.
  case poissonDiverges
  /// λ is 0 or 1: nothing is mixed.
  case noMixing
  /// The rule over λ cannot be computed.
  case quadrature(LinearAlgebraError)

  /// What is wrong, and what to do.
  public var description: String {
    switch self {
    case .infiniteFactor(let alpha, let beta):
      "the factor E[(1−λ)²/λ²] is infinite for Beta(\(alpha), \(beta)): it "
        + "needs α > 1 and β > 1; take the regulariser R2 of inputs that are "
        + "not rescaled, whose factor E[(1−λ)²] is finite"
    case .poissonDiverges:
      "the expected loss of a Poisson model on inputs rescaled by 1/λ is "
        + "infinite for every Beta law; give a fixed mixing weight"
    case .noMixing:
      "expected a mixing weight between 0 and 1, both excluded"
    case .quadrature(let error): "\(error)"
    }
  }
}
