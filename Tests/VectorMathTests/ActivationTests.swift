import Foundation
import Randomness
import Testing
import VectorMath

@Suite("Activations, their slopes and curvatures")
struct ActivationTests {
  /// σ(u), as the definitions have it.
  private func definition(_ activation: Activation, _ u: Double) -> Double {
    switch activation {
    case .identity: u
    case .relu: max(u, 0)
    case .tanh: tanh(u)
    case .softplus: max(u, 0) + log1p(exp(-abs(u)))
    case .square: u * u
    case .sigmoid: 1 / (1 + exp(-u))
    case .gelu: u * 0.5 * erfc(-u / 2.0.squareRoot())
    }
  }

  private func activate<Scalar: VectorScalar>(
    _ activation: Activation, _ u: [Scalar]
  ) -> [Scalar] {
    var z = [Scalar](repeating: .nan, count: u.count)
    Scalar.activate(activation, u, into: &z, count: u.count)
    return z
  }

  private func slopes<Scalar: VectorScalar>(
    _ activation: Activation, _ u: [Scalar], times gradient: [Scalar]
  ) -> [Scalar] {
    var out = [Scalar](repeating: .nan, count: u.count)
    Scalar.timesSlope(
      activation, u, gradient: gradient, into: &out, count: u.count)
    return out
  }

  private func curvatures<Scalar: VectorScalar>(
    _ activation: Activation, _ u: [Scalar], tangent: [Scalar],
    gradient: [Scalar], addedTo start: [Scalar]
  ) -> [Scalar] {
    var out = start
    Scalar.addTimesCurvature(
      activation, u, tangent: tangent, gradient: gradient, into: &out,
      count: u.count)
    return out
  }

  /// A grid through 0 and far tails, of a length that no vector divides.
  private func points<Scalar: VectorScalar>(_: Scalar.Type) -> [Scalar] {
    let tails: [Scalar] = [-100, -88.5, -20, -0.0, 0, 1e-20, 20, 90, 100]
    return tails + (-200...200).map { Scalar($0) / 32 }
  }

  @Test("σ", arguments: Activation.allCases)
  func values(_ activation: Activation) {
    checkValues(activation, Float.self)
    checkValues(activation, Double.self)
  }

