import LinearAlgebra
import Mixing
import RandomFeature
import RealModule
import Randomness
import Synthetic
import Testing

@Suite("The noise of mixed labels, by the target's curvature")
struct CurvatureTests {
  @Test("Convex targets get positive noise, λ(1 − λ)(x − x′)ᵀQ(x − x′)")
  func convexNoise() {
    var stream = RandomStream(rootSeed: 4, name: "convex")
    let (n, p) = (9, 4)
    let inputs = Matrix<Double>.gaussian(
      rowCount: n, columnCount: p, from: &stream)
    let target = RegressionTarget(
      .quadratic, inputDimension: p, width: 1, gain: 1, from: &stream)
    guard case .quadratic(let form) = target else {
      Issue.record("a quadratic target is no quadratic form")
      return
    }
    let samples = MixedSamples(
      first: (0..<n * n).map { Int32($0 / n) },
      second: (0..<n * n).map { Int32($0 % n) },
      weights: (0..<n * n).map { _ in stream.uniform() })
    let design = MixedDesign(
      inputs: inputs, samples: samples,
      map: FeatureMap(monomialsUpToDegree: 1, inputDimension: p))
    let noise = zip(
      design.mixedLabels(target.values(of: inputs)),
      design.cleanLabels(target.values(of:))
    ).map { $0 - $1 }
    for s in 0..<n * n {
      let weight = samples.weights[s]
      let difference = zip(
        inputs.row(Int(samples.first[s])), inputs.row(Int(samples.second[s]))
      ).map { $0 - $1 }
      let exact =
        weight * (1 - weight)
        * zip(difference, form.multiplied(by: difference)).reduce(0) {
          $0 + $1.0 * $1.1
        }
      #expect(abs(noise[s] - exact) < 64 * .ulpOfOne * 10)
    }
  }

  /// Z_s of all ordered pairs of n points with drawn weights, and
  /// λ(1 − λ)‖x − x′‖² of each.
  private func noise(
    of target: (ArraySlice<Double>) -> Double
  ) -> [(noise: Double, spread: Double)] {
    var stream = RandomStream(rootSeed: 5, name: "curved")
    let (n, p) = (12, 3)
    let inputs = Matrix<Double>.gaussian(
      rowCount: n, columnCount: p, from: &stream)
    let samples = MixedSamples(
      first: (0..<n * n).map { Int32($0 / n) },
      second: (0..<n * n).map { Int32($0 % n) },
      weights: (0..<n * n).map { _ in stream.uniform() })
    let design = MixedDesign(
      inputs: inputs, samples: samples,
      map: FeatureMap(monomialsUpToDegree: 1, inputDimension: p))
    func values(_ x: Matrix<Double>) -> [Double] {
      (0..<x.rowCount).map { target(x.row($0)) }
    }
    return zip(
      design.mixedLabels(values(inputs)), design.cleanLabels(values)
    ).enumerated().map { s, labels in
      let square = zip(
        inputs.row(Int(samples.first[s])), inputs.row(Int(samples.second[s]))
      ).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      let weight = samples.weights[s]
      return (labels.0 - labels.1, weight * (1 - weight) * square)
    }
  }

  /// log Σ e^x, convex.
  private static func logSum(_ x: ArraySlice<Double>) -> Double {
    Double.log(x.reduce(0) { $0 + Double.exp($1) })
  }

  /// Values up to some 10, a dozen roundings each.
  private let rounding = 128 * Double.ulpOfOne

  @Test("Concave targets get no positive noise, convex ones no negative")
  func sign() {
    let concave = noise { -Self.logSum($0) }
    #expect(concave.allSatisfy { $0.noise <= rounding })
    #expect(concave.contains { $0.noise < -0.1 })
    let convex = noise(of: Self.logSum)
    #expect(convex.allSatisfy { $0.noise >= -rounding })
  }

  @Test("ρ-strongly convex targets get at least (ρ/2)λ(1 − λ)‖x − x′‖²")
  func strongConvexity() {
    let strength = 1.5
    let found = noise { x in
      Self.logSum(x) + strength / 2 * x.reduce(0) { $0 + $1 * $1 }
    }
    #expect(
      found.allSatisfy { $0.noise >= strength / 2 * $0.spread - rounding })
    // No larger ρ would do: somewhere log Σ e^x is nearly flat.
    #expect(
      found.contains {
        $0.spread > 0.1 && $0.noise < 1.2 * strength / 2 * $0.spread
      })
  }
}
