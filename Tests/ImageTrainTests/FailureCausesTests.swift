import ImageTrain
import LinearAlgebra
import Networks
import RealModule
import TestSupport
import Testing
import VectorMath

private let network = randomNetwork([4, 5, 3], .tanh)
private let failed = randomImages(6, pixels: 4, seed: 7)

private func derivatives(
  _ images: LabelledImages<Double>
) -> LikelihoodDerivatives {
  LikelihoodDerivatives(
    images: images, shape: network.shape, team: ThreadTeam(size: 1))
}

/// The failures with their own labels, or all with the next class.
private func copies(shift: Int32 = 0) -> LabelledImages<Double> {
  LabelledImages(
    pixels: failed.pixels, labels: failed.labels.map { ($0 + shift) % 3 },
    classCount: 3)
}

private func posterior(
  damping: Double = 1
) throws -> WeightConsolidation {
  let images = randomImages(40, pixels: 4, seed: 3)
  return try WeightConsolidation(
    network: network, fisher: derivatives(images).diagonalFisher(network),
    sampleCount: 40, damping: damping)
}

private func causes(
  _ influence: FailureInfluence, among images: LabelledImages<Double>,
  steps: Int = 50
) throws -> FailureCauses {
  try FailureCauses(
    influence, posterior: posterior(), training: derivatives(images),
    failures: derivatives(copies()), steps: steps)
}

private func total(_ values: [Double]) -> Double { values.reduce(0, +) }

@Suite("Causes of failure: the sign and size of r̃, selection, deletion")
struct FailureCausesTests {
  @Test(
    "The failures themselves are aligned; the same images by another name are not",
    arguments: FailureInfluence.allCases)
  func signs(_ influence: FailureInfluence) throws {
    #expect(total(try causes(influence, among: copies()).values) < 0)
    #expect(total(try causes(influence, among: copies(shift: 1)).values) > 0)
  }

  @Test("r̃ is what the training samples lose on the way to the failures")
  func values() throws {
    let images = randomImages(9, pixels: 4, seed: 11)
    let training = derivatives(images)
    let before = training.logLikelihoods(network)
    let found = try causes(.ewc, among: images, steps: 3)
    let ascent = try posterior().ascent(
      on: derivatives(copies()), weight: 1, steps: 3)
    #expect(ascent.steps == 3 && found.ascent?.network == ascent.network)
    #expect(
      found.values
        == zip(before, training.logLikelihoods(ascent.network)).map { $0 - $1 })
    // One step of descent on the mean loss of six failures.
    let step = derivatives(copies()).gradient(network)
    let moved = try posterior().moved(by: step, scale: 0.01 / 6)
    let tuned = try causes(.fineTuning, among: images, steps: 1)
    #expect(tuned.ascent == nil)
    let after = training.logLikelihoods(moved)
    for i in 0..<9 {
      // Weights of size 1 that differ by the rounding of six gradients; log p
      // changes by |∇log p| below 16 times that, and rounds itself.
      let bound = 16 * 64 * Double.ulpOfOne
      #expect(abs(tuned.values[i] - (before[i] - after[i])) <= bound)
      #expect(abs(tuned.values[i]) > 16 * bound)
    }
  }

  @Test("Fine-tuning that makes the failures less likely is an error")
  func rises() throws {
    // One image by two names: whatever a long step favours, the other pays.
    let images = LabelledImages<Double>(
      pixels: Matrix(rowCount: 2, columnCount: 4) { failed.pixels[0, $1] },
      labels: [0, 1], classCount: 3)
    let error = try #require(throws: TrainingError.self) {
      try FailureCauses(
        .fineTuning, posterior: posterior(), training: derivatives(copies()),
        failures: derivatives(images), steps: 1, learningRate: 1e6)
    }
    guard case .rose(let before, let after, 1e6) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(after > 100 * before && "\(error)".contains("lower the learning"))
  }

  @Test("Linear influence is the slope of r̃ along the natural step")
  func linear() throws {
    let images = randomImages(9, pixels: 4, seed: 11)
    let found = try causes(.linear, among: images)
    let belief = try posterior()
    let step = belief.naturalStep(toward: derivatives(copies()))
    for i in 0..<9 {
      let quotient = DifferenceQuotient(at: 0, operations: 64, magnitude: 16) {
        -derivatives(images).logLikelihoods(belief.moved(by: step, scale: $0))[
          i]
      }
      #expect(abs(found.values[i] - quotient.value) <= quotient.bound)
      #expect(abs(found.values[i]) > 8 * quotient.bound)
    }
  }

  @Test("Highest first, ties in order; by threshold, number and share")
  func selection() {
    let values = [0.5, -1, 2, 0.5, 0]
    #expect(FailureCauses.ranking(values) == [2, 0, 3, 4, 1])
    #expect(CauseSelection.above(0).causes(values) == [2, 0, 3])
    #expect(CauseSelection.above(0.5).causes(values) == [2])
    #expect(CauseSelection.top(2).causes(values) == [2, 0])
    #expect(CauseSelection.top(9).causes(values).count == 5)
    #expect(CauseSelection.share(0.5).causes(values) == [2, 0, 3])
    #expect(CauseSelection.share(0.09).causes(values) == [])
  }

  @Test("Deletion ends where it would harm the queries, or reach a guess")
  func deletionEnds() throws {
    // Causes that are the queries: no step is allowed.
    let same = try posterior().deletion(
      of: derivatives(copies()), queries: derivatives(copies()), steps: 50)
    #expect(same.end == .queries && same.ascent.network == network)
    // One image by both names of two: what the one loses the other gains.
    let network = randomNetwork([4, 5, 2], .tanh)
    func image(_ label: Int32) -> LikelihoodDerivatives {
      LikelihoodDerivatives(
        images: LabelledImages(
          pixels: Matrix(rowCount: 1, columnCount: 4) { failed.pixels[$0, $1] },
          labels: [label], classCount: 2), shape: network.shape,
        team: ThreadTeam(size: 1))
    }
    func deleted(
      damping: Double, steps: Int
    ) throws -> (ascent: WeightConsolidation.Ascent, end: DeletionEnd) {
      let images = randomImages(
        40, pixels: 4, classCount: 2, labelCount: 2, seed: 3)
      let fisher = LikelihoodDerivatives(
        images: images, shape: network.shape, team: ThreadTeam(size: 1)
      ).diagonalFisher(network)
      return try WeightConsolidation(
        network: network, fisher: fisher, sampleCount: 40, damping: damping
      ).deletion(of: image(0), queries: image(1), steps: steps)
    }
    func likelihood(_ label: Int32, _ network: DenseNetwork<Double>) -> Double {
      image(label).logLikelihoods(network)[0]
    }
    let found = try deleted(damping: 1e-3, steps: 5000)
    let floor = min(-.log(2), likelihood(0, network) - .log(2))
    #expect(found.end == .guess)
    #expect(likelihood(0, found.ascent.network) > floor)
    // Of more than log 2 a hundredth is left.
    #expect(likelihood(0, found.ascent.network) < floor + 0.01)
    #expect(likelihood(1, found.ascent.network) > likelihood(1, network))
    let short = try deleted(damping: 1e-3, steps: 1)
    #expect(short.end == .steps && short.ascent.steps == 1)
    // A strong prior gives the objective a maximum.
    let held = try deleted(damping: 100, steps: 50)
    #expect(held.end == .maximum && held.ascent.steps > 0)
  }
}
