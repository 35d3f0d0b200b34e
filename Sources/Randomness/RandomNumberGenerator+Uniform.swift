extension RandomNumberGenerator {
  /// A multiple of 2⁻⁵³ in [0, 1), each with the same probability.
  ///
  ///     ⌊next() / 2¹¹⌋ · 2⁻⁵³
  @specialized(where Self == RandomStream)
  public mutating func uniform() -> Double {
    Double(next() >> 11) * 0x1p-53
  }

  /// A multiple of 2⁻⁵³ in (0, 1], each with the same probability: what a
  /// logarithm may be taken of.
  ///
  ///     (⌊next() / 2¹¹⌋ + 1) · 2⁻⁵³
  public mutating func uniformOpen() -> Double {
    Double(next() >> 11 + 1) * 0x1p-53
  }

  /// A number uniform in a range.
  ///
  ///     (1 − u)·lower + u·upper,   u = uniform()
  ///
  /// - Precondition: both bounds are finite.
  public mutating func uniform(in range: ClosedRange<Double>) -> Double {
    let (lower, upper) = (range.lowerBound, range.upperBound)
    precondition(
      lower.isFinite && upper.isFinite, "bounds \(lower)...\(upper)")
    let weight = uniform()
    // Rounding must not lead out of the range.
    return min(max((1 - weight) * lower + weight * upper, lower), upper)
  }

  /// An index in 0 ..< `bound`, each with exactly the same probability.
  ///
  /// - Source: Lemire 2019, "Fast random integer generation in an interval",
  ///   Algorithm 5: the upper half of next()·bound, drawn again while the lower
  ///   half is below 2⁶⁴ mod bound.
  /// - Precondition: `bound > 0`.
  @specialized(where Self == RandomStream)
  public mutating func index(below bound: Int) -> Int {
    precondition(bound > 0, "no index below \(bound)")
    let range = UInt64(bound)
    var product = next().multipliedFullWidth(by: range)
    if product.low < range {
      // 2⁶⁴ mod bound < bound: only here is the division needed.
      let threshold = (0 &- range) % range
      while product.low < threshold {
        product = next().multipliedFullWidth(by: range)
      }
    }
    return Int(product.high)
  }

  /// Puts the elements in an order that is uniform over all orders.
  ///
  /// Fisher–Yates from the last element down: element i changes places with
  /// element `index(below: i + 1)`, possibly itself.
  @specialized(where Self == RandomStream, Element == Int)
  public mutating func shuffle<Element>(_ values: inout [Element]) {
    for last in values.indices.dropFirst().reversed() {
      values.swapAt(last, index(below: last + 1))
    }
  }

  /// A uniformly random order of 0 ..< `count`; fixed points are allowed.
  ///
  /// - Precondition: `count >= 0`.
  @specialized(where Self == RandomStream)
  public mutating func permutation(of count: Int) -> [Int] {
    precondition(count >= 0, "no permutation of \(count) elements")
    var order = Array(0..<count)
    shuffle(&order)
    return order
  }
}
