import LinearAlgebra
import Randomness
import RealModule
import Testing

@testable import VectorMath

@Suite("A triangular factor by two Cholesky factorizations")
struct TriangularFactorTests {
  /// Rows with singular values 1 … 1/condition, times a scale.
  private func matrix(
    rows: Int, columns: Int, condition: Double, scale: Double = 1
  ) throws -> Matrix<Double> {
    var stream = RandomStream(rootSeed: 0, name: "triangular-factor")
    func orthonormal(_ m: Int, _ n: Int) throws -> Matrix<Double> {
      try QRFactorization(
        Matrix(
          rowCount: m, columnCount: n, elements: stream.normals(count: m * n))
      ).orthonormal
    }
    let (left, right) = try (
      orthonormal(rows, columns), orthonormal(columns, columns)
    )
    let scaled = Matrix(rowCount: rows, columnCount: columns) {
      scale * left[$0, $1]
        * .pow(condition, -Double($1) / Double(max(columns - 1, 1)))
    }
    return scaled.multiplied(by: right)
  }

  private func factor(
    _ matrix: Matrix<Double>, threads: Int = 1
  ) throws -> TriangularFactor {
    try TriangularFactor(
      rowCount: matrix.rowCount, columnCount: matrix.columnCount,
      team: ThreadTeam(size: threads), writingRows: writer(matrix))
  }

  /// Whether no reflections are taken.
  private func isByCholesky(_ matrix: Matrix<Double>) -> Bool {
    TriangularFactor.byCholesky(
      rowCount: matrix.rowCount, columnCount: matrix.columnCount,
      team: ThreadTeam(size: 1), writingRows: writer(matrix)) != nil
  }

  private func writer(
    _ matrix: Matrix<Double>
  ) -> (Range<Int>, UnsafeMutablePointer<Double>) -> Void {
    let width = matrix.columnCount
    return { range, rows in
      for (position, row) in range.enumerated() {
        for k in 0..<width { rows[position * width + k] = matrix[row, k] }
      }
    }
  }

  /// The rounding of either way is some ulps of a column's length for each
  /// operation that a number of R goes through; rows add up in length.
  private func tolerance(_ matrix: Matrix<Double>) -> Double {
    8 * Double(matrix.rowCount + matrix.columnCount).squareRoot()
      * Double(matrix.columnCount).squareRoot() * .ulpOfOne
  }

