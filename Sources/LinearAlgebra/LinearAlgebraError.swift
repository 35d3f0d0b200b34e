/// Why a decomposition or a solution does not exist.
///
/// Wrong shapes are errors of the programmer and trap; these cases depend on
/// the numbers in the matrices.
public enum LinearAlgebraError: Error, Equatable, CustomStringConvertible {
  /// The input of `operation` holds NaN or an infinity.
  case notFinite(operation: String)

  /// The iteration inside LAPACK's `routine` did not converge; `info` is what
  /// the routine returned.
  case notConverged(routine: String, info: Int)

  /// The leading minor of this order is not positive.
  case notPositiveDefinite(leadingMinor: Int)

  /// One line: what was expected, what was found and what to do.
  public var description: String {
    switch self {
    case .notFinite(let operation):
      "\(operation): expected finite numbers, found NaN or infinity in the "
        + "matrix; look for overflow in what produced it"
    case .notConverged(let routine, let info):
      "\(routine) did not converge (info = \(info)); rescale the matrix, or "
        + "look for entries of very different magnitude"
    case .notPositiveDefinite(let order):
      "expected a positive definite matrix, found that its leading minor of "
        + "order \(order) is not positive; add to the diagonal, or use an "
        + "eigendecomposition"
    }
  }
}
