/// The moments of the displacement a = 1 − λ under the law that mixup's
/// expansion integrates over.
///
///     D̃ = α/(α+β)·Beta(α+1, β) + β/(α+β)·Beta(β+1, α)
///     E_D̃[g(λ)] = E_Beta(α,β)[λ·g(λ) + (1 − λ)·g(1 − λ)]
///
/// With u = λ(1 − λ) for λ ~ Beta(α, β):
///
///     E[a] = 2E[u],   E[a²] = E[u],   E[a³] = E[u(1 − 2u)],
///     E[u] = αβ/((α+β)(α+β+1))
///
/// E[a²] is half of E[a] whatever α and β are: to second order mixup has one
/// knob of strength.
///
/// - Source: L. Zhang et al. 2021 (arXiv:2010.04819), Lemma 3.1, for the law.
public struct DisplacementMoments: Sendable, Equatable {
  /// α.
  public let firstConcentration: Double
  /// β.
  public let secondConcentration: Double
  /// E[a].
  public let first: Double
  /// E[a²].
  public let second: Double
  /// E[a³].
  public let third: Double

  /// The moments for λ ~ Beta(α, β).
  ///
  /// - Precondition: both concentrations are positive and finite.
  public init(
    firstConcentration alpha: Double, secondConcentration beta: Double
  ) {
    precondition(
      alpha > 0 && beta > 0 && (alpha + beta).isFinite,
      "expected positive, finite concentrations of the Beta law, got "
        + "\(alpha) and \(beta)")
    firstConcentration = alpha
    secondConcentration = beta
    let sum = alpha + beta
    // Products of quotients: neither over- nor underflows at extremes.
    let u = (alpha / sum) * (beta / (sum + 1))
    // E[u²] = E[u]·(α+1)(β+1)/((α+β+2)(α+β+3)).
    let square = u * ((alpha + 1) / (sum + 2)) * ((beta + 1) / (sum + 3))
    first = 2 * u
    second = u
    third = u - 2 * square
  }

  /// E_D̃[(1 − λ)²/λ²], the factor of the regulariser of a generalised linear
  /// model on inputs rescaled by 1/λ.
  ///
  ///     [β(β+1)/(α−1) + α(α+1)/(β−1)]/(α+β),   finite iff α > 1 and β > 1
  ///
  /// +∞ otherwise. For α = β it is (α+1)/(α−1).
  ///
  /// - Source: L. Zhang et al. 2021, Lemma 3.3; the closed form from
  ///   E_Beta(a,b)[(1−λ)²/λ²] = b(b+1)/((a−1)(a−2)).
  public var rescaledFactor: Double {
    let (alpha, beta) = (firstConcentration, secondConcentration)
    guard alpha > 1, beta > 1 else { return .infinity }
    return (beta * (beta + 1) / (alpha - 1) + alpha * (alpha + 1) / (beta - 1))
      / (alpha + beta)
  }
}
