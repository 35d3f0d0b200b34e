import LinearAlgebra
import RealModule
import Testing

@Suite("Symmetric eigendecomposition: A·V = V·diag(λ), VᵀV = I")
struct SymmetricEigenTests {
  /// Symmetric matrices of order n and of every kind that has been trouble:
  /// random, of low rank, zero, with one eigenvalue only, and graded over
  /// twenty orders of magnitude.
  static func examples(order n: Int) -> [(name: String, Matrix<Double>)] {
    var generator = SplitMix64(seed: n)
    let random = generator.nextMatrix(n, n)
    let low = generator.nextMatrix(n, max(1, n / 4))
    let graded = random.gram()
    return [
      (
        "random",
        Matrix(rowCount: n, columnCount: n) {
          random[$0, $1] + random[$1, $0]
        }
      ),
      ("of low rank", low.gram()),
      ("zero", Matrix(rowCount: n, columnCount: n, repeating: 0)),
      ("identity", .identity(n)),
      (
        "graded",
        Matrix(rowCount: n, columnCount: n) {
          graded[$0, $1] * .exp10(-10 * Double($0 + $1) / Double(n))
        }
      ),
    ]
  }

  static let orders = [1, 2, 3, 5, 16, 33, 64, 130]

  /// `slack` is for the largest few: relatively robust representations do not
  /// orthogonalize, and lose a few times more than divide and conquer (Demmel,
  /// Marques, Parlett and Vömel 2008, "Performance and accuracy of LAPACK's
  /// symmetric tridiagonal eigensolvers").
  private func check(
    _ eigen: SymmetricEigen, of matrix: Matrix<Double>, _ name: String,
    slack: Double = 1
  ) {
    let limit = slack * backwardError(matrix.rowCount, matrix.rowCount)
    let residual =
      (matrix.multiplied(by: eigen.vectors)
      - eigen.vectors.scalingColumns(by: eigen.values)).frobeniusNorm
    #expect(residual <= limit * matrix.frobeniusNorm, "\(name): residual")
    #expect(eigen.vectors.orthonormalityDefect <= limit, "\(name): orthogonal")
    #expect(eigen.values == eigen.values.sorted(by: >), "\(name): order")
  }

  @Test("all of them", arguments: orders)
  func full(order: Int) throws {
    for (name, matrix) in Self.examples(order: order) {
      let eigen = try SymmetricEigen(matrix)
      #expect(eigen.values.count == order)
      check(eigen, of: matrix, name)
      let trace = (0..<order).reduce(0) { $0 + matrix[$1, $1] }
      let limit = backwardError(order, order) * matrix.frobeniusNorm
      #expect(abs(eigen.values.reduce(0, +) - trace) <= limit, "\(name): trace")
    }
  }

  @Test("the largest few, and the values alone, agree", arguments: orders)
  func partial(order: Int) throws {
    for (name, matrix) in Self.examples(order: order) {
      let all = try SymmetricEigen(matrix).values
      let limit = backwardError(order, order) * matrix.frobeniusNorm
      let alone = try SymmetricEigen.values(of: matrix)
      #expect(zip(alone, all).allSatisfy { abs($0 - $1) <= limit }, "\(name)")
      for count in Set([0, 1, order / 2, order]) {
        let some = try SymmetricEigen(matrix, largest: count)
        #expect(some.values.count == count)
        #expect(some.vectors.columnCount == count)
        check(some, of: matrix, "\(count) of \(name)", slack: 4)
        #expect(
          zip(some.values, all).allSatisfy { abs($0 - $1) <= limit }, "\(name)")
      }
    }
  }

  @Test("the second difference has the eigenvalues 2 − 2·cos(jπ/(n+1))")
  func secondDifference() throws {
    let n = 50
    let matrix = Matrix<Double>(rowCount: n, columnCount: n) {
      $0 == $1 ? 2 : abs($0 - $1) == 1 ? -1 : 0
    }
    let values = try SymmetricEigen(matrix).values
    for (index, value) in values.enumerated() {
      let j = Double(n - index)
      let expected = 2 - 2 * Double.cos(j * .pi / Double(n + 1))
      #expect(abs(value - expected) <= backwardError(n, n) * 4)
    }
  }

  @Test("only the lower triangle is read")
  func lowerTriangle() throws {
    let matrix = Matrix<Double>(
      rowCount: 2, columnCount: 2, elements: [2, 99, 1, 2])
    let limit = backwardError(2, 2) * 3
    for values in [
      try SymmetricEigen(matrix).values,
      try SymmetricEigen(matrix, largest: 2).values,
      try SymmetricEigen.values(of: matrix),
    ] {
      #expect(abs(values[0] - 3) <= limit && abs(values[1] - 1) <= limit)
    }
  }

  @Test(
    "NaN and infinity throw", arguments: [Double.nan, .infinity, -.infinity])
  func hostileNumbers(_ bad: Double) {
    var matrix = Matrix<Double>.identity(40)
    matrix[3, 2] = bad
    let error = LinearAlgebraError.notFinite(
      operation: "symmetric eigendecomposition")
    #expect(throws: error) { try SymmetricEigen(matrix) }
    #expect(throws: error) { try SymmetricEigen(matrix, largest: 2) }
    #expect(throws: error) { try SymmetricEigen.values(of: matrix) }
  }

  @Test("numbers at the ends of the range stay finite")
  func extremeScales() throws {
    for scale in [1e-300, 1e300] {
      let matrix = Matrix<Double>(
        rowCount: 2, columnCount: 2,
        elements: [2 * scale, scale, scale, 2 * scale])
      let values = try SymmetricEigen(matrix).values
      #expect(abs(values[0] / scale - 3) <= backwardError(2, 2) * 3)
    }
  }

  @Test("an empty matrix has no eigenvalues")
  func empty() throws {
    #expect(try SymmetricEigen(.identity(0)).values.isEmpty)
    #expect(try SymmetricEigen(.identity(0), largest: 0).values.isEmpty)
    #expect(try SymmetricEigen.values(of: .identity(0)).isEmpty)
  }
}
