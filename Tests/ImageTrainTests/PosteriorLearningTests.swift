import LinearAlgebra
import Networks
import Randomness
import RealModule
import TestSupport
import Testing
import Valuation
import VectorMath

@testable import ImageTrain

/// A whole precision matrix.
private struct DensePrecision: ParameterPrecision {
  let matrix: Matrix<Double>
  let factor: CholeskyFactorization

  init(_ matrix: Matrix<Double>) throws {
    self.matrix = matrix
    factor = try CholeskyFactorization(matrix)
  }

  func times(_ vector: [Double]) -> [Double] { matrix.multiplied(by: vector) }
  func solving(_ vector: [Double]) -> [Double] { factor.solve(vector) }
}

@Suite("Learning a failure set under a Gaussian belief")
struct PosteriorLearningTests {
  private static let (sigma, prior) = (0.25, 2.0)
  private static var team: ThreadTeam { ThreadTeam(size: 2) }

  private static func normals(
    _ rows: Int, _ columns: Int, _ name: String
  ) -> Matrix<Double> {
    var stream = RandomStream(rootSeed: 61, name: name)
    return Matrix(
      rowCount: rows, columnCount: columns,
      elements: stream.normals(count: rows * columns))
  }

  /// In linear regression: p(θ|D) and p(θ|D, F) exactly, and the ascent that
  /// networks move by, with N times a Fisher matrix and the prior's precision
  /// for the curvature.
  private static func linear(
    empirical: Bool, newton: Bool = false, dropping: Bool = false
  ) throws -> (found: PenalizedAscent.End, exact: [Double], unit: Double) {
    let (n, d) = (14, 4)
    let (design, labels) = (
      normals(n, d, "design"), normals(n, 1, "labels").elements
    )
    // Failures of their own, or samples of D to be taken out.
    let rows =
      dropping
      ? Matrix(rowCount: 3, columnCount: d) { design[$0, $1] }
      : normals(3, d, "failures")
    let targets =
      dropping
      ? Array(labels.prefix(3)) : normals(3, 1, "failure-labels").elements
    let belief = LinearPosterior(dimension: d, variance: prior)
    let learned = try belief.learning(
      design, labels, noiseVariance: sigma
    ).posterior
    let exact =
      dropping
      ? try belief.learning(
        Matrix(rowCount: n - 3, columnCount: d) { design[$0 + 3, $1] },
        Array(labels.dropFirst(3)), noiseVariance: sigma
      ).posterior
      : try learned.learning(rows, targets, noiseVariance: sigma).posterior
    let errors = learned.errors(design, labels)
    let curvature = Matrix(rowCount: d, columnCount: d) { i, j in
      (0..<n).reduce(i == j ? 1 / prior : 0) {
        let weight =
          empirical ? errors[$1] * errors[$1] / (sigma * sigma) : 1 / sigma
        return $0 + weight * design[$1, i] * design[$1, j]
      }
    }
    let overlap = rows.gram(transposingSelf: true)
    let sign: Double = dropping ? -1 : 1
    let whole = Matrix(rowCount: d, columnCount: d) {
      curvature[$0, $1] + sign * overlap[$0, $1] / sigma
    }
    let precision = try DensePrecision(curvature)
    func residuals(_ theta: [Double]) -> [Double] {
      zip(targets, rows.multiplied(by: theta)).map { $0 - $1 }
    }
    let end = PenalizedAscent(
      center: learned.mean, precision: precision,
      preconditioner: newton ? try DensePrecision(whole) : nil,
      likelihood: { theta in
        -sign
          * residuals(theta).reduce(0) { $0 + $1 * $1 } / (2 * sigma)
      },
      gradient: { theta in
        rows.multiplied(by: residuals(theta), transposingSelf: true)
          .map { sign * $0 / sigma }
      }
    ).run(steps: 4000, memory: 0, tolerance: 0x1p-90)
    let values = try SymmetricEigen(whole).values
    let condition = (values.first ?? 1) / (values.last ?? 1)
    // The gradient is a difference of two sums of some tens of terms.
    return (
      end, exact.mean,
      64 * .ulpOfOne * condition
        * exact.mean.reduce(1) { max($0, abs($1)) }
    )
  }

