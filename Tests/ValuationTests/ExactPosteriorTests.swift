import LinearAlgebra
import Mixing
import Randomness
import RealModule
import TestSupport
import Testing
import Valuation
import VectorMath

/// Linear regression at fixed coefficients, as the valuation engine wants it:
/// class c stands for the label of sample c and has the density of it.
///
///     log p(c|x̃, θ) = −(y_c − φ̃ᵀθ)²/2σ² − ½ln 2πσ²,   φ̃ = λφ_i + (1 − λ)φ_j
private struct GaussianRegression: LogProbabilityPredictor {
  let problem: LinearProblem
  let coefficients: [Double]
  var classCount: Int { problem.labels.count }

  func logProbabilities(
    of samples: MixedSamples, in range: Range<Int>,
    into out: UnsafeMutablePointer<Double>
  ) {
    let predictions = problem.design.multiplied(by: coefficients)
    let sigma = problem.noiseVariance
    for (row, s) in range.enumerated() {
      let weight = samples.weights[s]
      let prediction =
        weight * predictions[Int(samples.first[s])]
        + (1 - weight) * predictions[Int(samples.second[s])]
      for (c, label) in problem.labels.enumerated() {
        let error = label - prediction
        out[row * classCount + c] =
          -error * error / (2 * sigma)
          - (LinearProblem.logTwoPi + .log(sigma)) / 2
      }
    }
  }
}

@Suite("The valuation engine under exact posteriors is the exact linear model")
struct ExactPosteriorTests {
  private static var team: ThreadTeam { ThreadTeam(size: 1) }

  /// Every sample alone, then every third pair at several λ.
  private static func samples(_ count: Int) -> MixedSamples {
    var samples = MixedSamples(unmixed: (0..<Int32(count)).map { $0 })
    for pair in stride(from: 0, to: count * count, by: 3) {
      for weight in [0, 0.2, 0.5, 0.85] {
        samples.first.append(Int32(pair / count))
        samples.second.append(Int32(pair % count))
        samples.weights.append(weight)
      }
    }
    return samples
  }

  private static func exact(
    _ valuation: LinearValuation, _ samples: MixedSamples
  ) -> [Double] {
    (0..<samples.count).map { s in
      valuation.value(
        ofMixing: Int(samples.first[s]), Int(samples.second[s]),
        weight: samples.weights[s]
      ).value
    }
  }

  /// m ± √d·R⁻¹e_k: 2d models whose mean and covariance are m and Σ, so that
  /// the mean of any quadratic in θ over them is its expectation.
  private static func nodes(_ posterior: LinearPosterior) -> [[Double]] {
    let d = posterior.dimension
    let root = Double(d).squareRoot()
    return (0..<d).flatMap { k in
      let column = posterior.precisionRoot.solve(
        (0..<d).map { $0 == k ? root : 0 })
      return [1.0, -1].map { sign in
        zip(posterior.mean, column).map { $0 + sign * $1 }
      }
    }
  }

  private static func models(
    _ problem: LinearProblem, _ coefficients: [[Double]]
  ) -> [GaussianRegression] {
    coefficients.map { GaussianRegression(problem: problem, coefficients: $0) }
  }

