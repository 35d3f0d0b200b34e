public import LinearAlgebra
import VectorMath

extension PatchDescent {
  /// Takes a step down the objective's gradient.
  ///
  /// - Parameter measuring: Whether the loss before the step is wanted.
  /// - Returns: The loss before the step, if it is wanted.
  /// - Precondition: A selection is for as many samples as there are.
  @discardableResult
  public func step(
    _ objective: PairObjective, learningRate: Double, measuring: Bool = false
  ) throws(FeatureLearningError) -> Double? {
    check(objective)
    let loss = try computeSlopes(of: objective, measuring: measuring)
    gatherSlopes(scale: learningRate)
    moveWeights()
    respond()
    spreadResponses()
    iteration += 1
    return measuring ? loss : nil
  }

  /// The objective at the present weights.
  public func loss(
    _ objective: PairObjective
  ) throws(FeatureLearningError) -> Double {
    check(objective)
    return try computeSlopes(of: objective, measuring: true)
  }

  /// The gradient with respect to the weights, in their shape; of a rescaled
  /// directional term, the rescaled one.
  public func gradient(
    _ objective: PairObjective
  ) throws(FeatureLearningError) -> Matrix<Double> {
    check(objective)
    try computeSlopes(of: objective, measuring: false)
    foldSlopes()
    let (count, dimension) = (space.distinctCount, space.data.dimension)
    var gradient = Matrix<Double>(
      rowCount: channels, columnCount: dimension, repeating: 0)
    gradient.withUnsafeMutableElements { gradient in
      space.distinct.withUnsafeElements { patches in
        guard let g = gradient.baseAddress, let x = patches.baseAddress else {
          return
        }
        Double.gemm(
          transposeA: true, transposeB: false, rows: channels,
          columns: dimension, inner: count, alpha: 1, buffers.distinctSlopes,
          strideA: channels, x, strideB: dimension, beta: 0, g,
          strideC: dimension)
      }
    }
    return gradient
  }

  /// The error that the expectation over λ has, found with twice the nodes.
  ///
  /// At the present weights: of the loss, and of ∂L/∂S relative to its largest
  /// element. Zero for laws that are no Beta law.
  public func quadratureError(
    _ objective: PairObjective
  ) throws(FeatureLearningError) -> (loss: Double, slope: Double) {
    guard case .beta = objective.law, objective.mixedWeight > 0,
      objective.selection?.mixingWeights == nil
    else { return (0, 0) }
    check(objective)
    let count = channels * space.data.patches.rowCount
    let fine = try computeSlopes(
      of: objective, measuring: true, doubling: true)
    let fineSlopes = Array(
      UnsafeBufferPointer(start: buffers.slopes, count: count))
    let coarse = try computeSlopes(of: objective, measuring: true)
    var (difference, largest) = (0.0, 0.0)
    for (index, slope) in fineSlopes.enumerated() {
      let change = abs(slope - buffers.slopes[index])
      // `max` would drop a change that is not a number.
      if change.isNaN { return (.nan, .nan) }
      difference = max(difference, change)
      largest = max(largest, abs(slope))
    }
    return (
      abs(fine - coarse), largest > 0 ? difference / largest : 0
    )
  }

  private func check(_ objective: PairObjective) {
    precondition(
      objective.penalty == nil
        || objective.mixedWeight > 0 && objective.selection == nil,
      "a directional term without mixed pairs, or beside a selection of them")
    if let selection = objective.selection {
      precondition(
        selection.sampleCount == sampleCount,
        "a selection of \(selection.sampleCount)² pairs for \(sampleCount) "
          + "samples")
    }
  }

  /// ∂L/∂S of a piece of the distinct patches, handed to `body` with the index
  /// of patch and channel.
  @inline(__always)
  private func sumSlopes(
    _ range: Range<Int>, _ body: (_ u: Int, _ c: Int, _ sum: Double) -> Void
  ) {
    let positions = space.data.patches.rowCount
    space.starts.withUnsafeBufferPointer { starts in
      space.members.withUnsafeBufferPointer { members in
        for c in 0..<channels {
          let slopes = buffers.slopes + c * positions
          if space.isIdentity {
            for u in range { body(u, c, slopes[u]) }
          } else {
            for u in range {
              var sum = 0.0
              for m in Int(starts[u])..<Int(starts[u + 1]) {
                sum += slopes[Int(members[m])]
              }
              body(u, c, sum)
            }
          }
        }
      }
    }
  }

