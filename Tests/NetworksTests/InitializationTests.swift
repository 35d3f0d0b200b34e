import Networks
import Randomness
import Testing
import VectorMath

@Suite("First weights are drawn as the methods say")
struct InitializationTests {
  private let shape = DenseShape(sizes: [300, 80, 20], activation: .relu)

  private func draw(_ initialization: Initialization) -> DenseNetwork<Double> {
    var stream = RandomStream(rootSeed: 9, name: "initial-weights")
    return DenseNetwork(
      shape: shape, initialization: initialization, from: &stream)
  }

  private func weights(
    _ network: DenseNetwork<Double>, _ layer: Int
  ) -> ArraySlice<Double> {
    network.parameters[
      shape.weightOffset(ofLayer: layer)..<shape.biasOffset(ofLayer: layer)]
  }

  private func biases(
    _ network: DenseNetwork<Double>, _ layer: Int
  ) -> ArraySlice<Double> {
    let start = shape.biasOffset(ofLayer: layer)
    return network.parameters[start..<start + shape.sizes[layer]]
  }

  /// Mean and variance within 5.5 standard errors of those of the law; each of
  /// the twelve comparisons fails with probability 4·10⁻⁸.
  private func expectMoments(
    _ values: ArraySlice<Double>, variance: Double, fourthMoment: Double
  ) {
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    let square = values.reduce(0) { $0 + $1 * $1 } / count
    #expect(abs(mean) <= 5.5 * (variance / count).squareRoot())
    let spread = (fourthMoment - variance * variance) / count
    #expect(abs(square - variance) <= 5.5 * spread.squareRoot())
  }

  @Test("PyTorch's: weights and biases uniform in ±1/√inputs")
  func pytorch() {
    let network = draw(.pytorch)
    for layer in 1...2 {
      let bound = 1 / Double(shape.sizes[layer - 1]).squareRoot()
      let drawn = weights(network, layer)
      #expect((drawn + biases(network, layer)).allSatisfy { abs($0) <= bound })
      // None of 1600 beyond 0.98 of the bound: 0.98¹⁶⁰⁰.
      #expect(drawn.contains { abs($0) > 0.98 * bound })
      #expect(biases(network, layer).allSatisfy { $0 != 0 })
      let square = bound * bound
      expectMoments(
        drawn, variance: square / 3, fourthMoment: square * square / 5)
    }
  }

  @Test("He's: normal weights of variance 2/inputs, no biases")
  func he() {
    let network = draw(.he)
    for layer in 1...2 {
      let variance = 2 / Double(shape.sizes[layer - 1])
      expectMoments(
        weights(network, layer), variance: variance,
        fourthMoment: 3 * variance * variance)
      #expect(biases(network, layer).allSatisfy { $0 == 0 })
    }
  }

  @Test("Glorot's: weights uniform in ±√(6/(inputs + outputs)), no biases")
  func glorot() {
    let network = draw(.glorot)
    for layer in 1...2 {
      let square = 6 / Double(shape.sizes[layer - 1] + shape.sizes[layer])
      let drawn = weights(network, layer)
      #expect(drawn.allSatisfy { abs($0) <= square.squareRoot() })
      expectMoments(
        drawn, variance: square / 3, fourthMoment: square * square / 5)
      #expect(biases(network, layer).allSatisfy { $0 == 0 })
    }
  }

  @Test(
    "Both precisions start from the same draws",
    arguments: Initialization.allCases)
  func precisions(_ initialization: Initialization) {
    var stream = RandomStream(rootSeed: 9, name: "initial-weights")
    let single = DenseNetwork<Float>(
      shape: shape, initialization: initialization, from: &stream)
    #expect(single == DenseNetwork<Float>(draw(initialization)))
  }

  @Test("Parameters lie layer by layer, weights before biases")
  func layout() {
    #expect(shape.parameterCount == 300 * 80 + 80 + 80 * 20 + 20)
    #expect(shape.weightOffset(ofLayer: 1) == 0)
    #expect(shape.biasOffset(ofLayer: 1) == 24_000)
    #expect(shape.weightOffset(ofLayer: 2) == 24_080)
    #expect(shape.biasOffset(ofLayer: 2) == 25_680)
  }
}
