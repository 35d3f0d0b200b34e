public import LinearAlgebra
import RealModule
public import Synthetic
public import VectorMath

/// How fast directions grow at vanishing weights, where descent is linear.
///
///     dw_k/dt = −B_k·w_k,   B_k = Σ_p X_pᵀ·H_k·X_p
///
/// with H_k at probabilities 1/K, and t = η·(number of steps).
public struct GrowthPrediction: Sendable {
  /// H_k, K matrices n × n.
  private let couplings: [Matrix<Double>]
  private let data: PatchData

  /// The prediction for an objective on some samples.
  ///
  /// - Precondition: There is no directional term: |q| bends at vanishing
  ///   weights.
  public init(
    _ objective: PairObjective, on data: PatchData, team: ThreadTeam
  ) throws(FeatureLearningError) {
    precondition(
      objective.penalty == nil, "growth under a directional term")
    // Patches do not matter for H at zero weights; one number each will do.
    let labels = PatchData(
      patches: Matrix(
        rowCount: data.sampleCount, columnCount: 1, repeating: 0),
      patchCount: 1, labels: data.labels, classCount: data.classCount)
    let descent = PatchDescent(
      PatchNetwork(
        classCount: data.classCount, width: 1,
        weights: Matrix(
          rowCount: data.classCount, columnCount: 1, repeating: 0)),
      on: PatchSpace(labels, form: .direct), team: team, usesMargins: false)
    couplings = try descent.couplings(of: objective)
    self.data = data
  }

  /// −fᵀB_k·f/‖f‖² for each class k and row f of `directions`, the rate of
  /// ⟨w_k, f⟩ where f is an eigenvector; `classCount × directions`.
  public func rates(of directions: Matrix<Double>) -> Matrix<Double> {
    let responses = data.patches.multiplied(
      by: directions, transposingOther: true)
    let (n, patchCount) = (data.sampleCount, data.patchCount)
    return Matrix(
      rowCount: data.classCount, columnCount: directions.rowCount
    ) { k, f in
      let norm = directions.row(f).reduce(0) { $0 + $1 * $1 }
      var sum = 0.0
      for p in 0..<patchCount {
        let s = (0..<n).map { responses[$0 * patchCount + p, f] }
        let image = couplings[k].multiplied(by: s)
        sum -= zip(s, image).reduce(0) { $0 + $1.0 * $1.1 }
      }
      return norm > 0 ? sum / norm : 0
    }
  }

  /// The `count` largest eigenvalues of −B_k with their eigenvectors, the
  /// directions that class k learns first.
  ///
  /// - Complexity: O(d³).
  public func modes(
    ofClass k: Int, count: Int
  ) throws(LinearAlgebraError) -> SymmetricEigen {
    let (n, patchCount, dimension) = (
      data.sampleCount, data.patchCount, data.dimension
    )
    var sum = Matrix<Double>(
      rowCount: dimension, columnCount: dimension, repeating: 0)
    for p in 0..<patchCount {
      let x = Matrix(
        rowCount: n, columnCount: dimension,
        elements: (0..<n).flatMap { data.patch(p, ofSample: $0) })
      let part = x.multiplied(
        by: couplings[k].multiplied(by: x), transposingSelf: true)
      sum.withUnsafeMutableElements { sum in
        part.withUnsafeElements { part in
          for index in sum.indices { sum[index] -= part[index] }
        }
      }
    }
    return try SymmetricEigen(sum, largest: count)
  }
}

/// What the linearised descent on generated samples predicts in closed form,
/// for two classes and unit features.
///
/// - Source: This project's, from D. Zou et al. 2023, Definition 3.1.
public struct FeatureRates: Sendable, Equatable {
  /// Of the common feature, (1 − ρ)/2.
  public var common: Double
  /// Of the rare feature, ρ/2.
  public var rare: Double
  /// Of a sample's own noise patch, σ_p²·(d − 2K)/n: the noise has no part in
  /// the 2K features' directions.
  public var noise: Double

  /// The rates of ordinary training, per unit of η.
  public init(_ generator: PatchGenerator, sampleCount: Int) {
    let rho = generator.rareProbability
    common = (1 - rho) / 2
    rare = rho / 2
    let square =
      generator.patchNoiseScale * generator.patchNoiseScale
      * Double(generator.dimension - 2 * generator.classCount)
    noise = square / Double(sampleCount)
  }

  /// λ³ + (1 − λ)³, by which mixup slows all of them down.
  public static func slowdown(mixingWeight: Double) -> Double {
    let other = 1 - mixingWeight
    return mixingWeight * mixingWeight * mixingWeight + other * other * other
  }

  /// Steps after which Σ_r ⟨w, f⟩² has grown by a factor, if it goes on
  /// growing as at the beginning: log(factor)/(2·log(1 + η·rate)).
  ///
  /// With the factor that leads to where the logits leave the linear phase,
  /// this is the iteration at which a direction leaves it.
  ///
  /// - Precondition: All are positive.
  public static func steps(
    toGrowBy factor: Double, rate: Double, learningRate: Double
  ) -> Double {
    precondition(
      factor > 0 && rate > 0 && learningRate > 0,
      "factor \(factor), rate \(rate), learning rate \(learningRate)")
    return Double.log(factor) / (2 * Double.log(onePlus: learningRate * rate))
  }

  /// Whether plain training memorises noise before the rare feature and after
  /// the common one: ρn/2 < σ_p²(d − 2K) < (1 − ρ)n/2.
  public var memorisesRareSamples: Bool { rare < noise && noise < common }
}
