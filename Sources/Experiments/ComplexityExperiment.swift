import Foundation
import LinearAlgebra
import Mixing
import Randomness
import RealModule
import Sensitivity

/// An experiment on what mixup does to linear models with Gaussian inputs:
/// its regulariser beside the loss that it approximates, and the complexity of
/// the class that it leaves beside that of ridge regression.
///
/// Inputs of the second part have p coordinates of variance 1 and a covariance
/// of some rank, Σ = (p/rank)·P with a projector P: its trace is p whatever the
/// rank. All that is computed is the same in every orthonormal basis, so that
/// the coordinates outside the range, which are 0, are never drawn.
public struct ComplexityExperiment: Sendable, Equatable {
  /// Name of the experiment, usable as a folder's name.
  public var name: String
  /// One line about it, for tables and figures.
  public var title: String
  /// Root seeds.
  public var seeds: [Int]
  /// p.
  public var dimension: Int
  /// Inputs n of the complexities.
  public var samples: Int
  /// Ranks of Σ.
  public var ranks: [Int]
  /// γ of the classes.
  public var gammas: [Double]
  /// B, the radius of θ that the theorem needs.
  public var radius: Double
  /// Draws of the signs.
  public var signDraws: Int
  /// Inputs of the regulariser, in 10 dimensions.
  public var modelSamples: Int
  /// Standard deviation of θᵀx in the logistic model of the regulariser.
  public var scoreDeviation: Double
  /// α of Beta(α, α) for the regulariser.
  public var concentrations: [Double]
  /// Fixed λ for the regulariser of the Poisson model.
  public var weights: [Double]
}

extension ComplexityExperiment: SeedExperiment {
  /// Reads an experiment; every key that is not understood is an error.
  public init(reader: ConfigurationReader) throws {
    (name, title, seeds) = try reader.head(seeds: 10)
    let part = try reader["complexity"]
    let dimension =
      try part?["dimension"]?.int(in: .within(1...2_000)) ?? 100
    self.dimension = dimension
    samples = try part?["samples"]?.int(in: .within(1...100_000)) ?? 200
    ranks =
      try part?["ranks"]?.ints(in: .within(1...dimension), count: .atLeast(1))
      ?? [1, 2, 3, 5, 10, 20, 30, 50, 70, 100].filter { $0 < dimension }
      + [dimension]
    ranks = Set(ranks).sorted()
    gammas =
      try part?["gammas"]?.doubles(in: .within(1e-6...1e6), count: .atLeast(1))
      ?? [0.1, 0.5]
    guard Set(gammas).count == gammas.count else {
      throw try reader.required("complexity").error("expected different gammas")
    }
    radius = try part?["radius"]?.double(in: .within(1e-3...1e3)) ?? 1
    signDraws = try part?["sign-draws"]?.int(in: .within(2...100_000)) ?? 200
    let model = try reader["regulariser"]
    modelSamples = try model?["samples"]?.int(in: .within(2...5_000)) ?? 200
    scoreDeviation =
      try model?["score-deviation"]?.double(in: .within(1e-3...10)) ?? 1
    concentrations =
      try model?["concentrations"]?.doubles(in: .within(1e-2...1e3))
      ?? [0.2, 0.5, 1, 1.2, 1.5, 2, 3, 5, 8, 16, 32, 64]
    concentrations = Set(concentrations).sorted()
    weights =
      try model?["weights"]?.doubles(in: .within(0.01...0.99))
      ?? [0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8]
    weights = Set(weights).sorted()
  }

  /// The experiment with every default written out.
  public var value: ConfigurationValue {
    resolved(
      kind: .complexity,
      [
        "complexity": [
          "dimension": .int(dimension), "samples": .int(samples),
          "ranks": .integers(ranks), "gammas": .numbers(gammas),
          "radius": .double(radius), "sign-draws": .int(signDraws),
        ],
        "regulariser": [
          "samples": .int(modelSamples),
          "score-deviation": .double(scoreDeviation),
          "concentrations": .numbers(concentrations),
          "weights": .numbers(weights),
        ],
      ])
  }

  func load() throws -> (material: Bool, contents: [String]) { (true, []) }

