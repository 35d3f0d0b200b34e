import LinearAlgebra
import Networks
import RealModule
import VectorMath

/// The losses of a block of mixed inputs, computed from the first layer's
/// pre-activations of their sources.
///
/// One thread at a time. Nothing is allocated after the initialiser.
final class LossBlock {
  private let inputs: NetworkInputs
  private let shape: DenseShape
  private let capacity: Int
  private let first: UnsafeMutablePointer<Int32>
  private let second: UnsafeMutablePointer<Int32>
  private let weights: UnsafeMutablePointer<Double>
  private let otherWeights: UnsafeMutablePointer<Double>
  /// λ·H(y_i) + (1 − λ)·H(y_j) by row.
  let losses: UnsafeMutablePointer<Double>
  /// u_l of all rows, by layer from 1; the last are the logits.
  private let preactivations: [UnsafeMutablePointer<Double>]
  /// Room for the activations of one layer, and for the exponentials.
  private let z: UnsafeMutablePointer<Double>

  init(_ inputs: NetworkInputs, capacity: Int) {
    self.inputs = inputs
    self.capacity = capacity
    shape = inputs.network.shape
    first = .allocate(capacity: capacity)
    second = .allocate(capacity: capacity)
    weights = .allocate(capacity: capacity)
    otherWeights = .allocate(capacity: capacity)
    losses = .allocate(capacity: capacity)
    preactivations = shape.sizes.dropFirst().map {
      .allocate(capacity: $0 * capacity)
    }
    z = .allocate(
      capacity: shape.sizes.dropFirst().reduce(1, max) * capacity)
  }

  deinit {
    first.deallocate()
    second.deallocate()
    weights.deallocate()
    otherWeights.deallocate()
    losses.deallocate()
    for layer in preactivations { layer.deallocate() }
    z.deallocate()
  }

  /// Says which two inputs a row mixes, and with what weight on the first.
  func set(_ row: Int, first i: Int, second j: Int, lambda: Double) {
    first[row] = Int32(i)
    second[row] = Int32(j)
    weights[row] = lambda
    otherWeights[row] = 1 - lambda
  }

  /// Computes the losses of the first `rows` rows, labels mixed like inputs.
  func evaluate(_ rows: Int) {
    forward(rows)
    crossEntropies(rows) { row, f, i, j in
      weights[row] * f[i] + otherWeights[row] * f[j]
    }
  }

  /// Computes the losses of the first `rows` rows, each with the label of its
  /// first input alone.
  func evaluateAnchors(_ rows: Int) {
    forward(rows)
    crossEntropies(rows) { _, f, i, _ in f[i] }
  }

  private func forward(_ rows: Int) {
    let combinations = RowCombinations(
      count: rows, first: first, second: second, firstWeights: weights,
      secondWeights: otherWeights)
    inputs.firstLayer.withUnsafeElements { table in
      guard let table = table.baseAddress else { return }
      Double.combineRows(
        preactivations[0], from: table, columns: shape.sizes[1], combinations,
        bias: nil)
    }
    inputs.network.parameters.withUnsafeBufferPointer { parameters in
      guard let parameters = parameters.baseAddress else { return }
      for layer in 1..<shape.layerCount {
        let (width, next) = (shape.sizes[layer], shape.sizes[layer + 1])
        let u = preactivations[layer - 1]
        Self.activate(shape.activation, u, into: z, count: rows * width)
        let out = preactivations[layer]
        Double.gemm(
          transposeA: false, transposeB: true, rows: rows, columns: next,
          inner: width, alpha: 1, z, strideA: width,
          parameters + shape.weightOffset(ofLayer: layer + 1), strideB: width,
          beta: 0, out, strideC: next)
        Double.addBias(
          out, bias: parameters + shape.biasOffset(ofLayer: layer + 1),
          rows: rows, columns: next)
      }
    }
  }

  /// lse(f) less the label's mean of f, the logits less their largest.
  private func crossEntropies(
    _ rows: Int,
    _ labelled: (Int, UnsafeMutablePointer<Double>, Int, Int) -> Double
  ) {
    let classes = shape.classCount
    let logits = preactivations[shape.layerCount - 1]
    for row in 0..<rows {
      let f = logits + row * classes
      var top = f[0]
      for c in 1..<classes where f[c] > top { top = f[c] }
      for c in 0..<classes { f[c] -= top }
    }
    Double.exponentials(logits, into: z, count: rows * classes)
    for row in 0..<rows {
      let f = logits + row * classes
      var sum = 0.0
      for c in 0..<classes { sum += z[row * classes + c] }
      let i = Int(inputs.labels[Int(first[row])])
      let j = Int(inputs.labels[Int(second[row])])
      losses[row] = .log(sum) - labelled(row, f, i, j)
    }
  }

  /// z = σ(u), the exponential ones by the vector kernels; u is used up.
  ///
  /// tanh u = 1 − 2/(1 + e^2u) has an absolute error of some ulp of 1, which is
  /// as good as a relative one where what follows is a sum over many units.
  private static func activate(
    _ activation: Activation, _ u: UnsafeMutablePointer<Double>,
    into z: UnsafeMutablePointer<Double>, count: Int
  ) {
    switch activation {
    case .tanh:
      for k in 0..<count { z[k] = 2 * u[k] }
      Double.exponentials(z, into: u, count: count)
      for k in 0..<count { z[k] = 1 - 2 / (1 + u[k]) }
    case .softplus:
      Double.softplus(u, into: z, count: count)
    case .sigmoid:
      for k in 0..<count { z[k] = -u[k] }
      Double.exponentials(z, into: u, count: count)
      for k in 0..<count { z[k] = 1 / (1 + u[k]) }
    case .identity, .relu, .square, .gelu:
      Double.activate(activation, u, into: z, count: count)
    }
  }
}
