import ArrayFiles
import Foundation
import LinearAlgebra
import Testing

@testable import Experiments

private let smallExpansion = """
  kind: expansion
  name: small
  seeds: 2
  data: {source: digits, fraction: 0.05}
  network: {hidden: [8], activations: [tanh, relu]}
  training: {epochs: 3, batch-size: 32}
  expansion: {images: 12, epochs: [0, 1, 3]}
  """

private let smallComplexity = """
  kind: complexity
  name: small
  seeds: 3
  complexity: {dimension: 12, samples: 30, ranks: [1, 3], sign-draws: 20}
  regulariser: {samples: 12, concentrations: [0.5, 4], weights: [0.6]}
  """

private func study<Study: SeedExperiment>(
  _ text: String, _ settings: [String] = [], _: Study.Type = Study.self
) throws -> Study {
  var document = try ConfigurationDocument(text: text, name: "a.yaml")
  try document.override(with: settings)
  return try document.read(Study.init(reader:))
}

private func measure<Study: SeedExperiment>(
  _ experiment: Study, in path: String, threads: Int = 2,
  existing: RunFolder.Existing = .refuse
) throws -> SeedReport<Study> {
  try experiment.run(
    in: RunContext(
      path: path, threads: threads, existing: existing, command: ["test"]))
  let report = try SeedReport<Study>(path: path)
  try report.writeTables()
  try report.writeFigures(formats: [])
  try report.writeResult(command: "run")
  return report
}

@Suite("Experiments that measure each seed into tables")
struct SeedExperimentTests {
  func checkRuns<Study: SeedExperiment>(_ experiment: Study) throws {
    let folder = try TemporaryFolder()
    for threads in [1, 3] {
      _ = try measure(
        experiment, in: folder.path("\(threads)"), threads: threads)
    }
    #expect(contents(of: folder.path("1")).count > 8)
    #expect(differences(folder.path("1"), folder.path("3")) == [])
    // What a kill leaves.
    let path = folder.path("3")
    removeFile(path + "/seeds/seed-1/complete.txt")
    removeFile(path + "/result.json")
    #expect(throws: ExperimentError.self) {
      try SeedReport<Study>(path: path)
    }
    _ = try measure(experiment, in: path, existing: .resume)
    #expect(differences(folder.path("1"), path) == [])
    // What was resolved reads back.
    let again = try ConfigurationDocument(
      text: experiment.value.yaml, name: "again"
    ).read(Study.init(reader:))
    #expect(again == experiment)
  }

  @Test("The expansion along training: threads, resuming, configuration")
  func expansionRuns() throws {
    try checkRuns(study(smallExpansion, [], ExpansionExperiment.self))
  }

  @Test("The complexities: threads, resuming, configuration")
  func complexityRuns() throws {
    try checkRuns(study(smallComplexity, [], ComplexityExperiment.self))
  }

  @Test("The parts of the loss add up, and both methods begin alike")
  func expansionTable() throws {
    let folder = try TemporaryFolder()
    let report = try measure(
      study(smallExpansion, [], ExpansionExperiment.self),
      in: folder.path("run"))
    func rows(_ column: String, _ method: String) throws -> [[Double]] {
      try report.rows(column, of: "expansion", where: ["method": method])
    }
    for method in ExpansionExperiment.methods {
      let columns = try [
        "mixupLoss", "standardLoss", "r1", "r2", "r3", "remainder",
      ].map { try rows($0, method) }
      // Kinks are split.
      #expect(
        try rows("mixupLossError", method).flatMap { $0 }
          .allSatisfy { $0 <= 1e-9 })
      // Two activations, three epochs.
      #expect(columns[0].count == 6)
      for row in 0..<6 {
        for seed in 0..<2 {
          let sum = columns[1...].reduce(0) { $0 + $1[row][seed] }
          #expect(abs(columns[0][row][seed] - sum) <= 8 * sum.ulp)
          #expect(columns[3][row][seed] > 0)
        }
        #expect((columns[4][row] == [0, 0]) == (row >= 3))
      }
    }
    let (plain, mixup) = (
      try rows("mixupLoss", "plain"), try rows("mixupLoss", "mixup")
    )
    #expect(plain[0] == mixup[0] && plain[3] == mixup[3])
    #expect(plain[2] != mixup[2])
  }

  @Test("Bounds are above what they bound; an infinite factor is infinite")
  func complexityTable() throws {
    let folder = try TemporaryFolder()
    let report = try measure(
      study(smallComplexity, [], ComplexityExperiment.self),
      in: folder.path("run"))
    func rows(_ column: String) throws -> [Double] {
      try report.rows(column, of: "complexity").flatMap { $0 }
    }
    let (mixup, error) = (try rows("mixup"), try rows("mixupError"))
    for bound in ["statedBound", "squaredBound", "ellipsoidBound"] {
      for (k, value) in try rows(bound).enumerated() {
        // The sample's own spread and the draws: 30 inputs.
        #expect(mixup[k] <= value * 1.5 + 4 * error[k])
      }
    }
    let factors = try report.rows(
      "factor", of: "regulariser", where: ["family": "logistic"])
    #expect(factors[0].allSatisfy { $0 == .infinity })
    #expect(factors[1].allSatisfy { abs($0 - 5.0 / 3) <= 4 * 2.0.ulp })
    let text = try report.text()
    #expect(text.contains("∞"))
  }

  @Test("A formula made wrong on purpose comes out refuted")
  func mutation() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("run")
    let report = try measure(
      study(smallComplexity, ["seeds=6"], ComplexityExperiment.self), in: path)
    func verdict(_ statement: String) throws -> Verdict? {
      Claim.corrected(try report.experiment.claims(report))
        .first { $0.statement.hasPrefix(statement) }?.verdict
    }
    let statement = "complexity/printed bound − 1"
    #expect(try verdict(statement) == .supported)
    // (γ/ρ) without its roots is far below for γ < ρ; here, a hundredth.
    for seed in 0..<6 {
      let file = path + "/seeds/seed-\(seed)/complexity.csv"
      let table = try CSVTable(file: file)
      let column = try #require(table.header.firstIndex(of: "statedBound"))
      var wrong = CSVTable(header: table.header)
      for var row in table.rows {
        if case .double(let bound) = row[column] {
          row[column] = .double(bound / 100)
        }
        wrong.append(row)
      }
      try wrong.write(to: file)
    }
    #expect(try verdict(statement) == .refuted)
  }

  @Test("The lemma is judged at the mildest law, where its factor is finite")
  func mildestLaw() throws {
    func problems(_ settings: [String]) throws -> [String] {
      let folder = try TemporaryFolder()
      let report = try measure(
        study(smallComplexity, settings, ComplexityExperiment.self),
        in: folder.path("run"))
      return try report.experiment.claims(report)
        .filter { $0.statement.hasPrefix("|Lemma 3.3") }.map(\.problem)
    }
    #expect(
      try problems([
        "regulariser.concentrations=[8, 0.5, 2]",
        "regulariser.weights=[0.9, 0.55, 0.2]",
      ]) == ["logistic, α = 8.0", "poisson, λ = 0.55"])
    #expect(
      try problems(["regulariser.concentrations=[1, 0.5]"])
        == ["poisson, λ = 0.6"])
  }

  @Test("Full rank is claimed of full rank alone")
  func placesOfClaims() throws {
    func claims(_ ranks: String) throws -> [String] {
      let folder = try TemporaryFolder()
      let report = try measure(
        study(
          smallComplexity, ["complexity.ranks=\(ranks)"],
          ComplexityExperiment.self), in: folder.path("run"))
      return try report.experiment.claims(report).map(\.statement)
        .filter { $0.contains("rank ") }
    }
    #expect(try claims("[3]").allSatisfy { $0.contains("lowest rank 3:") })
    #expect(try claims("[12]").allSatisfy { $0.contains("full rank 12:") })
    #expect(try claims("[3]").count == claims("[12]").count)
    #expect(try claims("[3, 12]").count == 2 * claims("[3]").count)
    #expect(try !claims("[3]").isEmpty)
  }

  @Test("More images than there are cannot be expanded; no folder is made")
  func tooManyImages() throws {
    let folder = try TemporaryFolder()
    #expect(throws: ExperimentError.self) {
      _ = try measure(
        study(
          smallExpansion, ["expansion.images=10000"],
          ExpansionExperiment.self), in: folder.path("run"))
    }
    #expect(!fileExists(folder.path("run")))
  }

  @Test(
    "Settings that make no sense are refused",
    arguments: [
      "expansion.epochs=[4]", "expansion.images=1", "network.activations=[]",
      "network.activations=[tanh, tanh]", "training.alpha=0", "colour=red",
    ])
  func refused(_ setting: String) {
    #expect(throws: ConfigurationError.self) {
      try study(smallExpansion, [setting], ExpansionExperiment.self)
    }
  }

  @Test(
    "Settings that make no sense are refused",
    arguments: [
      "complexity.ranks=[13]", "complexity.radius=0", "complexity.gammas=[0]",
      "complexity.gammas=[0.5, 0.5]",
      "regulariser.weights=[1]", "complexity.sign-draws=1",
    ])
  func refusedComplexity(_ setting: String) {
    #expect(throws: ConfigurationError.self) {
      try study(smallComplexity, [setting], ComplexityExperiment.self)
    }
  }
}

