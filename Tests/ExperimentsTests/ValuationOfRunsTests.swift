import ArrayFiles
import Foundation
import Networks
import Testing

@testable import Experiments

@Suite("mixlab valuate of no pairs")
struct EmptyValuationTests {
  @Test("has no mean, and says why")
  func noPairs() throws {
    let folder = try TemporaryFolder()
    let shape = DenseShape(sizes: [2, 3], activation: .relu)
    try NetworkFile.write(
      DenseNetwork<Double>(
        shape: shape,
        parameters: [Double](repeating: 1, count: shape.parameterCount)),
      to: folder.path("net.npz"))
    try NPY.write(
      ShapedArray(shape: [1, 2], values: [0.5, 1]),
      to: folder.path("images.npy"))
    try NPY.write(
      ShapedArray(shape: [1], values: [2]), to: folder.path("labels.npy"))
    try NPY.write(
      ShapedArray(shape: [0, 2], values: [Int]()), to: folder.path("pairs.npy"))
    try NPY.write(
      ShapedArray(shape: [0], values: [Double]()),
      to: folder.path("weights.npy"))
    try ArrayValuation(
      before: [folder.path("net.npz")], after: [folder.path("net.npz")],
      activation: .relu, images: folder.path("images.npy"),
      labels: folder.path("labels.npy"),
      mixes: .files(
        pairs: folder.path("pairs.npy"),
        mixingWeights: folder.path("weights.npy"))
    ).run(output: folder.path("out"), overwrite: false)
    let result = try JSONDocument(file: folder.path("out/result.json"))
    #expect(result.value["meanRhat"] == .null)
    #expect(result.notes["meanRhat"] == "no pairs")
    #expect(result.value["includedCount"] == .int(0))
  }
}

@Suite("mixlab valuate gives back the r̂ that a run recorded")
struct ValuationOfRunsTests {
  /// The number of terms that a logit of the network below sums, twice over.
  private static let terms = 64.0 + 16 + 12

  @Test(
    "from exported images and kept networks",
    arguments: [
      ("double", "low", false), ("double", "all", true),
      ("float", "high", true),
    ])
  func givesBack(precision: String, filter: String, standardise: Bool) throws {
    let folder = try TemporaryFolder()
    let data =
      ["--fraction", "0.2", "--validation", "0.1", "--data-seed", "3"]
      + (standardise ? ["--standardise"] : [])
    func command(_ arguments: [String]) throws {
      let outcome = try MixlabCommand.run(arguments)
      try #require(outcome.status == 0, "\(outcome.errors)")
    }
    try command(
      [
        "train", "--teacher", "whole", "--filter", filter, "--epochs", "6",
        "--hidden", "16,12", "--batch-size", "50", "--activation", "tanh",
        "--precision", precision, "--name", "run",
        "--output", folder.path("run"),
      ] + data)
    try command(
      ["data", "export", "digits", "--output", folder.path("images")] + data)

    // The recorded epoch's first step was valued by the network kept with it.
    let samples = folder.path("run/arms/mixup-\(filter)/seed-0/samples-epoch-6")
    let steps = try NPY.readIntegers(samples + "/steps.npy").values
    let count = steps.prefix { $0 == steps[0] }.count
    #expect(count == 50 && steps.count > count)
    let pairs = try NPY.readIntegers(samples + "/pairs.npy").values
    let weights = try NPY.readNumbers(samples + "/mixing-weights.npy").values
    try NPY.write(
      shape: [count, 2], values: Array(pairs.prefix(2 * count)),
      to: folder.path("pairs.npy"))
    try NPY.write(
      shape: [count], values: Array(weights.prefix(count)),
      to: folder.path("weights.npy"))
    try command([
      "valuate", "--activation", "tanh", "--precision", precision,
      "--before", samples + "/network-before.npz",
      "--after", folder.path("run/teachers/teacher/seed-0/network.npz"),
      "--images", folder.path("images/images.npy"),
      "--labels", folder.path("images/labels.npy"),
      "--pairs", folder.path("pairs.npy"),
      "--mixing-weights", folder.path("weights.npy"),
      "--output", folder.path("values"),
    ])

    func numbers(_ path: String) throws -> [Double] {
      try NPY.readNumbers(path).values
    }
    let recorded = Array(try numbers(samples + "/rhat.npy").prefix(count))
    let found = try numbers(folder.path("values/rhat.npy"))
    let losses =
      try numbers(folder.path("values/loss-before.npy"))
      + numbers(folder.path("values/loss-after.npy"))
    let scale = max(1, losses.max() ?? 1)
    // Each of the three layers rounds sums of so many terms; the same
    // arithmetic in another order errs by no more than their sum.
    let unit = precision == "double" ? 0.5e-12 : Self.terms * 0x1p-24
    for (mine, other) in zip(recorded, found) {
      #expect(abs(mine - other) <= 2 * unit * scale)
    }
    // A test that could not fail would see equal values everywhere.
    #expect(Set(found).count == count)
  }
}
