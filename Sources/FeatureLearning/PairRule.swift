import LinearAlgebra
import Mixing
import RealModule

/// The nodes that stand for the law of λ in the sums over all pairs.
///
/// - Numerics: Along a segment the residual of a pair is analytic except where
///   the margin is an odd multiple of iπ, and an N-point Gauss rule errs by
///   about r^(−2N), r the size of the largest ellipse around [−1, 1] without
///   such a point. Logits are convex quadratics along a segment between 0 and
///   M, the largest logit of a sample; for the margin (M/2)T₂(t), t = 2λ − 1,
///   which oscillates most, ln r = ½ asinh(2π/M). A straight margin M·t has the
///   larger asinh(π/M).
struct PairRule: Equatable {
  /// Points in [0, 1].
  var lambdas: [Double]
  /// Their weights, of sum 1.
  var weights: [Double]
  /// Nodes of the Gauss rule; of a symmetric one only half are needed.
  var nodeCount: Int

  /// The most nodes of a rule.
  static let largestCount = 1024

  /// Nodes that make the error about `tolerance` where no logit exceeds
  /// `margin`.
  static func nodeCount(margin: Double, tolerance: Double) -> Int {
    let growth = 0.5 * Double.asinh(2 * Double.pi / max(margin, 0.1))
    let count = -Double.log(tolerance) / (2 * growth)
    guard count < Double(largestCount) else { return largestCount + 1 }
    // Two more than that: the constant in front of r^(−2N) is of order 10.
    return max(6, 2 * Int((count / 2).rounded(.up)) + 2)
  }

  /// The rule of a law.
  ///
  /// With α = β the nodes come in pairs λ, 1 − λ, and a pair (i, j) at 1 − λ is
  /// the pair (j, i) at λ: where both orders weigh the same, one of the two
  /// nodes with twice the weight will do.
  ///
  /// - Parameter folds: Whether both orders of a pair weigh the same.
  init(
    law: MixingLaw, nodeCount: Int, folds: Bool
  ) throws(LinearAlgebraError) {
    switch law {
    case .none:
      self.init(lambdas: [1], weights: [1], nodeCount: 1)
    case .fixed(let weight):
      self.init(lambdas: [weight], weights: [1], nodeCount: 1)
    case .beta(let a, let b):
      let gauss = try GaussJacobi(alpha: a, beta: b, count: nodeCount)
      guard folds && a == b else {
        self.init(
          lambdas: gauss.nodes, weights: gauss.weights, nodeCount: nodeCount)
        return
      }
      let half = nodeCount / 2
      let upper = (nodeCount - half)..<nodeCount
      self.init(
        lambdas: Array(gauss.nodes[upper]),
        weights: gauss.weights[upper].map { 2 * $0 }, nodeCount: nodeCount)
      if !nodeCount.isMultiple(of: 2) {
        lambdas.append(gauss.nodes[half])
        weights.append(gauss.weights[half])
      }
    }
  }

  private init(lambdas: [Double], weights: [Double], nodeCount: Int) {
    self.lambdas = lambdas
    self.weights = weights
    self.nodeCount = nodeCount
  }
}
