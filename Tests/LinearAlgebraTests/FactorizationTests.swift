import LinearAlgebra
import RealModule
import Testing

@Suite("LQ: ‖Aᵀb‖ = ‖Lᵀb‖, L lower triangular")
struct LowerFactorTests {
  @Test("for every shape", arguments: shapes)
  func norms(_ shape: (rows: Int, columns: Int)) throws {
    try check(Double.self, shape)
    try check(Float.self, shape)
  }

  private func check<Scalar: BLASScalar>(
    _ type: Scalar.Type, _ shape: (rows: Int, columns: Int)
  ) throws {
    var generator = SplitMix64(seed: shape.rows + 1000 * shape.columns)
    let matrix = generator.nextMatrix(shape.rows, shape.columns, as: type)
    let lower = try matrix.lowerFactor()
    #expect(lower.rowCount == shape.rows)
    #expect(lower.columnCount == min(shape.rows, shape.columns))
    for row in 0..<lower.rowCount {
      for column in 0..<lower.columnCount where column > row {
        #expect(lower[row, column] == 0)
      }
    }
    let limit =
      8 * Double(max(shape.rows, shape.columns))
      * Double(Scalar.ulpOfOne) * Double(matrix.frobeniusNorm)
    for _ in 0..<3 {
      let vector = generator.nextMatrix(shape.rows, 1, as: type)
      let exact = matrix.multiplied(by: vector.elements, transposingSelf: true)
      let found = lower.multiplied(by: vector.elements, transposingSelf: true)
      let difference =
        Double(Scalar.nrm2(exact.count, exact))
        - Double(Scalar.nrm2(found.count, found))
      #expect(abs(difference) <= limit * Double(vector.frobeniusNorm))
    }
  }

  @Test("matrices without rows or columns, and NaN")
  func edges() throws {
    let flat = Matrix<Double>(rowCount: 0, columnCount: 3, elements: [])
    #expect(try flat.lowerFactor().columnCount == 0)
    #expect(try flat.transposed().lowerFactor().rowCount == 3)
    let bad = Matrix<Float>(rowCount: 2, columnCount: 1, repeating: .infinity)
    let error = LinearAlgebraError.notFinite(operation: "LQ factorization")
    #expect(throws: error) { try bad.lowerFactor() }
  }
}

@Suite("QR: A = Q·R, Q orthonormal, R triangular")
struct QRFactorizationTests {
  @Test("for every shape", arguments: shapes)
  func factors(_ shape: (rows: Int, columns: Int)) throws {
    var generator = SplitMix64(seed: shape.rows + 1000 * shape.columns)
    let random = generator.nextMatrix(shape.rows, shape.columns)
    let low = generator.nextMatrix(shape.rows, 1)
      .multiplied(by: generator.nextMatrix(1, shape.columns))
    let zero = Matrix<Double>(
      rowCount: shape.rows, columnCount: shape.columns, repeating: 0)
    for matrix in [random, low, zero] {
      let factors = try QRFactorization(matrix)
      let limit = backwardError(shape.rows, shape.columns)
      let product = factors.orthonormal.multiplied(by: factors.upper)
      #expect(
        (product - matrix).frobeniusNorm <= limit * matrix.frobeniusNorm)
      #expect(factors.orthonormal.orthonormalityDefect <= limit)
      for row in 0..<factors.upper.rowCount {
        for column in 0..<min(row, shape.columns) {
          #expect(factors.upper[row, column] == 0)
        }
      }
    }
  }

  @Test("matrices without rows or columns, and NaN")
  func edges() throws {
    let flat = Matrix<Double>(rowCount: 0, columnCount: 3, elements: [])
    #expect(try QRFactorization(flat).upper == flat)
    #expect(
      try QRFactorization(flat.transposed()).orthonormal == flat.transposed())
    let bad = Matrix<Double>(rowCount: 2, columnCount: 1, repeating: .nan)
    let error = LinearAlgebraError.notFinite(operation: "QR factorization")
    #expect(throws: error) { try QRFactorization(bad) }
  }
}

