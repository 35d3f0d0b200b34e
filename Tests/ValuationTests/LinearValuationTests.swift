import Foundation
import LinearAlgebra
import Testing
import Valuation
import VectorMath

@Suite("Exact values of samples in Bayesian linear regression")
struct LinearValuationTests {
  /// Twelve decimals are printed.
  private let printed = 0.5e-12

  @Test("The note's numbers, Section 13")
  func note() throws {
    let problem = LinearProblem.note
    let valuation = try problem.valuation()
    let table: [(r: Double, rhat: Double, rtilde: Double)] = [
      (-0.083446803500, -0.058231734203, 0.001496949482),
      (-0.053293946326, -0.043572263840, -0.017388591949),
      (-0.489958624232, -0.307089205862, -0.264187994788),
      (0.135990718596, 0.359550974043, 0.469432275278),
      (-0.571864210327, -0.225158960820, -0.081622714365),
    ]
    let tolerance = try printed + problem.tolerance(1)
    #expect(tolerance < 1e-11, "the numbers would not be tested")
    #expect(abs(valuation.logEvidence + 1.397061260333) <= tolerance)
    for (k, row) in table.enumerated() {
      #expect(abs(valuation.removalValues[k] - row.r) <= tolerance)
      #expect(abs(valuation.values[k] - row.rhat) <= tolerance)
      #expect(abs(valuation.meanValues[k] - row.rtilde) <= tolerance)
    }
    let both = try valuation.value(ofRemoving: [3, 4])
    #expect(abs(both + 0.182465865984) <= tolerance)
    #expect(
      abs(valuation.values[3] + valuation.values[4] - 0.134392013223)
        <= tolerance)
    for (weight, rhat) in [
      (1.0, -0.307089205862), (0.7, -0.100646877663), (0.5, -0.049620208715),
      (0, -0.225158960820),
    ] {
      let mixed = valuation.value(ofMixing: 2, 4, weight: weight)
      #expect(abs(mixed.value - rhat) <= tolerance)
    }
  }

  /// (2) from the normal equations, (2) by square roots, and (4), for every
  /// set of causes.
  @Test("Equation (4) gives what the definition gives, for every set")
  func everySet() throws {
    for problem in [
      LinearProblem.note,
      .random(samples: 6, features: 4, failures: 3, seed: 1),
      .random(samples: 5, features: 9, failures: 2, seed: 2),
      .random(samples: 6, features: 2, failures: 7, seed: 3),
    ] {
      let valuation = try problem.valuation()
      let count = problem.labels.count
      let base = try problem.logEvidence(given: Array(0..<count))
      let tolerance = try problem.tolerance(abs(base))
      #expect(tolerance < 1e-8)
      #expect(abs(valuation.logEvidence - base) <= tolerance)
      for set in 1..<(1 << count) {
        let causes = (0..<count).filter { set >> $0 & 1 == 1 }
        let rest = (0..<count).filter { !causes.contains($0) }
        let expected = try problem.logEvidence(given: rest) - base
        let direct = try valuation.value(ofRemoving: causes)
        let (rows, labels) = problem.samples(causes)
        let cavity = try valuation.value(ofRemoving: rows, labels).value ?? .nan
        #expect(abs(direct - expected) <= tolerance)
        #expect(abs(cavity - expected) <= tolerance)
        if causes.count == 1 {
          let alone = valuation.removalValues[causes[0]]
          #expect(abs(alone - expected) <= tolerance)
        }
      }
    }
  }

  @Test("r̂ adds up over samples, r does not")
  func additivity() throws {
    let problem = LinearProblem.random(
      samples: 8, features: 3, failures: 2, seed: 4)
    let valuation = try problem.valuation()
    let (mean, covariance) = try problem.posterior(
      Array(0..<8), failures: false)
    let (meanAfter, covarianceAfter) = try problem.posterior(
      Array(0..<8), failures: true)
    // E[log p(C|θ)] of the set at once, by a trace.
    let (rows, labels) = problem.samples([1, 4, 6])
    func expectation(_ m: [Double], _ s: Matrix<Double>) -> Double {
      let error = zip(labels, rows.multiplied(by: m)).map { $0 - $1 }
      let spread = rows.multiplied(by: s).multiplied(
        by: rows, transposingOther: true)
      let trace = (0..<3).reduce(0) { $0 + spread[$1, $1] }
      return -(error.reduce(0) { $0 + $1 * $1 } + trace)
        / (2 * problem.noiseVariance)
    }
    let set =
      expectation(mean, covariance) - expectation(meanAfter, covarianceAfter)
    let sum = [1, 4, 6].reduce(0) { $0 + valuation.values[$1] }
    #expect(abs(set - sum) <= (try problem.tolerance(abs(set))))
    let exact = try valuation.value(ofRemoving: [1, 4, 6])
    let parts = [1, 4, 6].reduce(0) { $0 + valuation.removalValues[$1] }
    #expect(abs(exact - parts) > 0.01)
  }

  /// Half of K⁻¹ = (I + ΦΦᵀτ²/σ²)⁻¹: no posterior of θ at all.
  @Test("Few samples, and samples twice, by way of the samples' covariance")
  func dual() throws {
    var twice = LinearProblem.random(
      samples: 8, features: 5, failures: 2, seed: 5)
    // Rank 3: two features are sums of others, two samples are equal.
    twice.design = Matrix(rowCount: 8, columnCount: 5) { i, k in
      let row = twice.design.row(i == 7 ? 6 : i)
      let at = row.startIndex
      return k < 3 ? row[at + k] : row[at] + Double(k) * row[at + 1]
    }
    for var problem in [
      twice, .random(samples: 7, features: 30, failures: 3, seed: 6),
    ] {
      for ratio in [1e-6, 1, 1e4] {
        problem.priorVariance = problem.noiseVariance * ratio
        let valuation = try problem.valuation()
        let n = problem.labels.count
        let kernel = problem.design.gram()
        let factor = try CholeskyFactorization(
          Matrix(rowCount: n, columnCount: n) {
            ratio * kernel[$0, $1] + ($0 == $1 ? 1 : 0)
          })
        let inverse = factor.solve(.identity(n))
        let errors = factor.solve(problem.labels)
        let tolerance = try problem.tolerance(4)
        #expect(tolerance < 1e-6)
        for i in 0..<n {
          #expect(
            abs(valuation.before.margins[i] - inverse[i, i])
              <= tolerance * inverse[i, i])
          #expect(abs(valuation.before.errors[i] - errors[i]) <= tolerance)
        }
      }
    }
  }

  /// One feature per sample.
  ///
  /// θ_i ~ N(0, τ²), y_i = θ_i + ε and F sees θ_0, so that everything is a
  /// number. τ²/σ² = 10²⁰ has s = 1 to double precision.
  @Test("A leverage of 1 to rounding loses nothing")
  func extreme() throws {
    let ratio = 1e20
    var problem = LinearProblem.random(
      samples: 3, features: 3, failures: 1, seed: 0)
    problem.design = .identity(3)
    problem.failureDesign = Matrix(
      rowCount: 1, columnCount: 3, elements: [1, 0, 0])
    problem.failureLabels = [0.75]
    problem.labels = [0.5, -1, 2]
    problem.noiseVariance = 1
    problem.priorVariance = ratio
    let valuation = try problem.valuation()
    // Without the sample F is predicted by the prior: N(0, τ² + 1). With it,
    // N(0.5, 2) to one in 10²⁰.
    func logDensity(_ y: Double, _ variance: Double) -> Double {
      -(y * y / variance + log(variance) + LinearProblem.logTwoPi) / 2
    }
    let expected = logDensity(0.75, ratio) - logDensity(0.25, 2)
    let found = valuation.removalValues
    #expect(abs(found[0] - expected) <= 64 * abs(expected).ulp)
    // The others do not touch what F sees.
    #expect(abs(found[1]) <= 64 * Double.ulpOfOne * log(ratio))
    #expect(abs(found[2]) <= 64 * Double.ulpOfOne * log(ratio))
    for i in 0..<3 {
      #expect(abs(valuation.before.margins[i] * ratio - 1) <= 64 * 0x1p-52)
    }
  }

  @Test("A prior that rounding swallows is refused, unless the data replace it")
  func lostPrior() throws {
    var problem = LinearProblem.random(
      samples: 9, features: 4, failures: 2, seed: 7)
    problem.priorVariance = 1e40
    _ = try problem.valuation()
    // A feature twice: nothing but the prior tells the two apart.
    problem.design = Matrix(rowCount: 9, columnCount: 4) {
      problem.design[$0, $1 == 3 ? 2 : $1]
    }
    #expect(throws: LinearValuationError.priorLost(feature: 3)) {
      _ = try problem.valuation()
    }
    problem.priorVariance = 1e12
    _ = try problem.valuation()
  }

  @Test("No failures and overflows are errors with a name")
  func refused() {
    var problem = LinearProblem.note
    problem.labels[0] = 1e200
    problem.noiseVariance = 1e-200
    #expect(throws: LinearValuationError.overflow) {
      _ = try problem.valuation()
    }
    problem = .note
    problem.failureDesign = Matrix(rowCount: 0, columnCount: 2, elements: [])
    problem.failureLabels = []
    #expect(throws: LinearValuationError.noFailures) {
      _ = try problem.valuation()
    }
  }

  @Test("The bytes do not depend on the team's size")
  func teams() throws {
    let problem = LinearProblem.random(
      samples: 900, features: 20, failures: 3, seed: 8)
    let (one, three) = (
      try problem.valuation(), try problem.valuation(threads: 3)
    )
    #expect(one.removalValues == three.removalValues)
    #expect(one.values == three.values)
  }
}
