import ArrayFiles
import Mixing

extension MixedSamples {
  /// Reads pairs of indices, [N, 2], and the weight of each pair's first.
  ///
  /// - Parameter count: Number of samples that the indices name.
  /// - Throws: `FileError`, also for an index or a weight out of range.
  init(
    pairs: String, mixingWeights: String, count: Int
  ) throws(FileError) {
    let indices = try NPY.readIntegers(pairs, shape: [nil, 2])
    try checkIndices(
      indices.values, below: count, file: pairs, mayRepeat: true)
    let pairCount = indices.shape[0]
    let weights = try NPY.readNumbers(
      mixingWeights, shape: [pairCount]
    ).values
    if let bad = weights.first(where: { $0 < 0 || $0 > 1 }) {
      throw .malformed(
        file: mixingWeights, expected: "weights in [0, 1]", found: "\(bad)")
    }
    self.init(
      first: (0..<pairCount).map { Int32(indices.values[2 * $0]) },
      second: (0..<pairCount).map { Int32(indices.values[2 * $0 + 1]) },
      weights: weights)
  }
}
