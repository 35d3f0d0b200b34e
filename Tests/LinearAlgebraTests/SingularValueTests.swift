import LinearAlgebra
import RealModule
import Testing

/// An m × n matrix of the given rank whose nonzero singular values are 1 to 1/8.
private func matrix(
  _ shape: (rows: Int, columns: Int), rank: Int
) throws -> Matrix<Double> {
  var generator = SplitMix64(seed: shape.rows + 1000 * shape.columns)
  let left = try QRFactorization(generator.nextMatrix(shape.rows, rank))
  let right = try QRFactorization(generator.nextMatrix(shape.columns, rank))
  let values = (0..<rank).map { Double.exp2(-3 * Double($0) / Double(rank)) }
  return left.orthonormal.scalingColumns(by: values)
    .multiplied(by: right.orthonormal, transposingOther: true)
}

/// Full, half, one and zero.
private func ranks(_ shape: (rows: Int, columns: Int)) -> [Int] {
  let full = min(shape.rows, shape.columns)
  return Set([0, 1, full / 2, full]).sorted()
}

/// Largest over smallest nonzero singular value of the examples.
private let condition = 8.0

@Suite("SVD: A = U·diag(σ)·Vᵀ")
struct SingularValueTests {
  @Test("residual, orthogonality, order and rank", arguments: shapes)
  func decomposition(_ shape: (rows: Int, columns: Int)) throws {
    let limit = backwardError(shape.rows, shape.columns)
    for rank in ranks(shape) {
      let matrix = try matrix(shape, rank: rank)
      let svd = try SingularValueDecomposition(matrix)
      let product = svd.left.scalingColumns(by: svd.values)
        .multiplied(by: svd.rightTransposed)
      #expect(
        (product - matrix).frobeniusNorm <= limit * matrix.frobeniusNorm)
      #expect(svd.left.orthonormalityDefect <= limit)
      #expect(
        svd.rightTransposed.transposed().orthonormalityDefect <= limit)
      #expect(svd.values == svd.values.sorted(by: >))
      #expect(svd.values.allSatisfy { $0 >= 0 })
      #expect(svd.rank() == rank)
      let alone = try matrix.singularValues()
      #expect(
        zip(alone, svd.values).allSatisfy { abs($0 - $1) <= limit })
    }
  }

  @Test("the four conditions of Penrose", arguments: shapes)
  func pseudoInverse(_ shape: (rows: Int, columns: Int)) throws {
    for rank in ranks(shape) {
      let a = try matrix(shape, rank: rank)
      let x = try a.pseudoInverse()
      #expect(x.rowCount == shape.columns && x.columnCount == shape.rows)
      let ax = a.multiplied(by: x)
      let xa = x.multiplied(by: a)
      let limit =
        backwardError(shape.rows, shape.columns) * condition
        * max(1, a.frobeniusNorm)
      #expect((ax.multiplied(by: a) - a).frobeniusNorm <= limit)
      #expect(
        (xa.multiplied(by: x) - x).frobeniusNorm
          <= limit * condition * max(1, x.frobeniusNorm))
      #expect((ax.transposed() - ax).frobeniusNorm <= limit)
      #expect((xa.transposed() - xa).frobeniusNorm <= limit)
    }
  }

  @Test("the rank rule is max(m, n)·2⁻⁵²·σ₁ and can be chosen")
  func rankRule() throws {
    let tiny = 4 * Double.ulpOfOne
    var matrix = Matrix<Double>(rowCount: 3, columnCount: 3, repeating: 0)
    matrix[0, 0] = 1
    matrix[1, 1] = tiny
    matrix[2, 2] = tiny / 2
    let svd = try SingularValueDecomposition(matrix)
    #expect(svd.rank() == 2)
    #expect(svd.rank(relativeTolerance: 0) == 3)
    #expect(svd.rank(relativeTolerance: 0.5) == 1)
    #expect(svd.pseudoInverse()[1, 1] == 1 / tiny)
    #expect(svd.pseudoInverse(relativeTolerance: 0.5)[1, 1] == 0)
  }

  @Test(
    "NaN and infinity throw", arguments: [Double.nan, .infinity, -.infinity])
  func hostileNumbers(_ bad: Double) {
    var matrix = Matrix<Double>(rowCount: 40, columnCount: 30, repeating: 1)
    matrix[3, 2] = bad
    let error = LinearAlgebraError.notFinite(
      operation: "singular value decomposition")
    #expect(throws: error) { try SingularValueDecomposition(matrix) }
    #expect(throws: error) { try matrix.singularValues() }
    #expect(throws: error) { try matrix.pseudoInverse() }
  }

  @Test("matrices without rows or columns")
  func empty() throws {
    let flat = Matrix<Double>(rowCount: 0, columnCount: 3, elements: [])
    let svd = try SingularValueDecomposition(flat)
    #expect(svd.values.isEmpty && svd.rank() == 0)
    #expect(try flat.pseudoInverse() == flat.transposed())
    #expect(try flat.transposed().singularValues().isEmpty)
  }
}

