import Foundation
import LinearAlgebra
import Testing
import Valuation

@Suite("Where the first order of a removal holds, and what it leaves out")
struct LinearValuationLimitTests {
  private var problem = LinearProblem.random(
    samples: 9, features: 3, failures: 2, seed: 11)
  private let everything = Array(0..<9)

  /// F(ε) = log ∫ p(θ|·) e^{−ε log p(C|θ)} dθ by its closed form.
  private func generator(
    _ epsilon: Double, _ causes: [Int], failures: Bool
  ) throws -> Double {
    let (mean, covariance) = try problem.posterior(
      everything, failures: failures)
    let (rows, labels) = problem.samples(causes)
    let sigma = problem.noiseVariance
    let count = Double(causes.count)
    let errors = zip(labels, rows.multiplied(by: mean)).map { $0 - $1 }
    let logLikelihood =
      -errors.reduce(0) { $0 + $1 * $1 } / (2 * sigma)
      - count / 2 * (LinearProblem.logTwoPi + log(sigma))
    let precision = try CholeskyFactorization(covariance)
      .solve(.identity(covariance.rowCount))
    let learned = rows.gram(transposingSelf: true)
    let d = covariance.rowCount
    let reduced = try CholeskyFactorization(
      Matrix(rowCount: d, columnCount: d) {
        precision[$0, $1] - epsilon * learned[$0, $1] / sigma
      })
    let logRatio =
      reduced.logDeterminant
      - (try CholeskyFactorization(precision))
      .logDeterminant
    let g = rows.multiplied(by: errors, transposingSelf: true).map {
      $0 / sigma
    }
    let square = zip(g, reduced.solve(g)).reduce(0) { $0 + $1.0 * $1.1 }
    return -epsilon * logLikelihood - logRatio / 2
      + epsilon * epsilon * square / 2
  }

  /// E and Var of log p(C|θ) by Gaussian moments: −F′(0) and F″(0).
  private func moments(
    _ causes: [Int], failures: Bool
  ) throws -> (mean: Double, variance: Double) {
    let (mean, covariance) = try problem.posterior(
      everything, failures: failures)
    let (rows, labels) = problem.samples(causes)
    let sigma = problem.noiseVariance
    let errors = zip(labels, rows.multiplied(by: mean)).map { $0 - $1 }
    let spread = rows.multiplied(by: covariance)
      .multiplied(by: rows, transposingOther: true)
    let count = causes.count
    let trace = (0..<count).reduce(0) { $0 + spread[$1, $1] }
    let square = spread.elements.reduce(0) { $0 + $1 * $1 }
    let along = zip(errors, spread.multiplied(by: errors))
      .reduce(0) { $0 + $1.0 * $1.1 }
    return (
      -(errors.reduce(0) { $0 + $1 * $1 } + trace) / (2 * sigma)
        - Double(count) / 2 * (LinearProblem.logTwoPi + log(sigma)),
      along / (sigma * sigma) + square / (2 * sigma * sigma)
    )
  }

  /// Central differences, whose error falls by 4 as the step is halved.
  ///
  /// Rounding adds 4·2⁻⁵²·F/h² at most; where it is larger, the test below would
  /// not test anything, and says so.
  @Test("F′(0) and F″(0) are the moments of log p(C|θ)")
  func derivatives() throws {
    for causes in [[0], [2, 5], [1, 3, 8]] {
      for failures in [false, true] {
        let expected = try moments(causes, failures: failures)
        func errors(_ h: Double) throws -> (first: Double, second: Double) {
          let up = try generator(h, causes, failures: failures)
          let down = try generator(-h, causes, failures: failures)
          let here = try generator(0, causes, failures: failures)
          return (
            abs((up - down) / (2 * h) + expected.mean),
            abs((up - 2 * here + down) / (h * h) - expected.variance)
          )
        }
        let (coarse, fine) = (try errors(0x1p-7), try errors(0x1p-8))
        let rounding = try problem.tolerance(abs(expected.mean)) * 0x1p18
        #expect(rounding < 0.01)
        #expect(fine.first <= 0.3 * coarse.first + rounding)
        #expect(fine.second <= 0.3 * coarse.second + rounding)
        #expect(coarse.first <= 0.05 * abs(expected.mean))
        #expect(coarse.second <= 0.05 * expected.variance)
      }
    }
  }

  @Test("r is F_DF(1) − F_D(1), and r̂ the same at first order")
  func generators() throws {
    let valuation = try problem.valuation()
    for causes in [[4], [0, 7]] {
      let exact =
        try generator(1, causes, failures: true)
        - generator(1, causes, failures: false)
      let first =
        try moments(causes, failures: false).mean
        - moments(causes, failures: true).mean
      let tolerance = try problem.tolerance(10)
      #expect(
        abs(try valuation.value(ofRemoving: causes) - exact) <= tolerance)
      #expect(
        abs(causes.reduce(0) { $0 + valuation.values[$1] } - first)
          <= tolerance)
    }
  }

  /// The next cumulant is a factor σ² smaller.
  @Test("r − r̂ becomes half the change of variance as the noise grows")
  func varianceTerm() throws {
    func error(_ noise: Double) throws -> Double {
      var noisy = self
      noisy.problem.noiseVariance = noise
      let valuation = try noisy.problem.valuation()
      let gap = valuation.removalValues[3] - valuation.values[3]
      let term =
        try
        (noisy.moments([3], failures: true).variance
        - noisy.moments([3], failures: false).variance) / 2
      return abs(gap / term - 1)
    }
    let errors = try [10.0, 100, 1000].map(error)
    #expect(errors[2] < 0.01, "\(errors)")
    #expect(errors[1] < errors[0] / 5 && errors[2] < errors[1] / 5)
  }
}
