import ImageTrain
import Mixing
import Networks
import TestSupport
import Testing
import Valuation
import VectorMath

@Suite("Guidance over the course of training")
struct GuidanceTests {
  private func guided(
    _ guidance: Guidance, epochs: Int = 4, batchSize: Int = 8
  ) -> Study {
    var study = Study(
      TrainingPlan(
        guidance: guidance, optimizer: Optimizer(learningRate: 0.3),
        batchSize: batchSize, epochs: epochs))
    study.data = randomImages(30, pixels: 6)
    study.teachers = [randomNetwork([6, 5, 4, 3], .tanh, seed: 3)]
    return study
  }

  /// The samples of one step of a report, with their values.
  private func step(
    _ step: Int, of report: EpochReport
  ) -> (samples: MixedSamples, values: [Double]) {
    let chosen = report.steps.indices.filter { report.steps[$0] == step }
    return (
      MixedSamples(
        first: chosen.map { report.samples.first[$0] },
        second: chosen.map { report.samples.second[$0] },
        weights: chosen.map { report.samples.weights[$0] }),
      chosen.map { report.values[$0] }
    )
  }

  /// r̂ as the engine gives it, with a bound on what the order of summation in
  /// the first layer may change: a cross-entropy moves by at most twice as much
  /// as its logits, and has K + 8 roundings of its own.
  private func expectValues(
    _ values: [Double], of samples: MixedSamples, _ study: Study,
    before: [DenseNetwork<Double>], after: [DenseNetwork<Double>]
  ) {
    let team = ThreadTeam(size: 1)
    func bind(_ network: DenseNetwork<Double>) -> DenseNetworkPredictor<Double>
    {
      DenseNetworkPredictor(
        network: network, images: study.data.pixels, team: team)
    }
    let valuation = MixedValuation(
      of: samples, labels: study.data.labels, before: before.map(bind),
      after: after.map(bind), team: team)
    #expect(values.count == samples.count && !values.isEmpty)
    for s in values.indices {
      let input = zip(
        study.data.pixels.row(Int(samples.first[s])),
        study.data.pixels.row(Int(samples.second[s]))
      ).map { samples.weights[s] * $0 + (1 - samples.weights[s]) * $1 }
      let logits = (before + after).map {
        NaiveNetwork($0).roundingBounds(input, unit: .ulpOfOne).max() ?? 0
      }.reduce(0, +)
      let losses = valuation.lossBefore[s] + valuation.lossAfter[s]
      let bound = 2 * logits + 11 * Double.ulpOfOne * (1 + losses)
      #expect(abs(values[s] - valuation.values[s]) <= bound, "sample \(s)")
    }
  }

  @Test("The values that a run reports are those of the valuation engine")
  func reportedValues() throws {
    var study = guided(Guidance(filter: .low))
    study.teachers.append(randomNetwork([6, 5, 4, 3], .tanh, seed: 4))
    let trainer = study.trainer(team: 2)
    for epoch in 0..<2 {
      let report = try trainer.runEpoch(recordsSamples: true)
      #expect(report.values.count == 30 && report.samples.count == 30)
      // The first batch is valued by the network before the epoch.
      let (samples, values) = step(4 * epoch, of: report)
      #expect(values.count == 8)
      if epoch == 0 {
        #expect(trainer.networkBeforeEpoch == study.network)
      }
      expectValues(
        values, of: samples, study, before: [trainer.networkBeforeEpoch],
        after: study.teachers)
      #expect(report.kept == report.values.count { $0 <= 0 })
      #expect(report.kept + report.dropped == 30)
    }
  }

  /// A batch is drawn during the step before it.
  @Test("Each step's λ follow the law at that step", arguments: [1, 2])
  func scheduledWeights(threads: Int) throws {
    var study = guided(Guidance(filter: .all))
    study.plan.mixing = MixingPlan(weights: .beta(.hard, ratio: 1))
    let (trainer, reports) = try study.trained(
      team: threads, recordsSamples: true)
    #expect(trainer.totalSteps == 16)
    for step in 0..<16 {
      // Eight rounds of refilling have streams of their own.
      var pairs = study.streams.stream("pairing", 9 * step)
      var lambdas = study.streams.stream("mixing-weight", 9 * step)
      let expected = study.plan.mixing.draw(
        batch: [Int32](repeating: 0, count: step % 4 == 3 ? 6 : 8)[...],
        population: [], progress: Double(step) / 16, pairs: &pairs,
        lambdas: &lambdas)
      let samples = self.step(step, of: reports[step / 4]).samples
      #expect(samples.weights == expected.weights, "step \(step)")
    }
  }

