import ImageData
public import ImageTrain
import LinearAlgebra
import Mixing
import Networks
import Randomness
import Valuation
import VectorMath

/// An experiment on finding flipped labels as the causes of failure.
///
/// A share of the training labels is flipped to another class, a network is
/// trained on them, and its wrong test samples are the failures. Rankings of
/// the training samples are judged by how many flipped labels stand at their
/// top; then the highest of EWC influence are deleted.
public struct CausesExperiment: Sendable, Equatable {
  /// Name of the experiment, usable as a folder's name.
  public var name: String
  /// One line about it, for tables and figures.
  public var title: String
  /// Root seeds.
  public var seeds: [Int]
  /// The images.
  public var data: DataSettings
  /// The network; its values are computed in double precision always.
  public var network: NetworkSettings
  /// How it is trained.
  public var plan: TrainingPlan
  /// Share of the training labels that is flipped.
  public var flipped: Double
  /// Share of the ranked samples that precision is read at.
  public var inspected: Double
  /// Share of the ranked samples that is deleted.
  public var deleted: Double
  /// Damping of the curvature (`WeightConsolidation`).
  public var damping: Double
  /// Most steps of EWC influence, EWC deletion and fine-tuning.
  public var steps: Int
  /// Networks whose scores EL2N and GraNd are means over.
  public var scoreRuns: Int
  /// The epoch that they are trained to.
  public var scoreEpoch: Int

  /// Rankings, the one under test first.
  static let rankings = [
    "EWC influence", "linear influence", "fine-tuning", "loss", "EL2N",
    "GraNd", "random",
  ]
}

extension CausesExperiment: SeedExperiment {
  /// Reads an experiment; every key that is not understood is an error.
  public init(reader: ConfigurationReader) throws {
    _ = try reader["kind"]?.choice(of: Experiment.Kind.self)
    name = try reader.folderName("name")
    title = try reader["title"]?.string() ?? name
    seeds = try reader.seeds("seeds", default: 5)
    data = try DataSettings(reader: reader["data"])
    let recipe = try NetworkRecipe(reader: reader)
    (network, plan) = (recipe.settings, recipe.plan)
    let causes = try reader["causes"]
    flipped = try causes?["flipped"]?.double(in: .within(1e-3...0.5)) ?? 0.1
    inspected =
      try causes?["inspected"]?.double(in: .within(1e-3...1)) ?? 0.1
    deleted = try causes?["deleted"]?.double(in: .within(1e-3...0.5)) ?? 0.15
    damping = try causes?["damping"]?.double(in: .within(1e-9...1e9)) ?? 1
    steps = try causes?["steps"]?.int(in: .within(1...100_000)) ?? 50
    scoreRuns = try causes?["score-runs"]?.int(in: .within(1...1000)) ?? 10
    scoreEpoch =
      try causes?["score-epoch"]?.int(in: .within(1...100_000))
      ?? min(5, plan.epochs)
  }

  /// The experiment with every default written out.
  public var value: ConfigurationValue {
    let (network, training) = recipe.values
    return [
      "kind": "causes",
      "name": .string(name),
      "title": .string(title),
      "seeds": .integers(seeds),
      "data": data.value,
      "network": network,
      "training": training,
      "causes": [
        "flipped": .double(flipped), "inspected": .double(inspected),
        "deleted": .double(deleted), "damping": .double(damping),
        "steps": .int(steps), "score-runs": .int(scoreRuns),
        "score-epoch": .int(scoreEpoch),
      ],
    ]
  }

  func load() throws -> (material: PreparedImages, contents: [String]) {
    let images = try PreparedImages(data)
    return (images, [images.checksum])
  }

  func measure(
    seed: Int, _ material: PreparedImages, cancellation: CancellationFlag
  ) throws -> [(name: String, table: CSVTable)] {
    let trial = try CausesTrial(
      experiment: self, material: material, seed: seed,
      cancellation: cancellation)
    let (rankings, ascent) = try trial.rankings()
    return [
      ("failures", trial.failureTable(ascent)),
      ("scores", trial.scoreTable(rankings)),
      ("precision", trial.precisionTable(rankings)),
      ("curve", trial.curveTable(rankings)),
      ("treatment", try trial.treatmentTable(rankings)),
    ]
  }
}
