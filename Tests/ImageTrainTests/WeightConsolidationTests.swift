import ImageTrain
import LinearAlgebra
import Networks
import RealModule
import TestSupport
import Testing
import VectorMath

private func derivatives(
  _ images: LabelledImages<Double>, _ network: DenseNetwork<Double>,
  team: Int = 1
) -> LikelihoodDerivatives {
  LikelihoodDerivatives(
    images: images, shape: network.shape, team: ThreadTeam(size: team))
}

private func consolidation(
  _ network: DenseNetwork<Double>, damping: Double = 0.1
) throws -> WeightConsolidation {
  let images = randomImages(40, pixels: network.shape.inputSize, seed: 3)
  return try WeightConsolidation(
    network: network,
    fisher: derivatives(images, network).diagonalFisher(
      network), sampleCount: 40, damping: damping)
}

private func largest(_ values: [Double]) -> Double {
  values.reduce(0) { max($0, abs($1)) }
}

@Suite("Weights consolidated by the Fisher matrix")
struct WeightConsolidationTests {
  @Test(
    "Sums of gradients, of their squares and along a direction, sample by sample",
    arguments: [Activation.tanh, .gelu, .softplus])
  func sums(_ activation: Activation) {
    let images = randomImages(6, pixels: 4)
    let network = randomNetwork([4, 5, 4, 3], activation)
    let subject = derivatives(images, network)
    let gradient = subject.gradient(network)
    let fisher = subject.diagonalFisher(network)
    let direction = randomNetwork([4, 5, 4, 3], activation, seed: 9).parameters
    let along = subject.directionalDerivatives(network, along: direction)
    let naive = NaiveNetwork(network)
    var byHand = [Double](repeating: 0, count: images.count)
    var bounds = byHand
    for k in network.parameters.indices {
      var (sum, squares, sumBound, squareBound) = (0.0, 0.0, 0.0, 0.0)
      for i in 0..<images.count {
        let input = Array(images.pixels.row(i))
        let label = (0..<3).map { $0 == Int(images.labels[i]) ? 1.0 : 0 }
        let quotient = DifferenceQuotient(
          at: network.parameters[k], operations: 64,
          magnitude: 1 + naive.crossEntropy(input, label)
        ) {
          var moved = naive
          moved.parameters[k] = $0
          return -moved.crossEntropy(input, label)
        }
        sum += quotient.value
        sumBound += quotient.bound
        squares += quotient.value * quotient.value / 6
        squareBound +=
          quotient.bound * (2 * abs(quotient.value) + quotient.bound) / 6
        byHand[i] += direction[k] * quotient.value
        bounds[i] += abs(direction[k]) * quotient.bound
      }
      #expect(abs(gradient[k] - sum) <= sumBound)
      #expect(abs(fisher[k] - squares) <= squareBound)
    }
    for i in 0..<images.count {
      #expect(abs(along[i] - byHand[i]) <= bounds[i])
      // A test of 0 against 0 would be none.
      #expect(abs(byHand[i]) > 8 * bounds[i])
    }
  }

  @Test("The Fisher matrix of softmax regression is mean (p − y)²x²")
  func softmaxRegression() {
    let images = randomImages(30, pixels: 4)
    let network = randomNetwork([4, 3], .identity)
    let fisher = derivatives(images, network).diagonalFisher(network)
    let logs = Evaluator(
      images: images, shape: network.shape, team: ThreadTeam(size: 1)
    ).logProbabilities(network)
    for c in 0..<3 {
      func mean(_ factor: (Int) -> Double) -> Double {
        (0..<30).reduce(0) { sum, i in
          let error =
            Double.exp(logs[3 * i + c]) - (Int(images.labels[i]) == c ? 1 : 0)
          return sum + error * error * factor(i) / 30
        }
      }
      // 30 terms of some roundings each, all positive.
      let unit = 64 * Double.ulpOfOne
      for d in 0..<4 {
        let exact = mean { images.pixels[$0, d] * images.pixels[$0, d] }
        #expect(abs(fisher[4 * c + d] - exact) <= unit * exact)
      }
      let exact = mean { _ in 1 }
      #expect(abs(fisher[12 + c] - exact) <= unit * exact)
    }
  }

  @Test(
    "The objective's gradient is that of differences", arguments: [1.0, -2])
  func objectiveGradient(_ weight: Double) throws {
    let network = randomNetwork([4, 5, 3], .tanh)
    let posterior = try consolidation(network)
    let failures = derivatives(randomImages(5, pixels: 4, seed: 7), network)
    let point = randomNetwork([4, 5, 3], .tanh, seed: 4)
    let gradient = posterior.objectiveGradient(
      point, failures, weight: weight)
    let value = posterior.objective(point, failures, weight: weight)
    for k in gradient.indices {
      let quotient = DifferenceQuotient(
        at: point.parameters[k], operations: 64, magnitude: 16 + abs(value)
      ) {
        var moved = point
        moved.parameters[k] = $0
        return posterior.objective(moved, failures, weight: weight)
      }
      #expect(abs(gradient[k] - quotient.value) <= quotient.bound)
      #expect(quotient.bound < 1e-3 * largest(gradient))
    }
  }

