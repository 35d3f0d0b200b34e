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
  /// Pairs of indices into the images, [N, 2].
  public var pairs: String
  /// λ of each pair, [N], in [0, 1].
  public var mixingWeights: String
  /// The number type of the networks' arithmetic.
  public var precision: Precision
  /// Threads that share the work.
  public var threads: Int

  /// A valuation from its files.
  public init(
    before: [String], after: [String], activation: Activation, images: String,
    labels: String, pairs: String, mixingWeights: String,
    precision: Precision = .double, threads: Int = 1
  ) {
    self.before = before
    self.after = after
    self.activation = activation
    self.images = images
    self.labels = labels
    self.pairs = pairs
    self.mixingWeights = mixingWeights
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
    let samples = try readSamples(imageCount: arrays.labels.count)
    try OutputFolder.check(path: output, overwrite: overwrite)
    let read = ContinuousClock.now
    let valuation =
      switch precision {
      case .double:
        value(
          Double.self, samples, arrays, beforeNetworks.map(\.network),
          afterNetworks.map(\.network))
      case .float:
        value(
          Float.self, samples, arrays, beforeNetworks.map(\.network),
          afterNetworks.map(\.network))
      }
    try checkFinite(valuation)
    let computed = ContinuousClock.now
    let folder = try OutputFolder(path: output, overwrite: overwrite)
    for (values, name) in [
      (valuation.values, "rhat.npy"),
      (valuation.lossBefore, "loss-before.npy"),
      (valuation.lossAfter, "loss-after.npy"),
    ] {
      try folder.write(
        ShapedArray(shape: [values.count], values: values), as: name)
    }
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
        "includedCount": .int(valuation.includedCount),
        "excludedCount": .int(valuation.excludedCount),
        "meanRhat": .double(valuation.mean),
      ], notes: valuation.values.isEmpty ? ["meanRhat": "no pairs"] : [:]
    )
    .write(to: folder.file("result.json"))
  }

  private var configuration: ConfigurationValue {
    [
      "before": .strings(before), "after": .strings(after),
      "activation": .string(activation.rawValue), "images": .string(images),
      "labels": .string(labels), "pairs": .string(pairs),
      "mixing-weights": .string(mixingWeights),
      "precision": .string(precision.rawValue),
    ]
  }

  private func readSamples(imageCount: Int) throws -> MixedSamples {
    let indices = try NPY.readIntegers(pairs, shape: [nil, 2])
    if let bad = indices.values.first(where: { $0 < 0 || $0 >= imageCount }) {
      throw FileError.malformed(
        file: pairs, expected: "indices in 0 ..< \(imageCount)",
        found: "\(bad)")
    }
    let count = indices.shape[0]
    let weights = try NPY.readNumbers(mixingWeights, shape: [count]).values
    if let bad = weights.first(where: { $0 < 0 || $0 > 1 }) {
      throw FileError.malformed(
        file: mixingWeights, expected: "weights in [0, 1]", found: "\(bad)")
    }
    return MixedSamples(
      first: (0..<count).map { Int32(indices.values[2 * $0]) },
      second: (0..<count).map { Int32(indices.values[2 * $0 + 1]) },
      weights: weights)
  }

  private func value<Scalar: VectorScalar>(
    _: Scalar.Type, _ samples: MixedSamples, _ arrays: LabelledArrays,
    _ before: [DenseNetwork<Double>], _ after: [DenseNetwork<Double>]
  ) -> MixedValuation {
    let team = ThreadTeam(size: threads)
    let pixels = Matrix<Scalar>(arrays.pixels)
    func bind(_ network: DenseNetwork<Double>) -> DenseNetworkPredictor<Scalar>
    {
      DenseNetworkPredictor(
        network: DenseNetwork(network), images: pixels, team: team)
    }
    return MixedValuation(
      of: samples, labels: arrays.labels, before: before.map(bind),
      after: after.map(bind), team: team)
  }

  /// Finite networks and images can still overflow together.
  private func checkFinite(_ valuation: MixedValuation) throws {
    for (losses, files) in [
      (valuation.lossBefore, before), (valuation.lossAfter, after),
    ] {
      if let bad = losses.firstIndex(where: { !$0.isFinite }) {
        throw FileError.malformed(
          file: files.joined(separator: ", "), expected: "finite losses",
          found: "\(losses[bad]) for the mixed sample \(bad)")
      }
    }
  }
}
