import LinearAlgebra
import Networks
import VectorMath

/// Norms ‖W₁ᵀb‖ of many vectors b, the input gradients that the vectors b at
/// the first layer's pre-activations stand for.
///
///     W₁ = L·Q  ⇒  ‖W₁ᵀb‖ = ‖Lᵀb‖
///
/// L is lower triangular: where the input is wide, Lᵀb costs a fraction of
/// W₁ᵀb. Products are taken in panels of columns, of which the triangle needs
/// only the rows from the panel down.
///
/// - Complexity: h₁·D multiply-adds a vector directly; h₁(h₁ + panel)/2 by a
///   triangle with h₁ ≤ D, which takes h₁²(D − h₁/3) once.
struct FirstLayerNorm<Scalar: VectorScalar> {
  /// Columns of a panel: wide enough for the product's rate, narrow enough for
  /// a triangle to be worth its name.
  static var panelWidth: Int { 64 }
  /// How many multiply-adds of a product take the time of one of the
  /// factorization, about.
  private static var factorizationWeight: Int { 3 }

  /// L, or W₁ itself, [h₁, columns].
  let factor: Matrix<Scalar>
  private let isTriangular: Bool

  /// Chooses the cheaper way for so many vectors.
  ///
  /// - Throws: `LinearAlgebraError.notFinite`.
  init(
    weights: UnsafePointer<Scalar>, shape: DenseShape, vectorCount: Int
  ) throws(LinearAlgebraError) {
    let (inputs, width) = (shape.inputSize, shape.sizes[1])
    let matrix = Matrix(
      rowCount: width, columnCount: inputs,
      elements: Array(
        UnsafeBufferPointer(start: weights, count: width * inputs)))
    isTriangular = Self.prefersTriangle(
      inputs: inputs, width: width, vectorCount: vectorCount)
    factor = isTriangular ? try matrix.lowerFactor() : matrix
  }

  /// Whether the triangle pays, by operation counts alone.
  static func prefersTriangle(
    inputs: Int, width: Int, vectorCount: Int
  ) -> Bool {
    let (long, short) = (max(inputs, width), min(inputs, width))
    let saved = width * inputs - multiplyAdds(columns: short, width: width)
    return vectorCount * saved
      > factorizationWeight * short * short * (long - short / 3)
  }

  /// Multiply-adds of Lᵀb.
  private static func multiplyAdds(columns: Int, width: Int) -> Int {
    stride(from: 0, to: columns, by: panelWidth).reduce(0) {
      $0 + min(panelWidth, columns - $1) * (width - $1)
    }
  }

  /// Writes ‖W₁ᵀb‖² of `rows` vectors.
  ///
  /// - Parameters:
  ///   - vectors: [rows, h₁].
  ///   - products: Room for [rows, panelWidth].
  ///   - partial: Room for [rows].
  func writeSquares(
    of vectors: UnsafePointer<Scalar>, rows: Int,
    products: UnsafeMutablePointer<Scalar>,
    partial: UnsafeMutablePointer<Double>,
    into out: UnsafeMutablePointer<Double>
  ) {
    let (width, columns) = (factor.rowCount, factor.columnCount)
    out.update(repeating: 0, count: rows)
    factor.withUnsafeElements { elements in
      guard let elements = elements.baseAddress else { return }
      for start in stride(from: 0, to: columns, by: Self.panelWidth) {
        let count = min(Self.panelWidth, columns - start)
        let top = isTriangular ? start : 0
        Scalar.gemm(
          transposeA: false, transposeB: false, rows: rows, columns: count,
          inner: width - top, alpha: 1, vectors + top, strideA: width,
          elements + top * columns + start, strideB: columns, beta: 0,
          products, strideC: count)
        Scalar.rowSquareNorms(
          products, rows: rows, columns: count, into: partial)
        for r in 0..<rows { out[r] += partial[r] }
      }
    }
  }

  /// ‖W₁ᵀb‖ of one vector, safe from overflow and underflow of the squares.
  func norm(of vector: UnsafePointer<Scalar>) -> Double {
    let (width, columns) = (factor.rowCount, factor.columnCount)
    return withUnsafeTemporaryAllocation(of: Scalar.self, capacity: columns) {
      room in
      guard let product = room.baseAddress else { return 0 }
      factor.withUnsafeElements { elements in
        guard let elements = elements.baseAddress else { return }
        Scalar.gemv(
          transpose: true, rows: width, columns: columns, alpha: 1, elements,
          strideA: columns, vector, beta: 0, product)
      }
      return Double(Scalar.nrm2(columns, product))
    }
  }
}
