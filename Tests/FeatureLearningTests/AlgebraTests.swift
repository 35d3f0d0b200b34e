import FeatureLearning
import LinearAlgebra
import Mixing
import Randomness
import Synthetic
import TestSupport
import Testing
import VectorMath

@Suite("The all-pairs algebra is the sum over all pairs")
struct AlgebraTests {
  static let laws: [MixingLaw] = [
    .fixed(0.7), .fixed(0.5), .fixed(1), .fixed(0), .beta(0.4, 0.4),
    .beta(3, 3), .beta(2, 0.7),
  ]

  private func check(
    _ problem: Problem, _ objective: PairObjective, _ brute: BruteForce,
    _ slack: Double = 0
  ) throws {
    let (loss, gradient) = brute.lossAndGradient(problem.network)
    let team = ThreadTeam(size: 2)
    for form in [PatchSpace.Form.gram, .direct] {
      for usesMargins in [true, false] {
        let descent = PatchDescent(
          problem.network, on: PatchSpace(problem.data, form: form),
          team: team, usesMargins: usesMargins)
        let bound = problem.rounding + slack
        #expect(abs(try descent.loss(objective) - loss) <= bound * loss)
        #expect(
          relativeDifference(
            try descent.gradient(objective).elements, gradient) <= bound)
      }
    }
  }

  @Test("Loss and gradient of mixup", arguments: laws, [2, 3, 5])
  func mixup(_ law: MixingLaw, _ classes: Int) throws {
    for seed in 0..<3 as Range<UInt64> {
      let problem = Problem(seed: seed, classes: classes)
      // A Beta law's nodes err by 10⁻¹² per pair.
      let slack = if case .beta = law { 1e-11 } else { 0.0 }
      try check(
        problem, .mixup(law), try BruteForce(problem.data, law: law), slack)
    }
  }

  @Test("Loss and gradient of plain training and of RegMixup")
  func plain() throws {
    let problem = Problem(seed: 5, samples: 11, classes: 3)
    var brute = try BruteForce(problem.data, law: .fixed(0.8))
    brute.plainWeight = 1
    brute.mixedWeight = 0.6
    try check(
      problem,
      PairObjective(plainWeight: 1, mixedWeight: 0.6, law: .fixed(0.8)), brute)
    brute.mixedWeight = 0
    try check(problem, .plain, brute)
  }

  @Test("Weighted pairs, each with a λ of its own", arguments: [2, 4])
  func selections(_ classes: Int) throws {
    let problem = Problem(seed: 6, samples: 9, classes: classes)
    let n = 9
    var stream = RandomStream(rootSeed: 7, name: "selection")
    let weights = (0..<n * n).map { _ in max(0, stream.uniform(in: -1...1)) }
    let lambdas = (0..<n * n).map { _ in stream.uniform() }
    var brute = try BruteForce(problem.data, law: .fixed(0.3))
    brute.pairWeight = { weights[$0 * n + $1] }
    brute.total = weights.reduce(0, +)
    var objective = PairObjective.mixup(.fixed(0.3))
    objective.selection = PairSelection(sampleCount: n, weights: weights)
    try check(problem, objective, brute)
    brute.lambdas = { [(lambdas[$0 * n + $1], 1)] }
    brute.total = 100
    objective.selection = PairSelection(
      sampleCount: n, weights: weights, mixingWeights: lambdas, total: 100)
    try check(problem, objective, brute)
    // Unequal orders of a pair forbid the symmetric rule's shortcut.
    var beta = PairObjective.mixup(.beta(0.6, 0.6))
    beta.selection = PairSelection(sampleCount: n, weights: weights)
    var bruteBeta = try BruteForce(problem.data, law: .beta(0.6, 0.6))
    bruteBeta.pairWeight = brute.pairWeight
    bruteBeta.total = weights.reduce(0, +)
    try check(problem, beta, bruteBeta, 1e-11)
  }

  @Test(
    "Blocks of pairs meet: more samples than fit in one", arguments: [2, 3])
  func blocks(_ classes: Int) throws {
    let problem = Problem(
      seed: 8, samples: 131, patches: 2, dimension: 4, width: 1,
      classes: classes)
    try check(
      problem, .mixup(.fixed(0.6)),
      try BruteForce(problem.data, law: .fixed(0.6)))
  }

  /// Wrong formulas: a mixed input that is off by a millionth, no pairs i = j, λ
  /// off by a millionth, unordered pairs only.
  @Test("A wrong formula is rejected", arguments: 0..<4)
  func mutation(_ kind: Int) throws {
    let problem = Problem(seed: 9)
    let n = problem.data.sampleCount
    var brute = try BruteForce(problem.data, law: .fixed(0.7))
    switch kind {
    case 0: brute.mutation = 1 - 1e-6
    case 1:
      brute.pairWeight = { $0 == $1 ? 0 : 1 }
      brute.total = Double(n * n - n)
    case 2: brute.lambdas = { _, _ in [(0.700001, 1)] }
    default:
      brute.pairWeight = { $0 <= $1 ? 1 : 0 }
      brute.total = Double((n * n + n) / 2)
    }
    let descent = PatchDescent(
      problem.network, on: PatchSpace(problem.data), team: ThreadTeam(size: 1))
    let (loss, gradient) = brute.lossAndGradient(problem.network)
    let objective = PairObjective.mixup(.fixed(0.7))
    #expect(
      abs(try descent.loss(objective) - loss) > 1000 * problem.rounding * loss)
    #expect(
      relativeDifference(try descent.gradient(objective).elements, gradient)
        > 1000 * problem.rounding)
  }

  @Test("The gradient is that of the loss", arguments: laws)
  func differences(_ law: MixingLaw) throws {
    let problem = Problem(seed: 10)
    let space = PatchSpace(problem.data)
    let team = ThreadTeam(size: 1)
    let objective = PairObjective(
      plainWeight: 0.5, mixedWeight: 1, law: law)
    let gradient = try PatchDescent(problem.network, on: space, team: team)
      .gradient(objective)
    for index in [0, 3, 7, 11, 17, 23] {
      let quotient = DifferenceQuotient(
        at: problem.network.weights.elements[index], operations: 100,
        magnitude: 2
      ) { value in
        var moved = problem.network
        moved.weights.withUnsafeMutableElements { $0[index] = value }
        let descent = PatchDescent(moved, on: space, team: team)
        return (try? descent.loss(objective)) ?? .nan
      }
      // An expectation's rule is off by 10⁻¹², which the step divides.
      let isRule = if case .beta = law { true } else { false }
      let bound = quotient.bound + (isRule ? 1e-12 / 0x1p-15 : 0)
      #expect(abs(gradient.elements[index] - quotient.value) <= bound)
    }
  }

  @Test("Descent takes brute force's path", arguments: [2, 3])
  func descent(_ classes: Int) throws {
    let problem = Problem(seed: 11, classes: classes)
    let expected = try BruteForce(problem.data, law: .fixed(0.65))
      .descend(problem.network, steps: 25, learningRate: 0.05)
    for form in [PatchSpace.Form.automatic, .gram, .direct] {
      let descent = PatchDescent(
        problem.network, on: PatchSpace(problem.data, form: form),
        team: ThreadTeam(size: 2))
      for _ in 0..<25 {
        try descent.step(.mixup(.fixed(0.65)), learningRate: 0.05)
      }
      // Each step adds its rounding; the map's slope stays near 1.
      #expect(
        relativeDifference(
          descent.network.weights.elements, expected.weights.elements)
          <= 25 * problem.rounding)
    }
  }
}
