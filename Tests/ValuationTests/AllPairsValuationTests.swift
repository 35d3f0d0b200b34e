import Mixing
import Randomness
import Testing
import Valuation
import VectorMath

@Suite("All pairs at one mixing weight, some rows at a time")
struct AllPairsValuationTests {
  /// 400 rows of 400 pairs: three blocks.
  private let count = 400
  private let labels: [Int32]
  private let models: [SoftmaxRegression<Double>]

  init() {
    var stream = RandomStream(rootSeed: 5, name: "all-pairs")
    let images = (0..<400).map { _ in stream.normals(count: 3) }
    labels = (0..<400).map { Int32($0 % 4) }
    models = ([1, 2] as [UInt64]).map {
      SoftmaxRegression(seed: $0, classCount: 4, images: images)
    }
  }

  private func all(
    _ weight: Double, threads: Int
  ) -> (values: [Double], blocks: Int) {
    var values: [Double] = []
    var blocks = 0
    AllPairsValuation(
      labels: labels, weight: weight, before: [models[0]], after: [models[1]]
    ).forEachBlock(team: ThreadTeam(size: threads)) { rows, block in
      #expect(values.count == rows.lowerBound * count)
      #expect(block.values.count == rows.count * count)
      values += block.values
      blocks += 1
    }
    return (values, blocks)
  }

  @Test("They are the values of the pairs, row after row, to the bit")
  func values() {
    let (found, blocks) = all(0.3, threads: 2)
    #expect(found.count == count * count && blocks > 1)
    let picked = stride(from: 0, to: count * count, by: 997).map { $0 }
    let expected = MixedValuation(
      of: MixedSamples(
        first: picked.map { Int32($0 / count) },
        second: picked.map { Int32($0 % count) },
        weights: picked.map { _ in 0.3 }),
      labels: labels, before: [models[0]], after: [models[1]],
      team: ThreadTeam(size: 1))
    #expect(picked.map { found[$0] } == expected.values)
    #expect(all(0.3, threads: 1).values == found)
  }

  @Test("λ = ½ is symmetric, λ = 1 forgets the second image")
  func symmetry() {
    let (half, whole) = (all(0.5, threads: 2).values, all(1, threads: 2).values)
    // Exchanged summands: the logits and the losses are rounded anew.
    let unit = 64 * Double.ulpOfOne
    for i in stride(from: 0, to: count, by: 37) {
      for j in 0..<count {
        let (a, b) = (half[i * count + j], half[j * count + i])
        #expect(abs(a - b) <= unit * max(1, abs(a)))
        #expect(whole[i * count + j] == whole[i * count])
      }
    }
  }

  @Test("A weight outside [0, 1] is a mistake")
  func misfit() async {
    await #expect(processExitsWith: .failure) {
      _ = AllPairsValuation<SoftmaxRegression<Double>>(
        labels: [], weight: 1.5, before: [], after: [])
    }
  }
}
