import LinearAlgebra
import Randomness
import TestSupport
import Testing

@testable import Experiments

/// `mixlab random-feature` computes wide designs without eigenvectors where it
/// can, and says which way it took.
@Suite("Routes of the random-feature command")
struct FlowAnalysisTests {
  private func analysis(
    _ design: Matrix<Double>, steps: [Int]?, scale: Double = 1
  ) throws -> FlowAnalysis.Result {
    var stream = RandomStream(rootSeed: 4, name: "labels")
    let (m, d) = (design.rowCount, design.columnCount)
    let clean = stream.normals(count: m)
    // One thread: OpenBLAS's number of them is that of all tests at a time.
    return try FlowAnalysis(
      labels: zip(clean, stream.normals(count: m)).map {
        scale * ($0 + 0.4 * $1)
      },
      cleanLabels: clean, initial: stream.normals(count: d),
      learningRate: 0.3, times: [0, 0.1, 7, 300, .infinity], steps: steps,
      threads: 1
    ).solve(design)
  }

  private func design(_ m: Int, _ d: Int) -> Matrix<Double> {
    var stream = RandomStream(rootSeed: 4, name: "wide-design")
    return Matrix(
      rowCount: m, columnCount: d, elements: stream.normals(count: m * d))
  }

  @Test("Without eigenvectors and with them: the same arrays")
  func same() throws {
    let design = design(700, 260)
    let reduced = try analysis(design, steps: nil)
    let whole = try analysis(design, steps: [0, 3])
    #expect(reduced.route == "gram-tridiagonal")
    #expect(whole.route == "gram-eigenvalues")
    #expect(reduced.rank == 260 && whole.rank == 260)
    // Numbers of size 1, and K has a condition below 20.
    let tolerance = 64 * 20 * Double.ulpOfOne
    for (ours, theirs) in [
      (reduced.parameters.elements, whole.parameters.elements),
      (reduced.clean, whole.clean), (reduced.noise, whole.noise),
      (reduced.limit, whole.limit), (reduced.spectrum, whole.spectrum),
    ] { #expect(largestDifference(ours, theirs) < tolerance) }
    #expect(reduced.descent == nil && whole.descent?.rowCount == 2)
    let stable = try #require(reduced.largestStableLearningRate)
    #expect(abs(stable * reduced.spectrum[0] - 2) < 1e-15)
  }

  @Test("A solution that overflows is infinite, for the command to name")
  func overflow() throws {
    let small = design(300, 260)
    let scaled = Matrix(
      rowCount: 300, columnCount: 260,
      elements: small.elements.map { $0 * 1e-130 })
    let result = try analysis(scaled, steps: nil, scale: 1e200)
    #expect(!result.isFinite)
  }

  @Test("Wide designs that the Gram matrix does not allow take other routes")
  func fallback() throws {
    let wide = try analysis(design(100, 260), steps: nil)
    #expect(wide.rank == 100 && wide.route == "gram-eigenvalues")
    let good = design(300, 260)
    let doubled = Matrix(rowCount: 300, columnCount: 260) {
      good[$0, $1 / 2]
    }
    let found = try analysis(doubled, steps: nil)
    #expect(found.rank == 130 && found.route == "singular-values")
  }
}
