import FeatureLearning
import Foundation
import LinearAlgebra
import RealModule
import Synthetic
import VectorMath

/// A search for training methods that learn both common and rare features.
///
/// Random methods go through `SuccessiveHalving` on some seeds; those at its end
/// and all methods of the slides are then measured on fresh seeds, so that
/// having been selected flatters nobody.
public struct FeatureSearchExperiment: Sendable, Equatable {
  /// Name of the experiment, usable as a folder's name.
  public var name: String
  /// One line about it, for tables and figures.
  public var title: String
  /// Root seeds of the comparison at the end.
  public var seeds: [Int]
  /// Data and training.
  var problem: FeatureProblem
  /// Number of methods drawn.
  var candidates: Int
  /// Seeds of the search are those from here on; apart from `seeds`.
  var searchSeed: Int
  /// How candidates are sorted out.
  var halving: SuccessiveHalving

  /// The methods drawn.
  func candidate(_ index: Int) -> FeatureCandidate {
    .drawn(
      index, iterations: problem.iterations, seed: UInt64(searchSeed))
  }

  /// The method that winners are compared with.
  static let reference = "early-stopped"
}

extension FeatureSearchExperiment {
  /// Reads an experiment; every key that is not understood is an error.
  public init(reader: ConfigurationReader) throws {
    _ = try reader["kind"]?.choice(of: Experiment.Kind.self)
    name = try reader.folderName("name")
    title = try reader["title"]?.string() ?? name
    seeds = try reader.seeds("seeds", default: 10)
    problem = try FeatureProblem(reader: reader)
    let search = try reader["search"]
    candidates =
      try search?["candidates"]?.int(in: .within(1...100_000)) ?? 54
    searchSeed =
      try search?["seed"]?.int(in: .within(0...1_000_000_000)) ?? 1_000_000
    let counts =
      try search?["seeds"]?.ints(in: .within(1...1000), count: .atLeast(1))
      ?? [1, 3, 9]
    guard zip(counts, counts.dropFirst()).allSatisfy({ $0 < $1 }) else {
      throw try reader.required("search").required("seeds").error(
        "expected ascending numbers, found \(counts)")
    }
    halving = SuccessiveHalving(
      seedCounts: counts,
      factor: try search?["factor"]?.int(in: .within(2...100)) ?? 3)
    let used = searchSeed..<searchSeed + (counts.last ?? 1)
    if let both = seeds.first(where: used.contains) {
      throw try reader.required("search").error(
        "seed \(both) would both select and judge; expected seeds apart from "
          + "\(used)")
    }
  }

  /// The experiment with every default written out.
  public var value: ConfigurationValue {
    var value: ConfigurationValue = [
      "kind": "feature-search",
      "name": .string(name),
      "title": .string(title),
      "seeds": .integers(seeds),
    ]
    for (key, part) in problem.values { value[key] = part }
    value["search"] = [
      "candidates": .int(candidates),
      "seed": .int(searchSeed),
      "seeds": .integers(halving.seedCounts),
      "factor": .int(halving.factor),
    ]
    return value
  }
}

/// Runs a search into a folder.
///
///     configuration.yaml                 everything resolved
///     methods/NAME/seed-N/outcome.csv    what a method learned
///     search.csv, methods.csv            rungs, and the comparison at the end
///     tables/*, figures/*                what they say
///     manifest.json, result.json         provenance; the end
struct FeatureSearchRun: Sendable {
  let experiment: FeatureSearchExperiment
  let path: String
  let threads: Int
  let progress: any ProgressReporter
  let cancellation: CancellationFlag

  private struct Place: Hashable, Sendable {
    let name: String
    let seed: Int
  }

  private enum Job: Hashable, Sendable {
    case teacher(FeatureCandidate.Teacher, seed: Int)
    case method(Place)
  }

  private enum JobResult: Sendable {
    case teacher(PatchNetwork)
    /// nil where descent diverged.
    case outcome(FeatureProblem.Outcome?)
  }

