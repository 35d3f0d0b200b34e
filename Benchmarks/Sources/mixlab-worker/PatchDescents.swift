import FeatureLearning
import LinearAlgebra
import Mixing
import Randomness
import Synthetic
import VectorMath

/// Fifty steps of mixup over all 90,000 pairs of 300 samples with 5 patches of
/// 2,000 numbers, from the initial weights.
struct PatchDescents {
  static let (samples, patches, dimension) = (300, 5, 2_000)
  static let (steps, learningRate) = (50, 0.02)

  private let descent: PatchDescent

  /// - Parameter generated: Whether the patches are the generator's, whose noise
  ///   is orthogonal to its features, or all different and in general position.
  init(generated: Bool, _ team: ThreadTeam) throws {
    let scale = (15.0 / Double(Self.dimension)).squareRoot()
    var data = try PatchGenerator(
      patchCount: Self.patches, dimension: Self.dimension,
      featureNoiseMagnitude: 0.1, rareProbability: 0.1, patchNoiseScale: scale
    ).generate(Self.samples, name: "train", seed: 0).data
    var stream = RandomStream(rootSeed: 0, name: "patch-descent")
    if !generated {
      let count = Self.samples * Self.patches * Self.dimension
      data = PatchData(
        patches: Matrix(
          rowCount: Self.samples * Self.patches, columnCount: Self.dimension,
          elements: stream.normals(count: count).map { scale * $0 }),
        patchCount: Self.patches, labels: data.labels)
    }
    let network = PatchNetwork(
      width: 10, dimension: Self.dimension, scale: 0.01, using: &stream)
    descent = PatchDescent(network, on: PatchSpace(data), team: team)
  }

  func run() throws -> Double {
    descent.begin()
    for _ in 0..<Self.steps {
      try descent.step(.mixup(.fixed(0.6)), learningRate: Self.learningRate)
    }
    return descent.largestLogit
  }
}
