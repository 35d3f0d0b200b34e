import Mixing
import Networks
import Testing
import VectorMath

@testable import ImageTrain

@Suite("Dropped samples leave a step")
struct StepWorkspaceTests {
  private let shape = DenseShape(sizes: [2, 19, 2], activation: .tanh)
  private let batch = MixedBatch(
    sources: [0, 1, 2, 3, 4], first: [0, 1, 2, 3, 4], second: [1, 2, 3, 4, 0],
    weights: [0.25, 0.5, 0.125, 1, 0.75])

  /// A step's rows with a number of its own at each place.
  private func workspace(_ layout: RowLayout) -> StepWorkspace<Double> {
    let w = StepWorkspace<Double>(
      shape: shape, sourceCapacity: 6, rowCapacity: layout.rowCount)
    for shard in layout.shards {
      w.fillRows(shard, batch, labels: [0, 1, 0, 1, 1], meanSource: 5)
    }
    for source in 0..<6 {
      for k in 0..<2 {
        w.sources[source * w.sourceStride + k] = Double(10 * source + k)
      }
    }
    for row in 0..<layout.rowCount {
      w.losses[row] = Double(row)
      for layer in 1...2 {
        for k in 0..<shape.sizes[layer] {
          let place = row * shape.sizes[layer] + k
          let number = Double(100 * row + 10 * layer + k)
          w.pass.preactivation(layer)[place] = number
          w.pass.activation(layer)[place] = -number
        }
      }
    }
    return w
  }

  /// All that a step's later parts read of a row.
  private func contents(_ w: StepWorkspace<Double>, _ row: Int) -> [Double] {
    var numbers = [
      Double(w.first[row]), Double(w.second[row]), w.firstWeights[row],
      w.secondWeights[row], Double(w.firstLabels[row]),
      Double(w.secondLabels[row]), w.losses[row],
    ]
    for layer in 1...2 {
      for k in 0..<shape.sizes[layer] {
        let place = row * shape.sizes[layer] + k
        numbers.append(w.pass.preactivation(layer)[place])
        numbers.append(w.pass.activation(layer)[place])
      }
    }
    return numbers
  }

  /// Every pattern of five flags.
  private static let patterns = (0..<32).map { pattern in
    (0..<5).map { pattern >> $0 & 1 == 1 }
  }

  @Test(
    "the others close up in their order, each in its shard",
    arguments: [2, 3, 5], [false, true])
  func closesUp(shardSize: Int, tangents: Bool) {
    let layout = RowLayout(
      mixed: 5, clean: tangents ? 5 : 0, tangents: tangents,
      shardSize: shardSize)
    for kept in Self.patterns {
      let w = workspace(layout)
      var left: [[Double]] = []
      for shard in layout.shards {
        let rows = zip(shard.mixed, shard.mixedRows).filter { kept[$0.0] }
          .map { $0.1 }
        let others = shard.mixedRows.upperBound..<shard.rows.upperBound
        left += (rows + others).map { contents(w, $0) }
      }
      let smaller = layout.keeping(kept)
      w.drop(layout, keeping: kept)
      #expect(smaller.rowCount == left.count)
      #expect((0..<smaller.rowCount).map { contents(w, $0) } == left)
      var (row, sample) = (0, 0)
      for (shard, before) in zip(smaller.shards, layout.shards) {
        #expect(shard.rows.lowerBound == row)
        #expect(shard.mixed.lowerBound == sample)
        #expect(shard.mixed.count == kept[before.mixed].count { $0 })
        #expect(shard.mixedRows.count == shard.mixed.count)
        #expect(shard.clean == before.clean)
        #expect(shard.cleanRows.count == shard.clean.count)
        #expect(shard.tangents?.owners == (tangents ? shard.cleanRows : nil))
        #expect(shard.tangents?.count == before.tangents?.count)
        (row, sample) = (shard.rows.upperBound, shard.mixed.upperBound)
      }
      #expect(row == smaller.rowCount)
    }
  }

  @Test("a layout that keeps all is the same")
  func keepsAll() {
    for shardSize in [2, 3, 5] {
      let layout = RowLayout(
        mixed: 5, clean: 5, tangents: true, shardSize: shardSize)
      #expect(layout.keeping([Bool](repeating: true, count: 5)) == layout)
    }
  }

  /// Σ_s g_s x_sᵀ of the samples of a step.
  private func gradient(
    _ w: StepWorkspace<Double>, rows: Int, pieces: Int
  ) -> [[Double]] {
    for piece in 0..<pieces {
      w.writeFirstLayerSamples(
        rows: rows, sources: 6, piece: piece, of: pieces)
    }
    let samples = w.firstLayerSamples(rows: rows, sources: 6)
    #expect(samples.count == min(rows, 6))
    return (0..<19).map { unit in
      (0..<2).map { k in
        (0..<samples.count).reduce(0.0) {
          $0 + samples.gradients[$1 * samples.gradientStride + unit]
            * samples.inputs[$1 * samples.inputStride + k]
        }
      }
    }
  }

  /// Powers of two and small whole numbers: every sum is exact.
  @Test(
    "the gradient is the same by source and by row", arguments: [1, 2, 3, 8])
  func samples(pieces: Int) {
    for (clean, tangents) in [(0, false), (1, false), (2, true)] {
      let layout = RowLayout(
        mixed: 5, clean: clean, tangents: tangents)
      let w = workspace(layout)
      for place in 0..<layout.rowCount * 19 {
        w.pass.gradient(1)[place] = Double(place % 7 - 3)
      }
      let expected = (0..<19).map { unit in
        (0..<2).map { k in
          (0..<layout.rowCount).reduce(0.0) { sum, row in
            let (a, b) = (Int(w.first[row]), Int(w.second[row]))
            let pixel =
              w.firstWeights[row] * w.sources[a * w.sourceStride + k]
              + w.secondWeights[row] * w.sources[b * w.sourceStride + k]
            return sum + w.pass.gradient(1)[row * 19 + unit] * pixel
          }
        }
      }
      #expect(
        gradient(w, rows: layout.rowCount, pieces: pieces) == expected)
    }
  }
}
