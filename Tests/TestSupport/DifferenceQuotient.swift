/// A derivative by central differences, with what it can be off by.
///
///     D(h) = (f(x + h) − f(x − h))/(2h) = f′(x) + h²f‴/6 + O(h⁴)
///
/// D(2h) − D(h) is three times the truncation error of D(h); the rounding
/// error is that of f over h.
public struct DifferenceQuotient {
  /// D(h).
  public let value: Double
  /// What |D(h) − f′(x)| stays below.
  public let bound: Double

  /// Evaluates f at x ± h and x ± 2h.
  ///
  /// - Parameters:
  ///   - operations: Roundings that f's value has gone through.
  ///   - magnitude: The size of the terms that f sums.
  public init(
    at x: Double, step h: Double = 0x1p-15, operations: Int, magnitude: Double,
    _ function: (Double) -> Double
  ) {
    let near = (function(x + h) - function(x - h)) / (2 * h)
    let far = (function(x + 2 * h) - function(x - 2 * h)) / (4 * h)
    value = near
    bound =
      abs(far - near)
      + Double(operations) * Double.ulpOfOne * magnitude / h
  }
}
