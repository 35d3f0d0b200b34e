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

  /// The mean of the numbers that some moments are of.
  init(_ moments: RunningMoments) {
    let count = Double(moments.count)
    value = moments.mean
    standardError = (moments.squares / (count - 1) / count).squareRoot()
  }
}

/// Mean and squared deviations of numbers that come one by one.
///
/// - Source: Welford 1962 for a number more, Chan, Golub and LeVeque 1979 for
///   numbers of another part.
struct RunningMoments: Equatable {
  private(set) var count = 0
  private(set) var mean = 0.0
  /// Σ (x − mean)².
  private(set) var squares = 0.0

  mutating func add(_ number: Double) {
    count += 1
    let deviation = number - mean
    mean += deviation / Double(count)
    squares += deviation * (number - mean)
  }

  mutating func add(_ other: RunningMoments) {
    guard other.count > 0 else { return }
    let (mine, theirs) = (Double(count), Double(other.count))
    let deviation = other.mean - mean
    count += other.count
    mean += deviation * theirs / Double(count)
    squares +=
      other.squares + deviation * deviation * mine * theirs / Double(count)
  }
}

/// The expansion of the mixup loss estimated from ordered pairs (i, r) that
/// are drawn independently and uniformly, for sets with too many pairs.
///
///     L_mix = (1/n²) Σ_ir E_D̃[φ_ir(a)],   φ_ir(a) = H(y_i, x_i + a(r − x_i))
///
/// Every estimate is a plain mean over the drawn pairs of a quantity whose mean
/// over all pairs is the exact one, hence unbiased but for the quadrature over
/// a, whose error is given apart. The label of the anchor is kept, and the input
/// moves: with the same pairs in loss and expansion, the remainder has a much
/// smaller error than its parts.
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
  public let firstOrderTerm: SampleMean
  /// R2.
  public let gradientTerm: SampleMean
  /// R3.
  public let curvatureTerm: SampleMean
  /// The remainder, L_mix − L_std − R1 − R2 − R3.
  public let remainder: SampleMean
  /// What the quadrature adds to the errors of `mixupLoss` and `remainder`.
  ///
  /// The mean over pairs of the absolute difference from a rule of two thirds
  /// of the nodes, as in ``MixupLoss``. No standard error contains it.
  public let quadratureError: Double

  /// Pairs that are drawn at a time.
  private static let batch = 16_384

  /// Draws `pairCount` pairs and estimates.
  ///
  /// - Parameter nodes: Nodes of the quadrature over each part of D̃.
  /// - Precondition: `pairCount >= 1`, `nodes >= 2`.
  /// - Throws: `LinearAlgebraError` where the rule cannot be computed.
  /// - Complexity: three forward passes from the first layer on for each pair,
  ///   and one for each node of both rules. Memory does not grow with the
  ///   number of pairs.
  public init(
    of inputs: NetworkInputs, moments: DisplacementMoments, pairCount: Int,
    nodes: Int, from stream: inout RandomStream, team: ThreadTeam
  ) throws(LinearAlgebraError) {
    precondition(
      pairCount >= 1 && nodes >= 2,
      "\(pairCount) pairs and \(nodes) nodes")
    let rules = (
      coarse: try AnchorRule(moments, nodes: nodes * 2 / 3),
      fine: try AnchorRule(moments, nodes: nodes)
    )
    var sums = Sums()
    for start in stride(from: 0, to: pairCount, by: Self.batch) {
      let pairs = (start..<min(start + Self.batch, pairCount)).map { _ in
        (stream.index(below: inputs.count), stream.index(below: inputs.count))
      }
      let shards = team.mapShards(of: pairs.count, size: 256) { range in
        Sums(Array(pairs[range]), inputs, moments, rules.coarse, rules.fine)
      }
      for shard in shards { sums.add(shard) }
    }
    self.pairCount = pairCount
    standardLoss = SampleMean(sums.standard)
    mixupLoss = SampleMean(sums.mixup)
    firstOrderTerm = SampleMean(sums.firstOrder)
    gradientTerm = SampleMean(sums.gradient)
    curvatureTerm = SampleMean(sums.curvature)
    remainder = SampleMean(sums.remainder)
    quadratureError = sums.difference.mean
  }
}

/// What is kept of the pairs so far.
private struct Sums {
  var standard = RunningMoments()
  var mixup = RunningMoments()
  var firstOrder = RunningMoments()
  var gradient = RunningMoments()
  var curvature = RunningMoments()
  var remainder = RunningMoments()
  /// Of the two rules, in absolute value.
  var difference = RunningMoments()

  init() {}

  mutating func add(_ other: Sums) {
    standard.add(other.standard)
    mixup.add(other.mixup)
    firstOrder.add(other.firstOrder)
    gradient.add(other.gradient)
    curvature.add(other.curvature)
    remainder.add(other.remainder)
    difference.add(other.difference)
  }

  /// The sums of a few pairs.
  init(
    _ pairs: [(Int, Int)], _ inputs: NetworkInputs,
    _ moments: DisplacementMoments, _ coarse: AnchorRule, _ fine: AnchorRule
  ) {
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
    let block = LossBlock(inputs, capacity: pairs.count)
    func losses(_ rule: AnchorRule) -> [Double] {
      var sums = [Double](repeating: 0, count: pairs.count)
      for (lambda, weight) in zip(rule.lambdas, rule.weights) {
        for (row, pair) in pairs.enumerated() {
          block.set(row, first: pair.0, second: pair.1, lambda: lambda)
        }
        block.evaluateAnchors(pairs.count)
        for row in pairs.indices { sums[row] += weight * block.losses[row] }
      }
      return sums
    }
    let (mixedCoarse, mixedFine) = (losses(coarse), losses(fine))
    for row in pairs.indices {
      let label = Int(inputs.labels[pairs[row].0])
      let p = logProbabilities.row(row).map { Double.exp($0) }
      let first = Array(jets.first.row(row))
      let mean = zip(p, first).reduce(0) { $0 + $1.0 * $1.1 }
      var (slope, variance, curvature) = (0.0, 0.0, 0.0)
      for c in p.indices {
        let residual = p[c] - (c == label ? 1 : 0)
        let deviation = first[c] - mean
        slope += residual * first[c]
        variance += p[c] * deviation * deviation
        curvature += residual * jets.second[row, c]
      }
      let terms = (
        moments.first * slope, moments.second / 2 * variance,
        moments.second / 2 * curvature
      )
      let (loss, mixed) = (-logProbabilities[row, label], mixedFine[row])
      standard.add(loss)
      mixup.add(mixed)
      firstOrder.add(terms.0)
      gradient.add(terms.1)
      self.curvature.add(terms.2)
      remainder.add(mixed - loss - terms.0 - terms.1 - terms.2)
      difference.add(abs(mixed - mixedCoarse[row]))
    }
  }
}

/// A rule for expectations over λ ~ D̃.
struct AnchorRule {
  var lambdas: [Double]
  var weights: [Double]

  init(
    _ moments: DisplacementMoments, nodes: Int
  ) throws(LinearAlgebraError) {
    let (alpha, beta) = (
      moments.firstConcentration, moments.secondConcentration
    )
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
