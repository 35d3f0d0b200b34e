public import Mixing
public import Valuation

/// How a valuation filter enters the descent: as weights 1 and 0 of the pairs.
public struct PairGuidance: Sendable, Equatable {
  /// What the loss of the kept pairs is divided by.
  public enum Normalization: String, CaseIterable, Sendable {
    /// The number of kept pairs.
    case kept
    /// All n² pairs: dropped ones count as zero.
    case full
  }

  /// Which pairs are kept.
  public var filter: SampleFilter
  /// What the loss is divided by.
  public var normalization: Normalization
  /// First iteration with guidance; all pairs are kept before.
  public var startIteration: Int
  /// First iteration without guidance again, or nil.
  public var stopIteration: Int?
  /// Iterations for which a decision holds.
  public var period: Int

  /// Guidance from its parts.
  ///
  /// - Precondition: `period >= 1`.
  public init(
    filter: SampleFilter, normalization: Normalization = .kept,
    startIteration: Int = 0, stopIteration: Int? = nil, period: Int = 1
  ) {
    precondition(period >= 1, "a decision for \(period) iterations")
    self.filter = filter
    self.normalization = normalization
    self.startIteration = startIteration
    self.stopIteration = stopIteration
    self.period = period
  }

  /// Whether it is in force at an iteration.
  public func holds(at iteration: Int) -> Bool {
    iteration >= startIteration
      && stopIteration.map { iteration < $0 } ?? true
  }
}

/// A training method of the patch network.
public struct FeatureMethod: Sendable, Equatable {
  /// Weight of the ordinary loss.
  public var plainWeight: Double
  /// Weight of the loss of the pairs.
  public var mixedWeight: Double
  /// Where λ comes from; a Beta law is integrated exactly, except under a
  /// filter, which needs a λ for each pair: then it is drawn at each decision.
  public var weights: MixingPlan.Weights
  /// MixupE's term, if there is one; it goes without a filter.
  public var penalty: DirectionalPenalty?
  /// The first iterate from which ordinary training goes on.
  public var plainFrom: Int?
  /// The filter, if there is one.
  public var guidance: PairGuidance?

  /// A method from its parts.
  public init(
    plainWeight: Double = 0, mixedWeight: Double = 1,
    weights: MixingPlan.Weights, penalty: DirectionalPenalty? = nil,
    plainFrom: Int? = nil, guidance: PairGuidance? = nil
  ) {
    self.plainWeight = plainWeight
    self.mixedWeight = mixedWeight
    self.weights = weights
    self.penalty = penalty
    self.plainFrom = plainFrom
    self.guidance = guidance
  }

  /// Ordinary training.
  public static let plain = FeatureMethod(
    plainWeight: 1, mixedWeight: 0, weights: .fixed(1))

  /// Midpoint mixup, λ = ½.
  ///
  /// - Source: Chidambaram et al. 2023 (arXiv:2210.13512).
  public static let midpoint = FeatureMethod(weights: .fixed(0.5))

  /// Mixup with one fixed λ over all pairs.
  ///
  /// - Source: D. Zou et al. 2023 (arXiv:2303.08433).
  public static func mixup(weight: Double) -> FeatureMethod {
    FeatureMethod(weights: .fixed(weight))
  }

  /// Mixup up to an iterate and ordinary training from there on.
  ///
  /// - Source: D. Zou et al. 2023, early-stopped mixup.
  public static func earlyStoppedMixup(
    weight: Double, stop: Int
  ) -> FeatureMethod {
    FeatureMethod(weights: .fixed(weight), plainFrom: stop)
  }

  /// Mixup with λ ~ Beta(α, ratio·α) and α by a schedule.
  public static func mixup(
    concentration: ConcentrationSchedule, ratio: Double = 1
  ) -> FeatureMethod {
    FeatureMethod(weights: .beta(concentration, ratio: ratio))
  }

  /// RegMixup: the ordinary loss plus a multiple of mixup's.
  ///
  /// - Source: Pinto et al. 2022 (arXiv:2206.14502).
  public static func regMixup(
    weights: MixingPlan.Weights, mixedWeight: Double = 1
  ) -> FeatureMethod {
    FeatureMethod(plainWeight: 1, mixedWeight: mixedWeight, weights: weights)
  }

  /// MixupE: mixup's loss and a weighted directional term.
  ///
  /// - Source: Y. Zou et al. 2023 (arXiv:2212.13381).
  public static func mixupE(
    weights: MixingPlan.Weights, penalty: DirectionalPenalty
  ) -> FeatureMethod {
    FeatureMethod(weights: weights, penalty: penalty)
  }

  /// The same method with a filter.
  public func guided(by guidance: PairGuidance) -> FeatureMethod {
    var method = self
    method.guidance = guidance
    return method
  }

  /// What is descended at an iterate of a run, all pairs kept.
  public func objective(
    at iteration: Int, of iterations: Int
  ) -> PairObjective {
    if let plainFrom, iteration >= plainFrom { return .plain }
    let progress = Double(iteration) / Double(max(iterations, 1))
    let law = MixingPlan(weights: weights).law(at: progress)
    return PairObjective(
      plainWeight: plainWeight, mixedWeight: mixedWeight, law: law,
      penalty: penalty)
  }

  /// The filter in force at an iterate.
  func guidance(at iteration: Int) -> PairGuidance? {
    if mixedWeight == 0 { return nil }
    if let plainFrom, iteration >= plainFrom { return nil }
    guard let guidance, guidance.holds(at: iteration) else { return nil }
    return guidance
  }
}
