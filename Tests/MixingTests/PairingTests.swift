import Mixing
import Randomness
import Testing

@Suite("Pairings and paired draws")
struct PairingTests {
  private let batch: [Int32] = [40, 7, 19, 3, 28, 11, 5]
  private let population = (0..<50).map { Int32($0) }

  private func draw(_ plan: MixingPlan, seed: UInt64 = 1) -> MixedBatch {
    var pairs = RandomStream(rootSeed: seed, name: "pairs")
    var lambdas = RandomStream(rootSeed: seed, name: "lambdas")
    // A slice that does not begin at 0.
    return plan.draw(
      batch: ([99, 98] + batch)[2...], population: population, progress: 0,
      pairs: &pairs, lambdas: &lambdas)
  }

  @Test("A permutation meets each sample once, and differs from seed to seed")
  func permutation() {
    var seen: Set<[Int32]> = []
    for seed in 0..<20 {
      let mixed = draw(MixingPlan(pairing: .permutation), seed: UInt64(seed))
      #expect(mixed.sources == batch)
      #expect(mixed.first == (0..<7).map { Int32($0) })
      #expect(mixed.second.sorted() == mixed.first)
      seen.insert(mixed.second)
    }
    // 190 pairs of 7! orders: three repeat with probability below 10⁻⁵.
    #expect(seen.count >= 18)
  }

  @Test("A sample may meet itself")
  func fixedPoints() {
    // No fixed point in any of 60 permutations: (1/e)⁶⁰.
    let meets = (0..<60).contains { seed in
      let mixed = draw(MixingPlan(pairing: .permutation), seed: UInt64(seed))
      return zip(mixed.first, mixed.second).contains { $0 == $1 }
    }
    #expect(meets)
  }

  @Test("Independent partners come from the whole population")
  func independent() {
    let plan = MixingPlan(pairing: .independent)
    var partners: [Int32: Int] = [:]
    let draws = 1000
    for seed in 0..<draws {
      let mixed = draw(plan, seed: UInt64(seed))
      #expect(mixed.sources.count == 14)
      #expect(Array(mixed.sources.prefix(7)) == batch)
      #expect(mixed.second == (7..<14).map { Int32($0) })
      for partner in mixed.sources.dropFirst(7) {
        partners[partner, default: 0] += 1
      }
    }
    // Of 7000 partners, 140 are expected of each of 50; a count is off by more
    // than six standard deviations with probability below 10⁻⁸.
    let expected = 7 * Double(draws) / 50
    let deviation = (expected * 49 / 50).squareRoot()
    for index in population {
      #expect(abs(Double(partners[index] ?? 0) - expected) <= 6 * deviation)
    }
    #expect(partners.count == 50)
    #expect(plan.sourceCount(ofBatch: 7) == 14)
  }

  @Test("Flip, roll and all pairs")
  func fixedPairings() {
    #expect(
      draw(MixingPlan(pairing: .flip)).second == [6, 5, 4, 3, 2, 1, 0])
    #expect(
      draw(MixingPlan(pairing: .roll)).second == [6, 0, 1, 2, 3, 4, 5])
    let plan = MixingPlan(pairing: .allPairs)
    let all = draw(plan)
    #expect(all.count == 49 && all.weights.count == 49)
    #expect(plan.mixedCount(ofBatch: 7) == 49)
    #expect(plan.sourceCount(ofBatch: 7) == 7)
    let pairs = zip(all.first, all.second).map { Int($0) * 7 + Int($1) }
    #expect(pairs == Array(0..<49))
  }

  @Test("A batch of one, and of none", arguments: Pairing.allCases)
  func smallBatches(_ pairing: Pairing) {
    for count in [0, 1] {
      var pairs = RandomStream(rootSeed: 1, name: "pairs")
      var lambdas = RandomStream(rootSeed: 1, name: "lambdas")
      let mixed = MixingPlan(pairing: pairing).draw(
        batch: batch.prefix(count), population: population, progress: 0,
        pairs: &pairs, lambdas: &lambdas)
      #expect(mixed.count == count && mixed.second.count == count)
      #expect(mixed.weights.count == count)
    }
  }

  @Test(
    "Another law, scope or folding moves no pairing",
    arguments: Pairing.allCases)
  func pairingsStay(_ pairing: Pairing) {
    let reference = draw(MixingPlan(pairing: pairing))
    let laws: [MixingPlan.Weights] = [
      .fixed(0.5), .beta(.easy, ratio: 1), .beta(.constant(0.01), ratio: 5),
    ]
    for law in laws {
      for scope in MixingScope.allCases {
        for folded in [false, true] {
          let mixed = draw(
            MixingPlan(
              weights: law, scope: scope, pairing: pairing, folded: folded))
          #expect(mixed.sources == reference.sources)
          #expect(mixed.first == reference.first)
          #expect(mixed.second == reference.second)
        }
      }
    }
  }

  @Test("Another pairing of as many samples moves no λ")
  func weightsStay() {
    let reference = draw(MixingPlan(pairing: .permutation))
    for pairing in [Pairing.independent, .flip, .roll] {
      #expect(draw(MixingPlan(pairing: pairing)).weights == reference.weights)
    }
  }

  @Test("Positions in the batch lead back to the data set")
  func samples() {
    let mixed = draw(MixingPlan(pairing: .roll))
    #expect(mixed.samples.first == batch)
    #expect(mixed.samples.second == [5, 40, 7, 19, 3, 28, 11])
    #expect(mixed.samples.weights == mixed.weights)
    let unmixed = MixedSamples(unmixed: batch)
    #expect(unmixed.first == batch && unmixed.second == batch)
    #expect(unmixed.weights == [1, 1, 1, 1, 1, 1, 1])
  }

  @Test("Chosen mixtures give way to their first source")
  func unmixing() {
    let before = draw(MixingPlan(pairing: .roll))
    var mixed = before
    mixed.unmix(where: [true, false, false, true, false, false, false])
    for s in 0..<7 {
      let isChosen = s == 0 || s == 3
      #expect(mixed.second[s] == (isChosen ? mixed.first : before.second)[s])
      #expect(mixed.weights[s] == (isChosen ? 1 : before.weights[s]))
    }
    #expect(mixed.first == before.first && mixed.sources == before.sources)
  }

  @Test("Parts of different lengths make no samples")
  func unequalParts() async {
    await #expect(processExitsWith: .failure) {
      _ = MixedSamples(first: [0], second: [], weights: [1])
    }
  }
}
