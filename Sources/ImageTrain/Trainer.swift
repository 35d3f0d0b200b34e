import LinearAlgebra
public import Mixing
public import Networks
public import Randomness
public import Valuation
public import VectorMath

/// Names the random streams of one training run.
///
/// Runs with the same root seed and scope draw the same batches, pairs and
/// mixing weights, whatever else differs: they are compared on paired draws.
public struct TrainingStreams: Sendable, Equatable {
  /// The experiment's seed.
  public let rootSeed: UInt64
  /// What keeps the streams of a teacher apart from those of a student.
  public let scope: String

  /// Streams of a seed and a scope.
  public init(rootSeed: UInt64, scope: String) {
    self.rootSeed = rootSeed
    self.scope = scope
  }

  /// The stream of the name and index given.
  public func stream(_ name: String, _ index: Int = 0) -> RandomStream {
    RandomStream(
      rootSeed: rootSeed, name: "\(scope)/\(name)", index: UInt64(index))
  }

  /// The stream of the initial weights.
  public var initialWeights: RandomStream { stream("initial-weights") }
}

/// What happened in an epoch.
public struct EpochReport: Sendable, Equatable {
  /// The epoch, counted from 1.
  public var epoch = 0
  /// Mean over the images of the loss that was descended, without skipped
  /// steps.
  public var loss = 0.0
  /// The learning rate in force.
  public var learningRate = 0.0
  /// The law of λ at the epoch's first step.
  public var law = MixingLaw.none
  /// Mixed samples that a filter kept, or all where there is none.
  ///
  /// Of a batch that was refilled, those that fill it; 0 where nothing is mixed.
  public var kept = 0
  /// Mixed samples that a filter dropped, those that refilling tried included,
  /// whether or not something takes their place.
  public var dropped = 0
  /// Steps without a kept sample, which change nothing.
  public var skippedSteps = 0
  /// r̂ of every mixed sample that was valued, in order.
  public var values: [Double] = []
  /// The step of each of them, counted from 0, where samples are recorded.
  public var steps: [Int] = []
  /// The mixed samples that were valued, in the same order, where recorded.
  public var samples = MixedSamples(first: [], second: [], weights: [])
  /// What a probe measured, step by step.
  public var probes: [ProbeRecord] = []
}

/// Trains a dense network by minibatch gradient descent.
///
/// One step costs, for B images, R rows of which a filter keeps R′, and layer
/// sizes D, h₁, …, K:
///
///     2·B·D·h₁          first layer, once per image and not per row
///     2·R·Σ h_l h_{l+1}  layers above, forward
///     2·min(B, R′)·D·h₁ + 4·R′·Σ h_l h_{l+1}  gradients
///
/// The first layer's input gradient is never formed, and mixed images are
/// formed only for the gradient of fewer rows than images. A fixed teacher
/// adds its layers above the first. Matrices are allocated once.
public final class Trainer<Scalar: VectorScalar> {
  /// What is trained and how.
  public let plan: TrainingPlan
  let data: LabelledImages<Scalar>
  let shape: DenseShape
  let streams: TrainingStreams
  let team: ThreadTeam
  let workspace: StepWorkspace<Scalar>
  /// Pieces of the first layer's products and descent.
  let firstLayerPieces: [PanelLayer<Scalar>.Piece]
  /// Pieces of the descent of the layers above, the last layer's first.
  let upperLayerPieces: [(layer: Int, piece: PanelLayer<Scalar>.Piece)]
  let population: [Int32]
  let meanImage: [Scalar]?
  let replay: FilterTrace?
  var teachers: [DenseNetworkPredictor<Scalar>]
  private let probe: StepProbe<Scalar>?
  private var snapshots: [[Scalar]] = []
  private var lastGood: [Scalar] = []

  /// Steps done.
  public internal(set) var step = 0
  /// Epochs done.
  public private(set) var epoch = 0
  /// Samples that entered a gradient so far.
  public internal(set) var gradientSamples = 0
  /// Samples that went forward through a network so far, the teachers'
  /// included.
  public internal(set) var forwardSamples = 0
  /// What the filter kept, step by step.
  public internal(set) var trace = FilterTrace()

