import LinearAlgebra
import Mixing
import Randomness
import Testing

@Suite("MixupE's forms: what a sample adds to the term")
struct DirectionalTermSlopeTests {
  @Test("Slopes in q̃ at −2, 0, ½ and 3, with a threshold of ½")
  func slopes() {
    for (term, slopes) in [
      (DirectionalTerm.paper(.directional), [-1, 1, 1, 1]),
      (.paper(.homogeneous), [-1, 1, 1, 1]), (.listing, [-1, 1, 1, 1]),
      (.version1(threshold: 0.5), [1, 1, 0, 0]), (.version2, [-1, 1, 1, 1]),
      (.version3(threshold: 0.5), [-1, -1, 0, 0]),
      (.version4, [-1, -1, -1, -1]),
    ] as [(DirectionalTerm, [Double])] {
      #expect([-2, 0, 0.5, 3].map { term.slope(at: $0) } == slopes, "\(term)")
    }
  }
}

@Suite("Mixing weights follow their laws")
struct MixingLawTests {
  /// λ of `count` mixed samples under a plan that pairs by rolling.
  private func weights(
    _ count: Int, _ weights: MixingPlan.Weights,
    scope: MixingScope = .sample, folded: Bool = false
  ) -> [Double] {
    var pairs = RandomStream(rootSeed: 1, name: "pairs")
    var lambdas = RandomStream(rootSeed: 1, name: "lambdas")
    let plan = MixingPlan(
      weights: weights, scope: scope, pairing: .roll, folded: folded)
    return plan.draw(
      batch: (0..<Int32(count)).map { $0 }[...], population: [], progress: 0,
      pairs: &pairs, lambdas: &lambdas
    ).weights
  }

  /// Three means for each of five laws, each further than 5.5 standard errors
  /// from its expectation with probability 4·10⁻⁸: together below 10⁻⁶.
  @Test(
    "Moments of Beta(α, β)",
    arguments: [(0.2, 1.0), (1, 1), (20, 1), (2, 2.5), (0.5, 4)])
  func moments(_ concentration: Double, _ ratio: Double) throws {
    let count = 40_000
    let drawn = weights(count, .beta(.constant(concentration), ratio: ratio))
    let rule = try GaussJacobi(
      alpha: concentration, beta: ratio * concentration, count: 20)
    let functions: [(Double) -> Double] = [
      { $0 }, { $0 * $0 }, { $0 * (1 - $0) },
    ]
    for function in functions {
      let mean = rule.expectation(function)
      let square = rule.expectation { function($0) * function($0) }
      let sample = drawn.reduce(0) { $0 + function($1) } / Double(count)
      let error = ((square - mean * mean) / Double(count)).squareRoot()
      #expect(abs(sample - mean) <= 5.5 * error)
    }
    #expect(drawn.allSatisfy { (0...1).contains($0) })
  }

  @Test("Folding takes the larger of λ and 1 − λ of the same draws")
  func folding() {
    let law = MixingPlan.Weights.beta(.constant(0.3), ratio: 2)
    let plain = weights(500, law)
    let folded = weights(500, law, folded: true)
    #expect(folded == plain.map { max($0, 1 - $0) })
    #expect(folded.allSatisfy { (0.5...1).contains($0) })
    #expect(plain.contains { $0 < 0.5 })
    #expect(weights(3, .fixed(0.2), folded: true) == [0.8, 0.8, 0.8])
  }

  @Test("One λ serves a batch, or each sample has its own")
  func scopes() {
    let law = MixingPlan.Weights.beta(.constant(1), ratio: 1)
    #expect(Set(weights(50, law, scope: .batch)).count == 1)
    #expect(Set(weights(50, law, scope: .sample)).count == 50)
    #expect(weights(4, .fixed(0.5)) == [0.5, 0.5, 0.5, 0.5])
  }

