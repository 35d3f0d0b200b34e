import LinearAlgebra
import Mixing
import Randomness
import RealModule
import Sensitivity
import Testing

@Suite("L. Zhang et al. 2021, Lemma 3.3: generalised linear models")
struct LinearModelTests {
  private static func model(
    _ family: LinearModelExpansion.Family, scale: Double, count: Int = 60
  ) -> LinearModelExpansion {
    var stream = RandomStream(rootSeed: 5, name: "linear-model")
    let inputs = Matrix<Double>(rowCount: count, columnCount: 4) { _, _ in
      stream.normal()
    }
    return LinearModelExpansion(
      family, inputs: inputs, parameters: [scale, -scale, 0.5 * scale, 0])
  }

  /// The excess is the regulariser plus terms of the fourth order in the
  /// scores (odd ones meet labels' zero means), so that the ratio tends to 1
  /// like the square of the scale.
  @Test("For small scores the regulariser is the measured excess")
  func order() throws {
    for (family, law) in [
      (LinearModelExpansion.Family.logistic, MixingLaw.beta(8, 8)),
      (.logistic, .fixed(0.3)), (.poisson, .fixed(0.6)),
    ] {
      let errors = try [0.04, 0.02, 0.01].map { scale in
        let model = Self.model(family, scale: scale)
        let measured = try model.rescaledExcess(law)
        return abs(
          measured.value / (try model.rescaledRegulariser(law)) - 1)
      }
      // Third moments of the sample give a part of the first order.
      #expect(errors[0] < 0.3)
      #expect(errors[1] < 0.6 * errors[0])
      #expect(errors[2] < 0.6 * errors[1])
      let ratios = try [0.04, 0.02].map { scale in
        let model = Self.model(family, scale: scale)
        return try model.unrescaledExcess(law).value
          / model.unrescaledRegulariser(law)
      }
      #expect(abs(ratios[1] - 1) < 0.6 * abs(ratios[0] - 1) + 1e-12)
      #expect(abs(ratios[0] - 1) < 0.1)
    }
  }

  @Test("Excesses are those of loops over pairs and a fine rule")
  func loops() throws {
    let model = Self.model(.logistic, scale: 0.8, count: 12)
    func value(_ s: Double) -> Double {
      max(s, 0) + .log(onePlus: .exp(-abs(s)))
    }
    let (a, b) = (3.0, 2.0)
    var (rescaled, plain) = (0.0, 0.0)
    // D̃ itself, in its two parts. Where 1/λ stands, a power of λ is taken from
    // the weight: E_Beta(p,q)[h] = (p+q−1)/(p−1)·E_Beta(p−1,q)[λh].
    for (weight, p, q) in [(a / (a + b), a + 1, b), (b / (a + b), b + 1, a)] {
      let rule = try GaussJacobi(alpha: p, beta: q, count: 150)
      let tamed = try GaussJacobi(alpha: p - 1, beta: q, count: 150)
      let ratio = (p + q - 1) / (p - 1)
      for i in model.scores {
        for r in model.scores {
          let expectation = tamed.expectation { l in
            l * (value(i + (1 - l) / l * r) - value(i))
          }
          rescaled += weight * ratio * expectation
          plain +=
            weight
            * rule.expectation { l in
              let change = (1 - l) * (r - i)
              return value(i + change) - value(i) - change / (1 + .exp(-i))
            }
        }
      }
    }
    let law = MixingLaw.beta(a, b)
    let measured = try model.rescaledExcess(law)
    #expect(measured.errorBound <= 1e-7)
    #expect(
      abs(measured.value - rescaled / 144)
        <= measured.errorBound + 144 * Double.ulpOfOne)
    let unrescaled = try model.unrescaledExcess(law)
    #expect(
      abs(unrescaled.value - plain / 144)
        <= unrescaled.errorBound + 144 * Double.ulpOfOne)
  }

  @Test("The factor's condition is enforced, and what is finite is offered")
  func conditions() throws {
    let model = Self.model(.logistic, scale: 0.8)
    for (a, b) in [(1.0, 1.0), (0.2, 0.2), (1, 3), (3, 0.9)] {
      let law = MixingLaw.beta(a, b)
      #expect(
        throws: LinearModelError.infiniteFactor(
          firstConcentration: a, secondConcentration: b)
      ) { try model.rescaledRegulariser(law) }
      #expect(
        LinearModelError.infiniteFactor(
          firstConcentration: a, secondConcentration: b
        ).description
          .contains("not rescaled"))
      // The loss itself is finite.
      let excess = try model.rescaledExcess(law)
      #expect(excess.value.isFinite && excess.value > 0)
      #expect(model.unrescaledRegulariser(law) > 0)
    }
    let poisson = Self.model(.poisson, scale: 0.3)
    #expect(throws: LinearModelError.poissonDiverges) {
      try poisson.rescaledRegulariser(.beta(8, 8))
    }
    #expect(throws: LinearModelError.poissonDiverges) {
      try poisson.rescaledExcess(.beta(8, 8))
    }
    for law in [MixingLaw.none, .fixed(1), .fixed(0)] {
      #expect(throws: LinearModelError.noMixing) {
        try poisson.rescaledExcess(law)
      }
    }
  }
}
