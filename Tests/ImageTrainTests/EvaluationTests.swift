import ImageTrain
import LinearAlgebra
import Networks
import RealModule
import TestSupport
import Testing
import VectorMath

@Suite("Evaluation and gradient norms")
struct EvaluationTests {
  private let byHand = Evaluation(
    losses: [0.5, 2, 0.25, 0.25], isCorrect: [true, false, true, true],
    confidences: [0.95, 0.85, 0.65, 0.55])

  @Test("Accuracy, likelihood and calibration by hand")
  func hand() {
    #expect(byHand.accuracy == 0.75)
    #expect(byHand.negativeLogLikelihood == 0.75)
    // |1 − .95| + |0 − .85| + |1 − .65| + |1 − .55| over four.
    let ten = byHand.calibrationError(bins: 10)
    #expect(abs(ten - 0.425) <= 4 * Double.ulpOfOne)
    // Three right, confidences of sum 3, all in the upper half.
    #expect(byHand.calibrationError(bins: 2) <= 4 * Double.ulpOfOne)
    let one = Evaluation(
      losses: [0, 1], isCorrect: [true, false], confidences: [1, 1])
    #expect(one.calibrationError() == 0.5)
  }

  @Test("A network that gives NaN has no calibration, and stops nothing")
  func notANumber() {
    let evaluation = Evaluation(
      losses: [1, .nan], isCorrect: [true, false], confidences: [0.5, .nan])
    #expect(evaluation.calibrationError().isNaN)
    #expect(evaluation.negativeLogLikelihood.isNaN)
  }

  @Test("A part has its own figures")
  func parts() {
    let part = byHand.subset([3, 1])
    #expect(part.losses == [0.25, 2] && part.accuracy == 0.5)
    #expect(part.confidences == [0.55, 0.85])
  }

  /// What rounding can change in a log-probability: twice its logits' share,
  /// and K + 8 roundings of its own.
  private func bound(
    _ naive: NaiveNetwork, _ input: [Double], _ value: Double, unit: Double
  ) -> Double {
    let logits = naive.roundingBounds(input, unit: unit)
    return 2 * (logits.max() ?? 0)
      + Double(logits.count + 8) * unit * (1 + abs(value))
  }

  @Test("Losses, verdicts and confidences are those of plain loops")
  func evaluations() {
    check(Float.self)
    check(Double.self)
  }

  private func check<Scalar: VectorScalar>(_: Scalar.Type) {
    // More than two blocks.
    let images = randomImages(1100, pixels: 6)
    let network = randomNetwork([6, 9, 3], .gelu)
    let naive = NaiveNetwork(network)
    let unit = Double(Scalar.ulpOfOne)
    let evaluator = Evaluator<Scalar>(
      images: LabelledImages(
        pixels: Matrix<Scalar>(images.pixels), labels: images.labels,
        classCount: 3),
      shape: network.shape, team: ThreadTeam(size: 2))
    let evaluation = evaluator.evaluate(DenseNetwork<Scalar>(network))
    let logs = evaluator.logProbabilities(DenseNetwork<Scalar>(network))
    #expect(evaluation.count == 1100 && logs.count == 3300)
    for i in 0..<images.count {
      let input = Array(images.pixels.row(i))
      let exact = naive.logProbabilities(input)
      let label = Int(images.labels[i])
      let bound = bound(naive, input, exact.min() ?? 0, unit: unit)
      for c in 0..<3 {
        #expect(abs(Double(logs[3 * i + c]) - exact[c]) <= bound)
      }
      #expect(abs(evaluation.losses[i] + exact[label]) <= bound)
      let top = exact.max() ?? .nan
      #expect(abs(evaluation.confidences[i] - Double.exp(top)) <= 2 * bound)
      // Closer than rounding, either class may win.
      let second = exact.sorted()[1]
      if top - second > 2 * bound {
        #expect(evaluation.isCorrect[i] == (exact[label] == top))
      }
    }
  }

  /// The norms that plain loops give by differences, with their bounds: two
  /// norms differ by at most the norm of the difference.
  private func norm(_ quotients: [DifferenceQuotient]) -> (Double, Double) {
    let square = quotients.reduce(0) { $0 + $1.value * $1.value }
    let bound = quotients.reduce(0) { $0 + $1.bound * $1.bound }
    return (square.squareRoot(), bound.squareRoot())
  }

  @Test(
    "Norms of input and parameter gradients are those of differences",
    arguments: Activation.allCases)
  func gradientNorms(_ activation: Activation) {
    let images = randomImages(7, pixels: 4)
    let network = randomNetwork([4, 5, 4, 3], activation)
    let evaluator = Evaluator(
      images: images, shape: network.shape, team: ThreadTeam(size: 1))
    let inputNorms = evaluator.inputGradientNorms(network)
    let parameterNorms = evaluator.parameterGradientNorms(network)
    let naive = NaiveNetwork(network)
    for i in 0..<images.count {
      let input = Array(images.pixels.row(i))
      let label = (0..<3).map { $0 == Int(images.labels[i]) ? 1.0 : 0 }
      let loss = naive.crossEntropy(input, label)
      let inputs = input.indices.map { k in
        DifferenceQuotient(at: input[k], operations: 64, magnitude: 1 + loss) {
          var moved = input
          moved[k] = $0
          return naive.crossEntropy(moved, label)
        }
      }
      let parameters = network.parameters.indices.map { k in
        DifferenceQuotient(
          at: network.parameters[k], operations: 64, magnitude: 1 + loss
        ) {
          var moved = naive
          moved.parameters[k] = $0
          return moved.crossEntropy(input, label)
        }
      }
      let (inputNorm, inputBound) = norm(inputs)
      let (parameterNorm, parameterBound) = norm(parameters)
      #expect(abs(inputNorms[i] - inputNorm) <= inputBound)
      #expect(abs(parameterNorms[i] - parameterNorm) <= parameterBound)
      #expect(inputBound < 1e-6 && parameterBound < 1e-6)
    }
  }

  @Test("Norms do not depend on blocks' and teams' sizes")
  func normBlocks() {
    let images = randomImages(1100, pixels: 4)
    let network = randomNetwork([4, 6, 3], .tanh)
    func evaluator(_ size: Int) -> Evaluator<Double> {
      Evaluator(
        images: images, shape: network.shape, team: ThreadTeam(size: size))
    }
    let norms = evaluator(1).parameterGradientNorms(network)
    #expect(norms == evaluator(3).parameterGradientNorms(network))
    let last = Evaluator(
      images: LabelledImages(
        pixels: Matrix(
          rowCount: 1, columnCount: 4, elements: Array(images.pixels.row(1099))),
        labels: [images.labels[1099]], classCount: images.classCount),
      shape: network.shape, team: ThreadTeam(size: 1))
    let alone = last.parameterGradientNorms(network)[0]
    // Some dozens of roundings, in another order.
    #expect(abs(norms[1099] - alone) <= 64 * Double.ulpOfOne * alone)
    #expect(
      evaluator(1).inputGradientNorms(network)
        == evaluator(2).inputGradientNorms(network))
  }

  @Test("The mean image is the mean of each pixel")
  func mean() {
    let images = randomImages(9, pixels: 4)
    for (c, mean) in images.mean.enumerated() {
      let sum = (0..<9).reduce(0) { $0 + images.pixels[$1, c] }
      #expect(abs(mean - sum / 9) <= 10 * Double.ulpOfOne)
    }
  }
}
