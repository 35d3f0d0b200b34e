internal import LinearAlgebra
internal import RealModule
internal import VectorMath

/// Integrates a pair's loss over λ piece by piece between the kinks of a
/// piecewise linear network, where it is analytic.
///
/// With a = 1 − λ the law of (i, j) has the density a^(β−1)(1−a)^(α−1)/B(α, β),
/// and that of (j, i) the same with α and β exchanged. Pieces that end at 0 or
/// 1 take the Gauss rule of their end's power; all others are halved until they
/// are no longer than their distance from both ends, and take Gauss–Legendre
/// rules with the density in the integrand.
struct KinkIntegrator: Sendable {
  private let inputs: NetworkInputs
  /// The two laws of a; one, twice as heavy, where they are equal.
  private let laws: [Law]

  /// Nodes of the two rules on a piece.
  static let nodes = (coarse: 8, fine: 12)

  /// A law of a with the density a^(p−1)(1−a)^(q−1)·scale, and its rules, the
  /// coarse and the fine one.
  private struct Law {
    var p: Double
    var q: Double
    var scale: Double
    var left: [GaussJacobi]
    var right: [GaussJacobi]
    var inner: [GaussJacobi]
  }

  init(
    _ inputs: NetworkInputs, alpha: Double, beta: Double
  ) throws(LinearAlgebraError) {
    self.inputs = inputs
    let logBeta =
      Double.logGamma(alpha) + .logGamma(beta) - .logGamma(alpha + beta)
    func law(_ p: Double, _ q: Double) throws(LinearAlgebraError) -> Law {
      var law = Law(
        p: p, q: q, scale: .exp(-logBeta), left: [], right: [], inner: [])
      for count in [Self.nodes.coarse, Self.nodes.fine] {
        law.left.append(try GaussJacobi(alpha: p, beta: 1, count: count))
        law.right.append(try GaussJacobi(alpha: q, beta: 1, count: count))
        law.inner.append(try GaussJacobi(alpha: 1, beta: 1, count: count))
      }
      return law
    }
    var laws = [try law(beta, alpha)]
    if alpha == beta {
      laws[0].scale *= 2
    } else {
      laws.append(try law(alpha, beta))
    }
    self.laws = laws
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
        let (coarse, fine) = integrals(pair.first, pair.second)
        sums.fine += fine
        sums.difference += abs(fine - coarse)
        pair.advance(by: 1)
      }
      return sums
    }
    return shards.reduce(into: PairIntegrator.Sums(pairs: pairCount)) {
      $0.fine += $1.fine
      $0.difference += $1.difference
    }
  }

  private func integrals(_ i: Int, _ j: Int) -> (Double, Double) {
    let path = KinkPath(
      of: inputs.network, from: inputs.firstLayer.row(i),
      to: inputs.firstLayer.row(j))
    let labels = (Int(inputs.labels[i]), Int(inputs.labels[j]))
    var total = (0.0, 0.0)
    for (k, piece) in path.pieces.enumerated() {
      let end = k + 1 < path.pieces.count ? path.pieces[k + 1].start : 1
      func loss(_ a: Double) -> Double {
        let f = zip(piece.intercept, piece.slope).map { $0 + a * $1 }
        let top = f.max() ?? 0
        let sum = f.reduce(0) { $0 + .exp($1 - top) }
        return .log(sum) + top - (1 - a) * f[labels.0] - a * f[labels.1]
      }
      for part in Self.parts(piece.start, end) {
        for law in laws {
          total.0 += Self.integral(law, 0, part, loss)
          total.1 += Self.integral(law, 1, part, loss)
        }
      }
    }
    return total
  }

  /// A piece in parts that keep away from both ends or touch just one.
  private static func parts(
    _ start: Double, _ end: Double
  ) -> [ClosedRange<Double>] {
    guard start < end else { return [] }
    if start < 0.5, end > 0.5 {
      return parts(start, 0.5) + parts(0.5, end)
    }
    let distance = start < 0.5 ? start : 1 - end
    if distance == 0 || end - start <= distance { return [start...end] }
    let cut = start < 0.5 ? 2 * start : 2 * end - 1
    return parts(start, cut) + parts(cut, end)
  }

  private static func integral(
    _ law: Law, _ rule: Int, _ part: ClosedRange<Double>,
    _ loss: (Double) -> Double
  ) -> Double {
    let (start, end) = (part.lowerBound, part.upperBound)
    if start == 0 {
      // a = end·s, s ~ Beta(p, 1).
      return law.scale * .pow(end, law.p) / law.p
        * law.left[rule].expectation { s in
          .pow(1 - end * s, law.q - 1) * loss(end * s)
        }
    }
    if end == 1 {
      let length = 1 - start
      return law.scale * .pow(length, law.q) / law.q
        * law.right[rule].expectation { s in
          .pow(1 - length * s, law.p - 1) * loss(1 - length * s)
        }
    }
    return law.scale * (end - start)
      * law.inner[rule].expectation { s in
        let a = start + (end - start) * s
        return .pow(a, law.p - 1) * .pow(1 - a, law.q - 1) * loss(a)
      }
  }
}
