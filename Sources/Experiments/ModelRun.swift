import ArrayFiles
import Foundation
import ImageData
import ImageTrain
import Networks
import Randomness
import Valuation
import VectorMath

/// What other models of the same seed need of a trained one.
struct ModelOutcome: Sendable {
  /// The trained networks.
  var networks: [DenseNetwork<Double>]
  /// What the filter kept, step by step.
  var trace: FilterTrace
  /// Samples that entered a gradient.
  var gradientSamples: Int
  /// Samples that went forward.
  var forwardSamples: Int
}

extension ModelOutcome {
  /// A network that was not trained here.
  init(network: DenseNetwork<Double>) {
    self.init(
      networks: [network], trace: FilterTrace(), gradientSamples: 0,
      forwardSamples: 0)
  }
}

/// Trains one model of an experiment for one seed, or reads what an earlier
/// attempt finished.
struct ModelRun: Sendable {
  let experiment: ImageExperiment
  let model: ModelSettings
  let seed: Int
  let isTeacher: Bool
  let images: PreparedImages
  let judges: Judges
  /// Outcomes of teacher, replayed arm and budget's arm, by name.
  let needed: [String: ModelOutcome]
  let folder: ModelFolder
  /// What stored results must have been computed with to be taken over.
  let identity: String
  let threads: Int
  let progress: any ProgressReporter
  let cancellation: CancellationFlag

  private var label: String { "\(model.name)/\(seed)" }

  private var shape: DenseShape { experiment.shape(for: images) }

  func run() throws -> ModelOutcome {
    try folder.prepare(identity: identity)
    if let outcome = try readFinished() { return outcome }
    let first = try train(0)
    var networks = [first.network()]
    for member in 1..<max(model.count, 1) {
      networks.append(try train(member).network())
    }
    for (member, network) in networks.enumerated() {
      try folder.write(network, as: ModelFolder.networkName(member))
    }
    try folder.finish(
      first.log, first.sensitivity, trace: first.trace,
      .init(
        gradientSamples: first.gradientSamples,
        forwardSamples: first.forwardSamples))
    return ModelOutcome(
      networks: networks, trace: first.trace,
      gradientSamples: first.gradientSamples,
      forwardSamples: first.forwardSamples)
  }

  // MARK: - Without training

  private func readFinished() throws -> ModelOutcome? {
    guard let done = try folder.readOutcome() else { return nil }
    // An earlier attempt may have been killed just before it tidied up.
    folder.removeLeftovers()
    let plan = task(0).plan
    return ModelOutcome(
      networks: try (0..<model.count).map {
        try images.readNetwork(
          folder.networkFile($0), activation: experiment.network.activation)
      },
      trace: try folder.readTrace(
        stepCount: plan.guidedSteps(
          inFirst: plan.totalEpochs(sampleCount: trainingImages.count),
          sampleCount: trainingImages.count)),
      gradientSamples: done.gradientSamples,
      forwardSamples: done.forwardSamples)
  }

  // MARK: - Training

  /// What a training run has reached so far.
  private struct Reached {
    var log = MetricsLog()
    var sensitivity = SensitivityLog()
    var network: () -> DenseNetwork<Double>
    var trace = FilterTrace()
    var gradientSamples = 0
    var forwardSamples = 0
  }

  private func train(_ member: Int) throws -> Reached {
    let task = task(member)
    var reached = Reached(network: task.initialNetwork)
    var state: TrainingState?
    // Only a model of one network is taken up in the middle.
    if model.count == 1,
      let (stored, log, sensitivity) = try folder.readCheckpoint(
        of: task.plan, sampleCount: task.train.count,
        parameterCount: shape.parameterCount)
    {
      state = stored
      reached = Reached(
        log: log, sensitivity: sensitivity,
        network: { DenseNetwork(shape: shape, parameters: stored.parameters) },
        trace: stored.trace, gradientSamples: stored.gradientSamples,
        forwardSamples: stored.forwardSamples)
    }
    progress.report(
      .began(job: label, step: state?.epoch ?? 0, total: task.totalEpochs))
    defer { progress.report(.ended(job: label)) }
    var epochStart = ContinuousClock.now
    do {
      try task.run(team: ThreadTeam(size: threads), from: state) { step in
        reached.log.append(
          step.metrics, parts: judges.parts,
          seconds: (ContinuousClock.now - epochStart) / .seconds(1))
        reached.sensitivity.append(step.metrics)
        reached.network = step.network
        reached.trace = step.trace()
        reached.gradientSamples = step.metrics.gradientSamples
        reached.forwardSamples = step.metrics.forwardSamples
        try save(step, member, reached, lastEpoch: task.totalEpochs)
        epochStart = ContinuousClock.now
      }
    } catch let error as TrainingError {
      throw ExperimentError.training(
        model: model.name, seed: seed, error,
        kept: try folder.writeLastGood(reached.network(), reached.log))
    }
    return reached
  }

