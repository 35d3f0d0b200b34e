import FeatureLearning
import LinearAlgebra
import Mixing
import Randomness
import Synthetic
import Testing
import VectorMath

@Suite("Equal patches count once, orthogonal ones do not meet")
struct SpaceTests {
  private func generated(_ features: Matrix<Double>? = nil) throws
    -> FeaturePatches
  {
    try PatchGenerator(
      patchCount: 4, dimension: 60, featureNoiseMagnitude: 0.1,
      rareProbability: 0.2, patchNoiseScale: 0.3, features: features
    ).generate(20, name: "train", seed: 1)
  }

  @Test("The generator's samples fall apart into features and noise")
  func generatorBlocks() throws {
    let space = PatchSpace(try generated().data, form: .gram)
    // v and αv, u and αu; v′ and u′ alone; 2 noise patches of 20 samples.
    #expect(space.distinctCount == 46)
    #expect(space.blockSizes.map(\.size).sorted() == [1, 1, 2, 2, 40])
    var stream = RandomStream(rootSeed: 2, name: "features")
    let features = Matrix(
      rowCount: 4, columnCount: 60, elements: stream.normals(count: 240))
    let skew = PatchSpace(try generated(features).data, form: .gram)
    // Features that are not orthogonal to each other still are to the noise.
    #expect(skew.blockSizes.map(\.size).sorted() == [6, 40])
  }

  @Test("Gram form where there are fewer patches than twice the dimension")
  func forms() {
    let few = Problem(seed: 3, samples: 7, patches: 3, dimension: 11)
    #expect(PatchSpace(few.data).blockSizes.allSatisfy { $0.isGram })
    let many = Problem(seed: 3, samples: 8, patches: 3, dimension: 11)
    #expect(!PatchSpace(many.data).blockSizes.contains { $0.isGram })
  }

  /// Powers of two scale every product exactly, so that only the lengths of the
  /// sums in the two forms can differ.
  @Test("Patches whose squares underflow or overflow keep their digits")
  func extremes() throws {
    let plain = Problem(seed: 3, samples: 7, patches: 3, dimension: 11)
    func scaled(_ factor: Double) -> PatchData {
      PatchData(
        patches: Matrix(
          rowCount: 21, columnCount: 11,
          elements: plain.data.patches.elements.map { factor * $0 }),
        patchCount: 3, labels: plain.data.labels)
    }
    let (tiny, unit) = (0x1p-505, 0x1p505)
    let space = PatchSpace(scaled(tiny))
    #expect(!space.blockSizes.contains { $0.isGram })
    #expect(
      !PatchSpace(scaled(0x1p515)).blockSizes.contains { $0.isGram })
    var network = plain.network
    network.weights = Matrix(
      rowCount: 4, columnCount: 11,
      elements: network.weights.elements.map { unit * $0 })
    let descent = PatchDescent(network, on: space, team: ThreadTeam(size: 1))
    let expected = PatchDescent(
      plain.network, on: PatchSpace(plain.data), team: ThreadTeam(size: 1))
    for _ in 0..<5 {
      try descent.step(.mixup(.fixed(0.6)), learningRate: 0.3 * unit * unit)
      try expected.step(.mixup(.fixed(0.6)), learningRate: 0.3)
    }
    #expect(
      relativeDifference(
        descent.network.weights.elements.map { tiny * $0 },
        expected.network.weights.elements) <= 5 * plain.rounding)
  }

  @Test("Both forms and brute force agree on generated samples")
  func agreement() throws {
    let data = try generated().data
    var stream = RandomStream(rootSeed: 4, name: "weights")
    let network = PatchNetwork(
      width: 3, dimension: 60, scale: 0.2, using: &stream)
    let directions = PatchGenerator.unitFeatures(
      dimension: 60, norms: [1, 1, 1, 1, 1])
    let expected = try BruteForce(data, law: .fixed(0.6))
      .descend(network, steps: 5, learningRate: 0.3)
    for form in [PatchSpace.Form.gram, .direct] {
      let space = PatchSpace(data, form: form)
      let followed = FollowedDirections(
        directions, space: space, initial: network)
      let descent = PatchDescent(
        network, on: space, team: ThreadTeam(size: 2))
      for _ in 0..<5 {
        try descent.step(.mixup(.fixed(0.6)), learningRate: 0.3)
      }
      let problem = Problem(seed: 0, samples: 20, dimension: 60, width: 3)
      let bound = 5 * problem.rounding
      #expect(
        relativeDifference(
          descent.network.weights.elements, expected.weights.elements) <= bound)
      #expect(
        relativeDifference(
          followed.learning(by: descent).elements,
          expected.learning(of: directions).elements) <= bound)
      let logits = expected.logits(of: data)
      #expect(
        abs(descent.largestLogit - (logits.elements.max() ?? 0))
          <= bound * descent.largestLogit)
      #expect(descent.accuracy == expected.accuracy(on: data))
    }
  }
}
