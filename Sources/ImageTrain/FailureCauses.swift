import Networks
import RealModule
import VectorMath

/// How a network is moved toward a failure set.
public enum FailureInfluence: String, CaseIterable, Sendable {
  /// The maximum of the failures' likelihood under the consolidated
  /// posterior, Eq. (10).
  case ewc
  /// One damped natural-gradient step, Eqs. (8) and (9): influence functions.
  case linear
  /// Descent on the failures alone.
  case fineTuning = "fine-tuning"

  /// Steps where none are asked for: EWC influence comes near its maximum in
  /// 300, and fine-tuning is a way without an end.
  public var usualSteps: Int { self == .ewc ? 300 : 50 }
}

/// The value of each training sample for a set of failures.
///
///     r̃(z) = log p(z|θ̂) − log p(z|θ̂*),   θ̂* = θ̂ moved toward F
///
/// r̃ > 0: the sample conflicts with F, and is a cause of failure.
///
/// - Source: Tanno et al. 2022 (arXiv:2207.04806), Eqs. (9) and (11).
public struct FailureCauses: Sendable {
  /// r̃ of each training sample, in nats.
  public let values: [Double]
  /// How the ascent of EWC influence went.
  public let ascent: WeightConsolidation.Ascent?

  /// Values the training samples.
  ///
  /// - Parameters:
  ///   - posterior: θ̂ and the curvature of the training samples.
  ///   - training: The training samples.
  ///   - failures: F.
  ///   - steps: Most steps of EWC influence; steps of fine-tuning.
  ///   - learningRate: Of fine-tuning, on the mean loss.
  /// - Throws: `TrainingError` by fine-tuning whose steps are too long.
  public init(
    _ influence: FailureInfluence, posterior: WeightConsolidation,
    training: LikelihoodDerivatives, failures: LikelihoodDerivatives,
    steps: Int, learningRate: Double = 0.01
  ) throws(TrainingError) {
    let moved: DenseNetwork<Double>
    switch influence {
    case .linear:
      values = training.directionalDerivatives(
        posterior.network, along: posterior.naturalStep(toward: failures)
      ).map { -$0 }
      ascent = nil
      return
    case .ewc:
      let found = posterior.ascent(on: failures, weight: 1, steps: steps)
      moved = found.network
      ascent = found
    case .fineTuning:
      let trainer = Trainer<Double>(
        plan: TrainingPlan(
          objective: .plain,
          optimizer: Optimizer(
            learningRate: learningRate, schedule: .constant, momentum: 0,
            weightDecay: 0),
          batchSize: failures.images.count, epochs: steps),
        network: posterior.network, data: failures.images,
        streams: TrainingStreams(rootSeed: 0, scope: "fine-tuning"),
        team: ThreadTeam(size: 1))
      while !trainer.isFinished { _ = try trainer.runEpoch() }
      moved = trainer.network
      ascent = nil
      // Steps that are too long can leave finite weights of any size.
      let losses = [posterior.network, moved].map {
        -failures.logLikelihoods($0).reduce(0, +)
          / Double(failures.images.count)
      }
      guard losses[1] <= losses[0] else {
        throw .rose(
          from: losses[0], to: losses[1], learningRate: learningRate)
      }
    }
    values = zip(
      training.logLikelihoods(posterior.network),
      training.logLikelihoods(moved)
    ).map { $0 - $1 }
  }

  /// The training samples by value, highest first; ties in their order.
  public var ranking: [Int] { Self.ranking(values) }

  /// The places of `values`, highest first; ties in their order.
  public static func ranking(_ values: [Double]) -> [Int] {
    values.indices.sorted {
      values[$0] != values[$1] ? values[$0] > values[$1] : $0 < $1
    }
  }
}

/// Which of the ranked samples count as causes.
public enum CauseSelection: Sendable, Equatable {
  /// All with r̃ above the threshold.
  case above(Double)
  /// The highest, as many as given.
  case top(Int)
  /// The highest, a share of all.
  case share(Double)

  /// The causes, highest first.
  public func causes(_ values: [Double]) -> [Int] {
    let ranking = FailureCauses.ranking(values)
    switch self {
    case .above(let threshold):
      return ranking.filter { values[$0] > threshold }
    case .top(let count): return Array(ranking.prefix(count))
    case .share(let share):
      let count = (share * Double(values.count)).rounded()
      return Array(ranking.prefix(Int(count)))
    }
  }
}

/// How causes are taken out of a network.
public enum CauseDeletion: String, CaseIterable, Sendable {
  /// Ascent of −log p(C|θ) under the consolidated posterior, Eq. (15).
  case ewc
  /// One Newton step, Eq. (14).
  case newton
  /// Training goes on without the causes.
  case fineTuning = "fine-tuning"
  /// Training begins anew without the causes.
  case retraining
}

/// Why EWC deletion ended.
public enum DeletionEnd: String, CaseIterable, Sendable {
  /// The objective has a maximum there.
  case maximum
  /// All steps were taken.
  case steps
  /// The next step would have made the queries less likely.
  case queries
  /// The next step would have made the causes less likely than a guess.
  case guess
  /// No step, however short, raises the objective: a kink, for example.
  case kink
}

extension WeightConsolidation {
  /// EWC deletion of a set of causes, equation (15).
  ///
  /// −log p(C|θ) has no bound. The ascent ends when the next step would leave
  /// the causes less likely than a guess among K classes, log p(z) < −log K in
  /// the mean (or log K less than now, where that is lower), or the failures
  /// that it is to repair less likely than the step before. The source says
  /// "early stopping" without a rule.
  ///
  /// - Parameters:
  ///   - causes: C.
  ///   - queries: The failures that found the causes; not those that judge.
  public func deletion(
    of causes: LikelihoodDerivatives, queries: LikelihoodDerivatives,
    steps: Int
  ) -> (ascent: Ascent, end: DeletionEnd) {
    func mean(
      _ samples: LikelihoodDerivatives, _ network: DenseNetwork<Double>
    ) -> Double {
      samples.logLikelihoods(network).reduce(0, +)
        / Double(max(samples.images.count, 1))
    }
    let chance = -Double.log(Double(network.shape.classCount))
    var best = mean(queries, network)
    let floor = min(chance, mean(causes, network) + chance)
    // Why a step of the present line search was refused.
    var refusal: DeletionEnd?
    // Where it stops depends on the way, so that is C⁻¹∇J throughout.
    let found = ascent(on: causes, weight: -1, steps: steps, memory: 0) {
      let found = mean(queries, $0)
      guard found >= best else {
        refusal = .queries
        return false
      }
      guard mean(causes, $0) > floor else {
        refusal = .guess
        return false
      }
      best = found
      refusal = nil
      return true
    }
    let end: DeletionEnd =
      found.hasConverged
      ? .maximum : found.steps == steps ? .steps : refusal ?? .kink
    return (found, end)
  }
}
