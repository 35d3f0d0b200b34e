import ImageData
import ImageTrain
import LinearAlgebra
import Networks
import VectorMath

/// A form of p(θ|D) and of what learning a failure set makes of it.
public enum PosteriorKind: String, CaseIterable, Sendable {
  /// The trained network, moved by EWC influence with the diagonal of the
  /// empirical Fisher matrix.
  case point
  /// `DiagonalLaplace`.
  case diagonal
  /// `KroneckerLaplace`.
  case kronecker
  /// `FullLaplace`.
  case full
  /// `SWAGPosterior` of iterates on D, or on D and F.
  case swag
  /// Networks trained apart, then further on D, or on D and F.
  case ensemble

  var isLaplace: Bool { [.diagonal, .kronecker, .full].contains(self) }
}

/// An experiment on posteriors in the value of training samples: r̂ of single
/// and mixed samples under each, held against networks that were trained anew
/// with the failures.
public struct PosteriorsExperiment: Sendable, Equatable {
  /// What a posterior is measured by.
  enum Measure: String, CaseIterable, Sendable {
    /// Rank correlation of r̂ of the training samples with the reference's.
    case single
    /// The same of mixed samples.
    case mixed
    /// Share of flipped labels among the samples of highest r̂.
    case precision
  }

  /// Name of the experiment, usable as a folder's name.
  public var name: String
  /// One line about it, for tables and figures.
  public var title: String
  /// Root seeds.
  public var seeds: [Int]
  /// The images.
  public var data: DataSettings
  /// The networks; values are computed in double precision always.
  var recipe: NetworkRecipe
  /// The posteriors.
  public var kinds: [PosteriorKind]
  /// Share of the training labels that is flipped.
  public var flipped: Double
  /// Share of the ranked samples that precision is read at.
  public var inspected: Double
  /// Number of mixed samples.
  public var mixed: Int
  /// α of their λ ~ Beta(α, α).
  public var alpha: Double
  /// Pairs of networks drawn of each Gaussian.
  public var draws: Int
  /// The prior's precision as a share of N·weight decay, which is that whose
  /// mode training looks for.
  public var damping: Double
  /// Most steps of an ascent.
  public var steps: Int
  /// Networks of the ensemble.
  public var members: Int
  /// Networks trained anew for the reference, on D and on D and F each.
  public var references: Int
  /// Epochs that the ensemble and SWAG go on for.
  public var tailEpochs: Int
  /// Their learning rate.
  public var tailRate: Double
  /// Deviations that SWAG keeps.
  public var swagRank: Int
  /// What is expected.
  var expectations: [NamedDifference<Measure>]

  /// The rows of its tables, in order: `-mode` is r̃ at the modes of a Laplace
  /// posterior, `retrained` a second reference.
  var rows: [String] {
    kinds.flatMap { kind in
      kind.isLaplace
        ? [kind.rawValue, kind.rawValue + "-mode"] : [kind.rawValue]
    } + Self.controls
  }

  /// The rows without a posterior of their own.
  static let controls = ["retrained", "loss", "random"]

  /// The rows whose sign says something.
  var signedRows: [String] {
    rows.filter { $0 != "loss" && $0 != "random" }
  }

  /// How training goes on.
  var tail: NetworkRecipe {
    var tail = recipe
    tail.plan.optimizer.learningRate = tailRate
    tail.plan.optimizer.schedule = .constant
    tail.plan.epochs = tailEpochs
    return tail
  }

  /// δ for N training samples.
  func priorPrecision(_ sampleCount: Int) -> Double {
    damping * Double(sampleCount) * recipe.plan.optimizer.weightDecay
  }
}

