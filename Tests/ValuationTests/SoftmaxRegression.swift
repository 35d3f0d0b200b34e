import Foundation
import Mixing
import Randomness
import Valuation
import VectorMath

/// Softmax regression with random weights, one sample at a time: a model that
/// is nothing but its formula.
struct SoftmaxRegression<Scalar: VectorScalar>: LogProbabilityPredictor {
  let classCount: Int
  private let weights: [[Double]]
  private let images: [[Double]]

  init(seed: UInt64, classCount: Int, images: [[Double]]) {
    var stream = RandomStream(rootSeed: seed, name: "regression")
    self.classCount = classCount
    self.images = images
    weights = (0..<classCount).map { _ in
      images[0].map { _ in stream.uniform(in: -2...2) }
    }
  }

  /// log p at the mixture λx_i + (1 − λ)x_j.
  func logProbabilities(_ i: Int32, _ j: Int32, _ weight: Double) -> [Double] {
    let input = zip(images[Int(i)], images[Int(j)]).map {
      weight * $0 + (1 - weight) * $1
    }
    let logits = weights.map { row in
      zip(row, input).reduce(0) { $0 + $1.0 * $1.1 }
    }
    let sum = logits.reduce(0) { $0 + exp($1) }
    return logits.map { $0 - log(sum) }
  }

  func logProbabilities(
    of samples: MixedSamples, in range: Range<Int>,
    into out: UnsafeMutablePointer<Scalar>
  ) {
    for (row, s) in range.enumerated() {
      let values = logProbabilities(
        samples.first[s], samples.second[s], samples.weights[s])
      for (c, value) in values.enumerated() {
        out[row * classCount + c] = Scalar(value)
      }
    }
  }
}

/// A model that gives class 0 all probability.
struct Certainty: LogProbabilityPredictor {
  var classCount: Int { 2 }

  func logProbabilities(
    of samples: MixedSamples, in range: Range<Int>,
    into out: UnsafeMutablePointer<Float>
  ) {
    for row in 0..<range.count {
      out[2 * row] = 0
      out[2 * row + 1] = -.infinity
    }
  }
}