  @Test("Samples are listed where asked for, values always")
  func recording() throws {
    let report = try guided(Guidance(filter: .low)).trained().reports[0]
    #expect(report.values.count == 30)
    #expect(report.steps.isEmpty && report.samples.count == 0)
  }

  @Test("The draws do not depend on what is kept")
  func pairedDraws() throws {
    let reports = try SampleFilter.allCases.filter(\.needsValues).map {
      try guided(Guidance(filter: $0)).trained(recordsSamples: true).reports
    }
    for run in reports {
      #expect(run.map(\.samples) == reports[0].map(\.samples))
    }
  }

  @Test("A batch of which nothing is kept changes nothing")
  func skipped() throws {
    var study = guided(Guidance(filter: .low), epochs: 2)
    study.data = randomImages(30, pixels: 6, classCount: 4)
    study.network = randomNetwork([6, 5, 4], .tanh)
    study.teachers = [certainNetwork(study.network.shape, of: 3)]
    let (trainer, reports) = try study.trained(recordsSamples: true)
    #expect(trainer.network == study.network)
    #expect(trainer.state.velocity.allSatisfy { $0 == 0 })
    #expect(reports.map(\.skippedSteps) == [4, 4])
    #expect(reports.map(\.loss) == [0, 0])
    #expect(reports.map(\.dropped) == [30, 30])
    #expect(trainer.gradientSamples == 0 && trainer.forwardSamples == 120)
    #expect(trainer.trace.counts.allSatisfy { $0 == 0 })
    #expect(trainer.step == 8 && trainer.trace.stepCount == 8)
    #expect(reports[0].values.allSatisfy { $0 > 0 })
  }

  @Test("One clean image is a step")
  func smallestBatch() throws {
    var study = guided(Guidance(filter: .low), epochs: 1, batchSize: 1)
    study.plan.objective = .regMixup(weight: 1, form: .paper)
    study.data = randomImages(1, pixels: 6, classCount: 4)
    study.network = randomNetwork([6, 5, 4], .tanh)
    study.teachers = [certainNetwork(study.network.shape, of: 3)]
    let (trainer, reports) = try study.trained()
    #expect(reports[0].skippedSteps == 0 && reports[0].dropped == 1)
    #expect(trainer.gradientSamples == 1)
    #expect(trainer.network != study.network)
  }

  @Test("A batch that cannot be refilled stays short after eight rounds")
  func hopelessRefill() throws {
    var study = guided(
      Guidance(filter: .low, dropped: .refilled), epochs: 1)
    study.data = randomImages(8, pixels: 6, classCount: 4)
    study.network = randomNetwork([6, 5, 4], .tanh)
    study.teachers = [certainNetwork(study.network.shape, of: 3)]
    let (trainer, reports) = try study.trained(recordsSamples: true)
    #expect(reports[0].values.count == 9 * 8)
    #expect(reports[0].skippedSteps == 1 && reports[0].kept == 0)
    #expect(trainer.network == study.network)
    // Nine rounds through student and teacher.
    #expect(trainer.forwardSamples == 2 * 9 * 8)
  }

