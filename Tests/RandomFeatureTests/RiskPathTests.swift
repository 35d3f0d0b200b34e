import LinearAlgebra
import Mixing
import RandomFeature
import RealModule
import Randomness
import Testing

@Suite("The risk along a flow, mode by mode")
struct RiskPathTests {
  private func setting(
    _ shape: DesignCase = DesignCase.all[0], seed: UInt64 = 1
  ) throws -> (flow: MixupFlow, risk: QuadraticRisk, problem: Problem) {
    let problem = shape.problem(seed: seed)
    var stream = RandomStream(rootSeed: seed, name: "risk")
    let rows = Matrix<Double>.gaussian(
      rowCount: 50, columnCount: shape.features, from: &stream)
    return (
      try problem.flow(),
      QuadraticRisk(rows: rows, labels: stream.normals(count: 50)), problem
    )
  }

  static let times = [0, 0.01, 0.4, 2, 15, 1e3, Double.infinity]

  @Test("The parts add up to the risk", arguments: DesignCase.all)
  func parts(_ shape: DesignCase) throws {
    let (flow, risk, _) = try setting(shape)
    let path = RiskPath(flow, at: Self.times, under: risk)
    let direct = risk.values(of: flow.parameters(at: Self.times))
    for t in Self.times.indices {
      let scale =
        abs(path.cleanRisk) + abs(path.decay[t]) + abs(path.noise[t])
        + abs(path.interaction[t]) + risk.labelSquare
      #expect(
        abs(path.risk[t] - direct[t])
          <= FlowTests.tolerance(flow) * 16 * (scale + 1))
    }
    // At first nothing is noise, in the end nothing decays (full rank).
    #expect(path.noise[0] == 0 && path.interaction[0] == 0)
    if shape.rank == shape.features {
      #expect(abs(path.decay[Self.times.count - 1]) <= 1e-9)
    }
  }

  @Test("The mean over starts is the mean of many starts")
  func meanOverStarts() throws {
    let (flow, risk, problem) = try setting(DesignCase.all[1])
    let deviation = 0.6
    let exact = flow.meanRisk(
      at: Self.times, under: risk, startDeviation: deviation)
    var stream = RandomStream(rootSeed: 9, name: "starts")
    let count = 4000
    var sums = [Double](repeating: 0, count: Self.times.count)
    var squares = sums
    for _ in 0..<count {
      let start = stream.normals(count: problem.initial.count)
        .map { deviation * $0 }
      let values = risk.values(
        of: flow.restarted(from: start).parameters(at: Self.times))
      for t in values.indices {
        sums[t] += values[t]
        squares[t] += values[t] * values[t]
      }
    }
    for t in Self.times.indices {
      let mean = sums[t] / Double(count)
      let variance = squares[t] / Double(count) - mean * mean
      // Five standard errors at seven times.
      #expect(
        abs(mean - exact[t]) < 5 * (variance / Double(count)).squareRoot(),
        "t = \(Self.times[t])")
    }
  }

  @Test("The bound of the theorem holds", arguments: DesignCase.all)
  func bound(_ shape: DesignCase) throws {
    for seed in 1...5 as ClosedRange<UInt64> {
      let (flow, risk, problem) = try setting(shape, seed: seed)
      let noiseSquare =
        zip(problem.labels, problem.cleanLabels)
        .reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        / Double(problem.labels.count)
      let clean = risk.value(of: flow.cleanSolution)
      let bound = flow.riskBound(
        at: Self.times, cleanRisk: clean,
        momentNorm: try risk.momentNorm(), noiseSquare: noiseSquare,
        startDeviation: 0.5)
      let mean = flow.meanRisk(
        at: Self.times, under: risk, startDeviation: 0.5)
      for t in Self.times.indices {
        #expect(mean[t] - clean <= bound[t], "t = \(Self.times[t])")
      }
    }
  }

  @Test("Each mode is U-shaped exactly where the conditions say so")
  func shapes() throws {
    var found = [0, 0, 0, 0]
    for seed in 1...12 as ClosedRange<UInt64> {
      let (flow, _, _) = try setting(seed: seed)
      let deviation = 0.3
      let eta = flow.learningRate
      for mode in flow.modeReports(
        startDeviation: deviation, noiseSquare: 0.5)
      {
        // u = e^(−s) from 1 to 0 in equal steps.
        let times = (0...4000).map {
          -Double.log(1 - Double($0) / 4000.5) / (eta * mode.eigenvalue)
        }
        let single = times.map { mode.squaredError(at: $0, learningRate: eta) }
        #expect(hasInteriorMinimum(single) == mode.isUShaped)
        found[mode.isUShaped ? 0 : 1] += 1
        if let zero = mode.zeroCrossing {
          #expect(mode.squaredError(at: zero, learningRate: eta) < 1e-25)
        }
        let mean = times.map {
          mode.meanSquaredError(
            at: $0, learningRate: eta, startDeviation: deviation)
        }
        #expect(hasInteriorMinimum(mean) == mode.isMeanUShaped)
        found[mode.isMeanUShaped ? 2 : 3] += 1
        if let best = mode.meanOptimum {
          let least = mode.meanSquaredError(
            at: best, learningRate: eta, startDeviation: deviation)
          #expect(mean.allSatisfy { $0 >= least * (1 - 1e-12) })
        }
        // The bound's optimum: AB/(A + B) there and no less elsewhere.
        let start = deviation * deviation + mode.clean * mode.clean
        let noise = 0.5 / mode.eigenvalue
        func bound(_ t: Double) -> Double {
          let u = Double.exp(-eta * mode.eigenvalue * t)
          return start * u * u + noise * (1 - u) * (1 - u)
        }
        let least = bound(mode.boundOptimum)
        #expect(abs(least / (start * noise / (start + noise)) - 1) < 1e-12)
        #expect(times.allSatisfy { bound($0) >= least * (1 - 1e-12) })
      }
    }
    // All four cases came up, so that none is a claim about nothing.
    #expect(found.allSatisfy { $0 > 0 }, "\(found)")
  }

  private func hasInteriorMinimum(_ values: [Double]) -> Bool {
    let least = values.indices.min { values[$0] < values[$1] } ?? 0
    return least > 0 && least < values.count - 1
  }

  @Test("The best stopping time is no worse than any time of a fine grid")
  func stopping() throws {
    for seed in 1...6 as ClosedRange<UInt64> {
      let (flow, risk, _) = try setting(seed: seed)
      func values(_ times: [Double]) -> [Double] {
        risk.values(of: flow.parameters(at: times))
      }
      let best = StoppingTime(over: 1e-3...1e5, values)
      let fine = values(
        [0] + (0...8000).map { 1e-3 * .pow(1e8, Double($0) / 8000) })
      let least = try #require(fine.min())
      #expect(best.risk <= least * (1 + 1e-9))
    }
  }

  @Test("A switch is two flows in sequence")
  func switching() throws {
    let (first, _, problem) = try setting()
    let second = MixupFlow(
      design: try SpectralDesign(problem.design), rows: problem.design,
      labels: problem.cleanLabels, cleanLabels: problem.cleanLabels,
      learningRate: first.learningRate)
    let switches = [0, 0.5, 3]
    let ends = PiecewiseFlow.switching(
      from: first, to: second, at: switches, end: 3)
    for (row, time) in switches.enumerated() {
      let chained = PiecewiseFlow(
        [.init(first, lasting: time), .init(second, lasting: .infinity)],
        from: first.initial)
      let direct = chained.parameters(at: [3]).row(0)
      #expect(
        distance(ends.row(row), direct) <= FlowTests.tolerance(first))
      let during = chained.parameters(at: [time / 2]).row(0)
      #expect(
        distance(during, first.parameters(at: [time / 2]).row(0))
          <= FlowTests.tolerance(first))
    }
    #expect(
      distance(
        ends.row(0),
        second.restarted(from: first.initial)
          .parameters(at: [3]).row(0)) <= FlowTests.tolerance(first))
    #expect(
      distance(ends.row(2), first.parameters(at: [3]).row(0))
        <= FlowTests.tolerance(first))
  }
}

