import LinearAlgebra
import Networks
import Randomness
import RealModule
import TestSupport
import Testing
import VectorMath

@testable import ImageTrain

private struct Diagonal: ParameterPrecision {
  var values: [Double]
  func times(_ vector: [Double]) -> [Double] {
    zip(values, vector).map { $0 * $1 }
  }
  func solving(_ vector: [Double]) -> [Double] {
    zip(vector, values).map { $0 / $1 }
  }
}

private func normals(_ count: Int, _ name: String) -> [Double] {
  var stream = RandomStream(rootSeed: 17, name: name)
  return stream.normals(count: count)
}

private var team: ThreadTeam { ThreadTeam(size: 1) }

/// Failures to be learned under the belief of 40 training images.
private struct Problem {
  let network: DenseNetwork<Double>
  let posterior: WeightConsolidation
  let failures: LikelihoodDerivatives

  init(
    _ sizes: [Int], _ activation: Activation, damping: Double,
    failureCount: Int = 5
  ) throws {
    let network = randomNetwork(sizes, activation)
    func derivatives(_ count: Int, seed: UInt64) -> LikelihoodDerivatives {
      LikelihoodDerivatives(
        images: randomImages(count, pixels: sizes[0], seed: seed),
        shape: network.shape, team: team)
    }
    failures = derivatives(failureCount, seed: 7)
    posterior = try WeightConsolidation(
      network: network,
      fisher: derivatives(40, seed: 3).diagonalFisher(network),
      sampleCount: 40, damping: damping)
    self.network = network
  }

  /// The ascent under a preconditioner of its own.
  func ascent(
    preconditioner: any ParameterPrecision, memory: Int, steps: Int,
    tolerance: Double
  ) -> PenalizedAscent.End {
    func moved(_ parameters: [Double]) -> DenseNetwork<Double> {
      DenseNetwork(shape: network.shape, parameters: parameters)
    }
    return PenalizedAscent(
      center: network.parameters, precision: posterior,
      preconditioner: preconditioner,
      likelihood: { failures.logLikelihoods(moved($0)).reduce(0, +) },
      gradient: { failures.gradient(moved($0)) }
    ).run(steps: steps, memory: memory, tolerance: tolerance)
  }

  /// C with the failures' own curvature at θ̂.
  var curved: Diagonal {
    let own = failures.diagonalFisher(network, labels: .expected)
    let count = Double(failures.images.count)
    return Diagonal(
      values: zip(posterior.curvature, own).map { $0 + count * $1 })
  }
}

