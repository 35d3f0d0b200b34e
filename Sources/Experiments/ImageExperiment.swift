public import ImageData
public import ImageTrain
public import Networks
public import VectorMath

/// An experiment on image data: which networks are trained, on what, with
/// which teachers, over which seeds, and what is compared.
public struct ImageExperiment: Sendable, Equatable {
  /// Name of the experiment, usable as a folder's name.
  public var name: String
  /// One line about it, for tables and figures.
  public var title: String
  /// Root seeds; each is a replicate of all models.
  public var seeds: [Int]
  /// The images.
  public var data: DataSettings
  /// The networks.
  public var network: NetworkSettings
  /// Models that guide others, in the order of training.
  public var teachers: [ModelSettings]
  /// Models that are compared.
  public var arms: [ModelSettings]
  /// Pairs of arms whose differences are reported.
  public var comparisons: [ComparisonSettings]
  /// Numbers that a source states for models, to stand beside the measured.
  public var references: [ReferenceValue]
  /// What is kept of each run.
  public var record: RecordSettings
  /// Which epoch's metrics stand for a run.
  public var report: Reporting
}

/// Which images an experiment uses.
public struct DataSettings: Sendable, Equatable {
  /// The data set.
  public var source: ImageDataSource
  /// Share of the training images that students see, class by class.
  public var fraction: Double
  /// Share of the chosen images that is set apart to choose runs with.
  public var validation: Double
  /// Share of all training images that only `holdout` teachers see.
  public var holdout: Double
  /// Whether channels are standardised by the chosen training images.
  public var standardise: Bool
  /// Seed of the subsets, the same for all root seeds.
  public var seed: Int
}

/// The shape of all networks of an experiment.
public struct NetworkSettings: Sendable, Equatable {
  /// Sizes of the hidden layers; none is a linear classifier.
  public var hidden: [Int]
  /// The nonlinearity.
  public var activation: Activation
  /// How weights are first drawn.
  public var initialization: Initialization
  /// The number type.
  public var precision: Precision
}

/// One model: a teacher or an arm.
public struct ModelSettings: Sendable, Equatable {
  /// What a model is trained on.
  public enum TrainingSet: String, CaseIterable, Sendable {
    /// The training images.
    case train
    /// Training and test images: the slides' ideal case, which has seen the
    /// test labels and so is an upper bound.
    case whole
    /// Training images and half of the failures; the other half judges.
    case split
    /// Images kept from the students.
    case holdout
  }

  /// A budget that is taken over from another arm.
  public struct Budget: Sendable, Equatable {
    /// What is held equal.
    public enum Quantity: String, CaseIterable, Sendable {
      /// Samples that enter a gradient.
      case gradientSamples = "gradient-samples"
      /// Samples that go forward through a student or a teacher.
      case forwardSamples = "forward-passes"
    }
    /// What is held equal.
    public var quantity: Quantity
    /// The arm that sets it.
    public var arm: String
  }

  /// The model's name, unique in the experiment.
  public var name: String
  /// What it is trained on; arms always on `train`.
  public var trainingSet: TrainingSet
  /// A network file in place of training.
  public var file: String?
  /// Networks that make up the model.
  public var count: Int
  /// The teacher's name.
  public var teacher: String?
  /// The arm whose kept counts are replayed.
  public var replays: String?
  /// The budget that it takes over.
  public var budget: Budget?
  /// Everything else.
  public var plan: TrainingPlan
}

/// Two arms whose difference, first − second, is reported.
public struct ComparisonSettings: Sendable, Equatable {
  /// What is expected of a difference.
  public struct Expectation: Sendable, Equatable {
    /// The metric.
    public var metric: Metric
    /// Whether the difference is expected to be above zero.
    public var isPositive: Bool
    /// The difference that the source states, where it does.
    public var stated: Double?
    /// The source.
    public var source: String
  }
  /// The arm that is looked at.
  public var first: String
  /// The arm that it is compared with.
  public var second: String
  /// Expectations that get a verdict.
  public var expectations: [Expectation]
}

/// A number that a source states for a model.
public struct ReferenceValue: Sendable, Equatable {
  /// The model.
  public var model: String
  /// What the number is.
  public var metric: Metric
  /// The number.
  public var value: Double
}

/// A number that stands for a run.
public enum Metric: String, CaseIterable, Sendable {
  /// Share of test images classified right.
  case accuracy
  /// Mean −log p of the true class.
  case likelihood = "nll"
  /// Expected calibration error.
  case calibration = "ece"
  /// ‖θ‖₂.
  case parameterNorm = "weight-norm"
  /// E‖∇ₓℓ‖ over the test images.
  case inputGradientNorm = "input-gradient"

  /// The column of `metrics.csv`.
  var column: String {
    switch self {
    case .accuracy: "testAccuracy"
    case .likelihood: "testNLL"
    case .calibration: "testECE"
    case .parameterNorm: "parameterNorm"
    case .inputGradientNorm: "inputGradientNorm"
    }
  }

  /// The metric in words.
  public var title: String {
    switch self {
    case .accuracy: "accuracy"
    case .likelihood: "NLL"
    case .calibration: "ECE"
    case .parameterNorm: "weight norm"
    case .inputGradientNorm: "E‖∇ₓℓ‖"
    }
  }
}

/// Which epoch's metrics stand for a run.
public enum Reporting: String, CaseIterable, Sendable {
  /// The last epoch's.
  case last
  /// The epoch's with the best validation accuracy, or test accuracy where no
  /// images were set apart (which flatters).
  case best
  /// Medians over the last ten epochs.
  case medianOfLastTen = "median-of-last-10"
}

/// What is kept of each run.
public struct RecordSettings: Sendable, Equatable {
  /// Norms are measured every so many epochs.
  public var normsEvery: Int
  /// Epochs, beside the last, at which networks are saved.
  public var saveAt: [Int]
  /// Whether the mixed samples of the last guided epoch are kept.
  public var samples: Bool
  /// Epochs between two checkpoints.
  public var checkpointEvery: Int
  /// How often α is measured in training, and on how much; nil for never.
  public var probe: ProbeSettings?
  /// Epochs between two measurements of gradient norm and noise over the
  /// training images; nil for none.
  public var gradientNoiseEvery: Int?
}

extension ImageExperiment {
  /// Teachers and arms, in the order in which they depend on each other.
  public var models: [ModelSettings] { teachers + arms }

  /// Whether some of the failures are learned by a teacher, so that all models
  /// are judged on the other test images.
  public var splitsFailures: Bool {
    teachers.contains { $0.trainingSet == .split }
  }

  /// The model of a name.
  public func model(_ name: String) -> ModelSettings? {
    models.first { $0.name == name }
  }

  /// Whether a model's results depend on test labels.
  public func hasSeenTestLabels(_ model: ModelSettings) -> Bool {
    if model.trainingSet == .whole { return true }
    for name in [model.teacher, model.replays, model.budget?.arm] {
      if let name, let other = self.model(name), hasSeenTestLabels(other) {
        return true
      }
    }
    return false
  }
}
