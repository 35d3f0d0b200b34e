import ImageData
import ImageTrain
import LinearAlgebra
import Networks
import Randomness
import RealModule
import TestSupport
import Testing
import VectorMath

@Suite("Chen et al. 2020: contrastive training, NT-Xent")
struct ContrastiveTests {
  private static func outputs(_ seed: UInt64 = 1) -> Matrix<Double> {
    var stream = RandomStream(rootSeed: seed, name: "outputs")
    return Matrix(rowCount: 6, columnCount: 4) { _, _ in stream.normal() }
  }

  @Test("The loss by its definition")
  func definition() {
    let z = Self.outputs()
    func cosine(_ i: Int, _ k: Int) -> Double {
      func dot(_ i: Int, _ k: Int) -> Double {
        zip(z.row(i), z.row(k)).reduce(0) { $0 + $1.0 * $1.1 }
      }
      return dot(i, k) / (dot(i, i) * dot(k, k)).squareRoot()
    }
    var sum = 0.0
    for (i, j) in [(0, 1), (1, 0), (2, 3), (3, 2), (4, 5), (5, 4)] {
      var others = 0.0
      for k in 0..<6 where k != i { others += .exp(cosine(i, k) / 0.4) }
      sum -= .log(.exp(cosine(i, j) / 0.4) / others)
    }
    let loss = contrastiveLoss(z, temperature: 0.4).loss
    #expect(abs(loss - sum / 6) <= 64 * Double.ulpOfOne * loss)
  }

  @Test("The gradient against difference quotients")
  func gradient() {
    let z = Self.outputs()
    let gradient = contrastiveLoss(z, temperature: 0.4).gradient
    for row in 0..<6 {
      for column in 0..<4 {
        let quotient = DifferenceQuotient(
          at: z[row, column], operations: 64, magnitude: 8
        ) {
          var moved = z
          moved[row, column] = $0
          return contrastiveLoss(moved, temperature: 0.4).loss
        }
        #expect(abs(gradient[row, column] - quotient.value) <= quotient.bound)
      }
    }
  }

  @Test("Training lowers the loss, by the same bits again")
  func training() {
    var stream = RandomStream(rootSeed: 4, name: "images")
    let images = Matrix<Double>(rowCount: 40, columnCount: 16) { _, _ in
      stream.normal()
    }
    func run() -> ([Double], DenseNetwork<Double>) {
      var weights = RandomStream(rootSeed: 1, name: "weights")
      let trainer = ContrastiveTrainer(
        // Noise has no shape that a shift would leave.
        plan: ContrastivePlan(
          temperature: 0.2, batchSize: 16, epochs: 60, learningRate: 0.05,
          shift: 0, noise: 0.5),
        network: DenseNetwork(
          shape: DenseShape(sizes: [16, 24, 12, 8], activation: .relu),
          initialization: .he, from: &weights),
        images: images,
        imageShape: ImageShape(channels: 1, height: 4, width: 4),
        streams: TrainingStreams(rootSeed: 1, scope: "test"))
      return ((0..<60).map { _ in trainer.runEpoch() }, trainer.network)
    }
    let (losses, network) = run()
    #expect(losses[59] < 0.8 * losses[0])
    let again = run()
    #expect(again.0 == losses && again.1 == network)
  }

  @Test("Features are the activations of a hidden layer")
  func features() {
    var weights = RandomStream(rootSeed: 1, name: "weights")
    let network = DenseNetwork<Double>(
      shape: DenseShape(sizes: [3, 5, 4, 2], activation: .relu),
      initialization: .pytorch, from: &weights)
    let images = Matrix<Double>(
      rowCount: 2, columnCount: 3, elements: [1, -2, 3, 0.5, 1, -1])
    let features = network.features(ofLayer: 2, of: images)
    #expect(features.columnCount == 4)
    // The last layer on top of them gives the logits.
    let logits = network.logits(of: images)
    let start = network.shape.weightOffset(ofLayer: 3)
    for row in 0..<2 {
      for c in 0..<2 {
        var sum = network.parameters[network.shape.biasOffset(ofLayer: 3) + c]
        for j in 0..<4 {
          sum += network.parameters[start + 4 * c + j] * features[row, j]
        }
        #expect(abs(sum - logits[row, c]) <= 16 * Double.ulpOfOne)
      }
    }
    #expect(features.elements.allSatisfy { $0 >= 0 })
  }
}
