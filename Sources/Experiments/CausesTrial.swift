import ImageTrain
import LinearAlgebra
import Networks
import Randomness
import Valuation
import VectorMath

/// One seed of a causes experiment: corrupted samples, the network trained on
/// them, and its failures.
struct CausesTrial {
  let experiment: CausesExperiment
  let seed: Int
  let cancellation: CancellationFlag
  let images: CorruptedImages
  let network: DenseNetwork<Double>
  let failures: FailureSet
  private let training: LikelihoodDerivatives
  private let queries: LikelihoodDerivatives
  private let posterior: WeightConsolidation
  private let team = ThreadTeam(size: 1)

  init(
    experiment: CausesExperiment, material: PreparedImages, seed: Int,
    cancellation: CancellationFlag
  ) throws {
    self.experiment = experiment
    self.seed = seed
    self.cancellation = cancellation
    let images = CorruptedImages(
      material, experiment.corruption, seed: seed)
    let network = try experiment.recipe.trained(
      on: images.train, seed: seed, scope: "network",
      cancellation: cancellation)
    var split = RandomStream(rootSeed: UInt64(seed), name: "failure-split")
    let failures = try FailureSet(
      .wrong, predicted: images.test.predictedClasses(network, team: team),
      labels: images.test.labels, stream: &split)
    let parts = [images.train, images.test.subset(failures.queries)].map {
      LikelihoodDerivatives(
        images: $0, shape: network.shape, team: ThreadTeam(size: 1))
    }
    posterior = try WeightConsolidation(
      network: network,
      fisher: parts[0].diagonalFisher(network, labels: experiment.fisher),
      sampleCount: images.train.count, damping: experiment.damping)
    (training, queries) = (parts[0], parts[1])
    (self.images, self.network, self.failures) = (images, network, failures)
  }

  /// The scores by ranking; the highest are inspected first.
  ///
  /// With them how the ascent of EWC influence went.
  func rankings() throws -> (
    scores: [(name: String, scores: [Double])],
    ascent: WeightConsolidation.Ascent
  ) {
    func causes(_ influence: FailureInfluence) throws -> FailureCauses {
      try cancellation.check()
      do {
        return try FailureCauses(
          influence, posterior: posterior, training: training,
          failures: queries,
          steps: influence == .ewc ? experiment.ascentSteps : experiment.steps)
      } catch {
        throw ExperimentError.training(
          model: "fine-tuning", seed: seed, error,
          kept: "the settings under causes")
      }
    }
    let consolidated = try causes(.ewc)
    guard let ascent = consolidated.ascent else {
      preconditionFailure("EWC influence ascends")
    }
    try FailureError.requireSteps(ascent, experiment.damping)
    let early = try EarlyScores(
      of: images.train, networkCount: experiment.scoreRuns, team: team
    ) {
      try experiment.recipe.trained(
        on: images.train, seed: seed, scope: "score-\($0)",
        epochs: experiment.scoreEpoch, cancellation: cancellation)
    }
    var stream = RandomStream(rootSeed: UInt64(seed), name: "random-ranking")
    let scores = [
      consolidated.values, try causes(.linear).values,
      try causes(.fineTuning).values,
      training.logLikelihoods(network).map { -$0 }, early.errors,
      early.gradients,
      stream.permutation(of: images.train.count).map { Double($0) },
    ]
    return (
      zip(CausesExperiment.rankings, scores).map { ($0, $1) }, ascent
    )
  }

  // MARK: - Tables

  /// What the network has learned, where it fails, and how near to its
  /// maximum EWC influence came.
  ///
  /// A training sample is fitted where the network says the label that it
  /// carries; a flipped one is memorised then.
  func failureTable(_ ascent: WeightConsolidation.Ascent) -> CSVTable {
    let (train, test) = (images.train, images.test)
    let said = train.predictedClasses(network, team: team)
    func fitted(_ corrupted: Bool) -> Double {
      let chosen = said.indices.filter { images.isCorrupted[$0] == corrupted }
      return Double(chosen.count { said[$0] == train.labels[$0] })
        / Double(chosen.count)
    }
    var table = CSVTable(header: [
      "train", "corrupted", "test", "queries", "holdout", "accuracy",
      "fittedCorrupted", "fittedOthers", "ascentSteps", "ascentGain",
      "ascentLateGain", "ascentDecrement", "ascentConverged",
    ])
    table.append([
      .int(train.count), .int(images.isCorrupted.count { $0 }),
      .int(test.count), .int(failures.queries.count),
      .int(failures.holdout.count),
      .double(Double(failures.right.count) / Double(test.count)),
      .double(fitted(true)), .double(fitted(false)),
      .int(ascent.steps), .double(ascent.gain), .double(ascent.lateGain),
      .double(ascent.decrement), .int(ascent.hasConverged ? 1 : 0),
    ])
    return table
  }