@Suite("Least squares: the shortest of the best solutions, A⁺·B")
struct LeastSquaresTests {
  @Test("for every shape and rank", arguments: shapes)
  func solution(_ shape: (rows: Int, columns: Int)) throws {
    var generator = SplitMix64(seed: 11)
    for rank in ranks(shape) {
      let a = try matrix(shape, rank: rank)
      let b = generator.nextMatrix(shape.rows, 2)
      let result = try LeastSquares(a, rightHandSide: b)
      #expect(result.rank == rank)
      let expected = try a.pseudoInverse().multiplied(by: b)
      // The condition of a problem with a residual goes as κ².
      let limit =
        backwardError(shape.rows, shape.columns) * condition * condition
        * max(1, b.frobeniusNorm)
      #expect((result.solution - expected).frobeniusNorm <= limit)
      let residual = a.multiplied(by: result.solution) - b
      #expect(
        a.multiplied(by: residual, transposingSelf: true).frobeniusNorm
          <= limit)
      let values = try a.singularValues()
      #expect(
        zip(values, result.singularValues).allSatisfy { abs($0 - $1) <= limit })
    }
  }

  @Test("a chosen tolerance drops what is small")
  func tolerance() throws {
    let a = Matrix<Double>(
      rowCount: 2, columnCount: 2, elements: [1, 0, 0, 0.01])
    let b = Matrix<Double>(rowCount: 2, columnCount: 1, elements: [1, 1])
    let all = try LeastSquares(a, rightHandSide: b)
    #expect(abs(all.solution[1, 0] - 100) <= 100 * 100 * backwardError(2, 2))
    let some = try LeastSquares(a, rightHandSide: b, relativeTolerance: 0.1)
    #expect(some.rank == 1 && some.solution[1, 0] == 0)
  }

  @Test("NaN on either side throws; empty problems have a zero solution")
  func edges() throws {
    let one = Matrix<Double>.identity(1)
    let bad = Matrix<Double>(rowCount: 1, columnCount: 1, repeating: .nan)
    let error = LinearAlgebraError.notFinite(operation: "least squares")
    #expect(throws: error) { try LeastSquares(one, rightHandSide: bad) }
    #expect(throws: error) { try LeastSquares(bad, rightHandSide: one) }
    let flat = Matrix<Double>(rowCount: 0, columnCount: 3, elements: [])
    let nothing = Matrix<Double>(rowCount: 0, columnCount: 2, elements: [])
    #expect(
      try LeastSquares(flat, rightHandSide: nothing).solution
        == Matrix(rowCount: 3, columnCount: 2, repeating: 0))
    let none = Matrix<Double>(rowCount: 1, columnCount: 0, elements: [])
    #expect(
      try LeastSquares(one, rightHandSide: none).solution == none)
  }
}
