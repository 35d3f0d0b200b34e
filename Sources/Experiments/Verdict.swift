/// What a measurement says of an expectation.
public enum Verdict: String, Sendable {
  /// The difference has the expected sign.
  case supported
  /// It has the other sign.
  case refuted
  /// It may be zero, or there is a single seed.
  case inconclusive

  /// The verdict on the sign of a mean difference, at 5 % after correction.
  ///
  /// - Parameters:
  ///   - mean: The mean difference over the seeds.
  ///   - correctedPValue: Of "no difference", corrected for all comparisons of
  ///     the report; nil where there is none.
  ///   - expectsPositive: The expected sign.
  init(mean: Double, correctedPValue: Double?, expectsPositive: Bool) {
    guard let correctedPValue, correctedPValue <= 0.05 else {
      self = .inconclusive
      return
    }
    self = (mean > 0) == expectsPositive ? .supported : .refuted
  }
}
