import Testing

@testable import Experiments

private let smallPosteriors = """
  kind: posteriors
  name: small
  seeds: 2
  data: {source: digits, fraction: 0.2}
  network: {hidden: [3]}
  training: {epochs: 8, batch-size: 32}
  posteriors:
    {mixed: 40, draws: 4, members: 2, references: 3, tail-epochs: 3,
     swag-rank: 2,
     kinds: [point, diagonal, kronecker, full, swag, ensemble]}
  claims:
    - {measure: single, first: full, second: full-mode}
    - {measure: precision, first: loss, second: random, factor: 3}
  """

@Suite("Posteriors in the value of training samples")
struct PosteriorsTests {
  private func experiment(
    _ settings: [String] = []
  ) throws -> PosteriorsExperiment {
    var document = try ConfigurationDocument(
      text: smallPosteriors, name: "a.yaml")
    try document.override(with: settings)
    return try document.read(PosteriorsExperiment.init(reader:))
  }

  @Test("The experiment: threads, resuming, configuration")
  func runs() throws {
    try SeedExperimentTests().checkRuns(experiment())
  }

  @Test("What no posterior can be made of is an error that says why")
  func refused() throws {
    for (setting, reason) in [
      ("training.weight-decay=0", "a weight decay > 0"),
      ("posteriors.swag-rank=4", "at most the 3 tail-epochs"),
      ("claims.0.first=fulll", "expected one of point"),
    ] {
      do {
        _ = try experiment([setting])
        Issue.record("\(setting) was read")
      } catch {
        #expect("\(error)".contains(reason), "\(error)")
      }
    }
    do {
      _ = try experiment(["network.hidden=[64]"]).load()
      Issue.record("4810 parameters were taken")
    } catch let error as ExperimentError {
      #expect(error.description.contains("4810 parameters"))
      #expect(error.exitStatus == .badData)
    }
  }
}
