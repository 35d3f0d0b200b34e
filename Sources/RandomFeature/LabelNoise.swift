internal import RealModule

/// How often a mixed label is wrong, where P(Y | X) is known.
///
///     P(Ỹ ≠ Ỹ* | X̃) ≥ TV(P(Ỹ | X̃), P(Ỹ* | X̃)) ≥ sup_j |f_j(X̃) − mixed_j|
///     mixed_j = λ f_j(X) + (1 − λ) f_j(X′),   TV = ½ Σ_j |f_j(X̃) − mixed_j|
///
/// Ỹ is a hard label drawn from the mixed soft label, Ỹ* one drawn from
/// P(Y | X̃). The first bound is attained when the two are drawn as alike as
/// they can be.
///
/// - Source: Liu et al. 2023, Theorem 4.1.
/// - Departs from the source: it has ½ sup_j in the end; the ½ is slack, since
///   differences of probabilities sum to 0.
public struct LabelNoise: Sendable, Equatable {
  /// TV(P(Ỹ | X̃), P(Ỹ* | X̃)).
  public let totalVariation: Double
  /// sup_j |f_j(X̃) − mixed_j|.
  public let largestDifference: Double
  /// P(Ỹ ≠ Ỹ*) where the two are drawn independently.
  public let independentDisagreement: Double

  /// The noise of one mixed sample.
  ///
  /// - Parameters:
  ///   - clean: f(X̃), probabilities of the classes.
  ///   - mixed: λf(X) + (1 − λ)f(X′).
  /// - Precondition: equally many classes.
  public init(clean: [Double], mixed: [Double]) {
    precondition(
      clean.count == mixed.count,
      "\(clean.count) and \(mixed.count) probabilities")
    let differences = zip(clean, mixed).map { abs($0 - $1) }
    totalVariation = differences.reduce(0, +) / 2
    largestDifference = differences.max() ?? 0
    independentDisagreement =
      1 - zip(clean, mixed).reduce(0) { $0 + $1.0 * $1.1 }
  }

  /// Draws (Ỹ, Ỹ*) as alike as they can be: equal with probability 1 − TV.
  ///
  /// - Parameters:
  ///   - clean: Probabilities of Ỹ*.
  ///   - mixed: Probabilities of Ỹ.
  public static func maximalCoupling(
    clean: [Double], mixed: [Double],
    using generator: inout some RandomNumberGenerator
  ) -> (mixed: Int, clean: Int) {
    func draw(
      _ weights: [Double], _ generator: inout some RandomNumberGenerator
    ) -> Int {
      var rest = Double.random(
        in: 0..<max(weights.reduce(0, +), .leastNormalMagnitude),
        using: &generator)
      for (k, weight) in weights.enumerated() {
        rest -= weight
        if rest < 0 { return k }
      }
      return weights.lastIndex { $0 > 0 } ?? 0
    }
    let common = zip(clean, mixed).map { min($0, $1) }
    if Double.random(in: 0..<1, using: &generator) < common.reduce(0, +) {
      let label = draw(common, &generator)
      return (label, label)
    }
    let mixedRest = zip(mixed, common).map { $0 - $1 }
    let cleanRest = zip(clean, common).map { $0 - $1 }
    return (draw(mixedRest, &generator), draw(cleanRest, &generator))
  }
}
