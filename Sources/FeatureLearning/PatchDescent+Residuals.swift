import LinearAlgebra
import Mixing
import RealModule
import VectorMath

/// What a rule over λ was made for.
struct RuleKey: Equatable {
  var law: MixingLaw
  var nodeCount: Int
  var folds: Bool
}

extension PatchDescent {
  /// Fills `slopes` with ∂L/∂S at the present weights.
  ///
  /// - Parameters:
  ///   - measuring: Whether the loss is wanted.
  ///   - doubling: Whether an expectation over λ takes twice its nodes.
  /// - Returns: The loss if it is wanted, else 0.
  @discardableResult
  func computeSlopes(
    of objective: PairObjective, measuring: Bool, doubling: Bool = false
  ) throws(FeatureLearningError) -> Double {
    let n = sampleCount
    let total = objective.selection?.total ?? Double(n * n)
    let mixes = objective.mixedWeight > 0 && total > 0
    var loss = 0.0
    if objective.plainWeight > 0 || objective.penalty != nil {
      let mean = computeCleanResiduals()
      if objective.plainWeight > 0 { loss += objective.plainWeight * mean }
    }
    let plainScale = 2 * objective.plainWeight / Double(n)
    guard mixes else {
      scaleResponses(by: plainScale)
      return loss
    }
    try prepareRule(objective, doubling: doubling)
    // A rescaled gradient needs the loss.
    let measuring = measuring || objective.penalty?.rescaled == true
    computeCouplings(objective, measuring: measuring)
    if measuring {
      let sum = tiles.indices.reduce(0.0) { $0 + buffers.losses[$1] }
      loss += objective.mixedWeight * sum / total
    }
    let scale = 2 * objective.mixedWeight / total
    addDiagonals(plain: plainScale / scale)
    guard let penalty = objective.penalty else {
      multiplyCouplings(by: scale)
      return loss
    }
    let term = addDirectionalTerm(
      penalty, displacement: objective.law.meanDisplacement, over: scale)
    let sum = loss + term
    let factor = penalty.rescaled && sum != 0 ? abs(loss) / abs(sum) : 1
    multiplyCouplings(by: factor * scale)
    return sum
  }

  /// G of the samples themselves.
  ///
  /// - Returns: Their mean loss.
  private func computeCleanResiduals() -> Double {
    let n = sampleCount
    let b = buffers
    var sum = 0.0
    for i in 0..<n {
      var (top, topClass) = (-Double.infinity, 0)
      for k in 0..<classCount where b.logits[k * n + i] > top {
        (top, topClass) = (b.logits[k * n + i], k)
      }
      var total = 0.0
      var rest = 0.0
      for k in 0..<classCount {
        let e = Double.exp(b.logits[k * n + i] - top)
        b.residuals[k * n + i] = e
        total += e
        if k != topClass { rest += e }
      }
      let label = Int(b.labels[i])
      // log Σ e^(z − top) = log(1 + rest), which keeps a small loss's digits.
      sum += Double.log(onePlus: rest) + (top - b.logits[label * n + i])
      for k in 0..<classCount { b.residuals[k * n + i] /= total }
      // 1 − p as the sum of the others, which keeps its digits.
      var others = 0.0
      for k in 0..<classCount where k != label {
        others += b.residuals[k * n + i]
      }
      b.residuals[label * n + i] = -others
    }
    return sum / Double(n)
  }

  /// ∂L/∂S of ordinary training, 2/n·weight·g·S.
  private func scaleResponses(by scale: Double) {
    let n = sampleCount
    let perClass = width * space.data.patchCount
    let b = buffers
    forEachSampleBlock { range in
      for row in 0..<classCount * perClass {
        let g = b.residuals + row / perClass * n
        let (s, t) = (b.responses + row * n, b.slopes + row * n)
        for i in range { t[i] = scale * g[i] * s[i] }
      }
    }
  }

  /// Chooses the nodes for the present logits.
  private func prepareRule(
    _ objective: PairObjective, doubling: Bool
  ) throws(FeatureLearningError) {
    var count = 1
    if case .beta = objective.law, objective.selection?.mixingWeights == nil {
      let margin = largestLogit
      count = PairRule.nodeCount(
        margin: margin, tolerance: quadratureTolerance)
      guard count <= PairRule.largestCount else {
        throw .quadrature(
          iteration: iteration, margin: margin, nodes: PairRule.largestCount)
      }
      if doubling { count *= 2 }
    }
    let key = RuleKey(
      law: objective.law, nodeCount: count, folds: objective.selection == nil)
    if ruleKey != key {
      // A rule that LAPACK cannot find is one that needs too many nodes.
      guard
        let made = try? PairRule(
          law: key.law, nodeCount: count, folds: key.folds)
      else {
        throw .quadrature(
          iteration: iteration, margin: largestLogit, nodes: count)
      }
      rule = made
      ruleKey = key
      for (q, lambda) in made.lambdas.enumerated() {
        buffers.lambdas[q] = lambda
        buffers.nodeWeights[q] = made.weights[q]
      }
    }
    if !doubling {
      nodeCount = count
      largestNodeCount = max(largestNodeCount, count)
    }
  }

