import Mixing
import Networks
import Valuation
import VectorMath

extension Trainer {
  /// Pieces of the sources' copies, whose cut changes no number.
  private var copyPieces: Int { team.size == 1 ? 1 : 4 * team.size }

  /// One step on the images named.
  ///
  /// - Parameters:
  ///   - drawn: Its batch if the step before drew it; then the next step's.
  ///   - next: The images of the next step, if it is of the same epoch.
  /// - Returns: The loss that was descended; NaN or infinite where the run
  ///   diverged, and nil where no sample was kept; then nothing was changed.
  func runStep(
    _ indices: ArraySlice<Int32>, drawn: inout MixedBatch?,
    next: ArraySlice<Int32>?, epoch: Int, recordsSamples: Bool,
    _ report: inout EpochReport
  ) -> Double? {
    let objective = plan.objective(inEpoch: epoch)
    let guidance = plan.guidance(inEpoch: epoch)
    var batch = drawn ?? draw(indices, objective, step: step, round: 0)
    let cleanCount = indices.count
    multiplySources(batch.sources)
    var layout = layout(batch, objective, cleanCount)
    // With a filter or MixupE's term a row's weight in the loss depends on the
    // other rows' losses.
    let waits = guidance != nil || objective.directionalTerm != nil
    forward(
      layout, batch,
      backwardWith: waits
        ? nil : objective.shares(mixed: batch.count, clean: layout.cleanCount)
    ) {
      drawn = next.map { draw($0, objective, step: step + 1, round: 0) }
    }
    guard hasFiniteLosses(layout) else { return .nan }
    let wanted = objective == .plain ? 0 : batch.count
    var kept = [Bool](repeating: true, count: wanted)
    var keptCount = wanted
    if let guidance {
      guard
        let decision = filter(
          batch, layout, guidance, round: 0, recordsSamples: recordsSamples,
          &report)
      else { return .nan }
      kept = decision
      trace.record(kept: kept, weights: batch.weights)
      keptCount = kept.count { $0 }
      if guidance.dropped != .masked && keptCount < wanted {
        if guidance.dropped == .unmixed {
          batch.unmix(where: kept.map { !$0 })
        } else {
          guard
            let full = refill(
              batch, kept, guidance, objective, cleanCount,
              recordsSamples: recordsSamples, &report)
          else { return .nan }
          batch = full
          keptCount = batch.count
        }
        kept = [Bool](repeating: true, count: batch.count)
        layout = self.layout(batch, objective, cleanCount)
        forward(layout, batch)
      }
    }
    report.kept += keptCount
    let trained = kept.count { $0 }
    if trained + layout.cleanCount == 0 {
      report.skippedSteps += 1
      return nil
    }
    let denominator =
      guidance?.normalization == .full ? wanted : trained
    if trained < wanted {
      workspace.drop(layout, keeping: kept)
      layout = layout.keeping(kept)
    }
    let loss = scaleRows(layout, objective, mixedCount: denominator)
    guard loss.isFinite else { return loss }
    if waits {
      team.forEach(layout.shards.count) { shard in
        backward(layout, shard: shard, objective.directionalTerm)
      }
    }
    descend(
      layout,
      sourceCount: batch.sources.count + (layout.hasTangents ? 1 : 0),
      learningRate: report.learningRate)
    gradientSamples += trained + layout.cleanCount
    return loss
  }

  // MARK: - Rows

  func draw(
    _ indices: ArraySlice<Int32>, _ objective: Objective, step: Int, round: Int
  ) -> MixedBatch {
    guard objective != .plain else {
      return MixedBatch(
        sources: Array(indices), first: [], second: [], weights: [])
    }
    let index = step * (Self.refillRounds + 1) + round
    var pairs = streams.stream("pairing", index)
    var lambdas = streams.stream("mixing-weight", index)
    return plan.mixing.draw(
      batch: indices, population: population, progress: progress(at: step),
      pairs: &pairs, lambdas: &lambdas)
  }

