import LinearAlgebra
import Networks
import Randomness
import VectorMath

/// A network with biases and outputs of order one, the same every time.
func network(
  _ sizes: [Int], _ activation: Activation, seed: UInt64 = 1
) -> DenseNetwork<Double> {
  var stream = RandomStream(rootSeed: seed, name: "network")
  return DenseNetwork(
    shape: DenseShape(sizes: sizes, activation: activation),
    initialization: .pytorch, from: &stream)
}

/// Numbers in [−1, 1] that both precisions hold exactly.
func inputs(_ rows: Int, _ columns: Int, seed: UInt64 = 1) -> Matrix<Double> {
  var stream = RandomStream(rootSeed: seed, name: "inputs")
  return Matrix(rowCount: rows, columnCount: columns) { _, _ in
    Double(Float(stream.uniform(in: -1...1)))
  }
}
