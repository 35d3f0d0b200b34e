import ArrayFiles
import FeatureLearning
import Foundation
import Testing

@testable import Experiments

@Suite("The search for methods that learn common and rare features")
struct FeatureSearchTests {
  private func experiment(
    _ changes: [String] = []
  ) throws -> FeatureSearchExperiment {
    var document = try ConfigurationDocument(
      text: """
        kind: feature-search
        name: small
        seeds: 2
        data: {samples: 12, patches: 3, dimension: 40, noise-square: 3}
        network: {width: 3, deviation: 0.05}
        training: {iterations: 60, learning-rate: 0.05}
        search: {candidates: 6, seeds: [1, 2], factor: 2}
        """, name: "small")
    try document.override(with: changes)
    return try document.read(FeatureSearchExperiment.init(reader:))
  }

  private func measure(
    _ experiment: FeatureSearchExperiment, in path: String,
    existing: RunFolder.Existing = .refuse, threads: Int = 1
  ) throws {
    try experiment.run(
      in: RunContext(
        path: path, threads: threads, existing: existing, command: []))
  }

  @Test("An experiment reads back from what it writes")
  func roundTrip() throws {
    let small = try experiment(["data.noise-square=0.7"])
    let again = try ConfigurationDocument(text: small.value.yaml, name: "again")
      .read(FeatureSearchExperiment.init(reader:))
    #expect(again == small)
  }

  @Test(
    "What cannot be searched is an error",
    arguments: [
      "data.rare-probability=1", "data.patches=1", "data.samples=11",
      "data.dimension=4", "data.dimension=5000000", "training.iterations=0",
      "search.seeds=[3, 1]", "search.seed=1", "search.factor=1",
      "search.candidates=0", "data.rho=0.1", "data.factors=[1, 2]",
      "training.record-every=10",
      "data.noise-energy=3",
    ])
  func errors(_ change: String) {
    #expect(throws: ConfigurationError.self) { try experiment([change]) }
  }

  @Test("A search ends with a front, and goes on to the same bytes")
  func run() throws {
    let folder = try TemporaryFolder()
    let small = try experiment()
    try measure(small, in: folder.path("a"), threads: 2)
    let report = try openReport(path: folder.path("a"))
    try report.writeTables()
    try report.writeResult(command: "test")
    #expect(try report.writeFigures(formats: [.svg]).count == 1)
    let text = try report.text()
    #expect(text.contains("early-stopped"))
    let files = ["search.csv", "methods.csv"]
    func bytes() throws -> [Data] {
      try files.map {
        try Data(contentsOf: URL(filePath: folder.path("a/\($0)")))
      }
    }
    let before = try bytes()
    for file in files + ["manifest.json", "methods/plain/seed-1"] {
      try FileManager.default.removeItem(atPath: folder.path("a/\(file)"))
    }
    #expect(throws: ExperimentError.self) {
      try openReport(path: folder.path("a"))
    }
    try measure(small, in: folder.path("a"), existing: .resume)
    #expect(try bytes() == before)
    // Two rungs: six candidates on one seed, three of them on two.
    let search = try CSVTable(file: folder.path("a/search.csv"))
    #expect(search.rows.count == 9)
  }

  @Test("What a method learns is the run's own record")
  func outcome() throws {
    let settings = try experiment().settings
    let plain = FeatureCandidate("plain", "", .plain)
    let found = try FeatureOutcome(of: plain, settings, seed: 3)
    #expect(found.common > found.rare && found.rare > 0)
    let bench = try PatchBench(settings, seed: 3)
    let run = try bench.run(.plain)
    let learning = PatchBench.learning(try #require(run.records.last))
    let scale = learning.rare.reduce(1, *).squareRoot()
    #expect(abs(found.rare - scale) < 8 * scale.ulp)
    #expect(
      found.accuracies == bench.tests.map { run.network.accuracy(on: $0) })
    let again = try FeatureOutcome(of: plain, settings, seed: 3)
    #expect(again == found)
    var steep = settings
    steep.learningRate = 1e4
    #expect(throws: FeatureLearningError.self) {
      try FeatureOutcome(of: plain, steep, seed: 3)
    }
    let flag = CancellationFlag()
    flag.raise()
    #expect(throws: Interrupted.self) {
      try FeatureOutcome(of: plain, settings, seed: 3, cancellation: flag)
    }
  }

  /// A loss of twice the weight is a step of twice the length.
  @Test("No drawn method takes longer steps than another")
  func weights() {
    let drawn = (0..<200).map {
      FeatureCandidate.drawn($0, iterations: 1000, seed: 5).method
    }
    for method in drawn {
      #expect(
        abs(method.plainWeight + method.mixedWeight - 1) <= .ulpOfOne)
    }
    #expect(drawn.contains { $0.plainWeight > 0 })
  }

  @Test("Drawn methods do not depend on how many are drawn")
  func draws() throws {
    let some = (0..<200).map {
      FeatureCandidate.drawn($0, iterations: 1000, seed: 5)
    }
    #expect(some[17] == FeatureCandidate.drawn(17, iterations: 1000, seed: 5))
    #expect(some[17] != FeatureCandidate.drawn(17, iterations: 1000, seed: 6))
    // Every kind of choice comes up: the rarest has chance 0.3/6, and 200
    // draws miss it with chance 0.95²⁰⁰ = 4e-5.
    for teacher in PatchMethodSettings.Teacher.allCases {
      #expect(some.contains { $0.teacher == teacher })
    }
    #expect(some.contains { $0.method.plainWeight > 0 })
    #expect(some.contains { $0.method.plainFrom != nil })
    #expect(some.contains { $0.method.guidance?.filter == .high })
    #expect(
      some.allSatisfy { ($0.teacher == nil) == ($0.method.guidance == nil) })
  }
}

