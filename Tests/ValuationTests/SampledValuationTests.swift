import Mixing
import Randomness
import RealModule
import Testing
import Valuation
import VectorMath

/// y = θ₀ + θ₁x under drawn coefficients; −H is log p(y|θ) up to a constant,
/// which r̂ does not see.
private struct Line: LogProbabilityPredictor {
  static let inputs = [0.0, 1, 2, 3, -1]
  static let outputs = [0.1, 0.9, 2.2, 2.0, -1.2]
  static let noiseVariance = 0.25
  let intercept: Double
  let slope: Double
  var classCount: Int { 1 }

  func logProbabilities(
    of samples: MixedSamples, in range: Range<Int>,
    into out: UnsafeMutablePointer<Double>
  ) {
    for (row, s) in range.enumerated() {
      let index = Int(samples.first[s])
      let error =
        Self.outputs[index] - intercept - slope * Self.inputs[index]
      out[row] = -error * error / (2 * Self.noiseVariance)
    }
  }
}

/// The posterior of a line's coefficients under the prior N(0, 2I).
private struct LinePosterior {
  let mean: (Double, Double)
  /// The covariance's Cholesky factor, row by row.
  let root: (Double, Double, Double)

  init(_ x: [Double], _ y: [Double]) {
    let unit = 1 / Line.noiseVariance
    let a = 0.5 + unit * Double(x.count)
    let b = unit * x.reduce(0, +)
    let c = 0.5 + unit * x.reduce(0) { $0 + $1 * $1 }
    let u = unit * y.reduce(0, +)
    let v = unit * zip(x, y).reduce(0) { $0 + $1.0 * $1.1 }
    let determinant = a * c - b * b
    mean = ((c * u - b * v) / determinant, (a * v - b * u) / determinant)
    let first = (c / determinant).squareRoot()
    let cross = -b / determinant / first
    root = (first, cross, (a / determinant - cross * cross).squareRoot())
  }

  func draws(_ count: Int, _ name: String) -> [Line] {
    var stream = RandomStream(rootSeed: 11, name: name)
    return (0..<count).map { _ in
      let (e, f) = (stream.normal(), stream.normal())
      return Line(
        intercept: mean.0 + root.0 * e,
        slope: mean.1 + root.1 * e + root.2 * f)
    }
  }
}

@Suite("Tanno et al. 2022, Eq. (6): r̂ by Monte Carlo")
struct SampledValuationTests {
  private let valuation: SampledValuation

  init() {
    valuation = SampledValuation(
      of: MixedSamples(unmixed: [0, 1, 2, 3, 4]),
      labels: [0, 0, 0, 0, 0],
      before: LinePosterior(Line.inputs, Line.outputs).draws(20_000, "before"),
      after: LinePosterior(
        Line.inputs + [2.5, -2], Line.outputs + [2.6, -1.9]
      ).draws(20_000, "after"),
      team: ThreadTeam(size: 2))
  }

  /// r̂ and r̃ of the five samples: the exact linear model's numbers, computed
  /// apart from this code.
  private static let exact = [
    -0.058231734203, -0.043572263840, -0.307089205862, 0.359550974043,
    -0.225158960820,
  ]
  private static let atMeans = [
    0.001496949482, -0.017388591949, -0.264187994788, 0.469432275278,
    -0.081622714365,
  ]

  /// Five standard errors are left by chance in 3·10⁻⁶ of runs; the seed is
  /// fixed.
  @Test("Exact posteriors give the exact r̂ within five standard errors")
  func exactModel() {
    for s in 0..<5 {
      let error = abs(valuation.values[s] - Self.exact[s])
      #expect(error <= 5 * valuation.standardErrors[s])
    }
  }

  @Test("The value at the posterior means is rejected")
  func pointValue() {
    let rejected = (0..<5).count { s in
      abs(valuation.values[s] - Self.atMeans[s])
        > 5 * valuation.standardErrors[s]
    }
    #expect(rejected >= 3)
  }

  /// Against Var(e²) = 2s⁴ + 4μ²s² for e ~ N(μ, s²).
  ///
  /// The kurtosis of e² is at most 15, so a standard error from S draws is off
  /// by at most √(15/S)/2 of itself, one deviation; five are allowed.
  @Test("The standard errors are those of the Gaussian model")
  func standardErrors() {
    var variances = [Double](repeating: 0, count: 5)
    for posterior in [
      LinePosterior(Line.inputs, Line.outputs),
      LinePosterior(Line.inputs + [2.5, -2], Line.outputs + [2.6, -1.9]),
    ] {
      for s in 0..<5 {
        let x = Line.inputs[s]
        let mean = Line.outputs[s] - posterior.mean.0 - posterior.mean.1 * x
        let (a, b) = (
          posterior.root.0 + posterior.root.1 * x, posterior.root.2 * x
        )
        let variance = a * a + b * b
        let scale = 1 / (2 * Line.noiseVariance)
        variances[s] +=
          scale * scale * (2 * variance * variance + 4 * mean * mean * variance)
          / 20_000
      }
    }
    for s in 0..<5 {
      let expected = variances[s].squareRoot()
      let bound = 2.5 * (15.0 / 20_000).squareRoot() * expected
      #expect(abs(valuation.standardErrors[s] - expected) <= bound)
    }
  }
}