  @Test("Refilling has no room for new partners")
  func refillWithPartners() async {
    await #expect(processExitsWith: .failure) {
      var study = Study(
        TrainingPlan(
          mixing: MixingPlan(pairing: .independent),
          guidance: Guidance(filter: .low, dropped: .refilled), batchSize: 8))
      study.teachers = [study.network]
      _ = study.trainer(Double.self)
    }
  }

  @Test("A filter without its teacher, or its trace, stops the program")
  func missingParts() async {
    await #expect(processExitsWith: .failure) {
      let plan = TrainingPlan(guidance: Guidance(filter: .low))
      _ = Study(plan).trainer(Double.self)
    }
    await #expect(processExitsWith: .failure) {
      let plan = TrainingPlan(guidance: Guidance(filter: .random))
      _ = Study(plan).trainer(Double.self)
    }
  }

  @Test("Guidance begins and stops with the epochs given")
  func window() throws {
    let reports = try guided(
      Guidance(filter: .low, startEpoch: 1, stopEpoch: 3)
    ).trained().reports
    #expect(reports.map { $0.values.count } == [0, 30, 30, 0])
    #expect(reports[0].dropped == 0 && reports[3].dropped == 0)
    #expect(reports[0].kept == 30 && reports[3].kept == 30)
    #expect(reports[1].dropped > 0)
  }

  @Test("Without its guidance, a run goes on as an unguided one")
  func afterGuidance() throws {
    let study = guided(Guidance(filter: .low, stopEpoch: 2))
    let guided = study.trainer(Double.self)
    for _ in 0..<2 { _ = try guided.runEpoch() }
    var unguided = study
    unguided.plan.guidance = nil
    let other = unguided.trainer(Double.self)
    other.restore(guided.state)
    for _ in 0..<2 {
      let (report, otherReport) = (
        try guided.runEpoch(), try other.runEpoch()
      )
      #expect(report == otherReport)
    }
    #expect(guided.network == other.network)
  }

  @Test("Mixing stops with the epoch given, and guidance with it")
  func mixingStops() throws {
    var study = guided(Guidance(filter: .low))
    study.plan.mixingStopEpoch = 2
    let mixed = study.trainer(Double.self)
    var reports: [EpochReport] = []
    for _ in 0..<2 { reports.append(try mixed.runEpoch()) }
    var plain = study
    plain.plan.objective = .plain
    plain.plan.guidance = nil
    plain.plan.mixingStopEpoch = nil
    let other = plain.trainer(Double.self)
    other.restore(mixed.state)
    for _ in 0..<2 {
      reports.append(try mixed.runEpoch())
      _ = try other.runEpoch()
    }
    #expect(mixed.network == other.network)
    let unmixed = [false, false, true, true]
    #expect(reports.map { $0.law == .none } == unmixed)
    #expect(reports.map { $0.values.isEmpty } == unmixed)
    #expect(reports[2].kept == 0 && reports[3].dropped == 0)
  }

  @Test("A student is its own teacher of some epochs ago", arguments: [1, 2])
  func selfTeacher(_ lag: Int) throws {
    var study = guided(Guidance(filter: .low, selfTeacherLag: lag))
    study.teachers = []
    let trainer = study.trainer(Double.self)
    #expect(!trainer.isResumable)
    var networks = [trainer.network]
    for epoch in 0..<4 {
      let report = try trainer.runEpoch(recordsSamples: true)
      if epoch < lag {
        #expect(report.values.isEmpty && report.dropped == 0)
      } else {
        let (samples, values) = step(4 * epoch, of: report)
        expectValues(
          values, of: samples, study, before: [networks[epoch]],
          after: [networks[epoch - lag]])
      }
      networks.append(trainer.network)
    }
  }

  @Test(
    "A control keeps as many as the paired run at every step",
    arguments: [SampleFilter.random, .weightMatched, .studentLoss])
  func controls(_ filter: SampleFilter) throws {
    let paired = try guided(Guidance(filter: .low)).trained()
    var study = guided(Guidance(filter: filter))
    study.teachers = []
    study.replay = paired.trainer.trace
    let (trainer, reports) = try study.trained()
    #expect(reports.map(\.kept) == paired.reports.map(\.kept))
    for step in 0..<trainer.trace.stepCount {
      #expect(
        trainer.trace.kept(atStep: step)
          == paired.trainer.trace.kept(atStep: step))
    }
    if filter == .weightMatched {
      #expect(trainer.trace == paired.trainer.trace)
    }
    #expect(trainer.gradientSamples == paired.trainer.gradientSamples)
    #expect(trainer.network != paired.trainer.network)
    // No teacher went forward.
    #expect(trainer.forwardSamples * 2 == paired.trainer.forwardSamples)
  }
}
