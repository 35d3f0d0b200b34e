import LinearAlgebra
import Randomness
import Testing
import Valuation
import VectorMath

@testable import Experiments

@Suite("What the value of a mixed sample depends on: statistics")
struct ValueStatisticsTests {
  @Test("Equal values share their mean rank")
  func ranks() {
    #expect(Statistics.ranks([30, 10, 20, 10, 10]) == [5, 2, 4, 2, 2])
    #expect(Statistics.ranks([]) == [])
    #expect(Statistics.ranks([7, 7]) == [1.5, 1.5])
  }

  @Test("Correlations of small tables by hand")
  func correlations() {
    // Deviations (−1, 0, 1) and (−2, 1, 1): 3/√(2·6).
    let bound = 8 * Double.ulpOfOne
    let found = Statistics.correlation([1, 2, 3], [0, 3, 3])
    #expect(abs(found - 3 / 12.0.squareRoot()) <= bound)
    // Ranks (1, 2, 3) and (1, 2.5, 2.5): deviations (−1, 0, 1) and
    // (−1.5, 0.75, 0.75): 2.25/√(2·3.375).
    let ranked = Statistics.rankCorrelation([1, 5, 90], [0, 3, 3])
    #expect(abs(ranked - 2.25 / 6.75.squareRoot()) <= bound)
    // Any rising map leaves ranks as they are.
    #expect(
      abs(Statistics.rankCorrelation([1, 2, 3, 4], [1, 10, 100, 1e9]) - 1)
        <= bound)
    #expect(Statistics.correlation([1, 2], [5, 5]).isNaN)
  }

  @Test(
    "The partial rank correlation from the three of untied ranks")
  func partial() {
    let (x, y, z) = (
      [1.0, 2, 3, 4, 5], [2.0, 1, 4, 3, 5], [1.0, 3, 2, 5, 4]
    )
    func rho(_ a: [Double], _ b: [Double]) -> Double {
      // 1 − 6Σd²/n(n² − 1), without ties.
      1 - 6 * zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / 120
    }
    let (xy, xz, yz) = (rho(x, y), rho(x, z), rho(y, z))
    let expected = (xy - xz * yz) / ((1 - xz * xz) * (1 - yz * yz)).squareRoot()
    #expect(
      abs(Statistics.partialRankCorrelation(x, y, given: z) - expected)
        <= 32 * Double.ulpOfOne)
  }

  @Test("R² of the values, of their mean, and of a worse prediction")
  func determination() {
    let values = [1.0, 2, 6]
    func found(_ predictions: [Double]) -> Double {
      Statistics.determination(of: values, by: predictions)
    }
    #expect(found(values) == 1)
    #expect(found([3, 3, 3]) == 0)
    // Errors (0, 0, 7) against deviations (−2, −1, 3).
    let worse: Double = 1 - 49 / 14.0
    #expect(found([1, 2, -1]) == worse)
  }

  @Test("An equivalence is borne out by an interval within the margin alone")
  func equivalence() {
    func claim(_ values: [Double], margin: Double = 0.1) -> Claim {
      Claim.corrected([
        Claim(
          problem: "", statement: "", source: "",
          comparison: PairedComparison(values, minus: values.map { _ in 0 }),
          expectation: .within(margin))
      ])[0]
    }
    let cases: [([Double], Verdict)] = [
      ([0.01, -0.02, 0.02, 0, 0.01], .supported),
      ([0.3, 0.31, 0.29, 0.3, 0.32], .refuted),
      ([-0.3, -0.31, -0.29, -0.3, -0.32], .refuted),
      ([0.09, 0.11, 0.1, 0.08, 0.12], .inconclusive),
      // Within on the mean, but too uncertain.
      ([0.2, -0.2, 0.15, -0.1, 0], .inconclusive),
      ([0.05, 0.05, 0.05], .inconclusive), ([0.01], .inconclusive),
    ]
    for (values, verdict) in cases {
      #expect(claim(values).verdict == verdict, "\(values)")
      // The verdict is where the 95 % interval lies.
      if let interval = PairedComparison(values, minus: values.map { _ in 0 })
        .summary.interval, Set(values).count > 1
      {
        let inside =
          interval.lowerBound > -0.1 && interval.upperBound < 0.1
        let outside =
          interval.lowerBound > 0.1 || interval.upperBound < -0.1
        #expect(inside == (verdict == .supported), "\(values)")
        #expect(outside == (verdict == .refuted), "\(values)")
      }
    }
    // On the interval's very end, p is 5 %.
    let values = [0.01, -0.02, 0.02, 0, 0.01]
    let summary = SampleSummary(values)
    let end = abs(summary.mean) + (summary.intervalHalfWidth ?? .nan)
    #expect(abs((claim(values, margin: end).pValue ?? 1) - 0.05) <= 1e-12)
  }

  @Test("Ends and centres of either side, which share no sample")
  func groups() {
    let values = [0.5, -3, 0, 2, -1, 7, -0.1, 0.2, 9]
    let members = ValueGroups(values, count: 2).members
    // 0 is no value above 0.
    #expect(
      members == [
        [1, 4], [6, 2], [7, 0], [5, 8], [1, 4, 6, 2, 7, 0, 3, 5, 8],
      ])
    // Of five above 0, two a group at the most.
    let wide = ValueGroups(values, count: 100).members
    #expect(wide[2] == [7, 0] && wide[3] == [5, 8])
    #expect(ValueGroups([1, 1, 1], count: 5).members[0] == [])
    // Of equal values the first in order is the lower.
    #expect(
      ValueGroups([-1, -1, -1, -1], count: 2).members.prefix(2)
        == [[0, 1], [2, 3]])
  }

  @Test("A mean over a window decides when something first holds")
  func firstEpoch() {
    let values = [-1.0, 3, -4, 1, 2, 2]
    #expect(FirstEpoch.whereMeanIsPositive(values, window: 1) == 2)
    #expect(FirstEpoch.whereMeanIsPositive(values, window: 2) == 2)
    #expect(FirstEpoch.whereMeanIsPositive(values, window: 3) == 6)
    #expect(FirstEpoch.whereMeanIsPositive([-1, 0], window: 1) == nil)
    #expect(FirstEpoch.whereMeanIsPositive([1], window: 2) == nil)
  }

  @Test("Quadratics in λ: exact, and what the two ends say of the rest")
  func pairValues() throws {
    var stream = RandomStream(rootSeed: 3, name: "problem")
    func matrix(_ rows: Int) -> Matrix<Double> {
      Matrix(
        rowCount: rows, columnCount: 4,
        elements: stream.normals(count: 4 * rows))
    }
    let valuation = try LinearValuation(
      design: matrix(12), labels: stream.normals(count: 12),
      failureDesign: matrix(3), failureLabels: stream.normals(count: 3),
      noiseVariance: 0.5, prior: LinearPosterior(dimension: 4, variance: 2),
      team: ThreadTeam(size: 1))
    let indices = [(0, 1), (3, 2), (5, 11)]
    let quadratics = indices.map { valuation.quadratic($0, $1) }
    let pairs = PairValues(quadratics: quadratics)
    let expected = pairs.expected
    for (k, weight) in PairValues.weights.enumerated() {
      for (p, (i, j)) in indices.enumerated() {
        let exact = valuation.value(ofMixing: i, j, weight: weight).value
        let q = quadratics[p]
        // Sums of three products, and the errors of e and s: 12 · 4 terms.
        let scale = abs(q.first) + abs(q.cross) + abs(q.second) + 1
        let bound = 256 * Double.ulpOfOne * scale
        #expect(abs(pairs.values[k][p] - exact) <= bound)
        // The quadratic is the weighted mean but for its bend.
        let bend =
          weight * (1 - weight) * (q.first + q.second - 2 * q.cross)
        #expect(abs(expected[k][p] - pairs.values[k][p] - bend) <= bound)
      }
    }
  }

  @Test("Where |r̂| of a pair is largest")
  func peaks() {
    func values(_ shapes: [(Double) -> Double]) -> PairValues {
      PairValues(PairValues.weights.map { w in shapes.map { $0(w) } })
    }
    let found = values([
      { -$0 * (1 - $0) }, { 1 - $0 }, { $0 }, { -abs($0 - 0.25) },
      { 1 - abs($0 - 0.7) }, { 1 - abs($0 - 0.75) },
    ])
    let third: Double = 2 / 6.0
    #expect(found.innerPeakShare == third)
    let all: Double = 10 / 20.0
    let means = values([{ $0 }, { -$0 }]).magnitudes
    #expect(means[PairValues.half] == all && means[0] == 0)
  }

  @Test("Pairs of different images, each λ in its own part of 0…1")
  func draws() {
    let samples = ValueAnalysisTrial.draw(500, of: 3, seed: 7)
    for s in 0..<500 {
      #expect(samples.first[s] != samples.second[s])
      #expect(samples.weights[s] >= Double(s) / 500)
      #expect(samples.weights[s] < Double(s + 1) / 500)
    }
    // Six ordered pairs, 83 of each: beyond 5 deviations of 8.3 with
    // probability 6·6e-7.
    var counts: [[Int32]: Int] = [:]
    for s in 0..<500 {
      counts[[samples.first[s], samples.second[s]], default: 0] += 1
    }
    #expect(counts.count == 6)
    #expect(counts.values.allSatisfy { abs(Double($0) - 83.3) < 42 })
  }
}
