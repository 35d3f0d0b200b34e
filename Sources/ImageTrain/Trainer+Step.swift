import Mixing
import Networks
import Valuation
import VectorMath

extension Trainer {
  /// One step on the images named.
  ///
  /// - Returns: The loss that was descended; NaN or infinite where the run
  ///   diverged, and nil where no sample was kept; then nothing was changed.
  func runStep(
    _ indices: ArraySlice<Int32>, epoch: Int, recordsSamples: Bool,
    _ report: inout EpochReport
  ) -> Double? {
    let objective = plan.objective(inEpoch: epoch)
    let guidance = plan.guidance(inEpoch: epoch)
    var batch = draw(indices, objective, round: 0)
    let cleanCount = indices.count
    multiplySources(batch.sources)
    var layout = prepare(batch, objective, cleanCount)
    forward(layout)
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
        layout = prepare(batch, objective, cleanCount)
        forward(layout)
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
    backward(layout, objective)
    descend(
      layout,
      sourceCount: batch.sources.count + (layout.hasTangents ? 1 : 0),
      learningRate: report.learningRate)
    gradientSamples += trained + layout.cleanCount
    return loss
  }

  // MARK: - Rows

  func draw(
    _ indices: ArraySlice<Int32>, _ objective: Objective, round: Int
  ) -> MixedBatch {
    guard objective != .plain else {
      return MixedBatch(
        sources: Array(indices), first: [], second: [], weights: [])
    }
    let index = step * (Self.refillRounds + 1) + round
    var pairs = streams.stream("pairing", index)
    var lambdas = streams.stream("mixing-weight", index)
    return plan.mixing.draw(
      batch: indices, population: population, progress: progress,
      pairs: &pairs, lambdas: &lambdas)
  }

  /// Gathers the sources and computes their first-layer products.
  private func multiplySources(_ indices: [Int32]) {
    let w = workspace
    let inputs = shape.inputSize
    var count = indices.count
    if let meanImage {
      (w.sources + count * w.sourceStride).update(
        from: meanImage, count: inputs)
      count += 1
    }
    let gathered = indices.count
    team.forEach(plan.shards) { piece in
      let rows = cut(count, piece, of: plan.shards)
      let named = rows.clamped(to: 0..<gathered)
      indices.withUnsafeBufferPointer { indices in
        data.pixels.withUnsafeElements { pixels in
          guard let pixels = pixels.baseAddress else { return }
          Scalar.gatherRows(
            w.sources + named.lowerBound * w.sourceStride,
            stride: w.sourceStride, from: pixels, columns: inputs,
            indices: UnsafeBufferPointer(rebasing: indices[named]))
        }
      }
      w.firstLayer.multiply(
        w.sources + rows.lowerBound * w.sourceStride, stride: w.sourceStride,
        count: rows.count, into: w.products + rows.lowerBound * shape.sizes[1])
    }
  }

  func prepare(
    _ batch: MixedBatch, _ objective: Objective, _ clean: Int
  ) -> RowLayout {
    let rows = objective.rows(mixed: batch.count, clean: clean)
    let layout = RowLayout(
      mixed: rows.mixed, clean: rows.clean, tangents: rows.tangents > 0,
      shards: plan.shards)
    workspace.fillRows(
      layout, batch, labels: data.labels, meanSource: batch.sources.count)
    return layout
  }

  // MARK: - Passes

