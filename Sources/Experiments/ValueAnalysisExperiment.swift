import ImageData
public import ImageTrain
import Mixing
public import Valuation

/// An experiment on what the value r̂ of a mixed sample depends on.
///
/// A student is trained by mixup under a teacher, once with a teacher trained
/// on the training images and once with one that saw the test images too. r̂ of
/// freshly drawn mixed samples under the finished student is set beside λ, the
/// EL2N of their sources, r̂ of the sources alone, and beside the exact values
/// of a linear model of the same images; the signs of r̂ are counted along
/// training.
///
/// - Source: the slides' analyses of r̂; Tanno et al. 2022 (arXiv:2207.04806)
///   for r̂, Paul et al. 2021 (arXiv:2107.07075) for EL2N.
public struct ValueAnalysisExperiment: Sendable, Equatable {
  /// Name of the experiment, usable as a folder's name.
  public var name: String
  /// One line about it, for tables and figures.
  public var title: String
  /// Root seeds.
  public var seeds: [Int]
  /// The images.
  public var data: DataSettings
  /// All networks.
  public var network: NetworkSettings
  /// How teachers are trained, and students but for the filter.
  public var plan: TrainingPlan
  /// The students' filter.
  public var filter: SampleFilter
  /// Mixed samples that are valued at the end.
  public var samples: Int
  /// Samples in each end and centre of r̂.
  public var tail: Int
  /// Pairs that are valued at each λ of a grid.
  public var pairs: Int
  /// Networks whose EL2N is averaged.
  public var scoreRuns: Int
  /// The epoch that they are trained to.
  public var scoreEpoch: Int
  /// Epochs whose mean decides when one model overtakes another.
  public var window: Int
  /// Correlations nearer to 0 count as none.
  public var margin: Double
  /// σ² of the linear model.
  public var noiseVariance: Double
  /// Variance of its coefficients before any data.
  public var priorVariance: Double

  /// The teachers by what they are trained on; the second leaks.
  static let teachers = [
    ModelSettings.TrainingSet.train, ModelSettings.TrainingSet.whole,
  ]
  /// The features of the linear models.
  static let features = ["pixels", "hidden"]
  /// Whose EL2N is correlated with r̂.
  static let scores = ["higher", "lower", "mixed"]
  /// Equal parts of 0…1 over which |r̂| is averaged.
  static let bins = 20
}

extension ValueAnalysisExperiment: SeedExperiment {
  /// Reads an experiment; every key that is not understood is an error.
  public init(reader: ConfigurationReader) throws {
    (name, title, seeds) = try reader.head(seeds: 5)
    data = try DataSettings(reader: reader["data"])
    network = try NetworkSettings(reader: reader["network"])
    if network.hidden.isEmpty {
      throw try reader.required("network").error(
        "expected a hidden layer: its features are those of a linear model")
    }
    let mixing = try MixingPlan(reader: reader["mixing"], base: MixingPlan())
    plan = try TrainingPlan(
      reader: reader["training"],
      base: TrainingPlan(objective: .mixup, mixing: mixing))
    let analysis = try reader["analysis"]
    filter = try analysis?["filter"]?.choice() ?? .low
    guard [.low, .high, .all].contains(filter) else {
      throw try reader.required("analysis").required("filter").error(
        "expected low, high or all, found '\(filter.rawValue)'")
    }
    samples =
      try analysis?["samples"]?.int(in: .within(Self.bins...1_000_000))
      ?? 4000
    tail = try analysis?["tail"]?.int(in: .within(1...1_000_000)) ?? 100
    pairs =
      try analysis?["pairs"]?.int(in: .within(2...samples))
      ?? min(1000, samples)
    scoreRuns =
      try analysis?["score-runs"]?.int(in: .within(1...1000)) ?? 10
    scoreEpoch =
      try analysis?["score-epoch"]?.int(in: .within(1...plan.epochs))
      ?? min(10, plan.epochs)
    window =
      try analysis?["window"]?.int(in: .within(1...plan.epochs))
      ?? min(5, plan.epochs)
    margin = try analysis?["margin"]?.double(in: .within(1e-3...1)) ?? 0.1
    let linear = try reader["linear"]
    noiseVariance =
      try linear?["noise-variance"]?.double(in: .within(1e-6...1e6)) ?? 0.05
    priorVariance =
      try linear?["prior-variance"]?.double(in: .within(1e-6...1e6)) ?? 1
  }

  /// The experiment with every default written out.
  public var value: ConfigurationValue {
    resolved(
      kind: .valueAnalysis,
      [
        "data": data.value,
        "network": network.value,
        "training": plan.trainingValue,
        "mixing": plan.mixing.value,
        "analysis": [
          "filter": .string(filter.rawValue), "samples": .int(samples),
          "tail": .int(tail), "pairs": .int(pairs),
          "score-runs": .int(scoreRuns), "score-epoch": .int(scoreEpoch),
          "window": .int(window), "margin": .double(margin),
        ],
        "linear": [
          "noise-variance": .double(noiseVariance),
          "prior-variance": .double(priorVariance),
        ],
      ])
  }

  func load() throws -> (material: PreparedImages, contents: [String]) {
    let images = try PreparedImages(data)
    guard images.train.count > 1 else {
      throw ExperimentError.share(
        key: "data.fraction",
        reason: "expected two or more training images to mix, found "
          + "\(images.train.count)")
    }
    return (images, [images.checksum])
  }

  func measure(
    seed: Int, _ material: PreparedImages, cancellation: CancellationFlag
  ) throws -> [(name: String, table: CSVTable)] {
    try ValueAnalysisTrial(
      experiment: self, material: material, seed: seed,
      cancellation: cancellation
    ).tables()
  }
}
