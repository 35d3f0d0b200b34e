import ImageTrain
import Mixing
import Networks
import TestSupport
import Testing
import Valuation
import VectorMath

/// The trainer goes forward without a mixed image, and backward by source or by
/// row; here its gradient is compared with differences of the loss of images
/// that are formed.
@Suite("One step descends the gradient of the objective")
struct ObjectiveGradientTests {
  /// Takes one step and compares what it subtracted, component by component.
  private func check(
    _ study: Study, _ loss: BruteForceLoss, team: Int = 1,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    var study = study
    study.plan.optimizer = plainDescent
    study.plan.stepBudget = 1
    let (trainer, reports) = try study.trained(team: team)
    let before = study.network.parameters
    let after = trainer.network.parameters
    let value = loss.value(before)
    // Two roundings for each operation on the way to the loss, of which its
    // terms have some dozens.
    let roundings = 64
    #expect(
      abs(reports[0].loss - value)
        <= Double(roundings) * Double.ulpOfOne * (1 + value),
      sourceLocation: sourceLocation)
    let scale = loss.gradientScale
    for k in before.indices {
      let quotient = DifferenceQuotient(
        at: before[k], operations: roundings, magnitude: 1 + value
      ) { parameter in
        var parameters = before
        parameters[k] = parameter
        return loss.value(parameters)
      }
      #expect(
        abs(before[k] - after[k] - scale * quotient.value) <= quotient.bound,
        "parameter \(k)", sourceLocation: sourceLocation)
      #expect(quotient.bound < 1e-6, sourceLocation: sourceLocation)
    }
  }

  private func plan(
    _ objective: Objective, loss: SampleLoss = .crossEntropy,
    mixing: MixingPlan = MixingPlan()
  ) -> TrainingPlan {
    TrainingPlan(
      objective: objective, loss: loss, mixing: mixing, batchSize: 8)
  }

  private func check(_ study: Study) throws {
    try check(study, BruteForceLoss(study, study.firstDraws()))
  }

  @Test(
    "Every objective",
    arguments: [
      Objective.plain, .mixup, .regMixup(weight: 0.7, form: .paper),
      .regMixup(weight: 0.7, form: .halved),
      .mixupE(weight: 0.8, term: .paper(.directional), rescaled: false),
      .mixupE(weight: 0.8, term: .paper(.homogeneous), rescaled: false),
      .mixupE(weight: 0.8, term: .paper(.directional), rescaled: true),
      .mixupE(weight: 0.8, term: .paper(.homogeneous), rescaled: true),
    ])
  func objectives(_ objective: Objective) throws {
    try check(Study(plan(objective)))
    // Shards of unequal size, more threads than processors.
    var study = Study(plan(objective))
    study.plan.batchSize = 35
    study.data = randomImages(40, pixels: 6)
    try check(study, BruteForceLoss(study, study.firstDraws()), team: 3)
  }

  @Test(
    "Every form of MixupE's term",
    arguments: [
      DirectionalTerm.listing, .version1(threshold: .infinity),
      .version1(threshold: 0), .version2, .version3(threshold: 0),
      .version3(threshold: 1), .version4,
    ], [false, true])
  func directionalForms(_ term: DirectionalTerm, rescaled: Bool) throws {
    try check(
      Study(plan(.mixupE(weight: 0.8, term: term, rescaled: rescaled))))
  }

  @Test("Every activation", arguments: Activation.allCases)
  func activations(_ activation: Activation) throws {
    for objective in [
      Objective.mixup,
      .mixupE(weight: 2, term: .paper(.directional), rescaled: false),
    ] {
      var study = Study(plan(objective))
      study.network = randomNetwork([6, 5, 4, 3], activation, seed: 2)
      try check(study)
    }
  }

  @Test("Without a hidden layer, and with a single unit in one")
  func depths() throws {
    for sizes in [[6, 3], [6, 1, 3], [6, 4, 4, 4, 3]] {
      for objective in [
        Objective.mixup, .regMixup(weight: 1, form: .paper),
        .mixupE(weight: 1, term: .paper(.directional), rescaled: false),
      ] {
        var study = Study(plan(objective))
        study.network = randomNetwork(sizes, .softplus)
        try check(study)
        // Two shards.
        study.plan.batchSize = 20
        study.data = randomImages(24, pixels: 6)
        try check(study, BruteForceLoss(study, study.firstDraws()), team: 2)
      }
    }
  }

  @Test("Squared error of mixed labels and of mixed losses")
  func squaredError() throws {
    for mixesLosses in [false, true] {
      for objective in [Objective.mixup, .regMixup(weight: 0.5, form: .paper)] {
        try check(
          Study(
            plan(objective, loss: .squaredError(mixesLosses: mixesLosses))))
      }
    }
  }

  @Test("Every pairing", arguments: Pairing.allCases)
  func pairings(_ pairing: Pairing) throws {
    for objective in [Objective.mixup, .regMixup(weight: 1, form: .paper)] {
      var study = Study(plan(objective, mixing: MixingPlan(pairing: pairing)))
      study.plan.batchSize = 5
      let draws = try study.firstDraws()
      var loss = BruteForceLoss(study, draws)
      if pairing == .allPairs {
        loss.clean = (0..<5).map { draws.first[5 * $0] }
      }
      try check(study, loss)
    }
  }

  @Test("λ of a batch, folded λ, fixed λ, and MixupE's displacement with them")
  func laws() throws {
    let laws: [(MixingPlan, Double)] = [
      (MixingPlan(weights: .beta(.easy, ratio: 1), scope: .batch), 10.0 / 21),
      (MixingPlan(weights: .fixed(0.3)), 0.42),
      (
        MixingPlan(weights: .beta(.constant(2), ratio: 1), folded: true),
        2.0 / 5
      ),
    ]
    for (mixing, displacement) in laws {
      for surrogate in [DirectionalSurrogate.directional, .homogeneous] {
        let study = Study(
          plan(
            .mixupE(weight: 1, term: .paper(surrogate), rescaled: false),
            mixing: mixing))
        var loss = BruteForceLoss(study, try study.firstDraws())
        loss.meanDisplacement = displacement
        try check(study, loss)
      }
    }
  }

  // MARK: - Guidance

  /// r̂ of each sample by plain loops.
  private func values(
    _ study: Study, _ samples: MixedSamples
  ) -> [Double] {
    samples.first.indices.map { s in
      func loss(_ network: DenseNetwork<Double>) -> Double {
        var one = BruteForceLoss(study, samples)
        one.samples = MixedSamples(
          first: [samples.first[s]], second: [samples.second[s]],
          weights: [samples.weights[s]])
        one.divisor = 1
        return one.mixed(NaiveNetwork(network))
      }
      return loss(study.teachers[0]) - loss(study.network)
    }
  }

  private func guided(
    _ objective: Objective, _ guidance: Guidance
  ) -> Study {
    var study = Study(plan(objective))
    study.plan.guidance = guidance
    study.teachers = [randomNetwork([6, 5, 4, 3], .tanh, seed: 3)]
    return study
  }

  @Test(
    "Filtered samples, divided by the kept ones or by all",
    arguments: [SampleFilter.low, .high, .all],
    Guidance.Normalization.allCases)
  func filtered(
    _ filter: SampleFilter, _ normalization: Guidance.Normalization
  ) throws {
    for objective in [
      Objective.mixup, .regMixup(weight: 0.6, form: .paper),
      .mixupE(weight: 1, term: .paper(.directional), rescaled: true),
    ] {
      var study = guided(
        objective, Guidance(filter: filter, normalization: normalization))
      // Two shards.
      study.plan.batchSize = 20
      study.data = randomImages(24, pixels: 6, seed: 3)
      let draws = try study.firstDraws()
      let kept = values(study, draws).map {
        filter == .all ? true : filter == .low ? $0 <= 0 : $0 > 0
      }
      // The case is worth its name only where the filter divides.
      #expect(filter == .all || Set(kept).count == 2)
      try check(
        study,
        BruteForceLoss(
          study, draws, kept: kept, divisor: normalization == .full ? 20 : nil))
    }
  }

  @Test("Where RegMixup's mixtures are all dropped, its clean half remains")
  func cleanHalf() throws {
    for form in RegMixupForm.allCases {
      var study = guided(
        .regMixup(weight: 1, form: form), Guidance(filter: .low))
      study.data = randomImages(11, pixels: 6, classCount: 4)
      study.network = randomNetwork([6, 5, 4], .tanh)
      study.teachers = [certainNetwork(study.network.shape, of: 3)]
      let draws = try study.firstDraws()
      try check(
        study,
        BruteForceLoss(
          study, draws, kept: [Bool](repeating: false, count: 8)))
    }
  }

  @Test("Dropped mixtures give way to their first source, unmixed")
  func unmixed() throws {
    var study = guided(.mixup, Guidance(filter: .low, dropped: .unmixed))
    // Two shards.
    study.plan.batchSize = 20
    study.data = randomImages(24, pixels: 6, seed: 3)
    var draws = try study.firstDraws()
    for (s, value) in values(study, draws).enumerated() where value > 0 {
      draws.second[s] = draws.first[s]
      draws.weights[s] = 1
    }
    try check(study, BruteForceLoss(study, draws))
  }

  /// Every combination that leaves sources without a row, or nearly.
  @Test(
    "Dropped samples take their sources out of the gradient",
    arguments: [
      MixingPlan(pairing: .independent), MixingPlan(pairing: .allPairs),
      MixingPlan(weights: .fixed(0)), MixingPlan(weights: .fixed(1)),
      MixingPlan(weights: .fixed(0), pairing: .independent),
      MixingPlan(weights: .fixed(1), pairing: .independent),
    ],
    [
      Objective.mixup, .regMixup(weight: 0.6, form: .paper),
      .mixupE(weight: 1, term: .paper(.directional), rescaled: false),
    ])
  func droppedSources(_ mixing: MixingPlan, _ objective: Objective) throws {
    for filter in [SampleFilter.low, .high] {
      var study = guided(objective, Guidance(filter: filter))
      study.plan.mixing = mixing
      study.plan.batchSize = 12
      study.data = randomImages(24, pixels: 6, seed: 3)
      let draws = try study.firstDraws()
      let kept = values(study, draws).map { filter == .low ? $0 <= 0 : $0 > 0 }
      #expect(Set(kept).count == 2)
      var loss = BruteForceLoss(study, draws, kept: kept)
      if mixing.pairing == .allPairs {
        loss.clean = (0..<12).map { draws.first[12 * $0] }
      }
      loss.meanDisplacement = mixing.law(at: 0).meanDisplacement
      try check(study, loss)
    }
  }

  @Test("A refilled batch is full of kept mixtures of its own images")
  func refilled() throws {
    var study = guided(.mixup, Guidance(filter: .low, dropped: .refilled))
    study.plan.stepBudget = 1
    study.plan.optimizer = plainDescent
    let report = try study.trained(recordsSamples: true).reports[0]
    #expect(report.kept == 8)
    #expect(report.dropped == report.values.count { $0 > 0 })
    #expect(report.samples.count.isMultiple(of: 8))
    #expect(report.samples.count > 8)
    #expect(report.steps.allSatisfy { $0 == 0 })
    #expect(
      Set(report.samples.second).isSubset(of: report.samples.first.prefix(8)))
    // The first eight with r̂ ≤ 0, round after round.
    let chosen = report.values.indices.filter { report.values[$0] <= 0 }
      .prefix(8)
    let samples = MixedSamples(
      first: chosen.map { report.samples.first[$0] },
      second: chosen.map { report.samples.second[$0] },
      weights: chosen.map { report.samples.weights[$0] })
    let rounds = report.samples.count / 8
    #expect(chosen.last ?? 0 >= 8 * (rounds - 1))
    try check(study, BruteForceLoss(study, samples))
  }

  @Test("A refill that stays short descends what it has, by either divisor")
  func shortRefill() throws {
    for normalization in Guidance.Normalization.allCases {
      var study = guided(
        .mixup,
        Guidance(
          filter: .low, normalization: normalization, dropped: .refilled))
      // With λ = 1 the images themselves come back each round, of which the
      // teacher, sure of label 0, is right about one.
      study.plan.mixing = MixingPlan(weights: .fixed(1))
      study.plan.batchSize = 11
      study.data = LabelledImages(
        pixels: study.data.pixels,
        labels: (0..<11).map { $0 == 4 ? 0 : 1 + $0 % 2 }, classCount: 3)
      study.plan.stepBudget = 1
      study.plan.optimizer = plainDescent
      study.teachers = [certainNetwork(study.network.shape, of: 0)]
      let report = try study.trained(recordsSamples: true).reports[0]
      let chosen = Array(
        report.values.indices.filter { report.values[$0] <= 0 })
      let samples = MixedSamples(
        first: chosen.map { report.samples.first[$0] },
        second: chosen.map { report.samples.second[$0] },
        weights: chosen.map { report.samples.weights[$0] })
      // Once in the batch and once in each of eight rounds.
      #expect(report.kept == 9 && chosen.count == 9)
      try check(
        study,
        BruteForceLoss(
          study, samples, divisor: normalization == .full ? 11 : nil))
    }
  }

  @Test("Shuffles of a refilled batch are drawn anew in each round")
  func refilledShuffles() throws {
    var study = guided(.mixup, Guidance(filter: .shuffled, dropped: .refilled))
    study.plan.stepBudget = 1
    study.plan.optimizer = plainDescent
    let report = try study.trained(recordsSamples: true).reports[0]
    let rounds = report.values.count / 8
    #expect(rounds > 1)
    let chosen = (0..<rounds).flatMap { round in
      var stream = study.streams.stream(
        round == 0 ? "filter-control" : "filter-control/round-\(round)")
      return stream.permutation(of: 8).enumerated().filter {
        report.values[8 * round + $0.element] <= 0
      }.map { 8 * round + $0.offset }
    }.prefix(8)
    #expect(report.kept == chosen.count)
    try check(
      study,
      BruteForceLoss(
        study,
        MixedSamples(
          first: chosen.map { report.samples.first[$0] },
          second: chosen.map { report.samples.second[$0] },
          weights: chosen.map { report.samples.weights[$0] })))
  }
}
