import Mixing
public import VectorMath

/// r̂ of all n² ordered pairs of a data set at one λ, some rows at a time.
///
/// Pair (i, j) is λx_i + (1 − λ)x_j. What a block holds is all that is in
/// memory; the blocks do not depend on the number of threads.
public struct AllPairsValuation<Predictor: LogProbabilityPredictor> {
  /// Labels of the data set.
  public var labels: [Int32]
  /// λ.
  public var weight: Double
  /// Models of p(θ|D); at least one.
  public var before: [Predictor]
  /// Models of p(θ|D, F); at least one.
  public var after: [Predictor]

  /// Pairs in a block: enough for all threads.
  private static var blockSize: Int { 1 << 16 }

  /// The valuation of a data set's pairs.
  public init(
    labels: [Int32], weight: Double, before: [Predictor], after: [Predictor]
  ) {
    precondition(
      (0...1).contains(weight), "expected a weight in [0, 1], got \(weight)")
    self.labels = labels
    self.weight = weight
    self.before = before
    self.after = after
  }

  /// Calls `body` with the values of the pairs (i, j), i in some rows and j in
  /// all columns, in order.
  public func forEachBlock(
    team: ThreadTeam,
    _ body: (_ rows: Range<Int>, _ values: MixedValuation) throws -> Void
  ) rethrows {
    let count = labels.count
    let height = max(1, Self.blockSize / max(count, 1))
    for start in stride(from: 0, to: count, by: height) {
      let rows = start..<min(start + height, count)
      let pairs = rows.count * count
      let samples = MixedSamples(
        first: (0..<pairs).map { Int32(start + $0 / count) },
        second: (0..<pairs).map { Int32($0 % count) },
        weights: [Double](repeating: weight, count: pairs))
      try body(
        rows,
        MixedValuation(
          of: samples, labels: labels, before: before, after: after,
          team: team))
    }
  }
}
