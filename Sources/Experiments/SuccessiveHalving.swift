/// A search that gives more seeds to what did well on few.
///
/// Rung by rung the survivors are measured on more seeds, old ones included, and
/// the best share of them goes on. The resource is the seeds and not the
/// iterations: a method may keep its turn for the end of the budget, and a
/// shorter run would judge another method.
///
/// - Source: Jamieson and Talwalkar 2016 (arXiv:1502.07943), successive halving;
///   points in two quantities are ranked by `ParetoOrder`.
struct SuccessiveHalving: Sendable, Equatable {
  /// Seeds of each rung, ascending.
  let seedCounts: [Int]
  /// Every so many of a rung's candidates one goes on.
  let factor: Int

  /// A rung's candidates by index, and their means.
  struct Rung: Sendable, Equatable {
    let candidates: [Int]
    /// Mean of each quantity over the rung's seeds, candidate by candidate.
    let means: [[Double]]
    /// Those that go on, or that stand at the end: the first front of the last
    /// rung.
    let survivors: [Int]
  }

  /// Measures and sorts out.
  ///
  /// - Parameters:
  ///   - count: Number of candidates.
  ///   - measure: The quantities of pairs (candidate, seed index), in order;
  ///     nil for a candidate that failed, which goes no further.
  func run(
    count: Int,
    _ measure: (_ wanted: [(candidate: Int, seed: Int)]) throws -> [[Double]?]
  ) rethrows -> [Rung] {
    var known: [Int: [[Double]?]] = [:]
    var candidates = Array(0..<count)
    var rungs: [Rung] = []
    for (number, seeds) in seedCounts.enumerated() {
      let wanted = candidates.flatMap { candidate in
        ((known[candidate]?.count ?? 0)..<seeds).map { (candidate, $0) }
      }
      for (place, found) in zip(wanted, try measure(wanted)) {
        known[place.0, default: []].append(found)
      }
      let sound = candidates.filter { candidate in
        known[candidate]?.allSatisfy { $0 != nil } ?? false
      }
      let means = sound.map { candidate in
        Self.mean((known[candidate] ?? []).compactMap { $0 })
      }
      guard !sound.isEmpty else {
        rungs.append(Rung(candidates: [], means: [], survivors: []))
        break
      }
      let order = ParetoOrder(means)
      let isLast = number == seedCounts.count - 1
      let survivors =
        isLast
        ? order.fronts[0].map { sound[$0] }
        : order.ranking.prefix((sound.count + factor - 1) / factor)
          .map { sound[$0] }.sorted()
      rungs.append(
        Rung(candidates: sound, means: means, survivors: survivors))
      candidates = survivors
    }
    return rungs
  }

  private static func mean(_ rows: [[Double]]) -> [Double] {
    rows[0].indices.map { k in
      rows.reduce(0) { $0 + $1[k] } / Double(rows.count)
    }
  }
}
