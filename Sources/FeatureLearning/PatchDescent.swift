import LinearAlgebra
import RealModule
public import VectorMath

/// Exact full-batch gradient descent of a patch network.
///
///     w_{k,r} ← w_{k,r} − η·∂L/∂w_{k,r}
///
/// The sums over all pairs go through the responses S_k of n samples at P
/// patches to the m filters of a class, never through a mixed sample:
///
///     A^{(k)} = S_k·S_kᵀ
///     F_k(x_ij) = λ²A_ii + 2λ(1 − λ)A_ij + (1 − λ)²A_jj
///     G^{(k)}_ij = ω_ij·(softmax_k F(x_ij) − λ·1[y_i = k] − (1 − λ)·1[y_j = k])
///     H_k = (2/Ω)(diag(E[λ²G·1 + (1 − λ)²Gᵀ·1]) + E[λ(1 − λ)(G + Gᵀ)])
///     ∂L/∂S_k = H_k·S_k
///
/// and from there by ``PatchSpace`` to the next responses. MixupE's term adds
/// to H alone (`addDirectionalTerm`). For two classes G^{(1)} = −G^{(0)}: one
/// Gram matrix, one sigmoid per ordered pair.
///
/// - Shapes: S is kept channel after channel, [K, m, P, n], the samples
///   fastest: the columns of A, of H and of the next responses then lie side by
///   side for the vector units.
/// - Source: D. Zou et al. 2023 (arXiv:2303.08433) for model and loss; the
///   algebra is this project's.
/// - Numerics: Work is cut into fixed pieces and reduced in a fixed order: the
///   results do not depend on the number of threads.
/// - Complexity: Per step, multiply-adds: K·m·P·n²/2 for A and K·m·P·n² for
///   H·S, n² sigmoids per node, and the response's K·m·Σ U² or 2·K·m·U·d. The
///   cost does not grow with d·n². No step allocates.
public final class PatchDescent {
  /// The prepared samples.
  public let space: PatchSpace
  /// Number of steps taken.
  public internal(set) var iteration = 0
  /// The error that an expectation over λ may have, per pair.
  public var quadratureTolerance = 1e-12
  /// Nodes of the last expectation over λ; 1 for a fixed λ.
  public internal(set) var nodeCount = 1
  /// The largest node count so far.
  public internal(set) var largestNodeCount = 1

  let team: ThreadTeam
  let classCount: Int
  let width: Int
  /// Filters of all classes together.
  let channels: Int
  let initial: PatchNetwork
  let buffers: PatchBuffers
  /// Whether margins of two classes are used.
  let usesMargins: Bool
  /// Blocks of samples, (row, column) with row <= column.
  let tiles: [(Int, Int)]
  /// Pieces of the distinct patches: block of the space, range in it.
  let pieces: [(block: Int, range: Range<Int>)]
  var rule: PairRule?
  var ruleKey: RuleKey?

  /// Samples in a block of pairs.
  static let tileSize = 64

  /// Begins a descent.
  ///
  /// - Parameter usesMargins: For two classes, whether to use that their
  ///   residuals are opposite; false is for tests.
  /// - Precondition: The network has the data's classes and dimension.
  public init(
    _ network: PatchNetwork, on space: PatchSpace, team: ThreadTeam,
    usesMargins: Bool = true
  ) {
    let data = space.data
    precondition(
      network.classCount == data.classCount
        && network.dimension == data.dimension,
      "a network of \(network.classCount) classes and \(network.dimension) "
        + "inputs for data of \(data.classCount) and \(data.dimension)")
    precondition(
      network.classCount <= PairBlock.maximumClasses,
      "\(network.classCount) classes, at most \(PairBlock.maximumClasses)")
    self.space = space
    self.team = team
    initial = network
    classCount = network.classCount
    width = network.width
    channels = network.classCount * network.width
    self.usesMargins = usesMargins && network.classCount == 2
    buffers = PatchBuffers(
      space: space, channels: channels, classCount: classCount,
      couplings: self.usesMargins ? 1 : classCount, tileSize: Self.tileSize)
    let blocks =
      (data.sampleCount + Self.tileSize - 1) / Self.tileSize
    tiles = (0..<blocks).flatMap { row in
      (row..<blocks).map { (row, $0) }
    }
    pieces = space.blocks.indices.flatMap { b in
      let size = space.blocks[b].range.count
      return stride(from: 0, to: size, by: Self.tileSize).map {
        (b, $0..<min($0 + Self.tileSize, size))
      }
    }
    begin()
  }

  /// Number of samples.
  var sampleCount: Int { space.data.sampleCount }

  /// The samples of a block.
  func samples(ofBlock block: Int) -> Range<Int> {
    let start = block * Self.tileSize
    return start..<min(start + Self.tileSize, sampleCount)
  }

  /// Runs `body` for each block of samples.
  func forEachSampleBlock(_ body: (Range<Int>) -> Void) {
    let count = (sampleCount + Self.tileSize - 1) / Self.tileSize
    team.forEach(count) { body(samples(ofBlock: $0)) }
  }

  /// Goes back to the initial weights.
  public func begin() {
    iteration = 0
    largestNodeCount = 1
    let (count, dimension) = (space.distinctCount, space.data.dimension)
    initial.weights.withUnsafeElements { weights in
      space.distinct.withUnsafeElements { patches in
        guard let w = weights.baseAddress, let x = patches.baseAddress else {
          return
        }
        Double.gemm(
          transposeA: false, transposeB: true, rows: channels, columns: count,
          inner: dimension, alpha: 1, w, strideA: dimension, x,
          strideB: dimension, beta: 0, buffers.base, strideC: count)
        for (b, block) in space.blocks.enumerated() {
          let state = buffers.states[b]
          switch block.kind {
          case .gram:
            state.update(repeating: 0, count: block.range.count * channels)
          case .direct:
            for c in 0..<channels {
              for k in 0..<dimension {
                state[k * channels + c] = w[c * dimension + k]
              }
            }
          }
        }
      }
    }
    buffers.distinctResponses.update(
      from: buffers.base, count: channels * count)
    spreadResponses()
  }

  /// The weights now.
  ///
  /// - Complexity: One product of the distinct patches with the residuals'
  ///   history, K·m·U·d.
  public var network: PatchNetwork {
    var weights = initial.weights
    let dimension = space.data.dimension
    weights.withUnsafeMutableElements { weights in
      space.distinct.withUnsafeElements { patches in
        guard let w = weights.baseAddress, let x = patches.baseAddress else {
          return
        }
        for (b, block) in space.blocks.enumerated() {
          let state = buffers.states[b]
          switch block.kind {
          case .gram:
            Double.gemm(
              transposeA: true, transposeB: false, rows: channels,
              columns: dimension, inner: block.range.count, alpha: 1, state,
              strideA: channels, x + block.range.lowerBound * dimension,
              strideB: dimension, beta: 1, w, strideC: dimension)
          case .direct:
            for c in 0..<channels {
              for k in 0..<dimension {
                w[c * dimension + k] = state[k * channels + c]
              }
            }
          }
        }
      }
    }
    return PatchNetwork(
      classCount: classCount, width: width, weights: weights)
  }
}
