/// Why a linear model's samples have no values.
public enum LinearValuationError: Error, Equatable {
  /// The failure set is empty.
  case noFailures
  /// Numbers beyond the range of double precision.
  case overflow
  /// Rounding swallows the prior along a direction that no sample shows.
  case priorLost(feature: Int)
}

extension LinearValuationError: CustomStringConvertible {
  /// One line: what was expected, what was found, what to do.
  public var description: String {
    switch self {
    case .noFailures:
      "expected at least one failure, found none: the model has no failures "
        + "to explain"
    case .overflow:
      "expected posteriors and evidences that are finite numbers, found an "
        + "overflow; rescale the features, the labels or the variances"
    case .priorLost(let feature):
      "the samples leave a direction with feature \(feature) to the prior, "
        + "which is too weak for double precision beside them; lower the prior "
        + "variance, raise the noise variance or drop the feature"
    }
  }
}
