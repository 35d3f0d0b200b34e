import Figures
import Foundation
import Testing

@testable import Experiments

@Suite("Runs side by side")
struct RunComparisonTests {
  private static let arms = """
    arms:
      - {name: plain, method: plain}
      - {name: mixup}
    """

  private func settings(
    _ seeds: String, _ arms: String = Self.arms
  ) throws -> ImageExperiment {
    try experiment(
      """
      name: a
      seeds: \(seeds)
      data: {fraction: 0.1}
      network: {hidden: [6]}
      training: {epochs: 2, batch-size: 64}
      \(arms)
      """)
  }

  @Test("models of one name are paired over common seeds, whatever their order")
  func pairing() throws {
    let folder = try TemporaryFolder()
    try run(settings("[0, 1, 2]"), in: folder.path("a"))
    try run(settings("[4, 2, 1]"), in: folder.path("b"))
    let comparison = try RunComparison(
      paths: [folder.path("a"), folder.path("b")])
    let models = try comparison.modelTable()
    #expect(
      models.rows.map(\.[0]) == ["a/plain", "a/mixup", "b/plain", "b/mixup"])
    #expect(models.rows.map { $0[$0.count - 1] } == ["3", "3", "3", "3"])
    let differences = try comparison.differenceTable()
    #expect(
      differences.rows.map(\.[0]) == [
        "a/plain − b/plain", "a/plain − b/plain", "a/mixup − b/mixup",
        "a/mixup − b/mixup",
      ])
    // The same seed gives the same run: paired rightly, nothing differs.
    for row in differences.rows {
      #expect(row[2] == "0.00 ± 0.00" || row[2] == "0.0000 ± 0.0000")
      #expect(row[4] == "2")
    }
  }

  @Test("two single arms are paired, runs without common seeds are not")
  func singleArms() throws {
    let folder = try TemporaryFolder()
    try run(
      settings("2", "arms: [{name: plain, method: plain}]"),
      in: folder.path("x/a"))
    try run(settings("2", "arms: [{name: mixup}]"), in: folder.path("y/a"))
    try run(settings("[7]", "arms: [{name: mixup}]"), in: folder.path("c"))
    let paths = ["x/a", "y/a", "c"].map(folder.path)
    let comparison = try RunComparison(paths: paths)
    // Folders of one name are told apart by their paths.
    #expect(
      try comparison.differenceTable().rows.map(\.[0])
        == Array(
          repeating: "\(paths[0])/plain − \(paths[1])/mixup", count: 2))
    try comparison.write(
      to: folder.path("out"), overwrite: false, formats: [.svg])
    let files = contents(of: folder.path("out"))
    for name in [
      "models.csv", "models.md", "differences.csv", "outcomes.svg",
      "outcomes.gp", "result.json",
    ] { #expect(files[name] != nil, "\(name)") }
    #expect(throws: ExperimentError.repeatedRun(folder: paths[0] + "/.")) {
      try RunComparison(paths: [paths[0], paths[0] + "/."])
    }
  }

  @Test("a folder that holds no finished run is refused by name")
  func refusals() throws {
    let folder = try TemporaryFolder()
    #expect(throws: ExperimentError.noRun(folder: folder.path(""))) {
      try RunComparison(paths: [folder.path("")])
    }
    let stop = StopAfter(epochs: 3)
    #expect(throws: Interrupted()) {
      try run(
        settings("2"), in: folder.path("a"), threads: 1, progress: stop,
        cancellation: stop.flag)
    }
    let error = try #require(throws: ExperimentError.self) {
      try RunComparison(paths: [folder.path("a")])
    }
    #expect(error.exitStatus == .noInput)
    #expect(error.description.contains("found no results of plain, seed 1"))
    try run(settings("1"), in: folder.path("b"))
    try FileManager.default.removeItem(atPath: folder.path("b/result.json"))
    #expect(throws: ExperimentError.incompleteRun(folder: folder.path("b"))) {
      try RunComparison(paths: [folder.path("b")])
    }
    try FileManager.default.createDirectory(
      atPath: folder.path("c"), withIntermediateDirectories: true)
    try Presets.document("quadratic").value.yaml.write(
      toFile: folder.path("c/configuration.yaml"), atomically: true,
      encoding: .utf8)
    #expect(
      throws: ExperimentError.otherKind(
        folder: folder.path("c"), kind: "random-feature")
    ) {
      try RunComparison(paths: [folder.path("c")])
    }
  }
}
