import Foundation
import Randomness
import Testing
import VectorMath

@Suite("Losses of mixed labels and their gradients")
struct LossKernelTests {
  static let sizes = [
    (rows: 1, classes: 2), (3, 3), (17, 10), (5, 101), (300, 7), (2, 2048),
    (2, 2049),
  ]

  private func logSoftmax<Scalar: VectorScalar>(
    _ logits: [Scalar], classes: Int
  ) -> [Scalar] {
    var out = [Scalar](repeating: 7, count: logits.count)
    Scalar.logSoftmax(
      logits, into: &out, rows: logits.count / classes, columns: classes)
    return out
  }

  /// The error is bounded in half-ulps.
  ///
  /// They are those of x − max (relative to its size), of the exponentials (4 and
  /// the shift's error again, which e^(−|x − max|) keeps below 1), of the sum
  /// (one per class), of the logarithm and of the last difference. Doubled for
  /// the double precision case, where the reference has its own.
  @Test("Log-softmax in both precisions", arguments: sizes)
  func logSoftmaxAccuracy(_ size: (rows: Int, classes: Int)) {
    checkLogSoftmax(Float.self, size)
    checkLogSoftmax(Double.self, size)
  }

  private func checkLogSoftmax<Scalar: VectorScalar>(
    _ type: Scalar.Type, _ size: (rows: Int, classes: Int)
  ) {
    var stream = RandomStream(rootSeed: 1, name: "log-softmax")
    for scale in [0.1, 3, 60] {
      let logits = numbers(
        size.rows * size.classes, scale: scale, from: &stream, as: type)
      let out = logSoftmax(logits, classes: size.classes)
      for r in 0..<size.rows {
        let row = logits[r * size.classes..<(r + 1) * size.classes]
          .map { Double($0) }
        let top = row.max()!
        let sum = row.reduce(0) { $0 + exp($1 - top) }
        for c in 0..<size.classes {
          let exact = row[c] - top - log(sum)
          let bound =
            Double(type.ulpOfOne)
            * (abs(row[c] - top) + abs(exact) + log(sum)
              + Double(size.classes + 6))
          #expect(abs(Double(out[r * size.classes + c]) - exact) <= bound)
        }
      }
    }
  }

  @Test("Log-softmax may overwrite its input")
  func inPlace() {
    var stream = RandomStream(rootSeed: 2, name: "in-place")
    let logits = numbers(7 * 5, scale: 3, from: &stream, as: Float.self)
    var overwritten = logits
    overwritten.withUnsafeMutableBufferPointer {
      let pointer = $0.baseAddress!
      Float.logSoftmax(pointer, into: pointer, rows: 7, columns: 5)
    }
    #expect(overwritten == logSoftmax(logits, classes: 5))
  }