  /// Writes what an epoch leaves, the checkpoint last: a resumed run writes
  /// nothing of the epochs before it.
  private func save(
    _ step: TrainingProgress, _ member: Int, _ reached: Reached,
    lastEpoch: Int
  ) throws {
    let report = step.metrics.report
    if experiment.record.saveAt.contains(report.epoch) {
      try folder.write(
        step.network(),
        as: ModelFolder.networkName(member, epoch: report.epoch))
    }
    if !report.steps.isEmpty {
      try folder.writeSamples(report, networkBefore: step.networkBefore())
    }
    let isDue =
      report.epoch == lastEpoch || cancellation.isRaised
      || report.epoch.isMultiple(of: experiment.record.checkpointEvery)
    if isDue, model.count == 1, let state = step.state() {
      try folder.writeCheckpoint(state, reached.log, reached.sensitivity)
    }
    progress.report(
      .advanced(job: label, step: report.epoch, loss: report.loss))
    if report.epoch < lastEpoch { try cancellation.check() }
  }

  private func task(_ member: Int) -> TrainingTask {
    let scope = isTeacher ? "teacher" : "student"
    var plan = model.plan
    let train = trainingImages
    if let budget = model.budget {
      plan.stepBudget = plan.steps(
        for: budget.quantity, like: outcome(of: budget.arm),
        sampleCount: train.count)
    }
    var recorded: Set<Int> = []
    if experiment.record.samples && !isTeacher && plan.guidance != nil {
      recorded = [lastGuidedEpoch(plan, train.count)]
    }
    return TrainingTask(
      plan: plan, shape: shape,
      initialization: experiment.network.initialization,
      precision: experiment.network.precision, train: train,
      test: judges.test, validation: images.validation,
      standardisation: images.standardisation,
      teachers: model.teacher.map { outcome(of: $0).networks } ?? [],
      replay: model.replays.map { outcome(of: $0).trace },
      streams: TrainingStreams(
        rootSeed: UInt64(seed),
        scope: member == 0 ? scope : "\(scope)-\(member)"),
      normsEvery: experiment.record.normsEvery, recordedEpochs: recorded,
      probe: experiment.record.probe,
      gradientNoiseEvery: experiment.record.gradientNoiseEvery)
  }

  private func lastGuidedEpoch(_ plan: TrainingPlan, _ samples: Int) -> Int {
    let epochs = plan.totalEpochs(sampleCount: samples)
    return [plan.guidance?.stopEpoch, plan.mixingStopEpoch]
      .compactMap { $0 }.reduce(epochs, min)
  }

  /// What a model that this one names has become.
  private func outcome(of name: String) -> ModelOutcome {
    guard let outcome = needed[name] else {
      preconditionFailure("'\(model.name)' ran before '\(name)'")
    }
    return outcome
  }

  private var trainingImages: ImageSet {
    let extra: ImageSet?
    switch model.trainingSet {
    case .train: return images.train
    case .whole: extra = images.test
    case .split: extra = judges.queries
    case .holdout:
      guard let holdout = images.holdout else {
        preconditionFailure("'\(model.name)' has no holdout images")
      }
      return holdout
    }
    guard let extra else {
      preconditionFailure("'\(model.name)' ran before failures were found")
    }
    return images.train.appending(
      extra, named: "\(images.dataset) \(model.trainingSet.rawValue)")
  }
}

extension TrainingPlan {
  /// Steps that use up what another run did, to within half a step.
  ///
  /// Batches are counted one by one: the last of an epoch may be smaller, and
  /// mixing may stop on the way.
  func steps(
    for quantity: ModelSettings.Budget.Quantity, like other: ModelOutcome,
    sampleCount: Int
  ) -> Int {
    let amount =
      switch quantity {
      case .gradientSamples: other.gradientSamples
      case .forwardSamples: other.forwardSamples
      }
    let perEpoch = stepsPerEpoch(sampleCount: sampleCount)
    var steps = 0
    var done = 0
    while true {
      let (epoch, step) = (steps / perEpoch, steps % perEpoch)
      let images = min(batchSize, sampleCount - step * batchSize)
      let size = samples(ofBatch: images, inEpoch: epoch)
      if 2 * (amount - done) < size { break }
      done += size
      steps += 1
    }
    return max(1, steps)
  }

  /// Samples of an unfiltered step, which go forward and enter the gradient.
  private func samples(ofBatch images: Int, inEpoch epoch: Int) -> Int {
    let mixed = mixing.mixedCount(ofBatch: images)
    return switch objective(inEpoch: epoch) {
    case .plain: images
    case .mixup: mixed
    case .regMixup, .mixupE: mixed + images
    }
  }
}
