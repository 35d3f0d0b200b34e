import ArrayFiles
import ImageData
import Testing

@testable import Experiments

private let small = """
  kind: causes
  name: small
  seeds: 3
  data: {source: digits, fraction: 0.2}
  network: {hidden: [8]}
  training: {epochs: 6, batch-size: 32}
  causes: {steps: 5, score-runs: 2, score-epoch: 2}
  """

private func causes(_ settings: [String] = []) throws -> CausesExperiment {
  var document = try ConfigurationDocument(text: small, name: "a.yaml")
  try document.override(with: settings)
  return try document.read(CausesExperiment.init(reader:))
}

extension PreparedImages {
  /// The images with some of the test set given the pixels of the first of
  /// their class among them.
  fileprivate func collapsing(_ indices: [Int]) throws -> PreparedImages {
    let size = test.shape.valueCount
    var pixels = test.pixels
    for index in indices {
      let first = try #require(
        indices.first { test.labels[$0] == test.labels[index] })
      for k in 0..<size { pixels[index * size + k] = pixels[first * size + k] }
    }
    var changed = self
    changed.test = ImageSet(
      name: test.name, shape: test.shape, classNames: test.classNames,
      pixels: pixels, maximumPixel: test.maximumPixel, labels: test.labels)
    return changed
  }
}