@Suite("The ascent to what a belief becomes with the failures")
struct PenalizedAscentTests {
  /// H ← (I − ρsyᵀ) H (I − ρysᵀ) + ρssᵀ, ρ = 1/sᵀy, from γP⁻¹.
  @Test("The memory's direction is that of the BFGS matrix", arguments: [2, 5])
  func secants(capacity: Int) {
    let order = 6
    let preconditioner = Diagonal(values: (0..<order).map { 1 + Double($0) })
    var memory = SecantMemory(capacity: capacity)
    let pairs = (0..<5).map { index in
      let step = normals(order, "step\(index)")
      // A symmetric, positive definite curvature: sᵀy > 0.
      let change = (0..<order).map { i in
        3 * step[i] + 0.5 * (i > 0 ? step[i - 1] : 0)
          + 0.5 * (i + 1 < order ? step[i + 1] : 0)
      }
      return (step: step, change: change)
    }
    for (step, change) in pairs {
      memory.record(step: step, change: change, preconditioner: preconditioner)
    }
    func inner(_ a: [Double], _ b: [Double]) -> Double {
      zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
    }
    let last = pairs[pairs.count - 1]
    let scale =
      inner(last.step, last.change)
      / preconditioner.inverseSquare(last.change)
    var matrix = Matrix<Double>(rowCount: order, columnCount: order) {
      $0 == $1 ? scale / preconditioner.values[$0] : 0
    }
    for (step, change) in pairs.suffix(capacity) {
      let rho = 1 / inner(step, change)
      let left = Matrix<Double>(rowCount: order, columnCount: order) {
        ($0 == $1 ? 1 : 0) - rho * step[$0] * change[$1]
      }
      let product = left.multiplied(by: matrix)
        .multiplied(by: left, transposingOther: true)
      matrix = Matrix(rowCount: order, columnCount: order) {
        product[$0, $1] + rho * step[$0] * step[$1]
      }
    }
    let slope = normals(order, "slope")
    let exact = matrix.multiplied(by: slope)
    let size = exact.map { abs($0) }.largest
    let unit = 512 * Double.ulpOfOne * size
    #expect(
      largestDifference(
        memory.direction(slope, preconditioner: preconditioner), exact) <= unit)
    // The secant equation, Hy = s.
    #expect(
      largestDifference(
        memory.direction(last.change, preconditioner: preconditioner),
        last.step) <= unit)
    // A step along which the objective is not concave tells nothing.
    memory.record(
      step: slope, change: slope.map { -$0 }, preconditioner: preconditioner)
    #expect(
      largestDifference(
        memory.direction(slope, preconditioner: preconditioner), exact) <= unit)
    memory.forget()
    #expect(
      memory.direction(slope, preconditioner: preconditioner)
        == preconditioner.solving(slope))
  }

  @Test("A smooth network: one maximum, whatever the way, and soon")
  func smooth() throws {
    let problem = try Problem([4, 5, 3], .tanh, damping: 0.1)
    let tolerance = 0x1p-40
    let plain: any ParameterPrecision = problem.posterior
    let ways = [
      (plain, 0), (plain, 20), (problem.curved, 0), (problem.curved, 20),
    ]
    let ends = ways.map {
      problem.ascent(
        preconditioner: $0.0, memory: $0.1, steps: 4000, tolerance: tolerance)
    }
    let weakest = problem.posterior.curvature.min() ?? 0
    for end in ends {
      #expect(end.hasConverged && end.gain > 0)
      // Near a maximum as concave as C at least, |θ − θ*|² is within ∇JᵀC⁻¹∇J
      // over the smallest curvature. P is at most 64 times C here.
      let bound = 2 * (64 * tolerance / weakest).squareRoot()
      #expect(
        largestDifference(end.parameters, ends[0].parameters) <= bound)
      #expect(abs(end.gain - ends[0].gain) <= 64 * tolerance)
    }
    for (fine, coarse) in zip(
      problem.curved.values, problem.posterior.curvature)
    {
      #expect(fine <= 64 * coarse)
    }
    #expect(3 * ends[1].steps < ends[0].steps)
    #expect(ends[1].steps <= 60)
  }

  @Test("ReLU: 300 steps come near what 3,000 reach, 50 without memory less")
  func kinks() throws {
    let problem = try Problem(
      [20, 30, 3], .relu, damping: 0.1, failureCount: 60)
    func gain(_ steps: Int, memory: Int) -> WeightConsolidation.Ascent {
      problem.posterior.ascent(
        on: problem.failures, weight: 1, steps: steps, memory: memory)
    }
    let usual = gain(FailureInfluence.ewc.usualSteps, memory: 20)
    let long = gain(3000, memory: 20)
    let plain = gain(50, memory: 0)
    #expect(usual.gain >= 0.99 * long.gain)
    #expect(usual.lateGain < 0.01 * usual.gain)
    #expect(plain.gain < usual.gain)
  }

  @Test("The objective never falls", arguments: [Activation.relu, .tanh])
  func monotone(_ activation: Activation) throws {
    let problem = try Problem(
      [20, 30, 3], activation, damping: 0.1, failureCount: 60)
    func value(_ network: DenseNetwork<Double>) -> Double {
      problem.posterior.objective(network, problem.failures, weight: 1)
    }
    let start = value(problem.network)
    var values = [start]
    let end = problem.posterior.ascent(
      on: problem.failures, weight: 1, steps: 100
    ) {
      values.append(value($0))
      return true
    }
    #expect(values.count == end.steps + 1 && end.steps > 20)
    for k in 1..<values.count { #expect(values[k] > values[k - 1]) }
    #expect(end.gain == values[end.steps] - start)
    #expect(end.lateGain == values[end.steps] - values[end.steps - 20])
  }

  @Test("The expected Fisher matrix is the mean over the network's labels")
  func expectedFisher() throws {
    let problem = try Problem([4, 5, 3], .tanh, damping: 1)
    let images = problem.failures.images
    let logs = Evaluator(
      images: images, shape: problem.network.shape, team: team
    )
    .logProbabilities(problem.network)
    var exact = [Double](
      repeating: 0, count: problem.network.shape.parameterCount)
    for i in 0..<images.count {
      for label in 0..<3 {
        let one = LabelledImages<Double>(
          pixels: Matrix(rowCount: 1, columnCount: 4) { images.pixels[i, $1] },
          labels: [Int32(label)], classCount: 3)
        let gradient = LikelihoodDerivatives(
          images: one, shape: problem.network.shape, team: team
        ).gradient(problem.network)
        let share = Double.exp(logs[3 * i + label]) / Double(images.count)
        for k in exact.indices { exact[k] += share * gradient[k] * gradient[k] }
      }
    }
    let found = problem.failures.diagonalFisher(
      problem.network, labels: .expected)
    // Sums of 15 positive terms of some roundings each.
    #expect(
      largestDifference(found, exact) <= 256 * .ulpOfOne * exact.largest)
    let empirical = problem.failures.diagonalFisher(problem.network)
    #expect(largestDifference(found, empirical) > 0.01 * exact.largest)
  }
}
