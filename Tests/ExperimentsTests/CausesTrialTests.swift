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

@Suite("A study of causes: its claims")
struct CausesTrialTests {
  @Test("What is claimed is what the configuration names, corrected for it")
  func claims() throws {
    let folder = try TemporaryFolder()
    let experiment = try causes([
      "claims=[{measure: averagePrecision, first: loss, second: random, "
        + "factor: 3, positive: false}]"
    ])
    try experiment.run(
      into: folder.path("run"), threads: 2, existing: .refuse,
      command: ["test"], progress: SilentProgress(),
      cancellation: CancellationFlag())
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
  }
}
