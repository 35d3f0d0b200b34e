import Foundation

/// Student's t distribution with ν degrees of freedom.
///
///     P(T > t) = ½ I_x(ν/2, ½)   for t ≥ 0,   x = ν / (ν + t²)
///
/// - Numerics: the regularised incomplete beta function I_x(a, ½) is the
///   continued fraction of Didonato and Morris, at whichever of x and 1 − x it
///   converges fast; a small tail is computed directly, so that it keeps its
///   relative accuracy.
public struct StudentT: Sendable {
  /// The degrees of freedom ν > 0; they need not be a whole number.
  public let degreesOfFreedom: Double

  /// The distribution with `degreesOfFreedom` > 0, finite.
  public init(degreesOfFreedom: Double) {
    precondition(
      degreesOfFreedom > 0 && degreesOfFreedom.isFinite,
      "degrees of freedom must be finite and > 0, not \(degreesOfFreedom)")
    self.degreesOfFreedom = degreesOfFreedom
  }

  /// The probability P(T > t).
  public func upperTail(_ t: Double) -> Double {
    if t.isNaN { return .nan }
    let magnitude = halfBeta(abs(t)) / 2
    return t >= 0 ? magnitude : 1 - magnitude
  }

  /// The two-sided p-value P(|T| > |t|).
  public func twoSidedProbability(_ t: Double) -> Double {
    t.isNaN ? .nan : halfBeta(abs(t))
  }

  /// The t with P(T ≤ t) = `probability`, 0 < `probability` < 1.
  ///
  /// - Numerics: bisection of P(T > t) down to neighbouring numbers.
  public func quantile(_ probability: Double) -> Double {
    precondition(
      probability > 0 && probability < 1,
      "a quantile's probability lies between 0 and 1, not \(probability)")
    if probability == 0.5 { return 0 }
    if probability < 0.5 { return -quantile(upperTail: probability) }
    return quantile(upperTail: 1 - probability)
  }

  /// The t ≥ 0 with P(T > t) = `tail`, 0 < `tail` < ½.
  private func quantile(upperTail tail: Double) -> Double {
    var lower = 0.0
    var upper = 1.0
    while upperTail(upper) > tail && upper < 0x1p500 {
      lower = upper
      upper *= 2
    }
    while true {
      let middle = lower + (upper - lower) / 2
      if middle <= lower || middle >= upper { return middle }
      if upperTail(middle) > tail { lower = middle } else { upper = middle }
    }
  }

  /// I_x(ν/2, ½) with x = ν / (ν + t²), for t ≥ 0.
  private func halfBeta(_ t: Double) -> Double {
    let a = degreesOfFreedom / 2
    let ratio = t / degreesOfFreedom.squareRoot()
    let odds = ratio * ratio
    if odds == 0 { return 1 }
    if odds.isInfinite { return 0 }
    let x = 1 / (1 + odds)
    let y = odds / (1 + odds)
    // x^a y^½ / B(a, ½), with B(a, ½) = √π Γ(a) / Γ(a + ½).
    let front =
      exp(-a * log1p(odds)) * y.squareRoot() * Self.gammaRatio(a)
      / Double.pi.squareRoot()
    if x < (a + 1) / (a + 2.5) {
      return front * Self.continuedFraction(a, 0.5, x, y)
    }
    return 1 - front * Self.continuedFraction(0.5, a, y, x)
  }

  /// Γ(a + ½) / Γ(a).
  ///
  /// - Numerics: from a = 50 on, the asymptotic series in 1/a, since the
  ///   difference of two large logarithms loses digits; its first term left
  ///   out is below 2e-15 there.
  private static func gammaRatio(_ a: Double) -> Double {
    if a < 50 { return exp(lgamma(a + 0.5) - lgamma(a)) }
    let coefficients: [Double] = [
      1.0, -1.0 / 8, 1.0 / 128, 5.0 / 1024, -21.0 / 32768, -399.0 / 262144,
      869.0 / 4_194_304,
    ]
    var series = 0.0
    for coefficient in coefficients.reversed() {
      series = series / a + coefficient
    }
    return a.squareRoot() * series
  }

  /// I_x(a, b) B(a, b) / (x^a y^b), with x + y = 1 both given, since near 1
  /// one of them says too little of the other.
  ///
  ///     1 / (β₀ + α₁ / (β₁ + α₂ / (β₂ + …)))
  ///     αₘ = (a+m−1)(a+b+m−1) m (b−m) x² / (a+2m−1)²
  ///     βₘ = m + m(b−m)x / (a+2m−1) + (a+m)(ay − bx + 1 + m(1+y)) / (a+2m+1)
  ///
  /// - Source: Didonato and Morris 1992, "Algorithm 708", equation 9; Lentz's
  ///   method with the guard against zero denominators.
  private static func continuedFraction(
    _ a: Double, _ b: Double, _ x: Double, _ y: Double
  ) -> Double {
    func guarded(_ value: Double) -> Double {
      abs(value) < 1e-300 ? 1e-300 : value
    }
    func denominator(_ m: Double) -> Double {
      let last = a * y - b * x + 1 + m * (1 + y)
      return m + m * (b - m) * x / (a + 2 * m - 1)
        + (a + m) * last / (a + 2 * m + 1)
    }
    // At m = 0 the second term is 0, also where a = 1.
    var fraction = guarded(a * (a * y - b * x + 1) / (a + 1))
    var c = fraction
    var d = 0.0
    var m = 1.0
    while true {
      let odd = a + 2 * m - 1
      let pairs = (a + m - 1) * (a + b + m - 1) / odd * (m * (b - m)) / odd
      let numerator = pairs * x * x
      d = 1 / guarded(denominator(m) + numerator * d)
      c = guarded(denominator(m) + numerator / c)
      let factor = c * d
      fraction *= factor
      // Once the factors are 1 to within rounding, nothing more is gained.
      if abs(factor - 1) <= 2 * Double.ulpOfOne || m >= 1e6 {
        return 1 / fraction
      }
      m += 1
    }
  }
}
