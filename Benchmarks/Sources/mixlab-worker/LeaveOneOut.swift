import LinearAlgebra
import Randomness
import Valuation
import VectorMath

/// Leave-one-out r of 10,000 samples of 500 features for 50 failures.
struct LeaveOneOut {
  static let (samples, features, failures) = (10_000, 500, 50)
  static let (noiseVariance, priorVariance) = (0.1, 1.0)

  private let training: (design: Matrix<Double>, labels: [Double])
  private let failed: (design: Matrix<Double>, labels: [Double])
  private let team: ThreadTeam

  init(_ team: ThreadTeam) {
    self.team = team
    var stream = RandomStream(rootSeed: 0, name: "leave-one-out")
    let weights = stream.normals(count: Self.features).map {
      $0 / Double(Self.features).squareRoot()
    }
    func draw(_ count: Int) -> (design: Matrix<Double>, labels: [Double]) {
      let design = Matrix(
        rowCount: count, columnCount: Self.features,
        elements: stream.normals(count: count * Self.features))
      let noise = stream.normals(count: count)
      let scale = Self.noiseVariance.squareRoot()
      return (
        design,
        zip(design.multiplied(by: weights), noise).map { $0 + scale * $1 }
      )
    }
    training = draw(Self.samples)
    failed = draw(Self.failures)
  }

  func run() throws -> Double {
    let valuation = try LinearValuation(
      design: training.design, labels: training.labels,
      failureDesign: failed.design, failureLabels: failed.labels,
      noiseVariance: Self.noiseVariance,
      prior: LinearPosterior(
        dimension: Self.features, variance: Self.priorVariance), team: team)
    let values = valuation.removalValues
    return values.reduce(0) { $0 + $1 * $1 }.squareRoot()
  }
}
