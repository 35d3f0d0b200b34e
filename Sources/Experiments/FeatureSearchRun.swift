import FeatureLearning
import ImageData
import RealModule

/// Runs a search into a folder.
///
///     configuration.yaml                 everything resolved
///     methods/NAME/seed-N/outcome.csv    what a method learned
///     search.csv, methods.csv            rungs, and the comparison at the end
///     tables/*, figures/*                what they say
///     manifest.json, result.json         provenance; the end
struct FeatureSearchRun: Sendable {
  let experiment: FeatureSearchExperiment
  let context: RunContext

  private struct Place: Hashable, Sendable {
    let name: String
    let seed: Int
  }

  func measure() throws {
    let images = try experiment.settings.images?.loadedForRun()
    try experiment.recorded(in: context) {
      try search(images)
      return [:]
    }
  }

  private func search(_ images: ImageDataset?) throws {
    var number = 0
    let rungs = try experiment.halving.run(count: experiment.candidates) {
      wanted in
      number += 1
      let candidates = wanted.map {
        (
          experiment.candidate($0.candidate), experiment.searchSeed + $0.seed
        )
      }
      return try outcomes(candidates, images, stage: "rung \(number)").map {
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
      iterations: experiment.settings.iterations)
    let pairs = (slides + winners).flatMap { method in
      experiment.seeds.map { (method, $0) }
    }
    let found = try outcomes(pairs, images, stage: "fresh seeds")
    var methods = CSVTable(header: [
      "method", "summary", "origin", "seed", "common", "rare", "test",
      "commonTest", "rareTest",
    ])
    for ((method, seed), outcome) in zip(pairs, found) {
      methods.append(
        [
          .text(method.name), .text(method.summary),
          .text(winners.contains(method) ? "search" : "slides"), .int(seed),
          .double(outcome?.common ?? .nan), .double(outcome?.rare ?? .nan),
        ] + (outcome?.accuracies ?? [.nan, .nan, .nan]).map { .double($0) })
    }
    try search.write(to: context.path + "/search.csv")
    try methods.write(to: context.path + "/methods.csv")
  }

  /// What methods learned on seeds, in order, nil where descent diverged; from
  /// files where an earlier run of the same identity has left them.
  private func outcomes(
    _ wanted: [(method: FeatureCandidate, seed: Int)], _ images: ImageDataset?,
    stage: String
  ) throws -> [FeatureOutcome?] {
    let identity = runIdentity(
      experiment.value, contents: images.map { [$0.checksum] } ?? [])
    var graph = JobGraph<Place, FeatureOutcome?>()
    context.progress.report(
      .began(job: stage, step: 0, total: wanted.count))
    let done = Counter()
    for (method, seed) in wanted {
      graph.add(Place(name: method.name, seed: seed)) { scope in
        let folder = "\(context.path)/methods/\(method.name)/seed-\(seed)"
        try complete(folder, identity: identity) {
          let table = try FeatureOutcome.table {
            try FeatureOutcome(
              of: method, experiment.settings, seed: seed, images: images,
              cancellation: scope.cancellation)
          }
          return [("outcome", table)]
        }
        context.progress.report(
          .advanced(job: stage, step: done.next(), loss: nil))
        return try FeatureOutcome(file: folder + "/outcome.csv")
      }
    }
    let results = try graph.run(
      workers: context.threads, cancellation: context.cancellation)
    context.progress.report(.ended(job: stage))
    return wanted.map {
      results[Place(name: $0.method.name, seed: $0.seed)] ?? nil
    }
  }
}

/// What a method has learned at the end of its budget.
struct FeatureOutcome: Sendable, Equatable {
  /// The geometric mean over the classes of Σ_r ⟨w_{k,r}, f⟩², f the common
  /// feature of class k.
  var common: Double
  /// The same of the rare feature.
  var rare: Double
  /// Accuracy on mixed, common-only and rare-only test samples.
  var accuracies: [Double]
}

extension FeatureOutcome {
  /// Trains a method on the draws of a seed.
  ///
  /// - Throws: `FeatureLearningError` where descent diverges; `Interrupted`.
  init(
    of candidate: FeatureCandidate, _ settings: PatchSettings, seed: Int,
    images: ImageDataset? = nil,
    cancellation: CancellationFlag = CancellationFlag()
  ) throws {
    let bench = try PatchBench(
      settings, seed: seed, images: images, cancellation: cancellation)
    let teacher = try candidate.teacher.map {
      try bench.teacher($0, of: candidate.method)
    }
    let outcome = try bench.run(
      candidate.method, teachers: teacher.map { [$0] } ?? [])
    guard let last = outcome.records.last else {
      preconditionFailure("a run records its last iterate")
    }
    func mean(_ values: [Double]) -> Double {
      .exp(values.reduce(0) { $0 + .log($1) } / Double(values.count))
    }
    let learning = PatchBench.learning(last)
    common = mean(learning.common)
    rare = mean(learning.rare)
    accuracies = bench.tests.map { outcome.network.accuracy(on: $0) }
  }

  private static let names = [
    "common", "rare", "test", "commonTest", "rareTest",
  ]

  /// A row with what was learned, or NaN where descent diverged.
  static func table(_ find: () throws -> FeatureOutcome) throws -> CSVTable {
    var table = CSVTable(header: names + ["failure"])
    do {
      let found = try find()
      table.append(
        ([found.common, found.rare] + found.accuracies).map { .double($0) }
          + [.text("")])
    } catch let error as FeatureLearningError {
      table.append(
        names.map { _ in .double(.nan) } + [.text(error.description)])
    }
    return table
  }

  /// Reads what `table` has written.
  ///
  /// - Returns: nil where descent diverged.
  init?(file: String) throws {
    let table = try CSVTable(file: file)
    let values = try Self.names.map { try table.numbers($0, of: file)[0] }
    guard values[0] > 0, values[1] > 0 else { return nil }
    common = values[0]
    rare = values[1]
    accuracies = Array(values[2...])
  }
}
