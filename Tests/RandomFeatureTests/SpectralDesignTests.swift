import LinearAlgebra
import RandomFeature
import RealModule
import Randomness
import Synthetic
import Testing

@Suite("The decomposition of a design, by every route")
struct SpectralDesignTests {
  @Test("Modes are orthonormal and diagonalise K", arguments: DesignCase.all)
  func modes(_ shape: DesignCase) throws {
    let design = shape.problem().design
    let spectral = try SpectralDesign(design)
    #expect(spectral.rank == shape.rank)
    #expect(spectral.spectrum.count == min(shape.rows, shape.features))
    check(spectral, design)
  }

  private func check(
    _ spectral: SpectralDesign, _ design: Matrix<Double>,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let modes = spectral.modes
    let gram = modes.multiplied(by: modes, transposingOther: true)
    let images = design.multiplied(by: modes, transposingOther: true)
    let moments = images.gram(transposingSelf: true)
    // The Gram route divides by σ_min, which costs its condition's root.
    let root = (spectral.conditionNumber ?? 1).squareRoot()
    let tolerance = 64 * Double(max(design.rowCount, 8)) * .ulpOfOne * root
    for i in 0..<spectral.rank {
      for j in 0..<spectral.rank {
        #expect(
          abs(gram[i, j] - (i == j ? 1 : 0)) <= tolerance,
          sourceLocation: sourceLocation)
        let expected = i == j ? spectral.eigenvalues[i] : 0
        #expect(
          abs(moments[i, j] / Double(design.rowCount) - expected)
            <= tolerance * spectral.eigenvalues[0],
          sourceLocation: sourceLocation)
      }
    }
  }

  /// U diag(σ) Vᵀ with singular values in equal ratios down to 1/√condition.
  private func graded(
    _ m: Int, _ d: Int, condition: Double
  ) throws -> Matrix<Double> {
    var stream = RandomStream(rootSeed: 3, name: "graded")
    let k = min(m, d)
    let left = try QRFactorization(
      .gaussian(rowCount: m, columnCount: k, from: &stream)
    ).orthonormal
    let right = try QRFactorization(
      .gaussian(rowCount: d, columnCount: k, from: &stream)
    ).orthonormal
    let scaled = Matrix(rowCount: m, columnCount: k) {
      left[$0, $1]
        * Double.pow(condition, -0.5 * Double($1) / Double(max(k - 1, 1)))
    }
    return scaled.multiplied(by: right, transposingOther: true)
  }

  @Test(
    "The route follows the condition",
    arguments: [
      (20, 6, 1e6, SpectralDesign.Route.gram),
      (20, 6, 1e10, .triangular), (20, 6, 1e16, .triangular),
      (8, 6, 1e10, .singular), (6, 20, 1e6, .gram), (6, 20, 1e10, .singular),
    ])
  func routes(m: Int, d: Int, condition: Double, route: SpectralDesign.Route)
    throws
  {
    let design = try graded(m, d, condition: condition)
    let spectral = try SpectralDesign(design)
    #expect(spectral.route == route)
    #expect(spectral.rank == 6)
    // Singular values are good to an ulp or so of the largest.
    let found = try #require(spectral.conditionNumber)
    let error =
      route == .gram
      ? 64 * Double.ulpOfOne * condition
      : 256 * Double.ulpOfOne * condition.squareRoot()
    #expect(abs(found / condition - 1) <= error, "\(found)")
    check(spectral, design)
  }

  @Test(
    "Consistent labels are solved to the condition of Φ, not its square",
    arguments: [(200, 20, 1e10), (200, 20, 1e14), (8, 6, 1e14), (6, 20, 1e14)])
  func accuracy(m: Int, d: Int, condition: Double) throws {
    let design = try graded(m, d, condition: condition)
    let spectral = try SpectralDesign(design)
    let ones = spectral.vector(
      spectral.coordinates([Double](repeating: 1, count: d)))
    let labels = design.multiplied(by: ones)
    let flow = MixupFlow(
      design: spectral, rows: design, labels: labels, cleanLabels: labels)
    #expect(
      distance(flow.cleanSolution, ones)
        <= 256 * .ulpOfOne * condition.squareRoot() * norm(ones))
  }

  @Test("A singular value of max(m, d)·2⁻⁵² times the largest counts as 0")
  func rankRule() throws {
    // Diagonal designs, so that singular values are exact.
    for (factor, rank) in [(4.0, 2), (0.25, 1)] {
      let small = factor * 8 * .ulpOfOne
      let design = Matrix(rowCount: 8, columnCount: 2) { row, column in
        row == column ? (row == 0 ? 1 : small) : 0
      }
      #expect(try SpectralDesign(design).rank == rank)
    }
  }

  @Test("Rows in blocks give what the whole matrix gives")
  func blocks() throws {
    var stream = RandomStream(rootSeed: 5, name: "blocks")
    // More rows than a block of 2²¹/4096 has.
    let (m, d) = (700, 4096)
    let design = Matrix<Double>.gaussian(
      rowCount: m, columnCount: d, from: &stream)
    let labels = stream.normals(count: m)
    let direct = design.multiplied(by: labels, transposingSelf: true)
    let blocked = Blocked(matrix: design)
    let moment = blocked.labelMoment(labels)
    let scale = norm(labels) * design.frobeniusNorm / Double(m)
    #expect(
      distance(moment, direct.map { $0 / Double(m) })
        <= Double(m) * .ulpOfOne * scale)
    #expect(blocked.labelMoment(labels, threads: 2) == moment)
    #expect(blocked.matrix == design)
  }

  @Test("Very large and very small numbers keep their rank, by another route")
  func scales() throws {
    // Squares that are near the ends of the numbers' range, but in it.
    for scale in [0x1p-480, 0x1p500] {
      let base = DesignCase.all[0].problem().design
      let design = Matrix(
        rowCount: base.rowCount, columnCount: base.columnCount
      ) { scale * base[$0, $1] }
      let spectral = try SpectralDesign(design)
      #expect(spectral.rank == 5)
      let plain = try SpectralDesign(base)
      let (found, expected) = (
        try #require(spectral.conditionNumber),
        try #require(plain.conditionNumber)
      )
      #expect(
        abs(found / expected - 1) <= 64 * .ulpOfOne * expected)
    }
    #expect(throws: LinearAlgebraError.self) {
      try SpectralDesign(Matrix(rowCount: 2, columnCount: 1, repeating: 1e200))
    }
    #expect(throws: LinearAlgebraError.self) {
      try SpectralDesign(
        Matrix(rowCount: 2, columnCount: 1, elements: [1, .nan]))
    }
  }
}

/// A matrix behind the protocol, copied block by block.
struct Blocked: DesignRows {
  let matrix: Matrix<Double>
  var rowCount: Int { matrix.rowCount }
  var featureDimension: Int { matrix.columnCount }

  func withRows<Result>(
    _ range: Range<Int>, _ body: (UnsafePointer<Double>) -> Result
  ) -> Result {
    Array(
      matrix.elements[
        range.lowerBound * featureDimension..<range.upperBound
          * featureDimension]
    ).withUnsafeBufferPointer { body($0.baseAddress!) }
  }
}
