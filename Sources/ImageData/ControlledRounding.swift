/// Rounds a table of proportional shares so that every cell is its share
/// rounded up or down and every row and column keeps its total.
///
/// - Source: Cox 1987, "A constructive procedure for unbiased controlled
///   rounding", Journal of the American Statistical Association 82: 520–524.
/// - Departs from the source: the direction in which a cycle is shifted is
///   fixed instead of drawn, since the samples are drawn afterwards.
enum ControlledRounding {
  /// Whole numbers near rowTotal · columnTotal / total.
  ///
  /// - Shape: `rowTotals.count` rows of `columnTotals.count` cells.
  /// - Precondition: no total is negative, both sum to the same, and that sum
  ///   is at most 2³¹, so that products are exact.
  static func cells(rowTotals: [Int], columnTotals: [Int]) -> [[Int]] {
    let total = rowTotals.reduce(0, +)
    precondition(
      columnTotals.reduce(0, +) == total && total <= 1 << 31,
      "rows sum to \(total), columns to \(columnTotals.reduce(0, +))")
    guard total > 0 else {
      return rowTotals.map { _ in columnTotals.map { _ in 0 } }
    }
    // In units of 1 / total all shares are whole; only the remainders move.
    var cells = rowTotals.map { row in
      columnTotals.map { row * $0 / total }
    }
    var remainders = rowTotals.map { row in
      columnTotals.map { row * $0 % total }
    }
    while let cycle = fractionalCycle(in: remainders) {
      let raised = cycle.enumerated().filter { $0.offset % 2 == 0 }
      let lowered = cycle.enumerated().filter { $0.offset % 2 == 1 }
      var shift = total
      for (_, cell) in raised {
        shift = min(shift, total - remainders[cell.row][cell.column])
      }
      for (_, cell) in lowered {
        shift = min(shift, remainders[cell.row][cell.column])
      }
      for (_, cell) in lowered {
        remainders[cell.row][cell.column] -= shift
      }
      for (_, cell) in raised {
        remainders[cell.row][cell.column] += shift
        if remainders[cell.row][cell.column] == total {
          remainders[cell.row][cell.column] = 0
          cells[cell.row][cell.column] += 1
        }
      }
    }
    return cells
  }

  private typealias Cell = (row: Int, column: Int)

  /// A closed walk over fractional cells, in turn along a row and along a
  /// column; nil where every cell is whole.
  ///
  /// Rows and columns are the nodes of a graph, numbered one after the other,
  /// and fractional cells its edges. Totals are whole, so that a node with one
  /// edge has a second: a walk that never turns back goes on until it meets a
  /// node again.
  private static func fractionalCycle(in remainders: [[Int]]) -> [Cell]? {
    let rowCount = remainders.count
    func neighbours(of node: Int) -> [Int] {
      node < rowCount
        ? remainders[node].indices
          .filter { remainders[node][$0] > 0 }.map { rowCount + $0 }
        : remainders.indices.filter { remainders[$0][node - rowCount] > 0 }
    }
    guard
      let start = remainders.firstIndex(where: { $0.contains { $0 > 0 } })
    else { return nil }
    var walk = [start]
    while true {
      let here = walk[walk.count - 1]
      let previous = walk.dropLast().last
      guard let next = neighbours(of: here).first(where: { $0 != previous })
      else { preconditionFailure("a total that is not whole") }
      if let met = walk.firstIndex(of: next) {
        let nodes = walk[met...] + [next]
        return zip(nodes, nodes.dropFirst()).map { one, other in
          (row: min(one, other), column: max(one, other) - rowCount)
        }
      }
      walk.append(next)
    }
  }
}