  private static func distance(_ a: [Double], _ b: [Double]) -> Double {
    largestDifference(a, b)
  }

  /// The decrement is at least the squared distance times the smallest
  /// eigenvalue of P, and that at least the prior's precision.
  @Test(
    "EWC with the true Fisher matrix reaches m_DF", arguments: [false, true])
  func addsFailures(newton: Bool) throws {
    let (found, exact, unit) = try Self.linear(
      empirical: false, newton: newton)
    #expect(unit < 1e-11)
    let distance = Self.distance(found.parameters, exact)
    #expect(
      distance <= (found.decrement * Self.prior).squareRoot() + unit)
    // J cannot tell nearer points apart: it has some 10² ulps of rounding.
    #expect(found.decrement < 1e-12 && found.gain > 0)
    if newton { #expect(found.steps <= 3 && distance <= unit) }
  }

  @Test("EWC deletion with the true Fisher matrix reaches m_D∖C")
  func dropsCauses() throws {
    let (found, exact, unit) = try Self.linear(
      empirical: false, newton: true, dropping: true)
    #expect(Self.distance(found.parameters, exact) <= unit)
  }

  @Test("The empirical Fisher matrix leads elsewhere")
  func empirical() throws {
    let (found, exact, _) = try Self.linear(empirical: true)
    #expect(Self.distance(found.parameters, exact) > 0.01)
  }

  // MARK: - Networks

  private static let network = randomNetwork([4, 5, 3], .tanh)
  private static let training = randomImages(40, pixels: 4, seed: 3)
  private static var failures: LikelihoodDerivatives {
    LikelihoodDerivatives(
      images: randomImages(5, pixels: 4, seed: 7), shape: network.shape,
      team: team)
  }

