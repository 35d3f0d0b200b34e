import LinearAlgebra
import Testing

@Suite("Gauss rules for Beta laws are exact up to degree 2n − 1")
struct GaussJacobiTests {
  static let shapes: [Double] = [0.01, 0.2, 0.5, 1, 2, 7.3, 20, 100]

  /// The error of a rule with n nodes for integrands of at most 1: each weight
  /// is a square of a component of a vector that n sweeps of rotations left
  /// orthonormal to a few n·2⁻⁵².
  private func limit(_ count: Int) -> Double {
    8 * Double(count) * .ulpOfOne
  }

  @Test("E[λᵏ] = Π (α+j)/(α+β+j), and the same for 1 − λ", arguments: shapes)
  func moments(alpha: Double) throws {
    for beta in Self.shapes {
      for count in [1, 2, 3, 5, 16, 64, 200] {
        let rule = try GaussJacobi(alpha: alpha, beta: beta, count: count)
        #expect(rule.nodes.count == count)
        #expect(rule.nodes == rule.nodes.sorted())
        #expect(rule.nodes.allSatisfy { $0 >= 0 && $0 <= 1 })
        #expect(rule.weights.allSatisfy { $0 >= 0 })
        var powers = [Double](repeating: 1, count: count)
        var mirrored = powers
        var moment = 1.0
        var mirroredMoment = 1.0
        var worst = 0.0
        for degree in 0..<2 * count {
          let sum = zip(rule.weights, powers).reduce(0) { $0 + $1.0 * $1.1 }
          let mirroredSum =
            zip(rule.weights, mirrored).reduce(0) { $0 + $1.0 * $1.1 }
          worst = max(
            worst, abs(sum - moment), abs(mirroredSum - mirroredMoment))
          let j = Double(degree)
          moment *= (alpha + j) / (alpha + beta + j)
          mirroredMoment *= (beta + j) / (alpha + beta + j)
          for index in 0..<count {
            powers[index] *= rule.nodes[index]
            mirrored[index] *= 1 - rule.nodes[index]
          }
        }
        #expect(
          worst <= limit(count), "Beta(\(alpha), \(beta)), \(count) nodes")
      }
    }
  }

  @Test("degree 2n is not exact: the rule is no better than it should be")
  func degreeOfExactness() throws {
    // The error for λ²ⁿ is the squared norm of the monic polynomial of degree
    // n; for n = 1 that is the variance, 1/12 for the uniform law.
    let rule = try GaussJacobi(alpha: 1, beta: 1, count: 1)
    let error = 1.0 / 3 - rule.expectation { $0 * $0 }
    #expect(abs(error - 1.0 / 12) <= limit(1))
  }

  /// Nodes and weights computed with 60 digits from the Jacobi matrix
  /// (mpmath 1.3, `eigsy`) and confirmed with `scipy.special.roots_jacobi`.
  @Test("five nodes, against 60-digit arithmetic")
  func knownRules() throws {
    try check(
      alpha: 0.2, beta: 0.2,
      nodes: [
        0.0099577684091593872, 0.18743568806514911, 0.5, 0.81256431193485089,
        0.99004223159084061,
      ],
      weights: [
        0.32076781849679658, 0.1254506688981614, 0.10756302521008404,
        0.1254506688981614, 0.32076781849679658,
      ])
    try check(
      alpha: 0.01, beta: 100,
      nodes: [
        1.9306348156374493e-5, 0.0071840481269284853, 0.024522255127799977,
        0.053751331085771867, 0.10015401940763068,
      ],
      weights: [
        0.99088810859575889, 0.0082736140624781759, 0.00080896252687954771,
        2.9137394357207061e-5, 1.7742052618061174e-7,
      ])
    try check(
      alpha: 2, beta: 5,
      nodes: [
        0.060017999399196085, 0.19231173454264873, 0.3764060486132476,
        0.58462000819132225, 0.78664420925358533,
      ],
      weights: [
        0.13898248529573175, 0.39850990356383867, 0.34355056130119566,
        0.10967339239133553, 0.0092836574478983928,
      ])
  }

  /// Gauss–Legendre with seven nodes, moved to [0, 1] (the same sources).
  @Test("Beta(1, 1) is Gauss–Legendre")
  func legendre() throws {
    try check(
      alpha: 1, beta: 1,
      nodes: [
        0.025446043828620738, 0.12923440720030278, 0.29707742431130142, 0.5,
        0.70292257568869858, 0.87076559279969722, 0.97455395617137926,
      ],
      weights: [
        0.064742483084434847, 0.13985269574463833, 0.19091502525255947,
        0.20897959183673469, 0.19091502525255947, 0.13985269574463833,
        0.064742483084434847,
      ])
  }

  private func check(
    alpha: Double, beta: Double, nodes: [Double], weights: [Double]
  ) throws {
    let rule = try GaussJacobi(alpha: alpha, beta: beta, count: nodes.count)
    for index in nodes.indices {
      // The nodes keep their relative accuracy, however small.
      #expect(
        abs(rule.nodes[index] - nodes[index])
          <= limit(nodes.count) * nodes[index])
      #expect(abs(rule.weights[index] - weights[index]) <= limit(nodes.count))
    }
  }

  /// Single nodes of large rules, by Newton's method on the recurrence and the
  /// sum of squares of the orthonormal polynomials, with 80 digits (mpmath).
  @Test(
    "two hundred nodes, against 80-digit arithmetic",
    arguments: [
      (0.01, 0.01, 0, 2.5248510522506961e-7, 0.45144048756637632),
      (0.01, 0.01, 100, 0.50393663100639467, 0.00015532887250201611),
      (0.01, 100, 0, 1.6805178954131252e-7, 0.94674840251982622),
      (0.01, 100, 30, 0.037310458843605699, 1.5427225350596824e-5),
      (100, 100, 100, 0.50277853404699175, 0.062434729673484986),
      (100, 0.01, 199, 0.99999983194821046, 0.94674840251982622),
    ])
  func largeRules(
    alpha: Double, beta: Double, index: Int, node: Double, weight: Double
  ) throws {
    let rule = try GaussJacobi(alpha: alpha, beta: beta, count: 200)
    #expect(abs(rule.nodes[index] - node) <= limit(200) * node)
    #expect(abs(rule.weights[index] - weight) <= limit(200))
  }

  @Test("exchanging α and β mirrors the rule")
  func mirror() throws {
    let rule = try GaussJacobi(alpha: 0.3, beta: 4, count: 30)
    let mirror = try GaussJacobi(alpha: 4, beta: 0.3, count: 30)
    for index in 0..<30 {
      #expect(
        abs(rule.nodes[index] - (1 - mirror.nodes[29 - index])) <= limit(30))
      #expect(
        abs(rule.weights[index] - mirror.weights[29 - index]) <= limit(30))
    }
  }

  @Test("shapes at the ends of the range keep the mean")
  func extremeShapes() throws {
    for (alpha, beta) in [(1e-300, 1.0), (1.0, 1e-300), (1e300, 1e300)] {
      let rule = try GaussJacobi(alpha: alpha, beta: beta, count: 10)
      let mean = rule.expectation { $0 }
      #expect(abs(mean - alpha / (alpha + beta)) <= limit(10))
    }
  }

  @Test("shapes outside the law, and no nodes, trap")
  func preconditions() async {
    await #expect(processExitsWith: .failure) {
      _ = try GaussJacobi(alpha: 0, beta: 1, count: 3)
    }
    await #expect(processExitsWith: .failure) {
      _ = try GaussJacobi(alpha: 1, beta: .infinity, count: 3)
    }
    await #expect(processExitsWith: .failure) {
      _ = try GaussJacobi(alpha: 1, beta: 1, count: 0)
    }
  }
}
