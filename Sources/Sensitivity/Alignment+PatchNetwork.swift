public import LinearAlgebra
import RealModule

extension Alignment {
  /// α of the patch network F_k(x) = Σ_p Σ_r ⟨w_{k,r}, x^{(p)}⟩², in closed
  /// form.
  ///
  ///     ∇_{x^{(p)}} F_k = 2 Σ_r ⟨w_{k,r}, x^{(p)}⟩ w_{k,r}
  ///     J^{(k)}(x̄ − x)  = 2 Σ_p Σ_r ⟨w_{k,r}, x^{(p)}⟩⟨w_{k,r}, x̄^{(p)} − x^{(p)}⟩
  ///
  /// - Parameters:
  ///   - filters: Filter r of class k is row k·width + r, [K·width, d].
  ///   - patches: Patch p of sample i is row i·patchCount + p, [n·P, d].
  ///   - mean: x̄, [P, d].
  ///   - measuresLoss: Whether ‖∇ₓℓ‖ is measured too, with
  ///     ∇ₓℓ = Σ_k (p_k − y_k)∇ₓF_k.
  /// - Precondition: shapes as stated; labels are classes.
  /// - Source: D. Zou et al. 2023 (arXiv:2303.08433) for the network.
  /// - Complexity: 6·n·P·d·K·width operations, 8 with the loss.
  public init(
    filters: Matrix<Double>, classCount: Int, patches: Matrix<Double>,
    patchCount: Int, labels: [Int32], mean: Matrix<Double>,
    measuresLoss: Bool = false
  ) {
    let (n, dimension) = (labels.count, patches.columnCount)
    precondition(
      classCount > 0 && filters.rowCount.isMultiple(of: classCount)
        && filters.columnCount == dimension
        && patches.rowCount == n * patchCount && mean.rowCount == patchCount
        && mean.columnCount == dimension,
      "\(filters.rowCount) × \(filters.columnCount) filters of \(classCount) "
        + "classes and a mean of \(mean.rowCount) × \(mean.columnCount) for "
        + "\(n) samples in \(patches.rowCount) × \(dimension) patches")
    let width = filters.rowCount / classCount
    let directions = Matrix(rowCount: n * patchCount, columnCount: dimension) {
      mean[$0 % patchCount, $1] - patches[$0, $1]
    }
    let responses = patches.multiplied(by: filters, transposingOther: true)
    let changes = directions.multiplied(by: filters, transposingOther: true)
    func perClass(_ sum: (_ i: Int, _ k: Int) -> Double) -> Matrix<Double> {
      Matrix(rowCount: n, columnCount: classCount, sum)
    }
    func overFilters(
      _ i: Int, _ k: Int, _ a: Matrix<Double>, _ b: Matrix<Double>
    ) -> Double {
      (i * patchCount..<(i + 1) * patchCount).reduce(0) { sum, p in
        (k * width..<(k + 1) * width).reduce(sum) {
          $0 + a[p, $1] * b[p, $1]
        }
      }
    }
    /// Σ over a sample's patches of the squares of its rows.
    func squareNorms(_ rows: Matrix<Double>) -> [Double] {
      (0..<n).map { i in
        (i * patchCount..<(i + 1) * patchCount).reduce(0) { sum, p in
          rows.row(p).reduce(sum) { $0 + $1 * $1 }
        }
      }
    }
    let squares = (0..<classCount).map { k in
      let own = Matrix(rowCount: n * patchCount, columnCount: width) {
        2 * responses[$0, k * width + $1]
      }
      return squareNorms(
        own.multiplied(
          by: Matrix(rowCount: width, columnCount: dimension) {
            filters[k * width + $0, $1]
          }))
    }
    let residuals = softmaxResiduals(
      perClass { overFilters($0, $1, responses, responses) }, labels)
    var lossGradientNorms: [Double]?
    if measuresLoss {
      let weighted = Matrix(
        rowCount: n * patchCount, columnCount: filters.rowCount
      ) { 2 * residuals[$0 / patchCount, $1 / width] * responses[$0, $1] }
      lossGradientNorms = squareNorms(weighted.multiplied(by: filters))
        .map { $0.squareRoot() }
    }
    self.init(
      labels: labels, residuals: residuals,
      derivatives: perClass { 2 * overFilters($0, $1, responses, changes) },
      gradientNorms: perClass { i, k in squares[k][i].squareRoot() },
      displacements: squareNorms(directions).map { $0.squareRoot() },
      lossGradientNorms: lossGradientNorms)
  }
}

/// softmax(f) − y, row by row; the true class's is −Σ_{k≠y} p_k, since p_y − 1
/// loses its digits near p_y = 1.
private func softmaxResiduals(
  _ logits: Matrix<Double>, _ labels: [Int32]
) -> Matrix<Double> {
  var residuals = logits
  for i in 0..<logits.rowCount {
    let largest = logits.row(i).reduce(-Double.infinity, max)
    let powers = logits.row(i).map { Double.exp($0 - largest) }
    let sum = powers.reduce(0, +)
    var others = 0.0
    for k in 0..<logits.columnCount where k != Int(labels[i]) {
      residuals[i, k] = powers[k] / sum
      others += residuals[i, k]
    }
    residuals[i, Int(labels[i])] = 0 - others
  }
  return residuals
}
