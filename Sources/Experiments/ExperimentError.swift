public import ArrayFiles
public import FeatureLearning
public import Figures
public import ImageTrain
public import LinearAlgebra

/// What can go wrong with a whole experiment.
public enum ExperimentError: ExitStatusProviding, Equatable,
  CustomStringConvertible
{
  /// A base model makes too few errors to split them.
  case tooFewFailures(Int)
  /// A folder holds another run.
  case otherRun(folder: String, difference: String)
  /// Another process works in a folder.
  case folderInUse(String)
  /// A run in a comparison is of another kind.
  case otherKind(folder: String, kind: String)
  /// A folder holds a run without its last file.
  case incompleteRun(folder: String)
  /// A folder holds no run.
  case noRun(folder: String)
  /// A folder holds a run that is not finished.
  case unfinishedRun(folder: String, model: String, seed: Int)
  /// A folder holds a run of which a part diverged.
  case divergedRun(folder: String, model: String, seed: Int)
  /// A model's buffers exceed the machine's memory.
  case memory(model: String, needed: Double, available: UInt64)
  /// Two runs in a comparison are the same folder.
  case repeatedRun(folder: String)
  /// The images are not where a run looks for them.
  case noData(dataset: String, reason: String, option: String)
  /// A share of the images cannot be drawn as a setting asks.
  case share(key: String, reason: String)
  /// A network does not fit the data.
  case networkShape(file: String, expected: String, found: String)
  /// A training run ended early.
  case training(model: String, seed: Int, TrainingError, kept: String)
  /// A descent of the patch network ended early.
  case descent(method: String, seed: Int, FeatureLearningError)
  /// No preset has the name.
  case unknownPreset(String, nearest: String?, known: [String])

  /// One line: what was expected, what was found, what to do.
  public var description: String {
    switch self {
    case .tooFewFailures(let count):
      "the base model fails on \(count) test images: a split needs at least "
        + "2; use less training data or another teacher"
    case .otherRun(let folder, let difference):
      "\(folder): expected the run of this configuration, found another "
        + "(\(difference)); name another folder or replace it with --overwrite"
    case .folderInUse(let folder):
      "\(folder): another mixlab works in this folder; wait for its end or "
        + "name another one"
    case .otherKind(let folder, let kind):
      "\(folder): expected a run on images, found one of kind \(kind); such "
        + "runs have their comparisons in their own tables"
    case .incompleteRun(let folder):
      "\(folder): expected a finished run, found no result.json; finish it "
        + "with --resume or draw it again with 'mixlab plot'"
    case .noRun(let folder):
      "\(folder): expected a run's folder with configuration.yaml, found none"
    case .unfinishedRun(let folder, let model, let seed):
      "\(folder): expected a finished run, found no results of \(model), seed "
        + "\(seed); finish it with --resume"
    case .divergedRun(let folder, let model, let seed):
      "\(folder): expected a finished run, found that \(model), seed \(seed), "
        + "diverged; lower its learning rate and run it again"
    case .memory(let model, let needed, let available):
      "\(model): expected training to fit into the \(gigabytes(available)) of "
        + "this machine, found that its buffers take \(gigabytes(needed)); "
        + "use a smaller batch, another pairing or narrower layers"
    case .repeatedRun(let folder):
      "\(folder): expected different runs, found this one twice"
    case .noData(let dataset, let reason, let option):
      reason + "; give the folder as \(option)\(dataset):DIR"
        + (dataset == "fashion-mnist"
          ? ", where 'mixlab data fetch \(dataset) DIR' brings the files" : "")
    case .share(let key, let reason):
      "\(key): \(reason)"
    case .networkShape(let file, let expected, let found):
      "\(file): expected a network of \(expected), found \(found)"
    case .training(let model, let seed, let error, let kept):
      "\(model), seed \(seed): \(error); see \(kept)"
    case .descent(let method, let seed, let error):
      "\(method), seed \(seed): \(error)"
    case .unknownPreset(let name, let nearest, let known):
      "expected a file or a preset, found '\(name)'"
        + (nearest.map { "; did you mean '\($0)'?" } ?? "")
        + "; presets are \(known.joined(separator: ", "))"
    }
  }

  /// The status that the process ends with.
  public var exitStatus: ExitStatus {
    switch self {
    case .tooFewFailures, .otherRun, .networkShape, .share, .memory: .badData
    case .folderInUse: .cannotWrite
    case .otherKind: .badData
    case .noRun, .unfinishedRun, .incompleteRun, .divergedRun, .unknownPreset,
      .noData:
      .noInput
    case .repeatedRun: .usage
    case .training, .descent: .diverged
    }
  }
}

/// A number of bytes in words.
private func gigabytes(_ bytes: some BinaryInteger) -> String {
  gigabytes(Double(bytes))
}

private func gigabytes(_ bytes: Double) -> String {
  "\(fixed(bytes / 0x1p30, 1)) GiB"
}

extension LinearAlgebraError: ExitStatusProviding {
  /// A computation that has no finite answer.
  public var exitStatus: ExitStatus { .diverged }
}

extension FigureError: ExitStatusProviding {
  /// 69 where gnuplot is missing, 73 where nothing can be written, 66 where
  /// there is no script.
  public var exitStatus: ExitStatus {
    switch self {
    case .gnuplotMissing: .missingProgram
    case .cannotWrite: .cannotWrite
    case .noScript: .noInput
    case .gnuplot, .gnuplotTimedOut, .gnuplotNotStarted, .emptyFigure:
      .diverged
    }
  }
}
