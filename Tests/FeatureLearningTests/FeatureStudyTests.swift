import FeatureLearning
import LinearAlgebra
import Mixing
import Randomness
import Synthetic
import Testing
import VectorMath

@Suite(
  "D. Zou et al. 2023: mixup learns rare features, plain training does not")
struct FeatureStudyTests {
  /// The point that this project verified with other programs, at σ_p²d = 15: 5
  /// of 50 samples of a class are rare.
  static func generator(noise: Double = 15) throws -> PatchGenerator {
    try PatchGenerator(
      patchCount: 4, dimension: 1000, featureNoiseMagnitude: 0.1,
      rareProbability: 0.1, patchNoiseScale: (noise / 1000).squareRoot())
  }

  /// Common and rare features of class 0 and 1 after a run.
  private func learning(
    _ method: FeatureMethod, _ seed: UInt64, iterations: Int = 10_000,
    noise: Double = 15
  ) throws -> (common: [Double], rare: [Double], outcome: FeatureRun.Outcome) {
    let generator = try Self.generator(noise: noise)
    let train = try generator.generate(100, name: "train", seed: seed)
    var stream = RandomStream(rootSeed: seed, name: "initial-weights")
    let network = PatchNetwork(
      width: 10, dimension: 1000, scale: 0.01, using: &stream)
    let outcome = try FeatureRun(
      method, learningRate: 0.02, iterations: iterations,
      recordInterval: 10_000,
      tests: [
        generator.generate(
          400, composition: .rareOnly, name: "rare-test", seed: seed
        ).data,
        generator.generate(
          400, composition: .commonOnly, name: "common-test", seed: seed
        ).data,
      ], noisePositions: train.noisePositions
    )(
      from: network, on: PatchSpace(train.data),
      directions: train.features, team: ThreadTeam(size: 1))
    let end = outcome.records[1].learning
    return ([end[0, 0], end[1, 1]], [end[0, 2], end[1, 3]], outcome)
  }

  /// Four independent draws gave ratios of 7.7 to 32.
  @Test(
    "Rare features after 10,000 steps, and kept after early stopping",
    arguments: 1...5 as ClosedRange<UInt64>)
  func rareFeatures(_ seed: UInt64) throws {
    let plain = try learning(.plain, seed)
    let mixup = try learning(
      .earlyStoppedMixup(weight: 0.6, stop: 10_000), seed, iterations: 12_000)
    for k in 0..<2 {
      #expect(mixup.rare[k] > 5 * plain.rare[k])
      #expect(mixup.common[k] < plain.common[k])
      #expect(mixup.rare[k] < mixup.common[k])
    }
    let (p, m) = (plain.outcome.records[1], mixup.outcome.records[1])
    #expect(p.accuracy == 1 && m.accuracy == 1)
    #expect(p.testAccuracies[1] == 1 && m.testAccuracies[1] == 1)
    // 400 rare samples: plain training guesses by the feature noise.
    #expect(p.testAccuracies[0] < 0.75)
    #expect(m.testAccuracies[0] > p.testAccuracies[0])
    // From iterate 10,000 on plain: common features jump, rare ones stay.
    let stopped = mixup.outcome.records[2].learning
    for k in 0..<2 {
      #expect(stopped[k, k] > 1.2 * mixup.common[k])
      #expect(stopped[k, k + 2] > 0.7 * mixup.rare[k])
      #expect(stopped[k, k + 2] > 5 * plain.rare[k])
    }
    // Plain training memorises the noise of rare samples.
    #expect(p.memorisation.allSatisfy { $0 > 0.3 })
  }

  /// ρn/2 = 5 and (1 − ρ)n/2 = 45.
  @Test("Noise is memorised before the rare feature where ρn/2 < σ_p²d")
  func condition() throws {
    let team = ThreadTeam(size: 1)
    let ends = try [2.0, 15, 80].map { noise in
      let generator = try Self.generator(noise: noise)
      let closed = FeatureRates(generator, sampleCount: 100)
      // The closed form is the mean over samples of the exact rate, up to the
      // lengths of 200 patches and their inner products, some 2 per cent.
      let train = try generator.generate(100, name: "train", seed: 6)
      let own = train.noisePositions.indices.filter { $0 % 2 == 0 }
      let patches = Matrix(
        rowCount: own.count, columnCount: 1000,
        elements: own.flatMap { i in
          train.data.patch(train.noisePositions[i][0], ofSample: i)
        })
      let rates = try GrowthPrediction(.plain, on: train.data, team: team)
        .rates(of: patches)
      let mean = rates.row(0).reduce(0, +) / Double(own.count)
      #expect(abs(mean / closed.noise - 1) <= 0.05)
      let plain = try learning(.plain, 6, noise: noise)
      return (closed, plain.common, plain.rare)
    }
    #expect(ends.map { $0.0.memorisesRareSamples } == [false, true, false])
    for k in 0..<2 {
      // Both features are learnt, the common one alone, none.
      #expect(ends[0].1[k] > 1 && ends[0].2[k] > 1)
      #expect(ends[1].1[k] > 1 && ends[1].2[k] < 0.1)
      #expect(ends[2].1[k] < 0.1 && ends[2].2[k] < 0.1)
    }
  }