  @Test("A constant added to the logits changes nothing, however large")
  func shift() {
    let logits: [Float] = [1, 2, 4, 0.5]
    let shifted = logits.map { $0 + 0x1p20 }
    #expect(
      logSoftmax(logits, classes: 4) == logSoftmax(shifted, classes: 4))
  }

  /// The gradient's entries off the labels are the exponentials themselves.
  @Test("The float exponential is within 2 ulp")
  func exponential() {
    var stream = RandomStream(rootSeed: 3, name: "exponential")
    let count = 100_000
    var logs = [Float](repeating: 0, count: 3 * count)
    for r in 0..<count {
      logs[3 * r] = Float(stream.uniform(in: -87...88))
      logs[3 * r + 1] = Float(stream.uniform(in: -1...1))
    }
    let targets = Targets(
      first: [Int32](repeating: 2, count: count),
      second: [Int32](repeating: 2, count: count),
      weights: [Double](repeating: 1, count: count))
    let gradient = self.gradient(
      logs, 3, targets, scales: [Double](repeating: 1, count: count),
      Float.crossEntropyGradient)
    for r in 0..<count {
      for k in [3 * r, 3 * r + 1] {
        let exact = exp(Double(logs[k]))
        let ulp = Double(Float(exact).ulp)
        #expect(abs(Double(gradient[k]) - exact) <= 2 * ulp)
      }
    }
  }

  private func losses<Scalar: VectorScalar>(
    _ logProbabilities: [Scalar], _ classes: Int, _ targets: Targets
  ) -> [Double] {
    var losses = [Double](repeating: .nan, count: targets.first.count)
    targets.withPointers {
      Scalar.mixedCrossEntropy(
        logProbabilities, classes: classes, $0, into: &losses)
    }
    return losses
  }

  private func gradient<Scalar: VectorScalar>(
    _ values: [Scalar], _ classes: Int, _ targets: Targets, scales: [Double],
    _ kernel: (
      UnsafePointer<Scalar>, UnsafeMutablePointer<Scalar>, Int, MixedTargets,
      UnsafePointer<Double>
    ) -> Void
  ) -> [Scalar] {
    var out = [Scalar](repeating: .nan, count: values.count)
    targets.withPointers { kernel(values, &out, classes, $0, scales) }
    return out
  }

  @Test("Cross-entropy and its gradient", arguments: sizes)
  func crossEntropy(_ size: (rows: Int, classes: Int)) {
    checkCrossEntropy(Float.self, size)
    checkCrossEntropy(Double.self, size)
  }

  private func checkCrossEntropy<Scalar: VectorScalar>(
    _ type: Scalar.Type, _ size: (rows: Int, classes: Int)
  ) {
    let (rows, classes) = size
    var stream = RandomStream(rootSeed: 4, name: "cross-entropy")
    let targets = Targets(rows, classes: classes, from: &stream)
    let logits = numbers(rows * classes, scale: 5, from: &stream, as: type)
    let logs = logSoftmax(logits, classes: classes)
    let scales = (0..<rows).map { _ in stream.uniform(in: -1...1) }
    let losses = losses(logs, classes, targets)
    let gradient = gradient(
      logs, classes, targets, scales: scales, type.crossEntropyGradient)
    for r in 0..<rows {
      let label = targets.label(r, classes: classes)
      var loss = 0.0
      for c in 0..<classes {
        let log = Double(logs[r * classes + c])
        loss -= label[c] * log
        let exact = scales[r] * (exp(log) - label[c])
        // 2 ulp of the exponential, halves for two labels, scale and product.
        #expect(
          abs(Double(gradient[r * classes + c]) - exact)
            <= 5 * Double(type.ulpOfOne) * abs(scales[r]))
      }
      #expect(abs(losses[r] - loss) <= 4 * Double.ulpOfOne * loss)
    }
  }

  @Test("A zero weight takes out an infinite logarithm")
  func zeroWeights() {
    checkZeroWeights(Float.self)
    checkZeroWeights(Double.self)
  }

  private func checkZeroWeights<Scalar: VectorScalar>(_: Scalar.Type) {
    let logs: [Scalar] = [-.infinity, -0.5, -0.5, -.infinity, -.infinity, -0.5]
    let targets = Targets(
      first: [0, 0, 0], second: [1, 1, 1], weights: [0, 1, 0.5])
    #expect(losses(logs, 2, targets) == [0.5, 0.5, .infinity])
    // Logits of −∞ give such logarithms.
    let certain = logSoftmax([-.infinity, 3] as [Scalar], classes: 2)
    #expect(certain == [-.infinity, 0])
  }

  @Test("NaN reaches its whole row and no other", arguments: [0, 1, 2])
  func notANumber(_ column: Int) {
    checkNaN(Float.self, column)
    checkNaN(Double.self, column)
  }

  private func checkNaN<Scalar: VectorScalar>(_: Scalar.Type, _ column: Int) {
    var logits = [Scalar](repeating: 1, count: 9)
    logits[3 + column] = .nan
    let logs = logSoftmax(logits, classes: 3)
    #expect(logs.map(\.isNaN) == (0..<9).map { $0 / 3 == 1 })
    let targets = Targets(
      first: [0, 0, 0], second: [1, 1, 1], weights: [0.3, 0.3, 0.3])
    #expect(losses(logs, 3, targets).map(\.isNaN) == [false, true, false])
    let gradient = gradient(
      logs, 3, targets, scales: [1, 1, 1], Scalar.crossEntropyGradient)
    #expect(gradient.map(\.isNaN) == logs.map(\.isNaN))
  }

  @Test("Squared error of mixed labels, of mixed losses, and the gradient")
  func squaredError() {
    checkSquaredError(Float.self)
    checkSquaredError(Double.self)
  }

  private func checkSquaredError<Scalar: VectorScalar>(_ type: Scalar.Type) {
    let (rows, classes) = (23, 7)
    var stream = RandomStream(rootSeed: 5, name: "squared-error")
    let targets = Targets(rows, classes: classes, from: &stream)
    let logits = numbers(rows * classes, scale: 2, from: &stream, as: type)
    let scales = (0..<rows).map { _ in stream.uniform(in: -1...1) }
    var (labels, losses) = (
      [Double](repeating: 0, count: rows), [Double](repeating: 0, count: rows)
    )
    targets.withPointers {
      type.mixedSquaredError(
        logits, classes: classes, $0, mixesLosses: false, into: &labels)
      type.mixedSquaredError(
        logits, classes: classes, $0, mixesLosses: true, into: &losses)
    }
    let gradient = gradient(
      logits, classes, targets, scales: scales, type.squaredErrorGradient)
    for r in 0..<rows {
      let weight = targets.weights[r]
      let row = (0..<classes).map { Double(logits[r * classes + $0]) }
      func half(_ label: [Double]) -> Double {
        zip(row, label).reduce(0) {
          $0 + ($1.0 - $1.1) * ($1.0 - $1.1) / 2
        }
      }
      func unit(_ k: Int32) -> [Double] {
        (0..<classes).map { $0 == Int(k) ? 1 : 0 }
      }
      let mixed = targets.label(r, classes: classes)
      let ofLosses =
        weight * half(unit(targets.first[r]))
        + (1 - weight) * half(unit(targets.second[r]))
      // Sums of `classes` squares of numbers below 3, in double precision.
      let bound = Double(classes + 6) * Double.ulpOfOne * (ofLosses + 1)
      #expect(abs(labels[r] - half(mixed)) <= bound)
      #expect(abs(losses[r] - ofLosses) <= bound)
      for c in 0..<classes {
        let exact = scales[r] * (row[c] - mixed[c])
        #expect(
          abs(Double(gradient[r * classes + c]) - exact)
            <= 6 * Double(type.ulpOfOne) * abs(scales[r]))
      }
    }
  }
}