  /// A trainer at its first step.
  ///
  /// - Parameters:
  ///   - plan: What is trained and how.
  ///   - network: Initial weights.
  ///   - data: Training images.
  ///   - teachers: Models of p(θ|D, F); needed by the filters that use r̂,
  ///     unless the student is its own teacher.
  ///   - replay: The paired run's trace, for the filters that replay.
  ///   - streams: The run's random streams.
  ///   - probe: Measures the network every so many steps and at the end.
  ///   - team: Threads that share a step.
  public init(
    plan: TrainingPlan, network: DenseNetwork<Scalar>,
    data: LabelledImages<Scalar>, teachers: [DenseNetwork<Scalar>] = [],
    replay: FilterTrace? = nil, streams: TrainingStreams,
    probe: StepProbe<Scalar>? = nil, team: ThreadTeam
  ) {
    precondition(
      network.shape.inputSize == data.pixels.columnCount
        && network.shape.classCount == data.classCount,
      "a network of sizes \(network.shape.sizes) for images of "
        + "\(data.pixels.columnCount) pixels in \(data.classCount) classes")
    self.plan = plan
    self.data = data
    self.streams = streams
    self.team = team
    self.replay = replay
    self.probe = probe
    shape = network.shape
    let capacity = plan.capacity(sampleCount: data.count)
    workspace = StepWorkspace(
      shape: shape, sourceCapacity: capacity.sources,
      rowCapacity: capacity.rows)
    let panels = workspace.network
    firstLayerPieces = panels[1].pieces(threads: team.size)
    upperLayerPieces = stride(from: shape.layerCount, to: 1, by: -1).flatMap {
      layer in
      panels[layer].pieces(threads: team.size).map { (layer, $0) }
    }
    population = (0..<Int32(data.count)).map { $0 }
    meanImage =
      plan.objective.rows(mixed: 0, clean: 1).tangents > 0 ? data.mean : nil
    data.pixels.moveToLargePages()
    self.teachers = teachers.map {
      DenseNetworkPredictor(network: $0, images: data.pixels, team: team)
    }
    panels.setParameters(network.parameters)
    if plan.guidance?.needsTeacher == true {
      precondition(!teachers.isEmpty, "the filter needs a teacher")
    }
    if plan.guidance?.filter.replays == true {
      let steps = plan.guidedSteps(
        inFirst: plan.totalEpochs(sampleCount: data.count),
        sampleCount: data.count)
      precondition(
        replay.map { $0.stepCount >= steps } == true,
        "the filter needs a paired run's trace of \(steps) steps")
    }
    if plan.guidance?.dropped == .refilled {
      precondition(
        plan.mixing.pairing != .independent,
        "refilling mixes the images of the batch, not new partners")
    }
  }

  /// The network as it is now.
  public var network: DenseNetwork<Scalar> {
    DenseNetwork(shape: shape, parameters: workspace.network.parameters())
  }

  /// The network as it was before the latest epoch.
  ///
  /// - Precondition: an epoch has run.
  public var networkBeforeEpoch: DenseNetwork<Scalar> {
    DenseNetwork(shape: shape, parameters: lastGood)
  }

  /// Steps of the whole run.
  public var totalSteps: Int { plan.totalSteps(sampleCount: data.count) }

  /// Whether all steps are done.
  public var isFinished: Bool { step >= totalSteps }

  /// Trains for one epoch, or for what is left of the budget of steps.
  ///
  /// - Parameter recordsSamples: Whether the report lists the mixed samples
  ///   that were valued.
  /// - Throws: `TrainingError.diverged`; the network is then that of the end
  ///   of the epoch before.
  public func runEpoch(recordsSamples: Bool = false) throws(TrainingError)
    -> EpochReport
  {
    lastGood = network.parameters
    renewSelfTeacher(from: lastGood)
    var order = streams.stream("batch-order", epoch)
    let indices = order.permutation(of: data.count).map { Int32($0) }
    var report = EpochReport(
      epoch: epoch + 1,
      learningRate: plan.optimizer.learningRate
        * plan.optimizer.schedule.factor(
          epoch: epoch, of: plan.totalEpochs(sampleCount: data.count)))
    report.law =
      plan.objective(inEpoch: epoch) == .plain
      ? .none : plan.mixing.law(at: progress)
    var seen = 0
    var drawn: MixedBatch?
    func images(from start: Int) -> ArraySlice<Int32> {
      indices[start..<min(start + plan.batchSize, data.count)]
    }
    for start in stride(from: 0, to: data.count, by: plan.batchSize) {
      if isFinished { break }
      if let probe, step.isMultiple(of: probe.interval) {
        try measure(probe, &report)
      }
      let batch = images(from: start)
      let next = batch.endIndex
      let loss = runStep(
        batch, drawn: &drawn,
        next: next < data.count ? images(from: next) : nil, epoch: epoch,
        recordsSamples: recordsSamples, &report)
      step += 1
      guard let loss else { continue }
      guard loss.isFinite else { throw divergence(report) }
      report.loss += loss * Double(batch.count)
      seen += batch.count
    }
    // The last step can leave the numbers' range without a loss to show it.
    guard
      Scalar.allFinite(
        workspace.network.parameters(), count: shape.parameterCount)
    else { throw divergence(report) }
    if let probe, isFinished { try measure(probe, &report) }
    report.loss /= Double(max(seen, 1))
    epoch += 1
    return report
  }