  private func checkValues<Scalar: VectorScalar>(
    _ activation: Activation, _: Scalar.Type
  ) {
    let u = points(Scalar.self)
    let z = activate(activation, u)
    // A few elementary functions of at most 2 ulp each; GELU cancels for
    // negative u, so its error is relative to |u|; e^u in float does not go
    // below e^-87.
    let floor = Scalar.self == Float.self ? 2e-38 : 0
    for (u, z) in zip(u, z) {
      let exact = definition(activation, Double(u))
      let scale = activation == .gelu ? abs(Double(u)) : abs(exact)
      #expect(
        abs(Double(z) - exact) <= 6 * Double(Scalar.ulpOfOne) * scale + floor,
        "\(Scalar.self) at \(u)")
    }
  }

  /// Central differences: with step h the truncation is h²/6·|σ‴| with
  /// |σ‴| ≤ 2, the rounding a few ulps of |σ| over h.
  @Test("σ′ is the difference quotient of σ", arguments: Activation.allCases)
  func slopesByDifferences(_ activation: Activation) {
    let h = 0x1p-17
    // Away from the kink of the piecewise linear one.
    let u = (-150...150).map { Double($0) / 25 + 0.01 }
    let (above, below) = (
      activate(activation, u.map { $0 + h }),
      activate(activation, u.map { $0 - h })
    )
    var stream = RandomStream(rootSeed: 1, name: "slopes")
    let gradient = numbers(u.count, from: &stream, as: Double.self)
    let products = slopes(activation, u, times: gradient)
    for i in u.indices {
      let quotient = (above[i] - below[i]) / (2 * h)
      let size = max(1, abs(above[i]), abs(u[i]))
      let bound = h * h / 3 + 8 * Double.ulpOfOne * size / h
      #expect(
        abs(products[i] - gradient[i] * quotient) <= bound * abs(gradient[i]),
        "at \(u[i])")
    }
  }

  @Test("σ″ is the difference quotient of σ′", arguments: Activation.allCases)
  func curvaturesByDifferences(_ activation: Activation) {
    let h = 0x1p-17
    let u = (-150...150).map { Double($0) / 25 + 0.01 }
    let ones = [Double](repeating: 1, count: u.count)
    let (above, below) = (
      slopes(activation, u.map { $0 + h }, times: ones),
      slopes(activation, u.map { $0 - h }, times: ones)
    )
    var stream = RandomStream(rootSeed: 2, name: "curvatures")
    let gradient = numbers(u.count, from: &stream, as: Double.self)
    let tangent = numbers(u.count, from: &stream, as: Double.self)
    let start = numbers(u.count, from: &stream, as: Double.self)
    let out = curvatures(
      activation, u, tangent: tangent, gradient: gradient, addedTo: start)
    for i in u.indices {
      let quotient = (above[i] - below[i]) / (2 * h)
      // |σ⁗| ≤ 4.
      let size = max(1, abs(above[i]))
      let bound = 4 * h * h / 6 + 8 * Double.ulpOfOne * size / h
      let factor = gradient[i] * tangent[i]
      #expect(
        abs(out[i] - start[i] - factor * quotient)
          <= bound * abs(factor) + Double.ulpOfOne, "at \(u[i])")
    }
  }

  /// |σ′| and |σ″| are at most 2 but for the square's 2|u|; the terms that
  /// they are made of have conditions of at most u².
  @Test("Float follows Double", arguments: Activation.allCases)
  func precisions(_ activation: Activation) {
    var stream = RandomStream(rootSeed: 3, name: "precisions")
    let u = points(Float.self)
    let gradient = numbers(u.count, from: &stream, as: Float.self)
    let tangent = numbers(u.count, from: &stream, as: Float.self)
    let zeros = [Float](repeating: 0, count: u.count)
    let slope = slopes(activation, u, times: gradient)
    let slope64 = slopes(
      activation, u.map { Double($0) }, times: gradient.map { Double($0) })
    let curvature = curvatures(
      activation, u, tangent: tangent, gradient: gradient, addedTo: zeros)
    let curvature64 = curvatures(
      activation, u.map { Double($0) }, tangent: tangent.map { Double($0) },
      gradient: gradient.map { Double($0) }, addedTo: zeros.map { Double($0) })
    for i in u.indices {
      let size = activation == .square ? max(1, 2 * abs(Double(u[i]))) : 1
      let bound = 8 * Double(Float.ulpOfOne) * size
      #expect(abs(Double(slope[i]) - slope64[i]) <= bound, "at \(u[i])")
      #expect(abs(Double(curvature[i]) - curvature64[i]) <= bound)
    }
  }

  @Test("The gradient may be overwritten", arguments: Activation.allCases)
  func inPlace(_ activation: Activation) {
    let u = points(Double.self)
    var stream = RandomStream(rootSeed: 4, name: "in-place")
    let gradient = numbers(u.count, from: &stream, as: Double.self)
    var overwritten = gradient
    overwritten.withUnsafeMutableBufferPointer {
      let pointer = $0.baseAddress!
      Double.timesSlope(
        activation, u, gradient: pointer, into: pointer, count: u.count)
    }
    #expect(overwritten == slopes(activation, u, times: gradient))
  }

  @Test(
    "NaN stays NaN and reaches no neighbour", arguments: Activation.allCases)
  func notANumber(_ activation: Activation) {
    checkNaN(activation, Float.self)
    checkNaN(activation, Double.self)
  }

  private func checkNaN<Scalar: VectorScalar>(
    _ activation: Activation, _: Scalar.Type
  ) {
    for position in [0, 1, 15, 16, 18] {
      var u = [Scalar](repeating: 0.5, count: 19)
      u[position] = .nan
      let z = activate(activation, u)
      for i in z.indices { #expect(z[i].isNaN == (i == position)) }
    }
  }
}
