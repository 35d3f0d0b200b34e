public import Mixing
public import VectorMath

/// First-order values of mixed samples under drawn models, with what the
/// drawing leaves uncertain.
///
///     r̂ = mean_after H − mean_before H,
///     s(r̂)² = s²_after/S_after + s²_before/S_before
///
/// s² are the sample variances of H over the draws. Unlike in
/// `MixedValuation` the models come one at a time, so that only one is held.
///
/// - Source: Tanno et al. 2022 (arXiv:2207.04806), Eq. (6).
public struct SampledValuation: Sendable, Equatable {
  /// r̂, per sample.
  public let values: [Double]
  /// The standard error of r̂, per sample.
  public let standardErrors: [Double]

  /// Values mixed samples by models drawn from two posteriors.
  ///
  /// - Parameters:
  ///   - before: Independent draws of p(θ|D).
  ///   - after: Independent draws of p(θ|D, F).
  /// - Precondition: two or more draws of each: one has no standard error.
  public init<Predictor: LogProbabilityPredictor>(
    of samples: MixedSamples, labels: [Int32],
    before: some Sequence<Predictor>, after: some Sequence<Predictor>,
    team: ThreadTeam
  ) {
    let first = Self.moments(of: samples, labels, under: before, team)
    let second = Self.moments(of: samples, labels, under: after, team)
    values = zip(second.means, first.means).map { $0 - $1 }
    standardErrors = zip(second.variances, first.variances).map {
      ($0 + $1).squareRoot()
    }
  }

  /// Values mixed samples by pairs of models, one of each posterior, that were
  /// drawn alike: from the same normals, or one trained on from the other.
  ///
  ///     r̂ = mean (H_after − H_before),   s(r̂)² = s²_difference/S
  ///
  /// What both share cancels in each difference, so that fewer pairs do.
  ///
  /// - Parameter pairs: Pairs independent of each other.
  /// - Precondition: two or more.
  public init<Predictor: LogProbabilityPredictor>(
    of samples: MixedSamples, labels: [Int32],
    pairs: some Sequence<(before: Predictor, after: Predictor)>,
    team: ThreadTeam
  ) {
    let differences = Self.moments(of: samples, under: pairs) { pair in
      let valuation = MixedValuation(
        of: samples, labels: labels, before: [pair.before],
        after: [pair.after], team: team)
      return valuation.values
    }
    values = differences.means
    standardErrors = differences.variances.map { $0.squareRoot() }
  }

  private static func moments<Predictor: LogProbabilityPredictor>(
    of samples: MixedSamples, _ labels: [Int32],
    under models: some Sequence<Predictor>, _ team: ThreadTeam
  ) -> (means: [Double], variances: [Double]) {
    moments(of: samples, under: models) {
      MixedValuation.meanCrossEntropies(
        of: samples, labels: labels, under: [$0], team: team)
    }
  }

  /// The mean of what is measured of each draw and that mean's variance
  /// (Welford's update, which loses no digits where it hardly varies).
  private static func moments<Draws: Sequence>(
    of samples: MixedSamples, under draws: Draws,
    measure: (Draws.Element) -> [Double]
  ) -> (means: [Double], variances: [Double]) {
    var means = [Double](repeating: 0, count: samples.count)
    var squares = means
    var drawn = 0.0
    for draw in draws {
      drawn += 1
      let losses = measure(draw)
      for s in losses.indices {
        let change = losses[s] - means[s]
        means[s] += change / drawn
        squares[s] += change * (losses[s] - means[s])
      }
    }
    precondition(drawn >= 2, "expected two or more draws, got \(Int(drawn))")
    return (means, squares.map { $0 / (drawn - 1) / drawn })
  }
}
