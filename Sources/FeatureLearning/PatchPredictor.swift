public import Mixing
public import Valuation
public import VectorMath

/// A patch network at one moment, bound to its samples, as the valuation engine
/// wants it.
///
///     F_k(λx_i + (1 − λ)x_j) = λ²A_ii + 2λ(1 − λ)A_ij + (1 − λ)²A_jj
///
/// - Complexity: The Gram matrices of the responses once; then a few operations
///   per mixed sample and class.
public struct PatchPredictor: LogProbabilityPredictor, Sendable {
  private let sampleCount: Int
  private let grams: [[Double]]

  /// A predictor from A^{(k)}, row-major, of each class.
  init(sampleCount: Int, grams: [[Double]]) {
    self.sampleCount = sampleCount
    self.grams = grams
  }

  /// Number of classes.
  public var classCount: Int { grams.count }

  /// Writes log p(·|x̃_s) for the samples in `range`.
  public func logProbabilities(
    of samples: MixedSamples, in range: Range<Int>,
    into out: UnsafeMutablePointer<Double>
  ) {
    let (n, classes) = (sampleCount, classCount)
    for (k, gram) in grams.enumerated() {
      gram.withUnsafeBufferPointer { gram in
        for (row, s) in range.enumerated() {
          let i = Int(samples.first[s])
          let j = Int(samples.second[s])
          let x = samples.weights[s]
          let c = 1 - x
          out[row * classes + k] =
            x * x * gram[i * n + i] + 2 * x * c * gram[i * n + j]
            + c * c * gram[j * n + j]
        }
      }
    }
    Double.logSoftmax(out, into: out, rows: range.count, columns: classes)
  }
}
