import LinearAlgebra
import Randomness
import Testing

@testable import Sensitivity

@Suite("Null model: random directions with the same residuals")
struct NullModelTests {
  @Test("Residuals and norms stay; q is their sum")
  func keeps() throws {
    let found = try Problem(
      sizes: [9, 8, 4], .tanh, count: 30, seed: 1
    ).alignment()
    var stream = RandomStream(rootSeed: 0, name: "null")
    let null = found.withRandomDirections(dimension: 9, using: &stream)
    #expect(null.residuals == found.residuals)
    #expect(null.gradientNorms == found.gradientNorms)
    #expect(null.displacements == found.displacements)
    #expect(null.cosines != found.cosines)
    let coefficients = null.coefficients
    for i in 0..<30 {
      let sum = (0..<4).reduce(0.0) {
        $0 + coefficients[i, $1] * null.gradientNorms[i, $1]
          * null.displacements[i]
      }
      #expect(
        abs(sum - null.directionalDerivatives[i])
          <= 32 * .ulpOfOne * null.displacements[i]
          * (null.gradientNorms.row(i).max() ?? 0))
    }
  }

  @Test("A cosine has mean 0 and mean square 1/D", arguments: [1, 2, 3, 50])
  func moments(dimension: Int) throws {
    let count = 3000
    let found = try Problem(
      sizes: [4, 5, 4], .tanh, count: count, seed: 2
    ).alignment()
    var stream = RandomStream(
      rootSeed: 3, name: "null", index: UInt64(dimension))
    let cosines = found.withRandomDirections(
      dimension: dimension, using: &stream
    ).cosines.elements
    let n = Double(cosines.count)
    let d = Double(dimension)
    // Var cos = 1/D, Var cos² = 2(D − 1)/(D²(D + 2)); at 5 standard errors the
    // eight statements fail by chance with probability below 5·10⁻⁶. For D = 1
    // cos² is 1 up to rounding.
    #expect(abs(cosines.reduce(0, +) / n) <= 5 / (n * d).squareRoot())
    let spread = (2 * (d - 1) / (d * d * (d + 2)) / n).squareRoot()
    #expect(
      abs(cosines.reduce(0) { $0 + $1 * $1 } / n - 1 / d)
        <= 5 * spread + 8 * .ulpOfOne)
    #expect(cosines.allSatisfy { abs($0) <= 1 })
  }

  @Test("The true class is known by its label, though its residual is 0")
  func trueClass() {
    let found = Alignment(
      labels: [1, 0],
      residuals: Matrix(
        rowCount: 2, columnCount: 2, elements: [0, 0, -0.5, 0.5]),
      derivatives: Matrix(
        rowCount: 2, columnCount: 2, elements: [0.25, -1, -0.5, 0.75]),
      gradientNorms: Matrix(rowCount: 2, columnCount: 2, repeating: 1),
      displacements: [1, 1])
    #expect(found.meanCosines.trueClass == -0.75)
    #expect(found.meanCosines.others == 0.5)
  }

  @Test("Half of all signs are negative")
  func signs() throws {
    let found = try Problem(
      sizes: [6, 5, 4], .relu, count: 4000, seed: 5
    ).alignment()
    var stream = RandomStream(rootSeed: 1, name: "null")
    let null = found.withRandomDirections(dimension: 6, using: &stream)
    // Signs are fair coins: 5 standard errors.
    #expect(abs(null.negativeShare - 0.5) <= 5 * 0.5 / 16000.0.squareRoot())
    #expect(abs(null.pushedUpShare - 0.5) <= 5 * 0.5 / 4000.0.squareRoot())
  }
}
