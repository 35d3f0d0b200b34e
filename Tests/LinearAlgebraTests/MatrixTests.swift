import LinearAlgebra
import Testing

@Suite("A matrix is its elements, row after row")
struct MatrixTests {
  let example = Matrix<Double>(
    rowCount: 2, columnCount: 3, elements: [1, 2, 3, 4, 5, 6])

  @Test("the ways to make one agree")
  func initializers() {
    let computed = Matrix<Double>(rowCount: 2, columnCount: 3) { row, column in
      Double(3 * row + column + 1)
    }
    #expect(computed == example)
    var filled = Matrix<Double>(rowCount: 2, columnCount: 3, repeating: 0)
    for row in 0..<2 {
      for column in 0..<3 { filled[row, column] = example[row, column] }
    }
    #expect(filled == example)
    #expect(Array(example.row(1)) == [4, 5, 6])
    #expect(Matrix<Float>.identity(2).elements == [1, 0, 0, 1])
  }

  @Test(
    "elements stay when they move to large pages", arguments: [0, 3, 2_000])
  func largePages(rowCount: Int) {
    let matrix = Matrix<Float>(rowCount: rowCount, columnCount: 777) {
      Float($0) - 0.5 * Float($1)
    }
    let before = matrix.elements.map(\.bitPattern)
    matrix.moveToLargePages()
    #expect(matrix.elements.map(\.bitPattern) == before)
  }

  @Test("a copy does not change with the original")
  func valueSemantics() {
    var changed = example
    changed[1, 2] = 0
    changed.withUnsafeMutableElements { $0[0] = 9 }
    #expect(changed.elements == [9, 2, 3, 4, 5, 0])
    #expect(example.elements == [1, 2, 3, 4, 5, 6])
    #expect(example.withUnsafeElements { $0.count } == 6)
  }

  @Test("errors of the closures pass through, typed")
  func throwingClosures() {
    struct Stop: Error, Equatable {}
    #expect(throws: Stop()) {
      try Matrix<Float>(rowCount: 1, columnCount: 1) {
        (_, _) throws(Stop) in throw Stop()
      }
    }
    #expect(throws: Stop()) {
      try example.withUnsafeElements { (_) throws(Stop) -> Int in throw Stop() }
    }
  }

  @Test("transposing twice is nothing", arguments: shapes)
  func transposition(_ shape: (rows: Int, columns: Int)) {
    var generator = SplitMix64(seed: 3)
    let matrix = generator.nextMatrix(shape.rows, shape.columns)
    let transpose = matrix.transposed()
    #expect(transpose.rowCount == shape.columns)
    #expect(transpose[shape.columns - 1, 0] == matrix[0, shape.columns - 1])
    #expect(transpose.transposed() == matrix)
  }

  @Test("a product with known numbers, transposed in all ways")
  func products() {
    let other = Matrix<Double>(
      rowCount: 3, columnCount: 2, elements: [1, 0, 0, 1, 1, 1])
    let expected = Matrix<Double>(
      rowCount: 2, columnCount: 2, elements: [4, 5, 10, 11])
    for transposingSelf in [false, true] {
      for transposingOther in [false, true] {
        let product = (transposingSelf ? example.transposed() : example)
          .multiplied(
            by: transposingOther ? other.transposed() : other,
            transposingSelf: transposingSelf, transposingOther: transposingOther
          )
        #expect(product == expected)
      }
    }
    #expect(example.multiplied(by: [1, 0, -1]) == [-2, -2])
    #expect(
      example.multiplied(by: [1, -1], transposingSelf: true) == [-3, -3, -3])
    #expect(example.gram() == example.multiplied(by: example.transposed()))
    #expect(
      example.gram(transposingSelf: true)
        == example.transposed().multiplied(by: example))
    #expect(example.frobeniusNorm == 91.0.squareRoot())
  }

  @Test("matrices without rows or columns multiply")
  func emptyMatrices() {
    let flat = Matrix<Double>(rowCount: 0, columnCount: 3, elements: [])
    let thin = Matrix<Double>(rowCount: 3, columnCount: 0, elements: [])
    #expect(flat.transposed() == thin)
    #expect(flat.gram() == .identity(0))
    #expect(
      thin.multiplied(by: flat)
        == Matrix(rowCount: 3, columnCount: 3, repeating: 0))
    #expect(flat.multiplied(by: thin) == .identity(0))
    #expect(thin.multiplied(by: []) == [0, 0, 0])
    #expect(flat.multiplied(by: [1, 2, 3]) == [])
    #expect(flat.frobeniusNorm == 0)
  }

  @Test("Double holds every Float; Float rounds to nearest")
  func conversion() {
    var generator = SplitMix64(seed: 5)
    let single = generator.nextMatrix(4, 5, as: Float.self)
    #expect(Matrix<Float>(Matrix<Double>(single)) == single)
    let third = Matrix<Double>(rowCount: 1, columnCount: 1, repeating: 1 / 3)
    #expect(Matrix<Float>(third)[0, 0] == Float(1) / 3)
  }

  @Test("wrong shapes trap")
  func wrongShapes() async {
    await #expect(processExitsWith: .failure) {
      _ = Matrix<Double>(rowCount: 2, columnCount: 2, elements: [1, 2, 3])
    }
    await #expect(processExitsWith: .failure) {
      let matrix = Matrix<Double>(rowCount: 2, columnCount: 3, repeating: 0)
      _ = matrix.multiplied(by: matrix)
    }
    await #expect(processExitsWith: .failure) {
      let matrix = Matrix<Double>(rowCount: 2, columnCount: 3, repeating: 0)
      _ = matrix[0, 3]
    }
    await #expect(processExitsWith: .failure) {
      _ = try SymmetricEigen(
        Matrix(rowCount: 2, columnCount: 3, repeating: 0))
    }
  }
}
