/// A statement about a paired difference, with its verdict.
public struct Claim: Sendable {
  /// What is claimed of the mean difference.
  public enum Expectation: Sendable, Equatable {
    /// It is above zero.
    case positive
    /// It is below zero.
    case negative
    /// It is nearer to zero than a margin stated in advance: equivalence.
    case within(Double)
  }

  /// The problem that it is about.
  public let problem: String
  /// What is claimed, as a difference.
  public let statement: String
  /// Who claims it.
  public let source: String
  /// The differences, seed by seed.
  public let comparison: PairedComparison
  /// What is claimed of them.
  public let expectation: Expectation
  /// `pValue` after Holm's correction over the report.
  public var correctedPValue: Double?

  /// The two-sided p of "no difference", or of "the mean lies at the margin".
  ///
  ///     t = (margin − |d̄|) √n / s_d
  ///
  /// The latter is at or below 5 % where the 95 % interval lies wholly within
  /// ±margin or wholly beyond one end: two one-sided tests at 2.5 % each.
  ///
  /// - Source: Schuirmann 1987, "A comparison of the two one-sided tests
  ///   procedure and the power approach".
  public var pValue: Double? {
    guard case .within(let margin) = expectation else {
      return comparison.pValue
    }
    guard comparison.pValue != nil,
      let error = comparison.summary.standardError
    else { return nil }
    return StudentT(degreesOfFreedom: Double(comparison.summary.count - 1))
      .twoSidedProbability((margin - abs(comparison.summary.mean)) / error)
  }

  /// Whether the differences bear the claim out.
  public var verdict: Verdict {
    let mean = comparison.summary.mean
    return switch expectation {
    case .positive, .negative:
      Verdict(
        mean: mean, correctedPValue: correctedPValue,
        expectsPositive: expectation == .positive)
    case .within(let margin):
      Verdict(
        mean: margin - abs(mean), correctedPValue: correctedPValue,
        expectsPositive: true)
    }
  }

  /// The expectation as tables show it.
  var expected: String {
    switch expectation {
    case .positive: "> 0"
    case .negative: "< 0"
    case .within(let margin):
      "within ±" + ConfigurationValue.numberText(margin)
    }
  }

  var value: ConfigurationValue {
    var value: ConfigurationValue = [
      "problem": .string(problem), "statement": .string(statement),
      "source": .string(source),
    ]
    switch expectation {
    case .positive, .negative:
      value["expectedPositive"] = .bool(expectation == .positive)
    case .within(let margin): value["expectedWithin"] = .double(margin)
    }
    value["differences"] = .numbers(comparison.differences)
    value["mean"] = .double(comparison.summary.mean)
    value["verdict"] = .string(verdict.rawValue)
    if let correctedPValue { value["pHolm"] = .double(correctedPValue) }
    return value
  }
}

extension Claim {
  /// A claim about the sign of a difference.
  init(
    problem: String, statement: String, source: String,
    comparison: PairedComparison, expectsPositive: Bool
  ) {
    self.init(
      problem: problem, statement: statement, source: source,
      comparison: comparison,
      expectation: expectsPositive ? .positive : .negative)
  }
}
