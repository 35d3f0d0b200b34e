import LinearAlgebra
import Randomness
import TestSupport
import Testing

@Suite("Tridiagonal form")
struct TridiagonalFormTests {
  private func symmetric(_ order: Int, shift: Double = 0) -> Matrix<Double> {
    var stream = RandomStream(
      rootSeed: 5, name: "tridiagonal", index: UInt64(order))
    let factor = Matrix(
      rowCount: order, columnCount: order,
      elements: stream.normals(count: order * order))
    var gram = factor.gram()
    for i in 0..<order { gram[i, i] += shift }
    return gram
  }

  private func rows(_ count: Int, _ order: Int) -> Matrix<Double> {
    var stream = RandomStream(rootSeed: 6, name: "rows", index: UInt64(order))
    return Matrix(
      rowCount: count, columnCount: order,
      elements: stream.normals(count: count * order))
  }

  @Test("A·v = Q·T·Qᵀ·v, and Q is orthogonal", arguments: [1, 2, 3, 40])
  func product(_ order: Int) throws {
    let matrix = symmetric(order)
    let form = try TridiagonalForm(matrix)
    let vectors = rows(3, order)
    let found = form.restoring(form.multiplied(by: form.rotating(vectors)))
    let expected = vectors.multiplied(by: matrix)
    let bound =
      64 * Double(order) * .ulpOfOne * matrix.elements.map { abs($0) }.max()!
      * 4
    #expect(largestDifference(found.elements, expected.elements) < bound)
    #expect(
      largestDifference(
        form.restoring(form.rotating(vectors)).elements, vectors.elements)
        < 64 * Double(order) * .ulpOfOne)
  }

  @Test("Its eigenvalues are those of A, largest first", arguments: [1, 2, 40])
  func eigenvalues(_ order: Int) throws {
    let matrix = symmetric(order)
    let found = try TridiagonalForm(matrix).eigenvalues()
    let expected = try SymmetricEigen(matrix).values
    #expect(
      largestDifference(found, expected)
        < 16 * Double(order) * .ulpOfOne * expected[0])
    #expect(found == found.sorted(by: >))
  }

  @Test("(T + sI)⁻¹v", arguments: [0, 0.3, 1e6])
  func solution(_ shift: Double) throws {
    let form = try TridiagonalForm(symmetric(30, shift: 1))
    let vector = Array(rows(1, 30).row(0))
    let solution = try form.solving(vector, shift: shift)
    let product = form.multiplied(
      by: Matrix(rowCount: 1, columnCount: 30, elements: solution))
    let back = zip(product.elements, solution).map { $0 + shift * $1 }
    let condition = (form.diagonal.max()! * 4 + shift) / (1 + shift)
    #expect(largestDifference(back, vector) < 1e3 * condition * .ulpOfOne)
  }

  @Test("What has no answer is an error")
  func refusals() throws {
    let form = try TridiagonalForm(symmetric(5, shift: 1))
    #expect(throws: LinearAlgebraError.self) {
      try form.solving([1, 1, 1, 1, 1], shift: -1e9)
    }
    #expect(throws: LinearAlgebraError.self) {
      try TridiagonalForm(
        Matrix(rowCount: 2, columnCount: 2, elements: [1, .nan, .nan, 1]))
    }
    let empty = try TridiagonalForm(
      Matrix(rowCount: 0, columnCount: 0, elements: []))
    #expect(try empty.eigenvalues() == [] && empty.solving([]) == [])
  }
}
