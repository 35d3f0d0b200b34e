import ArrayFiles
import Foundation
import LinearAlgebra
import Mixing
import Networks
public import ImageTrain
import Valuation
public import VectorMath

/// `mixlab valuate`: r̂ of mixed samples of images from array files.
///
///     r̂_s = mean over `after` of H(ỹ_s, p(x̃_s)) − mean over `before`
public struct ArrayValuation: Sendable {
  /// Network files of p(θ|D).
  public var before: [String]
  /// Network files of p(θ|D, F).
  public var after: [String]
  /// The activation of all networks.
  public var activation: Activation
  /// Images, [n, …].
  public var images: String
  /// Labels, [n].
  public var labels: String
  /// Which pairs of images are mixed.
  public var mixes: Mixes
  /// The number type of the networks' arithmetic.
  public var precision: Precision
  /// Threads that share the work.
  public var threads: Int

  /// Which pairs of images are mixed, and with which λ.
  public enum Mixes: Sendable {
    /// Pairs of indices, [N, 2], and λ of each, [N], in [0, 1].
    case files(pairs: String, mixingWeights: String)
    /// All n² ordered pairs at one λ.
    case all(mixingWeight: Double)
  }

  /// A valuation from its files.
  public init(
    before: [String], after: [String], activation: Activation, images: String,
    labels: String, mixes: Mixes, precision: Precision = .double,
    threads: Int = 1
  ) {
    self.before = before
    self.after = after
    self.activation = activation
    self.images = images
    self.labels = labels
    self.mixes = mixes
    self.precision = precision
    self.threads = threads
  }

  /// Reads, computes, and writes the file contract's results to a folder.
  ///
  /// Nothing is written unless all input is in order.
  public func run(output: String, overwrite: Bool) throws {
    let start = ContinuousClock.now
    let arrays = try LabelledArrays(images: images, labels: labels)
    func networks(
      _ files: [String]
    ) throws -> [(file: String, network: DenseNetwork<Double>)] {
      try files.map { ($0, try NetworkFile.read($0, activation: activation)) }
    }
    let (beforeNetworks, afterNetworks) = (
      try networks(before), try networks(after)
    )
    try arrays.check(beforeNetworks + afterNetworks)
    let samples: MixedSamples? =
      if case .files(let pairs, let mixingWeights) = mixes {
        try MixedSamples(
          pairs: pairs, mixingWeights: mixingWeights,
          count: arrays.labels.count)
      } else { nil }
    try OutputFolder.check(path: output, overwrite: overwrite)
    let read = ContinuousClock.now
    func folder() throws -> OutputFolder {
      try OutputFolder(path: output, overwrite: overwrite)
    }
    let (before, after) = (
      beforeNetworks.map(\.network), afterNetworks.map(\.network)
    )
    let (folder, results) =
      switch precision {
      case .double:
        try value(Double.self, samples, arrays, before, after, folder)
      case .float:
        try value(Float.self, samples, arrays, before, after, folder)
      }
    let computed = ContinuousClock.now
    try JSONDocument([
      "read": .double((read - start) / .seconds(1)),
      "compute": .double((computed - read) / .seconds(1)),
    ]).write(to: folder.file("timing.json"))
    try JSONDocument(
      [
        "command": "valuate",
        "configuration": configuration,
        "version": .string(mixlabVersion),
        "blas": blasValue,
        "includedCount": .int(results.included),
        "excludedCount": .int(results.excluded),
        "meanRhat": .double(results.mean),
      ], notes: results.count == 0 ? ["meanRhat": "no pairs"] : [:]
    )
    .write(to: folder.file("result.json"))
  }

  private var configuration: ConfigurationValue {
    let (pairs, weights): (ConfigurationValue, ConfigurationValue) =
      switch mixes {
      case .files(let pairs, let weights): (.string(pairs), .string(weights))
      case .all(let weight): (.string("all"), .double(weight))
      }
    return [
      "before": .strings(before), "after": .strings(after),
      "activation": .string(activation.rawValue), "images": .string(images),
      "labels": .string(labels), "pairs": pairs,
      "mixing-weights": weights, "precision": .string(precision.rawValue),
    ]
  }

  /// Counts and mean of r̂.
  private struct Summary {
    var included = 0
    var excluded = 0
    var sum = 0.0

    var count: Int { included + excluded }
    var mean: Double { sum / Double(count) }

    mutating func add(_ valuation: MixedValuation) {
      included += valuation.includedCount
      excluded += valuation.excludedCount
      sum += valuation.values.reduce(0, +)
    }
  }

  /// Values the mixed samples and writes their arrays.
  private func value<Scalar: VectorScalar>(
    _: Scalar.Type, _ samples: MixedSamples?, _ arrays: LabelledArrays,
    _ before: [DenseNetwork<Double>], _ after: [DenseNetwork<Double>],
    _ folder: () throws -> OutputFolder
  ) throws -> (OutputFolder, Summary) {
    let team = ThreadTeam(size: threads)
    let pixels = Matrix<Scalar>(arrays.pixels)
    func bind(_ network: DenseNetwork<Double>) -> DenseNetworkPredictor<Scalar>
    {
      DenseNetworkPredictor(
        network: DenseNetwork(network), images: pixels, team: team)
    }
    let (before, after) = (before.map(bind), after.map(bind))
    var summary = Summary()
    if let samples {
      let valuation = MixedValuation(
        of: samples, labels: arrays.labels, before: before, after: after,
        team: team)
      try checkFinite(valuation)
      summary.add(valuation)
      let folder = try folder()
      for (values, name) in [
        (valuation.values, "rhat.npy"),
        (valuation.lossBefore, "loss-before.npy"),
        (valuation.lossAfter, "loss-after.npy"),
      ] {
        try folder.write(
          ShapedArray(shape: [values.count], values: values), as: name)
      }
      return (folder, summary)
    }
    guard case .all(let weight) = mixes else {
      preconditionFailure("samples are read from their files")
    }
    let count = arrays.labels.count
    // Made when the first block is sound: nothing is left of a network that
    // overflows, and an older result stays.
    var made: OutputFolder?
    var file: NPYRowWriter<Double>?
    try AllPairsValuation(
      labels: arrays.labels, weight: weight, before: before, after: after
    ).forEachBlock(team: team) { rows, valuation in
      try checkFinite(valuation, from: rows.lowerBound * count)
      summary.add(valuation)
      if made == nil {
        let new = try folder()
        file = try NPYRowWriter<Double>(
          path: new.file("rhat.npy"), rowCount: count, columnCount: count)
        made = new
      }
      try file?.append(valuation.values)
    }
    guard let made else { preconditionFailure("there is an image") }
    try file.take()?.finish()
    return (made, summary)
  }

  /// Finite networks and images can still overflow together.
  private func checkFinite(
    _ valuation: MixedValuation, from start: Int = 0
  ) throws {
    for (losses, files) in [
      (valuation.lossBefore, before), (valuation.lossAfter, after),
    ] {
      if let bad = losses.firstIndex(where: { !$0.isFinite }) {
        throw FileError.malformed(
          file: files.joined(separator: ", "), expected: "finite losses",
          found: "\(losses[bad]) for the mixed sample \(start + bad)")
      }
    }
  }
}
