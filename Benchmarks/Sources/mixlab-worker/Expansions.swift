import LinearAlgebra
import Networks
import Randomness
import Sensitivity
import VectorMath

/// R1, R2 and R3 over all pairs of 300 images of a tanh network, in doubles.
struct Expansions {
  static let images = 300

  private let network: DenseNetwork<Double>
  private let points: Matrix<Double>
  private let labels: [Int32]
  private let team: ThreadTeam

  init(_ team: ThreadTeam) {
    let images = Sizes.images(Self.images)
    self.team = team
    labels = images.labels
    points = Matrix<Double>(images.pixels)
    network = DenseNetwork(
      shape: DenseShape(sizes: Sizes.layers, activation: .tanh),
      parameters: Sizes.network(seed: 1).parameters.map { Double($0) })
  }

  /// R1 + R2 + R3 for λ ~ Beta(1, 1), the first layer included.
  func run() throws -> Double {
    let inputs = NetworkInputs(
      points, labels: labels, network: network, team: team)
    let terms = try LossExpansion(of: inputs, team: team)
      .terms(DisplacementMoments(firstConcentration: 1, secondConcentration: 1))
    return terms.firstOrder + terms.gradient + terms.curvature
  }
}
