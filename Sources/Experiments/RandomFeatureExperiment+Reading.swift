import ImageData
import Mixing
import RandomFeature
import RealModule
import Synthetic

/// xᵉ.
func power(_ x: Double, _ exponent: Double) -> Double {
  Double.pow(x, exponent)
}

extension RandomFeatureExperiment {
  /// Reads an experiment; every key that is not understood is an error.
  public init(reader: ConfigurationReader) throws {
    (name, title, seeds) = try reader.head(seeds: 20)
    let mixing = try reader["mixing"]
    pairs = try Self.pairs(mixing?["pairs"])
    law = try Self.law(mixing)
    let training = try reader["training"]
    learningRate =
      try training?["learning-rate"]?.double(in: .positive) ?? 0.1
    startDeviation = try training?["start-deviation"]?
      .double(in: .within(0...1e6))
    descentSteps =
      try training?["descent-steps"]?.int(in: .within(0...10_000_000)) ?? 10_000
    horizon = try training?["horizon"]?.double(in: .positive) ?? 1e5
    schedulePieces =
      try training?["schedule-pieces"]?.int(in: .within(1...1000)) ?? 20
    let grid = try reader["times"]
    times = TimeGrid(
      from: try grid?["from"]?.double(in: .positive) ?? 1,
      to: try grid?["to"]?.double(in: .positive) ?? 1e7,
      count: try grid?["count"]?.int(in: .within(2...100_000)) ?? 71)
    guard times.to > times.from else {
      throw try reader.required("times").error(
        "expected 'to' above 'from', found \(times.to) and \(times.from)")
    }
    guard times.to / times.from <= 1e30 else {
      throw try reader.required("times").error(
        "expected 'to' of at most 1e30 times 'from', found \(times.to) and "
          + "\(times.from)")
    }
    let noise = try reader["label-noise"]
    labelNoise = LabelNoiseSettings(
      classes: try noise?["classes"]?.int(in: .within(1...1000)) ?? 10,
      dimension: try noise?["dimension"]?.int(in: .within(1...10_000)) ?? 10,
      separation: try noise?["separation"]?.double(in: .positive) ?? 2,
      samples: try noise?["samples"]?.int(in: .within(1...10_000_000))
        ?? 20_000)
    problems = try reader.required("problems").elements(count: .atLeast(1))
      .map(RegressionProblemSettings.init(reader:))
    for (k, problem) in problems.enumerated()
    where problems[..<k].contains(where: { $0.name == problem.name }) {
      throw try reader.required("problems").error(
        "another problem is called '\(problem.name)'")
    }
  }

  private static func pairs(_ reader: ConfigurationReader?) throws -> PairChoice
  {
    guard let reader else { return .unordered }
    if let count = reader.value().number {
      guard count >= 1, count <= 1e7, count == count.rounded() else {
        throw reader.error(
          "expected all, unordered or a number of pairs, found \(count)")
      }
      return .drawn(Int(count))
    }
    switch try reader.string() {
    case "all": return .all
    case "unordered": return .unordered
    default:
      throw reader.error("expected all, unordered or a number of pairs")
    }
  }

  private static func law(_ reader: ConfigurationReader?) throws -> MixingLaw {
    if let weight = try reader?["weight"] {
      if let alpha = try reader?["alpha"] {
        throw alpha.error("give a weight or an alpha, not both")
      }
      return .fixed(try weight.double(in: .within(0...1)))
    }
    if let alpha = try reader?["alpha"] {
      let value = try alpha.double(in: .within(1e-3...1e6))
      return .beta(value, value)
    }
    return .fixed(0.5)
  }
}