  func measure(
    seed: Int, _ material: Bool, cancellation: CancellationFlag
  ) throws -> [(name: String, table: CSVTable)] {
    [
      ("regulariser", try regulariserTable(seed: seed, cancellation)),
      ("complexity", try complexityTable(seed: seed, cancellation)),
    ]
  }

  // MARK: - Lemma 3.3

  private func regulariserTable(
    seed: Int, _ cancellation: CancellationFlag
  ) throws -> CSVTable {
    var stream = RandomStream(rootSeed: UInt64(seed), name: "linear-model")
    let size = 10
    let inputs = Matrix<Double>(rowCount: modelSamples, columnCount: size) {
      _, _ in stream.normal()
    }
    func model(
      _ family: LinearModelExpansion.Family, deviation: Double
    ) -> LinearModelExpansion {
      let length = deviation / Double(size).squareRoot()
      return LinearModelExpansion(
        family, inputs: inputs,
        parameters: [Double](repeating: length, count: size))
    }
    var table = CSVTable(header: [
      "family", "strength", "factor", "rescaledRegulariser", "rescaledExcess",
      "rescaledError", "unrescaledRegulariser", "unrescaledExcess",
      "unrescaledError",
    ])
    func append(
      _ model: LinearModelExpansion, _ law: MixingLaw, _ strength: Double
    ) throws {
      try cancellation.check()
      // An infinite factor is a result here, and not a mistake of the user's.
      var factor = Double.infinity
      var regulariser = Double.infinity
      do {
        factor = try model.rescaledFactor(law)
        regulariser = try model.rescaledRegulariser(law)
      } catch .infiniteFactor {}
      let rescaled = try model.rescaledExcess(law)
      let plain = try model.unrescaledExcess(law)
      table.append([
        .text(model.family.rawValue), .double(strength), .double(factor),
        .double(regulariser), .double(rescaled.value),
        .double(rescaled.errorBound),
        .double(model.unrescaledRegulariser(law)), .double(plain.value),
        .double(plain.errorBound),
      ])
    }
    let logistic = model(.logistic, deviation: scoreDeviation)
    for alpha in concentrations {
      try append(logistic, .beta(alpha, alpha), alpha)
    }
    // A third: a Poisson model's moments grow like e^(s²/2).
    let poisson = model(.poisson, deviation: scoreDeviation / 3)
    for weight in weights { try append(poisson, .fixed(weight), weight) }
    return table
  }

  // MARK: - Theorem 3.4

  private func complexityTable(
    seed: Int, _ cancellation: CancellationFlag
  ) throws -> CSVTable {
    var table = CSVTable(header: [
      "gamma", "rank", "retentivity", "estimatedRetentivity", "mixup",
      "mixupError", "ridge", "ridgeError", "statedBound", "squaredBound",
      "ellipsoidBound", "ridgeBound",
    ])
    for rank in ranks {
      let variance = Double(dimension) / Double(rank)
      let eigenvalues = [Double](repeating: variance, count: rank)
      var stream = RandomStream(
        rootSeed: UInt64(seed), name: "complexity/inputs", index: UInt64(rank))
      let inputs = Matrix<Double>(rowCount: samples, columnCount: rank) {
        _, _ in variance.squareRoot() * stream.normal()
      }
      let estimate = try RademacherEstimate.retentivity(
        of: inputs, radius: radius, from: &stream)
      for gamma in gammas {
        try cancellation.check()
        let retentive = RetentiveClass(
          regulariserBound: gamma, radius: radius, eigenvalues: eigenvalues)
        var signs = RandomStream(
          rootSeed: UInt64(seed), name: "complexity/signs",
          index: UInt64(rank))
        let complexity = RademacherEstimate(
          of: retentive, inputs: inputs, draws: signDraws, from: &signs)
        table.append([
          .double(gamma), .int(rank), .double(retentive.retentivity),
          .double(estimate), .double(complexity.retentive.value),
          .double(complexity.retentive.standardError),
          .double(complexity.ridge.value),
          .double(complexity.ridge.standardError),
          .double(retentive.statedBound(samples: samples)),
          .double(retentive.squaredBound(samples: samples)),
          .double(retentive.ellipsoidBound(samples: samples)),
          .double(complexity.ridgeBound),
        ])
      }
    }
    return table
  }
}
