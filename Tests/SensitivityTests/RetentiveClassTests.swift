import LinearAlgebra
import Randomness
import RealModule
import Sensitivity
import Testing

@Suite("L. Zhang et al. 2021, Theorem 3.4: the class that mixup leaves")
struct RetentiveClassTests {
  /// Recorded to two digits by an independent program.
  @Test(
    "ρ of x ~ N(0, 1) at three radii",
    arguments: [(1, 0.043, 5e-4), (10, 0.0015, 5e-5), (100, 1.6e-5, 5e-7)])
  func retentivity(_ radius: Double, _ value: Double, _ digits: Double) throws {
    let retentive = RetentiveClass(
      regulariserBound: 1, radius: radius, eigenvalues: [1])
    #expect(abs(retentive.retentivity - value) <= digits)
    // A draw of 20,000 has a relative error of some percent in E[A″]².
    var stream = RandomStream(rootSeed: 2, name: "retentivity")
    let sample = Matrix<Double>(rowCount: 20_000, columnCount: 1) { _, _ in
      stream.normal()
    }
    let estimate = try RademacherEstimate.retentivity(
      of: sample, radius: radius, from: &stream)
    // E[A″] has variance below E[A″]/4: 5 standard errors, squared by ρ.
    let g = retentive.retentivity.squareRoot()
    let bound = 2 * 5 / (4 * g * 20_000).squareRoot()
    #expect(abs(estimate / retentive.retentivity - 1) <= bound)
  }

  @Test("g(s) has its value at 0 and its limits at both ends")
  func curvature() {
    #expect(abs(RetentiveClass.curvature(0) - 0.25) <= 4 * 0.25.ulp)
    // g = ¼ − s²/16 + s⁴/32 − … since A″ = ¼ − x²/16 + x⁴/96 − …
    let s = 0x1p-8
    let series = 0.25 - s * s / 16 + s * s * s * s / 32
    #expect(
      abs(RetentiveClass.curvature(s) - series) <= 8 * 0.25.ulp + .pow(s, 6))
    // g(s)·s → 1/√(2π), off by ∫x²A″/(2s²) = π²/(6s²) of it.
    let limit = 1 / (2 * Double.pi).squareRoot()
    let ratio = 1000 * RetentiveClass.curvature(1000) / limit
    #expect(abs(ratio - 1 + .pi * .pi / 6e6) <= 1e-10)
    // The two forms meet at 1.
    let below = RetentiveClass.curvature(1)
    let above = RetentiveClass.curvature(1.0.nextUp)
    #expect(abs(below - above) <= 16 * below.ulp)
  }

  @Test("The supremum is feasible from within and from without")
  func supremum() {
    var stream = RandomStream(rootSeed: 7, name: "supremum")
    for radius in [0.05, 0.3, 1, 30] {
      let eigenvalues = [4.0, 1, 0.25, 0.01]
      let retentive = RetentiveClass(
        regulariserBound: 0.3, radius: radius, eigenvalues: eigenvalues)
      let direction = (0..<4).map { _ in stream.normal() }
      let supremum = retentive.supremum(of: direction)
      var best = 0.0
      // Along every drawn θ, as far as the class reaches.
      for draw in 0..<20_000 {
        let theta = (0..<4).map { k in
          // Half of the draws near the maximiser of one of the constraints.
          stream.normal() * (draw % 2 == 0 ? 1 : 0.05)
            + direction[k] / (draw % 4 < 2 ? 1 : eigenvalues[k])
        }
        let norm = theta.reduce(0) { $0 + $1 * $1 }.squareRoot()
        let score = zip(theta, eigenvalues)
          .reduce(0) { $0 + $1.0 * $1.0 * $1.1 }.squareRoot()
        let reach = min(radius / norm, retentive.largestScore / score)
        best = max(
          best, reach * zip(theta, direction).reduce(0) { $0 + $1.0 * $1.1 })
      }
      #expect(best <= supremum * (1 + 16 * Double.ulpOfOne))
      #expect(best >= 0.95 * supremum)
    }
  }

  @Test("s* meets the condition, and the bounds are in order")
  func bounds() {
    for gamma in [0.01, 0.3, 5] {
      for radius in [0.3, 2] {
        let retentive = RetentiveClass(
          regulariserBound: gamma, radius: radius,
          eigenvalues: [Double](repeating: 5, count: 4))
        let s = retentive.largestScore
        let value = RetentiveClass.curvature(s) * s * s
        #expect(abs(value - gamma) <= 64 * gamma.ulp)
        let stated = retentive.statedBound(samples: 50)
        let squared = retentive.squaredBound(samples: 50)
        // ρ ≤ 1 makes the printed exponents looser.
        #expect(squared <= stated * (1 + 8 * Double.ulpOfOne))
        // The squared one covers the scores that the ball can reach.
        let reached = min(s, radius * 5.0.squareRoot())
        #expect(reached * (4.0 / 50).squareRoot() <= squared * (1 + 1e-14))
      }
    }
  }

  @Test("Complexities stay below their bounds, within standard errors")
  func estimates() {
    var stream = RandomStream(rootSeed: 11, name: "rademacher")
    let inputs = Matrix<Double>(rowCount: 80, columnCount: 5) { _, _ in
      2 * stream.normal()
    }
    let retentive = RetentiveClass(
      regulariserBound: 0.5, radius: 1, eigenvalues: [4, 4, 4, 4, 4])
    let estimate = RademacherEstimate(
      of: retentive, inputs: inputs, draws: 400, from: &stream)
    #expect(estimate.ridge.value < estimate.ridgeBound)
    // Jensen loses a twentieth at 5 degrees of freedom, 1 − √(1 − 1/10).
    #expect(estimate.ridge.value > 0.9 * estimate.ridgeBound)
    #expect(estimate.retentive.value < retentive.statedBound(samples: 80))
    #expect(estimate.retentive.standardError > 0)
    #expect(estimate.retentive.standardError < 0.05 * estimate.retentive.value)
  }
}
