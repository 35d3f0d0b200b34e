import ImageData
import ImageTrain

/// An experiment on finding corrupted training samples as the causes of
/// failure.
///
/// A share of the training labels is flipped to another class, or noise is
/// added to images of some classes; a network is trained on them, and its wrong
/// test samples are the failures. Rankings of the training samples are judged
/// by how many corrupted ones stand at their top; then the highest of EWC
/// influence are deleted.
public struct CausesExperiment: Sendable, Equatable {
  /// Name of the experiment, usable as a folder's name.
  public var name: String
  /// One line about it, for tables and figures.
  public var title: String
  /// Root seeds.
  public var seeds: [Int]
  /// The images.
  public var data: DataSettings
  /// The network and its training; values are computed in double precision
  /// always.
  var recipe: NetworkRecipe
  /// What is wrong with some of the training samples.
  public var corruption: Corruption
  /// Share of the ranked samples that precision is read at.
  public var inspected: Double
  /// Share of the ranked samples that is deleted.
  public var deleted: Double
  /// Damping of the curvature (`WeightConsolidation`).
  public var damping: Double
  /// Whose labels the curvature takes.
  var fisher: LikelihoodDerivatives.FisherLabels
  /// Most steps of EWC influence.
  public var ascentSteps: Int
  /// Most steps of EWC deletion; steps of the ranking by fine-tuning.
  ///
  /// The treatments by fine-tuning and retraining follow `recipe`.
  public var steps: Int
  /// Networks whose scores EL2N and GraNd are means over.
  public var scoreRuns: Int
  /// The epoch that they are trained to.
  public var scoreEpoch: Int
  /// What is expected of the rankings.
  var expectations: [NamedDifference<Measure>]

  /// What a ranking is measured by.
  enum Measure: String, CaseIterable, Sendable {
    /// Share of corrupted samples among the inspected ones.
    case precision
    /// Mean over the corrupted samples of the precision at each.
    case averagePrecision
  }

  /// A corruption of training samples whose places are known.
  ///
  /// - Source: Tanno et al. 2022 (arXiv:2207.04806), whose noise is on 30 % of
  ///   the images of 4 classes; the deviation is not stated there.
  public enum Corruption: Sendable, Equatable {
    /// A share of all labels is another class's.
    case labels(share: Double)
    /// Normal noise is added to each pixel of a share of the images of some
    /// classes, which the seed draws; pixels are as the network sees them.
    case inputs(share: Double, classes: Int, deviation: Double)

    enum Name: String, CaseIterable { case labels, inputs }
  }

  /// Rankings, the one under test first.
  static let rankings = [
    "EWC influence", "linear influence", "fine-tuning", "loss", "EL2N",
    "GraNd", "random",
  ]

  private static let usualExpectations: [NamedDifference<Measure>] =
    [
      .init(
        measure: .precision, first: rankings[0], second: "random", factor: 3)
    ]
    + ["linear influence", "loss", "EL2N", "GraNd"].map {
      .init(measure: .precision, first: rankings[0], second: $0)
    }
}

extension CausesExperiment: SeedExperiment {
  /// Reads an experiment; every key that is not understood is an error.
  public init(reader: ConfigurationReader) throws {
    (name, title, seeds) = try reader.head(seeds: 5)
    data = try DataSettings(reader: reader["data"])
    recipe = try NetworkRecipe(reader: reader)
    let epochs = recipe.plan.epochs
    let causes = try reader["causes"]
    corruption = try Corruption(reader: causes)
    inspected =
      try causes?["inspected"]?.double(in: .within(1e-3...1)) ?? 0.1
    deleted = try causes?["deleted"]?.double(in: .within(1e-3...0.5)) ?? 0.15
    damping = try causes?["damping"]?.double(in: .within(1e-9...1e9)) ?? 1
    fisher =
      try causes?["fisher"]?
      .choice(of: LikelihoodDerivatives.FisherLabels.self) ?? .empirical
    ascentSteps =
      try causes?["ascent-steps"]?.int(in: .within(1...100_000))
      ?? FailureInfluence.ewc.usualSteps
    steps =
      try causes?["steps"]?.int(in: .within(1...100_000))
      ?? FailureInfluence.fineTuning.usualSteps
    scoreRuns = try causes?["score-runs"]?.int(in: .within(1...1000)) ?? 10
    scoreEpoch =
      try causes?["score-epoch"]?.int(in: .within(1...epochs))
      ?? min(5, epochs)
    expectations =
      try reader["claims"]?.elements().map {
        try NamedDifference(reader: $0, rows: Self.rankings)
      } ?? Self.usualExpectations
  }

