import FeatureLearning
import Foundation
import LinearAlgebra
import Mixing
import Randomness
import Synthetic
import TestSupport
import VectorMath

/// The loss and its gradient as the definitions have them: every mixed sample
/// is formed, every patch of it multiplied with every filter.
struct BruteForce {
  var data: PatchData
  /// λ and its weight, for the pair (i, j).
  var lambdas: (Int, Int) -> [(lambda: Double, weight: Double)]
  /// ω_ij.
  var pairWeight: (Int, Int) -> Double = { _, _ in 1 }
  var total: Double?
  var plainWeight = 0.0
  var mixedWeight = 1.0
  /// What of the mixed input a mutation changes; 1 in the true formula.
  var mutation = 1.0

  init(_ data: PatchData, law: MixingLaw) throws {
    self.data = data
    switch law {
    case .none: lambdas = { _, _ in [(1, 1)] }
    case .fixed(let weight): lambdas = { _, _ in [(weight, 1)] }
    case .beta(let a, let b):
      let rule = try GaussJacobi(alpha: a, beta: b, count: 60)
      let nodes = zip(rule.nodes, rule.weights).map { ($0, $1) }
      lambdas = { _, _ in nodes }
    }
  }

  func lossAndGradient(_ network: PatchNetwork) -> (Double, [Double]) {
    let n = data.sampleCount
    var loss = 0.0
    var gradient = [Double](
      repeating: 0, count: network.weights.elements.count)
    for i in 0..<n where plainWeight > 0 {
      add(
        i, i, 1, plainWeight / Double(n), network, &loss, &gradient)
    }
    for i in 0..<n where mixedWeight > 0 {
      for j in 0..<n where pairWeight(i, j) > 0 {
        let share = mixedWeight * pairWeight(i, j) / (total ?? Double(n * n))
        for (lambda, weight) in lambdas(i, j) {
          add(i, j, lambda, share * weight, network, &loss, &gradient)
        }
      }
    }
    return (loss, gradient)
  }

  private func add(
    _ i: Int, _ j: Int, _ lambda: Double, _ share: Double,
    _ network: PatchNetwork, _ loss: inout Double, _ gradient: inout [Double]
  ) {
    let d = data.dimension
    let patches = (0..<data.patchCount).map { p in
      zip(data.patch(p, ofSample: i), data.patch(p, ofSample: j)).map {
        lambda * $0 + mutation * (1 - lambda) * $1
      }
    }
    var target = [Double](repeating: 0, count: data.classCount)
    target[Int(data.labels[i])] += lambda
    target[Int(data.labels[j])] += 1 - lambda
    let products = (0..<network.weights.rowCount).map { c in
      patches.map { patch in
        zip(network.weights.row(c), patch).reduce(0) { $0 + $1.0 * $1.1 }
      }
    }
    var logits = [Double](repeating: 0, count: data.classCount)
    for (c, row) in products.enumerated() {
      logits[c / network.width] += row.reduce(0) { $0 + $1 * $1 }
    }
    let top = logits.max() ?? 0
    let sum = logits.reduce(0) { $0 + exp($1 - top) }
    for k in logits.indices {
      loss -= share * target[k] * (logits[k] - top - log(sum))
    }
    for (c, row) in products.enumerated() {
      let k = c / network.width
      let residual = exp(logits[k] - top) / sum - target[k]
      for (p, product) in row.enumerated() {
        for x in 0..<d {
          gradient[c * d + x] += 2 * share * residual * product * patches[p][x]
        }
      }
    }
  }

  /// Descent by the gradient above.
  func descend(
    _ network: PatchNetwork, steps: Int, learningRate: Double
  ) -> PatchNetwork {
    var network = network
    for _ in 0..<steps {
      let gradient = lossAndGradient(network).1
      network.weights.withUnsafeMutableElements { w in
        for index in w.indices { w[index] -= learningRate * gradient[index] }
      }
    }
    return network
  }
}

/// A small problem with random patches.
struct Problem {
  var data: PatchData
  var network: PatchNetwork

  init(
    seed: UInt64, samples: Int = 7, patches: Int = 3, dimension: Int = 6,
    width: Int = 2, classes: Int = 2, weightScale: Double = 0.4
  ) {
    var stream = RandomStream(rootSeed: seed, name: "problem")
    data = PatchData(
      patches: Matrix(
        rowCount: samples * patches, columnCount: dimension,
        elements: stream.normals(count: samples * patches * dimension)
          .map { 0.7 * $0 }),
      patchCount: patches,
      labels: (0..<samples).map { _ in Int32(stream.index(below: classes)) },
      classCount: classes)
    network = PatchNetwork(
      classCount: classes, width: width, dimension: dimension,
      scale: weightScale, using: &stream)
  }

  /// A bound for the rounding of sums over pairs, patches and coordinates,
  /// relative to the largest element: half an ulp per operation on a path of
  /// d products, P·m squares, n pairs and some 40 operations of the softmax, on
  /// both sides and each path's terms of either sign.
  var rounding: Double {
    let path =
      data.dimension + data.patchCount * network.width + data.sampleCount + 40
    return 8 * Double(path) * Double.ulpOfOne
  }
}

/// The largest difference, relative to the largest element of the second.
func relativeDifference(_ a: [Double], _ b: [Double]) -> Double {
  largestDifference(a, b) / max(b.map(abs).largest, 1e-300)
}