@Suite("Liu et al. 2023, Theorem 4.1: the noise of mixed labels")
struct LabelNoiseTests {
  @Test("Disagreement ≥ TV ≥ sup, and the maximal coupling attains TV")
  func chain() {
    var stream = RandomStream(rootSeed: 8, name: "label-noise")
    for classes in [2, 3, 7] {
      func law() -> [Double] {
        let weights = (0..<classes).map { _ in stream.gamma(shape: 0.7) }
        let total = weights.reduce(0, +)
        return weights.map { $0 / total }
      }
      let (clean, mixed) = (law(), law())
      let noise = LabelNoise(clean: clean, mixed: mixed)
      #expect(noise.totalVariation >= noise.largestDifference * (1 - 1e-15))
      #expect(noise.independentDisagreement >= noise.totalVariation)
      let draws = 40_000
      var different = 0
      var counts = [[Int]](
        repeating: [Int](repeating: 0, count: classes), count: 2)
      for _ in 0..<draws {
        let pair = LabelNoise.maximalCoupling(
          clean: clean, mixed: mixed, using: &stream)
        if pair.mixed != pair.clean { different += 1 }
        counts[0][pair.clean] += 1
        counts[1][pair.mixed] += 1
      }
      // Five standard errors each, at most 17 of them.
      func agrees(_ count: Int, _ p: Double) -> Bool {
        let deviation = (p * (1 - p) / Double(draws)).squareRoot()
        return abs(Double(count) / Double(draws) - p) < 5 * deviation + 1e-12
      }
      #expect(agrees(different, noise.totalVariation))
      for k in 0..<classes {
        #expect(agrees(counts[0][k], clean[k]))
        #expect(agrees(counts[1][k], mixed[k]))
      }
    }
  }

  @Test("Affine class probabilities have no noise")
  func affine() {
    let (x, y) = ([0.2, 0.8], [0.6, 0.4])
    let between = zip(x, y).map { 0.3 * $0 + 0.7 * $1 }
    let noise = LabelNoise(clean: between, mixed: between)
    #expect(noise.totalVariation == 0 && noise.largestDifference == 0)
  }
}