  /// ∂L/∂S summed over equal patches.
  private func foldSlopes() {
    let channels = channels
    let out = buffers.distinctSlopes
    team.forEach(pieces.count) { piece in
      sumSlopes(patches(ofPiece: piece)) { u, c, sum in
        out[u * channels + c] = sum
      }
    }
  }

  private func patches(ofPiece piece: Int) -> Range<Int> {
    let (b, range) = pieces[piece]
    let start = space.blocks[b].range.lowerBound
    return start + range.lowerBound..<start + range.upperBound
  }

  /// C ← C − η·∂L/∂S in the Gram form, η·∂L/∂S aside in the direct one.
  private func gatherSlopes(scale: Double) {
    let channels = channels
    team.forEach(pieces.count) { piece in
      let block = space.blocks[pieces[piece].block]
      switch block.kind {
      case .gram:
        let start = block.range.lowerBound
        let state = buffers.states[pieces[piece].block]
        sumSlopes(patches(ofPiece: piece)) { u, c, sum in
          state[(u - start) * channels + c] -= scale * sum
        }
      case .direct:
        let out = buffers.distinctSlopes
        sumSlopes(patches(ofPiece: piece)) { u, c, sum in
          out[u * channels + c] = scale * sum
        }
      }
    }
  }

  /// W ← W − Xᵀ·(η·∂L/∂S) in the direct form.
  private func moveWeights() {
    guard case .direct(_, let panels) = space.blocks[0].kind else { return }
    let (channels, dimension) = (channels, space.data.dimension)
    let width = Self.tileSize
    let (gradient, weights) = (buffers.gradient, buffers.states[0])
    team.forEach((dimension + width - 1) / width) { piece in
      let range = piece * width..<min((piece + 1) * width, dimension)
      panels.multiply(
        columns: range, coefficients: buffers.distinctSlopes,
        channels: channels, base: nil, into: gradient, stride: dimension)
      for c in 0..<channels {
        for k in range {
          weights[k * channels + c] -= gradient[c * dimension + k]
        }
      }
    }
  }

  /// S = S(0) + K·C, or S = X·W.
  private func respond() {
    let count = space.distinctCount
    team.forEach(pieces.count) { piece in
      let (b, range) = pieces[piece]
      let block = space.blocks[b]
      let start = block.range.lowerBound
      let out = buffers.distinctResponses + start
      switch block.kind {
      case .gram(let panels):
        panels.multiply(
          columns: range, coefficients: buffers.states[b], channels: channels,
          base: buffers.base + start, into: out, stride: count)
      case .direct(let panels, _):
        panels.multiply(
          columns: range, coefficients: buffers.states[b], channels: channels,
          base: nil, into: out, stride: count)
      }
    }
  }

  /// Puts the responses at their positions and sums up the logits.
  func spreadResponses() {
    let (n, patchCount) = (sampleCount, space.data.patchCount)
    let (count, b) = (space.distinctCount, buffers)
    space.indices.withUnsafeBufferPointer { indices in
      forEachSampleBlock { range in
        for k in 0..<classCount {
          let logits = b.logits + k * n
          for i in range { logits[i] = 0 }
          for c in k * width..<(k + 1) * width {
            for p in 0..<patchCount {
              let s = b.responses + (c * patchCount + p) * n
              if !space.isIdentity {
                let source = b.distinctResponses + c * count
                for i in range { s[i] = source[Int(indices[p * n + i])] }
              }
              for i in range { logits[i] += s[i] * s[i] }
            }
          }
        }
        for i in range {
          if usesMargins {
            b.norms[i] = b.logits[i] - b.logits[n + i]
          } else {
            for k in 0..<classCount { b.norms[k * n + i] = b.logits[k * n + i] }
          }
        }
      }
    }
  }
}
