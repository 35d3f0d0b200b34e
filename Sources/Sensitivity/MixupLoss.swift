public import LinearAlgebra
internal import Networks
internal import RealModule
public import VectorMath

/// The mixup loss of a network over all n² ordered pairs, the expectation over
/// λ by quadrature.
///
///     L_mix = (1/n²) Σ_ij E_{λ~Beta(α,β)}[λ·H(y_i, x̃) + (1 − λ)·H(y_j, x̃)],
///     x̃ = λx_i + (1 − λ)x_j,   H(y, x) = −log softmax(f(x))_y
///
/// Both orders of a pair are taken together, each unordered pair i < j once:
/// the order (j, i) at λ is the order (i, j) at 1 − λ, and for α = β the two
/// have the same expectation. Pairs (i, i) do not depend on λ.
///
/// - Numerics: every pair is integrated by two Gauss–Jacobi rules, one with
///   half as many nodes again as the other, and `errorBound` is the mean over
///   pairs of the two rules' absolute difference, which is the error of the
///   coarser rule: no pair's error is taken to cancel another's, and the loss
///   returned is that of the finer rule. To it comes an estimate of the
///   rounding, an ulp of the largest pre-activation for each term of a sum. The
///   rules are raised until the bound is at most 10⁻⁹, or the rounding most of
///   it. For networks with kinks that is out of reach, since each pair
///   converges like 1/nodes². Small sets are integrated piece by piece between
///   the kinks of each pair (``KinkPath``); for large ones the rules are the
///   largest whose work stays below `kinkBudget`, 12 and 18 nodes at least, and
///   the bound is what it is.
/// - Complexity: n(n − 1)/2 pairs × nodes (twice as many for α ≠ β) × the
///   multiplications of all layers but the first.
public struct MixupLoss: Sendable, Equatable {
  /// L_mix.
  public let value: Double
  /// How far `value` can be from the exact expectation.
  public let errorBound: Double
  /// Nodes of the finer rule, on each piece where the segments are split.
  public let nodes: Int

  /// The bound that smooth networks are taken to.
  public static let tolerance = 1e-9

  /// Multiplications that a network with kinks may take with more than the
  /// fewest nodes; no derivation: some ten seconds on two cores.
  public static let kinkBudget = 5e11

  /// Multiplications up to which the segments are split at their kinks; no
  /// derivation: some seconds.
  public static let splittingBudget = 5e9

  /// Nodes of the coarser rules that are tried in turn; the finer has half as
  /// many again.
  static let ladder = [4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192]
  /// Where on the ladder networks with kinks begin, whatever that takes.
  private static let fewestForKinks = 3

  /// The loss over all pairs for λ ~ Beta(α, β).
  ///
  /// - Parameter nodes: Nodes of the finer rule, at least 2; by default as many
  ///   as the bound asks for.
  /// - Throws: `LinearAlgebraError` where a rule cannot be computed.
  public init(
    of inputs: NetworkInputs, firstConcentration alpha: Double,
    secondConcentration beta: Double, nodes: Int? = nil, team: ThreadTeam
  ) throws(LinearAlgebraError) {
    let integrator = PairIntegrator(inputs)
    func loss(_ coarse: Int, _ fine: Int) throws(LinearAlgebraError) -> Self {
      let sums = integrator.sums(
        rules: [
          try PairRule(alpha: alpha, beta: beta, count: coarse),
          try PairRule(alpha: alpha, beta: beta, count: fine),
        ], stride: 1, team: team)
      return Self(integrator, sums, fine)
    }
    if inputs.network.shape.activation.hasKinks,
      KinkIntegrator.work(integrator) <= Self.splittingBudget, nodes == nil
    {
      self = Self(
        integrator,
        try KinkIntegrator(inputs, alpha: alpha, beta: beta)
          .sums(integrator.pairCount, team: team), KinkIntegrator.nodes.fine)
      return
    }
    if let nodes {
      self = try loss(max(1, nodes * 2 / 3), nodes)
      return
    }
    var rung = 0
    if inputs.network.shape.activation.hasKinks {
      let perNode =
        Double(integrator.pairCount) * integrator.multiplications
        * (alpha == beta ? 1 : 2)
      rung = max(
        Self.ladder.lastIndex {
          Double($0 + $0 * 3 / 2) * perNode <= Self.kinkBudget
        } ?? 0, Self.fewestForKinks)
    } else {
      // A sample of the pairs tells where to begin.
      let stride = max(1, integrator.pairCount / 2_000)
      while rung + 1 < Self.ladder.count {
        let sums = integrator.sums(
          rules: [
            try PairRule(alpha: alpha, beta: beta, count: Self.ladder[rung]),
            try PairRule(
              alpha: alpha, beta: beta, count: Self.ladder[rung] * 3 / 2),
          ], stride: stride, team: team)
        let bound = Self.tolerance / 2 * Double(sums.pairs)
        if sums.difference <= bound || !sums.difference.isFinite { break }
        rung += 1
      }
    }
    while true {
      let coarse = Self.ladder[rung]
      let result = try loss(coarse, coarse * 3 / 2)
      if result.errorBound <= max(Self.tolerance, 2 * integrator.rounding)
        || !result.errorBound.isFinite
        || inputs.network.shape.activation.hasKinks
        || rung + 1 == Self.ladder.count
      {
        self = result
        return
      }
      rung += 1
    }
  }

