import ImageTrain
import Mixing
import Networks
import TestSupport
import Testing
import Valuation
import VectorMath

@Suite("The same seed gives the same bytes")
struct ReproducibilityTests {
  /// Runs with everything that a step can do.
  static let objectives: [Objective] = [
    .plain, .mixup, .regMixup(weight: 1, form: .halved),
    .mixupE(weight: 0.1, term: .paper(.directional), rescaled: true),
    .mixupE(weight: 0.1, term: .paper(.homogeneous), rescaled: true),
  ]

  /// Batches of three shards, three and two; layers of several panels.
  private func study(_ objective: Objective, guided: Bool = true) -> Study {
    var study = Study(
      TrainingPlan(
        objective: objective,
        optimizer: Optimizer(learningRate: 0.1, nesterov: true),
        batchSize: 40, epochs: 3))
    study.data = randomImages(101, pixels: 9)
    study.network = randomNetwork([9, 17, 170, 3], .tanh)
    if guided && objective != .plain {
      study.plan.guidance = Guidance(filter: .high)
      study.teachers = [randomNetwork([9, 17, 170, 3], .tanh, seed: 2)]
    }
    return study
  }

  /// What takes the place of dropped samples, and pairings that need other
  /// sources than the batch once each.
  static let variants: [(Guidance.Dropped, Pairing)] = [
    (.refilled, .permutation), (.unmixed, .permutation),
    (.masked, .independent), (.masked, .allPairs), (.refilled, .allPairs),
    (.unmixed, .independent),
  ]

  private func variant(_ dropped: Guidance.Dropped, _ pairing: Pairing) -> Study
  {
    var study = study(.mixup)
    study.plan.guidance = Guidance(filter: .shuffled, dropped: dropped)
    study.plan.mixing.pairing = pairing
    return study
  }

  @Test(
    "so it does for what replaces dropped samples and for every pairing",
    arguments: variants)
  func variantTeams(_ dropped: Guidance.Dropped, _ pairing: Pairing) throws {
    let study = variant(dropped, pairing)
    let runs = try [1, 2, 3].map { try study.trained(Float.self, team: $0) }
    for run in runs {
      #expect(run.trainer.state == runs[0].trainer.state)
      #expect(run.reports == runs[0].reports)
    }
    #expect(runs[0].reports.allSatisfy { $0.kept > 0 && $0.dropped > 0 })
  }

  @Test("and for such runs that are interrupted", arguments: variants)
  func variantResumed(_ dropped: Guidance.Dropped, _ pairing: Pairing) throws {
    try checkResumed(variant(dropped, pairing), Float.self)
  }

  @Test(
    "Whatever the number of threads, with a filter and without",
    arguments: objectives, [false, true])
  func teams(_ objective: Objective, guided: Bool) throws {
    let study = study(objective, guided: guided)
    let runs = try [1, 2, 3].map { try study.trained(Float.self, team: $0) }
    for run in runs {
      #expect(run.trainer.state == runs[0].trainer.state)
      #expect(run.reports == runs[0].reports)
    }
    let doubles = try [1, 2, 3].map { try study.trained(team: $0) }
    for run in doubles {
      #expect(run.trainer.state == doubles[0].trainer.state)
      #expect(run.reports == doubles[0].reports)
    }
  }

  /// Each of T steps rounds sums of up to B + 50 terms in another order, which
  /// moves the parameters as changes of the weights by that many units do.
  private func bound(_ study: Study, unit: Double) throws -> Double {
    let steps = 9.0
    let terms = 40.0 + 50
    return try steps * terms * study.sensitivity(toRounding: unit)
  }

  private func distance(_ a: [Double], _ b: [Double]) -> Double {
    largestDifference(a, b)
  }

  @Test("The float path follows the double path", arguments: objectives)
  func precisions(_ objective: Objective) throws {
    let study = study(objective)
    let doubles = try study.trained().trainer.network.parameters
    let singles = try study.trained(Float.self).trainer.network.parameters
    let bound = try bound(study, unit: Double(Float.ulpOfOne))
    #expect(distance(singles.map { Double($0) }, doubles) <= bound)
    // Training moved the weights by far more.
    #expect(distance(doubles, study.network.parameters) > 100 * bound)
  }

  @Test("Another seed or scope gives another run")
  func seeds() throws {
    let study = study(.mixup)
    let reference = try study.trained().trainer.network
    var other = study
    other.streams = TrainingStreams(rootSeed: 6, scope: "student")
    #expect(try other.trained().trainer.network != reference)
    other.streams = TrainingStreams(rootSeed: 5, scope: "teacher")
    #expect(try other.trained().trainer.network != reference)
  }

  @Test("An interrupted run continues bit for bit", arguments: objectives)
  func resumed(_ objective: Objective) throws {
    try checkResumed(study(objective), Float.self)
    try checkResumed(study(objective), Double.self)
  }

  private func checkResumed<Scalar: VectorScalar>(
    _ study: Study, _: Scalar.Type
  ) throws {
    let whole = study.trainer(Scalar.self)
    var reports: [EpochReport] = []
    var states: [Trainer<Scalar>.State] = []
    while !whole.isFinished {
      reports.append(try whole.runEpoch())
      states.append(whole.state)
    }
    #expect(whole.isResumable)
    for epoch in 0..<2 {
      let resumed = study.trainer(Scalar.self, team: 2)
      resumed.restore(states[epoch])
      #expect(resumed.epoch == epoch + 1)
      for later in (epoch + 1)..<3 {
        #expect(try resumed.runEpoch() == reports[later])
        #expect(resumed.state == states[later])
      }
      #expect(resumed.isFinished)
    }
  }

  @Test("A state of another network is refused")
  func foreignState() async {
    await #expect(processExitsWith: .failure) {
      let trainer = Study(TrainingPlan()).trainer(Double.self)
      trainer.restore(
        .init(
          parameters: [1], velocity: [1], step: 0, epoch: 0,
          gradientSamples: 0, forwardSamples: 0, trace: FilterTrace()))
    }
  }
}