  /// Number of matrices H: the second of two classes is the first's negative.
  var couplingCount: Int { usesMargins ? 1 : classCount }

  /// A, and from it the off-diagonal of H without its factor, block by block.
  private func computeCouplings(
    _ objective: PairObjective, measuring: Bool
  ) {
    let n = sampleCount
    let nodes = rule?.lambdas.count ?? 1
    team.forEach(tiles.count) { t in
      let (row, column) = tiles[t]
      let (rows, columns) = (samples(ofBlock: row), samples(ofBlock: column))
      fillGram(rows, columns)
      let b = buffers
      let corner = b.coupling + rows.lowerBound * n + columns.lowerBound
      let rowSums = clearedSums(of: rows, against: column)
      let columnSums =
        row == column ? nil : clearedSums(of: columns, against: row)
      var block = PairBlock(
        rows: rows.count, columns: columns.count, classes: classCount,
        gram: corner, stride: n, classStride: n * n,
        rowNorms: b.norms + rows.lowerBound,
        columnNorms: b.norms + columns.lowerBound, normStride: n,
        rowLabels: b.labels + rows.lowerBound,
        columnLabels: b.labels + columns.lowerBound,
        coupling: corner, rowSums: rowSums, columnSums: columnSums)
      block.setRule(nodes: nodes, lambdas: b.lambdas, weights: b.nodeWeights)
      if let selection = objective.selection {
        let offset = rows.lowerBound * n + columns.lowerBound
        block.setWeights(
          forward: selection.weights + offset,
          backward: selection.weights + n * n + offset, stride: n)
        if let lambdas = selection.mixingWeights {
          block.setLambdas(
            forward: lambdas + offset, backward: lambdas + n * n + offset,
            stride: n)
        }
      }
      if measuring {
        b.losses[t] = 0
        block.addLosses(to: b.losses + t)
      }
      if usesMargins { block.addMargins() } else { block.addLogits() }
      if row != column { mirror(rows, columns) }
    }
  }

  /// A_ij of one block, of all classes, or of class 0 minus class 1.
  private func fillGram(_ rows: Range<Int>, _ columns: Range<Int>) {
    let n = sampleCount
    let inner = width * space.data.patchCount
    for k in 0..<classCount {
      let s = buffers.responses + k * inner * n
      let target = usesMargins ? 0 : k
      Double.gemm(
        transposeA: true, transposeB: false, rows: rows.count,
        columns: columns.count, inner: inner,
        alpha: usesMargins && k == 1 ? -1 : 1, s + rows.lowerBound,
        strideA: n, s + columns.lowerBound, strideB: n,
        beta: usesMargins && k == 1 ? 1 : 0,
        buffers.coupling + (target * n + rows.lowerBound) * n
          + columns.lowerBound, strideC: n)
    }
  }

  /// Room for the sums of some samples over a block of partners, set to zero.
  private func clearedSums(
    of samples: Range<Int>, against block: Int
  ) -> UnsafeMutablePointer<Double> {
    let n = sampleCount
    let start =
      buffers.partialSums + block * couplingCount * n + samples.lowerBound
    for k in 0..<couplingCount {
      (start + k * n).update(repeating: 0, count: samples.count)
    }
    return start
  }

  /// Copies a block above the diagonal to its place below.
  private func mirror(_ rows: Range<Int>, _ columns: Range<Int>) {
    let n = sampleCount
    for k in 0..<couplingCount {
      let h = buffers.coupling + k * n * n
      for j in columns {
        for i in rows { h[j * n + i] = h[i * n + j] }
      }
    }
  }

  /// Adds the sums over all partners, and the residuals of ordinary training,
  /// to the diagonals of H.
  private func addDiagonals(plain: Double) {
    let n = sampleCount
    let blocks = (n + Self.tileSize - 1) / Self.tileSize
    let b = buffers
    for k in 0..<couplingCount {
      for i in 0..<n {
        var sum = plain == 0 ? 0 : plain * b.residuals[k * n + i]
        for partner in 0..<blocks {
          sum += b.partialSums[(partner * couplingCount + k) * n + i]
        }
        b.coupling[(k * n + i) * n + i] += sum
      }
    }
  }

  /// ∂L/∂S_k = H_k·S_k, for each class and block of samples.
  private func multiplyCouplings(by scale: Double) {
    let n = sampleCount
    let rows = width * space.data.patchCount
    let blocks = (n + Self.tileSize - 1) / Self.tileSize
    team.forEach(classCount * blocks) { piece in
      let (k, columns) = (
        piece % classCount, samples(ofBlock: piece / classCount)
      )
      let h = buffers.coupling + (usesMargins ? 0 : k * n * n)
      Double.gemm(
        transposeA: false, transposeB: false, rows: rows,
        columns: columns.count, inner: n,
        alpha: usesMargins && k == 1 ? -scale : scale,
        buffers.responses + k * rows * n, strideA: n, h + columns.lowerBound,
        strideB: n, beta: 0,
        buffers.slopes + k * rows * n + columns.lowerBound, strideC: n)
    }
  }
}
