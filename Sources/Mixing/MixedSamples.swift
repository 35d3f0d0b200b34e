/// Mixed samples, named by the samples that they are mixed of.
///
///     x̃_s = λ_s·x_{first[s]} + (1 − λ_s)·x_{second[s]}
///
/// with the label weights λ_s on the first and 1 − λ_s on the second label.
public struct MixedSamples: Sendable, Equatable {
  /// Data set index of the first source of each sample.
  public var first: [Int32]
  /// Data set index of the second source.
  public var second: [Int32]
  /// λ in [0, 1], the weight of the first source.
  public var weights: [Double]

  /// Mixed samples from their parts, all of one length.
  public init(first: [Int32], second: [Int32], weights: [Double]) {
    precondition(
      first.count == second.count && first.count == weights.count,
      "\(first.count) first, \(second.count) second, \(weights.count) weights")
    self.first = first
    self.second = second
    self.weights = weights
  }

  /// The samples themselves, unmixed: λ = 1 on each index.
  public init(unmixed indices: [Int32]) {
    self.init(
      first: indices, second: indices,
      weights: [Double](repeating: 1, count: indices.count))
  }

  /// Number of samples.
  public var count: Int { first.count }
}

/// A batch of mixed samples with the images that it needs.
///
/// The mixed samples point at `sources`, each of which is read once; the
/// batch's own images come first.
public struct MixedBatch: Sendable, Equatable {
  /// Data set indices of the images, the batch's own first.
  public var sources: [Int32]
  /// Position in `sources` of the first part of each mixed sample.
  public var first: [Int32]
  /// Position in `sources` of the second part.
  public var second: [Int32]
  /// λ, the weight of the first part.
  public var weights: [Double]

  /// A batch from its parts.
  public init(
    sources: [Int32], first: [Int32], second: [Int32], weights: [Double]
  ) {
    self.sources = sources
    self.first = first
    self.second = second
    self.weights = weights
  }

  /// Number of mixed samples.
  public var count: Int { first.count }

  /// Puts the first source, unmixed, in the place of some samples.
  public mutating func unmix(where chosen: [Bool]) {
    for s in weights.indices where chosen[s] {
      second[s] = first[s]
      weights[s] = 1
    }
  }

  /// The mixed samples by data set index.
  public var samples: MixedSamples {
    MixedSamples(
      first: first.map { sources[Int($0)] },
      second: second.map { sources[Int($0)] }, weights: weights)
  }
}
