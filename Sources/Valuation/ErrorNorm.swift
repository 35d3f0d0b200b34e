import RealModule

/// EL2N = ‖p − ỹ‖₂, the length of the error vector, in [0, √2].
///
/// - Parameters:
///   - logProbabilities: log p, one row per sample, row-major.
///   - first: The class with weight `weights[s]`.
///   - second: The class with weight `1 − weights[s]`.
///   - weights: λ; 1 everywhere for samples that are not mixed.
///   - classCount: Number of classes.
/// - Source: Paul et al. 2021 (arXiv:2107.07075); for mixed labels the same
///   norm with ỹ in place of the one-hot label.
public func errorNorms(
  logProbabilities: [Double], first: [Int32], second: [Int32],
  weights: [Double], classCount: Int
) -> [Double] {
  precondition(
    logProbabilities.count == first.count * classCount,
    "\(logProbabilities.count) log-probabilities for \(first.count) samples "
      + "of \(classCount) classes")
  return first.indices.map { s in
    var square = 0.0
    for k in 0..<classCount {
      var error = Double.exp(logProbabilities[s * classCount + k])
      if k == Int(first[s]) { error -= weights[s] }
      if k == Int(second[s]) { error -= 1 - weights[s] }
      square += error * error
    }
    return square.squareRoot()
  }
}
