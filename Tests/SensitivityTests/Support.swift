import LinearAlgebra
import Networks
import Randomness
import Testing
import VectorMath

@testable import Sensitivity

/// Networks, images and labels for tests.
struct Problem {
  var network: DenseNetwork<Double>
  var images: Matrix<Double>
  var labels: [Int32]
  var mean: [Double]

  /// Weights, images and labels drawn from a seed; biases only where wanted.
  init(
    sizes: [Int], _ activation: Activation, count: Int, seed: UInt64,
    biases: Bool = true
  ) {
    var stream = RandomStream(rootSeed: seed, name: "sensitivity-problem")
    let shape = DenseShape(sizes: sizes, activation: activation)
    network = DenseNetwork(
      shape: shape, initialization: biases ? .pytorch : .he, from: &stream)
    // A gain, so that the probabilities are not all alike.
    network.parameters = network.parameters.map { 1.5 * $0 }
    images = Matrix(rowCount: count, columnCount: sizes[0]) { _, _ in
      0.3 + stream.normal()
    }
    let classes = shape.classCount
    labels = (0..<count).map { Int32(($0 * 7 + 3) % classes) }
    mean = images.rowMean
  }

  func alignment(threads: Int = 1, measuresLoss: Bool = true) throws
    -> Alignment
  {
    try AlignmentMeter(
      shape: network.shape, images: images, labels: labels, mean: mean,
      measuresLoss: measuresLoss
    ).measure(network, team: ThreadTeam(size: threads))
  }

  /// Roundings of a pass through the network, each of which can be as large as
  /// the sums that it ends.
  var operations: Double {
    Double(network.shape.sizes.reduce(0, +) + 8)
  }
}

/// Whether numbers agree to some roundings of their own scale.
func agree(
  _ a: some Sequence<Double>, _ b: some Sequence<Double>, roundings: Double,
  scale: Double
) -> Bool {
  zip(a, b).allSatisfy { abs($0 - $1) <= roundings * .ulpOfOne * scale }
}
