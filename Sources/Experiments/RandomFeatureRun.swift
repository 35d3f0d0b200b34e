import Synchronization

/// Runs a random-feature experiment into a folder.
///
///     configuration.yaml              everything resolved
///     problems/NAME/seed-N/*.csv      what was measured
///     label-noise/seed-N/*.csv        wrong labels of mixed samples
///     tables/*.csv, tables/*.md       what the tables say
///     figures/*                       scripts, data, drawings
///     manifest.json                   provenance and times
///     result.json                     last: the run is complete
struct RandomFeatureRun: Sendable {
  let experiment: RandomFeatureExperiment
  let context: RunContext

  private enum Job: Hashable, Sendable {
    case target(String)
    case measurement(String, seed: Int)
    case labelNoise(seed: Int)
  }

  private enum JobResult: Sendable {
    case target(ImageTarget?)
    case seconds(Double)
  }

  /// Measures all problems for all seeds, several at once on a thread each.
  ///
  /// - Throws: Errors of data and disk; `Interrupted`.
  func measure() throws {
    try experiment.recorded(in: context) {
      var times: [String: Double] = [:]
      let results = try jobs().run(
        workers: context.threads, cancellation: context.cancellation)
      for case (.measurement(let name, let seed), .seconds(let seconds))
        in results
      {
        times["\(name)/\(seed)"] = seconds
      }
      return times
    }
  }

  static func folder(_ path: String, _ problem: String, seed: Int) -> String {
    "\(path)/problems/\(problem)/seed-\(seed)"
  }

  static func labelNoiseFolder(_ path: String, seed: Int) -> String {
    "\(path)/label-noise/seed-\(seed)"
  }

  /// What results depend on: results of another identity are not taken over.
  private func identity(_ images: ImageTarget?) -> String {
    runIdentity(experiment.value, contents: [images?.checksum ?? "none"])
  }

  private func jobs() -> JobGraph<Job, JobResult> {
    var graph = JobGraph<Job, JobResult>()
    for problem in experiment.problems {
      graph.add(.target(problem.name)) { _ in
        guard
          case .images(let source, let classIndex, let epochs) = problem.source
        else { return .target(nil) }
        return .target(
          try ImageTarget(
            source, classIndex: classIndex, epochs: epochs,
            problem: problem.name))
      }
    }
    // Behind all targets, so that missing data end a run at its beginning.
    for problem in experiment.problems {
      context.progress.report(
        .began(job: problem.name, step: 0, total: experiment.seeds.count))
      let done = Counter()
      for seed in experiment.seeds {
        graph.add(
          .measurement(problem.name, seed: seed), after: [.target(problem.name)]
        ) { scope in
          guard case .target(let images) = scope[.target(problem.name)] else {
            preconditionFailure("a target job gives a target")
          }
          let start = ContinuousClock.now
          try measure(problem, seed: seed, images)
          context.progress.report(
            .advanced(job: problem.name, step: done.next(), loss: nil))
          return .seconds((ContinuousClock.now - start) / .seconds(1))
        }
      }
    }
    for seed in experiment.seeds {
      graph.add(.labelNoise(seed: seed)) { _ in
        let start = ContinuousClock.now
        try complete(
          Self.labelNoiseFolder(context.path, seed: seed),
          identity: identity(nil)
        ) {
          [
            (
              "label-noise",
              LabelNoiseMeasurement(
                experiment.labelNoise, law: experiment.law, seed: seed
              ).table
            )
          ]
        }
        return .seconds((ContinuousClock.now - start) / .seconds(1))
      }
    }
    return graph
  }

  private func measure(
    _ problem: RegressionProblemSettings, seed: Int, _ images: ImageTarget?
  ) throws {
    try complete(
      Self.folder(context.path, problem.name, seed: seed),
      identity: identity(images)
    ) {
      try RegressionMeasurement(
        RegressionProblem(problem, seed: seed, images: images), experiment,
        name: problem.name, seed: seed
      ).tables
    }
  }
}

/// Counts what several threads have done.
final class Counter: Sendable {
  private let count = Mutex(0)

  func next() -> Int {
    count.withLock {
      $0 += 1
      return $0
    }
  }
}

extension RandomFeatureExperiment: RunnableExperiment {
  static var progressUnit: String { "seeds" }
  static var parts: [String] {
    ["problems", "label-noise", "tables", "figures"]
  }

  func run(in context: RunContext) throws {
    try RandomFeatureRun(experiment: self, context: context).measure()
  }

  static func report(path: String) throws -> any RunReport {
    try RandomFeatureReport(path: path)
  }
}