  @Test("The ascent ends where θ − θ̂ = C⁻¹∇log p(F|θ)")
  func fixedPoint() throws {
    let network = randomNetwork([4, 5, 3], .tanh)
    let posterior = try consolidation(network)
    let failures = derivatives(randomImages(5, pixels: 4, seed: 7), network)
    let tolerance = 0x1p-40
    let ascent = posterior.ascent(
      on: failures, weight: 1, steps: 2000, tolerance: tolerance)
    #expect(ascent.hasConverged && ascent.gain > 0)
    let gradient = failures.gradient(ascent.network)
    var error = 0.0
    for k in gradient.indices {
      let moved = ascent.network.parameters[k] - network.parameters[k]
      let residual = moved - gradient[k] / posterior.curvature[k]
      error += posterior.curvature[k] * residual * residual
    }
    // The decrement is this sum; rounding is below 2⁻⁴⁰ by far.
    #expect(error <= 2 * tolerance)
    #expect(
      ascent.gain
        == posterior.objective(ascent.network, failures, weight: 1)
        - posterior.objective(network, failures, weight: 1))
  }

  @Test("Under a strong prior, EWC influence becomes linear influence")
  func linearLimit() throws {
    let network = randomNetwork([4, 5, 3], .tanh)
    let failures = derivatives(randomImages(5, pixels: 4, seed: 7), network)
    let training = derivatives(randomImages(40, pixels: 4, seed: 3), network)
    let before = training.logLikelihoods(network)
    // Both r̃ are of order 1/damping, their difference of its square.
    let ratios = try [1e2, 1e3].map { damping in
      let posterior = try consolidation(network, damping: damping)
      let after = training.logLikelihoods(
        posterior.ascent(
          on: failures, weight: 1, steps: 2000, tolerance: 0x1p-60
        ).network)
      let linear = training.directionalDerivatives(
        network, along: posterior.naturalStep(toward: failures))
      let difference = before.indices.map { i in
        (before[i] - after[i]) + linear[i]
      }
      return largest(difference) / largest(linear)
    }
    let slope = Double.log(ratios[0] / ratios[1]) / Double.log(10)
    #expect(ratios[0] < 0.1)
    #expect(abs(slope - 1) < 0.1)
  }

  @Test("Newton removal undoes linear influence")
  func removal() throws {
    let network = randomNetwork([4, 5, 3], .tanh)
    let posterior = try consolidation(network)
    let step = posterior.naturalStep(
      toward: derivatives(randomImages(5, pixels: 4, seed: 7), network))
    let added = posterior.moved(by: step, scale: 1).parameters
    let removed = posterior.moved(by: step, scale: -1).parameters
    for k in step.indices {
      let middle = (added[k] + removed[k]) / 2 - network.parameters[k]
      let size = abs(network.parameters[k]) + abs(step[k])
      #expect(abs(middle) <= 2 * Double.ulpOfOne * size)
      #expect((step[k] == 0) == (added[k] == removed[k]))
    }
  }

  @Test("Unlearning stops when it is told to")
  func stopping() throws {
    let network = randomNetwork([4, 5, 3], .tanh)
    let posterior = try consolidation(network, damping: 0.01)
    let causes = derivatives(randomImages(9, pixels: 4, seed: 8), network)
    let floor = -9 * Double.log(3) - 5
    let ascent = posterior.ascent(
      on: causes, weight: -1, steps: 500, memory: 0
    ) {
      causes.logLikelihoods($0).reduce(0, +) > floor
    }
    let before = causes.logLikelihoods(network).reduce(0, +)
    let after = causes.logLikelihoods(ascent.network).reduce(0, +)
    #expect(ascent.steps > 0 && after < before && after > floor)
    let still = posterior.ascent(
      on: causes, weight: -1, steps: 500, memory: 0
    ) { _ in false }
    #expect(still.steps == 0 && still.network == network && still.gain == 0)
  }

  @Test("The number of threads moves no bit")
  func threads() throws {
    let network = randomNetwork([4, 6, 3], .relu)
    // Ten blocks in eight parts.
    let images = randomImages(5000, pixels: 4)
    func results(_ team: Int) throws -> [[Double]] {
      let subject = derivatives(images, network, team: team)
      let fisher = subject.diagonalFisher(network)
      let posterior = try WeightConsolidation(
        network: network, fisher: fisher, sampleCount: 5000, damping: 0.1)
      return [
        fisher, subject.gradient(network),
        subject.directionalDerivatives(network, along: network.parameters),
        posterior.ascent(on: subject, weight: 1, steps: 3).network.parameters,
      ]
    }
    #expect(try results(1) == results(3))
  }

  @Test("Samples that inform no weight are an error")
  func flat() {
    let network = randomNetwork([4, 3], .identity)
    #expect(throws: CurvatureError.flat) {
      try WeightConsolidation(
        network: network, fisher: [Double](repeating: 0, count: 15),
        sampleCount: 4, damping: 1)
    }
    #expect(throws: CurvatureError.notFinite) {
      try WeightConsolidation(
        network: network, fisher: [Double](repeating: .nan, count: 15),
        sampleCount: 4, damping: 1)
    }
  }
}