  func scoreTable(_ rankings: [(name: String, scores: [Double])]) -> CSVTable {
    var table = CSVTable(
      header: ["index", "label", "corrupted"] + rankings.map(\.name))
    for i in 0..<images.train.count {
      table.append(
        [
          .int(i), .int(Int(images.train.labels[i])),
          .int(images.isCorrupted[i] ? 1 : 0),
        ] + rankings.map { .double($0.scores[i]) })
    }
    return table
  }

  private func detection(_ scores: [Double]) -> Detection {
    Detection(FailureCauses.ranking(scores).map { images.isCorrupted[$0] })
  }

  func precisionTable(
    _ rankings: [(name: String, scores: [Double])]
  ) -> CSVTable {
    var table = CSVTable(header: [
      "ranking", "precision", "averagePrecision",
    ])
    for (name, scores) in rankings {
      let found = detection(scores)
      table.append([
        .text(name), .double(found.precision(at: experiment.inspected)),
        .double(found.averagePrecision),
      ])
    }
    return table
  }

  func curveTable(_ rankings: [(name: String, scores: [Double])]) -> CSVTable {
    var table = CSVTable(header: [
      "ranking", "inspected", "precision", "recall",
    ])
    for (name, scores) in rankings {
      let found = detection(scores)
      for step in 1...50 {
        let share = Double(step) / 50
        table.append([
          .text(name), .double(share), .double(found.precision(at: share)),
          .double(found.recall(at: share)),
        ])
      }
    }
    return table
  }

  /// What deleting the highest of EWC influence changes.
  ///
  /// The controls: no treatment, which is training with all; going on with
  /// all, beside fine-tuning; retraining without as many random samples.
  func treatmentTable(
    _ rankings: [(name: String, scores: [Double])]
  ) throws -> CSVTable {
    let share = CauseSelection.share(experiment.deleted)
    let causes = share.causes(rankings[0].scores)
    let chance = share.causes(rankings[rankings.count - 1].scores)
    let plan = experiment.recipe.plan
    var table = CSVTable(header: [
      "treatment", "success", "damage", "accuracy", "steps",
    ])
    func add(_ name: String, _ network: DenseNetwork<Double>, _ steps: Int) {
      let effect = RepairEffect(
        failures, predicted: images.test.predictedClasses(network, team: team),
        labels: images.test.labels)
      table.append([
        .text(name), .double(effect.success.share),
        .double(effect.damage.share), .double(effect.accuracy.share),
        .int(steps),
      ])
    }
    func trained(
      _ images: LabelledImages<Double>, _ start: DenseNetwork<Double>? = nil
    ) throws -> DenseNetwork<Double> {
      try experiment.recipe.trained(
        on: images, seed: seed, scope: "network", from: start,
        cancellation: cancellation)
    }
    func treat(_ name: String, by deletion: CauseDeletion) throws {
      let treatment = try Treatment(
        deletion, of: causes, from: images.train, posterior: posterior,
        queries: queries, steps: experiment.steps, plan: plan, team: team,
        train: trained)
      add(name, treatment.network, treatment.steps)
    }
    add("none", network, 0)
    try treat("EWC deletion", by: .ewc)
    try treat("Newton removal", by: .newton)
    try treat("fine-tuning without", by: .fineTuning)
    add(
      "fine-tuning with all", try trained(images.train, network),
      plan.totalSteps(sampleCount: images.train.count))
    try treat("retraining without", by: .retraining)
    let rest = images.train.removing(chance)
    add(
      "retraining without random", try trained(rest),
      plan.totalSteps(sampleCount: rest.count))
    return table
  }
}

/// How known culprits stand in a ranking.
struct Detection: Sendable, Equatable {
  /// Culprits among the first k + 1.
  private let found: [Int]

  /// - Parameter isCulprit: In the order of the ranking.
  init(_ isCulprit: [Bool]) {
    var count = 0
    found = isCulprit.map {
      count += $0 ? 1 : 0
      return count
    }
  }

  private func inspected(_ share: Double) -> Int {
    min(max(Int((share * Double(found.count)).rounded()), 1), found.count)
  }

  /// Share of culprits among the first `share` of all.
  func precision(at share: Double) -> Double {
    let count = inspected(share)
    return Double(found[count - 1]) / Double(count)
  }

  /// Share of all culprits that stand among the first `share`.
  func recall(at share: Double) -> Double {
    Double(found[inspected(share) - 1]) / Double(found[found.count - 1])
  }

  /// Mean over the culprits of the precision at the place of each.
  var averagePrecision: Double {
    var (sum, before) = (0.0, 0)
    for (place, count) in found.enumerated() {
      if count > before { sum += Double(count) / Double(place + 1) }
      before = count
    }
    return sum / Double(before)
  }
}
