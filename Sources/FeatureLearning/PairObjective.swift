public import Mixing

/// What is descended over the n² ordered pairs of n samples.
///
///     L = plainWeight·(1/n) Σ_i ℓ(x_i, y_i) + mixedWeight·(1/Ω) Σ_ij ω_ij ℓ_ij
///         + ηR
///     ℓ_ij = E[ℓ(λx_i + (1 − λ)x_j, λy_i + (1 − λ)y_j)]
///
/// ℓ is softmax cross-entropy, the pairs i = j are among them, ω = 1 and Ω = n²
/// unless a selection says otherwise. R is MixupE's term over the samples
/// themselves, where it is asked for.
///
/// - Source: D. Zou et al. 2023 (arXiv:2303.08433) for one fixed λ; Y. Zou et
///   al. 2023 (arXiv:2212.13381) for R; Beta laws and selections are this
///   project's.
public struct PairObjective: Sendable {
  /// Weight of the ordinary loss.
  public var plainWeight: Double
  /// Weight of the loss of the pairs.
  public var mixedWeight: Double
  /// The law of λ; not used where the selection has a λ for each pair.
  public var law: MixingLaw
  /// Which pairs count, and how much; nil for all.
  public var selection: PairSelection?
  /// MixupE's term, if there is one; it goes without a selection.
  public var penalty: DirectionalPenalty?

  /// An objective from its parts.
  ///
  /// - Precondition: The weights are not negative.
  public init(
    plainWeight: Double, mixedWeight: Double, law: MixingLaw,
    selection: PairSelection? = nil, penalty: DirectionalPenalty? = nil
  ) {
    precondition(
      plainWeight >= 0 && mixedWeight >= 0,
      "weights \(plainWeight) and \(mixedWeight)")
    self.plainWeight = plainWeight
    self.mixedWeight = mixedWeight
    self.law = law
    self.selection = selection
    self.penalty = penalty
    if law == .none && selection?.mixingWeights == nil {
      // Every pair (i, j) is sample i then.
      self.plainWeight += selection == nil ? mixedWeight : 0
      if selection == nil { (self.mixedWeight, self.penalty) = (0, nil) }
    }
  }

  /// Whether nothing is descended: no ordinary loss, and no pair kept.
  var isEmpty: Bool {
    plainWeight == 0 && (mixedWeight == 0 || selection?.keptShare == 0)
  }

  /// Ordinary training.
  public static let plain = PairObjective(
    plainWeight: 1, mixedWeight: 0, law: .none)

  /// Mixup with a law of λ.
  public static func mixup(_ law: MixingLaw) -> PairObjective {
    PairObjective(plainWeight: 0, mixedWeight: 1, law: law)
  }
}

/// MixupE's term as a part of an objective.
///
///     L = L_mix + ηR,   R = ±(E[1 − λ]/n) Σ_i q̃_i or |q̃_i|
///
/// - Source: Y. Zou et al. 2023 (arXiv:2212.13381), Eqs. (7)–(9).
public struct DirectionalPenalty: Sendable, Equatable {
  /// η.
  public var weight: Double
  /// Which form of R.
  public var term: DirectionalTerm
  /// Whether the loss is to keep mixup's value.
  ///
  /// The gradient is then that of L times |L_mix|/|L|; reported losses are L
  /// all the same.
  public var rescaled: Bool

  /// A term from its parts.
  ///
  /// - Precondition: `weight > 0`.
  public init(weight: Double, term: DirectionalTerm, rescaled: Bool) {
    precondition(weight > 0, "a term of weight \(weight)")
    self.weight = weight
    self.term = term
    self.rescaled = rescaled
  }
}

/// Weights of the ordered pairs, and a λ for each where the law is drawn and
/// not integrated.
public final class PairSelection: Sendable {
  /// Number of samples n.
  public let sampleCount: Int
  /// Ω, what the weighted sum of losses is divided by.
  public let total: Double
  /// Share of the pairs with a weight above 0.
  public let keptShare: Double

  /// n × n numbers and behind them their transpose; never written after `init`.
  nonisolated(unsafe) let weights: UnsafeMutablePointer<Double>
  nonisolated(unsafe) let mixingWeights: UnsafeMutablePointer<Double>?

  /// Weights ω, row-major, with pair (i, j) at i·n + j.
  ///
  /// - Parameters:
  ///   - weights: ω_ij; 0 takes a pair out.
  ///   - mixingWeights: λ_ij, if each pair has its own.
  ///   - total: Ω; where nil, the sum of ω: the loss is then the mean over what
  ///     is kept.
  /// - Precondition: All arrays have n² elements, no weight is negative, λ_ij
  ///   are in [0, 1], a total is positive.
  public init(
    sampleCount: Int, weights: [Double], mixingWeights: [Double]? = nil,
    total: Double? = nil
  ) {
    let size = sampleCount * sampleCount
    precondition(
      weights.count == size && mixingWeights?.count ?? size == size,
      "\(weights.count) weights for \(sampleCount)² pairs")
    precondition(
      weights.allSatisfy { $0 >= 0 && $0.isFinite }
        && mixingWeights?.allSatisfy { 0 <= $0 && $0 <= 1 } ?? true,
      "a negative weight, or a mixing weight outside [0, 1]")
    precondition(
      total.map { $0 > 0 && $0.isFinite } ?? true,
      "a total of \(total ?? 0), expected a positive number")
    self.sampleCount = sampleCount
    self.total = total ?? weights.reduce(0, +)
    keptShare = Double(weights.count { $0 > 0 }) / Double(size)
    self.weights = Self.withTranspose(weights, sampleCount)
    self.mixingWeights = mixingWeights.map {
      Self.withTranspose($0, sampleCount)
    }
  }

  /// Kept pairs as weights 1 and 0.
  public convenience init(
    sampleCount: Int, kept: [Bool], mixingWeights: [Double]? = nil,
    total: Double? = nil
  ) {
    self.init(
      sampleCount: sampleCount, weights: kept.map { $0 ? 1 : 0 },
      mixingWeights: mixingWeights, total: total)
  }

  deinit {
    weights.deallocate()
    mixingWeights?.deallocate()
  }

  private static func withTranspose(
    _ numbers: [Double], _ n: Int
  ) -> UnsafeMutablePointer<Double> {
    let copy = UnsafeMutablePointer<Double>.allocate(capacity: 2 * n * n)
    numbers.withUnsafeBufferPointer { numbers in
      for i in 0..<n {
        for j in 0..<n {
          copy[i * n + j] = numbers[i * n + j]
          copy[n * n + j * n + i] = numbers[i * n + j]
        }
      }
    }
    return copy
  }
}
