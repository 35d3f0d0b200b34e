public import Randomness

/// Which mixed samples of a batch enter the loss.
///
/// `low`, `high` and `all` are the slides' filters. The others are controls:
/// without them, a gain of a filter cannot be told from the gain of fewer or
/// different samples. The first three controls replay how many samples a
/// paired run with the `low` filter kept at each step.
public enum SampleFilter: String, CaseIterable, Sendable {
  /// Keeps r̂ ≤ 0: there the student is no better than the teacher.
  case low
  /// Keeps r̂ > 0.
  case high
  /// Keeps everything; the same loop without dropping.
  case all
  /// Keeps as many as the paired run, chosen at random.
  case random
  /// Keeps as many as the paired run within each bin of |λ − ½|, at random.
  case weightMatched = "lambda-matched"
  /// Keeps as many as the paired run, the highest student losses first.
  case studentLoss = "student-loss"
  /// The `low` rule on values permuted within the batch.
  case shuffled

  /// Whether the filter replays the counts of a paired run.
  public var replays: Bool {
    self == .random || self == .weightMatched || self == .studentLoss
  }

  /// Whether the filter needs r̂, and so a teacher.
  public var needsValues: Bool {
    self == .low || self == .high || self == .shuffled || self == .all
  }
}

/// Why numbers are no trace of a filter.
public enum FilterTraceError: Error, Equatable, CustomStringConvertible {
  /// The numbers do not make up whole steps.
  case incompleteStep(found: Int)
  /// A number counts nothing.
  case noCount(found: Int)

  /// What was expected and what was found.
  public var description: String { "expected \(expected), found \(found)" }

  /// What was expected.
  public var expected: String {
    switch self {
    case .incompleteStep: "\(FilterTrace.binCount) counts per step"
    case .noCount: "counts in 0...\(Int32.max)"
    }
  }

  /// What was found.
  public var found: String {
    switch self {
    case .incompleteStep(let found): "\(found) counts in all"
    case .noCount(let found): "\(found)"
    }
  }
}

/// How many samples were kept at each step, by bin of |λ − ½|.
public struct FilterTrace: Sendable, Equatable {
  /// Bins of equal width over |λ − ½| in [0, ½].
  public static let binCount = 10

  /// Kept counts, `binCount` of them per step.
  public private(set) var counts: [Int32] = []

  /// A trace without steps.
  public init() {}

  /// A trace from its counts, `binCount` per step.
  ///
  /// - Throws: `FilterTraceError` where they are none: counts come from files.
  public init(counts: [Int]) throws(FilterTraceError) {
    guard counts.count.isMultiple(of: Self.binCount) else {
      throw .incompleteStep(found: counts.count)
    }
    var stored: [Int32] = []
    stored.reserveCapacity(counts.count)
    for count in counts {
      guard count >= 0, let small = Int32(exactly: count) else {
        throw .noCount(found: count)
      }
      stored.append(small)
    }
    self.counts = stored
  }

  /// Number of steps.
  public var stepCount: Int { counts.count / Self.binCount }

  /// The bin of a mixing weight.
  public static func bin(ofWeight weight: Double) -> Int {
    min(Int(abs(weight - 0.5) * 2 * Double(binCount)), binCount - 1)
  }

  /// Records a step.
  public mutating func record(kept: [Bool], weights: [Double]) {
    var step = [Int32](repeating: 0, count: Self.binCount)
    for (keep, weight) in zip(kept, weights) where keep {
      step[Self.bin(ofWeight: weight)] += 1
    }
    counts += step
  }

  /// The counts of a step, bin by bin.
  public func counts(ofStep step: Int) -> ArraySlice<Int32> {
    counts[step * Self.binCount..<(step + 1) * Self.binCount]
  }

  /// The total kept at a step.
  public func kept(atStep step: Int) -> Int {
    counts(ofStep: step).reduce(0) { $0 + Int($1) }
  }
}

extension SampleFilter {
  /// Decides which samples of a batch are kept.
  ///
  /// - Parameters:
  ///   - values: r̂ of each sample; ignored by filters that do not need it.
  ///   - studentLosses: The student's cross-entropy of each sample.
  ///   - weights: λ of each sample.
  ///   - replay: The paired run's counts of this step, bin by bin, for the
  ///     filters that replay.
  ///   - stream: The stream of the control's own draws.
  /// - Returns: One flag per sample.
  public func keeps(
    values: [Double], studentLosses: [Double], weights: [Double],
    replay: ArraySlice<Int32>, stream: inout RandomStream
  ) -> [Bool] {
    switch self {
    case .low: values.map { $0 <= 0 }
    case .high: values.map { $0 > 0 }
    case .all: values.map { _ in true }
    case .shuffled:
      stream.permutation(of: values.count).map { values[$0] <= 0 }
    case .random:
      Self.choose(
        replay.reduce(0) { $0 + Int($1) }, of: Array(weights.indices),
        among: weights.count, stream: &stream)
    case .weightMatched:
      Self.chooseWithinBins(weights: weights, replay, stream: &stream)
    case .studentLoss:
      Self.highest(replay.reduce(0) { $0 + Int($1) }, of: studentLosses)
    }
  }

  private static func choose(
    _ count: Int, of candidates: [Int], among total: Int,
    stream: inout RandomStream
  ) -> [Bool] {
    var kept = [Bool](repeating: false, count: total)
    for k in stream.permutation(of: candidates.count).prefix(count) {
      kept[candidates[k]] = true
    }
    return kept
  }

  private static func chooseWithinBins(
    weights: [Double], _ replay: ArraySlice<Int32>,
    stream: inout RandomStream
  ) -> [Bool] {
    var kept = [Bool](repeating: false, count: weights.count)
    var members = [[Int]](repeating: [], count: FilterTrace.binCount)
    for (s, weight) in weights.enumerated() {
      members[FilterTrace.bin(ofWeight: weight)].append(s)
    }
    for (candidates, count) in zip(members, replay) {
      let chosen = stream.permutation(of: candidates.count).prefix(Int(count))
      for k in chosen { kept[candidates[k]] = true }
    }
    return kept
  }

  /// Ties go to the sample that comes first.
  private static func highest(_ count: Int, of losses: [Double]) -> [Bool] {
    let order = losses.indices.sorted {
      losses[$0] != losses[$1] ? losses[$0] > losses[$1] : $0 < $1
    }
    var kept = [Bool](repeating: false, count: losses.count)
    for s in order.prefix(count) { kept[s] = true }
    return kept
  }
}