  private func measure(
    _ probe: StepProbe<Scalar>, _ report: inout EpochReport
  ) throws(TrainingError) {
    guard
      let record = probe.measure(
        step: step, workspace.network.parameters(), team: team)
    else { throw divergence(report) }
    report.probes.append(record)
  }

  /// Goes back to the end of the epoch before, and the error that says so.
  private func divergence(_ report: EpochReport) -> TrainingError {
    workspace.network.setParameters(lastGood)
    return .diverged(
      step: step, epoch: epoch + 1, learningRate: report.learningRate,
      lastGoodEpoch: epoch)
  }

  /// Share of the run that is done, in [0, 1].
  var progress: Double { progress(at: step) }

  /// Share of the run that is done before a step.
  func progress(at step: Int) -> Double {
    Double(step) / Double(max(totalSteps, 1))
  }

  private func renewSelfTeacher(from parameters: [Scalar]) {
    guard let lag = plan.guidance?.selfTeacherLag else { return }
    snapshots.append(parameters)
    guard snapshots.count > lag else { return }
    if snapshots.count > lag + 1 { snapshots.removeFirst() }
    teachers = [
      DenseNetworkPredictor(
        network: DenseNetwork(shape: shape, parameters: snapshots[0]),
        images: data.pixels, team: team)
    ]
  }
}

extension Trainer {
  /// What a checkpoint holds: everything that the next epoch depends on,
  /// since the random streams depend on epoch and step alone.
  public struct State: Sendable, Equatable {
    /// Parameters of the network.
    public var parameters: [Scalar]
    /// Momentum of each parameter.
    public var velocity: [Scalar]
    /// Steps done.
    public var step: Int
    /// Epochs done.
    public var epoch: Int
    /// Samples that entered a gradient.
    public var gradientSamples: Int
    /// Samples that went forward.
    public var forwardSamples: Int
    /// Counts of the filter's trace.
    public var trace: FilterTrace

    /// A state from its parts.
    public init(
      parameters: [Scalar], velocity: [Scalar], step: Int, epoch: Int,
      gradientSamples: Int, forwardSamples: Int, trace: FilterTrace
    ) {
      self.parameters = parameters
      self.velocity = velocity
      self.step = step
      self.epoch = epoch
      self.gradientSamples = gradientSamples
      self.forwardSamples = forwardSamples
      self.trace = trace
    }
  }

  /// Whether `state` is all that a resumed run needs.
  ///
  /// A self-teacher needs the students of earlier epochs too; such runs begin
  /// anew.
  public var isResumable: Bool { plan.guidance?.selfTeacherLag == nil }

  /// The state between two epochs.
  public var state: State {
    State(
      parameters: network.parameters,
      velocity: workspace.network.velocity(),
      step: step, epoch: epoch, gradientSamples: gradientSamples,
      forwardSamples: forwardSamples, trace: trace)
  }

  /// Takes up a run where `state` left it.
  public func restore(_ state: State) {
    precondition(
      state.parameters.count == shape.parameterCount
        && state.velocity.count == shape.parameterCount,
      "a state of \(state.parameters.count) parameters for a network of "
        + "\(shape.parameterCount)")
    workspace.network.setParameters(state.parameters)
    workspace.network.setVelocity(state.velocity)
    step = state.step
    epoch = state.epoch
    gradientSamples = state.gradientSamples
    forwardSamples = state.forwardSamples
    trace = state.trace
  }
}

extension Objective {
  /// Rows of each kind for a batch.
  func rows(mixed: Int, clean: Int) -> (mixed: Int, clean: Int, tangents: Int) {
    switch self {
    case .plain: (0, clean, 0)
    case .mixup: (mixed, 0, 0)
    case .regMixup: (mixed, clean, 0)
    case .mixupE(_, let term, _):
      (mixed, clean, term.surrogate == .directional ? clean : 0)
    }
  }

  /// A row's weight in the loss, MixupE's term apart, for so many rows of each
  /// kind.
  func shares(mixed: Int, clean: Int) -> (mixed: Double, clean: Double) {
    let (mixedLoss, cleanLoss): (Double, Double) =
      switch self {
      case .plain: (0, 1)
      case .mixup: (1, 0)
      case .regMixup(let weight, .paper): (weight, 1)
      case .regMixup(let weight, .halved): (weight / 2, 0.5)
      case .mixupE: (1, 0)
      }
    return (mixedLoss / Double(mixed), cleanLoss / Double(clean))
  }

  /// MixupE's term, if there is one.
  var directionalTerm: DirectionalTerm? {
    if case .mixupE(_, let term, _) = self { term } else { nil }
  }
}
