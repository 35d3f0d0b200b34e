public import Mixing
import RealModule
public import Valuation

/// What a training run descends.
public enum Objective: Sendable, Equatable {
  /// Mean loss of the images themselves (ERM).
  case plain
  /// Mean loss of mixed samples.
  case mixup
  /// Clean loss plus weighted mixed loss.
  ///
  /// - Source: Pinto et al. 2022 (arXiv:2206.14502).
  case regMixup(weight: Double, form: RegMixupForm)
  /// Mixed loss plus a weighted directional term.
  ///
  /// - Source: Y. Zou et al. 2023 (arXiv:2212.13381), Eqs. (7)–(9).
  case mixupE(weight: Double, term: DirectionalTerm, rescaled: Bool)
}

/// The two forms of RegMixup's loss.
public enum RegMixupForm: String, CaseIterable, Sendable {
  /// CE(x, y) + weight·CE(x̃, ỹ), as the paper writes it.
  case paper
  /// ½(CE(x, y) + weight·CE(x̃, ỹ)): one mean over both halves of a
  /// concatenated batch, as its public code computes it.
  case halved
}

/// The loss of a single sample.
public enum SampleLoss: Sendable, Equatable {
  /// −log p_y; mixing labels and mixing losses are the same.
  case crossEntropy
  /// ½‖f − y‖² on the logits; the two ways of mixing differ by
  /// ½λ(1 − λ)‖y_i − y_j‖² in value and not at all in gradient.
  case squaredError(mixesLosses: Bool)
}

/// The course of the learning rate, constant within an epoch.
public enum LearningRateSchedule: Sendable, Equatable {
  /// Always the initial rate.
  case constant
  /// Multiplied by the factor at each of the epochs given.
  case step(epochs: [Int], factor: Double)
  /// ½(1 + cos(π·epoch/epochs)) times the initial rate.
  case cosine

  /// The factor on the initial rate in the epoch given, counted from 0.
  public func factor(epoch: Int, of epochs: Int) -> Double {
    switch self {
    case .constant: 1
    case .step(let milestones, let factor):
      Double.pow(factor, milestones.count { epoch >= $0 })
    case .cosine: 0.5 * (1 + Double.cos(.pi * Double(epoch) / Double(epochs)))
    }
  }
}

/// Stochastic gradient descent with momentum.
public struct Optimizer: Sendable, Equatable {
  /// Initial learning rate.
  public var learningRate: Double
  /// Its course.
  public var schedule: LearningRateSchedule
  /// Momentum in [0, 1).
  public var momentum: Double
  /// Whether the momentum looks ahead.
  public var nesterov: Bool
  /// Coefficient of ½‖θ‖².
  public var weightDecay: Double

  /// An optimizer from its constants.
  public init(
    learningRate: Double = 0.1, schedule: LearningRateSchedule = .cosine,
    momentum: Double = 0.9, nesterov: Bool = false, weightDecay: Double = 1e-4
  ) {
    self.learningRate = learningRate
    self.schedule = schedule
    self.momentum = momentum
    self.nesterov = nesterov
    self.weightDecay = weightDecay
  }
}

/// How a valuation filter enters training.
public struct Guidance: Sendable, Equatable {
  /// What the loss of a filtered batch is divided by.
  public enum Normalization: String, CaseIterable, Sendable {
    /// The kept samples: the step's length does not depend on how many were
    /// dropped.
    case kept
    /// All samples of the batch: dropped samples count as zero.
    case full
  }

  /// What takes the place of dropped samples.
  public enum Dropped: String, CaseIterable, Sendable {
    /// Nothing; the batch is smaller.
    case masked
    /// New mixtures of the same images, until the batch is full again or
    /// eight rounds are over.
    case refilled
    /// Their first source, unmixed: the filter then chooses which images are
    /// mixed, and not which are seen.
    case unmixed
  }

  /// Which samples are kept.
  public var filter: SampleFilter
  /// What the loss is divided by.
  public var normalization: Normalization
  /// Whether dropped samples are replaced.
  public var dropped: Dropped
  /// First epoch with guidance, counted from 0; all samples are kept before.
  ///
  /// A fresh student is worse than its teacher nearly everywhere: the `high`
  /// filter would leave it next to nothing to begin with.
  public var startEpoch: Int
  /// First epoch without guidance, or nil for guidance to the end.
  public var stopEpoch: Int?
  /// The student of this many epochs ago is the teacher.
  public var selfTeacherLag: Int?

  /// Guidance from its parts.
  public init(
    filter: SampleFilter, normalization: Normalization = .kept,
    dropped: Dropped = .masked, startEpoch: Int = 0, stopEpoch: Int? = nil,
    selfTeacherLag: Int? = nil
  ) {
    self.filter = filter
    self.normalization = normalization
    self.dropped = dropped
    self.startEpoch = startEpoch
    self.stopEpoch = stopEpoch
    self.selfTeacherLag = selfTeacherLag
  }