extension RegressionProblemSettings {
  init(reader: ConfigurationReader) throws {
    name = try reader.folderName("name")
    let kind = try reader["source"]?.string() ?? "generated"
    if kind == "generated" {
      source = .generated(
        target: try reader["target"]?.choice() ?? .erf,
        dimension: try reader["dimension"]?.int(in: .within(1...10_000)) ?? 10,
        width: try reader["width"]?.int(in: .within(1...10_000)) ?? 10,
        gain: try reader["gain"]?.double(in: .within(1e-6...1e6)) ?? 1)
    } else {
      do {
        source = .images(
          try ImageDataSource(parsing: kind),
          classIndex: try reader["class"]?.int(in: .atLeast(0)) ?? 0,
          epochs: try reader["teacher-epochs"]?.int(in: .atLeast(1)) ?? 30)
      } catch let error as ImageDataError {
        throw try reader.required("source").error(error.description)
      }
    }
    samples = try reader["samples"]?.int(in: .within(2...5000)) ?? 20
    testSamples =
      try reader["test-samples"]?.int(in: .within(1...1_000_000)) ?? 2000
    poolSamples =
      try reader["pool-samples"]?.int(in: .within(2...100_000)) ?? 5 * samples
    let map = try reader["features"]
    features = try map?["kind"]?.choice() ?? .erf
    featureCount =
      features == .polynomial
      ? try map?["degree"]?.int(in: .within(0...6)) ?? 2
      : try map?["count"]?.int(in: .within(1...20_000)) ?? 100
    if features == .polynomial,
      case .generated(_, let dimension, _, _) = source
    {
      // C(dimension + degree, degree), which may be vast.
      let count = (0..<featureCount).reduce(1.0) {
        $0 * Double(dimension + $1 + 1) / Double($1 + 1)
      }
      guard count <= 20_000 else {
        throw try reader.required("features").error(
          "expected at most 20000 monomials, found "
            + "\(JobProgress.short(count)) of degree \(featureCount)")
      }
    }
    featureScale =
      features == .polynomial
      ? 1 : try map?["scale"]?.double(in: .positive) ?? 1
  }

  /// The problem with every default written out.
  var value: ConfigurationValue {
    var value: ConfigurationValue = ["name": .string(name)]
    switch source {
    case .generated(let target, let dimension, let width, let gain):
      value["source"] = "generated"
      value["target"] = .string(target.rawValue)
      value["dimension"] = .int(dimension)
      value["width"] = .int(width)
      value["gain"] = .double(gain)
    case .images(let source, let classIndex, let epochs):
      value["source"] = .string(source.description)
      value["class"] = .int(classIndex)
      value["teacher-epochs"] = .int(epochs)
    }
    value["samples"] = .int(samples)
    value["test-samples"] = .int(testSamples)
    value["pool-samples"] = .int(poolSamples)
    var map: ConfigurationValue = ["kind": .string(features.rawValue)]
    if features == .polynomial {
      map["degree"] = .int(featureCount)
    } else {
      map["count"] = .int(featureCount)
      map["scale"] = .double(featureScale)
    }
    value["features"] = map
    return value
  }
}

extension RandomFeatureExperiment {
  /// The experiment with every default written out; reading it back gives the
  /// same experiment.
  public var value: ConfigurationValue {
    var mixing: ConfigurationValue = [:]
    switch pairs {
    case .all: mixing["pairs"] = "all"
    case .unordered: mixing["pairs"] = "unordered"
    case .drawn(let count): mixing["pairs"] = .int(count)
    }
    switch law {
    case .none: mixing["weight"] = 1
    case .fixed(let weight): mixing["weight"] = .double(weight)
    case .beta(let alpha, _): mixing["alpha"] = .double(alpha)
    }
    var training: ConfigurationValue = [
      "learning-rate": .double(learningRate)
    ]
    if let startDeviation {
      training["start-deviation"] = .double(startDeviation)
    }
    training["descent-steps"] = .int(descentSteps)
    training["horizon"] = .double(horizon)
    training["schedule-pieces"] = .int(schedulePieces)
    return resolved(
      kind: .randomFeature,
      [
        "mixing": mixing,
        "training": training,
        "times": [
          "from": .double(times.from), "to": .double(times.to),
          "count": .int(times.count),
        ],
        "label-noise": [
          "classes": .int(labelNoise.classes),
          "dimension": .int(labelNoise.dimension),
          "separation": .double(labelNoise.separation),
          "samples": .int(labelNoise.samples),
        ],
        "problems": .list(problems.map(\.value)),
      ])
  }
}

extension ConfigurationReader {
  /// The text under `key` as the name of a folder.
  func folderName(_ key: String) throws -> String {
    let name = try required(key).string()
    guard !name.isEmpty, !name.hasPrefix("."), !name.contains("/") else {
      throw try required(key).error("no name for a folder")
    }
    return name
  }

  /// A number of seeds, counted from 0, or a list of different ones.
  func seeds(_ key: String, default count: Int) throws -> [Int] {
    guard let reader = try self[key] else { return Array(0..<count) }
    if reader.isList {
      let seeds = try reader.ints(in: .atLeast(0), count: .atLeast(1))
      guard Set(seeds).count == seeds.count else {
        throw reader.error("expected different seeds")
      }
      return seeds
    }
    return Array(0..<(try reader.int(in: .within(1...10_000))))
  }
}
