import Mixing
import Randomness
import Testing
import Valuation
import VectorMath

@Suite("The value of a mixed sample is a difference of mean cross-entropies")
struct MixedValuationTests {
  private let images: [[Double]]
  private let labels: [Int32]
  /// More than two blocks of 512.
  private let samples: MixedSamples

  init() {
    var stream = RandomStream(rootSeed: 1, name: "data")
    images = (0..<60).map { _ in
      (0..<5).map { _ in stream.uniform(in: -1...1) }
    }
    labels = (0..<60).map { _ in Int32(stream.index(below: 4)) }
    let count = 1300
    samples = MixedSamples(
      first: (0..<count).map { _ in Int32(stream.index(below: 60)) },
      second: (0..<count).map { _ in Int32(stream.index(below: 60)) },
      weights: (0..<count).map { s in
        s % 50 == 0 ? 0 : s % 50 == 1 ? 1 : stream.uniform()
      })
  }

  private func models<Scalar: VectorScalar>(
    _ seeds: ClosedRange<UInt64>, _: Scalar.Type = Double.self
  ) -> [SoftmaxRegression<Scalar>] {
    seeds.map { SoftmaxRegression(seed: $0, classCount: 4, images: images) }
  }

  /// H(ỹ, p) = −λ log p_{y_i} − (1 − λ) log p_{y_j}, averaged over models.
  private func bruteForce<Scalar: VectorScalar>(
    _ s: Int, _ models: [SoftmaxRegression<Scalar>]
  ) -> Double {
    let (i, j, weight) = (
      samples.first[s], samples.second[s], samples.weights[s]
    )
    return models.reduce(0) { sum, model in
      let log = model.logProbabilities(i, j, weight)
      return sum - weight * log[Int(labels[Int(i)])]
        - (1 - weight) * log[Int(labels[Int(j)])]
    } / Double(models.count)
  }

  private func check<Scalar: VectorScalar>(
    before: [SoftmaxRegression<Scalar>], after: [SoftmaxRegression<Scalar>]
  ) {
    let valuation = MixedValuation(
      of: samples, labels: labels, before: before, after: after,
      team: ThreadTeam(size: 2))
    // The log-probabilities are rounded to the type once; the two terms, the
    // models' sum and the difference are rounded in double precision.
    let unit = Double(Scalar.ulpOfOne) / 2 + 8 * Double.ulpOfOne
    for s in 0..<samples.count {
      let (h, k) = (bruteForce(s, before), bruteForce(s, after))
      #expect(abs(valuation.lossBefore[s] - h) <= unit * h)
      #expect(abs(valuation.lossAfter[s] - k) <= unit * k)
      #expect(abs(valuation.values[s] - (k - h)) <= unit * (h + k))
    }
  }

  @Test("One model on each side")
  func pointPosteriors() {
    check(before: models(1...1), after: models(2...2))
    check(before: models(1...1, Float.self), after: models(2...2, Float.self))
  }

  @Test("Several models, not as many before as after")
  func samplesOfPosteriors() {
    check(before: models(1...3), after: models(4...8))
    check(before: models(1...2, Float.self), after: models(3...3, Float.self))
  }

  @Test("The value is exactly zero where nothing was learned")
  func nothingLearned() {
    let valuation = MixedValuation(
      of: samples, labels: labels, before: models(1...3), after: models(1...3),
      team: ThreadTeam(size: 1))
    #expect(valuation.values.allSatisfy { $0 == 0 })
    #expect(valuation.includedCount == samples.count)
    #expect(valuation.excludedCount == 0 && valuation.mean == 0)
  }

  @Test("Exchanging before and after changes the sign alone")
  func antisymmetry() {
    let (there, back) = ((1, 2), (2, 1))
    let values = [there, back].map { before, after in
      MixedValuation(
        of: samples, labels: labels,
        before: models(UInt64(before)...UInt64(before)),
        after: models(UInt64(after)...UInt64(after)),
        team: ThreadTeam(size: 1))
    }
    #expect(values[0].values == values[1].values.map { -$0 })
    #expect(values[0].includedCount + values[0].excludedCount == samples.count)
    #expect(values[0].includedCount == values[1].values.count { $0 >= 0 })
  }

  @Test("The bytes do not depend on the team's size")
  func teams() {
    let results = [1, 2, 3].map { size in
      MixedValuation(
        of: samples, labels: labels, before: models(1...2),
        after: models(3...3), team: ThreadTeam(size: size))
    }
    #expect(results[0] == results[1] && results[0] == results[2])
  }

  @Test("No samples have no values")
  func empty() {
    let valuation = MixedValuation(
      of: MixedSamples(first: [], second: [], weights: []), labels: labels,
      before: models(1...1), after: models(2...2), team: ThreadTeam(size: 2))
    #expect(valuation.values.isEmpty && valuation.mean.isNaN)
  }

  @Test("A class without probability and without weight does no harm")
  func zeroWeight() {
    let samples = MixedSamples(
      first: [0, 1, 0], second: [1, 0, 1], weights: [1, 0, 0.5])
    let losses = MixedValuation.meanCrossEntropies(
      of: samples, labels: [0, 1], under: [Certainty()],
      team: ThreadTeam(size: 1))
    #expect(losses == [0, 0, .infinity])
  }

  @Test("A valuation needs a model, and losses of one count")
  func misfits() async {
    await #expect(processExitsWith: .failure) {
      _ = MixedValuation(lossBefore: [1], lossAfter: [])
    }
    await #expect(processExitsWith: .failure) {
      _ = MixedValuation.meanCrossEntropies(
        of: MixedSamples(unmixed: [0]), labels: [0], under: [Certainty](),
        team: ThreadTeam(size: 1))
    }
  }
}
