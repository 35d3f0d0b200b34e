public import ImageData
import Mixing
public import Networks
public import Sensitivity
public import Valuation
public import VectorMath

/// The number type that a network is trained in.
public enum Precision: String, CaseIterable, Sendable {
  /// 32 bits: what image networks are trained in.
  case float
  /// 64 bits: what the float path is compared with.
  case double
}

/// One training run: data, plan, initial weights, teachers.
public struct TrainingTask: Sendable {
  /// What is trained and how.
  public var plan: TrainingPlan
  /// The network's shape.
  public var shape: DenseShape
  /// How the initial weights are drawn.
  public var initialization: Initialization
  /// The number type.
  public var precision: Precision
  /// Training images.
  public var train: ImageSet
  /// Images that the run is judged on.
  public var test: ImageSet
  /// Images to choose among runs with, if any were set apart.
  public var validation: ImageSet?
  /// The map that standardises the pixels, if any.
  public var standardisation: Standardisation?
  /// Models of p(θ|D, F).
  public var teachers: [DenseNetwork<Double>]
  /// The trace of the paired run, for filters that replay.
  public var replay: FilterTrace?
  /// The run's random streams.
  public var streams: TrainingStreams
  /// The norms are measured every so many epochs, and at the last.
  public var normsEvery: Int
  /// Epochs whose valued samples are kept.
  public var recordedEpochs: Set<Int>
  /// How often α is measured in training, and on how much; nil for never.
  public var probe: ProbeSettings?
  /// Gradient norm and noise over the training images are measured every so
  /// many epochs and at the last, if at all.
  public var gradientNoiseEvery: Int?

  /// A run from its parts.
  public init(
    plan: TrainingPlan, shape: DenseShape,
    initialization: Initialization = .pytorch, precision: Precision = .float,
    train: ImageSet, test: ImageSet, validation: ImageSet? = nil,
    standardisation: Standardisation? = nil,
    teachers: [DenseNetwork<Double>] = [], replay: FilterTrace? = nil,
    streams: TrainingStreams, normsEvery: Int = 10,
    recordedEpochs: Set<Int> = [],
    probe: ProbeSettings? = nil,
    gradientNoiseEvery: Int? = nil
  ) {
    self.plan = plan
    self.shape = shape
    self.initialization = initialization
    self.precision = precision
    self.train = train
    self.test = test
    self.validation = validation
    self.standardisation = standardisation
    self.teachers = teachers
    self.replay = replay
    self.streams = streams
    self.normsEvery = normsEvery
    self.recordedEpochs = recordedEpochs
    self.probe = probe
    self.gradientNoiseEvery = gradientNoiseEvery
  }

  /// Steps of the whole run.
  public var totalSteps: Int { plan.totalSteps(sampleCount: train.count) }
  /// Epochs of the whole run.
  public var totalEpochs: Int { plan.totalEpochs(sampleCount: train.count) }
}

/// Everything that is known of a run after one of its epochs.
public struct EpochMetrics: Sendable, Equatable {
  /// What happened in training.
  public var report: EpochReport
  /// Test images.
  public var test: Evaluation
  /// Validation images, if any.
  public var validation: Evaluation?
  /// ‖θ‖₂, where it was measured.
  public var parameterNorm: Double?
  /// Mean of ‖∇_x ℓ‖₂ over the test images, where it was measured.
  public var inputGradientNorm: Double?
  /// Gradients of the clean loss and of a mixed one over the training images,
  /// where they were measured.
  public var gradientNoise: GradientNoiseMeasurement?
  /// Samples that entered a gradient so far.
  public var gradientSamples: Int
  /// Samples that went forward so far, through student and teachers.
  public var forwardSamples: Int
}

/// Gradients of both losses over all training images.
public struct GradientNoiseMeasurement: Sendable, Equatable {
  /// Of the loss of the images themselves.
  public var clean: GradientNoise
  /// Of the mixup loss, over at least `TrainingTask.mixturesForNoise` mixed
  /// samples.
  public var mixed: GradientNoise
}

/// A running training task after one of its epochs.
public struct TrainingProgress {
  /// What is known of the run.
  public let metrics: EpochMetrics
  /// The network now.
  public let network: () -> DenseNetwork<Double>
  /// The network before the epoch, which valued its first batch.
  public let networkBefore: () -> DenseNetwork<Double>
  /// What the filter kept so far.
  public let trace: () -> FilterTrace
  /// What a resumed run needs; nil where a run begins anew.
  public let state: () -> TrainingState?
}

/// What a checkpoint holds, whatever the number type; every float is exact as
/// a double.
public typealias TrainingState = Trainer<Double>.State

extension TrainingTask {
  /// Trains to the end.
  ///
  /// - Parameters:
  ///   - team: Threads that share the steps; the result does not depend on it.
  ///   - state: Where an earlier attempt was left, to go on from there.
  ///   - afterEpoch: Called after each epoch.
  /// - Throws: `TrainingError.diverged`, and what `afterEpoch` throws.
  public func run(
    team: ThreadTeam, from state: TrainingState? = nil,
    afterEpoch: (TrainingProgress) throws -> Void
  ) throws {
    switch precision {
    case .float:
      try run(Float.self, team: team, from: state, afterEpoch: afterEpoch)
    case .double:
      try run(Double.self, team: team, from: state, afterEpoch: afterEpoch)
    }
  }