  func measure(existing: RunFolder.Existing, command: [String]) throws {
    try RunFolder(path: path, configuration: experiment.value)
      .prepare(
        existing, parts: ["methods", "tables", "figures"],
        isSame: {
          try $0.read(FeatureSearchExperiment.init(reader:)) == experiment
        })
    var manifest = Manifest(
      version: mixlabVersion, command: command,
      configurationIdentity: experiment.value.identity,
      seeds: experiment.seeds, threadCounts: ["jobs": threads],
      libraries: [
        "OpenBLAS": OpenBLAS.status.version + " " + OpenBLAS.status.kernel,
        "vector kernels": vectorInstructionSet,
      ])
    defer { progress.report(.finished) }
    var number = 0
    let rungs = try experiment.halving.run(count: experiment.candidates) {
      wanted in
      number += 1
      let candidates = wanted.map {
        (
          experiment.candidate($0.candidate), experiment.searchSeed + $0.seed
        )
      }
      return try outcomes(candidates, stage: "rung \(number)").map {
        $0.map { [Double.log($0.common), Double.log($0.rare)] }
      }
    }
    var search = CSVTable(header: [
      "rung", "seeds", "candidate", "summary", "common", "rare", "goesOn",
    ])
    for (k, rung) in rungs.enumerated() {
      for (index, mean) in zip(rung.candidates, rung.means) {
        let candidate = experiment.candidate(index)
        search.append([
          .int(k + 1), .int(experiment.halving.seedCounts[k]),
          .text(candidate.name), .text(candidate.summary),
          .double(.exp(mean[0])), .double(.exp(mean[1])),
          .int(rung.survivors.contains(index) ? 1 : 0),
        ])
      }
    }
    let winners = (rungs.last?.survivors ?? []).map(experiment.candidate)
    let slides = FeatureCandidate.slides(
      iterations: experiment.problem.iterations)
    let pairs = (slides + winners).flatMap { method in
      experiment.seeds.map { (method, $0) }
    }
    let found = try outcomes(pairs, stage: "fresh seeds")
    var methods = CSVTable(header: [
      "method", "summary", "origin", "seed", "common", "rare",
    ])
    for ((method, seed), outcome) in zip(pairs, found) {
      methods.append([
        .text(method.name), .text(method.summary),
        .text(winners.contains(method) ? "search" : "slides"), .int(seed),
        .double(outcome?.common ?? .nan), .double(outcome?.rare ?? .nan),
      ])
    }
    try search.write(to: path + "/search.csv")
    try methods.write(to: path + "/methods.csv")
    manifest.ended = Date()
    try manifest.write(to: path + "/manifest.json")
  }

  /// What methods learned on seeds, in order; from files where an earlier run
  /// of the same identity has left them.
  private func outcomes(
    _ wanted: [(method: FeatureCandidate, seed: Int)], stage: String
  ) throws -> [FeatureProblem.Outcome?] {
    let identity = runIdentity(experiment.value, contents: [])
    let problem = experiment.problem
    var graph = JobGraph<Job, JobResult>()
    progress.report(.began(job: stage, step: 0, total: wanted.count))
    let done = Counter()
    for (method, seed) in wanted {
      let folder = "\(path)/methods/\(method.name)/seed-\(seed)"
      let mark = folder + "/complete.txt"
      let isDone = try fileExists(mark) && TextFile.read(mark) == identity
      var needed: [Job] = []
      if let kind = method.teacher, !isDone {
        let teacher = Job.teacher(kind, seed: seed)
        if !graph.keys.contains(teacher) {
          graph.add(teacher) { _ in
            .teacher(try problem.teacher(kind, seed: seed))
          }
        }
        needed = [teacher]
      }
      let dependencies = needed
      graph.add(
        .method(Place(name: method.name, seed: seed)), after: dependencies
      ) { scope in
        var teacher: PatchNetwork?
        if let job = dependencies.first, case .teacher(let network) = scope[job]
        {
          teacher = network
        }
        try complete(folder, identity: identity) {
          [
            (
              "outcome",
              try Self.table(
                problem, method, teacher, seed, scope.cancellation)
            )
          ]
        }
        progress.report(.advanced(job: stage, step: done.next(), loss: nil))
        let file = folder + "/outcome.csv"
        let table = try CSVTable(file: file)
        let common = try table.numbers("common", of: file)[0]
        let rare = try table.numbers("rare", of: file)[0]
        return .outcome(
          common > 0 && rare > 0 ? .init(common: common, rare: rare) : nil)
      }
    }
    let results = try graph.run(workers: threads, cancellation: cancellation)
    progress.report(.ended(job: stage))
    return wanted.map { method, seed in
      guard
        case .outcome(let found) = results[
          .method(Place(name: method.name, seed: seed))]
      else { return nil }
      return found
    }
  }

  /// A row with what was learned, or NaN where descent diverged.
  private static func table(
    _ problem: FeatureProblem, _ method: FeatureCandidate,
    _ teacher: PatchNetwork?, _ seed: Int, _ cancellation: CancellationFlag
  ) throws -> CSVTable {
    var table = CSVTable(header: ["common", "rare", "failure"])
    do {
      let found = try problem.outcome(
        of: method, teacher: teacher, seed: seed, cancellation: cancellation)
      table.append([.double(found.common), .double(found.rare), .text("")])
    } catch let error as FeatureLearningError {
      table.append([.double(.nan), .double(.nan), .text(error.description)])
    }
    return table
  }
}