  private func check<Posterior: LaplacePosterior<Double>>(
    _ posterior: Posterior
  ) throws {
    let order = Self.network.shape.parameterCount
    var stream = RandomStream(rootSeed: 9, name: "vector")
    let vector = stream.normals(count: order)
    let back = posterior.solving(posterior.times(vector))
    let condition =
      (posterior.curvatures.max() ?? 0) / posterior.priorPrecision + 1
    let unit = 64 * Double(order) * .ulpOfOne * condition
    #expect(Self.distance(back, vector) <= unit * 4)
    let tolerance = 0x1p-40
    let learned = try posterior.learning(
      Self.failures, steps: 500, tolerance: tolerance, team: Self.team)
    #expect(learned.ascent.hasConverged && learned.ascent.gain > 0)
    // The fixed point: (F + δI)(θ* − θ̂) = ∇log p(F|θ*).
    let moved = learned.posterior.center
    let pull = posterior.times(
      zip(moved.parameters, Self.network.parameters).map { $0 - $1 })
    let slope = Self.failures.gradient(moved)
    // ∇JᵀP⁻¹∇J is within the tolerance, so |∇J|² within that times the largest
    // eigenvalue of P, the precision with the failures' curvature at θ̂.
    let preconditioner = try posterior.adding(
      Self.failures.images.pixels, at: Self.network, team: Self.team)
    let largest =
      (preconditioner.curvatures.max() ?? 0) + posterior.priorPrecision
    #expect(
      Self.distance(pull, slope) <= (tolerance * largest).squareRoot())
    #expect(slope.contains { abs($0) > 0.1 })
    // The failures' curvature is added, and shrinks every direction.
    let gained = zip(vector, learned.posterior.times(vector))
      .reduce(0) { $0 + $1.0 * $1.1 }
    let before = zip(vector, posterior.times(vector))
      .reduce(0) { $0 + $1.0 * $1.1 }
    #expect(gained > before)
    #expect(
      learned.posterior.effectiveParameterCount
        > posterior.effectiveParameterCount)
    #expect(posterior.effectiveParameterCount < Double(order))
  }

  @Test("All three Laplace posteriors move to the mode and add curvature")
  func laplace() throws {
    let pixels = Self.training.pixels
    try check(
      DiagonalLaplace(
        around: Self.network, images: pixels, priorPrecision: 0.5,
        team: Self.team))
    try check(
      KroneckerLaplace(
        around: Self.network, images: pixels, priorPrecision: 0.5,
        team: Self.team))
    try check(
      FullLaplace(
        around: Self.network, images: pixels, priorPrecision: 0.5,
        team: Self.team))
  }

  /// F is a sum over images, so that adding is curvature of all at once.
  @Test("Adding images at the same network is having had them from the start")
  func adding() throws {
    let all = Self.training.pixels
    func part(_ rows: Range<Int>) -> Matrix<Double> {
      Matrix(rowCount: rows.count, columnCount: 4) {
        all[$0 + rows.lowerBound, $1]
      }
    }
    func curvatures<P: LaplacePosterior<Double>>(
      _ make: (Matrix<Double>) throws -> P
    ) throws -> ([Double], [Double]) {
      (
        try make(part(0..<25)).adding(
          part(25..<40), at: Self.network, team: Self.team
        ).curvatures, try make(all).curvatures
      )
    }
    let found = [
      try curvatures {
        DiagonalLaplace(
          around: Self.network, images: $0, priorPrecision: 1, team: Self.team)
      },
      try curvatures {
        try KroneckerLaplace(
          around: Self.network, images: $0, priorPrecision: 1, team: Self.team)
      },
      try curvatures {
        try FullLaplace(
          around: Self.network, images: $0, priorPrecision: 1, team: Self.team)
      },
    ]
    for (sum, whole) in found {
      let size = whole.max() ?? 0
      #expect(size > 1)
      // 120 terms each, and eigenvalues of matrices of this size.
      #expect(Self.distance(sum, whole) <= 256 * .ulpOfOne * size)
    }
  }
}

@Suite("Deep ensembles and SWAG")
struct SampledPosteriorTests {
  private static func networks(_ count: Int) -> [DenseNetwork<Double>] {
    (0..<count).map { randomNetwork([3, 4, 2], .relu, seed: UInt64(50 + $0)) }
  }

  @Test("An ensemble draws its members, each as often")
  func ensemble() {
    let members = Self.networks(4)
    let posterior = EnsemblePosterior(members)
    var stream = RandomStream(rootSeed: 1, name: "members")
    var counts = [0, 0, 0, 0]
    let draws = 4000
    for _ in 0..<draws {
      let drawn = posterior.draw(from: &stream)
      for (k, member) in members.enumerated() where member == drawn {
        counts[k] += 1
      }
    }
    #expect(counts.reduce(0, +) == draws)
    // Five binomial deviations, √(4000·¼·¾) = 27.
    for count in counts { #expect(abs(count - 1000) <= 137) }
  }

  /// Moments by their definition, two passes over all iterates.
  @Test("SWAG's moments and its draws' covariance by the formula")
  func moments() {
    let iterates = Self.networks(7)
    let rank = 4
    let posterior = SWAGPosterior(iterates: iterates, rank: rank)
    let order = iterates[0].parameters.count
    func mean(_ count: Int, _ k: Int) -> Double {
      iterates.prefix(count).reduce(0) { $0 + $1.parameters[k] } / Double(count)
    }
    let unit = 64 * Double.ulpOfOne
    #expect(posterior.iterateCount == 7 && posterior.deviations.count == rank)
    for k in 0..<order {
      let variance =
        iterates.reduce(0) {
          let distance = $1.parameters[k] - mean(7, k)
          return $0 + distance * distance
        } / 7
      #expect(abs(posterior.mean[k] - mean(7, k)) <= unit)
      #expect(abs(posterior.variances[k] - variance) <= unit)
      for (row, t) in (3..<7).enumerated() {
        let deviation = iterates[t].parameters[k] - mean(t + 1, k)
        #expect(abs(posterior.deviations[row][k] - deviation) <= unit)
      }
    }
    // Column by column of the map from normals to displacements.
    let columns = (0..<order + rank).map { unit in
      posterior.displacement(
        normals: (0..<order + rank).map { $0 == unit ? 1 : 0 })
    }
    for i in 0..<order {
      for j in 0..<order {
        let covariance = columns.reduce(0) { $0 + $1[i] * $1[j] }
        let lowRank = posterior.deviations.reduce(0) { $0 + $1[i] * $1[j] } / 3
        let expected =
          (lowRank + (i == j ? posterior.variances[i] : 0)) / 2
        #expect(abs(covariance - expected) <= unit)
      }
    }
    var (stream, same) = (
      RandomStream(rootSeed: 2, name: "swag"),
      RandomStream(rootSeed: 2, name: "swag")
    )
    let step = posterior.displacement(
      normals: same.normals(count: order + rank))
    #expect(
      posterior.draw(from: &stream).parameters
        == zip(posterior.mean, step).map { $0 + $1 })
  }

