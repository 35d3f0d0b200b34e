import LinearAlgebra
import Networks
import Sensitivity
import VectorMath

/// α of 10 classes × 10,000 images.
struct Alignments<Scalar: VectorScalar> {
  private let network: DenseNetwork<Scalar>
  private let meter: AlignmentMeter<Scalar>
  private let team: ThreadTeam

  init(_ team: ThreadTeam) {
    let images = Sizes.images(10_000)
    let points = Matrix<Scalar>(images.pixels)
    self.team = team
    network = DenseNetwork(
      shape: DenseShape(sizes: Sizes.layers, activation: .relu),
      parameters: Sizes.network(seed: 1).parameters.map { Scalar($0) })
    meter = AlignmentMeter(
      shape: network.shape, images: points, labels: images.labels,
      mean: points.rowMean)
  }

  /// The mean of |α|.
  func run() throws -> Double {
    let found = try meter.measure(network, team: team)
    let coefficients = found.coefficients.elements
    return coefficients.reduce(0) { $0 + abs($1) } / Double(coefficients.count)
  }
}
