import ArrayFiles
import Foundation
import ImageTrain
import LinearAlgebra
import Networks
import Randomness
import Valuation
import VectorMath

/// Runs an image experiment into a folder.
///
///     configuration.yaml             everything resolved
///     teachers/NAME/seed-N/…         see `ModelFolder`
///     arms/NAME/seed-N/…
///     tables/*.csv, tables/*.md      what the tables say
///     figures/*                      scripts, data, drawings
///     manifest.json                  provenance and times
///     result.json                    last: the run is complete
struct ImageExperimentRun: Sendable {
  let experiment: ImageExperiment
  let context: RunContext

  private enum Job: Hashable, Sendable {
    case failures(seed: Int)
    case model(String, seed: Int)
  }

  private enum JobResult: Sendable {
    case judges(Judges)
    case outcome(ModelOutcome)
  }

  /// Trains all models of all seeds; tables and figures are made from the
  /// folder afterwards (`ImageReport`).
  ///
  /// - Throws: Errors of data, disk and training; `Interrupted`.
  func train() throws {
    let images = try PreparedImages(experiment.data)
    try experiment.checkMemory(images)
    let files = try experiment.readTeacherFiles(images)
    let identity = runIdentity(
      experiment.value, contents: [images.checksum] + files.map(\.checksum))
    try experiment.recorded(in: context) {
      _ = try jobs(images, files, identity).run(
        workers: context.threads, cancellation: context.cancellation,
        goingOnAfter: {
          if case ExperimentError.training = $0 { true } else { false }
        })
      var times: [String: Double] = [:]
      for model in experiment.models where model.file == nil {
        for seed in experiment.seeds {
          times["\(model.name)/\(seed)"] =
            try folder(model, seed: seed).readSeconds()
        }
      }
      return times
    }
  }

  private func folder(_ model: ModelSettings, seed: Int) -> ModelFolder {
    experiment.folder(of: model, seed: seed, in: context.path)
  }

  // MARK: - Jobs

  /// Teachers and arms of all seeds.
  ///
  /// Where a model needs others, it comes after them; several jobs run side by
  /// side with one thread each.
  private func jobs(
    _ images: PreparedImages, _ files: [TeacherFile], _ identity: String
  ) -> JobGraph<Job, JobResult> {
    var graph = JobGraph<Job, JobResult>()
    let modelCount = experiment.models.count * experiment.seeds.count
    let threadsPerJob = modelCount == 1 ? context.threads : 1
    let teachers = Set(experiment.models.compactMap(\.teacher))
    let replayed = Set(experiment.models.compactMap(\.replays))
    for seed in experiment.seeds {
      if let base = experiment.teachers.first(where: {
        $0.trainingSet == .split
      }) {
        graph.add(.failures(seed: seed)) { scope in
          .judges(
            try findFailures(
              base, seed: seed, images, identity, threadsPerJob,
              scope.cancellation))
        }
      }
    }
    for model in experiment.models {
      for seed in experiment.seeds {
        if let file = files.first(where: { $0.model == model.name }) {
          graph.add(.model(model.name, seed: seed)) { _ in
            .outcome(ModelOutcome(network: file.network))
          }
          continue
        }
        let names = Set(
          [model.teacher, model.replays, model.budget?.arm].compactMap { $0 })
        var dependencies = names.map { Job.model($0, seed: seed) }
        if experiment.splitsFailures {
          dependencies.append(.failures(seed: seed))
        }
        graph.add(.model(model.name, seed: seed), after: dependencies) {
          scope in
          var needed: [String: ModelOutcome] = [:]
          for name in names {
            if case .outcome(let outcome) = scope[.model(name, seed: seed)] {
              needed[name] = outcome
            }
          }
          var judges = Judges(test: images.test)
          if experiment.splitsFailures,
            case .judges(let split) = scope[.failures(seed: seed)]
          {
            judges = split
          }
          var outcome = try run(
            model, seed: seed, images, judges, needed, identity,
            threadsPerJob, scope.cancellation
          ).run()
          // Outcomes live as long as the run: keep what others will ask for.
          if !teachers.contains(model.name) { outcome.networks = [] }
          if !replayed.contains(model.name) { outcome.trace = FilterTrace() }
          return .outcome(outcome)
        }
      }
    }
    return graph
  }