  /// θ ← θ − η(aθ + sξ) settles to the variance η²s²/(1 − (1 − ηa)²).
  ///
  /// Correlations are (1 − ηa)^t; iterates kept every 40 steps are as good as
  /// independent at 1 − ηa = 0.8. The mean of a variance estimated from T = 400
  /// of them is off by √(2/T) = 7 % (one deviation); five are allowed, and the
  /// means of 30 coordinates are checked as well.
  @Test("SGD on a quadratic: SWAG has its stationary variance")
  func quadratic() {
    let (rate, curvature, noise) = (0.1, 2.0, 0.7)
    let shape = DenseShape(sizes: [4, 6], activation: .identity)
    var stream = RandomStream(rootSeed: 3, name: "sgd")
    var network = DenseNetwork<Double>(
      shape: shape,
      parameters: [Double](repeating: 0, count: shape.parameterCount))
    var iterates: [DenseNetwork<Double>] = []
    for step in 1...400 * 40 {
      for k in network.parameters.indices {
        network.parameters[k] -=
          rate * (curvature * network.parameters[k] + noise * stream.normal())
      }
      if step.isMultiple(of: 40) { iterates.append(network) }
    }
    let posterior = SWAGPosterior(iterates: iterates, rank: 20)
    let keep = 1 - rate * curvature
    let expected = rate * rate * noise * noise / (1 - keep * keep)
    let deviation = (2.0 / 400).squareRoot()
    for (variance, mean) in zip(posterior.variances, posterior.mean) {
      #expect(abs(variance / expected - 1) <= 5 * deviation)
      #expect(abs(mean) <= 5 * (expected / 400).squareRoot())
    }
    // The low-rank part estimates the same variance from 20 deviations.
    let lowRank =
      posterior.deviations.flatMap { $0 }.reduce(0) { $0 + $1 * $1 }
      / (19 * 30)
    #expect(abs(lowRank / expected - 1) <= 5 * (2.0 / (19 * 30)).squareRoot())
    // Drawn with the scale ½ + ½: the variance once, not twice.
    var draws = RandomStream(rootSeed: 4, name: "draws")
    var square = 0.0
    for _ in 0..<400 {
      for (a, b) in zip(
        posterior.draw(from: &draws).parameters, posterior.mean)
      {
        square += (a - b) * (a - b) / (400 * 30)
      }
    }
    #expect(abs(square / expected - 1) < 0.3)
  }

  @Test("A rank without enough iterates is refused")
  func refused() async {
    await #expect(processExitsWith: .failure) {
      _ = SWAGPosterior(
        iterates: SampledPosteriorTests.networks(2), rank: 3)
    }
    await #expect(processExitsWith: .failure) {
      _ = EnsemblePosterior<Double>([])
    }
  }
}
