public import Figures
public import Foundation
import LinearAlgebra
import VectorMath

/// An experiment of any kind, as a YAML file or a preset describes it.
public struct Experiment: Sendable, Equatable {
  /// The kinds by the word under `kind`; images without.
  public enum Kind: String, CaseIterable, Sendable {
    /// Training on images.
    case images
    /// Dynamics of random-feature regression.
    case randomFeature = "random-feature"
    /// The expansion of the mixup loss along training.
    case expansion
    /// Regularisers of linear models and the complexity that they leave.
    case complexity
    /// Linear heads on frozen features.
    case linearEvaluation = "linear-evaluation"
    /// Common and rare features in the patch network.
    case featureLearning = "feature-learning"
    /// A search for methods that learn common and rare features.
    case featureSearch = "feature-search"
    /// Flipped labels found as causes of failure.
    case causes
    /// Posteriors in the value of training samples.
    case posteriors
    /// What r̂ of mixed samples depends on.
    case valueAnalysis = "value-analysis"

    fileprivate var type: any RunnableExperiment.Type {
      switch self {
      case .images: ImageExperiment.self
      case .randomFeature: RandomFeatureExperiment.self
      case .expansion: ExpansionExperiment.self
      case .complexity: ComplexityExperiment.self
      case .linearEvaluation: LinearEvaluationExperiment.self
      case .featureLearning: FeatureLearningExperiment.self
      case .featureSearch: FeatureSearchExperiment.self
      case .causes: CausesExperiment.self
      case .posteriors: PosteriorsExperiment.self
      case .valueAnalysis: ValueAnalysisExperiment.self
      }
    }
  }

  /// Its kind.
  public let kind: Kind
  fileprivate let base: any RunnableExperiment

  /// Reads an experiment; every key that is not understood is an error.
  public init(reader: ConfigurationReader) throws {
    kind = try reader["kind"]?.choice() ?? .images
    base = try kind.type.init(reader: reader)
  }

  /// Whether kind and settings agree.
  public static func == (first: Experiment, second: Experiment) -> Bool {
    func isEqual<Other: RunnableExperiment>(_ experiment: Other) -> Bool {
      experiment == second.base as? Other
    }
    return isEqual(first.base)
  }

  /// Name of the experiment, usable as a folder's name.
  public var name: String { base.name }

  /// The experiment with every default written out.
  public var value: ConfigurationValue { base.value }

  /// What the steps of its progress are, in the plural.
  public var progressUnit: String { type(of: base).progressUnit }

  /// Computes everything into a folder; tables and figures are made from the
  /// folder afterwards (`openReport`).
  public func run(in context: RunContext) throws {
    try base.run(in: context)
  }
}

extension ConfigurationReader {
  /// What every experiment's configuration begins with; `kind` has been
  /// followed already.
  ///
  /// - Parameter standard: The number of seeds where none is given.
  func head(
    seeds standard: Int
  ) throws -> (name: String, title: String, seeds: [Int]) {
    _ = try self["kind"]?.choice(of: Experiment.Kind.self)
    let name = try folderName("name")
    return (
      name, try self["title"]?.string() ?? name,
      try seeds("seeds", default: standard)
    )
  }
}

/// What every kind of experiment can do.
protocol RunnableExperiment: Equatable, Sendable {
  /// Name of the experiment, usable as a folder's name.
  var name: String { get }
  /// One line about it.
  var title: String { get }
  /// Root seeds.
  var seeds: [Int] { get }
  /// The experiment with every default written out.
  var value: ConfigurationValue { get }
  /// What the steps of its progress are, in the plural.
  static var progressUnit: String { get }
  /// Folders that its runs leave.
  static var parts: [String] { get }

  init(reader: ConfigurationReader) throws

  /// See `Experiment.run`.
  func run(in context: RunContext) throws

  /// Opens the report of a run.
  static func report(path: String) throws -> any RunReport
}

extension RunnableExperiment {
  /// The head of the resolved form, and the settings behind it.
  ///
  /// - Parameter kind: nil for images, which need not be named.
  func resolved(
    kind: Experiment.Kind?, _ settings: ConfigurationValue
  ) -> ConfigurationValue {
    var head: ConfigurationValue = [:]
    if let kind { head["kind"] = .string(kind.rawValue) }
    head["name"] = .string(name)
    head["title"] = .string(title)
    head["seeds"] = .integers(seeds)
    return head.appending(settings)
  }

  /// Writes `result.json`, which says that the run is complete.
  func writeResult(
    _ findings: ConfigurationValue, command: String, in path: String
  ) throws {
    let head: ConfigurationValue = [
      "command": .string(command),
      "configuration": value,
      "version": .string(mixlabVersion),
      "seeds": .integers(seeds),
      "blas": blasValue,
    ]
    try JSONDocument(head.appending(findings))
      .write(to: path + "/result.json")
  }

  /// Makes or takes the folder, computes, and writes the manifest.
  ///
  /// - Parameter compute: Gives the wall times of its jobs in seconds.
  func recorded(
    in context: RunContext, _ compute: () throws -> [String: Double]
  ) throws {
    let path = context.path
    let isNew = !fileExists(path)
    // Before anything of another run is touched.
    var lock = isNew ? nil : try FolderLock(path)
    try RunFolder(path: path, configuration: value).prepare(
      context.existing, parts: Self.parts,
      isSame: { try $0.read(Self.init(reader:)) == self })
    if lock == nil { lock = try FolderLock(path) }
    defer { withExtendedLifetime(lock) {} }
    var manifest = Manifest(
      version: mixlabVersion, command: context.command,
      configurationIdentity: value.identity, seeds: seeds,
      threadCounts: ["jobs": context.threads],
      libraries: [
        "OpenBLAS": OpenBLAS.status.version + " " + OpenBLAS.status.kernel,
        "vector kernels": vectorInstructionSet,
      ])
    defer { context.progress.report(.finished) }
    do {
      manifest.wallTimes = try compute()
    } catch {
      if isNew, !(error is Interrupted) { removeRunWithoutResults(path) }
      throw error
    }
    manifest.ended = Date()
    try manifest.write(to: path + "/manifest.json")
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
  let experiment = try readConfiguration(
    ofRun: path, Experiment.init(reader:))
  return try type(of: experiment.base).report(path: path)
}

/// Reads the configuration in a run's folder.
///
/// - Throws: `ExperimentError.noRun` where the folder holds none.
func readConfiguration<Value>(
  ofRun path: String, _ read: (ConfigurationReader) throws -> Value
) throws -> Value {
  let file = path + "/configuration.yaml"
  guard fileExists(file) else { throw ExperimentError.noRun(folder: path) }
  return try ConfigurationDocument(file: file).read(read)
}
