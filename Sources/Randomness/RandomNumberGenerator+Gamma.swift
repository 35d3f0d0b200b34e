import RealModule

extension RandomNumberGenerator {
  /// The logarithm of a Gamma(shape, 1) number, which stays finite where the
  /// number itself underflows.
  ///
  ///     shape ≥ 1:  log d + log v
  ///     shape < 1:  logGamma(shape + 1) + log(u) / shape,   u = uniformOpen()
  ///
  /// with d and v as in `gamma(shape:)`.
  ///
  /// - Source: Marsaglia and Tsang 2000, "A simple method for generating gamma
  ///   variables", Sections 2 and 6.
  /// - Departs from the source: the factor u^(1/shape) is added as a logarithm.
  /// - Precondition: 10⁻³⁰⁰ ≤ shape ≤ 10³⁰⁰.
  public mutating func logGamma(shape: Double) -> Double {
    requireShape(shape)
    if shape < 1 {
      let (scale, cube) = marsagliaTsang(shape: shape + 1)
      return Double.log(scale) + Double.log(cube)
        + Double.log(uniformOpen()) / shape
    }
    let (scale, cube) = marsagliaTsang(shape: shape)
    return Double.log(scale) + Double.log(cube)
  }

  /// A Gamma(shape, 1) number: density x^(shape − 1) e^(−x) / Γ(shape).
  ///
  ///     shape ≥ 1:  d·v,   d = shape − 1/3,   v = (1 + x / √(9d))³
  ///     shape < 1:  exp(logGamma(shape))
  ///
  /// x is normal, drawn again until v > 0 and log u < x²/2 + d(1 − v + log v),
  /// u = uniformOpen().
  ///
  /// - Source: Marsaglia and Tsang 2000, Sections 2 and 6.
  /// - Numerics: a small shape gives numbers below 10⁻³⁰⁸ often; they round to
  ///   0. Ratios of such numbers need `logGamma(shape:)`.
  /// - Precondition: 10⁻³⁰⁰ ≤ shape ≤ 10³⁰⁰.
  public mutating func gamma(shape: Double) -> Double {
    requireShape(shape)
    if shape < 1 {
      return Double.exp(logGamma(shape: shape))
    }
    let (scale, cube) = marsagliaTsang(shape: shape)
    return scale * cube
  }

  /// A Beta(a, b) number in [0, 1]: density ∝ x^(a − 1) (1 − x)^(b − 1).
  ///
  ///     1 / (1 + exp(log Y − log X)),   X ~ Gamma(a), Y ~ Gamma(b)
  ///
  /// Beta(1, 1), mixup's usual law, is uniform and takes one uniform number.
  ///
  /// - Numerics: never NaN. Small concentrations give numbers within 2⁻⁵⁴ of 1
  ///   often; they round to 1, as those below the smallest double round to 0.
  /// - Precondition: both concentrations lie in 10⁻³⁰⁰ ... 10³⁰⁰.
  @specialized(where Self == RandomStream)
  public mutating func beta(_ a: Double, _ b: Double) -> Double {
    if a == 1 && b == 1 { return uniform() }
    let logX = logGamma(shape: a)
    let logY = logGamma(shape: b)
    return 1 / (1 + Double.exp(logY - logX))
  }

  /// The d and v of Marsaglia and Tsang for `shape >= 1`; d·v is the number.
  private mutating func marsagliaTsang(
    shape: Double
  ) -> (scale: Double, cube: Double) {
    let d = shape - 1.0 / 3
    let c = 1 / (9 * d).squareRoot()
    while true {
      let x = normal()
      let root = 1 + c * x
      guard root > 0 else { continue }
      let v = root * root * root
      let bound = x * x / 2 + d * (1 - v + Double.log(v))
      if Double.log(uniformOpen()) < bound {
        return (d, v)
      }
    }
  }
}

private func requireShape(_ shape: Double) {
  precondition(1e-300 <= shape && shape <= 1e300, "shape \(shape)")
}
