/// Mean, spread and confidence interval of repeated measurements.
///
///     x̄ = Σ xᵢ / n,   s² = Σ (xᵢ − x̄)² / (n − 1),   x̄ ± t₍ν₎ s / √n,   ν = n − 1
///
/// A value that is not finite makes mean and spread NaN or infinite and
/// leaves no interval.
public struct SampleSummary: Sendable, Equatable {
  /// The number n of values.
  public let count: Int
  /// The mean x̄.
  public let mean: Double
  /// The standard deviation s with divisor n − 1; nil for a single value.
  public let standardDeviation: Double?
  /// The probability with which the interval covers the expectation.
  public let confidence: Double
  /// Half the width of the interval; nil where there is no interval.
  public let intervalHalfWidth: Double?

  /// Summarises `values`.
  ///
  /// - Precondition: `values` is not empty; `confidence` lies between 0 and 1.
  /// - Numerics: deviations are taken from the first value, so that a large
  ///   common offset costs no digits, and the variance in a second pass.
  public init(_ values: [Double], confidence: Double = 0.95) {
    precondition(!values.isEmpty, "a summary of no values")
    precondition(
      confidence > 0 && confidence < 1,
      "a confidence lies between 0 and 1, not \(confidence)")
    let count = values.count
    let offset = values[0]
    let mean =
      offset + values.reduce(0) { $0 + ($1 - offset) } / Double(count)
    self.count = count
    self.mean = mean
    self.confidence = confidence
    guard count > 1 else {
      standardDeviation = nil
      intervalHalfWidth = nil
      return
    }
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let deviation = (squares / Double(count - 1)).squareRoot()
    standardDeviation = deviation
    let t = StudentT(degreesOfFreedom: Double(count - 1))
      .quantile(0.5 + confidence / 2)
    let halfWidth = t * deviation / Double(count).squareRoot()
    intervalHalfWidth =
      halfWidth.isFinite && mean.isFinite ? halfWidth : nil
  }

  /// The Student-t interval around the mean; nil for a single value.
  public var interval: ClosedRange<Double>? {
    intervalHalfWidth.map { mean - $0...mean + $0 }
  }

  /// The standard error s / √n of the mean; nil for a single value.
  public var standardError: Double? {
    standardDeviation.map { $0 / Double(count).squareRoot() }
  }
}

/// Two methods measured on the same seeds, compared pair by pair.
///
///     dᵢ = xᵢ − yᵢ,   t = d̄ √n / s_d,   p = P(|T₍ₙ₋₁₎| > |t|)
public struct PairedComparison: Sendable, Equatable {
  /// The differences first − second, in the order of the pairs.
  public let differences: [Double]
  /// Their summary.
  public let summary: SampleSummary
  /// Whether the differences differ by more than their rounding.
  private let isSpread: Bool

  /// Compares `first` with `second`, value by value.
  ///
  /// - Precondition: both have the same number of values, at least one.
  public init(
    _ first: [Double], minus second: [Double], confidence: Double = 0.95
  ) {
    precondition(
      first.count == second.count,
      "\(first.count) values cannot be paired with \(second.count)")
    differences = zip(first, second).map { $0 - $1 }
    summary = SampleSummary(differences, confidence: confidence)
    // Values of size M round to within ½·ulp·M each, and their difference, of
    // size 2M at most, to within ulp·M: together 2·ulp·M. Numbers that lie so
    // close to one number deviate by √2 times that at most, when they are two.
    let scale = (first + second).reduce(0) { max($0, abs($1)) }
    isSpread =
      summary.standardDeviation.map {
        $0 > 2 * 2.0.squareRoot() * Double.ulpOfOne * scale
      } ?? false
  }

  /// The t statistic; nil for one pair.
  ///
  /// Nil too where all differences are equal to within the rounding of the
  /// values: without a spread nothing tells chance from effect.
  public var statistic: Double? {
    guard isSpread, let error = summary.standardError else { return nil }
    return summary.mean / error
  }

  /// The two-sided p-value of "no difference"; nil where there is no
  /// statistic or a difference is not finite.
  public var pValue: Double? {
    guard let statistic, !statistic.isNaN else { return nil }
    return StudentT(degreesOfFreedom: Double(summary.count - 1))
      .twoSidedProbability(statistic)
  }
}