  /// RᵀR is AᵀA column by column, to rounding and whatever κ is; the second
  /// half of the columns is scaled by 10^±120, which must change nothing.
  @Test(
    "RᵀR is AᵀA, columns by their own scale",
    arguments: [1, 1e3, 1e6, 1e8, 1e10], [0.0, 120, -120])
  func gram(_ condition: Double, _ exponent: Double) throws {
    for (rows, columns) in [(40, 40), (700, 33), (2_100, 90)] {
      let even = try matrix(rows: rows, columns: columns, condition: condition)
      let scale = Double.pow(10, exponent)
      let graded = Matrix(rowCount: rows, columnCount: columns) {
        even[$0, $1] * (2 * $1 >= columns ? scale : 1)
      }
      let upper = try factor(graded).upper
      let back = Matrix(rowCount: columns, columnCount: columns) {
        upper[$0, $1] / (2 * $1 >= columns ? scale : 1)
      }
      let exact = even.gram(transposingSelf: true)
      let found = back.gram(transposingSelf: true)
      for row in 0..<columns {
        for column in 0..<columns {
          let size = (exact[row, row] * exact[column, column]).squareRoot()
          #expect(
            abs(exact[row, column] - found[row, column])
              <= 2 * tolerance(even) * size)
        }
      }
    }
  }

  /// The route must be the fast one where it is good enough, and must not be
  /// where a first factor has no digit left.
  @Test("takes matrix products up to conditions of some 10⁷")
  func route() throws {
    for condition in [1, 1e3, 1e6, 1e7] {
      #expect(
        isByCholesky(
          try matrix(rows: 700, columns: 33, condition: condition)))
    }
    for condition in [1e9, 1e12] {
      #expect(
        !isByCholesky(
          try matrix(rows: 700, columns: 33, condition: condition)))
    }
  }

  /// The smallest singular value is where a single Cholesky factorization loses
  /// twice the digits, κ² ulps where κ are allowed: at 10⁶ and 10⁷ it is ten
  /// times beyond this bound and more.
  @Test(
    "keeps the smallest singular value",
    arguments: [1e4, 1e6, 1e7, 3e7, 1e8, 3e8, 1e10])
  func smallestSingularValue(_ condition: Double) throws {
    let matrix = try matrix(rows: 600, columns: 60, condition: condition)
    let values = try SingularValueDecomposition(factor(matrix).upper).values
    let exact = try SingularValueDecomposition(matrix).values
    #expect(
      abs(values[59] / exact[59] - 1) <= condition * tolerance(matrix))
  }

  /// R with a positive diagonal.
  private func signed(_ upper: Matrix<Double>) -> Matrix<Double> {
    Matrix(rowCount: upper.rowCount, columnCount: upper.columnCount) {
      upper[$0, $0] < 0 ? -upper[$0, $1] : upper[$0, $1]
    }
  }

  @Test("the team does not show in the bytes", arguments: [2, 3, 5])
  func threads(_ count: Int) throws {
    for condition in [10, 1e12] {
      let matrix = try matrix(rows: 5_000, columns: 40, condition: condition)
      let (one, many) = try (
        factor(matrix).upper, factor(matrix, threads: count).upper
      )
      #expect(one == many)
    }
  }

  /// Squares of these leave the range of doubles; R does not.
  @Test("scales whose squares over- or underflow", arguments: [1e-200, 1e200])
  func scales(_ scale: Double) throws {
    let matrix = try matrix(
      rows: 100, columns: 10, condition: 10, scale: scale)
    let unit = try self.matrix(rows: 100, columns: 10, condition: 10)
    let (own, other) = try (
      signed(factor(matrix).upper), signed(factor(unit).upper)
    )
    for row in 0..<10 {
      for column in row..<10 {
        #expect(
          abs(own[row, column] / scale - other[row, column])
            <= 10 * tolerance(matrix))
      }
    }
  }

  @Test("dependent and empty columns fall back to reflections")
  func singular() throws {
    var stream = RandomStream(rootSeed: 1, name: "triangular-factor")
    let numbers = stream.normals(count: 50)
    let matrix = Matrix(rowCount: 50, columnCount: 3) { row, column in
      column == 2 ? 0 : numbers[row]
    }
    let upper = try factor(matrix).upper
    let length = numbers.reduce(0) { $0 + $1 * $1 }.squareRoot()
    #expect(abs(abs(upper[0, 1]) - length) <= tolerance(matrix) * length)
    #expect(abs(upper[1, 1]) <= tolerance(matrix) * length)
    #expect(upper[0, 2] == 0 && upper[1, 2] == 0 && upper[2, 2] == 0)
  }

  @Test(
    "a number that is none is an error", arguments: [Double.nan, .infinity])
  func notFinite(_ number: Double) {
    let matrix = Matrix(rowCount: 9, columnCount: 2) { row, column in
      row == 7 ? number : Double(row + 3 * column)
    }
    #expect(
      throws: LinearAlgebraError.notFinite(
        operation: "triangular factorization")
    ) { try factor(matrix) }
  }

  /// x_j = (b_j − Σ_{i<j} x_i r_ij)/r_jj is the row-wise substitution.
  @Test(
    "B·R⁻¹ by halves solves X·R = B", arguments: [1, 5, 31, 32, 33, 97, 160])
  func division(_ order: Int) throws {
    var stream = RandomStream(rootSeed: 2, name: "triangular-factor")
    let matrix = try matrix(rows: 2 * order, columns: order, condition: 10)
    let factor = try factor(matrix)
    let rows = Matrix(
      rowCount: 7, columnCount: order,
      elements: stream.normals(count: 7 * order))
    let quotient = factor.dividing(rows)
    let back = quotient.multiplied(by: factor.upper)
    for k in rows.elements.indices {
      let row = k / order
      let size = quotient.row(row).reduce(0) { $0 + $1 * $1 }.squareRoot()
      #expect(
        abs(back.elements[k] - rows.elements[k])
          <= 4 * Double(order) * .ulpOfOne * size)
    }
  }
}
