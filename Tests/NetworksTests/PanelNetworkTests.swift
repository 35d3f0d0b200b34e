import Testing
import VectorMath

@testable import Networks

@Suite("Networks in panels")
struct PanelNetworkTests {
  private let shape = DenseShape(sizes: [5, 19, 4, 3], activation: .relu)

  private var numbers: [Double] {
    (0..<shape.parameterCount).map { Double($0) }
  }

  @Test("Parameters and velocities come back as they went in")
  func roundTrip() {
    let network = PanelNetwork<Double>(shape: shape, learns: true)
    #expect(network.parameters().allSatisfy { $0 == 0 })
    network.setParameters(numbers)
    #expect(network.velocity().allSatisfy { $0 == 0 })
    network.setVelocity(numbers.map { -$0 })
    #expect(network.parameters() == numbers)
    #expect(network.velocity() == numbers.map { -$0 })
    #expect(
      network.bias(ofLayer: 2)[3] == Double(shape.biasOffset(ofLayer: 2)) + 3)
  }

  @Test("Biases descend, and nothing else does")
  func biases() {
    let network = PanelNetwork<Double>(shape: shape, learns: true)
    network.setParameters(numbers)
    network.setVelocity(numbers)
    // By the order of biases alone.
    let gradient = (0..<shape.biasCount).map { Double(1000 * $0) }
    network.descendBiases(
      along: gradient,
      DescentConstants(
        learningRate: 0.5, momentum: 0.25, weightDecay: 0, nesterov: false))
    var parameters = numbers
    var velocity = numbers
    for layer in 1...3 {
      for unit in 0..<shape.sizes[layer] {
        let place = shape.biasOffset(ofLayer: layer) + unit
        velocity[place] =
          0.25 * velocity[place]
          + gradient[shape.offsetAmongBiases(ofLayer: layer) + unit]
        parameters[place] -= 0.5 * velocity[place]
      }
    }
    #expect(network.parameters() == parameters)
    #expect(network.velocity() == velocity)
  }
}