  @Test(
    "r̂ of single and mixed samples to 10⁻¹⁰",
    arguments: [(12, 3, 2), (40, 8, 5), (9, 12, 3)])
  func engine(_ size: (samples: Int, features: Int, failures: Int)) throws {
    let problem = LinearProblem.random(
      samples: size.samples, features: size.features, failures: size.failures,
      seed: 41)
    let valuation = try problem.valuation()
    let samples = Self.samples(size.samples)
    let exact = Self.exact(valuation, samples)
    let engine = MixedValuation(
      of: samples,
      labels: (0..<Int32(size.samples)).map { $0 },
      before: Self.models(problem, Self.nodes(valuation.before.posterior)),
      after: Self.models(problem, Self.nodes(valuation.after.posterior)),
      team: Self.team)
    let worst = largestDifference(engine.values, exact)
    let size = exact.map(abs).largest
    let largest = engine.lossAfter.reduce(0) { max($0, $1) }
    #expect(try problem.tolerance(largest) < 1e-10)
    #expect(worst <= (try problem.tolerance(largest)))
    #expect(size > 0.01)
    // At the means alone it is another value.
    let atMeans = MixedValuation(
      of: samples, labels: (0..<Int32(problem.labels.count)).map { $0 },
      before: Self.models(problem, [valuation.before.posterior.mean]),
      after: Self.models(problem, [valuation.after.posterior.mean]),
      team: Self.team)
    let off = zip(atMeans.values, exact).map { abs($0 - $1) }
    #expect((off.max() ?? 0) > 0.01)
    for i in problem.labels.indices {
      #expect(
        abs(atMeans.values[i] - valuation.meanValues[i])
          <= (try problem.tolerance(largest)))
    }
  }

  @Test("The regression engine too, scaled to unit noise")
  func regressionEngine() throws {
    let problem = LinearProblem.random(
      samples: 15, features: 4, failures: 3, seed: 42)
    let valuation = try problem.valuation()
    let samples = Self.samples(15)
    let scale = 1 / problem.noiseVariance.squareRoot()
    func mixed(_ values: [Double]) -> [Double] {
      (0..<samples.count).map { s in
        let weight = samples.weights[s]
        return scale
          * (weight * values[Int(samples.first[s])]
            + (1 - weight) * values[Int(samples.second[s])])
      }
    }
    func predictions(_ posterior: LinearPosterior) -> [[Double]] {
      Self.nodes(posterior).map { mixed(problem.design.multiplied(by: $0)) }
    }
    let engine = MixedValuation(
      regressionLabels: mixed(problem.labels),
      before: predictions(valuation.before.posterior),
      after: predictions(valuation.after.posterior))
    let largest = engine.lossAfter.reduce(0) { max($0, $1) }
    let tolerance = try problem.tolerance(largest)
    #expect(tolerance < 1e-10)
    for (a, b) in zip(engine.values, Self.exact(valuation, samples)) {
      #expect(abs(a - b) <= tolerance)
    }
  }

  /// What z = (r̂ − exact)/s says over many runs of S draws.
  ///
  /// H is a square of a normal number: its skewness is at most √8 and its
  /// kurtosis at most 15. z² has the mean 1 + c/S with c below 30 (the
  /// variance's own spread and its covariance with the mean) and a variance
  /// near 2, so that over R runs its mean lies within 30/S + 5√(2.5/R) of 1
  /// but for 10⁻⁶ of seeds; |z| > 1.96 in 5 % of runs, within 30/S + five
  /// deviations. The seeds are fixed.
  private static let (runs, draws) = (400, 300)

  private func calibrate(
    paired: Bool
  ) throws -> (squares: [Double], beyond: [Double]) {
    let problem = LinearProblem.random(
      samples: 6, features: 3, failures: 2, seed: 43)
    let valuation = try problem.valuation()
    let samples = MixedSamples(
      first: [0, 1, 2, 3, 4, 5, 0, 2], second: [0, 1, 2, 3, 4, 5, 3, 5],
      weights: [1, 1, 1, 1, 1, 1, 0.5, 0.3])
    let labels: [Int32] = [0, 1, 2, 3, 4, 5]
    let exact = Self.exact(valuation, samples)
    var squares = [Double](repeating: 0, count: samples.count)
    var beyond = squares
    for run in 0..<Self.runs {
      func models(
        _ posterior: LinearPosterior, _ name: String
      ) -> [GaussianRegression] {
        var stream = RandomStream(
          rootSeed: 43, name: name, index: UInt64(run))
        return Self.models(
          problem,
          (0..<Self.draws).map { _ in posterior.draw(from: &stream) })
      }
      let before = models(valuation.before.posterior, "before")
      let after = models(
        valuation.after.posterior, paired ? "before" : "after")
      let sampled =
        paired
        ? SampledValuation(
          of: samples, labels: labels,
          pairs: zip(before, after).map { (before: $0, after: $1) },
          team: Self.team)
        : SampledValuation(
          of: samples, labels: labels, before: before, after: after,
          team: Self.team)
      for s in exact.indices {
        let z = (sampled.values[s] - exact[s]) / sampled.standardErrors[s]
        squares[s] += z * z / Double(Self.runs)
        if abs(z) > 1.959963984540054 { beyond[s] += 1 / Double(Self.runs) }
      }
    }
    return (squares, beyond)
  }

  @Test(
    "Monte-Carlo errors are as large as stated, drawn apart or in pairs",
    arguments: [false, true])
  func calibration(paired: Bool) throws {
    let (squares, beyond) = try calibrate(paired: paired)
    let runs = Double(Self.runs)
    let bias = 30 / Double(Self.draws)
    for s in squares.indices {
      #expect(abs(squares[s] - 1) <= bias + 5 * (2.5 / runs).squareRoot())
      #expect(
        abs(beyond[s] - 0.05) <= bias + 5 * (0.05 * 0.95 / runs).squareRoot())
    }
    // Eight correlated samples; a factor √2 on the errors is far outside.
    let mean = squares.reduce(0, +) / Double(squares.count)
    #expect(abs(mean - 1) < 0.3)
  }

  /// One failure after 200 samples hardly moves the posterior, so that both
  /// losses of a pair go together.
  @Test("Pairs from the same normals have smaller errors and the same mean")
  func pairing() throws {
    let count = 200
    let problem = LinearProblem.random(
      samples: count, features: 3, failures: 1, seed: 44)
    let valuation = try problem.valuation()
    let samples = MixedSamples(unmixed: (0..<Int32(count)).map { $0 })
    let labels = (0..<Int32(count)).map { $0 }
    func draws(_ posterior: LinearPosterior, _ name: String)
      -> [GaussianRegression]
    {
      var stream = RandomStream(rootSeed: 44, name: name)
      return Self.models(
        problem, (0..<500).map { _ in posterior.draw(from: &stream) })
    }
    let before = draws(valuation.before.posterior, "a")
    let apart = SampledValuation(
      of: samples, labels: labels, before: before,
      after: draws(valuation.after.posterior, "b"), team: Self.team)
    let pairs = SampledValuation(
      of: samples, labels: labels,
      pairs: zip(before, draws(valuation.after.posterior, "a")).map {
        (before: $0, after: $1)
      }, team: Self.team)
    let ratio =
      zip(pairs.standardErrors, apart.standardErrors)
      .map { $0 / $1 }.reduce(0, +) / Double(count)
    #expect(ratio < 0.5)
    for (value, (error, exact)) in zip(
      pairs.values, zip(pairs.standardErrors, valuation.values))
    {
      #expect(abs(value - exact) <= 5 * error)
    }
  }
}
