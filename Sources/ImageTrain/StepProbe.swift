import LinearAlgebra
public import Networks
import Randomness
public import Sensitivity
public import VectorMath

/// How often a network in training is measured, and on how much.
public struct ProbeSettings: Sendable, Equatable {
  /// Steps between two measurements.
  public var interval: Int
  /// Training images that are measured.
  public var imageCount: Int

  /// A probe's settings, both positive.
  public init(interval: Int, imageCount: Int) {
    self.interval = interval
    self.imageCount = imageCount
  }
}

/// What was measured of a network at one step of its training.
public struct ProbeRecord: Sendable, Equatable {
  /// Steps done before.
  public let step: Int
  /// α, q and gradient norms on the probe's images.
  public let alignment: Alignment
  /// The same residuals with random directions.
  public let nullModel: Alignment
  /// ‖θ‖₂.
  public let parameterNorm: Double
}

/// Measures a network in training on a fixed set of training images.
///
/// The mean image is that of all training images, as it is for mixup. A probe
/// draws from streams of its own: training with it takes the same steps as
/// without.
public final class StepProbe<Scalar: VectorScalar> {
  /// Steps between two measurements.
  public let interval: Int
  private let meter: AlignmentMeter<Scalar>
  private let shape: DenseShape
  private let rootSeed: UInt64

  /// A probe of training images, or of all where there are fewer.
  ///
  /// The images depend on the seed alone: all runs of a seed on the same
  /// training set are measured on the same ones.
  public init(
    _ settings: ProbeSettings, data: LabelledImages<Scalar>,
    shape: DenseShape, rootSeed: UInt64
  ) {
    precondition(
      settings.interval > 0 && settings.imageCount > 0,
      "a probe of \(settings.imageCount) images every \(settings.interval) "
        + "steps")
    interval = settings.interval
    self.shape = shape
    self.rootSeed = rootSeed
    var stream = RandomStream(rootSeed: rootSeed, name: "probe-images")
    let chosen = stream.permutation(of: data.count).prefix(settings.imageCount)
      .sorted()
    var pixels: [Scalar] = []
    pixels.reserveCapacity(chosen.count * shape.inputSize)
    for index in chosen { pixels += data.pixels.row(index) }
    meter = AlignmentMeter(
      shape: shape,
      images: Matrix(
        rowCount: chosen.count, columnCount: shape.inputSize,
        elements: pixels), labels: chosen.map { data.labels[$0] },
      mean: data.mean, measuresLoss: true)
  }

  /// Measures the network of the parameters given; nil where numbers left
  /// their range.
  func measure(
    step: Int, _ parameters: UnsafePointer<Scalar>, team: ThreadTeam
  ) -> ProbeRecord? {
    guard let alignment = try? meter.measure(parameters, team: team),
      alignment.isFinite
    else { return nil }
    var stream = RandomStream(
      rootSeed: rootSeed, name: "probe-null", index: UInt64(step))
    var square = 0.0
    Scalar.rowSquareNorms(
      parameters, rows: 1, columns: shape.parameterCount, into: &square)
    return ProbeRecord(
      step: step, alignment: alignment,
      nullModel: alignment.withRandomDirections(
        dimension: shape.inputSize, using: &stream),
      parameterNorm: square.squareRoot())
  }
}
