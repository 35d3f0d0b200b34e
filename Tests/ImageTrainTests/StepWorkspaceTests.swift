import Mixing
import Networks
import Testing

@testable import ImageTrain

@Suite("Sources that no row uses leave a step")
struct StepWorkspaceTests {
  private let shape = DenseShape(sizes: [2, 3, 2], activation: .tanh)

  private func workspace(
    _ batch: MixedBatch, _ layout: RowLayout
  ) -> StepWorkspace<Double> {
    let workspace = StepWorkspace<Double>(
      shape: shape, sourceCapacity: batch.sources.count,
      rowCapacity: layout.rowCount, shards: 1)
    workspace.fillRows(
      layout, batch, labels: [0, 1, 0, 1, 0, 1],
      meanSource: batch.sources.count)
    for k in 0..<2 * batch.sources.count {
      workspace.sources[k / 2 * workspace.sourceStride + k % 2] =
        Double(10 * (k / 2) + k % 2)
    }
    return workspace
  }

  /// The combination of sources that each row stands for.
  private func rows(
    _ w: StepWorkspace<Double>, _ layout: RowLayout
  ) -> [[Double]] {
    (0..<layout.rowCount).map { row in
      (0..<2).map { column in
        w.firstWeights[row]
          * w.sources[w.sourceStride * Int(w.first[row]) + column]
          + w.secondWeights[row]
          * w.sources[w.sourceStride * Int(w.second[row]) + column]
      }
    }
  }

  /// Row by row: which samples are kept, and the sources that are left.
  @Test(
    "the others close up in their order, and rows stay what they were",
    arguments: [
      ([true, true, true], [0, 1, 2, 3, 4, 5]),
      ([false, true, true], [1, 2, 4, 5]),
      ([true, false, true], [0, 2, 3, 5]),
      ([true, true, false], [0, 1, 3, 4]),
      ([false, false, true], [2, 5]), ([false, true, false], [1, 4]),
      ([true, false, false], [0, 3]), ([false, false, false], []),
    ])
  func closesUp(kept: [Bool], left: [Int]) {
    // As independent partners are: each source has one row.
    let batch = MixedBatch(
      sources: [0, 1, 2, 3, 4, 5], first: [0, 1, 2], second: [3, 4, 5],
      weights: [0.25, 0.5, 0.125])
    let layout = RowLayout(mixed: 3, clean: 0, tangents: false, shards: 1)
    let w = workspace(batch, layout)
    let before = rows(w, layout)
    #expect(w.dropUnusedSources(of: 6, layout, kept: kept) == left.count)
    for (place, source) in left.enumerated() {
      #expect(w.sources[w.sourceStride * place] == Double(10 * source))
      #expect(w.sources[w.sourceStride * place + 1] == Double(10 * source + 1))
    }
    for (row, after) in rows(w, layout).enumerated() {
      #expect(after == (kept[row] ? before[row] : [0, 0]))
    }
  }

  @Test("a source of weight 0 is unused, one of a clean row is not")
  func weights() {
    let batch = MixedBatch(
      sources: [0, 1, 2, 3], first: [0, 1], second: [2, 3], weights: [0, 1])
    for (clean, left) in [(0, 2), (1, 3)] {
      let layout = RowLayout(
        mixed: 2, clean: clean, tangents: false, shards: 1)
      let w = workspace(batch, layout)
      let before = rows(w, layout)
      #expect(
        w.dropUnusedSources(of: 4, layout, kept: [true, true]) == left)
      #expect(rows(w, layout) == before)
    }
  }
}
