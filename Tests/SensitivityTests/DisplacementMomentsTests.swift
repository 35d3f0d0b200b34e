import LinearAlgebra
import Sensitivity
import Testing

@Suite("The displacement 1 − λ under the law of mixup's expansion")
struct DisplacementMomentsTests {
  static let shapes: [(Double, Double)] = [
    (1, 1), (20, 20), (0.2, 0.2), (3, 1.5), (0.05, 4), (2, 5),
  ]

  /// Rounded to the digits shown by an independent program.
  @Test(
    "First and second moment",
    arguments: [
      (1, 1, 0.333333333333, 0.166666666667),
      (20, 20, 0.487804878049, 0.243902439024),
      (0.2, 0.2, 0.142857142857, 0.071428571429),
      (3, 1.5, 0.363636363636, 0.181818181818),
    ])
  func vectors(_ a: Double, _ b: Double, _ first: Double, _ second: Double) {
    let moments = DisplacementMoments(
      firstConcentration: a, secondConcentration: b)
    #expect(abs(moments.first - first) <= 1e-12)
    #expect(abs(moments.second - second) <= 1e-12)
  }

  @Test("All three by quadrature, and E[a²] = ½E[a]", arguments: shapes)
  func quadrature(_ a: Double, _ b: Double) throws {
    let moments = DisplacementMoments(
      firstConcentration: a, secondConcentration: b)
    let rule = try GaussJacobi(alpha: a, beta: b, count: 6)
    func expectation(_ g: (Double) -> Double) -> Double {
      rule.expectation { $0 * g($0) + (1 - $0) * g(1 - $0) }
    }
    // The rule is exact to degree 11, within 8 ulp of 1 for each node.
    let bound = 64 * Double.ulpOfOne
    #expect(abs(moments.first - expectation { 1 - $0 }) <= bound)
    #expect(
      abs(moments.second - expectation { (1 - $0) * (1 - $0) }) <= bound)
    #expect(
      abs(
        moments.third - expectation { (1 - $0) * (1 - $0) * (1 - $0) })
        <= bound)
    #expect(moments.second == moments.first / 2)
  }

  @Test("Lemma 3.3: the factor of the rescaled regulariser")
  func rescaledFactor() throws {
    for (a, b, value) in [(2.0, 2.0, 3.0), (20, 20, 21.0 / 19), (3, 1.5, 5.75)]
    {
      let factor = DisplacementMoments(
        firstConcentration: a, secondConcentration: b
      ).rescaledFactor
      #expect(abs(factor - value) <= 8 * value.ulp)
    }
    for (a, b) in [(1.0, 1.0), (0.2, 0.2), (1, 7), (7, 0.5)] {
      #expect(
        DisplacementMoments(firstConcentration: a, secondConcentration: b)
          .rescaledFactor == .infinity)
    }
  }

  /// For a > 2 the integrand (1−λ)²/λ² takes two powers from the weight of
  /// Beta(a, b); what is left is a polynomial, exact by quadrature.
  @Test("Lemma 3.3 by quadrature", arguments: [(2.0, 2.0), (3, 1.5), (9, 4)])
  func rescaledQuadrature(_ a: Double, _ b: Double) throws {
    func part(_ p: Double, _ q: Double) throws -> Double {
      // E_Beta(p,q)[(1−λ)²/λ²] = B(p−2, q)/B(p, q)·E_Beta(p−2,q)[(1−λ)²].
      let rule = try GaussJacobi(alpha: p - 2, beta: q, count: 3)
      let ratio =
        (p + q - 1) * (p + q - 2) / ((p - 1) * (p - 2))
      return ratio * rule.expectation { (1 - $0) * (1 - $0) }
    }
    let expected =
      (a * (try part(a + 1, b)) + b * (try part(b + 1, a))) / (a + b)
    let factor = DisplacementMoments(
      firstConcentration: a, secondConcentration: b
    ).rescaledFactor
    #expect(abs(factor - expected) <= 64 * expected.ulp)
  }
}
