public import Figures
public import Foundation

/// An experiment of any kind, as a YAML file or a preset describes it.
public enum Experiment: Sendable, Equatable {
  /// Training on images.
  case images(ImageExperiment)
  /// Dynamics of random-feature regression.
  case randomFeature(RandomFeatureExperiment)
  /// The expansion of the mixup loss along training.
  case expansion(ExpansionExperiment)
  /// Regularisers of linear models and the complexity that they leave.
  case complexity(ComplexityExperiment)
  /// Linear heads on frozen features.
  case linearEvaluation(LinearEvaluationExperiment)
  /// Common and rare features in the patch network.
  case featureLearning(FeatureLearningExperiment)
  /// A search for methods that learn common and rare features.
  case featureSearch(FeatureSearchExperiment)
  /// Flipped labels found as causes of failure.
  case causes(CausesExperiment)
  /// What the value r̂ of a mixed sample depends on.
  case valueAnalysis(ValueAnalysisExperiment)

  /// The kinds by the word under `kind`; images without.
  public enum Kind: String, CaseIterable, Sendable {
    /// `ImageExperiment`.
    case images
    /// `RandomFeatureExperiment`.
    case randomFeature = "random-feature"
    /// `ExpansionExperiment`.
    case expansion
    /// `ComplexityExperiment`.
    case complexity
    /// `LinearEvaluationExperiment`.
    case linearEvaluation = "linear-evaluation"
    /// `FeatureLearningExperiment`.
    case featureLearning = "feature-learning"
    /// `FeatureSearchExperiment`.
    case featureSearch = "feature-search"
    /// `CausesExperiment`.
    case causes
    /// `ValueAnalysisExperiment`.
    case valueAnalysis = "value-analysis"
  }

  /// Reads an experiment; every key that is not understood is an error.
  public init(reader: ConfigurationReader) throws {
    switch try reader["kind"]?.choice() ?? Kind.images {
    case .images: self = .images(try ImageExperiment(reader: reader))
    case .randomFeature:
      self = .randomFeature(try RandomFeatureExperiment(reader: reader))
    case .expansion:
      self = .expansion(try ExpansionExperiment(reader: reader))
    case .complexity:
      self = .complexity(try ComplexityExperiment(reader: reader))
    case .linearEvaluation:
      self = .linearEvaluation(
        try LinearEvaluationExperiment(reader: reader))
    case .featureLearning:
      self = .featureLearning(try FeatureLearningExperiment(reader: reader))
    case .featureSearch:
      self = .featureSearch(try FeatureSearchExperiment(reader: reader))
    case .causes: self = .causes(try CausesExperiment(reader: reader))
    case .valueAnalysis:
      self = .valueAnalysis(try ValueAnalysisExperiment(reader: reader))
    }
  }

  /// Name of the experiment, usable as a folder's name.
  public var name: String {
    switch self {
    case .images(let experiment): experiment.name
    case .randomFeature(let experiment): experiment.name
    case .expansion(let experiment): experiment.name
    case .complexity(let experiment): experiment.name
    case .linearEvaluation(let experiment): experiment.name
    case .featureLearning(let experiment): experiment.name
    case .featureSearch(let experiment): experiment.name
    case .causes(let experiment): experiment.name
    case .valueAnalysis(let experiment): experiment.name
    }
  }

  /// The experiment with every default written out.
  public var value: ConfigurationValue {
    switch self {
    case .images(let experiment): experiment.value
    case .randomFeature(let experiment): experiment.value
    case .expansion(let experiment): experiment.value
    case .complexity(let experiment): experiment.value
    case .linearEvaluation(let experiment): experiment.value
    case .featureLearning(let experiment): experiment.value
    case .featureSearch(let experiment): experiment.value
    case .causes(let experiment): experiment.value
    case .valueAnalysis(let experiment): experiment.value
    }
  }