  /// Gathers the sources and computes their first-layer products.
  private func multiplySources(_ indices: [Int32]) {
    let w = workspace
    let inputs = shape.inputSize
    if let meanImage {
      (w.sources + indices.count * w.sourceStride).update(
        from: meanImage, count: inputs)
    }
    team.forEach(copyPieces) { piece in
      let rows = cut(indices.count, piece, of: copyPieces)
      indices.withUnsafeBufferPointer { indices in
        data.pixels.withUnsafeElements { pixels in
          guard let pixels = pixels.baseAddress else { return }
          Scalar.gatherRows(
            w.sources + rows.lowerBound * w.sourceStride,
            stride: w.sourceStride, from: pixels, columns: inputs,
            indices: UnsafeBufferPointer(rebasing: indices[rows]))
        }
      }
    }
    team.forEach(firstLayerPieces.count) { piece in
      w.network[1].multiply(
        firstLayerPieces[piece], w.sources, stride: w.sourceStride,
        count: indices.count + (meanImage == nil ? 0 : 1), into: w.products)
    }
  }

  func layout(
    _ batch: MixedBatch, _ objective: Objective, _ clean: Int
  ) -> RowLayout {
    let rows = objective.rows(mixed: batch.count, clean: clean)
    return RowLayout(
      mixed: rows.mixed, clean: rows.clean, tangents: rows.tangents > 0)
  }

  // MARK: - Passes

  /// Fills all rows and runs them to their losses.
  ///
  /// - Parameters:
  ///   - shares: Each row's weight in the loss, for the rows to go backward at
  ///     once; nil where they wait.
  ///   - other: What a thread does when all rows are taken.
  func forward(
    _ layout: RowLayout, _ batch: MixedBatch,
    backwardWith shares: (mixed: Double, clean: Double)? = nil,
    meanwhile other: () -> Void = {}
  ) {
    forwardSamples += layout.shards.reduce(0) { $0 + $1.valueRows.count }
    team.forEach(layout.shards.count + 1) { piece in
      if piece == layout.shards.count { return other() }
      let shard = layout.shards[piece]
      workspace.fillRows(
        shard, batch, labels: data.labels, meanSource: batch.sources.count)
      forward(shard)
      if let shares {
        scale(shard, shares)
        backward(layout, shard: piece, nil)
      }
    }
  }

  private func forward(_ shard: RowLayout.Shard) {
    let w = workspace
    let classes = shape.classCount
    let width = shape.sizes[1]
    let values = shard.valueRows
    Scalar.combineRows(
      w.pass.preactivation(1) + values.lowerBound * width, from: w.products,
      columns: width, w.combinations(values), bias: w.network.bias(ofLayer: 1))
    if let tangents = shard.tangents {
      Scalar.combineRows(
        w.pass.preactivation(1) + tangents.rows.lowerBound * width,
        from: w.products, columns: width, w.combinations(tangents.rows),
        bias: nil)
    }
    w.pass.forward(rows: shard.rows, tangents: shard.tangents, w.network)
    let start = values.lowerBound
    Scalar.logSoftmax(
      w.pass.logits + start * classes,
      into: w.pass.logProbabilities + start * classes, rows: values.count,
      columns: classes)
    switch plan.loss {
    case .crossEntropy:
      Scalar.mixedCrossEntropy(
        w.pass.logProbabilities + start * classes, classes: classes,
        w.targets(values), into: w.losses + start)
    case .squaredError(let mixesLosses):
      Scalar.mixedSquaredError(
        w.pass.logits + start * classes, classes: classes,
        w.targets(values), mixesLosses: mixesLosses, into: w.losses + start)
    }
  }

