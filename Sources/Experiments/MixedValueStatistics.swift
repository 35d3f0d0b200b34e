/// Mixed samples in groups by their value r̂: the ends of either side of 0, and
/// its neighbourhood.
///
/// A side that holds less than twice the number asked for gives half of itself
/// to each of its groups, so that no sample stands in two; of equal values the
/// first in order is the lower.
///
/// - Source: the slides' "tail 100" and "center 100" of negative and positive
///   r̂.
struct ValueGroups {
  static let names = [
    "lowest", "centre below 0", "centre above 0", "highest", "all",
  ]

  /// Indices of the samples, group by group.
  let members: [[Int]]

  init(_ values: [Double], count: Int) {
    let order = values.indices.sorted {
      values[$0] != values[$1] ? values[$0] < values[$1] : $0 < $1
    }
    let below = order.filter { values[$0] <= 0 }
    let above = order.filter { values[$0] > 0 }
    let (low, high) = (
      min(count, below.count / 2), min(count, above.count / 2)
    )
    members = [
      Array(below.prefix(low)), Array(below.suffix(low)),
      Array(above.prefix(high)), Array(above.suffix(high)), order,
    ]
  }
}

/// The values r̂ of pairs at each λ of a grid, and what r̂ of the two images
/// alone says of them.
struct PairValues {
  /// λ = 0, 0.05, …, 1.
  static let weights = (0...20).map { Double($0) / 20 }
  /// Where λ = ½ stands among them.
  static let half = 10

  /// r̂, λ by λ, pair by pair.
  let values: [[Double]]

  /// - Precondition: values at each λ of the grid, for as many pairs.
  init(_ values: [[Double]]) {
    precondition(
      values.count == Self.weights.count
        && values.allSatisfy { $0.count == values[0].count },
      "expected \(Self.weights.count) rows of one length")
    self.values = values
  }

  /// The exact quadratics of a linear model.
  ///
  ///     r̂(λ) = λ²ρ_ii + 2λ(1 − λ)ρ_ij + (1 − λ)²ρ_jj
  init(
    quadratics: [(first: Double, cross: Double, second: Double)]
  ) {
    self.init(
      Self.weights.map { weight in
        let rest = 1 - weight
        return quadratics.map {
          weight * weight * $0.first + 2 * weight * rest * $0.cross
            + rest * rest * $0.second
        }
      })
  }

  /// Mean of |r̂|, λ by λ.
  var magnitudes: [Double] {
    values.map { $0.reduce(0) { $0 + abs($1) } / Double($0.count) }
  }

  /// Share of the pairs whose |r̂| is largest at a λ strictly between ¼ and ¾;
  /// of equal ones the smallest λ counts.
  var innerPeakShare: Double {
    let pairs = values[0].indices
    let inner = pairs.count { pair in
      var peak = 0
      for k in values.indices
      where abs(values[k][pair]) > abs(values[peak][pair]) { peak = k }
      return Self.weights[peak] > 0.25 && Self.weights[peak] < 0.75
    }
    return Double(inner) / Double(pairs.count)
  }

  /// λ·r̂(z_i) + (1 − λ)·r̂(z_j), λ by λ.
  var expected: [[Double]] {
    let (first, second) = (values[values.count - 1], values[0])
    return Self.weights.map { weight in
      zip(first, second).map { weight * $0 + (1 - weight) * $1 }
    }
  }
}

/// When something that is noisy first holds.
enum FirstEpoch {
  /// The first epoch, counted from 1, at which the mean over it and the epochs
  /// before it in a window is above 0; nil where it never is.
  ///
  /// - Parameter window: Epochs in the mean; no epoch before the window is
  ///   full counts.
  static func whereMeanIsPositive(
    _ values: [Double], window: Int
  ) -> Int? {
    guard window <= values.count else { return nil }
    return (window...values.count).first { epoch in
      values[epoch - window..<epoch].reduce(0, +) > 0
    }
  }
}
