import ArrayFiles
import LinearAlgebra
import Networks
import Sensitivity
public import VectorMath

/// `mixlab align`: what mixup's first-order term does to each class's input
/// gradient, for images from array files (`Alignment`).
public struct ArrayAlignment: Sendable {
  /// The network's file.
  public var network: String
  /// Its activation.
  public var activation: Activation
  /// Images, [n, …].
  public var images: String
  /// Labels, [n].
  public var labels: String
  /// The mean image, [D]; nil for that of the images.
  public var mean: String?
  /// Threads that share the work.
  public var threads: Int

  /// A measurement from its files.
  public init(
    network: String, activation: Activation, images: String, labels: String,
    mean: String? = nil, threads: Int = 1
  ) {
    self.network = network
    self.activation = activation
    self.images = images
    self.labels = labels
    self.mean = mean
    self.threads = threads
  }

  /// Reads, computes, and writes the file contract's results to a folder.
  ///
  /// Nothing is written unless all input is in order.
  public func run(output: String, overwrite: Bool) throws {
    let start = ContinuousClock.now
    let arrays = try LabelledArrays(images: images, labels: labels)
    let model = try NetworkFile.read(network, activation: activation)
    try arrays.check([(network, model)])
    let centre = try mean.map {
      try NPY.readNumbers($0, shape: [model.shape.inputSize]).values
    }
    try OutputFolder.check(path: output, overwrite: overwrite)
    let read = ContinuousClock.now
    let alignment = try AlignmentMeter(
      shape: model.shape, images: arrays.pixels, labels: arrays.labels,
      mean: centre ?? arrays.pixels.rowMean
    ).measure(model, team: ThreadTeam(size: threads))
    // Finite networks and images can still overflow together.
    guard alignment.isFinite else {
      throw FileError.malformed(
        file: network, expected: "finite logits and gradients at \(images)",
        found: "an overflow")
    }
    let computed = ContinuousClock.now
    try write(
      alignment, to: OutputFolder(path: output, overwrite: overwrite),
      timing: [
        "read": .double((read - start) / .seconds(1)),
        "compute": .double((computed - read) / .seconds(1)),
      ])
  }

  private func write(
    _ alignment: Alignment, to folder: OutputFolder,
    timing: ConfigurationValue
  ) throws {
    let coefficients = alignment.coefficients
    for (matrix, name) in [
      (coefficients, "alpha.npy"),
      (alignment.gradientNorms, "gradient-norms.npy"),
      (alignment.residuals, "residual.npy"), (alignment.cosines, "cosine.npy"),
    ] {
      try folder.write(
        ShapedArray(
          shape: [matrix.rowCount, matrix.columnCount],
          values: matrix.elements),
        as: name)
    }
    try folder.write(
      ShapedArray(
        shape: [alignment.sampleCount],
        values: alignment.directionalDerivatives), as: "q.npy")
    try JSONDocument(timing).write(to: folder.file("timing.json"))
    let atMean = alignment.displacements.count { $0 == 0 }
    try JSONDocument(
      [
        "command": "align",
        "configuration": configuration,
        "version": .string(mixlabVersion),
        "blas": blasValue,
        "minimumAlpha": .double(coefficients.elements.reduce(.infinity, min)),
        "negativeFraction": .double(alignment.negativeShare),
        "meanQ": .double(alignment.meanDirectionalDerivative),
        "meanAbsoluteQ": .double(alignment.meanAbsoluteDirectionalDerivative),
        "pushedUpFraction": .double(alignment.pushedUpShare),
        "imagesAtMean": .int(atMean),
      ],
      notes: atMean > 0
        ? [
          "imagesAtMean": "images equal to the mean image have alpha 0, since "
            + "there is no direction from the one to the other"
        ] : [:]
    ).write(to: folder.file("result.json"))
  }

  private var configuration: ConfigurationValue {
    var value: ConfigurationValue = [
      "network": .string(network), "activation": .string(activation.rawValue),
      "images": .string(images), "labels": .string(labels),
    ]
    if let mean { value["mean"] = .string(mean) }
    return value
  }
}
