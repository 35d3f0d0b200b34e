/// The order of points in several quantities, of each of which more is better.
///
/// A point dominates another if it is at least as good in every quantity and
/// better in one. The first front is what nothing dominates, the next one what
/// nothing dominates once the first is gone, and so on.
///
/// - Source: Deb et al. 2002 (NSGA-II), sorting by fronts and, within a front,
///   by crowding distance.
struct ParetoOrder {
  /// Indices of the points, front after front, each in ascending order.
  let fronts: [[Int]]
  /// Indices of all points, the best first: by front, and within one the
  /// loneliest first, so that a cut keeps a front's ends and its spread.
  let ranking: [Int]

  /// The order of some points.
  ///
  /// - Precondition: All points have the same number of finite quantities.
  /// - Complexity: O(N²) comparisons a front.
  init(_ points: [[Double]]) {
    precondition(
      points.allSatisfy { point in
        point.count == points[0].count && point.allSatisfy { $0.isFinite }
      }, "points of different sizes, or not finite")
    var rest = Array(points.indices)
    var fronts: [[Int]] = []
    while !rest.isEmpty {
      let front = rest.filter { candidate in
        !rest.contains { Self.dominates(points[$0], points[candidate]) }
      }
      fronts.append(front)
      let taken = Set(front)
      rest.removeAll { taken.contains($0) }
    }
    self.fronts = fronts
    ranking = fronts.flatMap { front in
      let distances = Self.crowding(front.map { points[$0] })
      return front.indices.sorted {
        (-distances[$0], front[$0]) < (-distances[$1], front[$1])
      }.map { front[$0] }
    }
  }

  /// Whether `a` is at least as good as `b` everywhere and better somewhere.
  static func dominates(_ a: [Double], _ b: [Double]) -> Bool {
    zip(a, b).allSatisfy { $0 >= $1 } && zip(a, b).contains { $0 > $1 }
  }

  /// Σ over quantities of the gap between a point's two neighbours, relative to
  /// the range; infinite at the ends of a range.
  private static func crowding(_ front: [[Double]]) -> [Double] {
    var distances = [Double](repeating: 0, count: front.count)
    for quantity in front[0].indices {
      let order = front.indices.sorted {
        (front[$0][quantity], $0) < (front[$1][quantity], $1)
      }
      let (first, last) = (order[0], order[order.count - 1])
      let range = front[last][quantity] - front[first][quantity]
      distances[first] = .infinity
      distances[last] = .infinity
      guard range > 0 else { continue }
      for place in order.indices.dropFirst().dropLast() {
        let gap =
          front[order[place + 1]][quantity] - front[order[place - 1]][quantity]
        distances[order[place]] += gap / range
      }
    }
    return distances
  }
}