  /// Whether a model must be given as teacher.
  public var needsTeacher: Bool {
    filter.needsValues && selfTeacherLag == nil
  }
}

/// Everything that decides the course of one training run, apart from data,
/// initial weights and random streams.
public struct TrainingPlan: Sendable, Equatable {
  /// What is descended.
  public var objective: Objective
  /// The loss of a sample.
  public var loss: SampleLoss
  /// How samples are mixed.
  public var mixing: MixingPlan
  /// First epoch without mixing, or nil for mixing to the end.
  public var mixingStopEpoch: Int?
  /// The filter, if there is one.
  public var guidance: Guidance?
  /// The optimizer.
  public var optimizer: Optimizer
  /// Images in a batch.
  public var batchSize: Int
  /// Number of epochs, when no budget of steps is given.
  public var epochs: Int
  /// Number of steps in place of whole epochs.
  public var stepBudget: Int?

  /// A plan from its parts.
  public init(
    objective: Objective = .mixup, loss: SampleLoss = .crossEntropy,
    mixing: MixingPlan = MixingPlan(), mixingStopEpoch: Int? = nil,
    guidance: Guidance? = nil, optimizer: Optimizer = Optimizer(),
    batchSize: Int = 128, epochs: Int = 100, stepBudget: Int? = nil
  ) {
    self.objective = objective
    self.loss = loss
    self.mixing = mixing
    self.mixingStopEpoch = mixingStopEpoch
    self.guidance = guidance
    self.optimizer = optimizer
    self.batchSize = batchSize
    self.epochs = epochs
    self.stepBudget = stepBudget
  }

  /// Steps in a whole epoch over `sampleCount` images; the last batch may be
  /// smaller.
  public func stepsPerEpoch(sampleCount: Int) -> Int {
    (sampleCount + batchSize - 1) / batchSize
  }

  /// Steps of the whole run.
  public func totalSteps(sampleCount: Int) -> Int {
    stepBudget ?? epochs * stepsPerEpoch(sampleCount: sampleCount)
  }

  /// Epochs of the whole run, the last of which may be partial.
  public func totalEpochs(sampleCount: Int) -> Int {
    let perEpoch = stepsPerEpoch(sampleCount: sampleCount)
    return (totalSteps(sampleCount: sampleCount) + perEpoch - 1) / perEpoch
  }

  /// The largest numbers of sources and rows that a step over `sampleCount`
  /// images needs.
  func capacity(sampleCount: Int) -> (sources: Int, rows: Int) {
    let batch = min(batchSize, sampleCount)
    let rows = objective.rows(
      mixed: mixing.mixedCount(ofBatch: batch), clean: batch)
    return (
      mixing.sourceCount(ofBatch: batch) + 1,
      max(rows.mixed + rows.clean + rows.tangents, batch)
    )
  }

  /// About how many bytes a trainer takes for itself, images apart.
  ///
  ///     (3 rows·Σ h_l + 2 sources·(D + h₁) + 3 parameters − D·h₁)·size
  ///         + 64 rows
  ///
  /// - Parameter scalarSize: Bytes of a number.
  public func workspaceBytes(
    sampleCount: Int, sizes: [Int], scalarSize: Int
  ) -> Double {
    let (sources, rows) = capacity(sampleCount: sampleCount)
    // In doubles: the product of legal settings can exceed every integer.
    let widths = sizes.map { Double($0) }
    let parameters = zip(widths, widths.dropFirst()).reduce(0) {
      $0 + ($1.0 + 1) * $1.1
    }
    let numbers =
      3 * Double(rows) * widths.dropFirst().reduce(0, +)
      + 2 * Double(sources) * (widths[0] + widths[1]) + 3 * parameters
      - widths[0] * widths[1]
    return numbers * Double(scalarSize) + 64 * Double(rows)
  }

  /// Steps under guidance in the first `epochs` of a run.
  public func guidedSteps(inFirst epochs: Int, sampleCount: Int) -> Int {
    let perEpoch = stepsPerEpoch(sampleCount: sampleCount)
    let total = totalSteps(sampleCount: sampleCount)
    return (0..<epochs).reduce(0) { steps, epoch in
      guidance(inEpoch: epoch) == nil
        ? steps : steps + max(0, min(perEpoch, total - epoch * perEpoch))
    }
  }

  /// The objective in force in an epoch.
  public func objective(inEpoch epoch: Int) -> Objective {
    if let stop = mixingStopEpoch, epoch >= stop { return .plain }
    return objective
  }

  /// The guidance in force in an epoch.
  public func guidance(inEpoch epoch: Int) -> Guidance? {
    guard let guidance, objective(inEpoch: epoch) != .plain else { return nil }
    if epoch < guidance.startEpoch { return nil }
    if let stop = guidance.stopEpoch, epoch >= stop { return nil }
    if let lag = guidance.selfTeacherLag, epoch < lag { return nil }
    return guidance
  }
}
