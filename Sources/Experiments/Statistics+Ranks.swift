extension Statistics {
  /// The ranks 1 … n of `values` in ascending order; equal ones share the mean
  /// of theirs.
  ///
  /// - Precondition: none is NaN.
  static func ranks(_ values: [Double]) -> [Double] {
    precondition(!values.contains(where: \.isNaN), "a rank of NaN")
    let order = values.indices.sorted { values[$0] < values[$1] }
    var ranks = [Double](repeating: 0, count: values.count)
    var start = 0
    while start < order.count {
      var end = start + 1
      while end < order.count, values[order[end]] == values[order[start]] {
        end += 1
      }
      for place in start..<end {
        ranks[order[place]] = Double(start + 1 + end) / 2
      }
      start = end
    }
    return ranks
  }

  /// Spearman's rank correlation: Pearson's of the ranks.
  ///
  /// - Returns: nil where all values of either are equal.
  static func rankCorrelation(_ first: [Double], _ second: [Double]) -> Double?
  {
    precondition(
      first.count == second.count,
      "\(first.count) values cannot be paired with \(second.count)")
    let middle = Double(first.count + 1) / 2
    let (a, b) = (
      ranks(first).map { $0 - middle }, ranks(second).map { $0 - middle }
    )
    func product(_ x: [Double], _ y: [Double]) -> Double {
      zip(x, y).reduce(0) { $0 + $1.0 * $1.1 }
    }
    let size = (product(a, a) * product(b, b)).squareRoot()
    return size > 0 ? product(a, b) / size : nil
  }
}
