import LinearAlgebra
import Testing
import Valuation

/// The quadratic penalty around the posterior mean by which networks add a
/// failure set or take samples out (EWC), in the model where its fixed points
/// are known.
///
///     add F:   maximise log p(F|θ) − ½(θ − m)ᵀP(θ − m)
///     drop C:  maximise −log p(C|θ) − ½(θ − m)ᵀP(θ − m)
@Suite("Elastic consolidation is exact with the true Fisher matrix alone")
struct ElasticConsolidationTests {
  private let problem = LinearProblem.random(
    samples: 12, features: 3, failures: 2, seed: 31)

  /// N times the Fisher matrix and the prior's precision: Φ_DᵀΦ_D/σ² with the
  /// model's own labels, or Σe²φφᵀ/σ⁴ with the training labels.
  private func penalty(empirical: Bool, _ mean: [Double]) -> Matrix<Double> {
    let sigma = problem.noiseVariance
    let errors = zip(problem.labels, problem.design.multiplied(by: mean))
      .map { $0 - $1 }
    return Matrix(rowCount: 3, columnCount: 3) { i, j in
      problem.labels.indices.reduce(i == j ? 1 / problem.priorVariance : 0) {
        let weight =
          empirical ? errors[$1] * errors[$1] / (sigma * sigma) : 1 / sigma
        return $0
          + weight * problem.design[$1, i] * problem.design[$1, j]
      }
    }
  }

  /// The fixed point m ± (P ± Λ)⁻¹Φᵀe/σ², + for learning, − for dropping.
  private func fixedPoint(
    _ mean: [Double], _ penalty: Matrix<Double>, _ rows: Matrix<Double>,
    _ labels: [Double], sign: Double
  ) throws -> [Double] {
    let sigma = problem.noiseVariance
    let errors = zip(labels, rows.multiplied(by: mean)).map { $0 - $1 }
    let learned = rows.gram(transposingSelf: true)
    let curvature = Matrix(rowCount: 3, columnCount: 3) {
      penalty[$0, $1] + sign * learned[$0, $1] / sigma
    }
    let gradient = rows.multiplied(by: errors, transposingSelf: true)
      .map { sign * $0 / sigma }
    // LDLᵀ by way of the eigenvectors: an empirical penalty less Λ need not be
    // positive definite.
    let eigen = try SymmetricEigen(curvature)
    let parts = zip(
      eigen.vectorsTransposed.multiplied(by: gradient), eigen.values
    ).map { $0 / $1 }
    let step = eigen.vectorsTransposed.multiplied(
      by: parts, transposingSelf: true)
    return zip(mean, step).map { $0 + $1 }
  }

  private func distance(_ a: [Double], _ b: [Double]) -> Double {
    zip(a, b).map { abs($0 - $1) }.max() ?? 0
  }

  @Test("Adding F gives m_DF, dropping C gives m_D∖C; the empirical matrix not")
  func identities() throws {
    let valuation = try problem.valuation()
    let mean = valuation.before.posterior.mean
    let after = valuation.after.posterior.mean
    let causes = [2, 9]
    let rest = (0..<12).filter { !causes.contains($0) }
    let without = try problem.posterior(rest, failures: false).mean
    let (rows, labels) = problem.samples(causes)
    let tolerance = try problem.tolerance(1)
    #expect(tolerance < 1e-10)
    for empirical in [false, true] {
      let penalty = penalty(empirical: empirical, mean)
      let added = try fixedPoint(
        mean, penalty, problem.failureDesign, problem.failureLabels, sign: 1)
      let dropped = try fixedPoint(mean, penalty, rows, labels, sign: -1)
      if empirical {
        #expect(distance(added, after) > 0.01)
        #expect(distance(dropped, without) > 0.01)
      } else {
        #expect(distance(added, after) <= tolerance)
        #expect(distance(dropped, without) <= tolerance)
      }
    }
  }

  @Test("One natural-gradient step is not the posterior mean")
  func linearInfluence() throws {
    let valuation = try problem.valuation()
    let (before, after) = (
      valuation.before.posterior, valuation.after.posterior
    )
    let errors = before.errors(problem.failureDesign, problem.failureLabels)
    let gradient = problem.failureDesign
      .multiplied(by: errors, transposingSelf: true)
      .map { $0 / problem.noiseVariance }
    func step(_ covariance: Matrix<Double>) -> [Double] {
      zip(before.mean, covariance.multiplied(by: gradient)).map { $0 + $1 }
    }
    // Σ_DF in place of Σ_D is what would be exact.
    #expect(
      distance(step(after.covariance), after.mean) <= (try problem.tolerance(1))
    )
    #expect(distance(step(before.covariance), after.mean) > 0.01)
  }

  @Test("A prior with a mean and a covariance, by the normal equations")
  func generalPrior() throws {
    let covariance = Matrix(
      rowCount: 3, columnCount: 3,
      elements: [2, 0.5, 0.1, 0.5, 1, -0.3, 0.1, -0.3, 0.7])
    let start = [0.5, -1, 2]
    let prior = try LinearPosterior(mean: start, covariance: covariance)
    let learned = try prior.learning(
      problem.design, problem.labels, noiseVariance: problem.noiseVariance
    ).posterior
    let inverse = try CholeskyFactorization(covariance).solve(.identity(3))
    let gram = problem.design.gram(transposingSelf: true)
    let precision = try CholeskyFactorization(
      Matrix(rowCount: 3, columnCount: 3) {
        inverse[$0, $1] + gram[$0, $1] / problem.noiseVariance
      })
    let data = problem.design
      .multiplied(by: problem.labels, transposingSelf: true)
      .map { $0 / problem.noiseVariance }
    let expected = precision.solve(
      zip(inverse.multiplied(by: start), data).map { $0 + $1 })
    #expect(distance(learned.mean, expected) <= (try problem.tolerance(2)))
    let spread = precision.solve(.identity(3))
    #expect(
      distance(learned.covariance.elements, spread.elements)
        <= (try problem.tolerance(1)))
  }
}
