import RealModule

/// A share k/n with the Wilson score interval at 95 %.
///
///     (k + z²/2 ± z √(k(n − k)/n + z²/4)) / (n + z²),   z = Φ⁻¹(0.975)
///
/// - Source: Wilson 1927, "Probable inference, the law of succession, and
///   statistical inference".
struct Proportion: Sendable, Equatable {
  let count: Int
  let total: Int

  /// k/n.
  var share: Double { Double(count) / Double(total) }

  /// The interval, within [0, 1].
  var interval: ClosedRange<Double> {
    let z = 1.959963984540054
    let (k, n) = (Double(count), Double(total))
    let spread = z * (k * (n - k) / n + z * z / 4).squareRoot()
    let middle = k + z * z / 2
    return max(
      0, (middle - spread) / (n + z * z))...min(
        1, (middle + spread) / (n + z * z))
  }

  var value: ConfigurationValue {
    [
      "count": .int(count), "total": .int(total), "share": .double(share),
      "interval": .numbers([interval.lowerBound, interval.upperBound]),
    ]
  }
}

/// What a repair changed on test samples that found no causes.
struct RepairEffect: Sendable, Equatable {
  /// Holdout failures that are right now.
  let success: Proportion
  /// Samples that were right and are wrong now.
  let damage: Proportion
  /// Right samples among holdout failures and those that were right: the
  /// queries, which the repair has seen, are left out.
  let accuracy: Proportion

  init(_ failures: FailureSet, predicted: [Int32], labels: [Int32]) {
    func right(_ indices: [Int]) -> Int {
      indices.count { predicted[$0] == labels[$0] }
    }
    let (repaired, kept) = (right(failures.holdout), right(failures.right))
    success = Proportion(count: repaired, total: failures.holdout.count)
    damage = Proportion(
      count: failures.right.count - kept, total: failures.right.count)
    accuracy = Proportion(
      count: repaired + kept,
      total: failures.holdout.count + failures.right.count)
  }
}
