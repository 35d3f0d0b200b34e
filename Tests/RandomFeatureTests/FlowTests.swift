import LinearAlgebra
import RandomFeature
import Randomness
import RealModule
import Testing

/// The closed form against four independent routes.
///
/// Errors are relative to
/// what the parameters are made of: ‖θ₀‖ + ‖θ_∞‖.
@Suite("Liu et al. 2023, Lemma 5.1, four ways")
struct FlowTests {
  static let times = [0, 0.01, 0.3, 1, 4, 20, 300]

  /// Rounding: sums of up to 40 products, and what the condition of K does to
  /// its eigenvectors; the designs have condition numbers below 10⁵.
  static func tolerance(_ flow: MixupFlow) -> Double {
    let condition = flow.design.conditionNumber ?? 1
    return 64 * .ulpOfOne * condition
      * (norm(flow.initial) + norm(flow.limit) + 1)
  }

  @Test(
    "Matrix exponential, by scaling and squaring", arguments: DesignCase.all)
  func exponential(_ shape: DesignCase) throws {
    let problem = shape.problem()
    let flow = try problem.flow()
    #expect(flow.design.rank == shape.rank)
    let found = flow.parameters(at: Self.times)
    for (row, time) in Self.times.enumerated() {
      let exact = exponentialFlow(problem, flow.learningRate, time)
      // Each squaring doubles the error that the exponential has so far.
      let squarings = 2 * max(1, flow.learningRate * time * 8)
      #expect(
        distance(found.row(row), exact)
          <= Self.tolerance(flow) + squarings * 64 * .ulpOfOne
          * (norm(problem.initial) + norm(flow.limit)),
        "t = \(time)")
    }
  }

  /// exp of [[−ηK, ηΦᵀy/m], [0, 0]] carries (θ₀, 1) to (θ_t, 1).
  private func exponentialFlow(
    _ problem: Problem, _ rate: Double, _ time: Double
  ) -> [Double] {
    let d = problem.initial.count
    let m = Double(problem.design.rowCount)
    var matrix = Matrix(rowCount: d + 1, columnCount: d + 1, repeating: 0.0)
    for s in 0..<problem.design.rowCount {
      for i in 0..<d {
        for j in 0..<d {
          matrix[i, j] -=
            rate * time / m * problem.design[s, i] * problem.design[s, j]
        }
        matrix[i, d] +=
          rate * time / m * problem.design[s, i] * problem.labels[s]
      }
    }
    let power = exponentialBySquaring(matrix)
    return (0..<d).map { i in
      (0..<d).reduce(power[i, d]) { $0 + power[i, $1] * problem.initial[$1] }
    }
  }

  private func exponentialBySquaring(_ matrix: Matrix<Double>) -> Matrix<Double>
  {
    var squarings = 0
    var scale = 1.0
    while matrix.frobeniusNorm * scale > 0.25 {
      scale /= 2
      squarings += 1
    }
    let n = matrix.rowCount
    let small = Matrix(rowCount: n, columnCount: n) { scale * matrix[$0, $1] }
    // Remainder: 0.25¹⁵/15! < 10⁻²¹.
    var result = Matrix<Double>.identity(n)
    var term = Matrix<Double>.identity(n)
    for k in 1...14 {
      let next = term.multiplied(by: small)
      term = Matrix(rowCount: n, columnCount: n) { next[$0, $1] / Double(k) }
      let sum = result
      result = Matrix(rowCount: n, columnCount: n) {
        sum[$0, $1] + term[$0, $1]
      }
    }
    for _ in 0..<squarings { result = result.multiplied(by: result) }
    return result
  }

  @Test("Adaptive Runge–Kutta", arguments: DesignCase.all)
  func rungeKutta(_ shape: DesignCase) throws {
    let problem = shape.problem()
    let flow = try problem.flow()
    let times = [0.01, 0.3, 1, 4]
    let found = flow.parameters(at: times)
    for (row, time) in times.enumerated() {
      let solution = dormandPrince(
        from: problem.initial, to: time, tolerance: 1e-13
      ) { problem.velocity($0, learningRate: flow.learningRate) }
      // The flow contracts: local errors of 10⁻¹³ a step add up at most.
      #expect(
        distance(found.row(row), solution.state)
          <= Double(solution.steps) * 1e-13 + Self.tolerance(flow),
        "t = \(time), \(solution.steps) steps")
    }
  }

  @Test("Gradient descent with η → 0 has order 1", arguments: DesignCase.all)
  func order(_ shape: DesignCase) throws {
    let problem = shape.problem()
    let time = 1.0
    let exact = try problem.flow(learningRate: 1).parameters(at: [time])
    var logs: [(x: Double, y: Double)] = []
    // Small enough for the first order to rule, large enough to stay eight
    // digits away from rounding.
    for steps in [512, 1024, 2048, 4096] {
      let rate = time / Double(steps)
      var theta = problem.initial
      for _ in 0..<steps {
        let velocity = problem.velocity(theta, learningRate: rate)
        for k in theta.indices { theta[k] += velocity[k] }
      }
      logs.append((.log(rate), .log(distance(theta, exact.row(0)))))
      let closed = try problem.flow(learningRate: rate)
        .parameters(afterSteps: [steps])
      #expect(
        distance(theta, closed.row(0))
          <= Double(steps) * 16 * .ulpOfOne * (norm(problem.initial) + 1)
          + Self.tolerance(try problem.flow()))
    }
    let meanX = logs.reduce(0) { $0 + $1.x } / Double(logs.count)
    let meanY = logs.reduce(0) { $0 + $1.y } / Double(logs.count)
    let slope =
      logs.reduce(0) { $0 + ($1.x - meanX) * ($1.y - meanY) }
      / logs.reduce(0) { $0 + ($1.x - meanX) * ($1.x - meanX) }
    #expect(abs(slope - 1) <= 0.05, "slope \(slope)")
  }

  @Test(
    "Semigroup: to t₁ and on to t₂ is to t₁ + t₂", arguments: DesignCase.all)
  func semigroup(_ shape: DesignCase) throws {
    let flow = try shape.problem().flow()
    for (first, second) in [(0.2, 0.5), (3, 0.001), (1, .infinity), (0, 2)] {
      let once = flow.parameters(at: [first + second])
      let twice = flow.restarted(at: first).parameters(at: [second])
      #expect(
        distance(once.elements, twice.elements) <= Self.tolerance(flow),
        "\(first), \(second)")
    }
  }

  @Test("The lemma as it is printed, with θ* of clean labels")
  func lemma() throws {
    for shape in DesignCase.all {
      let problem = shape.problem()
      let flow = try problem.flow()
      for time in [0, 0.3, 4] {
        let theta = Array(flow.parameters(at: [time]).row(0))
        let lemma = lemmaForm(flow, time, clean: flow.clean)
        #expect(distance(theta, lemma) <= Self.tolerance(flow))
      }
    }
  }

  @Test("Mutation: θ* = Φ⁺ỹ, as the slides print it, is rejected")
  func printedForm() throws {
    // Where the row space holds all of a start, and in between.
    let flow = try DesignCase.all[0].problem().flow()
    let mixed = zip(flow.clean, flow.noise).map { $0 + $1 }
    let theta = Array(flow.parameters(at: [1]).row(0))
    let printed = lemmaForm(flow, 1, clean: mixed)
    #expect(distance(theta, printed) > 1e6 * Self.tolerance(flow))
  }

  /// With as many starts as features the order of the factors can be seen:
  /// the starts are the columns of a square matrix S, labels are zero.
  @Test("Mutation: the exponential to the right of the start is rejected")
  func rightMultiplication() throws {
    let problem = DesignCase.all[0].problem()
    let d = problem.initial.count
    let flow = try problem.flow()
    var stream = RandomStream(rootSeed: 9, name: "starts")
    let starts = Matrix<Double>.gaussian(
      rowCount: d, columnCount: d, from: &stream)
    let time = 0.8
    let silent = Problem(
      design: problem.design,
      labels: [Double](repeating: 0, count: problem.labels.count),
      cleanLabels: [Double](repeating: 0, count: problem.labels.count),
      initial: problem.initial)
    let still = try silent.flow()
    let moved = (0..<d).map { column in
      still.restarted(from: (0..<d).map { starts[$0, column] })
        .parameters(at: [time]).elements
    }
    let exponential = exponentialBySquaring(
      Matrix(rowCount: d, columnCount: d) { i, j in
        let product = (0..<problem.design.rowCount).reduce(0) {
          $0 + problem.design[$1, i] * problem.design[$1, j]
        }
        return -flow.learningRate * time * product
          / Double(problem.design.rowCount)
      })
    func difference(_ product: Matrix<Double>) -> Double {
      distance(
        moved.flatMap { $0 },
        (0..<d).flatMap { column in (0..<d).map { product[$0, column] } })
    }
    let bound = Double(d) * Self.tolerance(flow)
    #expect(difference(exponential.multiplied(by: starts)) <= bound)
    #expect(difference(starts.multiplied(by: exponential)) > 1e6 * bound)
  }

  /// θ* + e^(−s)(θ₀ − θ*) + (1 − e^(−s)) θ_noise, mode by mode.
  private func lemmaForm(
    _ flow: MixupFlow, _ time: Double, clean: [Double]
  ) -> [Double] {
    let design = flow.design
    var modes: [Double] = []
    for k in 0..<design.rank {
      let u = Double.exp(-flow.learningRate * design.eigenvalues[k] * time)
      modes.append(
        clean[k] + u * (flow.start[k] - clean[k]) + (1 - u) * flow.noise[k])
    }
    let outside = zip(flow.initial, design.vector(flow.start)).map { $0 - $1 }
    return zip(design.vector(modes), outside).map { $0 + $1 }
  }

  @Test("Times: 0, ∞, several at once, any order", arguments: DesignCase.all)
  func times(_ shape: DesignCase) throws {
    let flow = try shape.problem().flow()
    #expect(Array(flow.parameters(at: [0]).row(0)) == flow.initial)
    let late = flow.parameters(at: [1e12]).row(0)
    #expect(distance(late, flow.limit) <= Self.tolerance(flow))
    let times = [4, 0, .infinity, 0.3, 4] + (0..<20).map { Double($0) }
    let together = flow.parameters(at: times, threads: 2)
    #expect(together == flow.parameters(at: times, threads: 1))
    for (row, time) in times.enumerated() {
      #expect(
        distance(together.row(row), flow.parameters(at: [time]).row(0))
          <= Self.tolerance(flow))
    }
  }

  @Test("What lies outside of the row space never moves")
  func nullSpace() throws {
    let problem = DesignCase.all[1].problem()
    let flow = try problem.flow()
    func outside(_ theta: [Double]) -> [Double] {
      let inside = flow.design.vector(flow.design.coordinates(theta))
      return zip(theta, inside).map { $0 - $1 }
    }
    let start = outside(flow.initial)
    #expect(norm(start) > 0.1)
    for time in [0.1, 10, .infinity] {
      let theta = Array(flow.parameters(at: [time]).row(0))
      #expect(distance(outside(theta), start) <= Self.tolerance(flow))
    }
    // Without that part, the limit would be wrong.
    let sum = zip(flow.cleanSolution, flow.noiseSolution).map { $0 + $1 }
    #expect(distance(flow.limit, sum) > 0.1)
  }

  @Test("A design of zeros leaves θ at its start")
  func zeroDesign() throws {
    let design = Matrix(rowCount: 4, columnCount: 3, repeating: 0.0)
    let flow = MixupFlow(
      design: try SpectralDesign(design), rows: design,
      labels: [1, 2, 3, 4], cleanLabels: [0, 1, 0, 1], initial: [1, -2, 3])
    #expect(flow.design.rank == 0 && flow.design.spectrum == [0, 0, 0])
    #expect(flow.design.conditionNumber == nil)
    #expect(flow.limit == [1, -2, 3])
    #expect(flow.parameters(afterSteps: [7]).elements == [1, -2, 3])
    #expect(flow.noiseSolution == [0, 0, 0])
  }

  @Test("Descent is stable just below 2/μ₁ and not above")
  func stability() throws {
    let problem = DesignCase.all[0].problem()
    let limit = try #require(
      try problem.flow().design.largestStableLearningRate)
    let below = try problem.flow(learningRate: 0.999 * limit)
    let above = try problem.flow(learningRate: 1.001 * limit)
    func error(_ flow: MixupFlow, _ steps: Int) -> Double {
      distance(flow.parameters(afterSteps: [steps]).row(0), flow.limit)
    }
    #expect(error(below, 40_000) < 1e-6)
    #expect(error(above, 40_000) > 1e6)
  }
}

