extension Statistics {
  /// Pearson's correlation of pairs.
  ///
  ///     r = Σ (xᵢ − x̄)(yᵢ − ȳ) / √(Σ (xᵢ − x̄)² Σ (yᵢ − ȳ)²)
  ///
  /// - Precondition: as many `y` as `x`.
  /// - Returns: NaN where one side has no spread, or a value is not finite.
  public static func correlation(_ x: [Double], _ y: [Double]) -> Double {
    precondition(
      x.count == y.count, "\(x.count) values cannot pair with \(y.count)")
    let (u, v) = (deviations(x), deviations(y))
    return dot(u, v) / (dot(u, u) * dot(v, v)).squareRoot()
  }

  /// Spearman's correlation: Pearson's of the ranks.
  ///
  /// - Precondition: as many `y` as `x`, none of them NaN.
  public static func rankCorrelation(_ x: [Double], _ y: [Double]) -> Double {
    correlation(ranks(x), ranks(y))
  }

  /// Spearman's correlation with what a third quantity explains taken out.
  ///
  ///     ρ_xy·z = (ρ_xy − ρ_xz ρ_yz) / √((1 − ρ_xz²)(1 − ρ_yz²))
  ///
  /// - Precondition: as many `y` and `z` as `x`, none of them NaN.
  public static func partialRankCorrelation(
    _ x: [Double], _ y: [Double], given z: [Double]
  ) -> Double {
    let (x, y, z) = (ranks(x), ranks(y), ranks(z))
    let (first, second) = (correlation(x, z), correlation(y, z))
    return (correlation(x, y) - first * second)
      / ((1 - first * first) * (1 - second * second)).squareRoot()
  }

  /// The ranks of values from 1 on; equal values share their mean rank.
  public static func ranks(_ values: [Double]) -> [Double] {
    let order = values.indices.sorted { values[$0] < values[$1] }
    var ranks = [Double](repeating: 0, count: values.count)
    var start = 0
    while start < order.count {
      var end = start + 1
      while end < order.count, values[order[end]] == values[order[start]] {
        end += 1
      }
      for place in start..<end {
        ranks[order[place]] = Double(start + end + 1) / 2
      }
      start = end
    }
    return ranks
  }

  /// The share of the values' spread that predictions explain, as they stand.
  ///
  ///     R² = 1 − Σ (yᵢ − pᵢ)² / Σ (yᵢ − ȳ)²
  ///
  /// Nothing is fitted, so that R² is below 0 where the mean predicts better.
  ///
  /// - Precondition: a prediction for each value.
  public static func determination(
    of values: [Double], by predictions: [Double]
  ) -> Double {
    precondition(
      values.count == predictions.count,
      "\(predictions.count) predictions for \(values.count) values")
    let errors = zip(values, predictions).map { $0 - $1 }
    let spread = deviations(values)
    return 1 - dot(errors, errors) / dot(spread, spread)
  }

  private static func deviations(_ values: [Double]) -> [Double] {
    let mean = values.isEmpty ? 0 : SampleSummary(values).mean
    return values.map { $0 - mean }
  }

  private static func dot(_ x: [Double], _ y: [Double]) -> Double {
    zip(x, y).reduce(0) { $0 + $1.0 * $1.1 }
  }
}
