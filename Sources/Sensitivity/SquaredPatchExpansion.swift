public import LinearAlgebra
internal import RealModule

extension LossExpansion {
  /// The expansion of a network that is a sum of squares for each class, in
  /// closed form from its Gram matrices.
  ///
  ///     f_k(x) = Σ_u s_ku(x)²,   s linear,   A^k_ij = Σ_u s_ku(x_i)s_ku(x_j)
  ///     f_k(x_i) = A^k_ii,   D1_k = 2(A^k_ir − A^k_ii),
  ///     D2_k = 2(A^k_rr − 2A^k_ir + A^k_ii)
  ///
  /// The patch network F_k(x) = Σ_p Σ_r ⟨w_kr, x⁽ᵖ⁾⟩² is of this kind. Its
  /// logits are quadratic along every line, so that D1 and D2 say all of them.
  ///
  /// - Parameters:
  ///   - grams: A^k by class, `n × n` each.
  ///   - labels: The class of each of the n inputs.
  /// - Complexity: O(n²·classes), all pairs one by one.
  public init(ofSquares grams: [Matrix<Double>], labels: [Int32]) {
    let n = labels.count
    precondition(
      n > 0 && !grams.isEmpty
        && grams.allSatisfy { $0.rowCount == n && $0.columnCount == n },
      "expected Gram matrices of \(n) inputs")
    var sums = SIMD4<Double>.zero
    for i in 0..<n {
      let logits = grams.map { $0[i, i] }
      let top = logits.max() ?? 0
      let sum = logits.reduce(0) { $0 + .exp($1 - top) }
      let p = logits.map { Double.exp($0 - top) / sum }
      let label = Int(labels[i])
      var (slope, variance, curvature) = (0.0, 0.0, 0.0)
      for r in 0..<n {
        let first = grams.map { 2 * ($0[i, r] - $0[i, i]) }
        let mean = zip(p, first).reduce(0) { $0 + $1.0 * $1.1 }
        for (k, gram) in grams.enumerated() {
          let residual = p[k] - (k == label ? 1 : 0)
          slope += residual * first[k]
          variance += p[k] * (first[k] - mean) * (first[k] - mean)
          curvature +=
            residual * 2 * (gram[r, r] - 2 * gram[i, r] + gram[i, i])
        }
      }
      sums += SIMD4(
        .log(sum) + top - logits[label], slope / Double(n),
        variance / Double(n), curvature / Double(n))
    }
    sums /= Double(n)
    self.init(
      standardLoss: sums[0], slope: sums[1], variance: sums[2],
      curvature: sums[3])
  }
}
