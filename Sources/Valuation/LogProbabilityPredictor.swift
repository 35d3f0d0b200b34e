public import Mixing
public import VectorMath

/// Anything that gives the log-probabilities of mixed samples.
///
/// A predictor is bound to the data set whose indices the mixed samples name.
/// This is all that the valuation asks of a model.
public protocol LogProbabilityPredictor<Scalar> {
  /// The number type that the model computes in.
  associatedtype Scalar: VectorScalar

  /// Number of classes.
  var classCount: Int { get }

  /// Writes log p(·|x̃_s) for the samples in `range`, one row each.
  ///
  /// - Parameters:
  ///   - samples: The mixed samples.
  ///   - range: Which of them.
  ///   - out: Room for `range.count × classCount` numbers, row-major.
  func logProbabilities(
    of samples: MixedSamples, in range: Range<Int>,
    into out: UnsafeMutablePointer<Scalar>)
}
