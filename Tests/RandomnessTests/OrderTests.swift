import Randomness
import RealModule
import Testing

@Suite("Indices and orders are uniform, streams independent")
struct OrderTests {
  /// The χ² statistic of some counts against equal shares.
  private func chiSquare(_ counts: [Int]) -> Double {
    let expected = Double(counts.reduce(0, +)) / Double(counts.count)
    return counts.reduce(0) { sum, count in
      let difference = Double(count) - expected
      return sum + difference * difference / expected
    }
  }

  /// The probability that a right law gives a larger χ².
  private func pValue(_ counts: [Int]) -> Double {
    let freedom = Double(counts.count - 1)
    return 1 - gammaProbability(chiSquare(counts) / 2, shape: freedom / 2)
  }

  @Test("All 4! orders, those with fixed points too; fails 1 time in 10⁶")
  func permutations() {
    var stream = RandomStream(rootSeed: 5, name: "permutations")
    var counts: [[Int]: Int] = [:]
    for _ in 0..<96_000 { counts[stream.permutation(of: 4), default: 0] += 1 }
    #expect(counts.count == 24)
    #expect(counts[[0, 1, 2, 3]] != nil)
    #expect(pValue(Array(counts.values)) > 1e-6)
  }

  @Test(
    "Small and awkward bounds; each fails 1 time in 10⁶",
    arguments: [1, 2, 3, 7, 10, 64, 1000])
  func indices(bound: Int) {
    var stream = RandomStream(rootSeed: 6, name: "indices")
    var counts = [Int](repeating: 0, count: bound)
    for _ in 0..<100_000 { counts[stream.index(below: bound)] += 1 }
    #expect(bound == 1 || pValue(counts) > 1e-6)
  }

  @Test("A bound near 2⁶³ shows no bias of the multiplication")
  func largeBound() {
    // Without drawing again, thirds of 0 ..< 3·2⁶¹ would get 3 : 3 : 2.
    let third = 1 << 61
    var stream = RandomStream(rootSeed: 6, name: "large")
    var residues = [0, 0, 0]
    for _ in 0..<100_000 { residues[stream.index(below: 3 * third) % 3] += 1 }
    #expect(pValue(residues) > 1e-6)
  }

  @Test("Permutations keep every element", arguments: [0, 1, 2, 17, 1000])
  func permutationsAreBijections(count: Int) {
    var stream = RandomStream(rootSeed: 5, name: "bijection")
    let order = stream.permutation(of: count)
    #expect(order.sorted() == Array(0..<count))
    var letters = (0..<count).map { "\($0)" }
    stream.shuffle(&letters)
    #expect(Set(letters).count == count)
  }

  @Test("Streams of neighbouring seeds, names and indices are uncorrelated")
  func correlation() {
    let count = 100_000
    func numbers(_ seed: UInt64, _ name: String, _ index: UInt64) -> [Double] {
      var stream = RandomStream(rootSeed: seed, name: name, index: index)
      return (0..<count).map { _ in stream.uniform() - 0.5 }
    }
    let first = numbers(1, "noise", 0)
    for other in [
      numbers(2, "noise", 0), numbers(1, "noisf", 0), numbers(1, "noise", 1),
      numbers(1, "noise", 1 << 32), numbers(1 << 32, "noise", 0),
    ] {
      // Products in [−¼, ¼]; Hoeffding: fails with probability 2e⁻²⁰ each.
      let mean =
        zip(first, other).reduce(0) { $0 + $1.0 * $1.1 } / Double(count)
      #expect(abs(mean) < 0.5 * (20 / Double(2 * count)).squareRoot())
    }
  }
}
