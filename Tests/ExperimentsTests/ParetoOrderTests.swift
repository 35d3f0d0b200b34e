import Randomness
import Testing

@testable import Experiments

@Suite("Fronts of points that nothing dominates")
struct ParetoOrderTests {
  @Test("Fronts by hand, equal points in the same one")
  func fronts() {
    let points: [[Double]] = [
      [1, 5], [2, 4], [2, 4], [3, 1], [1, 4], [0, 0], [2, 1],
    ]
    let order = ParetoOrder(points)
    // (2, 1) is below (3, 1), and (1, 4) below (1, 5).
    #expect(order.fronts == [[0, 1, 2, 3], [4, 6], [5]])
    // The ends of a front come first.
    #expect(Set(order.ranking.prefix(2)) == [0, 3])
    #expect(order.ranking.last == 5)
  }

  @Test("No point of a front dominates another, each of the next is dominated")
  func property() {
    var stream = RandomStream(rootSeed: 1, name: "pareto")
    let points = (0..<200).map { _ in stream.normals(count: 3) }
    let order = ParetoOrder(points)
    #expect(order.fronts.flatMap { $0 }.sorted() == Array(0..<200))
    #expect(order.ranking.sorted() == Array(0..<200))
    for (number, front) in order.fronts.enumerated() {
      for a in front {
        #expect(
          !front.contains { ParetoOrder.dominates(points[$0], points[a]) })
        if number > 0 {
          #expect(
            order.fronts[number - 1].contains {
              ParetoOrder.dominates(points[$0], points[a])
            })
        }
      }
    }
  }

  @Test("Of a front the lonely points rank before the crowded")
  func crowding() {
    // On a line of trade-off: 0 and 10 are its ends, 9 and 9.5 are close.
    let points = [0, 4, 9, 9.5, 10].map { [$0, -$0] }
    let ranking = ParetoOrder(points).ranking
    #expect(Set(ranking.prefix(2)) == [0, 4])
    #expect(ranking[2] == 1)
    #expect(ranking.last == 3)
  }

  @Test("No points at all")
  func empty() {
    #expect(ParetoOrder([]).ranking.isEmpty)
  }
}
