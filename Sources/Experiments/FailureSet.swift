public import ArrayFiles
import ImageData
public import ImageTrain
import Randomness

/// Which test samples a user counts as failures.
public enum FailureSelection: Sendable, Equatable {
  /// All that the network classifies wrong.
  case wrong
  /// Those of a class.
  case label(Int)
  /// Those of a class that are taken for another.
  case confusion(label: Int, predicted: Int)
  /// Those of a list, all of which must be wrong.
  ///
  /// The indices are checked: of test samples, each once.
  case list([Int], file: String)

  var text: String {
    switch self {
    case .wrong: "wrong test samples"
    case .label(let label): "wrong test samples of class \(label)"
    case .confusion(let label, let predicted):
      "test samples of class \(label) that are taken for \(predicted)"
    case .list(_, let file): "samples of \(file)"
    }
  }
}

/// The failures of a network on test samples: a half that finds causes and a
/// half that judges, which never overlap.
///
/// - Source: Tanno et al. 2022 (arXiv:2207.04806), the protocol of query and
///   holdout failures.
struct FailureSet: Sendable, Equatable {
  /// Failures that find causes, ascending.
  let queries: [Int]
  /// Failures that judge, ascending.
  let holdout: [Int]
  /// Test samples that the network classifies right, ascending.
  let right: [Int]
  /// Wrong test samples that are no failures by the selection, ascending.
  let others: [Int]

  /// The fewest failures that judge: of 4, no success leaves an upper end of
  /// 49 % (Wilson, 95 %); of fewer, one half cannot be told from none.
  static let smallestHoldout = 4

  /// Selects the failures and splits them by class.
  ///
  /// - Parameters:
  ///   - predicted: The class that the network gives each test sample.
  ///   - labels: The true classes.
  /// - Throws: `FailureError`.
  init(
    _ selection: FailureSelection, predicted: [Int32], labels: [Int32],
    stream: inout RandomStream
  ) throws {
    let wrong = labels.indices.filter { predicted[$0] != labels[$0] }
    right = labels.indices.filter { predicted[$0] == labels[$0] }
    let chosen: [Int]
    switch selection {
    case .wrong: chosen = wrong
    case .label(let label):
      chosen = wrong.filter { labels[$0] == label }
    case .confusion(let label, let other):
      chosen = wrong.filter { labels[$0] == label && predicted[$0] == other }
    case .list(let list, let file):
      if let index = list.first(where: { predicted[$0] == labels[$0] }) {
        throw FailureError.notWrong(file: file, index: index)
      }
      chosen = list.sorted()
    }
    let selected = Set(chosen)
    others = wrong.filter { !selected.contains($0) }
    guard !chosen.isEmpty else {
      throw FailureError.none(selection.text, count: labels.count)
    }
    let half = chosen.count / 2
    guard chosen.count - half >= Self.smallestHoldout else {
      throw FailureError.tooFew(selection.text, count: chosen.count)
    }
    let part = Set(
      try Stratified.split(
        chosen.map { labels[$0] }, counts: [half], using: &stream)[0])
    queries = chosen.indices.filter(part.contains).map { chosen[$0] }
    holdout = chosen.indices.filter { !part.contains($0) }.map { chosen[$0] }
  }
}

extension FailureSet {
  /// The two halves by the names of their files.
  var halves: [(name: String, indices: [Int])] {
    [("queries.npy", queries), ("holdout.npy", holdout)]
  }

  func write(to folder: OutputFolder) throws(FileError) {
    for (name, indices) in halves {
      try folder.write(
        ShapedArray(shape: [indices.count], values: indices), as: name)
    }
  }
}

/// Why test samples make no failure set.
enum FailureError: ExitStatusProviding, Equatable, CustomStringConvertible {
  /// There is no failure.
  case none(String, count: Int)
  /// There are too few to judge by half of them.
  case tooFew(String, count: Int)
  /// There is no such class.
  case noClass(option: String, label: Int, count: Int)
  /// Causes were found by other failures than those that are to judge.
  case otherSplit(file: String, seed: Int)
  /// A list names a sample that is classified right.
  case notWrong(file: String, index: Int)
  /// Steps by the damped curvature are too long to be taken.
  case damping(Double, found: String)
  /// The damped curvature holds the weights where they are.
  case strongDamping(Double)

  /// Throws where an ascent took no step: it values nothing.
  static func requireSteps(
    _ ascent: WeightConsolidation.Ascent, _ damping: Double
  ) throws(FailureError) {
    guard ascent.steps == 0 else { return }
    if ascent.hasConverged { throw .strongDamping(damping) }
    throw .damping(damping, found: "that no step raises the objective")
  }

  var description: String {
    switch self {
    case .none(let what, let count):
      "the model has no failures: expected \(what), found none among "
        + "\(count) test samples; give other test samples or failures"
    case .tooFew(let what, let count):
      "the holdout is too small to judge: expected at least "
        + "\(2 * FailureSet.smallestHoldout - 1) \(what), found \(count); half "
        + "of them must judge; give more test samples or other failures"
    case .noClass(let option, let label, let count):
      "\(option): expected a class in 0 ..< \(count), found \(label)"
    case .otherSplit(let file, let seed):
      "\(file): expected the failures that found these causes, in queries.npy "
        + "and holdout.npy beside it, found that --seed \(seed) and the "
        + "failures asked for make another split; give the files, the seed "
        + "and the failures that 'mixlab causes' was given"
    case .notWrong(let file, let index):
      "\(file): expected samples that the model gets wrong, found \(index), "
        + "which it gets right; leave it out"
    case .damping(let damping, let found):
      "--damping \(damping): expected a prior precision that steps can be "
        + "taken with, found \(found); raise it"
    case .strongDamping(let damping):
      "--damping \(damping): expected a prior precision that lets the failures "
        + "move the weights, found one under which no step is worth taking; "
        + "lower it"
    }
  }

  var exitStatus: ExitStatus { .badData }
}

extension CurvatureError: ExitStatusProviding {
  /// The status that the process ends with.
  public var exitStatus: ExitStatus { .badData }
}