  /// Runs a shard's rows backward and sums up its biases' gradients.
  ///
  /// - Parameter term: MixupE's, if the objective has it.
  private func backward(
    _ layout: RowLayout, shard index: Int, _ term: DirectionalTerm?
  ) {
    let w = workspace
    let classes = shape.classCount
    let gradient = w.pass.gradient(shape.layerCount)
    let shard = layout.shards[index]
    let values = shard.valueRows
    let start = values.lowerBound
    switch plan.loss {
    case .crossEntropy:
      Scalar.crossEntropyGradient(
        w.pass.logProbabilities + start * classes,
        into: gradient + start * classes, classes: classes,
        w.targets(values), scale: w.scales + start)
    case .squaredError:
      Scalar.squaredErrorGradient(
        w.pass.logits + start * classes, into: gradient + start * classes,
        classes: classes, w.targets(values), scale: w.scales + start)
    }
    if let term { addDirectionalGradient(shard, term) }
    w.pass.backward(rows: shard.rows, tangents: shard.tangents, w.network)
    var partial = w.biasPartials + index * shape.biasCount
    for layer in 1...shape.layerCount {
      let width = shape.sizes[layer]
      Scalar.columnSums(
        w.pass.gradient(layer) + start * width, rows: values.count,
        columns: width, into: partial)
      partial += width
    }
  }

  /// Weight gradients and the descent itself: the layers above the first while
  /// their rows are still in the cache.
  private func descend(
    _ layout: RowLayout, sourceCount: Int, learningRate: Double
  ) {
    let w = workspace
    let rows = layout.rowCount
    let constants = DescentConstants(
      learningRate: learningRate, momentum: plan.optimizer.momentum,
      weightDecay: plan.optimizer.weightDecay,
      nesterov: plan.optimizer.nesterov)
    let upperCount = upperLayerPieces.count
    // So many that a piece of a usual batch stays near.
    let samplePieces = max(8, copyPieces)
    team.forEach(upperCount + samplePieces + 1) { piece in
      if piece < upperCount {
        let (layer, piece) = upperLayerPieces[piece]
        w.network[layer].descend(
          piece, w.upperLayerSamples(layer, rows: rows), constants)
      } else if piece < upperCount + samplePieces {
        w.writeFirstLayerSamples(
          rows: rows, sources: sourceCount, piece: piece - upperCount,
          of: samplePieces)
      } else {
        descendBiases(shardCount: layout.shards.count, constants)
      }
    }
    let samples = w.firstLayerSamples(rows: rows, sources: sourceCount)
    team.forEach(firstLayerPieces.count) { piece in
      w.network[1].descend(firstLayerPieces[piece], samples, constants)
    }
  }

  private func descendBiases(shardCount: Int, _ constants: DescentConstants) {
    let sum = workspace.biasPartials
    for shard in 1..<shardCount {
      Scalar.axpy(
        shape.biasCount, alpha: 1, sum + shard * shape.biasCount, sum)
    }
    workspace.network.descendBiases(along: sum, constants)
  }

  // MARK: - Loss

  /// Whether every row's loss is a number; where one is not, the run diverged,
  /// whatever a filter would make of it.
  func hasFiniteLosses(_ layout: RowLayout) -> Bool {
    layout.shards.allSatisfy { shard in
      shard.valueRows.allSatisfy { workspace.losses[$0].isFinite }
    }
  }

  /// Sets each row's weight in the loss and returns the loss.
  private func scaleRows(
    _ layout: RowLayout, _ objective: Objective, mixedCount: Int
  ) -> Double {
    let w = workspace
    let cleanCount = layout.cleanCount
    let shares = objective.shares(mixed: mixedCount, clean: cleanCount)
    var loss = 0.0
    for shard in layout.shards {
      scale(shard, shares)
      for row in shard.valueRows where w.scales[row] != 0 {
        loss += w.scales[row] * w.losses[row]
      }
    }
    if case .mixupE(let weight, let term, let rescaled) = objective {
      let displacement = plan.mixing.law(at: progress).meanDisplacement
      loss = scaleDirectionalRows(
        layout, term, mixedLoss: loss, rescaled: rescaled,
        factor: weight * displacement / Double(cleanCount))
    }
    return loss
  }

  private func scale(
    _ shard: RowLayout.Shard, _ shares: (mixed: Double, clean: Double)
  ) {
    for row in shard.mixedRows { workspace.scales[row] = shares.mixed }
    for row in shard.cleanRows { workspace.scales[row] = shares.clean }
  }
}