/// Dormand and Prince 1980, with steps chosen by the embedded error.
func dormandPrince(
  from start: [Double], to end: Double, tolerance: Double,
  _ velocity: ([Double]) -> [Double]
) -> (state: [Double], steps: Int) {
  let a: [[Double]] = [
    [1 / 5], [3 / 40, 9 / 40], [44 / 45, -56 / 15, 32 / 9],
    [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729],
    [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656],
    [35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84],
  ]
  let fourth: [Double] = [
    5179 / 57600, 0, 7571 / 16695, 393 / 640, -92097 / 339200, 187 / 2100,
    1 / 40,
  ]
  var (state, time, step, steps) = (start, 0.0, end / 100, 0)
  while time < end {
    step = min(step, end - time)
    var slopes = [velocity(state)]
    var next = state
    for row in a {
      next = state
      for (weight, slope) in zip(row, slopes) {
        for k in next.indices { next[k] += step * weight * slope[k] }
      }
      slopes.append(velocity(next))
    }
    var lower = state
    for (weight, slope) in zip(fourth, slopes) {
      for k in lower.indices { lower[k] += step * weight * slope[k] }
    }
    let error = distance(next, lower)
    if error <= tolerance {
      state = next
      time += step
      steps += 1
    }
    step *= min(
      5, max(0.2, 0.9 * Double.pow(tolerance / max(error, 1e-300), 0.2)))
  }
  return (state, steps)
}
