import FeatureLearning
import LinearAlgebra
import Networks
import Randomness
import TestSupport
import Testing
import VectorMath

@testable import Sensitivity

/// The gradients of all logits by loops, [K][D].
private func jacobian(
  _ network: NaiveNetwork, _ x: [Double]
) -> [[Double]] {
  let columns = x.indices.map { d in
    network.jet(x, along: x.indices.map { $0 == d ? 1 : 0 }).tangent
  }
  return (0..<network.shape.classCount).map { k in columns.map { $0[k] } }
}

private func norm(_ vector: [Double]) -> Double {
  vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
}

@Suite("MixupE, Eqs. (4) and (6): α and q of dense networks")
struct AlignmentTests {
  static let shapes: [(sizes: [Int], count: Int)] = [
    ([7, 6, 5, 4], 9), ([90, 70, 9, 3], 250), ([5, 40, 3], 70), ([6, 4], 5),
    ([3, 4, 4, 4, 2], 1),
  ]

  @Test(
    "Against the Jacobian by loops",
    arguments: shapes.indices,
    [Activation.relu, .tanh, .softplus, .square, .identity])
  func naive(_ index: Int, _ activation: Activation) throws {
    let (sizes, count) = Self.shapes[index]
    let problem = Problem(
      sizes: sizes, activation, count: count, seed: UInt64(index))
    let found = try problem.alignment()
    let naive = NaiveNetwork(problem.network)
    // A cosine is conditioned like its gradient, which is a sum over paths.
    let roundings = 64 * problem.operations
    for i in stride(from: 0, to: count, by: max(1, count / 12)) {
      let x = Array(problem.images.row(i))
      let direction = zip(problem.mean, x).map { $0 - $1 }
      let gradients = jacobian(naive, x)
      let residual = naive.logProbabilities(x).enumerated().map {
        Double.exp($1) - ($0 == Int(problem.labels[i]) ? 1 : 0)
      }
      let scale = max(1, gradients.map(norm).max() ?? 1)
      #expect(
        agree(
          found.residuals.row(i), residual, roundings: roundings,
          scale: max(1, naive.logits(x).map(abs).max() ?? 1)))
      #expect(
        agree(
          found.gradientNorms.row(i), gradients.map(norm),
          roundings: roundings, scale: scale))
      let derivatives = gradients.map { row in
        zip(row, direction).reduce(0) { $0 + $1.0 * $1.1 }
      }
      let q = zip(residual, derivatives).reduce(0) { $0 + $1.0 * $1.1 }
      #expect(
        abs(found.directionalDerivatives[i] - q)
          <= roundings * .ulpOfOne * scale * (1 + norm(direction)))
      for k in 0..<sizes[sizes.count - 1] {
        let length = norm(gradients[k]) * norm(direction)
        let cosine = length > 0 ? derivatives[k] / length : 0
        let condition = scale / max(norm(gradients[k]), 1e-3)
        #expect(
          abs(found.cosines[i, k] - cosine)
            <= roundings * .ulpOfOne * condition)
      }
      let loss = (0..<x.count).map { d in
        zip(residual, gradients).reduce(0) { $0 + $1.0 * $1.1[d] }
      }
      let lossNorms = try #require(found.lossGradientNorms)
      #expect(
        abs(lossNorms[i] - norm(loss)) <= roundings * .ulpOfOne * 2 * scale)
    }
  }

  @Test("q = Σ_k α_k ‖J^{(k)}‖ ‖x̄ − x‖, and its gradient by differences")
  func identityAndDifferences() throws {
    let problem = Problem(
      sizes: [12, 10, 6, 4], .softplus, count: 20, seed: 3)
    let found = try problem.alignment()
    let naive = NaiveNetwork(problem.network)
    let coefficients = found.coefficients
    for i in 0..<20 {
      let sum = (0..<4).reduce(0.0) {
        $0 + coefficients[i, $1] * found.gradientNorms[i, $1]
          * found.displacements[i]
      }
      #expect(
        abs(sum - found.directionalDerivatives[i])
          <= 32 * .ulpOfOne * found.displacements[i]
          * (found.gradientNorms.row(i).max() ?? 0))
      // q = d/da ℓ(x + a(x̄ − x), y) at a = 0.
      let x = Array(problem.images.row(i))
      var label = [Double](repeating: 0, count: 4)
      label[Int(problem.labels[i])] = 1
      let quotient = DifferenceQuotient(
        at: 0, operations: 400, magnitude: 8
      ) { a in
        naive.crossEntropy(
          zip(x, problem.mean).map { $0 + a * ($1 - $0) }, label)
      }
      #expect(
        abs(found.directionalDerivatives[i] - quotient.value)
          <= quotient.bound)
    }
  }

  @Test("Degree 1, bias-free ReLU: q = (p − y)ᵀJx̄ + q̂")
  func homogeneous() throws {
    let problem = Problem(
      sizes: [15, 12, 8, 5], .relu, count: 40, seed: 5, biases: false)
    let found = try problem.alignment()
    let naive = NaiveNetwork(problem.network)
    for i in 0..<40 {
      let x = Array(problem.images.row(i))
      let logits = naive.logits(x)
      let atMean = naive.jet(x, along: problem.mean).tangent
      let residual = Array(found.residuals.row(i))
      let expected = (0..<5).reduce(0.0) {
        $0 + residual[$1] * (atMean[$1] - logits[$1])
      }
      #expect(
        abs(found.directionalDerivatives[i] - expected)
          <= 16 * problem.operations * .ulpOfOne
          * (1 + logits.map(abs).reduce(0, +)))
    }
  }

  @Test("The theory's vector tanhAlignment")
  func tanhVector() throws {
    // vectors.json: a dense 2-3-2 tanh network whose mean input is zero.
    let network = DenseNetwork<Double>(
      shape: DenseShape(sizes: [2, 3, 2], activation: .tanh),
      parameters: [
        0.8, -0.4, 0.3, 0.9, -0.6, 0.5, 0.1, -0.2, 0.05, 0.7, -0.5, 0.4, -0.3,
        0.8, 0.6, 0.05, -0.1,
      ])
    let images = Matrix(
      rowCount: 4, columnCount: 2,
      elements: [1, 0.5, -0.5, 1.2, 0.3, -1, -0.8, -0.7])
    let found = try AlignmentMeter(
      shape: network.shape, images: images, labels: [0, 1, 0, 1],
      mean: [0, 0]
    ).measure(network, team: ThreadTeam(size: 1))
    let tolerance = 2e-12 / .ulpOfOne  // as the file states
    #expect(
      agree(
        found.coefficients.elements,
        [
          -0.176126422083, -0.062639525453, 0.18805265679, 0.185943461547,
          0.129535579302, 0.129560786801, 0.042786073845, -0.068849429758,
        ], roundings: tolerance, scale: 1))
    #expect(
      agree(
        found.directionalDerivatives,
        [-0.131371622722, 0.249821519841, 0.120592674834, -0.045469747766],
        roundings: tolerance, scale: 1))
    #expect(
      agree(
        found.gradientNorms.elements,
        [
          0.332789134239, 0.940131515063, 0.366052048917, 0.663284089313,
          0.244273755067, 0.647299954415, 0.334226838477, 0.828977015438,
        ], roundings: tolerance, scale: 1))
  }

  @Test("Zero gradients and images at the mean have α = q = 0")
  func zeros() throws {
    var problem = Problem(sizes: [6, 5, 4, 3], .relu, count: 4, seed: 8)
    // The third image is the mean, though sums of it round.
    problem.mean = Array(problem.images.row(2))
    var found = try problem.alignment()
    #expect(found.displacements[2] == 0)
    #expect(found.directionalDerivatives[2] == 0)
    #expect(found.coefficients.row(2).allSatisfy { $0 == 0 })
    #expect(found.gradientNorms.row(2).contains { $0 > 0 })
    #expect(found.coefficients.row(1).contains { $0 != 0 })
    // Biases far below zero switch all of the first layer off.
    for k in 0..<5 {
      problem.network.parameters[
        problem.network.shape.biasOffset(ofLayer: 1) + k] = -1e3
    }
    found = try problem.alignment()
    #expect(found.gradientNorms.elements.allSatisfy { $0 == 0 })
    #expect(found.coefficients.elements.allSatisfy { $0 == 0 })
    #expect(found.directionalDerivatives.allSatisfy { $0 == 0 })
    #expect(found.residuals.elements.contains { $0 != 0 })
  }

  @Test("The mean of equal rows is that row, so that one image has α = 0")
  func equalRows() throws {
    for count in [1, 3, 7] {
      let row = [0.1, 0.7, 1e-3, 12.3]
      let images = Matrix(rowCount: count, columnCount: 4) { row[$1] }
      #expect(images.rowMean == row)
      let network = Problem(sizes: [4, 5, 3], .tanh, count: 1, seed: 2).network
      let found = try AlignmentMeter(
        shape: network.shape, images: images,
        labels: [Int32](repeating: 1, count: count), mean: images.rowMean
      ).measure(network, team: ThreadTeam(size: 1))
      #expect(found.coefficients.elements.allSatisfy { $0 == 0 })
      #expect(found.isFinite)
    }
  }

  @Test("Gradients too small or large for their squares")
  func extremeScales() throws {
    for scale in [1e-170, 1e-140, 1e150] {
      var problem = Problem(sizes: [6, 4, 3], .identity, count: 3, seed: 4)
      let plain = try problem.alignment()
      let first = problem.network.shape.biasOffset(ofLayer: 1)
      let second = problem.network.shape.weightOffset(ofLayer: 2)
      for k in 0..<first { problem.network.parameters[k] *= scale }
      for k in first..<second { problem.network.parameters[k] = 0 }
      let found = try problem.alignment()
      #expect(
        agree(
          found.gradientNorms.elements.map { $0 / scale },
          plain.gradientNorms.elements, roundings: 256, scale: 4),
        "scale \(scale)")
    }
  }

  @Test("A distant mean costs no digits of the cosine")
  func distantMean() throws {
    var problem = Problem(sizes: [8, 6, 3], .identity, count: 6, seed: 9)
    let near = try problem.alignment()
    // Powers of two, so that the images themselves round little.
    let shift = 0x1p20
    problem.images = Matrix(rowCount: 6, columnCount: 8) {
      problem.images[$0, $1] + shift
    }
    problem.mean = problem.mean.map { $0 + shift }
    let far = try problem.alignment()
    // The images keep 2⁻³² of a unit; a difference of products would lose 2²⁰
    // times the length of the sums as well.
    #expect(
      agree(
        near.cosines.elements, far.cosines.elements, roundings: 0x1p20 * 8,
        scale: 1))
  }

  @Test("The number of threads changes no bit")
  func threads() throws {
    let problem = Problem(
      sizes: [20, 30, 10, 6], .tanh, count: 700, seed: 6)
    #expect(
      try problem.alignment(threads: 1) == problem.alignment(threads: 3))
  }

  @Test("q of confident images keeps its sign and digits in Float")
  func confidentFloats() throws {
    var problem = Problem(sizes: [30, 20, 10, 4], .relu, count: 80, seed: 7)
    // A gain of the last layer, and each image's label its largest logit.
    let shape = problem.network.shape
    for k in shape.weightOffset(ofLayer: 3)..<shape.parameterCount {
      problem.network.parameters[k] *= 60
    }
    let naive = NaiveNetwork(problem.network)
    let logits = (0..<80).map { naive.logits(Array(problem.images.row($0))) }
    problem.labels = logits.map { row in
      Int32(row.indices.max { row[$0] < row[$1] } ?? 0)
    }
    let exact = try problem.alignment()
    let network = DenseNetwork<Float>(problem.network)
    let found = try AlignmentMeter<Float>(
      shape: shape, images: Matrix<Float>(problem.images),
      labels: problem.labels, mean: problem.mean.map { Float($0) },
      measuresLoss: true
    ).measure(network, team: ThreadTeam(size: 1))
    let norms = try #require(exact.lossGradientNorms)
    let foundNorms = try #require(found.lossGradientNorms)
    var (sure, confident) = (0, 0)
    for i in 0..<80 {
      let own = -exact.residuals[i, Int(problem.labels[i])]
      // p_k has an error of the logits' size, q that of the derivatives.
      let largest = logits[i].reduce(1) { max($0, abs($1)) }
      let gradient = exact.gradientNorms.row(i).reduce(0, max)
      let roundings = 8 * problem.operations * (1 + largest)
      // Probabilities below the least normal number lose their digits.
      let error =
        roundings
        * max(
          Double(Float.ulpOfOne) * own,
          Double(Float.leastNormalMagnitude)) * gradient
      let slack = error * exact.displacements[i]
      let (a, b) = (
        exact.directionalDerivatives[i], found.directionalDerivatives[i]
      )
      #expect(abs(a - b) <= slack)
      #expect(abs(norms[i] - foundNorms[i]) <= error)
      #expect((a < 0) == (b < 0) || abs(a) <= slack)
      if abs(a) > slack { sure += 1 }
      if own < Double(Float.ulpOfOne) { confident += 1 }
    }
    #expect(sure > 60 && confident > 20)
  }

  @Test("Float agrees with Double to its rounding")
  func floats() throws {
    let problem = Problem(sizes: [30, 20, 10, 4], .relu, count: 50, seed: 7)
    let exact = try problem.alignment()
    let network = DenseNetwork<Float>(problem.network)
    let found = try AlignmentMeter<Float>(
      shape: network.shape, images: Matrix<Float>(problem.images),
      labels: problem.labels, mean: problem.mean.map { Float($0) }
    ).measure(network, team: ThreadTeam(size: 1))
    let roundings =
      16 * problem.operations * Double(Float.ulpOfOne)
      / .ulpOfOne
    #expect(
      agree(
        exact.gradientNorms.elements, found.gradientNorms.elements,
        roundings: roundings, scale: 2))
    #expect(
      agree(
        exact.coefficients.elements, found.coefficients.elements,
        roundings: roundings, scale: 4))
  }

  @Test("Weights that are no numbers are an error")
  func notFinite() throws {
    var problem = Problem(sizes: [40, 3, 2], .relu, count: 200, seed: 1)
    problem.network.parameters[5] = .nan
    #expect(throws: LinearAlgebraError.self) { try problem.alignment() }
  }

  @Test("Both ways to a norm are taken, by operation counts")
  func routes() {
    func triangle(_ inputs: Int, _ width: Int, _ vectors: Int) -> Bool {
      FirstLayerNorm<Double>.prefersTriangle(
        inputs: inputs, width: width, vectorCount: vectors)
    }
    #expect(triangle(784, 300, 100_000))
    #expect(!triangle(784, 300, 100))
    #expect(!triangle(784, 1, 0))
    // A first layer much wider than the input: nothing to save.
    #expect(!triangle(10, 4000, 100))
    // The suite's shapes take both ways.
    #expect(triangle(90, 70, 1000))
    #expect(!triangle(7, 6, 36))
  }
}