  private func run<Scalar: VectorScalar>(
    _: Scalar.Type, team: ThreadTeam, from state: TrainingState?,
    afterEpoch: (TrainingProgress) throws -> Void
  ) throws {
    let data: LabelledImages<Scalar> = labelled(train)
    let trainer = Trainer<Scalar>(
      plan: plan, network: initialNetwork(),
      data: data, teachers: teachers.map { DenseNetwork($0) },
      replay: replay, streams: streams,
      probe: probe.map {
        StepProbe(
          $0, data: data, shape: shape, rootSeed: streams.rootSeed)
      }, team: team)
    if let state { trainer.restore(Trainer<Scalar>.State(state)) }
    let tester = Evaluator<Scalar>(
      images: labelled(test), shape: shape, team: team)
    let validator = validation.map {
      Evaluator<Scalar>(images: labelled($0), shape: shape, team: team)
    }
    while !trainer.isFinished {
      let epoch = trainer.epoch + 1
      let report = try trainer.runEpoch(
        recordsSamples: recordedEpochs.contains(epoch))
      let network = trainer.network
      let test = tester.evaluate(network)
      guard test.negativeLogLikelihood.isFinite else {
        throw TrainingError.diverged(
          step: trainer.step, epoch: epoch,
          learningRate: report.learningRate, lastGoodEpoch: epoch - 1)
      }
      let measuresNorms =
        trainer.isFinished || epoch.isMultiple(of: normsEvery)
      let metrics = EpochMetrics(
        report: report, test: test,
        validation: validator?.evaluate(network),
        parameterNorm: measuresNorms ? network.parameterNorm : nil,
        inputGradientNorm: measuresNorms
          ? tester.inputGradientNorms(network).reduce(0, +)
            / Double(test.count) : nil,
        gradientNoise: gradientNoise(trainer, data, team),
        gradientSamples: trainer.gradientSamples,
        forwardSamples: trainer.forwardSamples)
      try afterEpoch(
        TrainingProgress(
          metrics: metrics, network: { DenseNetwork(network) },
          networkBefore: { DenseNetwork(trainer.networkBeforeEpoch) },
          trace: { trainer.trace },
          state: {
            trainer.isResumable ? TrainingState(trainer.state) : nil
          }))
    }
  }

  /// Gradients of the clean loss and of a mixed one, where they are due.
  ///
  /// The mixed samples are permutations of all training images with a λ of
  /// each, the same draws at every measurement. Of m samples ‖mean g‖² exceeds
  /// ‖∇L‖² of the mixup loss by about Noise²/m on average: one permutation of
  /// few images would show little else.
  private func gradientNoise<Scalar: VectorScalar>(
    _ trainer: Trainer<Scalar>, _ data: LabelledImages<Scalar>,
    _ team: ThreadTeam
  ) -> GradientNoiseMeasurement? {
    guard let interval = gradientNoiseEvery,
      trainer.isFinished || trainer.epoch.isMultiple(of: interval)
    else { return nil }
    let all = (0..<Int32(data.count)).map { $0 }
    let mixing = MixingPlan(
      weights: plan.mixing.weights, scope: .sample, pairing: .permutation,
      folded: plan.mixing.folded)
    var pairs = streams.stream("gradient-noise-pairing")
    var lambdas = streams.stream("gradient-noise-weight")
    var mixed = (first: [Int32](), second: [Int32](), weights: [Double]())
    while mixed.first.count < Self.mixturesForNoise {
      let drawn = mixing.draw(
        batch: all[...], population: all, progress: trainer.progress,
        pairs: &pairs, lambdas: &lambdas
      ).samples
      mixed.first += drawn.first
      mixed.second += drawn.second
      mixed.weights += drawn.weights
    }
    let network = trainer.network
    func noise(_ samples: MixedSamples) -> GradientNoise {
      GradientNoise(
        of: network, images: data.pixels, labels: data.labels,
        samples: samples, team: team)
    }
    return GradientNoiseMeasurement(
      clean: noise(MixedSamples(unmixed: all)),
      mixed: noise(
        MixedSamples(
          first: mixed.first, second: mixed.second, weights: mixed.weights)))
  }

  /// Mixed samples, at least, of which gradients are measured.
  ///
  /// No derivation: with a noise of 2, ‖∇L‖² is shown too large by 6·10⁻⁵.
  public static let mixturesForNoise = 65_536

  /// The network that training begins with.
  public func initialNetwork<Scalar: VectorScalar>() -> DenseNetwork<Scalar> {
    var weights = streams.initialWeights
    return DenseNetwork(
      shape: shape, initialization: initialization, from: &weights)
  }

  private func labelled<Scalar: VectorScalar>(
    _ set: ImageSet
  ) -> LabelledImages<Scalar> {
    LabelledImages(
      pixels: standardisation?.applied(to: set) ?? set.scaled(),
      labels: set.labels, classCount: set.classNames.count)
  }
}

extension Trainer.State {
  /// The same state in another number type.
  init<Other>(_ other: Trainer<Other>.State) {
    self.init(
      parameters: other.parameters.map { Scalar($0) },
      velocity: other.velocity.map { Scalar($0) }, step: other.step,
      epoch: other.epoch, gradientSamples: other.gradientSamples,
      forwardSamples: other.forwardSamples, trace: other.trace)
  }
}
