import Randomness
import Testing
import Valuation

@Suite("Filters and their matched controls")
struct SampleFilterTests {
  private let values: [Double]
  private let losses: [Double]
  private let weights: [Double]
  private let count = 200

  init() {
    var stream = RandomStream(rootSeed: 1, name: "filter")
    values = (0..<200).map { k in
      k % 40 == 0 ? 0 : stream.uniform(in: -1...1.5)
    }
    losses = (0..<200).map { _ in stream.uniform() }
    weights = (0..<200).map { k in
      k % 50 == 0 ? 0 : k % 50 == 1 ? 1 : k % 50 == 2 ? 0.5 : stream.uniform()
    }
  }

  private func keeps(
    _ filter: SampleFilter, replay: FilterTrace? = nil, seed: Int = 1
  ) -> [Bool] {
    var stream = RandomStream(rootSeed: UInt64(seed), name: "filter-control")
    return filter.keeps(
      values: values, studentLosses: losses, weights: weights,
      replay: replay?.counts(ofStep: 0) ?? [], stream: &stream)
  }

  /// The trace of a step of the `low` filter.
  private var lowTrace: FilterTrace {
    var trace = FilterTrace()
    trace.record(kept: keeps(.low), weights: weights)
    return trace
  }

  @Test("low and high are disjoint and make up all; zero counts as low")
  func lowAndHigh() {
    let (low, high) = (keeps(.low), keeps(.high))
    for k in 0..<count {
      #expect(low[k] != high[k])
      #expect(low[k] == (values[k] <= 0))
    }
    #expect(keeps(.all) == [Bool](repeating: true, count: count))
    #expect(low.contains(true) && high.contains(true))
    #expect(low[0] && values[0] == 0)
  }

  @Test("random keeps exactly as many as were kept, others each time")
  func random() {
    let trace = lowTrace
    #expect(trace.kept(atStep: 0) == keeps(.low).count { $0 })
    let choices = (0..<10).map { keeps(.random, replay: trace, seed: $0) }
    for choice in choices {
      #expect(choice.count { $0 } == trace.kept(atStep: 0))
      #expect(choice != keeps(.low))
    }
    #expect(Set(choices).count == 10)
  }

  @Test("random keeps each sample equally often")
  func fairness() {
    let trace = lowTrace
    let rounds = 2000
    var occurrences = [Int](repeating: 0, count: count)
    for seed in 0..<rounds {
      let kept = keeps(.random, replay: trace, seed: seed)
      for k in 0..<count where kept[k] { occurrences[k] += 1 }
    }
    // Binomial: six standard deviations are passed with probability 2·10⁻⁹,
    // by any of 200 samples with 4·10⁻⁷.
    let share = Double(trace.kept(atStep: 0)) / Double(count)
    let deviation = (Double(rounds) * share * (1 - share)).squareRoot()
    for occurrence in occurrences {
      #expect(abs(Double(occurrence) - share * Double(rounds)) <= 6 * deviation)
    }
  }

  @Test("lambda-matched keeps exactly as many in each bin of |λ − ½|")
  func weightMatched() {
    let trace = lowTrace
    for seed in 0..<5 {
      let kept = keeps(.weightMatched, replay: trace, seed: seed)
      var counts = [Int32](repeating: 0, count: 10)
      for k in 0..<count where kept[k] {
        // Bins of width 1/20; the last one is closed.
        counts[min(Int(abs(weights[k] - 0.5) * 20), 9)] += 1
      }
      #expect(counts == Array(trace.counts(ofStep: 0)))
      #expect(kept != keeps(.low))
    }
  }

  @Test("student-loss keeps the highest losses, ties in order")
  func studentLoss() {
    let kept = keeps(.studentLoss, replay: lowTrace)
    #expect(kept.count { $0 } == lowTrace.kept(atStep: 0))
    let lowest = (0..<count).filter { kept[$0] }.map { losses[$0] }.min()
    let highest = (0..<count).filter { !kept[$0] }.map { losses[$0] }.max()
    #expect((lowest ?? .nan) > (highest ?? .nan))
    var stream = RandomStream(rootSeed: 1, name: "ties")
    let tied = SampleFilter.studentLoss.keeps(
      values: [], studentLosses: [1, 2, 1, 1, 2], weights: [],
      replay: [2, 1], stream: &stream)
    #expect(tied == [true, true, false, false, true])
  }

  @Test("shuffled keeps as many as there are values up to zero")
  func shuffled() {
    let choices = (0..<5).map { keeps(.shuffled, seed: $0) }
    for choice in choices {
      #expect(choice.count { $0 } == values.count { $0 <= 0 })
      #expect(choice != keeps(.low))
    }
    #expect(Set(choices).count == 5)
  }

  @Test("A filter replays a paired run or needs values")
  func needs() {
    #expect(
      SampleFilter.allCases.filter(\.replays)
        == [.random, .weightMatched, .studentLoss])
    for filter in SampleFilter.allCases {
      #expect(filter.needsValues == !filter.replays)
    }
  }

  @Test("A trace counts step by step, by bin")
  func traces() throws {
    var trace = FilterTrace()
    trace.record(
      kept: [true, true, true, false, true], weights: [0, 1, 0.5, 0.5, 0.76])
    trace.record(kept: [false], weights: [0.5])
    #expect(trace.stepCount == 2)
    #expect(
      Array(trace.counts(ofStep: 0)) == [1, 0, 0, 0, 0, 1, 0, 0, 0, 2])
    #expect(trace.kept(atStep: 0) == 4 && trace.kept(atStep: 1) == 0)
    #expect(
      try FilterTrace(counts: trace.counts.map { Int($0) }) == trace)
    for k in 0...1000 {
      #expect((0..<10).contains(FilterTrace.bin(ofWeight: Double(k) / 1000)))
    }
  }

  @Test("Numbers that are no counts of whole steps are no trace")
  func brokenTrace() {
    #expect(throws: FilterTraceError.incompleteStep(found: 3)) {
      try FilterTrace(counts: [1, 2, 3])
    }
    for bad in [-1, Int(Int32.max) + 1, .min] {
      #expect(throws: FilterTraceError.noCount(found: bad)) {
        try FilterTrace(counts: [Int](repeating: 0, count: 9) + [bad])
      }
    }
  }

  @Test("Counts beyond a batch keep all of it")
  func largeCounts() throws {
    let trace = try FilterTrace(
      counts: [Int](repeating: Int(Int32.max), count: FilterTrace.binCount))
    for filter in SampleFilter.allCases where filter.replays {
      var stream = RandomStream(rootSeed: 1, name: "control")
      let kept = filter.keeps(
        values: [0, 0], studentLosses: [1, 2], weights: [0.2, 0.6],
        replay: trace.counts(ofStep: 0), stream: &stream)
      #expect(kept == [true, true])
    }
  }
}
