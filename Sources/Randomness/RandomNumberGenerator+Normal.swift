import RealModule

extension RandomNumberGenerator {
  /// A standard normal number.
  ///
  ///     √(−2 log u) · cos 2πv,   u = uniformOpen(), v = uniform()
  ///
  /// - Source: Box and Muller 1958. Their second number, the sine, is dropped, so
  ///   that a generator holds no hidden spare; `fillWithNormals` uses both.
  /// - Numerics: |value| ≤ √(2·53·log 2) < 8.58; the tails beyond have
  ///   probability 10⁻¹⁷.
  public mutating func normal() -> Double {
    normalPair().0
  }

  /// Fills a span with independent normal numbers.
  ///
  /// Both numbers of a Box–Muller pair are used, cosine first; of the last pair
  /// of an odd count, the cosine alone. `Float` values are the rounded `Double`
  /// ones, so that both precisions start from the same draw.
  ///
  /// - Parameters:
  ///   - values: where the numbers go.
  ///   - mean: their mean.
  ///   - standardDeviation: their standard deviation, at least 0.
  @specialized(where Self == RandomStream, Scalar == Float)
  @specialized(where Self == RandomStream, Scalar == Double)
  public mutating func fillWithNormals<Scalar: BinaryFloatingPoint>(
    _ values: inout MutableSpan<Scalar>,
    mean: Double = 0,
    standardDeviation: Double = 1
  ) {
    precondition(
      standardDeviation >= 0, "standard deviation \(standardDeviation)")
    for first in stride(from: 0, to: values.count, by: 2) {
      let (cosine, sine) = normalPair()
      values[first] = Scalar(mean + standardDeviation * cosine)
      if first + 1 < values.count {
        values[first + 1] = Scalar(mean + standardDeviation * sine)
      }
    }
  }

  /// An array of independent standard normal numbers, as `fillWithNormals`
  /// draws them.
  ///
  /// - Precondition: `count >= 0`.
  public mutating func normals(count: Int) -> [Double] {
    precondition(count >= 0, "no \(count) numbers")
    var values = [Double](repeating: 0, count: count)
    var span = values.mutableSpan
    fillWithNormals(&span)
    return values
  }

  private mutating func normalPair() -> (Double, Double) {
    let radius = (-2 * Double.log(uniformOpen())).squareRoot()
    let angle = 2 * Double.pi * uniform()
    return (radius * Double.cos(angle), radius * Double.sin(angle))
  }
}
