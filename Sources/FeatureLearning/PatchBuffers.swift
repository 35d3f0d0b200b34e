/// The memory of a descent, allocated once.
final class PatchBuffers {
  /// Responses of the initial weights to the distinct patches, [channels, U].
  let base: UnsafeMutablePointer<Double>
  /// Responses to the distinct patches, [channels, U].
  let distinctResponses: UnsafeMutablePointer<Double>
  /// Responses at all positions, [channels, P, n]; the same memory where all
  /// patches are distinct.
  let responses: UnsafeMutablePointer<Double>
  /// ∂L/∂S, as `responses`.
  let slopes: UnsafeMutablePointer<Double>
  /// ∂L/∂S summed over equal patches, [U, channels].
  let distinctSlopes: UnsafeMutablePointer<Double>
  /// Per block of the space: the accumulated −η·∂L/∂S, [size, channels], or the
  /// weights, [d, channels].
  let states: [UnsafeMutablePointer<Double>]
  /// Gradient of a direct block, [channels, d].
  let gradient: UnsafeMutablePointer<Double>
  /// A, then H: [couplings, n, n].
  let coupling: UnsafeMutablePointer<Double>
  /// Row sums of the blocks of pairs, [blocks, couplings, n].
  let partialSums: UnsafeMutablePointer<Double>
  /// Logits of the samples, [classes, n].
  let logits: UnsafeMutablePointer<Double>
  /// Diagonals of A as the pair kernels want them, [couplings, n].
  let norms: UnsafeMutablePointer<Double>
  /// Clean residuals, [classes, n].
  let residuals: UnsafeMutablePointer<Double>
  /// Responses to the mean sample, [channels, P].
  let meanResponses: UnsafeMutablePointer<Double>
  /// ∇F_k(x_i)·(x̄ − x_i), [classes, n].
  let tangents: UnsafeMutablePointer<Double>
  /// e of a directional term, [couplings, n].
  let tangentSlopes: UnsafeMutablePointer<Double>
  /// Sums of losses, one per block of pairs.
  let losses: UnsafeMutablePointer<Double>
  /// Labels.
  let labels: UnsafeMutablePointer<Int32>
  /// Nodes and weights of a rule over λ.
  let lambdas: UnsafeMutablePointer<Double>
  let nodeWeights: UnsafeMutablePointer<Double>

  private let sharesResponses: Bool

  init(
    space: PatchSpace, channels: Int, classCount: Int, couplings: Int,
    tileSize: Int
  ) {
    func room(_ count: Int) -> UnsafeMutablePointer<Double> {
      let pointer = UnsafeMutableRawPointer.allocate(
        byteCount: max(count, 1) * 8, alignment: 64
      ).bindMemory(to: Double.self, capacity: max(count, 1))
      pointer.initialize(repeating: 0, count: max(count, 1))
      return pointer
    }
    let n = space.data.sampleCount
    let positions = space.data.patches.rowCount
    let blocks = (n + tileSize - 1) / tileSize
    base = room(channels * space.distinctCount)
    distinctResponses = room(channels * space.distinctCount)
    sharesResponses = space.isIdentity
    responses =
      space.isIdentity ? distinctResponses : room(channels * positions)
    slopes = room(channels * positions)
    distinctSlopes = room(channels * space.distinctCount)
    states = space.blocks.map { block in
      switch block.kind {
      case .gram: room(block.range.count * channels)
      case .direct: room(space.data.dimension * channels)
      }
    }
    gradient = room(space.data.dimension * channels)
    coupling = room(couplings * n * n)
    partialSums = room(blocks * couplings * n)
    logits = room(classCount * n)
    norms = room(couplings * n)
    residuals = room(classCount * n)
    meanResponses = room(channels * space.data.patchCount)
    tangents = room(classCount * n)
    tangentSlopes = room(couplings * n)
    losses = room(blocks * (blocks + 1) / 2)
    labels = UnsafeMutablePointer<Int32>.allocate(capacity: n)
    labels.initialize(from: space.data.labels, count: n)
    lambdas = room(2 * PairRule.largestCount)
    nodeWeights = room(2 * PairRule.largestCount)
  }

  deinit {
    if !sharesResponses { responses.deallocate() }
    for pointer in [
      base, distinctResponses, slopes, distinctSlopes, gradient, coupling,
      partialSums, logits, norms, residuals, meanResponses, tangents,
      tangentSlopes, losses, lambdas, nodeWeights,
    ] + states {
      pointer.deallocate()
    }
    labels.deallocate()
  }
}