  /// What the steps of its progress are, in the plural.
  public var progressUnit: String {
    switch self {
    case .images: "epochs"
    case .randomFeature, .expansion, .complexity, .linearEvaluation,
      .featureLearning, .causes, .valueAnalysis:
      "seeds"
    case .featureSearch: "runs"
    }
  }

  /// Computes everything into a folder; tables and figures are made from the
  /// folder afterwards (`openReport`).
  ///
  /// - Parameters:
  ///   - existing: How an existing folder is treated.
  ///   - command: The command line, for the manifest.
  public func run(
    into path: String, threads: Int, existing: RunFolder.Existing,
    command: [String], progress: any ProgressReporter,
    cancellation: CancellationFlag
  ) throws {
    switch self {
    case .images(let experiment):
      try ImageExperimentRun(
        experiment: experiment, path: path, threads: threads,
        progress: progress, cancellation: cancellation
      ).train(existing: existing, command: command)
    case .randomFeature(let experiment):
      try RandomFeatureRun(
        experiment: experiment, path: path, threads: threads,
        progress: progress, cancellation: cancellation
      ).measure(existing: existing, command: command)
    case .expansion(let experiment):
      try experiment.measure(
        into: path, threads: threads, existing: existing, command: command,
        progress: progress, cancellation: cancellation)
    case .complexity(let experiment):
      try experiment.measure(
        into: path, threads: threads, existing: existing, command: command,
        progress: progress, cancellation: cancellation)
    case .linearEvaluation(let experiment):
      try experiment.measure(
        into: path, threads: threads, existing: existing, command: command,
        progress: progress, cancellation: cancellation)
    case .featureLearning(let experiment):
      try experiment.measure(
        into: path, threads: threads, existing: existing, command: command,
        progress: progress, cancellation: cancellation)
    case .featureSearch(let experiment):
      try FeatureSearchRun(
        experiment: experiment, path: path, threads: threads,
        progress: progress, cancellation: cancellation
      ).measure(existing: existing, command: command)
    case .causes(let experiment):
      try experiment.measure(
        into: path, threads: threads, existing: existing, command: command,
        progress: progress, cancellation: cancellation)
    case .valueAnalysis(let experiment):
      try experiment.measure(
        into: path, threads: threads, existing: existing, command: command,
        progress: progress, cancellation: cancellation)
    }
  }
}

/// What a finished run found, read from its folder alone, so that tables and
/// figures can be made again at any time.
public protocol RunReport: Sendable {
  /// The tables as text for a terminal.
  func text() throws -> String
  /// Writes the tables as files.
  func writeTables() throws
  /// Writes all figures that the run's data give.
  @discardableResult
  func writeFigures(formats: [Gnuplot.Format]) throws -> [URL]
  /// Writes `result.json`, which says that the run is complete.
  func writeResult(command: String) throws
}

extension ImageReport: RunReport {}
extension RandomFeatureReport: RunReport {}

/// Opens the report of a run of any kind.
///
/// - Throws: `ExperimentError.noRun` where the folder holds none,
///   `ExperimentError.unfinishedRun` where a part is missing.
public func openReport(path: String) throws -> any RunReport {
  let file = path + "/configuration.yaml"
  guard fileExists(file) else { throw ExperimentError.noRun(folder: path) }
  switch try ConfigurationDocument(file: file).read(Experiment.init(reader:)) {
  case .images: return try ImageReport(path: path)
  case .randomFeature: return try RandomFeatureReport(path: path)
  case .expansion: return try SeedReport<ExpansionExperiment>(path: path)
  case .complexity: return try SeedReport<ComplexityExperiment>(path: path)
  case .linearEvaluation:
    return try SeedReport<LinearEvaluationExperiment>(path: path)
  case .featureLearning:
    return try SeedReport<FeatureLearningExperiment>(path: path)
  case .featureSearch: return try FeatureSearchReport(path: path)
  case .causes: return try SeedReport<CausesExperiment>(path: path)
  case .valueAnalysis:
    return try SeedReport<ValueAnalysisExperiment>(path: path)
  }
}