private let smallEvaluation = """
  kind: linear-evaluation
  name: small
  seeds: 2
  data: {source: digits, fraction: 0.1}
  encoder: {hidden: [12, 6], projection: [4], epochs: 2, batch-size: 32}
  head: {labelled: [12, 30], epochs: 4, weight-decays: [0.01]}
  """

@Suite("Mixup at linear evaluation")
struct LinearEvaluationTests {
  @Test("Threads, resuming, configuration")
  func runs() throws {
    try SeedExperimentTests().checkRuns(
      study(smallEvaluation, [], LinearEvaluationExperiment.self))
  }

  @Test("Ranks of a covariance that is known")
  func ranks() throws {
    // Two orthogonal directions of variances 9 and 1 in four dimensions.
    let spectrum = try CovarianceSpectrum(
      Matrix(
        rowCount: 4, columnCount: 4,
        elements: [3, 0, 0, 0, -3, 0, 0, 0, 0, 1, 0, 0, 0, -1, 0, 0]))
    #expect(spectrum.rank == 2)
    let bound = 16 * Double.ulpOfOne
    #expect(abs(spectrum.shares[0] - 0.9) <= bound)
    #expect(abs(spectrum.participation - 1 / 0.82) <= bound)
    let entropy = -0.9 * log(0.9) - 0.1 * log(0.1)
    #expect(abs(spectrum.effectiveRank - exp(entropy)) <= 2 * bound)
  }

  @Test("More labels than images are refused")
  func tooManyLabels() throws {
    let folder = try TemporaryFolder()
    #expect(throws: ExperimentError.self) {
      _ = try measure(
        study(
          smallEvaluation, ["head.labelled=[5000]"],
          LinearEvaluationExperiment.self), in: folder.path("run"))
    }
    #expect(!fileExists(folder.path("run")))
  }
}
