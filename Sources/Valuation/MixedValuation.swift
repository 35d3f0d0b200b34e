public import Mixing
public import VectorMath

/// The first-order values of mixed samples and the losses behind them.
///
///     r̂(z̃) = E_{p(θ|D,F)}[H(ỹ, p(·|x̃, θ))] − E_{p(θ|D)}[H(ỹ, p(·|x̃, θ))]
///     H(ỹ, p) = −λ log p_{y_i} − (1 − λ) log p_{y_j}
///
/// r̂ > 0 says that learning the failure set F conflicts with the sample.
///
/// - Source: Tanno et al. 2022 (arXiv:2207.04806), Eq. (6), carried from
///   log-likelihoods to the cross-entropies of mixed labels by the slides.
public struct MixedValuation: Sendable, Equatable {
  /// Mean cross-entropy under the models before learning F, per sample.
  public var lossBefore: [Double]
  /// Mean cross-entropy under the models after learning F, per sample.
  public var lossAfter: [Double]
  /// r̂, per sample.
  public var values: [Double]

  /// The values that follow from losses before and after.
  public init(lossBefore: [Double], lossAfter: [Double]) {
    precondition(
      lossBefore.count == lossAfter.count,
      "\(lossBefore.count) losses before, \(lossAfter.count) after")
    self.lossBefore = lossBefore
    self.lossAfter = lossAfter
    values = zip(lossAfter, lossBefore).map { $0 - $1 }
  }

  /// Values mixed samples by two sets of models, each a sample of its
  /// posterior (one model: a point posterior).
  ///
  /// - Parameters:
  ///   - samples: The mixed samples.
  ///   - labels: Labels of the data set that the samples name.
  ///   - before: Models of p(θ|D); at least one.
  ///   - after: Models of p(θ|D, F); at least one.
  ///   - team: Threads that share the work.
  /// - Complexity: One forward pass per sample and model; memory for the
  ///   results and a fixed block per thread.
  public init<Predictor: LogProbabilityPredictor>(
    of samples: MixedSamples, labels: [Int32], before: [Predictor],
    after: [Predictor], team: ThreadTeam
  ) {
    self.init(
      lossBefore: Self.meanCrossEntropies(
        of: samples, labels: labels, under: before, team: team),
      lossAfter: Self.meanCrossEntropies(
        of: samples, labels: labels, under: after, team: team))
  }

  /// Number of samples with r̂ ≤ 0, which the `low` filter keeps.
  public var includedCount: Int { values.count { $0 <= 0 } }

  /// Number of samples with r̂ > 0.
  public var excludedCount: Int { values.count { $0 > 0 } }

  /// Mean of r̂; NaN where there are no samples.
  public var mean: Double {
    values.reduce(0, +) / Double(values.count)
  }

  /// Samples in a block: large enough for products, small enough for the cache.
  private static let blockSize = 512

  /// The mean over `models` of the cross-entropy of each mixed sample.
  ///
  /// - Precondition: at least one model.
  public static func meanCrossEntropies<Predictor: LogProbabilityPredictor>(
    of samples: MixedSamples, labels: [Int32], under models: [Predictor],
    team: ThreadTeam
  ) -> [Double] {
    precondition(!models.isEmpty, "a valuation needs at least one model")
    let firstLabels = samples.first.map { labels[Int($0)] }
    let secondLabels = samples.second.map { labels[Int($0)] }
    let count = samples.count
    return [Double](unsafeUninitializedCapacity: count) { means, initialized in
      initialized = count
      guard let means = means.baseAddress else { return }
      firstLabels.withUnsafeBufferPointer { first in
        secondLabels.withUnsafeBufferPointer { second in
          samples.weights.withUnsafeBufferPointer { weights in
            guard let first = first.baseAddress,
              let second = second.baseAddress,
              let weights = weights.baseAddress
            else { return }
            let targets = MixedTargets(
              count: count, first: first, second: second, weights: weights)
            team.forEach((count + blockSize - 1) / blockSize) { block in
              let start = block * blockSize
              let range = start..<min(start + blockSize, count)
              meanCrossEntropies(
                of: samples, in: range,
                targets.slice(from: start, count: range.count), under: models,
                into: means + start)
            }
          }
        }
      }
    }
  }

  /// The mean cross-entropies of the samples in `range`, on this thread.
  ///
  /// - Parameter targets: The mixed labels of the samples in `range`.
  public static func meanCrossEntropies<Predictor: LogProbabilityPredictor>(
    of samples: MixedSamples, in range: Range<Int>, _ targets: MixedTargets,
    under models: [Predictor], into means: UnsafeMutablePointer<Double>
  ) {
    let classes = models[0].classCount
    withUnsafeTemporaryAllocation(
      of: Predictor.Scalar.self, capacity: range.count * classes
    ) { logProbabilities in
      withUnsafeTemporaryAllocation(of: Double.self, capacity: range.count) {
        losses in
        guard let logProbabilities = logProbabilities.baseAddress,
          let losses = losses.baseAddress
        else { return }
        means.update(repeating: 0, count: range.count)
        for model in models {
          model.logProbabilities(
            of: samples, in: range, into: logProbabilities)
          Predictor.Scalar.mixedCrossEntropy(
            logProbabilities, classes: classes, targets, into: losses)
          for s in 0..<range.count { means[s] += losses[s] }
        }
        let modelCount = Double(models.count)
        for s in 0..<range.count { means[s] /= modelCount }
      }
    }
  }
}
