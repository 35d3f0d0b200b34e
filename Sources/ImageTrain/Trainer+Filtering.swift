import Mixing
import Valuation
import VectorMath

extension Trainer {
  /// Rounds of new mixtures before a refilled batch stays short.
  static var refillRounds: Int { 8 }

  /// Values the mixed samples and decides which are kept.
  ///
  /// - Parameter round: 0 for the batch itself, then the round of refilling.
  /// - Returns: One flag per sample; nil where a loss is not a number.
  func filter(
    _ batch: MixedBatch, _ layout: RowLayout, _ guidance: Guidance,
    round: Int, recordsSamples: Bool, _ report: inout EpochReport
  ) -> [Bool]? {
    let w = workspace
    let count = batch.count
    collectStudentLosses(layout)
    let student = UnsafeBufferPointer(start: w.studentLosses, count: count)
    var values = [Double](repeating: 0, count: count)
    if guidance.filter.needsValues {
      let samples = batch.samples
      team.forEach(layout.shards.count) { piece in
        let shard = layout.shards[piece]
        MixedValuation.meanCrossEntropies(
          of: samples, in: shard.mixed, w.targets(shard.mixedRows),
          under: teachers, into: w.teacherLosses + shard.mixed.lowerBound)
      }
      forwardSamples += count * teachers.count
      let teacher = UnsafeBufferPointer(start: w.teacherLosses, count: count)
      values = zip(teacher, student).map { $0 - $1 }
      guard values.allSatisfy(\.isFinite) else { return nil }
      report.values += values
      if recordsSamples {
        report.steps += repeatElement(step, count: count)
        report.samples.first += samples.first
        report.samples.second += samples.second
        report.samples.weights += samples.weights
      }
    }
    var control = streams.stream(
      round == 0 ? "filter-control" : "filter-control/round-\(round)", step)
    let filter = guidance.filter
    let kept = filter.keeps(
      values: values, studentLosses: Array(student), weights: batch.weights,
      replay: filter.replays
        ? replay?.counts(ofStep: trace.stepCount) ?? [] : [],
      stream: &control)
    report.dropped += kept.count { !$0 }
    return kept
  }

  /// The student's cross-entropies of the mixed samples, whatever the loss.
  private func collectStudentLosses(_ layout: RowLayout) {
    let w = workspace
    let classes = shape.classCount
    for shard in layout.shards {
      let start = shard.mixedRows.lowerBound
      Scalar.mixedCrossEntropy(
        w.pass.logProbabilities + start * classes, classes: classes,
        w.targets(shard.mixedRows),
        into: w.studentLosses + shard.mixed.lowerBound)
    }
  }

  /// Collects kept mixtures of the batch's images until it is full again.
  ///
  /// - Returns: The batch; nil where a loss is not a number.
  func refill(
    _ batch: MixedBatch, _ kept: [Bool], _ guidance: Guidance,
    _ objective: Objective, _ clean: Int, recordsSamples: Bool,
    _ report: inout EpochReport
  ) -> MixedBatch? {
    var full = MixedBatch(
      sources: batch.sources, first: [], second: [], weights: [])
    func take(_ candidates: MixedBatch, _ kept: [Bool]) {
      for s in candidates.first.indices
      where kept[s] && full.count < batch.count {
        full.first.append(candidates.first[s])
        full.second.append(candidates.second[s])
        full.weights.append(candidates.weights[s])
      }
    }
    take(batch, kept)
    let indices = ArraySlice(batch.sources)
    for round in 1...Self.refillRounds where full.count < batch.count {
      let candidates = draw(
        indices, objective, step: step, round: round)
      let layout = layout(candidates, objective, clean)
      forward(layout, candidates)
      guard
        let kept = filter(
          candidates, layout, guidance, round: round,
          recordsSamples: recordsSamples, &report)
      else { return nil }
      take(candidates, kept)
    }
    return full
  }
}