  private init(
    _ integrator: PairIntegrator, _ sums: PairIntegrator.Sums, _ nodes: Int
  ) {
    let n = Double(integrator.inputs.count)
    let diagonal = integrator.diagonalLosses.reduce(0, +)
    value = (diagonal + sums.fine) / (n * n)
    errorBound = sums.difference / (n * n) + integrator.rounding
    self.nodes = nodes
  }
}

/// Weights on the first input of a pair and their quadrature weights, for both
/// orders of the pair together.
struct PairRule {
  var lambdas: [Double]
  var weights: [Double]

  init(alpha: Double, beta: Double, count: Int) throws(LinearAlgebraError) {
    let rule = try GaussJacobi(alpha: alpha, beta: beta, count: count)
    if alpha == beta {
      lambdas = rule.nodes
      weights = rule.weights.map { 2 * $0 }
    } else {
      lambdas = rule.nodes + rule.nodes.map { 1 - $0 }
      weights = rule.weights + rule.weights
    }
  }
}

/// Integrates the losses of unordered pairs over λ.
struct PairIntegrator: Sendable {
  let inputs: NetworkInputs
  /// Unordered pairs i < j.
  let pairCount: Int
  /// H(y_i, x_i).
  let diagonalLosses: [Double]
  /// What the losses' rounding may come to.
  let rounding: Double

  init(_ inputs: NetworkInputs) {
    self.inputs = inputs
    pairCount = inputs.count * (inputs.count - 1) / 2
    var losses: [Double] = []
    let block = LossBlock(inputs, capacity: 256)
    for start in stride(from: 0, to: inputs.count, by: 256) {
      let rows = start..<min(start + 256, inputs.count)
      for (row, i) in rows.enumerated() {
        block.set(row, first: i, second: i, lambda: 1)
      }
      block.evaluate(rows.count)
      losses += (0..<rows.count).map { block.losses[$0] }
    }
    diagonalLosses = losses
    // A logit has gone through as many roundings as the layers are wide.
    rounding =
      Double(inputs.network.shape.sizes.reduce(0, +)) * Double.ulpOfOne
      * inputs.largestPreactivation
  }

  /// Multiplications of one forward pass from the first layer on.
  var multiplications: Double {
    let sizes = inputs.network.shape.sizes
    return zip(sizes.dropFirst(), sizes.dropFirst(2))
      .reduce(0) { $0 + Double($1.0) * Double($1.1) }
  }

  /// Sums over pairs, of both orders together.
  struct Sums {
    var pairs = 0
    /// By the finer rule.
    var fine = 0.0
    /// Of the absolute differences of the two rules.
    var difference = 0.0
  }

  /// Integrates every `stride`-th pair by two rules, the finer last.
  func sums(rules: [PairRule], stride: Int, team: ThreadTeam) -> Sums {
    let lambdas = rules.flatMap(\.lambdas)
    let weights = rules.flatMap(\.weights)
    let split = rules[0].lambdas.count
    let total = (pairCount + stride - 1) / stride
    let pairsPerBlock = max(1, 512 / lambdas.count)
    let shards = team.mapShards(of: total, size: 2_048) { range in
      var sums = Sums()
      var pair = UnorderedPair(index: range.lowerBound * stride, inputs.count)
      let block = LossBlock(inputs, capacity: pairsPerBlock * lambdas.count)
      var done = range.lowerBound
      while done < range.upperBound {
        let count = min(pairsPerBlock, range.upperBound - done)
        for p in 0..<count {
          for (k, lambda) in lambdas.enumerated() {
            block.set(
              p * lambdas.count + k, first: pair.first, second: pair.second,
              lambda: lambda)
          }
          pair.advance(by: stride)
        }
        block.evaluate(count * lambdas.count)
        for p in 0..<count {
          let losses = block.losses + p * lambdas.count
          var (coarse, fine) = (0.0, 0.0)
          for k in 0..<split { coarse += weights[k] * losses[k] }
          for k in split..<lambdas.count { fine += weights[k] * losses[k] }
          sums.fine += fine
          sums.difference += abs(fine - coarse)
        }
        done += count
      }
      return sums
    }
    return shards.reduce(into: Sums(pairs: total)) {
      $0.fine += $1.fine
      $0.difference += $1.difference
    }
  }
}

/// A pair i < j in the order (0, 1), (0, 2), …, (1, 2), ….
struct UnorderedPair {
  private(set) var first: Int
  private(set) var second: Int
  private let count: Int

  init(index: Int, _ count: Int) {
    self.count = count
    first = 0
    second = 1
    advance(by: index)
  }

  mutating func advance(by steps: Int) {
    second += steps
    while second >= count, first + 2 < count {
      second += first + 2 - count
      first += 1
    }
  }
}

extension Activation {
  /// Whether σ′ jumps somewhere.
  var hasKinks: Bool { self == .relu }
}