@Suite("Cholesky: A = L·Lᵀ, and A·X = B")
struct CholeskyFactorizationTests {
  /// A Gram matrix of n × 2n random numbers, of moderate condition.
  private func example(order: Int) -> Matrix<Double> {
    var generator = SplitMix64(seed: order)
    return generator.nextMatrix(order, 2 * order).gram()
  }

  @Test("factor, solution and determinant", arguments: [1, 2, 5, 33, 100, 150])
  func factor(order: Int) throws {
    let matrix = example(order: order)
    let factorization = try CholeskyFactorization(matrix)
    let lower = factorization.lower
    let limit = backwardError(order, order)
    let residual = lower.gram() - matrix
    #expect(residual.frobeniusNorm <= limit * matrix.frobeniusNorm)
    for row in 0..<order {
      #expect(lower[row, row] > 0)
      for column in row + 1..<max(order, row + 1) {
        #expect(lower[row, column] == 0)
      }
    }

    var generator = SplitMix64(seed: order + 7)
    let right = generator.nextMatrix(order, 3)
    let solution = factorization.solve(right)
    // Backward stability: the residual is small against ‖A‖·‖X‖.
    #expect(
      (matrix.multiplied(by: solution) - right).frobeniusNorm
        <= limit * matrix.frobeniusNorm * solution.frobeniusNorm)
    let first = factorization.solve((0..<order).map { right[$0, 0] })
    let firstResidual =
      Matrix(rowCount: order, columnCount: 1, elements: first)
      - Matrix(rowCount: order, columnCount: 1) { row, _ in solution[row, 0] }
    let values = try SymmetricEigen.values(of: matrix)
    let condition = values[0] / values[order - 1]
    #expect(
      firstResidual.frobeniusNorm
        <= limit * condition * solution.frobeniusNorm)

    let logarithms = values.reduce(0) { $0 + Double.log($1) }
    #expect(
      abs(factorization.logDeterminant - logarithms)
        <= limit * (condition + abs(logarithms)))
  }

  @Test("what is not positive definite throws, naming the minor")
  func indefinite() throws {
    var matrix = Matrix<Double>.identity(5)
    matrix[3, 3] = -1
    #expect(throws: LinearAlgebraError.notPositiveDefinite(leadingMinor: 4)) {
      try CholeskyFactorization(matrix)
    }
    #expect(throws: LinearAlgebraError.notPositiveDefinite(leadingMinor: 1)) {
      try CholeskyFactorization(
        Matrix(rowCount: 3, columnCount: 3, repeating: 0))
    }
    matrix[3, 3] = .nan
    #expect(
      throws: LinearAlgebraError.notFinite(
        operation: "Cholesky factorization")
    ) { try CholeskyFactorization(matrix) }
  }

  @Test("an empty system has an empty solution and the determinant 1")
  func empty() throws {
    let factorization = try CholeskyFactorization(.identity(0))
    #expect(factorization.solve([]) == [])
    #expect(factorization.logDeterminant == 0)
    let right = Matrix<Double>(rowCount: 2, columnCount: 0, elements: [])
    #expect(try CholeskyFactorization(.identity(2)).solve(right) == right)
  }
}

@Suite("Errors say what was expected, found, and to be done")
struct LinearAlgebraErrorTests {
  @Test("in one line each")
  func descriptions() {
    let errors: [LinearAlgebraError] = [
      .notFinite(operation: "least squares"),
      .notConverged(routine: "dgesdd", info: 3),
      .notPositiveDefinite(leadingMinor: 4),
    ]
    #expect(
      errors.map(\.description) == [
        "least squares: expected finite numbers, found NaN or infinity in the "
          + "matrix; look for overflow in what produced it",
        "dgesdd did not converge (info = 3); rescale the matrix, or look for "
          + "entries of very different magnitude",
        "expected a positive definite matrix, found that its leading minor of "
          + "order 4 is not positive; add to the diagonal, or use an "
          + "eigendecomposition",
      ])
  }
}
