internal import LinearAlgebra
internal import RealModule
internal import VectorMath

/// Integrates a pair's loss over λ piece by piece between the kinks of a
/// piecewise linear network, where it is analytic.
///
/// With a = 1 − λ the law of (i, j) has the density a^(β−1)(1−a)^(α−1)/B(α, β),
/// and that of (j, i) the same with α and β exchanged. Pieces are cut at some
/// standard deviations from the law's mean as well. Those that end at 0 or 1
/// take the Gauss rule of their end's power; all others are halved until they
/// are no longer than their distance from both ends, and take Gauss–Legendre
/// rules with the density in the integrand.
struct KinkIntegrator: Sendable {
  private let inputs: NetworkInputs
  /// The two laws of a; one, twice as heavy, where they are equal.
  private let laws: [KinkLaw]

  /// Nodes of the two rules on a piece.
  static let nodes = (coarse: 8, fine: 12)

  init(
    _ inputs: NetworkInputs, alpha: Double, beta: Double
  ) throws(LinearAlgebraError) {
    self.inputs = inputs
    laws =
      alpha == beta
      ? [try KinkLaw(beta, alpha, orders: 2)]
      : [
        try KinkLaw(beta, alpha, orders: 1),
        try KinkLaw(alpha, beta, orders: 1),
      ]
  }

  /// Multiplications of all pairs, if half of the hidden units switch on the
  /// way of each.
  static func work(_ integrator: PairIntegrator) -> Double {
    let hidden = integrator.inputs.network.shape.sizes.dropFirst().dropLast()
      .reduce(0, +)
    return Double(integrator.pairCount) * Double(hidden)
      * integrator.multiplications
  }

  /// The sums over all unordered pairs, of both orders together.
  func sums(_ pairCount: Int, team: ThreadTeam) -> PairIntegrator.Sums {
    let shards = team.mapShards(of: pairCount, size: 64) { range in
      var sums = PairIntegrator.Sums()
      var pair = UnorderedPair(index: range.lowerBound, inputs.count)
      for _ in range {
        let found = integrals(pair.first, pair.second)
        sums.fine += found.fine
        // Where the pieces' weights do not add up, what is missing or too
        // much has losses like those that were seen.
        sums.difference +=
          abs(found.fine - found.coarse)
          + abs(found.weight - 2) * found.largestLoss
        pair.advance(by: 1)
      }
      return sums
    }
    return shards.reduce(into: PairIntegrator.Sums(pairs: pairCount)) {
      $0.fine += $1.fine
      $0.difference += $1.difference
    }
  }

  /// Integrals of one pair, of both orders together.
  private struct Integrals {
    var coarse = 0.0
    var fine = 0.0
    /// The finer rule's weights; 2 but for rounding.
    var weight = 0.0
    var largestLoss = 0.0
  }

  private func integrals(_ i: Int, _ j: Int) -> Integrals {
    let path = KinkPath(
      of: inputs.network, from: inputs.firstLayer.row(i),
      to: inputs.firstLayer.row(j))
    let labels = (Int(inputs.labels[i]), Int(inputs.labels[j]))
    var total = Integrals()
    for (k, piece) in path.pieces.enumerated() {
      let end = k + 1 < path.pieces.count ? path.pieces[k + 1].start : 1
      func loss(_ a: Double) -> Double {
        let f = zip(piece.intercept, piece.slope).map { $0 + a * $1 }
        let top = f.max() ?? 0
        let sum = f.reduce(0) { $0 + .exp($1 - top) }
        return .log(sum) + top - (1 - a) * f[labels.0] - a * f[labels.1]
      }
      for law in laws {
        for part in law.parts(piece.start, end) {
          law.forEachNode(of: part, rule: 0) {
            total.coarse += $1 * loss($0)
          }
          law.forEachNode(of: part, rule: 1) { a, weight in
            let loss = loss(a)
            total.fine += weight * loss
            total.weight += weight
            total.largestLoss = max(total.largestLoss, loss)
          }
        }
      }
    }
    return total
  }
}