  func forward(_ layout: RowLayout) {
    let w = workspace
    let classes = shape.classCount
    let width = shape.sizes[1]
    let bias = w.parameters + shape.biasOffset(ofLayer: 1)
    forwardSamples += layout.shards.reduce(0) { $0 + $1.valueRows.count }
    team.forEach(layout.shards.count) { piece in
      let shard = layout.shards[piece]
      let values = shard.valueRows
      Scalar.combineRows(
        w.pass.preactivation(1) + values.lowerBound * width, from: w.products,
        columns: width, w.combinations(values), bias: bias)
      if let tangents = shard.tangents {
        Scalar.combineRows(
          w.pass.preactivation(1) + tangents.rows.lowerBound * width,
          from: w.products, columns: width, w.combinations(tangents.rows),
          bias: nil)
      }
      w.pass.forward(
        rows: shard.rows, tangents: shard.tangents, w.parameters)
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
  }

  private func backward(_ layout: RowLayout, _ objective: Objective) {
    let w = workspace
    let classes = shape.classCount
    let gradient = w.pass.gradient(shape.layerCount)
    team.forEach(layout.shards.count) { piece in
      let shard = layout.shards[piece]
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
      if case .mixupE(_, let term, _) = objective {
        addDirectionalGradient(shard, term)
      }
      w.pass.backward(
        rows: shard.rows, tangents: shard.tangents, w.parameters)
      var partial = w.biasPartials + piece * w.biasCount
      for layer in 1...shape.layerCount {
        let width = shape.sizes[layer]
        Scalar.columnSums(
          w.pass.gradient(layer) + start * width, rows: values.count,
          columns: width, into: partial)
        partial += width
      }
    }
  }

  /// Weight gradients and the descent itself: of the first layer for windows
  /// of inputs, of the others for windows of output units, so that a window is
  /// still in the cache when it is updated.
  private func descend(
    _ layout: RowLayout, sourceCount: Int, learningRate: Double
  ) {
    let w = workspace
    let constants = DescentConstants(
      learningRate: learningRate, momentum: plan.optimizer.momentum,
      weightDecay: plan.optimizer.weightDecay,
      nesterov: plan.optimizer.nesterov)
    team.forEach(plan.shards) { piece in
      w.writeFirstLayerSamples(
        rows: layout.rowCount, sources: sourceCount, piece: piece,
        of: plan.shards)
    }
    let samples = w.firstLayerSamples(
      rows: layout.rowCount, sources: sourceCount)
    team.forEach(plan.shards) { piece in
      w.firstLayer.descend(
        inputs: cut(shape.inputSize, piece, of: plan.shards), samples,
        constants)
      for layer in stride(from: 2, through: shape.layerCount, by: 1) {
        let before = shape.sizes[layer - 1]
        let units = cut(shape.sizes[layer], piece, of: plan.shards)
        if units.isEmpty { continue }
        let gradient = w.weightGradient(ofLayer: layer)
        w.pass.weightGradient(
          layer: layer, units: units, rowCount: layout.rowCount,
          into: gradient)
        let first = units.lowerBound * before
        let start = shape.weightOffset(ofLayer: layer) + first
        Scalar.descend(
          w.parameters + start, velocity: w.velocity + start,
          gradient: gradient + first, count: units.count * before, constants)
      }
      if piece == 0 { descendBiases(constants) }
    }
  }

  private func descendBiases(_ constants: DescentConstants) {
    let w = workspace
    var column = 0
    for layer in 1...shape.layerCount {
      let width = shape.sizes[layer]
      let offset = shape.biasOffset(ofLayer: layer)
      let sum = w.biasPartials + column
      for piece in 1..<plan.shards {
        Scalar.axpy(width, alpha: 1, sum + piece * w.biasCount, sum)
      }
      Scalar.descend(
        w.parameters + offset, velocity: w.velocity + offset, gradient: sum,
        count: width, constants)
      column += width
    }
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
    let (mixedShare, cleanShare): (Double, Double) =
      switch objective {
      case .plain: (0, 1)
      case .mixup: (1, 0)
      case .regMixup(let weight, .paper): (weight, 1)
      case .regMixup(let weight, .halved): (weight / 2, 0.5)
      case .mixupE: (1, 0)
      }
    var loss = 0.0
    for shard in layout.shards {
      for row in shard.mixedRows {
        w.scales[row] = mixedShare / Double(mixedCount)
        loss += w.scales[row] * w.losses[row]
      }
      for row in shard.cleanRows {
        w.scales[row] = cleanShare / Double(cleanCount)
        if cleanShare > 0 { loss += w.scales[row] * w.losses[row] }
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
}
