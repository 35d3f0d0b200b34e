import FeatureLearning
import LinearAlgebra
import Mixing
import Randomness
import Synthetic
import Testing
import Valuation
import VectorMath

@Suite("Methods of mixup and valuation on the patch network")
struct MethodTests {
  let problem = Problem(seed: 40, samples: 12, weightScale: 0.5)
  let team = ThreadTeam(size: 2)
  let directions = PatchGenerator.unitFeatures(dimension: 6, norms: [1, 1])

  private func run(
    _ method: FeatureMethod, iterations: Int = 20, teacher: PatchNetwork? = nil,
    replay: FilterTrace? = nil
  ) throws -> FeatureRun.Outcome {
    try FeatureRun(
      method, learningRate: 0.1, iterations: iterations, recordInterval: 7,
      teachers: teacher.map { [$0] } ?? [], replay: replay, seed: 3
    )(
      from: problem.network, on: PatchSpace(problem.data),
      directions: directions, team: team)
  }

  private var teacher: PatchNetwork {
    get throws { try run(.mixup(weight: 0.8), iterations: 40).network }
  }

  @Test("The first iterate, every seventh and the last are recorded")
  func records() throws {
    let outcome = try run(.mixup(weight: 0.7))
    #expect(outcome.records.map(\.iteration) == [0, 7, 14, 20])
    #expect(try run(.plain, iterations: 14).records.count == 3)
    #expect(try run(.plain, iterations: 0).records.count == 1)
    let learning = outcome.network.learning(of: directions)
    #expect(
      relativeDifference(
        outcome.records[3].learning.elements, learning.elements)
        <= 20 * problem.rounding)
  }

  @Test("Early-stopped mixup is mixup, then plain training")
  func earlyStopping() throws {
    let stopped = try run(.earlyStoppedMixup(weight: 0.7, stop: 14))
    let mixed = try run(.mixup(weight: 0.7))
    #expect(stopped.records[..<2] == mixed.records[..<2])
    let descent = PatchDescent(
      problem.network, on: PatchSpace(problem.data), team: team)
    for _ in 0..<14 {
      try descent.step(.mixup(.fixed(0.7)), learningRate: 0.1)
    }
    let loss = try descent.loss(.plain)
    #expect(stopped.records[2].loss == loss)
    for _ in 14..<20 { try descent.step(.plain, learningRate: 0.1) }
    #expect(stopped.network == descent.network)
  }

  @Test("Midpoint, RegMixup and schedules are the objectives they name")
  func objectives() throws {
    let midpoint = FeatureMethod.midpoint.objective(at: 3, of: 10)
    #expect(midpoint.law == .fixed(0.5) && midpoint.plainWeight == 0)
    let reg = FeatureMethod.regMixup(weights: .fixed(0.7), mixedWeight: 0.4)
      .objective(at: 0, of: 1)
    #expect(reg.plainWeight == 1 && reg.mixedWeight == 0.4)
    let easy = FeatureMethod.mixup(concentration: .easy)
    guard case .beta(let first, _) = easy.objective(at: 0, of: 8).law,
      case .beta(let last, _) = easy.objective(at: 8, of: 8).law
    else {
      Issue.record("a schedule gives Beta laws")
      return
    }
    #expect(first > 9.9 && last < 0.11)
    #expect(try run(easy).largestNodeCount >= 4)
  }

  @Test("The filter `all` changes nothing at a fixed λ")
  func keepingAll() throws {
    let teacher = try teacher
    let method = FeatureMethod.mixup(weight: 0.7)
    let all = try run(
      method.guided(by: PairGuidance(filter: .all)), teacher: teacher)
    let none = try run(method)
    #expect(all.records.map(\.loss) == none.records.map(\.loss))
    #expect(all.network == none.network)
  }

  /// A teacher that is the student leaves r̂ at 0, which `high` drops.
  @Test("A filter that keeps no pair leaves the weights and has no loss")
  func keepingNone() throws {
    for normalization in PairGuidance.Normalization.allCases {
      let outcome = try run(
        FeatureMethod.mixup(weight: 0.7).guided(
          by: PairGuidance(filter: .high, normalization: normalization)),
        teacher: problem.network)
      #expect(outcome.records.count == 4)
      #expect(outcome.records.allSatisfy { $0.keptShare == 0 })
      #expect(outcome.records.allSatisfy { $0.loss.isNaN })
      #expect(outcome.network == problem.network)
    }
  }

  @Test("`low` and `high` share out the pairs that the engine values")
  func lowAndHigh() throws {
    let teacher = try teacher
    let method = FeatureMethod.mixup(weight: 0.7)
    let outcomes = try [SampleFilter.low, .high].map {
      try run(
        method.guided(by: PairGuidance(filter: $0, normalization: .full)),
        iterations: 0, teacher: teacher)
    }
    let shares = outcomes.map { $0.records[0].keptShare }
    #expect(shares[0] > 0 && shares[1] > 0)
    #expect(abs(shares[0] + shares[1] - 1) <= 1e-15)
    // Divided by all pairs, the two losses add up to that of all.
    let whole = try run(method, iterations: 0).records[0].loss
    let sum = outcomes.reduce(0) { $0 + $1.records[0].loss }
    #expect(abs(sum - whole) <= problem.rounding * whole)
  }

  @Test("The predictor gives brute force's losses to the engine")
  func predictor() throws {
    var brute = try BruteForce(problem.data, law: .fixed(0.7))
    let n = 12
    let samples = MixedSamples(
      first: (0..<Int32(n * n)).map { $0 / Int32(n) },
      second: (0..<Int32(n * n)).map { $0 % Int32(n) },
      weights: (0..<n * n).map { Double($0 % 5) / 4 })
    let predictor = PatchDescent(
      problem.network, on: PatchSpace(problem.data), team: team
    ).predictor()
    let losses = MixedValuation.meanCrossEntropies(
      of: samples, labels: problem.data.labels, under: [predictor], team: team)
    for s in stride(from: 0, to: n * n, by: 11) {
      brute.lambdas = { _, _ in [(samples.weights[s], 1)] }
      brute.pairWeight = { $0 * n + $1 == s ? 1 : 0 }
      brute.total = 1
      let loss = brute.lossAndGradient(problem.network).0
      #expect(abs(losses[s] - loss) <= problem.rounding * (1 + loss))
    }
  }

  @Test("Controls keep as many pairs as the run that they repeat")
  func controls() throws {
    let teacher = try teacher
    for weights in [
      MixingPlan.Weights.fixed(0.7), .beta(.constant(0.8), ratio: 1),
    ] {
      let method = FeatureMethod(weights: weights)
      let low = try run(
        method.guided(by: PairGuidance(filter: .low, period: 5)),
        teacher: teacher)
      #expect(low.trace.stepCount == 5)
      for filter in [SampleFilter.random, .weightMatched, .studentLoss] {
        let control = try run(
          method.guided(by: PairGuidance(filter: filter, period: 5)),
          replay: low.trace)
        for step in 0..<5 {
          #expect(
            control.trace.kept(atStep: step) == low.trace.kept(atStep: step))
        }
        if filter == .weightMatched { #expect(control.trace == low.trace) }
        #expect(control.network != low.network)
      }
    }
  }

  @Test("Guidance begins and ends where it should")
  func window() throws {
    let teacher = try teacher
    let method = FeatureMethod.mixup(weight: 0.7).guided(
      by: PairGuidance(filter: .low, startIteration: 7, stopIteration: 14))
    let outcome = try run(method, teacher: teacher)
    #expect(outcome.trace.stepCount == 7)
    #expect(outcome.records[0].keptShare == 1)
    #expect(outcome.records[1].keptShare < 1)
    #expect(outcome.records[2].keptShare == 1)
  }

  @Test("A step that is too large is an error that names a better one")
  func divergence() throws {
    let objective = PairObjective.mixup(.fixed(0.7))
    let space = PatchSpace(problem.data)
    do {
      _ = try FeatureRun(
        .mixup(weight: 0.7), learningRate: 50, iterations: 2000,
        recordInterval: 10
      )(
        from: problem.network, on: space, directions: directions, team: team)
      Issue.record("a learning rate of 50 went well")
    } catch FeatureLearningError.diverged(
      let iteration, let rate, let overshoot, let stable)
    {
      let overshoot = try #require(overshoot)
      #expect(rate == 50 && overshoot < iteration && iteration < 2000)
      let stable = try #require(stable)
      #expect(stable < 50)
      // At half of it, and from where it was found, descent goes down.
      let descent = PatchDescent(problem.network, on: space, team: team)
      for _ in 0..<overshoot { try descent.step(objective, learningRate: 50) }
      let before = try descent.loss(objective)
      try descent.step(objective, learningRate: stable / 2)
      #expect(try descent.loss(objective) < before)
    }
  }

  @Test("So it is under a filter, whose pairs are found again")
  func guidedDivergence() throws {
    let space = PatchSpace(problem.data)
    var teacher = problem.network
    teacher.weights = Matrix(
      rowCount: teacher.weights.rowCount,
      columnCount: teacher.weights.columnCount,
      elements: teacher.weights.elements.map { 1e-3 * $0 })
    let error = #expect(throws: FeatureLearningError.self) {
      _ = try FeatureRun(
        .mixup(weight: 0.7).guided(by: PairGuidance(filter: .low, period: 3)),
        learningRate: 50, iterations: 2000, recordInterval: 10,
        teachers: [teacher]
      )(from: problem.network, on: space, directions: directions, team: team)
    }
    guard case .diverged(let last, _, let first?, let stable?) = error else {
      Issue.record("expected a divergence, found \(String(describing: error))")
      return
    }
    #expect(first < last && stable < 50)
  }

  @Test("So it is where λ is integrated and no rule has nodes enough")
  func divergenceUnderBeta() throws {
    let error = #expect(throws: FeatureLearningError.self) {
      _ = try FeatureRun(
        .mixup(concentration: .constant(1)), learningRate: 50,
        iterations: 2000, recordInterval: 1000
      )(
        from: problem.network, on: PatchSpace(problem.data),
        directions: directions, team: team)
    }
    guard case .diverged(_, _, _, let stable) = error else {
      Issue.record("expected a divergence, found \(String(describing: error))")
      return
    }
    #expect(try #require(stable) < 50)
  }

  /// Against the Hessian, column by column from differences of the gradient.
  @Test("The largest curvature is the largest eigenvalue of the Hessian")
  func curvature() throws {
    let space = PatchSpace(problem.data)
    let count = problem.network.weights.elements.count
    let h = 1e-5 * problem.network.weights.frobeniusNorm
    func gradient(_ index: Int, _ step: Double) throws -> [Double] {
      var moved = problem.network
      moved.weights.withUnsafeMutableElements { $0[index] += step }
      return try PatchDescent(moved, on: space, team: team).gradient(.plain)
        .elements
    }
    let columns = try (0..<count).map { index in
      zip(try gradient(index, h), try gradient(index, -h)).map {
        ($0 - $1) / (2 * h)
      }
    }
    let hessian = Matrix(rowCount: count, columnCount: count) {
      (columns[$0][$1] + columns[$1][$0]) / 2
    }
    let exact = try SymmetricEigen.values(of: hessian)[0]
    let value = try #require(
      largestCurvature(
        of: .plain, at: problem.network, on: space, team: team))
    #expect(abs(value / exact - 1) <= 0.01, "\(value), \(exact)")
  }

  /// Patches times s and weights over s are the same problem, whose stable
  /// step is s⁻² times as large: curvature scales with s².
  @Test(
    "It does not depend on the unit of the weights", arguments: [1e-4, 1e5])
  func unitOfCurvature(scale: Double) throws {
    func scaled(_ matrix: Matrix<Double>, _ factor: Double) -> Matrix<Double> {
      Matrix(rowCount: matrix.rowCount, columnCount: matrix.columnCount) {
        factor * matrix[$0, $1]
      }
    }
    let data = PatchData(
      patches: scaled(problem.data.patches, scale),
      patchCount: problem.data.patchCount, labels: problem.data.labels)
    let network = PatchNetwork(
      classCount: 2, width: problem.network.width,
      weights: scaled(problem.network.weights, 1 / scale))
    func curvature(_ data: PatchData, _ network: PatchNetwork) throws -> Double
    {
      try #require(
        largestCurvature(
          of: .mixup(.fixed(0.7)), at: network, on: PatchSpace(data),
          team: team))
    }
    let (found, expected) = (
      try curvature(data, network),
      try curvature(problem.data, problem.network)
    )
    // Each is good to a per cent.
    #expect(abs(found / (scale * scale) / expected - 1) <= 0.02)
  }
}
