public import Randomness

/// Which samples are mixed with which.
public enum Pairing: String, CaseIterable, Sendable {
  /// A random permutation of the batch; a sample may meet itself.
  case permutation
  /// Partners drawn uniformly from the whole training set.
  case independent
  /// The batch in reverse order.
  case flip
  /// The batch moved by one.
  case roll
  /// Every ordered pair of the batch: n² mixed samples of n images.
  case allPairs = "all-pairs"
}

/// Whether one λ serves the whole batch or each sample has its own.
public enum MixingScope: String, CaseIterable, Sendable {
  /// One λ per batch.
  case batch
  /// One λ per mixed sample.
  case sample
}

/// How λ and partners are drawn, over the whole of training.
public struct MixingPlan: Sendable, Equatable {
  /// Where λ comes from.
  public enum Weights: Sendable, Equatable {
    /// Always the weight given.
    case fixed(Double)
    /// Beta(α(s), ratio·α(s)) with α(s) from a schedule.
    case beta(ConcentrationSchedule, ratio: Double)
  }

  /// Where λ comes from.
  public var weights: Weights
  /// One λ per batch or per sample.
  public var scope: MixingScope
  /// Which samples meet.
  public var pairing: Pairing
  /// Whether λ is replaced by max(λ, 1 − λ).
  public var folded: Bool

  /// A plan from its parts.
  public init(
    weights: Weights = .beta(.constant(1), ratio: 1),
    scope: MixingScope = .sample, pairing: Pairing = .permutation,
    folded: Bool = false
  ) {
    self.weights = weights
    self.scope = scope
    self.pairing = pairing
    self.folded = folded
  }

  /// The law of λ at the progress given.
  public func law(at progress: Double) -> MixingLaw {
    switch weights {
    case .fixed(let weight): return .fixed(weight)
    case .beta(let schedule, let ratio):
      let concentration = schedule.concentration(at: progress)
      return .beta(concentration, ratio * concentration)
    }
  }

  /// Number of mixed samples that a batch of `count` images gives.
  public func mixedCount(ofBatch count: Int) -> Int {
    pairing == .allPairs ? count * count : count
  }

  /// The largest number of images that a batch of `count` needs.
  public func sourceCount(ofBatch count: Int) -> Int {
    pairing == .independent ? 2 * count : count
  }

  /// Draws a mixed batch.
  ///
  /// The two streams are separate so that another law moves no pairing, and
  /// another pairing no λ: methods stay comparable on paired draws.
  ///
  /// - Parameters:
  ///   - batch: Data set indices of the batch.
  ///   - population: Indices that independent partners are drawn from.
  ///   - progress: Share of training that is done, 0…1.
  ///   - pairs: The stream of the pairing.
  ///   - lambdas: The stream of λ.
  public func draw(
    batch: ArraySlice<Int32>, population: [Int32], progress: Double,
    pairs: inout RandomStream, lambdas: inout RandomStream
  ) -> MixedBatch {
    let count = batch.count
    var sources = Array(batch)
    var first = (0..<Int32(count)).map { $0 }
    var second: [Int32]
    switch pairing {
    case .permutation:
      second = pairs.permutation(of: count).map { Int32($0) }
    case .independent:
      second = first.map { $0 + Int32(count) }
      for _ in 0..<count {
        sources.append(population[pairs.index(below: population.count)])
      }
    case .flip:
      second = first.reversed()
    case .roll:
      second = first.map { ($0 + Int32(count) - 1) % Int32(count) }
    case .allPairs:
      second = (0..<count * count).map { Int32($0 % count) }
      first = (0..<count * count).map { Int32($0 / count) }
    }
    return MixedBatch(
      sources: sources, first: first, second: second,
      weights: drawWeights(
        second.count, law: law(at: progress), from: &lambdas))
  }

  private func drawWeights(
    _ count: Int, law: MixingLaw, from stream: inout RandomStream
  ) -> [Double] {
    func one(_ stream: inout RandomStream) -> Double {
      let weight =
        switch law {
        case .none: 1.0
        case .fixed(let weight): weight
        case .beta(let a, let b): stream.beta(a, b)
        }
      return folded ? max(weight, 1 - weight) : weight
    }
    switch scope {
    case .batch:
      return [Double](repeating: one(&stream), count: count)
    case .sample:
      var weights: [Double] = []
      weights.reserveCapacity(count)
      for _ in 0..<count { weights.append(one(&stream)) }
      return weights
    }
  }
}