  /// 10^x is known to a few ulps.
  @Test(
    "Schedules at the beginning, the quarters and the end",
    arguments: [
      (ConcentrationSchedule.easy, [1, 0.5, 0, -0.5, -1]),
      (.hard, [-1, -0.5, 0, 0.5, 1]),
      (.easyHardEasy, [-1, 0, 1, 0, -1]),
      (.constant(1), [0, 0, 0, 0, 0]),
    ])
  func schedules(_ schedule: ConcentrationSchedule, _ exponents: [Double]) {
    let powers = [
      -1: 0.1, -0.5: 0.31622776601683794, 0: 1, 0.5: 3.1622776601683795, 1: 10,
    ]
    for (quarter, exponent) in exponents.enumerated() {
      let value = schedule.concentration(at: Double(quarter) / 4)
      let expected = powers[exponent] ?? .nan
      #expect(abs(value - expected) <= 4 * expected.ulp)
    }
  }

  @Test("A table is straight in log α between its points, constant outside")
  func tables() {
    let schedule = ConcentrationSchedule.table([
      .init(progress: 0.2, concentration: 0.5),
      .init(progress: 0.6, concentration: 8),
      .init(progress: 0.6, concentration: 2),
      .init(progress: 0.8, concentration: 2),
    ])
    let expected = [
      (0, 0.5), (0.2, 0.5),
      (0.3, 1),  // 0.5^¾·8^¼
      (0.4, 2),  // √(0.5·8)
      (0.6, 8), (0.7, 2), (0.8, 2), (1, 2),
    ]
    // exp and log of numbers up to 8, and the share's rounding times log 16.
    for (progress, value) in expected {
      let found = schedule.concentration(at: progress)
      #expect(abs(found - value) <= 12 * Double.ulpOfOne * value)
    }
  }

  @Test("A single point is constant")
  func singlePoint() {
    let schedule = ConcentrationSchedule.table([
      .init(progress: 0.5, concentration: 3)
    ])
    for progress in [0, 0.5, 1] {
      #expect(schedule.concentration(at: progress) == 3)
    }
  }

  @Test("The law of a moment has the schedule's concentration and the ratio")
  func lawAtProgress() {
    let plan = MixingPlan(weights: .beta(.easy, ratio: 3))
    #expect(plan.law(at: 0.5) == .beta(1, 3))
    #expect(plan.law(at: 0.5).description == "beta(1.0 3.0)")
    #expect(MixingPlan(weights: .fixed(0.5)).law(at: 0.1) == .fixed(0.5))
  }

  /// The tilted law is the mixture α/(α+β)·Beta(α+1, β) + β/(α+β)·Beta(β+1, α).
  @Test(
    "The mean displacement is that of the tilted law",
    arguments: [(1.0, 1.0), (20, 20), (0.2, 0.2), (3, 1.5), (0.05, 7)])
  func meanDisplacement(_ alpha: Double, _ beta: Double) throws {
    let nodes = 4
    let first = try GaussJacobi(alpha: alpha + 1, beta: beta, count: nodes)
    let second = try GaussJacobi(alpha: beta + 1, beta: alpha, count: nodes)
    let tilted =
      (alpha * first.expectation { 1 - $0 }
        + beta * second.expectation { 1 - $0 }) / (alpha + beta)
    // The rule's moments are within 8·nodes·2⁻⁵².
    #expect(
      abs(MixingLaw.beta(alpha, beta).meanDisplacement - tilted)
        <= 8 * Double(nodes + 1) * Double.ulpOfOne)
  }

  @Test("Mean displacements known to twelve digits, and exact ones")
  func knownDisplacements() {
    for (alpha, beta, value) in [
      (1.0, 1.0, 0.333333333333), (20, 20, 0.487804878049),
      (0.2, 0.2, 0.142857142857), (3, 1.5, 0.363636363636),
    ] {
      let found = MixingLaw.beta(alpha, beta).meanDisplacement
      #expect(abs(found - value) <= 0.5e-12 + 4 * Double.ulpOfOne)
    }
    #expect(MixingLaw.none.meanDisplacement == 0)
    #expect(MixingLaw.fixed(0.5).meanDisplacement == 0.5)
    #expect(MixingLaw.fixed(1).meanDisplacement == 0)
  }
}
