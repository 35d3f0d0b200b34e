import FeatureLearning
import LinearAlgebra
import Randomness
import RealModule
import Synthetic
import TestSupport
import Testing

@testable import Sensitivity

@Suite("MixupE, Eq. (6): α of the patch network, in closed form")
struct PatchAlignmentTests {
  /// The theory's problem patchLosses of vectors.json.
  private let patches = Matrix(
    rowCount: 6, columnCount: 3,
    elements: [
      1, 0, 0, 0, 0.5, 0.2, 0, 1, 0, 0.1, 0, -0.4, 0, 0, 1, 0.3, -0.2, 0,
    ])
  private let filters = Matrix(
    rowCount: 4, columnCount: 3,
    elements: [
      0.3, 0.2, -0.5, -0.1, 0.4, 0.1, 0.1, -0.3, 0.4, 0.2, 0.6, -0.2,
    ])

  private func mean(_ patches: Matrix<Double>, _ count: Int) -> Matrix<Double> {
    let samples = patches.rowCount / count
    return Matrix(rowCount: count, columnCount: patches.columnCount) { p, d in
      (0..<samples).reduce(0) { $0 + patches[$1 * count + p, d] }
        / Double(samples)
    }
  }

  @Test("The theory's vector patchAlignment")
  func vector() {
    let found = Alignment(
      filters: filters, classCount: 2, patches: patches, patchCount: 2,
      labels: [0, 1, 0], mean: mean(patches, 2))
    let tolerance = 2e-12 / .ulpOfOne  // as the file states
    #expect(
      agree(
        found.directionalDerivatives,
        [0.109102006678, 0.163550909699, 0.023116307378],
        roundings: tolerance, scale: 1))
    #expect(
      agree(
        found.coefficients.elements,
        [
          0.38377423986, -0.107571194169, -0.3568741778, 0.341914960093,
          0.446384855717, -0.397432398112,
        ], roundings: tolerance, scale: 1))
    #expect(
      agree(
        found.gradientNorms.elements,
        [
          0.422904244481, 0.448793939353, 0.508141712517, 1.068924693325,
          0.632227807044, 0.644614613548,
        ], roundings: tolerance, scale: 1))
  }

  @Test("Degree 2: q = (p − y)ᵀJx̄ + 2q̂")
  func homogeneous() {
    var stream = RandomStream(rootSeed: 4, name: "patch-alignment")
    let (samples, count, dimension) = (9, 3, 5)
    let patches = Matrix(rowCount: samples * count, columnCount: dimension) {
      _, _ in 0.2 + 0.5 * stream.normal()
    }
    let network = PatchNetwork(
      classCount: 3, width: 4, dimension: dimension, scale: 0.4,
      using: &stream)
    let labels = (0..<Int32(samples)).map { $0 % 3 }
    let mean = mean(patches, count)
    func alignment(_ mean: Matrix<Double>) -> Alignment {
      Alignment(
        filters: network.weights, classCount: 3, patches: patches,
        patchCount: count, labels: labels, mean: mean)
    }
    let found = alignment(mean)
    // Jx̄ as the difference of two directions from x: x̄ and the origin.
    let data = PatchData(
      patches: patches, patchCount: count, labels: labels, classCount: 3)
    let logits = network.logits(of: data)
    for i in 0..<samples {
      var q = 0.0
      for k in 0..<3 {
        var atMean = 0.0
        for p in 0..<count {
          for r in 0..<4 {
            let filter = network.weights.row(k * 4 + r)
            func product(_ patch: ArraySlice<Double>) -> Double {
              zip(filter, patch).reduce(0) { $0 + $1.0 * $1.1 }
            }
            atMean +=
              2 * product(patches.row(i * count + p)) * product(mean.row(p))
          }
        }
        q += found.residuals[i, k] * (atMean - 2 * logits[i, k])
      }
      #expect(abs(found.directionalDerivatives[i] - q) <= 1e4 * .ulpOfOne)
    }
    let centred = alignment(
      Matrix(rowCount: count, columnCount: dimension, repeating: 0))
    for i in 0..<samples {
      let surrogate = (0..<3).reduce(0.0) {
        $0 - centred.residuals[i, $1] * logits[i, $1]
      }
      #expect(
        abs(centred.directionalDerivatives[i] - 2 * surrogate)
          <= 1e4 * .ulpOfOne)
    }
  }

  @Test("Confident samples keep the digits of q, where p_y is 1 in doubles")
  func confident() {
    let network = PatchNetwork(classCount: 2, width: 2, weights: filters)
    func logits(_ patches: Matrix<Double>) -> Matrix<Double> {
      network.logits(
        of: PatchData(patches: patches, patchCount: 2, labels: [0, 1, 0]))
    }
    // Degree 2: a length brings each difference of logits to 100.
    let raw = logits(patches)
    let long = Matrix(rowCount: 6, columnCount: 3) { row, c in
      patches[row, c]
        * (100 / abs(raw[row / 2, 0] - raw[row / 2, 1])).squareRoot()
    }
    let values = logits(long)
    let labels = (0..<3).map { Int32(values[$0, 0] > values[$0, 1] ? 0 : 1) }
    let mean = mean(long, 2)
    let found = Alignment(
      filters: filters, classCount: 2, patches: long, patchCount: 2,
      labels: labels, mean: mean)
    // F is quadratic: differences along x̄ − x have no truncation.
    let (up, down) = (
      logits(
        Matrix(rowCount: 6, columnCount: 3) { mean[$0 % 2, $1] }),
      logits(
        Matrix(rowCount: 6, columnCount: 3) {
          2 * long[$0, $1] - mean[$0 % 2, $1]
        })
    )
    for i in 0..<3 {
      let own = Int(labels[i])
      let residual = Double.exp(values[i, 1 - own] - values[i, own])
      let size = up.row(i).reduce(100) { max($0, $1) }
      let derivative =
        (up[i, 1 - own] - down[i, 1 - own] - up[i, own] + down[i, own]) / 2
      // Logits of that size round in some 20 operations, p with them.
      #expect(
        abs(found.directionalDerivatives[i] / residual - derivative)
          <= 64 * .ulpOfOne * size * (size + abs(derivative)))
    }
  }

  @Test("‖∇ₓℓ‖ is that of differences of the cross-entropy")
  func lossGradient() throws {
    let found = Alignment(
      filters: filters, classCount: 2, patches: patches, patchCount: 2,
      labels: [0, 1, 0], mean: mean(patches, 2), measuresLoss: true)
    let norms = try #require(found.lossGradientNorms)
    let network = PatchNetwork(classCount: 2, width: 2, weights: filters)
    for i in 0..<3 {
      var (square, error) = (0.0, 0.0)
      for row in 2 * i..<2 * i + 2 {
        for column in 0..<3 {
          // Values below 2 from some 20 operations.
          let slope = DifferenceQuotient(
            at: patches[row, column], operations: 20, magnitude: 2
          ) { value in
            var moved = patches
            moved[row, column] = value
            let logits = network.logits(
              of: PatchData(
                patches: moved, patchCount: 2, labels: [0, 1, 0]))
            let own = [0, 1, 0][i]
            return Double.log(
              1 + Double.exp(logits[i, 1 - own] - logits[i, own]))
          }
          square += slope.value * slope.value
          error += slope.bound
        }
      }
      #expect(abs(norms[i] - square.squareRoot()) <= error)
    }
  }
}
