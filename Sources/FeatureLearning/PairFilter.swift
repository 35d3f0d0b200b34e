import Mixing
import Randomness
import Valuation
import VectorMath

/// Decides which pairs are kept, by the valuation engine's rules.
///
///     r̂_ij = H(ỹ_ij, p_teacher(x̃_ij)) − H(ỹ_ij, p_student(x̃_ij))
struct PairFilter {
  let seed: UInt64
  let weights: MixingPlan.Weights
  let labels: [Int32]
  let teachers: [PatchPredictor]
  let replay: FilterTrace?
  let team: ThreadTeam
  private(set) var trace = FilterTrace()
  /// The teachers' losses where λ is fixed: they do not change then.
  private var teacherLosses: [Double]?
  private var fixedSamples: MixedSamples?

  init(
    seed: UInt64, weights: MixingPlan.Weights, labels: [Int32],
    teachers: [PatchPredictor], replay: FilterTrace?, team: ThreadTeam
  ) {
    self.seed = seed
    self.weights = weights
    self.labels = labels
    self.teachers = teachers
    self.replay = replay
    self.team = team
  }

  /// Values all pairs and keeps those that the filter keeps.
  mutating func select(
    _ guidance: PairGuidance, student: PatchPredictor, iteration: Int,
    progress: Double
  ) -> PairSelection {
    let n = labels.count
    let samples = samples(iteration: iteration, progress: progress)
    var values: [Double] = []
    var studentLosses = [Double](repeating: 0, count: n * n)
    if guidance.filter.needsValues || guidance.filter == .studentLoss {
      studentLosses = MixedValuation.meanCrossEntropies(
        of: samples, labels: labels, under: [student], team: team)
    }
    if guidance.filter.needsValues {
      let losses =
        teacherLosses
        ?? MixedValuation.meanCrossEntropies(
          of: samples, labels: labels, under: teachers, team: team)
      if fixedSamples != nil { teacherLosses = losses }
      values =
        MixedValuation(lossBefore: studentLosses, lossAfter: losses).values
    } else {
      values = [Double](repeating: 0, count: n * n)
    }
    if guidance.filter.replays, let replay {
      precondition(
        trace.stepCount < replay.stepCount,
        "counts of \(replay.stepCount) decisions for a run with more")
    }
    var stream = RandomStream(
      rootSeed: seed, name: "filter-control", index: UInt64(iteration))
    let kept = guidance.filter.keeps(
      values: values, studentLosses: studentLosses, weights: samples.weights,
      replay: replay?.counts(ofStep: trace.stepCount) ?? [], stream: &stream)
    trace.record(kept: kept, weights: samples.weights)
    return PairSelection(
      sampleCount: n, kept: kept,
      mixingWeights: fixedSamples == nil ? samples.weights : nil,
      total: guidance.normalization == .full ? Double(n * n) : nil)
  }

  /// All ordered pairs, pair (i, j) at i·n + j.
  private mutating func samples(
    iteration: Int, progress: Double
  ) -> MixedSamples {
    if let fixedSamples { return fixedSamples }
    let plan = MixingPlan(weights: weights, pairing: .allPairs)
    var pairs = RandomStream(rootSeed: seed, name: "pairing")
    var lambdas = RandomStream(
      rootSeed: seed, name: "mixing-weights", index: UInt64(iteration))
    let samples = plan.draw(
      batch: (0..<Int32(labels.count)).map { $0 }[...], population: [],
      progress: progress, pairs: &pairs, lambdas: &lambdas
    ).samples
    if case .fixed = weights { fixedSamples = samples }
    return samples
  }
}
