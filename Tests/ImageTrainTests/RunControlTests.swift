import ImageTrain
import LinearAlgebra
import Mixing
import Networks
import Testing
import VectorMath

@Suite("Steps, budgets, rates and the end of a run")
struct RunControlTests {
  private func study(_ plan: TrainingPlan, images: Int = 30) -> Study {
    var study = Study(plan)
    study.data = randomImages(images, pixels: 6)
    return study
  }

  @Test("Whole epochs, the last batch short")
  func epochs() throws {
    let plan = TrainingPlan(batchSize: 8, epochs: 3)
    #expect(plan.stepsPerEpoch(sampleCount: 30) == 4)
    #expect(plan.totalSteps(sampleCount: 30) == 12)
    let (trainer, reports) = try study(plan).trained()
    #expect(trainer.step == 12 && trainer.epoch == 3)
    #expect(reports.map(\.epoch) == [1, 2, 3])
    #expect(trainer.gradientSamples == 90 && trainer.forwardSamples == 90)
    #expect(reports.map(\.kept) == [30, 30, 30])
  }

  @Test("A batch larger than the data is the data")
  func oneBatch() throws {
    let (trainer, _) = try study(
      TrainingPlan(batchSize: 128, epochs: 2), images: 5
    ).trained()
    #expect(trainer.step == 2 && trainer.gradientSamples == 10)
  }

  @Test(
    "A budget of steps ends within an epoch",
    arguments: [
      (0, []), (1, [8]), (4, [30]), (6, [30, 16]), (9, [30, 30, 8]),
    ])
  func budgets(_ steps: Int, _ images: [Int]) throws {
    let plan = TrainingPlan(batchSize: 8, epochs: 1, stepBudget: steps)
    #expect(plan.totalEpochs(sampleCount: 30) == images.count)
    let (trainer, reports) = try study(plan).trained()
    #expect(trainer.step == steps && trainer.isFinished)
    #expect(reports.map(\.kept) == images)
  }

  @Test("A budget is the beginning of the run without it")
  func budgetPrefix() throws {
    // The same schedules: λ and rate do not depend on the run's length.
    var plan = TrainingPlan(
      optimizer: Optimizer(learningRate: 0.1, schedule: .constant),
      batchSize: 8, epochs: 2)
    let whole = study(plan).trainer(Double.self)
    _ = try whole.runEpoch()
    plan.stepBudget = 4
    #expect(try study(plan).trained().trainer.network == whole.network)
  }

  @Test("What enters a gradient and what goes forward is counted")
  func counts() throws {
    for (objective, gradients) in [
      (Objective.plain, 30), (.mixup, 30),
      (.regMixup(weight: 1, form: .paper), 60),
      (.mixupE(weight: 1, term: .paper(.directional), rescaled: true), 60),
    ] {
      let (trainer, _) = try study(
        TrainingPlan(objective: objective, batchSize: 8, epochs: 1)
      ).trained()
      #expect(trainer.gradientSamples == gradients)
      #expect(trainer.forwardSamples == gradients)
    }
    let pairs = try study(
      TrainingPlan(
        mixing: MixingPlan(pairing: .allPairs), batchSize: 8, epochs: 1)
    ).trained().trainer
    #expect(pairs.gradientSamples == 3 * 64 + 36)
  }

  @Test("Rates of the schedules")
  func rates() throws {
    let step = LearningRateSchedule.step(epochs: [1, 3], factor: 0.1)
    let plan = TrainingPlan(
      optimizer: Optimizer(learningRate: 2, schedule: step), batchSize: 30,
      epochs: 4)
    let rates = try study(plan).trained().reports.map(\.learningRate)
    for (rate, expected) in zip(rates, [2, 0.2, 0.2, 0.02]) {
      #expect(abs(rate - expected) <= 4 * expected.ulp)
    }
    let cosine = LearningRateSchedule.cosine
    #expect(cosine.factor(epoch: 0, of: 4) == 1)
    #expect(abs(cosine.factor(epoch: 2, of: 4) - 0.5) <= Double.ulpOfOne)
    #expect(cosine.factor(epoch: 3, of: 4) > 0)
    #expect(LearningRateSchedule.constant.factor(epoch: 3, of: 4) == 1)
  }

