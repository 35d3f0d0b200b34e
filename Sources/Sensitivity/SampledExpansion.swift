public import LinearAlgebra
internal import Networks
public import Randomness
internal import RealModule
public import VectorMath

/// A mean over a random sample, with its standard error.
public struct SampleMean: Sendable, Equatable {
  /// The mean.
  public let value: Double
  /// The standard deviation of the sample over the root of its size; NaN for
  /// a single value.
  public let standardError: Double

  /// The mean of some values.
  ///
  /// - Precondition: at least one value.
  public init(_ values: [Double]) {
    precondition(!values.isEmpty, "a mean of no values")
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    value = mean
    standardError = (squares / (count - 1) / count).squareRoot()
  }
}

/// The expansion of the mixup loss estimated from ordered pairs (i, r) that
/// are drawn independently and uniformly, for sets with too many pairs.
///
///     L_mix = (1/n²) Σ_ir E_D̃[φ_ir(a)],   φ_ir(a) = H(y_i, x_i + a(r − x_i))
///
/// Every estimate is a plain mean over the drawn pairs of a quantity whose mean
/// over all pairs is the exact one, hence unbiased. The label of the anchor is
/// kept, and the input moves: with the same pairs in loss and expansion, the
/// remainder has a much smaller error than its parts.
///
/// - Source: L. Zhang et al. 2021 (arXiv:2010.04819), Eq. (9), for the identity.
public struct SampledExpansion: Sendable, Equatable {
  /// Number of pairs.
  public let pairCount: Int
  /// L_std over the anchors.
  public let standardLoss: SampleMean
  /// L_mix.
  public let mixupLoss: SampleMean
  /// R1.
  public let r1: SampleMean
  /// R2.
  public let r2: SampleMean
  /// R3.
  public let r3: SampleMean
  /// The remainder, L_mix − L_std − R1 − R2 − R3.
  public let remainder: SampleMean

  /// Draws `pairCount` pairs and estimates.
  ///
  /// - Parameter nodes: Nodes of the quadrature over each part of D̃.
  /// - Precondition: `pairCount >= 1`, `nodes >= 1`.
  /// - Throws: `LinearAlgebraError` where the rule cannot be computed.
  /// - Complexity: three forward passes from the first layer on for each pair,
  ///   and one for each node.
  public init(
    of inputs: NetworkInputs, moments: DisplacementMoments, pairCount: Int,
    nodes: Int, from stream: inout RandomStream, team: ThreadTeam
  ) throws(LinearAlgebraError) {
    precondition(
      pairCount >= 1 && nodes >= 1,
      "\(pairCount) pairs and \(nodes) nodes")
    let pairs = (0..<pairCount).map { _ in
      (stream.index(below: inputs.count), stream.index(below: inputs.count))
    }
    let rule = try AnchorRule(moments, nodes: nodes)
    let values = team.mapShards(of: pairCount, size: 256) { range in
      Self.terms(pairs[range], inputs, moments, rule)
    }.flatMap { $0 }
    func mean(_ quantity: (PairTerms) -> Double) -> SampleMean {
      SampleMean(values.map(quantity))
    }
    self.pairCount = pairCount
    standardLoss = mean { $0.standard }
    mixupLoss = mean { $0.mixup }
    r1 = mean { $0.r1 }
    r2 = mean { $0.r2 }
    r3 = mean { $0.r3 }
    remainder = mean { $0.mixup - $0.standard - $0.r1 - $0.r2 - $0.r3 }
  }

  private struct PairTerms {
    var standard = 0.0
    var mixup = 0.0
    var r1 = 0.0
    var r2 = 0.0
    var r3 = 0.0
  }

  private static func terms(
    _ pairs: ArraySlice<(Int, Int)>, _ inputs: NetworkInputs,
    _ moments: DisplacementMoments, _ rule: AnchorRule
  ) -> [PairTerms] {
    let pairs = Array(pairs)
    let width = inputs.firstLayer.columnCount
    let jets = LogitJets(
      of: inputs.network,
      firstLayer: Matrix(rowCount: pairs.count, columnCount: width) {
        inputs.firstLayer[pairs[$0].0, $1]
      },
      tangents: Matrix(rowCount: pairs.count, columnCount: width) {
        inputs.firstLayer[pairs[$0].1, $1] - inputs.firstLayer[pairs[$0].0, $1]
      })
    let logProbabilities = jets.values.logSoftmax()
    var terms = pairs.indices.map { row in
      let label = Int(inputs.labels[pairs[row].0])
      var term = PairTerms(standard: -logProbabilities[row, label])
      let p = logProbabilities.row(row).map { Double.exp($0) }
      let first = Array(jets.first.row(row))
      let mean = zip(p, first).reduce(0) { $0 + $1.0 * $1.1 }
      for c in p.indices {
        let residual = p[c] - (c == label ? 1 : 0)
        let deviation = first[c] - mean
        term.r1 += moments.first * residual * first[c]
        term.r2 += moments.second / 2 * p[c] * deviation * deviation
        term.r3 += moments.second / 2 * residual * jets.second[row, c]
      }
      return term
    }
    let block = LossBlock(inputs, capacity: pairs.count)
    for (lambda, weight) in zip(rule.lambdas, rule.weights) {
      for (row, pair) in pairs.enumerated() {
        block.set(row, first: pair.0, second: pair.1, lambda: lambda)
      }
      block.evaluateAnchors(pairs.count)
      for row in pairs.indices {
        terms[row].mixup += weight * block.losses[row]
      }
    }
    return terms
  }
}

/// A rule for expectations over λ ~ D̃.
struct AnchorRule {
  var lambdas: [Double]
  var weights: [Double]

  init(
    _ moments: DisplacementMoments, nodes: Int
  ) throws(LinearAlgebraError) {
    let (alpha, beta) = (moments.alpha, moments.beta)
    let first = try GaussJacobi(alpha: alpha + 1, beta: beta, count: nodes)
    if alpha == beta {
      (lambdas, weights) = (first.nodes, first.weights)
      return
    }
    let second = try GaussJacobi(alpha: beta + 1, beta: alpha, count: nodes)
    lambdas = first.nodes + second.nodes
    weights =
      first.weights.map { $0 * alpha / (alpha + beta) }
      + second.weights.map { $0 * beta / (alpha + beta) }
  }
}