  private func run(
    _ model: ModelSettings, seed: Int, _ images: PreparedImages,
    _ judges: Judges, _ needed: [String: ModelOutcome], _ identity: String,
    _ threads: Int, _ cancellation: CancellationFlag
  ) -> ModelRun {
    ModelRun(
      experiment: experiment, model: model, seed: seed,
      isTeacher: experiment.teachers.contains { $0.name == model.name },
      images: images, judges: judges, needed: needed,
      folder: folder(model, seed: seed), identity: identity, threads: threads,
      progress: context.progress, cancellation: cancellation)
  }

  /// Trains the base model on the training set alone and splits what it gets
  /// wrong on the test images.
  private func findFailures(
    _ base: ModelSettings, seed: Int, _ images: PreparedImages,
    _ identity: String, _ threads: Int, _ cancellation: CancellationFlag
  ) throws -> Judges {
    var model = base
    model.name = "\(base.name) base"
    model.trainingSet = .train
    model.count = 1
    let trained = try ModelRun(
      experiment: experiment, model: model, seed: seed, isTeacher: true,
      images: images, judges: Judges(test: images.test), needed: [:],
      folder: ModelFolder(
        path: "\(context.path)/teachers/\(base.name)/base-seed-\(seed)"),
      identity: identity, threads: threads, progress: context.progress,
      cancellation: cancellation
    ).run()
    let network = trained.networks[0]
    let test = LabelledImages<Double>(
      pixels: images.standardisation?.applied(to: images.test)
        ?? images.test.scaled(), labels: images.test.labels,
      classCount: images.test.classNames.count)
    let evaluation = Evaluator(
      images: test, shape: network.shape, team: ThreadTeam(size: threads)
    ).evaluate(network)
    var stream = RandomStream(
      rootSeed: UInt64(seed), name: "failure-split")
    return try Judges(
      test: images.test, isCorrect: evaluation.isCorrect, stream: &stream)
  }
}

extension ImageExperiment: RunnableExperiment {
  static var progressUnit: String { "epochs" }
  static var parts: [String] { ["arms", "teachers", "tables", "figures"] }

  func run(in context: RunContext) throws {
    try ImageExperimentRun(experiment: self, context: context).train()
  }

  /// The folder of a model and seed in a run's folder.
  func folder(
    of model: ModelSettings, seed: Int, in path: String
  ) -> ModelFolder {
    let isTeacher = teachers.contains { $0.name == model.name }
    return ModelFolder(
      path: "\(path)/\(isTeacher ? "teachers" : "arms")/\(model.name)"
        + "/seed-\(seed)")
  }

  static func report(path: String) throws -> any RunReport {
    try ImageReport(path: path)
  }
}

/// The suite's version.
public let mixlabVersion = "0.1.0"

/// The version of the numbers: raised with every change that can move a bit of
/// some result, so that a resumed run does not mix results of two programs.
public let numericsVersion = 9

/// What stored results were computed from and with, as one line: results of
/// another identity are not taken over.
///
/// - Parameter contents: Digests of the data that the configuration names.
func runIdentity(
  _ configuration: ConfigurationValue, contents: [String]
) -> String {
  ([
    mixlabVersion, "numerics \(numericsVersion)", configuration.identity,
    OpenBLAS.status.version, OpenBLAS.status.kernel, vectorInstructionSet,
  ] + contents).joined(separator: " ") + "\n"
}

extension ConfigurationValue {
  /// The first place where two values differ, in words.
  func firstDifference(
    from other: ConfigurationValue, at path: String = ""
  ) -> String? {
    if self == other { return nil }
    if let mine = entries, let theirs = other.entries {
      for entry in theirs {
        let place = path.isEmpty ? entry.key : "\(path).\(entry.key)"
        guard let value = mine.first(where: { $0.key == entry.key })?.value
        else { return "\(place) is not in it" }
        if let found = value.firstDifference(from: entry.value, at: place) {
          return found
        }
      }
      return "more keys at \(path)"
    }
    if let mine = elements, let theirs = other.elements,
      mine.count == theirs.count
    {
      for (k, (a, b)) in zip(mine, theirs).enumerated() {
        if let found = a.firstDifference(from: b, at: "\(path)[\(k)]") {
          return found
        }
      }
    }
    return path
  }
}