  /// The experiment with every default written out.
  public var value: ConfigurationValue {
    let (network, training) = recipe.values
    var study: ConfigurationValue = [:]
    switch corruption {
    case .labels(let share): study["flipped"] = .double(share)
    case .inputs(let share, let classes, let deviation):
      study["corruption"] = .string(Corruption.Name.inputs.rawValue)
      study["noisy"] = .double(share)
      study["noisy-classes"] = .int(classes)
      study["noise"] = .double(deviation)
    }
    study["inspected"] = .double(inspected)
    study["deleted"] = .double(deleted)
    study["damping"] = .double(damping)
    study["fisher"] = .string(fisher.rawValue)
    study["ascent-steps"] = .int(ascentSteps)
    study["steps"] = .int(steps)
    study["score-runs"] = .int(scoreRuns)
    study["score-epoch"] = .int(scoreEpoch)
    return resolved(
      kind: .causes,
      [
        "data": data.value,
        "network": network,
        "training": training,
        "causes": study,
        "claims": .list(expectations.map(\.value)),
      ])
  }

  func load() throws -> (material: PreparedImages, contents: [String]) {
    let images = try PreparedImages(data)
    let known = images.train.classNames.count
    if case .inputs(_, let classes, _) = corruption, classes > known {
      throw ExperimentError.share(
        key: "causes.noisy-classes",
        reason: "expected at most the \(known) classes of "
          + "\(images.dataset), found \(classes)")
    }
    try corruption.check(images.train, under: "causes")
    let count = images.train.labels.count
    guard (deleted * Double(count)).rounded() >= 1 else {
      throw ExperimentError.share(
        key: "causes.deleted",
        reason: "expected a share of \(count) training images that is at least "
          + "one, found \(deleted), which rounds to none")
    }
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

extension CausesExperiment.Corruption {
  /// Reads what is corrupted and how; keys of the other kind are errors.
  init(reader: ConfigurationReader?) throws {
    let name =
      try reader?["corruption"]?.choice(of: Name.self) ?? .labels
    func key(_ key: String, of owner: Name) throws -> ConfigurationReader? {
      guard let found = try reader?[key] else { return nil }
      guard name == owner else {
        throw found.error(
          "belongs to corruption \(owner.rawValue), not \(name.rawValue)")
      }
      return found
    }
    let flipped =
      try key("flipped", of: .labels)?.double(in: .within(1e-3...0.5)) ?? 0.1
    let noisy =
      try key("noisy", of: .inputs)?.double(in: .within(1e-3...1)) ?? 0.3
    let classes =
      try key("noisy-classes", of: .inputs)?.int(in: .within(1...10_000)) ?? 4
    let deviation =
      try key("noise", of: .inputs)?.double(in: .within(1e-3...1e3)) ?? 0.5
    self =
      switch name {
      case .labels: .labels(share: flipped)
      case .inputs:
        .inputs(share: noisy, classes: classes, deviation: deviation)
      }
  }

  /// The corruption in words, for captions.
  var words: String {
    func percent(_ share: Double) -> String {
      ConfigurationValue.wordText(100 * share) + " %"
    }
    return switch self {
    case .labels(let share):
      "\(percent(share)) of whose labels are flipped"
    case .inputs(let share, let classes, let deviation):
      "with normal noise of deviation "
        + ConfigurationValue.wordText(deviation)
        + " on \(percent(share)) of the images of \(classes) classes"
    }
  }

  /// The heading of figures.
  var title: String {
    switch self {
    case .labels: "Flipped labels found as causes of failure"
    case .inputs: "Noisy images found as causes of failure"
    }
  }

  /// What a corrupted sample is called.
  var noun: String {
    switch self {
    case .labels: "flipped"
    case .inputs: "noisy"
    }
  }
}
