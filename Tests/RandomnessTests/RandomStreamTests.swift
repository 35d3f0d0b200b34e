import Randomness
import RealModule
import Testing

@Suite("A stream is found again from root seed, name and index")
struct RandomStreamTests {
  /// Root seed 42, name "golden": the stream of every recorded number.
  static func golden(index: UInt64 = 0) -> RandomStream {
    RandomStream(rootSeed: 42, name: "golden", index: index)
  }

  @Test("Words are those of an independent implementation in Python")
  func recordedWords() {
    var stream = Self.golden()
    #expect(
      (0..<4).map { _ in stream.next() } == [
        0xB3F0_CB74_5E81_84BE, 0x6E97_E8D2_F0DA_2FC0,
        0x029E_AE4F_527D_4EBC, 0x4324_C0C9_3F27_4072,
      ])
    var later = Self.golden(index: 7)
    #expect(
      (0..<2).map { _ in later.next() } == [
        0x0E24_7E2D_F88F_8D14, 0xB61A_FBA9_8661_5379,
      ])
    var greek = RandomStream(rootSeed: .max, name: "λ")
    #expect(
      (0..<2).map { _ in greek.next() } == [
        0x2BE6_802B_163B_2FBB, 0x7307_6AD2_81E5_A50A,
      ])
  }

  @Test("A copy goes on by itself: drawing from one moves no other")
  func valueSemantics() {
    var first = Self.golden()
    var second = first
    #expect(first == second)
    let words = (0..<9).map { _ in first.next() }
    #expect(first != second)
    #expect((0..<9).map { _ in second.next() } == words)
    #expect(first == second)
  }

  @Test("Seeds, names and indices all matter, each in every bit")
  func everyArgumentMatters() {
    var seen: Set<UInt64> = []
    for seed: UInt64 in [0, 1, 2, 1 << 63, .max] {
      for name in ["", "a", "b", "ab", "ba", "pairing", "pairing "] {
        for index: UInt64 in [0, 1, 1 << 32, .max] {
          var stream = RandomStream(rootSeed: seed, name: name, index: index)
          for _ in 0..<4 { seen.insert(stream.next()) }
        }
      }
    }
    #expect(seen.count == 5 * 7 * 4 * 4)
  }

  @Test("Every bit is set half of the time")
  func bitsAreBalanced() {
    let draws = 100_000
    var stream = RandomStream(rootSeed: 7, name: "bits")
    var counts = [Int](repeating: 0, count: 64)
    for _ in 0..<draws {
      let word = stream.next()
      for bit in 0..<64 { counts[bit] += Int(word >> UInt64(bit) & 1) }
    }
    // Hoeffding with Bonferroni over the 64 bits: this fails with probability
    // at most 10⁻⁹.
    let bound = (Double.log(2 * 64 / 1e-9) / Double(2 * draws)).squareRoot()
    for (bit, count) in counts.enumerated() {
      let share = Double(count) / Double(draws)
      #expect(abs(share - 0.5) < bound, "bit \(bit): \(share)")
    }
  }
}
