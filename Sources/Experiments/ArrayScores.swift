import ArrayFiles
import ImageTrain
import LinearAlgebra
import Networks
import Valuation
public import VectorMath

/// `mixlab scores`: EL2N and GraNd of images from array files.
///
///     EL2N = ‖softmax(f(x)) − onehot(y)‖₂,   GraNd = ‖∇_θ CE(x, y)‖₂
///
/// Both are means over the networks given, which should be independent runs
/// at an early epoch.
public struct ArrayScores: Sendable {
  /// Network files.
  public var networks: [String]
  /// The activation of all networks.
  public var activation: Activation
  /// Images, [n, …].
  public var images: String
  /// Labels, [n].
  public var labels: String
  /// Threads that share the work.
  public var threads: Int

  /// Scores from their files.
  public init(
    networks: [String], activation: Activation, images: String,
    labels: String, threads: Int = 1
  ) {
    self.networks = networks
    self.activation = activation
    self.images = images
    self.labels = labels
    self.threads = threads
  }

  /// Reads, computes, and writes `el2n.npy`, `grand.npy` and `result.json`.
  public func run(output: String, overwrite: Bool) throws {
    let arrays = try LabelledArrays(images: images, labels: labels)
    let models = try networks.map {
      ($0, try NetworkFile.read($0, activation: activation))
    }
    try arrays.check(models)
    try OutputFolder.check(path: output, overwrite: overwrite)
    let count = arrays.labels.count
    let scores = EarlyScores(
      of: LabelledImages(
        pixels: arrays.pixels, labels: arrays.labels,
        classCount: models[0].1.shape.classCount),
      networkCount: models.count, team: ThreadTeam(size: threads)
    ) { models[$0].1 }
    let (errors, gradients) = (scores.errors, scores.gradients)
    // Finite networks and images can still overflow together.
    if let bad = (errors + gradients).first(where: { !$0.isFinite }) {
      throw FileError.malformed(
        file: ([images] + networks).joined(separator: ", "),
        expected: "numbers of which the scores stay finite",
        found: bad.isNaN ? "what is not a number" : "an overflow")
    }
    let folder = try OutputFolder(path: output, overwrite: overwrite)
    try folder.write(
      ShapedArray(shape: [count], values: errors), as: "el2n.npy")
    try folder.write(
      ShapedArray(shape: [count], values: gradients), as: "grand.npy")
    try JSONDocument([
      "command": "scores",
      "configuration": [
        "networks": .strings(networks),
        "activation": .string(activation.rawValue), "images": .string(images),
        "labels": .string(labels),
      ],
      "version": .string(mixlabVersion),
      "blas": blasValue,
      "meanErrorNorm": .double(errors.reduce(0, +) / Double(count)),
      "meanGradientNorm": .double(gradients.reduce(0, +) / Double(count)),
    ]).write(to: folder.file("result.json"))
  }
}