  @Test("A growth rate tells when a direction leaves the linear phase")
  func departure() {
    // 1.01^(2n) = e² at n = 1/log 1.01.
    let steps = FeatureRates.steps(
      toGrowBy: 7.38905609893065, rate: 0.5, learningRate: 0.02)
    #expect(abs(steps - 100.49917) <= 1e-5)
  }

  @Test("Rates at vanishing weights are those derived")
  func rates() throws {
    let generator = try Self.generator()
    let train = try generator.generate(100, name: "train", seed: 3)
    let team = ThreadTeam(size: 1)
    let closed = FeatureRates(generator, sampleCount: 100)
    #expect(closed.memorisesRareSamples)
    let plain = try GrowthPrediction(.plain, on: train.data, team: team)
      .rates(of: train.features)
    // Feature noise αu, αv adds α²·(shares)/2 of either sign.
    let slack = 0.5 * 0.01
    for k in 0..<2 {
      #expect(abs(plain[k, k] - closed.common) <= slack)
      #expect(abs(plain[k, k + 2] - closed.rare) <= 1e-12)
      #expect(abs(plain[k, 3 - k] + closed.rare) <= 1e-12)
    }
    // Mixup: all slower by λ³ + (1 − λ)³, and terms of equal positions
    // between samples of a class, at most 2λ(1 − λ)·n_f²/n² for n_f of them.
    let mixup = try GrowthPrediction(
      .mixup(.fixed(0.6)), on: train.data, team: team
    ).rates(of: train.features)
    let factor = FeatureRates.slowdown(mixingWeight: 0.6)
    for k in 0..<2 {
      let same = 2 * 0.24 * 0.45 * 0.45
      #expect(mixup[k, k] >= factor * closed.common - slack)
      #expect(mixup[k, k] <= factor * closed.common + same + slack)
      #expect(
        abs(mixup[k, k + 2] - factor * closed.rare) <= 2 * 0.24 * 0.05 * 0.05)
    }
  }

  @Test("Descent from small weights grows at the predicted rates")
  func measuredRates() throws {
    let train = try Self.generator().generate(100, name: "train", seed: 4)
    let team = ThreadTeam(size: 1)
    let space = PatchSpace(train.data)
    var stream = RandomStream(rootSeed: 4, name: "initial-weights")
    let network = PatchNetwork(
      width: 4, dimension: 1000, scale: 1e-4, using: &stream)
    for objective in [PairObjective.plain, .mixup(.fixed(0.7))] {
      let prediction = try GrowthPrediction(
        objective, on: train.data, team: team)
      let mode = try prediction.modes(ofClass: 0, count: 1)
      let direction = Matrix(
        rowCount: 1, columnCount: 1000,
        elements: (0..<1000).map { mode.vectors[$0, 0] })
      let descent = PatchDescent(network, on: space, team: team)
      let followed = FollowedDirections(
        direction, space: space, initial: network)
      let start = followed.learning(by: descent)[0, 0]
      let (rate, steps) = (0.01, 200)
      for _ in 0..<steps { try descent.step(objective, learningRate: rate) }
      let end = followed.learning(by: descent)[0, 0]
      // w grows by 1 + ημ a step, what is learnt by its square; logits stay
      // below some 10⁻⁴, and so does their effect on the residuals.
      let growth = 1 + rate * mode.values[0]
      var expected = start
      for _ in 0..<steps { expected *= growth * growth }
      #expect(abs(end / expected - 1) <= 1e-3)
      // It is the common feature that grows first.
      #expect(mode.vectors[0, 0] * mode.vectors[0, 0] > 0.9)
    }
  }
}