extension PosteriorsExperiment: SeedExperiment {
  /// Reads an experiment; every key that is not understood is an error.
  public init(reader: ConfigurationReader) throws {
    (name, title, seeds) = try reader.head(seeds: 5)
    data = try DataSettings(reader: reader["data"])
    recipe = try NetworkRecipe(reader: reader)
    let settings = try reader["posteriors"]
    kinds =
      try settings?["kinds"]?.choices(count: .atLeast(1))
      ?? PosteriorKind.allCases.filter { $0 != .full }
    flipped = try settings?["flipped"]?.double(in: .within(1e-3...0.5)) ?? 0.1
    inspected =
      try settings?["inspected"]?.double(in: .within(1e-3...1)) ?? 0.1
    mixed = try settings?["mixed"]?.int(in: .within(2...1_000_000)) ?? 2000
    alpha = try settings?["alpha"]?.double(in: .within(1e-2...1e2)) ?? 1
    draws = try settings?["draws"]?.int(in: .within(2...100_000)) ?? 100
    damping = try settings?["damping"]?.double(in: .within(1e-9...1e9)) ?? 1
    steps = try settings?["steps"]?.int(in: .within(1...100_000)) ?? 200
    members = try settings?["members"]?.int(in: .within(2...1000)) ?? 10
    references = try settings?["references"]?.int(in: .within(2...1000)) ?? 20
    tailEpochs =
      try settings?["tail-epochs"]?.int(in: .within(2...100_000)) ?? 20
    tailRate =
      try settings?["tail-rate"]?.double(in: .positive)
      ?? recipe.plan.optimizer.learningRate / 5
    swagRank =
      try settings?["swag-rank"]?.int(in: .within(2...1000))
      ?? min(10, tailEpochs)
    expectations = []
    if let settings, swagRank > tailEpochs {
      throw try settings.required("swag-rank").error(
        "expected at most the \(tailEpochs) tail-epochs, found \(swagRank)")
    }
    if let settings, Set(kinds).count != kinds.count {
      throw try settings.required("kinds").error("expected different kinds")
    }
    if recipe.plan.optimizer.weightDecay == 0 {
      throw try reader.required("training").required("weight-decay").error(
        "expected a weight decay > 0, the prior of every posterior")
    }
    expectations =
      try reader["claims"]?.elements().map {
        try NamedDifference(reader: $0, rows: rows)
      } ?? []
  }

  /// The experiment with every default written out.
  public var value: ConfigurationValue {
    let (network, training) = recipe.values
    return resolved(
      kind: .posteriors,
      [
        "data": data.value,
        "network": network,
        "training": training,
        "posteriors": [
          "kinds": .list(kinds.map { .string($0.rawValue) }),
          "flipped": .double(flipped), "inspected": .double(inspected),
          "mixed": .int(mixed), "alpha": .double(alpha), "draws": .int(draws),
          "damping": .double(damping), "steps": .int(steps),
          "members": .int(members), "references": .int(references),
          "tail-epochs": .int(tailEpochs), "tail-rate": .double(tailRate),
          "swag-rank": .int(swagRank),
        ],
        "claims": .list(expectations.map(\.value)),
      ])
  }

  func load() throws -> (material: PreparedImages, contents: [String]) {
    let images = try PreparedImages(data)
    try CausesExperiment.Corruption.labels(share: flipped)
      .check(images.train, under: "posteriors")
    let sizes =
      [images.train.shape.valueCount] + recipe.settings.hidden
      + [images.train.classNames.count]
    let parameters = DenseShape(sizes: sizes, activation: .relu).parameterCount
    let most = FullLaplace<Double>.largestParameterCount
    guard !kinds.contains(.full) || parameters <= most else {
      throw ExperimentError.share(
        key: "posteriors.kinds",
        reason: "a network of sizes \(sizes) has \(parameters) parameters, "
          + "expected at most \(most) for the kind full; leave it out or "
          + "narrow the layers")
    }
    return (images, [images.checksum])
  }

  func measure(
    seed: Int, _ material: PreparedImages, cancellation: CancellationFlag
  ) throws -> [(name: String, table: CSVTable)] {
    try PosteriorsTrial(
      experiment: self, material: material, seed: seed,
      cancellation: cancellation
    ).tables()
  }
}