  @Test("λ's law is that of the epoch's first step")
  func laws() throws {
    let plan = TrainingPlan(
      mixing: MixingPlan(weights: .beta(.hard, ratio: 1)), batchSize: 15,
      epochs: 4)
    let laws = try study(plan).trained().reports.map(\.law)
    let schedule = ConcentrationSchedule.hard
    #expect(
      laws
        == (0..<4).map {
          let concentration = schedule.concentration(at: Double($0) / 4)
          return .beta(concentration, concentration)
        })
  }

  @Test("The reported loss is the mean over the images")
  func meanLoss() throws {
    // Without a step's change, it is the plain loss of the data.
    var plan = TrainingPlan(objective: .plain, batchSize: 7, epochs: 1)
    plan.optimizer.learningRate = 0
    let study = study(plan)
    let report = try study.trained().reports[0]
    let evaluation = Evaluator(
      images: study.data, shape: study.network.shape, team: ThreadTeam(size: 1)
    ).evaluate(study.network)
    let exact = evaluation.negativeLogLikelihood
    // Thirty terms, summed in another order.
    #expect(abs(report.loss - exact) <= 64 * Double.ulpOfOne * exact)
  }

  private func divergence<Scalar: VectorScalar>(
    _ trainer: Trainer<Scalar>
  ) -> TrainingError? {
    do throws(TrainingError) {
      while !trainer.isFinished { _ = try trainer.runEpoch() }
      return nil
    } catch { return error }
  }

  @Test("Divergence in the middle of an epoch keeps the last epoch's network")
  func divergenceWithin() throws {
    // The rate explodes with the second epoch.
    var study = study(
      TrainingPlan(
        optimizer: Optimizer(
          learningRate: 0.01,
          schedule: .step(epochs: [1], factor: 1e200)),
        batchSize: 8, epochs: 3))
    study.network = randomNetwork([6, 5, 4, 3], .relu)
    let trainer = study.trainer(Double.self)
    _ = try trainer.runEpoch()
    let good = trainer.network
    guard
      case .diverged(let step, 2, let rate, 1) = divergence(trainer)
    else {
      Issue.record("no divergence in epoch 2")
      return
    }
    #expect(trainer.network == good)
    #expect(5 < step && step <= 8)
    #expect(abs(rate / 1e198 - 1) <= 8 * Double.ulpOfOne)
  }

  @Test("A loss that is no number is not descended", arguments: [1, 2])
  func divergenceBefore(threads: Int) throws {
    for objective in [Objective.plain, .mixup] {
      var study = Study(
        TrainingPlan(objective: objective, batchSize: 40, epochs: 1))
      let images = randomImages(40, pixels: 6)
      var pixels = images.pixels
      pixels[3, 2] = .nan
      study.data = LabelledImages(
        pixels: pixels, labels: images.labels, classCount: images.classCount)
      let trainer = study.trainer(Double.self, team: threads)
      guard case .diverged(step: 1, epoch: 1, _, _) = divergence(trainer)
      else {
        Issue.record("no divergence in the first step")
        return
      }
      #expect(trainer.network == study.network)
      #expect(trainer.state.velocity.allSatisfy { $0 == 0 })
    }
  }

  @Test("Divergence in a run's very last step is not its result")
  func divergenceAtTheEnd() throws {
    // Squared errors of large logits: finite loss, infinite step.
    var study = study(
      TrainingPlan(
        objective: .plain, loss: .squaredError(mixesLosses: false),
        optimizer: Optimizer(
          learningRate: 1e308, schedule: .constant, momentum: 0),
        batchSize: 30, epochs: 1))
    study.network.parameters = study.network.parameters.map { $0 * 1000 }
    let trainer = study.trainer(Double.self)
    #expect(
      divergence(trainer)
        == .diverged(step: 1, epoch: 1, learningRate: 1e308, lastGoodEpoch: 0))
    #expect(trainer.network == study.network)
  }

  @Test("Nor is it where the first layer's weights alone leave the range")
  func divergenceOfFirstLayer() throws {
    // Residuals of order one times pixels of order 1e200.
    var study = study(
      TrainingPlan(
        objective: .plain, loss: .squaredError(mixesLosses: false),
        optimizer: Optimizer(
          learningRate: 1e150, schedule: .constant, momentum: 0),
        batchSize: 30, epochs: 1))
    study.network = randomNetwork([6, 3], .identity)
    study.network.parameters = study.network.parameters.map { _ in 0 }
    study.data = LabelledImages(
      pixels: Matrix(rowCount: 30, columnCount: 6) { i, j in
        1e200 * Double((i + j) % 7 + 1)
      }, labels: study.data.labels, classCount: 3)
    let trainer = study.trainer(Double.self)
    #expect(
      divergence(trainer)
        == .diverged(step: 1, epoch: 1, learningRate: 1e150, lastGoodEpoch: 0))
    #expect(trainer.network == study.network)
  }

  @Test("A probe measures the network as it is at its step")
  func probes() throws {
    var study = study(
      TrainingPlan(
        objective: .mixup,
        optimizer: Optimizer(
          learningRate: 0.5, schedule: .constant, momentum: 0.9),
        batchSize: 8, epochs: 1))
    func network(afterSteps steps: Int) throws -> DenseNetwork<Double> {
      study.plan.stepBudget = steps
      return try study.trained().trainer.network
    }
    let expected = try [2, 4].map { try network(afterSteps: $0).parameterNorm }
    study.plan.stepBudget = nil
    let trainer = Trainer(
      plan: study.plan, network: study.network, data: study.data,
      streams: study.streams,
      probe: StepProbe(
        ProbeSettings(interval: 2, imageCount: 5), data: study.data,
        shape: study.network.shape, rootSeed: 3), team: ThreadTeam(size: 1))
    let probes = try trainer.runEpoch().probes
    #expect(probes.map(\.step) == [0, 2, 4])
    let norms = probes.map(\.parameterNorm)
    let known = [study.network.parameterNorm] + expected
    for (norm, known) in zip(norms, known) {
      #expect(abs(norm / known - 1) <= 100 * Double.ulpOfOne)
    }
    #expect(abs(norms[1] / norms[0] - 1) > 1e-6)
    #expect(abs(norms[2] / norms[1] - 1) > 1e-6)
  }

  @Test("The message says where, what is kept and what to do")
  func message() {
    let error = TrainingError.diverged(
      step: 7, epoch: 2, learningRate: 0.5, lastGoodEpoch: 1)
    for part in ["step 7", "epoch 2", "epoch 1 is kept", "0.5", "lower"] {
      #expect(error.description.contains(part))
    }
  }

  @Test("Images that the network does not take stop the program")
  func misfits() async {
    await #expect(processExitsWith: .failure) {
      var study = Study(TrainingPlan())
      study.network = randomNetwork([7, 3], .tanh)
      _ = study.trainer(Double.self)
    }
    await #expect(processExitsWith: .failure) {
      _ = randomImages(5, pixels: 2, classCount: 1, labelCount: 3)
    }
  }
}
