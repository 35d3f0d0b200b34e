import LinearAlgebra
import Randomness
import Valuation
import VectorMath

/// A Bayesian linear regression with a failure set.
struct LinearProblem {
  var design: Matrix<Double>
  var labels: [Double]
  var failureDesign: Matrix<Double>
  var failureLabels: [Double]
  var noiseVariance = 0.25
  var priorVariance = 2.0

  /// φ = (1, x): the test vector of Section 13 of the valuation note.
  static let note = LinearProblem(
    design: line([0, 1, 2, 3, -1]), labels: [0.1, 0.9, 2.2, 2.0, -1.2],
    failureDesign: line([2.5, -2]), failureLabels: [2.6, -1.9])

  private static func line(_ x: [Double]) -> Matrix<Double> {
    Matrix(rowCount: x.count, columnCount: 2) { $1 == 0 ? 1 : x[$0] }
  }

  /// Normal features and labels.
  static func random(
    samples n: Int, features d: Int, failures f: Int, seed: UInt64
  ) -> LinearProblem {
    var stream = RandomStream(rootSeed: seed, name: "linear-problem")
    return LinearProblem(
      design: Matrix(
        rowCount: n, columnCount: d, elements: stream.normals(count: n * d)),
      labels: stream.normals(count: n),
      failureDesign: Matrix(
        rowCount: f, columnCount: d, elements: stream.normals(count: f * d)),
      failureLabels: stream.normals(count: f))
  }

  func valuation(threads: Int = 1) throws -> LinearValuation {
    try LinearValuation(
      design: design, labels: labels, failureDesign: failureDesign,
      failureLabels: failureLabels, noiseVariance: noiseVariance,
      prior: LinearPosterior(
        dimension: design.columnCount, variance: priorVariance),
      team: ThreadTeam(size: threads))
  }

  /// Some of the training samples.
  func samples(_ indices: [Int]) -> (Matrix<Double>, [Double]) {
    (
      Matrix(
        rowCount: indices.count, columnCount: design.columnCount,
        elements: indices.flatMap { design.row($0) }),
      indices.map { labels[$0] }
    )
  }

  // MARK: - The same by another route

  /// Σ⁻¹ and Σ⁻¹m of the posterior given some training samples, and the
  /// failures or not: by sums, without square roots.
  func normalEquations(
    _ indices: [Int], failures: Bool
  ) -> (precision: Matrix<Double>, moment: [Double]) {
    let d = design.columnCount
    var precision = Matrix(rowCount: d, columnCount: d) {
      $0 == $1 ? 1 / priorVariance : 0
    }
    var moment = [Double](repeating: 0, count: d)
    func add(_ row: ArraySlice<Double>, _ label: Double) {
      let row = Array(row)
      for i in 0..<d {
        moment[i] += row[i] * label / noiseVariance
        for j in 0..<d { precision[i, j] += row[i] * row[j] / noiseVariance }
      }
    }
    for i in indices { add(design.row(i), labels[i]) }
    if failures {
      for i in failureLabels.indices {
        add(failureDesign.row(i), failureLabels[i])
      }
    }
    return (precision, moment)
  }

  /// m and Σ from `normalEquations`.
  func posterior(
    _ indices: [Int], failures: Bool
  ) throws -> (mean: [Double], covariance: Matrix<Double>) {
    let (precision, moment) = normalEquations(indices, failures: failures)
    let factor = try CholeskyFactorization(precision)
    return (
      factor.solve(moment), factor.solve(.identity(design.columnCount))
    )
  }

  /// log p(y_F|samples) = log N(y_F; Φ_F m, σ²I + Φ_F Σ Φ_Fᵀ).
  func logEvidence(given indices: [Int]) throws -> Double {
    let (mean, covariance) = try posterior(indices, failures: false)
    let f = failureLabels.count
    let spread = failureDesign.multiplied(by: covariance)
      .multiplied(by: failureDesign, transposingOther: true)
    let factor = try CholeskyFactorization(
      Matrix(rowCount: f, columnCount: f) {
        spread[$0, $1] + ($0 == $1 ? noiseVariance : 0)
      })
    let error = zip(failureLabels, failureDesign.multiplied(by: mean)).map {
      $0 - $1
    }
    let square = zip(error, factor.solve(error)).reduce(0) { $0 + $1.0 * $1.1 }
    return
      -(square + factor.logDeterminant
      + Double(f) * LinearProblem.logTwoPi) / 2
  }

  /// The condition number of Σ⁻¹ given D, which the tolerances scale with.
  func condition() throws -> Double {
    let values = try SymmetricEigen(
      normalEquations(Array(labels.indices), failures: true).precision
    ).values
    return (values.max() ?? 1) / (values.min() ?? 1)
  }

  /// What a quantity of size `scale` may be off by between the two routes:
  /// 8·n·2⁻⁵²·condition·scale.
  func tolerance(_ scale: Double) throws -> Double {
    let size = Double(labels.count + failureLabels.count + design.columnCount)
    return 8 * size * .ulpOfOne * (try condition()) * max(scale, 1)
  }
}

extension LinearProblem {
  /// ln 2π.
  static let logTwoPi = 1.8378770664093454836
}
