import Randomness
import RealModule
import Testing

/// Fixed seeds, 10⁵ draws a law.
///
/// Each check fails for a right law with probability at most 10⁻⁶: Kolmogorov
/// distances by Massart's bound; means by 5.5 standard errors, two-sided normal
/// tail 4·10⁻⁸ at n = 10⁵. With some 80 checks: 10⁻⁴ together, once, as the
/// seeds are fixed.
@Suite("Draws follow their laws")
struct LawTests {
  private static let draws = 100_000
  private static let bound = kolmogorovBound(count: draws, failure: 1e-6)
  private static let standardErrorBound = 5.5

  private func sample(
    _ name: String, _ draw: (inout RandomStream) -> Double
  ) -> [Double] {
    var stream = RandomStream(rootSeed: 2024, name: name)
    return (0..<Self.draws).map { _ in draw(&stream) }
  }

  /// Checks mean and second moment of some draws, given their first four
  /// central moments.
  private func expectMoments(
    _ values: [Double], mean: Double, variance: Double, fourth: Double
  ) {
    let first = standardErrors(values, mean: mean, variance: variance)
    #expect(first < Self.standardErrorBound)
    let squares = values.map { ($0 - mean) * ($0 - mean) }
    let second = standardErrors(
      squares, mean: variance, variance: fourth - variance * variance)
    #expect(second < Self.standardErrorBound)
  }

  @Test("The distribution functions used here are right")
  func distributionFunctions() {
    // n terms of relative error ulp, n < 100.
    let tolerance = 100 * Double.ulpOfOne
    for x in [1e-8, 0.1, 0.3, 0.5, 0.77, 0.999] {
      #expect(abs(betaProbability(x, 1, 1) - x) < tolerance)
      let arcsine = 2 / Double.pi * Double.asin(x.squareRoot())
      #expect(abs(betaProbability(x, 0.5, 0.5) - arcsine) < tolerance)
      let cubic = x * x * x * (4 - 3 * x)
      #expect(abs(betaProbability(x, 3, 2) - cubic) < tolerance)
      for scale in [1.0, 5, 30] {
        let y = scale * x
        let exponential = 1 - Double.exp(-y)
        #expect(abs(gammaProbability(y, shape: 1) - exponential) < tolerance)
        let chi = 1 - Double.erfc(y.squareRoot())
        #expect(abs(gammaProbability(y, shape: 0.5) - chi) < tolerance)
      }
    }
  }

  @Test func uniform() {
    let values = sample("uniform") { $0.uniform() }
    #expect(values.allSatisfy { 0 <= $0 && $0 < 1 })
    #expect(kolmogorovDistance(values) { $0 } < Self.bound)
  }

  @Test func uniformOpen() {
    let values = sample("uniform-open") { $0.uniformOpen() }
    #expect(values.allSatisfy { 0 < $0 && $0 <= 1 })
    #expect(kolmogorovDistance(values) { $0 } < Self.bound)
  }

  @Test func uniformInRange() {
    let values = sample("uniform-range") { $0.uniform(in: -3...5) }
    #expect(values.allSatisfy { -3 <= $0 && $0 <= 5 })
    #expect(kolmogorovDistance(values) { ($0 + 3) / 8 } < Self.bound)
  }

  @Test func normal() {
    let values = sample("normal") { $0.normal() }
    #expect(kolmogorovDistance(values, normalProbability) < Self.bound)
    expectMoments(values, mean: 0, variance: 1, fourth: 3)
  }

  @Test("Bulk normals: both numbers of a pair, uncorrelated")
  func bulkNormals() {
    var stream = RandomStream(rootSeed: 2024, name: "bulk")
    let values = stream.normals(count: Self.draws)
    #expect(kolmogorovDistance(values, normalProbability) < Self.bound)
    expectMoments(values, mean: 0, variance: 1, fourth: 3)
    let products = stride(from: 0, to: values.count, by: 2).map {
      values[$0] * values[$0 + 1]
    }
    #expect(
      standardErrors(products, mean: 0, variance: 1) < Self.standardErrorBound)
  }

  @Test(arguments: [0.01, 0.1, 0.5, 0.99, 1, 1.5, 4, 100])
  func gamma(shape: Double) {
    let values = sample("gamma") { $0.gamma(shape: shape) }
    #expect(values.allSatisfy { $0 >= 0 && $0.isFinite })
    // In logarithms nothing underflows: P(log X ≤ y) = P(X ≤ e^y).
    let logarithms = sample("gamma") { $0.logGamma(shape: shape) }
    #expect(logarithms.allSatisfy { $0.isFinite })
    let distance = kolmogorovDistance(logarithms) { y in
      // Below the smallest double: x^shape / Γ(shape + 1).
      y < -700
        ? Double.exp(shape * y - Double.logGamma(shape + 1))
        : gammaProbability(Double.exp(y), shape: shape)
    }
    #expect(distance < Self.bound)
    // Few of the draws carry the fourth moment of a small shape: no normal
    // approximation there.
    if shape >= 0.5 {
      expectMoments(
        values, mean: shape, variance: shape, fourth: 3 * shape * (shape + 2))
    }
  }

  @Test(arguments: [
    (0.01, 0.01), (0.05, 0.05), (0.01, 5), (0.2, 0.2), (0.4, 0.4), (1, 1),
    (1, 3), (2, 2), (0.5, 8), (20, 20), (1e6, 1e6),
  ])
  func beta(a: Double, b: Double) {
    let values = sample("beta") { $0.beta(a, b) }
    #expect(values.allSatisfy { 0 <= $0 && $0 <= 1 })

    let mean = a / (a + b)
    let variance = mean * (b / (a + b)) / (a + b + 1)
    let excess =
      6 * ((a - b) * (a - b) * (a + b + 1) - a * b * (a + b + 2))
      / (a * b * (a + b + 2) * (a + b + 3))
    expectMoments(
      values, mean: mean, variance: variance,
      fourth: (excess + 3) * variance * variance)

    // Where much mass rounds to 1 the law is continuous no more.
    let massAtOne = 1 - betaProbability(1 - 0x1p-53, a, b)
    if massAtOne < Self.bound / 10 {
      let distance = kolmogorovDistance(values) { betaProbability($0, a, b) }
      #expect(distance < Self.bound)
    }
  }

  @Test(
    "Small concentrations pile up at both ends as the law says",
    arguments: [0.01, 0.05, 0.2])
  func twoSidedMass(concentration: Double) {
    let values = sample("beta-ends") { $0.beta(concentration, concentration) }
    for edge in [1e-300, 1e-100, 1e-30, 1e-12, 1e-3, 0.25] {
      let expected = betaProbability(edge, concentration, concentration)
      let low = values.map { $0 <= edge ? 1.0 : 0 }
      // Massart's bound holds for every edge at once.
      #expect(abs(low.reduce(0, +) / Double(low.count) - expected) < Self.bound)
      guard edge > 0x1p-50 else { continue }
      let high = values.map { 1 - $0 <= edge ? 1.0 : 0 }
      #expect(
        abs(high.reduce(0, +) / Double(high.count) - expected) < Self.bound)
    }
  }

  @Test("The smallest shapes give no NaN")
  func extremeShapes() {
    var stream = RandomStream(rootSeed: 1, name: "extreme")
    for shape in [1e-300, 1e-10, 1e-3, 1e10, 1e300] {
      for other in [1e-300, 1e-10, 1, 1e300] {
        for _ in 0..<1000 {
          let value = stream.beta(shape, other)
          #expect(0 <= value && value <= 1)
        }
      }
    }
  }
}
