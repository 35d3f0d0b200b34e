import FeatureLearning
import LinearAlgebra
import Mixing
import Synthetic
import Testing
import VectorMath

/// Numbers of two independent programs, rounded to the digits shown.
@Suite("A problem of three samples, worked out elsewhere")
struct VectorTests {
  static let data = PatchData(
    patches: Matrix(
      rowCount: 6, columnCount: 3,
      elements: [
        1, 0, 0, 0, 0.5, 0.2, 0, 1, 0, 0.1, 0, -0.4, 0, 0, 1, 0.3, -0.2, 0,
      ]), patchCount: 2, labels: [0, 1, 0])
  static let network = PatchNetwork(
    classCount: 2, width: 2,
    weights: Matrix(
      rowCount: 4, columnCount: 3,
      elements: [
        0.3, 0.2, -0.5, -0.1, 0.4, 0.1, 0.1, -0.3, 0.4, 0.2, 0.6, -0.2,
      ]))

  private var descent: PatchDescent {
    PatchDescent(
      Self.network, on: PatchSpace(Self.data), team: ThreadTeam(size: 1))
  }

  @Test("Losses")
  func losses() throws {
    let expected: [(PairObjective, Double)] = [
      (.plain, 0.6428342850932),
      (.mixup(.fixed(0.7)), 0.6768521382073),
      (.mixup(.fixed(0.5)), 0.68347831553683),
      (.mixup(.beta(0.2, 0.2)), 0.6543699852221),
      (.mixup(.beta(1, 1)), 0.6698082648644),
      (.mixup(.beta(20, 20)), 0.6824662053302),
    ]
    for (objective, loss) in expected {
      #expect(abs(try descent.loss(objective) - loss) <= 1e-12)
    }
  }

  @Test("Gradient")
  func gradient() throws {
    let expected = [
      -0.035173755568, 0.025024662642, 0.067547435067, 0.016148726466,
      0.031313944848, -0.018349154422, 0.043934790071, 0.031085282373,
      0.070783386346, 0.030199398944, -0.053122906864, -0.014188404463,
    ]
    let gradient = try descent.gradient(.mixup(.fixed(0.7))).elements
    for (g, e) in zip(gradient, expected) { #expect(abs(g - e) <= 2e-12) }
  }

  @Test("Twenty steps")
  func steps() throws {
    let descent = descent
    let objective = PairObjective.mixup(.fixed(0.7))
    for _ in 0..<20 { try descent.step(objective, learningRate: 0.1) }
    #expect(abs(try descent.loss(objective) - 0.64179716438726) <= 2e-12)
    let expected = [
      0.37813392691, 0.154830937654, -0.646006855672, -0.136117758967,
      0.34652167889, 0.137948720899, 0.034718187989, -0.360856088073,
      0.288796500761, 0.148195270627, 0.705304258897, -0.176702714667,
    ]
    for (w, e) in zip(descent.network.weights.elements, expected) {
      #expect(abs(w - e) <= 2e-12)
    }
  }

  @Test("Growth at vanishing weights is slowed down by λ³ + (1 − λ)³")
  func slowdown() {
    for (weight, factor) in [(0.6, 0.28), (0.8, 0.52), (1, 1)] {
      let slowdown = FeatureRates.slowdown(mixingWeight: weight)
      #expect(abs(slowdown - factor) <= 1e-14)
    }
  }
}