@Suite("Successive halving over seeds")
struct SuccessiveHalvingTests {
  /// Candidate k is worth (k, 0): the last one is the best.
  @Test("Each rung measures survivors on new seeds alone, and keeps a share")
  func rungs() {
    let halving = SuccessiveHalving(seedCounts: [1, 3, 9], factor: 3)
    var asked: [[Int]] = []
    let rungs = halving.run(count: 9) { wanted in
      asked.append(wanted.map(\.seed))
      return wanted.map { [Double($0.candidate), 0] }
    }
    #expect(rungs.map(\.candidates) == [Array(0..<9), [6, 7, 8], [8]])
    #expect(rungs[2].survivors == [8])
    #expect(asked[0] == [Int](repeating: 0, count: 9))
    #expect(asked[1] == [1, 2, 1, 2, 1, 2])
    #expect(asked[2] == Array(3..<9))
  }

  @Test("A candidate that fails goes no further, wherever it stands")
  func failures() {
    let halving = SuccessiveHalving(seedCounts: [1, 2], factor: 2)
    let rungs = halving.run(count: 4) { wanted in
      wanted.map { place in
        place.candidate == 3 || (place.candidate == 2 && place.seed == 1)
          ? nil : [Double(place.candidate), 0]
      }
    }
    #expect(rungs[0].candidates == [0, 1, 2])
    #expect(rungs[1].candidates == [1])
    #expect(rungs[1].survivors == [1])
    #expect(halving.run(count: 3) { $0.map { _ in nil } }[0].survivors == [])
  }

  @Test("Means are those of the rung's seeds")
  func means() {
    let halving = SuccessiveHalving(seedCounts: [2, 4], factor: 2)
    let rungs = halving.run(count: 2) { wanted in
      wanted.map { [Double($0.seed), Double($0.candidate)] }
    }
    #expect(rungs[0].means == [[0.5, 0], [0.5, 1]])
    #expect(rungs[1].means == [[1.5, 1]])
  }
}
