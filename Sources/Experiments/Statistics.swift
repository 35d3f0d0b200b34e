/// Order statistics and corrections for several comparisons.
public enum Statistics {
  /// The median of `values`, which must not be empty; NaN if one of them is.
  public static func median(_ values: [Double]) -> Double {
    quantile(values, at: 0.5)
  }

  /// The quantile of `values` at `probability`, linearly interpolated.
  ///
  ///     h = (n − 1) p,   Q(p) = x₍⌊h⌋₎ + (h − ⌊h⌋)(x₍⌊h⌋₊₁₎ − x₍⌊h⌋₎)
  ///
  /// - Source: type 7 of Hyndman and Fan 1996, the default of R and NumPy.
  /// - Precondition: `values` is not empty; 0 ≤ `probability` ≤ 1.
  /// - Returns: NaN if one of the values is NaN.
  public static func quantile(
    _ values: [Double], at probability: Double
  ) -> Double {
    precondition(!values.isEmpty, "a quantile of no values")
    precondition(
      (0...1).contains(probability),
      "a quantile's probability lies in 0...1, not \(probability)")
    if values.contains(where: \.isNaN) { return .nan }
    return quantile(sorted: values.sorted(), at: probability)
  }

  /// The quantile of values in ascending order, none of which is NaN.
  static func quantile(
    sorted: [Double], at probability: Double
  ) -> Double {
    let position = Double(sorted.count - 1) * probability
    let below = Int(position)
    let fraction = position - Double(below)
    // Without this, the neighbour of an infinite value would become NaN.
    if fraction == 0 { return sorted[below] }
    return sorted[below] * (1 - fraction) + sorted[below + 1] * fraction
  }

  /// The p-values of several comparisons, corrected after Holm.
  ///
  ///     p̃₍ᵢ₎ = max over j ≤ i of min(1, (m − j + 1) p₍ⱼ₎)
  ///
  /// Rejecting where p̃ ≤ α keeps the probability of one or more false
  /// rejections among all m comparisons at or below α, dependent or not.
  ///
  /// - Source: Holm 1979, "A simple sequentially rejective multiple test
  ///   procedure".
  /// - Precondition: every p-value lies in 0...1.
  public static func holmCorrected(_ pValues: [Double]) -> [Double] {
    precondition(
      pValues.allSatisfy((0...1).contains),
      "p-values lie in 0...1, not \(pValues)")
    let order = pValues.indices.sorted { pValues[$0] < pValues[$1] }
    var corrected = pValues
    var largest = 0.0
    for (rank, index) in order.enumerated() {
      let scaled = Double(pValues.count - rank) * pValues[index]
      largest = max(largest, min(1, scaled))
      corrected[index] = largest
    }
    return corrected
  }
}
