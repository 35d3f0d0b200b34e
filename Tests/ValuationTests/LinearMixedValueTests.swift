import LinearAlgebra
import Testing
import Valuation

@Suite("The value of a mixed sample in Bayesian linear regression")
struct LinearMixedValueTests {
  private let problem = LinearProblem.random(
    samples: 7, features: 3, failures: 2, seed: 21)

  /// r̂ of a row and a label from the other route's posteriors.
  private func firstOrder(_ row: [Double], _ label: Double) throws -> Double {
    try expectedLoss(row, label, failures: true)
      - expectedLoss(row, label, failures: false)
  }

  private func expectedLoss(
    _ row: [Double], _ label: Double, failures: Bool
  ) throws -> Double {
    let (mean, covariance) = try problem.posterior(
      Array(0..<7), failures: failures)
    func product(_ a: [Double], _ b: [Double]) -> Double {
      zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
    }
    let error = label - product(row, mean)
    return (error * error + product(row, covariance.multiplied(by: row)))
      / (2 * problem.noiseVariance)
  }

  private func mix(
    _ i: Int, _ j: Int, _ weight: Double
  ) -> (row: [Double], label: Double) {
    (
      zip(problem.design.row(i), problem.design.row(j)).map {
        weight * $0 + (1 - weight) * $1
      },
      weight * problem.labels[i] + (1 - weight) * problem.labels[j]
    )
  }

  @Test("r̂ is the sample's own formula and an exact quadratic in λ")
  func quadratic() throws {
    let valuation = try problem.valuation()
    let tolerance = try problem.tolerance(10)
    #expect(tolerance < 1e-9)
    for (i, j) in [(0, 1), (2, 2), (5, 3)] {
      let (first, cross, second) = valuation.quadratic(i, j)
      for weight in [0, 0.1, 0.5, 0.75, 1] {
        let mixed = mix(i, j, weight)
        let value = valuation.value(ofMixing: i, j, weight: weight)
        let expected = try firstOrder(mixed.row, mixed.label)
        let curve =
          weight * weight * first + 2 * weight * (1 - weight) * cross
          + (1 - weight) * (1 - weight) * second
        #expect(abs(value.value - expected) <= tolerance)
        #expect(abs(curve - expected) <= tolerance)
      }
      let ends = [i, j].map { valuation.values[$0] }
      #expect(abs(first - ends[0]) <= tolerance)
      #expect(abs(second - ends[1]) <= tolerance)
    }
  }

  @Test("Mixing losses in place of labels adds a term that cancels")
  func labelTerm() throws {
    let valuation = try problem.valuation()
    let tolerance = try problem.tolerance(10)
    for weight in [0.2, 0.5] {
      let (row, label) = mix(1, 4, weight)
      let labels = [problem.labels[1], problem.labels[4]]
      var losses: [Double] = []
      for failures in [false, true] {
        let mixedLosses =
          try weight * expectedLoss(row, labels[0], failures: failures)
          + (1 - weight) * expectedLoss(row, labels[1], failures: failures)
        let extra =
          try mixedLosses
          - expectedLoss(
            row, label, failures: failures)
        let gap = labels[0] - labels[1]
        let term =
          weight * (1 - weight) * gap * gap / (2 * problem.noiseVariance)
        #expect(term > 0.001)
        #expect(abs(extra - term) <= tolerance)
        losses.append(mixedLosses)
      }
      let value = valuation.value(ofMixing: 1, 4, weight: weight).value
      #expect(abs(value - (losses[1] - losses[0])) <= tolerance)
    }
  }

  /// Fewer samples than features and a wide prior: leverages are 1 to within
  /// 10⁻¹², and 1 − s by that difference would have no digit.
  @Test(
    "A mixture of a sample with itself is that sample, whatever its leverage")
  func itself() throws {
    var wide = LinearProblem.random(
      samples: 5, features: 8, failures: 3, seed: 4)
    wide.priorVariance = 1e12
    let valuation = try wide.valuation()
    for i in 0..<5 {
      let alone = valuation.value(ofMixing: i, (i + 1) % 5, weight: 1)
      #expect(valuation.before.margins[i] < 1e-10)
      #expect(valuation.value(ofMixing: i, i, weight: 0.5) == alone)
      let mixed = valuation.value(ofMixing: i, (i + 1) % 5, weight: 0.3)
      guard case .defined = mixed.removal else {
        Issue.record("r of a mixture is undefined at \(mixed.leverage)")
        continue
      }
    }
  }

  @Test("A training sample's r is its mixed r at λ = 1 and at λ = 0")
  func ends() throws {
    let valuation = try problem.valuation()
    for i in 0..<7 {
      let exact = valuation.removalValues[i]
      for mixed in [
        valuation.value(ofMixing: i, (i + 1) % 7, weight: 1),
        valuation.value(ofMixing: (i + 1) % 7, i, weight: 0),
      ] {
        let r = try #require(mixed.removal.value)
        #expect(abs(r - exact) <= (try problem.tolerance(4)))
      }
    }
  }

  /// s = φᵀΣφ/σ² is 1/(1 + x²)-like here: one sample at x = 0.1, so that
  /// Σ = 1/(1/2 + 0.04) and mixing with itself stays below 1; the sample 10φ
  /// that was never learned has a hundred times its leverage.
  @Test("A leverage of 1 or more is reported as undefined, with the reason")
  func undefined() throws {
    var single = LinearProblem.random(
      samples: 1, features: 1, failures: 1, seed: 22)
    single.design = Matrix(rowCount: 1, columnCount: 1, elements: [0.1])
    let valuation = try single.valuation()
    let (sigma, row) = (single.noiseVariance, 0.1)
    let variance = 1 / (1 / single.priorVariance + row * row / sigma)
    for factor in [1.0, 2, 10] {
      let leverage = factor * factor * row * row * variance / sigma
      let outcome = try valuation.value(
        ofRemoving: Matrix(
          rowCount: 1, columnCount: 1, elements: [factor * row]), [0.3])
      if leverage < 1 {
        #expect(outcome.value?.isFinite == true && outcome.reason == nil)
      } else {
        guard case .undefined(let found) = outcome else {
          Issue.record("a value at leverage \(leverage)")
          continue
        }
        #expect(abs(found - leverage) <= 16 * leverage.ulp)
        #expect(outcome.reason?.contains(">= 1") == true)
      }
    }
    #expect(100 * row * row * variance / sigma > 1)
  }

  /// x̃ between two samples on opposite sides has less leverage than they; a
  /// mixture of samples of D can exceed 1 nowhere, for leverage is convex.
  @Test("Mixtures of training samples stay below the larger leverage")
  func convexity() throws {
    let valuation = try problem.valuation()
    for weight in stride(from: 0, through: 1, by: 0.125) {
      let mixed = valuation.value(ofMixing: 0, 5, weight: weight)
      let bound =
        1 - min(valuation.before.margins[0], valuation.before.margins[5])
      #expect(mixed.leverage <= bound + 16 * Double.ulpOfOne)
      #expect(mixed.removal.value != nil)
    }
  }
}
