public import LinearAlgebra

extension PatchDescent {
  /// The largest logit of a sample, which bounds the margin of every mixture;
  /// NaN or infinite where the descent has diverged.
  public var largestLogit: Double {
    var largest = 0.0
    for index in 0..<classCount * sampleCount {
      let logit = buffers.logits[index]
      if !logit.isFinite { return logit }
      largest = max(largest, logit)
    }
    return largest
  }

  /// The share of samples that are classified rightly; of equal logits the
  /// first class counts.
  public var accuracy: Double {
    let n = sampleCount
    var right = 0
    for i in 0..<n {
      var best = 0
      for k in 1..<classCount
      where buffers.logits[k * n + i] > buffers.logits[best * n + i] {
        best = k
      }
      if best == Int(buffers.labels[i]) { right += 1 }
    }
    return Double(right) / Double(n)
  }

  /// How far each class has memorised single patches: the largest
  /// |⟨w_{k,r}, x_i^{(p)}⟩| over the filters r of class k, its samples i and the
  /// positions p given for each.
  ///
  /// - Precondition: There are positions for each sample.
  public func memorisation(at positions: [[Int]]) -> [Double] {
    let (n, patchCount) = (sampleCount, space.data.patchCount)
    precondition(
      positions.count == n, "positions of \(positions.count) of \(n) samples")
    var largest = [Double](repeating: 0, count: classCount)
    for i in 0..<n {
      let k = Int(buffers.labels[i])
      for p in positions[i] {
        for r in 0..<width {
          let row = (k * width + r) * patchCount + p
          largest[k] = max(largest[k], abs(buffers.responses[row * n + i]))
        }
      }
    }
    return largest
  }

  /// H_k of an objective at the present weights, with their factor.
  func couplings(
    of objective: PairObjective
  ) throws(FeatureLearningError) -> [Matrix<Double>] {
    let n = sampleCount
    try computeSlopes(of: objective, measuring: false)
    let total = objective.selection?.total ?? Double(n * n)
    if objective.mixedWeight == 0 || total == 0 {
      let scale = 2 * objective.plainWeight / Double(n)
      return (0..<classCount).map { k in
        Matrix(rowCount: n, columnCount: n) {
          $0 == $1 ? scale * buffers.residuals[k * n + $0] : 0
        }
      }
    }
    let scale = 2 * objective.mixedWeight / total
    return (0..<classCount).map { k in
      let start = buffers.coupling + (usesMargins ? 0 : k * n * n)
      return Matrix(rowCount: n, columnCount: n) {
        (usesMargins && k == 1 ? -scale : scale) * start[$0 * n + $1]
      }
    }
  }

  /// The model as the valuation engine wants it, bound to the samples.
  public func predictor() -> PatchPredictor {
    let n = sampleCount
    let inner = width * space.data.patchCount
    let grams = (0..<classCount).map { k in
      [Double](unsafeUninitializedCapacity: n * n) { gram, count in
        count = n * n
        guard let start = gram.baseAddress else { return }
        Double.syrk(
          transpose: true, order: n, inner: inner, alpha: 1,
          buffers.responses + k * inner * n, strideA: n, beta: 0, start,
          strideC: n)
      }
    }
    return PatchPredictor(sampleCount: n, grams: grams)
  }
}

/// Directions whose inner products with the filters a descent follows without
/// forming its weights.
///
///     ⟨w(t), f⟩ = ⟨w(0), f⟩ + (f·Xᵀ)·C(t)
public struct FollowedDirections: Sendable {
  /// The directions, one per row.
  public let directions: Matrix<Double>
  /// ⟨w(0), f⟩, [channels, directions].
  private let initial: Matrix<Double>
  /// f·Xᵀ, [directions, U].
  private let products: Matrix<Double>

  /// Directions for descents on some samples from some weights.
  ///
  /// - Precondition: The directions have the patches' dimension.
  public init(
    _ directions: Matrix<Double>, space: PatchSpace, initial: PatchNetwork
  ) {
    precondition(
      directions.columnCount == space.data.dimension,
      "directions of \(directions.columnCount) numbers for patches of "
        + "\(space.data.dimension)")
    self.directions = directions
    self.initial = initial.weights.multiplied(
      by: directions, transposingOther: true)
    products = directions.multiplied(
      by: space.distinct, transposingOther: true)
  }

  /// Σ_r ⟨w_{k,r}, f⟩² now, `classCount × directions`.
  public func learning(by descent: PatchDescent) -> Matrix<Double> {
    let channels = descent.channels
    var sums = Matrix<Double>(
      rowCount: descent.classCount, columnCount: directions.rowCount,
      repeating: 0)
    for f in 0..<directions.rowCount {
      var inner = (0..<channels).map { initial[$0, f] }
      for (b, block) in descent.space.blocks.enumerated() {
        let state = descent.buffers.states[b]
        switch block.kind {
        case .gram:
          for u in block.range {
            let product = products[f, u]
            guard product != 0 else { continue }
            let row = state + (u - block.range.lowerBound) * channels
            for c in 0..<channels { inner[c] += product * row[c] }
          }
        case .direct:
          for c in 0..<channels {
            inner[c] = (0..<directions.columnCount).reduce(0) {
              $0 + directions[f, $1] * state[$1 * channels + c]
            }
          }
        }
      }
      for c in 0..<channels {
        sums[c / descent.width, f] += inner[c] * inner[c]
      }
    }
    return sums
  }
}