@Suite("A study of causes: its claims, and what judges them")
struct CausesTrialTests {
  @Test("What is claimed is what the configuration names, corrected for it")
  func claims() throws {
    let folder = try TemporaryFolder()
    let experiment = try causes([
      "claims=[{measure: averagePrecision, first: loss, second: random, "
        + "factor: 3, positive: false}]"
    ])
    try experiment.run(
      in: RunContext(
        path: folder.path("run"), threads: 2, command: ["test"]))
    let report = try SeedReport<CausesExperiment>(path: folder.path("run"))
    let found = Claim.corrected(try experiment.claims(report))
    #expect(found.map(\.statement) == ["averagePrecision: loss − 3·random"])
    let (loss, random) = (
      try report.rows(
        "averagePrecision", of: "precision", where: ["ranking": "loss"])[0],
      try report.rows(
        "averagePrecision", of: "precision", where: ["ranking": "random"])[0]
    )
    #expect(
      found[0].comparison.differences == zip(loss, random).map { $0 - 3 * $1 })
    // One claim alone is corrected for nothing, and may come out refuted.
    #expect(found[0].correctedPValue == found[0].comparison.pValue)
    #expect(found[0].expectation == .negative)
    for wrong in ["first: loss, second: chance", "first: Loss, second: EL2N"] {
      #expect(throws: ConfigurationError.self) {
        try causes(["claims=[{measure: precision, \(wrong)}]"])
      }
    }
  }

  @Test("A confirmation differs from what it confirms in seeds and claims")
  func confirmation() throws {
    func preset(_ name: String) throws -> CausesExperiment {
      try Presets.document(name).read(CausesExperiment.init(reader:))
    }
    let first = try preset("flipped-labels-fashion-mnist")
    var fresh = try preset("flipped-labels-confirmation")
    #expect(fresh.expectations == [first.expectations[0]])
    #expect(fresh.seeds.count == 20)
    #expect(Set(fresh.seeds).isDisjoint(with: first.seeds))
    (fresh.name, fresh.title) = (first.name, first.title)
    (fresh.seeds, fresh.expectations) = (first.seeds, first.expectations)
    #expect(fresh == first)
    // One claim on seeds of its own, with a network trained for longer.
    let memorised = try preset("flipped-labels-memorised")
    #expect(memorised.expectations == [first.expectations[0]])
    #expect(memorised.seeds == Array(60..<80))
    #expect(memorised.corruption == first.corruption)
    #expect(memorised.damping == first.damping)
    #expect(memorised.recipe.plan.epochs > first.recipe.plan.epochs)
  }

  @Test("The curvature's labels and the ascent's steps are settings")
  func curvatureSettings() throws {
    let usual = try causes()
    #expect(usual.fisher == .empirical && usual.ascentSteps == 300)
    let other = try causes(["causes.fisher=expected", "causes.ascent-steps=2"])
    #expect(other.value["causes"]?["fisher"] == .string("expected"))
    func table(_ experiment: CausesExperiment) throws -> CSVTable {
      let trial = try CausesTrial(
        experiment: experiment, material: experiment.load().material, seed: 1,
        cancellation: CancellationFlag())
      return trial.failureTable(try trial.rankings().ascent)
    }
    let (first, second) = (try table(usual), try table(other))
    func number(_ table: CSVTable, _ column: String) throws -> Double {
      try table.numbers(column, of: "failures")[0]
    }
    #expect(try number(second, "ascentSteps") == 2)
    #expect(
      try number(first, "ascentGain") != number(second, "ascentGain"))
    for column in ["fittedCorrupted", "fittedOthers"] {
      #expect((0...1).contains(try number(first, column)))
    }
    #expect(
      try number(first, "fittedOthers") > number(first, "fittedCorrupted"))
    #expect(throws: ConfigurationError.self) {
      try causes(["causes.fisher=true"])
    }
  }

  @Test("No ranking and no treatment depends on the holdout's images")
  func leaks() throws {
    let experiment = try causes()
    let material = try experiment.load().material
    func measured(
      _ material: PreparedImages
    ) throws -> (failures: FailureSet, rankings: CSVTable, steps: [Double]) {
      let trial = try CausesTrial(
        experiment: experiment, material: material, seed: 1,
        cancellation: CancellationFlag())
      let rankings = try trial.rankings().scores
      return (
        trial.failures, trial.scoreTable(rankings),
        try trial.treatmentTable(rankings).numbers("steps", of: "treatment")
      )
    }
    let first = try measured(material)
    let second = try measured(material.collapsing(first.failures.holdout))
    #expect(second.failures == first.failures)
    #expect(second.rankings.text == first.rankings.text)
    #expect(second.steps == first.steps)
    let third = try measured(material.collapsing(first.failures.queries))
    #expect(third.failures == first.failures)
    #expect(third.rankings.text != first.rankings.text)
  }

  @Test("No posterior depends on the holdout's images")
  func posteriorLeaks() throws {
    let experiment = try ConfigurationDocument(
      text: """
        kind: posteriors
        name: small
        data: {source: digits, fraction: 0.2}
        network: {hidden: [3]}
        training: {epochs: 8, batch-size: 32}
        posteriors:
          {mixed: 4, draws: 2, members: 2, references: 2, tail-epochs: 2,
           swag-rank: 2, steps: 10,
           kinds: [point, diagonal, kronecker, full, swag, ensemble]}
        """, name: "a.yaml"
    ).read(PosteriorsExperiment.init(reader:))
    let material = try experiment.load().material
    func measured(
      _ material: PreparedImages
    ) throws -> (failures: FailureSet, values: [String: [Double]]) {
      let trial = try PosteriorsTrial(
        experiment: experiment, material: material, seed: 1,
        cancellation: CancellationFlag())
      let (reference, rows, _) = try trial.results()
      return (
        trial.failures,
        Dictionary(
          uniqueKeysWithValues: ([reference] + rows).map {
            ($0.name, $0.values)
          })
      )
    }
    let first = try measured(material)
    let second = try measured(material.collapsing(first.failures.holdout))
    #expect(second.failures == first.failures)
    #expect(second.values == first.values)
    let third = try measured(material.collapsing(first.failures.queries))
    #expect(third.failures == first.failures)
    for (name, values) in third.values {
      let isControl = name == "loss" || name == "random"
      #expect((values == first.values[name]) == isControl, "\(name)")
    }
  }

  @Test("A table that lacks rows is an error, not a shorter result")
  func missingRows() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("run")
    let experiment = try causes(["seeds=2"])
    try experiment.run(
      in: RunContext(path: path, threads: 2, command: ["test"]))
    let file = path + "/seeds/seed-1/treatment.csv"
    let table = try CSVTable(file: file)
    #expect(table.rows.count == 7)
    var shorter = CSVTable(header: table.header)
    for row in table.rows where row[0] != .text("fine-tuning with all") {
      shorter.append(row)
    }
    try shorter.write(to: file)
    let report = try SeedReport<CausesExperiment>(path: path)
    let error = try #require(throws: FileError.self) { _ = try report.text() }
    #expect(error.description.contains("seed-1/treatment.csv: expected"))
    #expect(error.description.contains("fine-tuning with all"))
    #expect(error.exitStatus == .badData)
  }
}
