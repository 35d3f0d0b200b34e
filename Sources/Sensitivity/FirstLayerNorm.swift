import LinearAlgebra
import Networks
import VectorMath

/// Norms ‖W₁ᵀb‖ of many vectors b, the input gradients that the vectors b at
/// the first layer's pre-activations stand for.
///
///     W₁ = L·Q  ⇒  ‖W₁ᵀb‖ = ‖Lᵀb‖
///
/// L is lower triangular: where the input is wide, Lᵀb costs a fraction of
/// W₁ᵀb.
///
/// - Complexity: h₁·D multiply-adds a vector directly; about h₁²/2 by a
///   triangle with h₁ ≤ D, which takes h₁²(D − h₁/3) once.
struct FirstLayerNorm<Scalar: VectorScalar>: Sendable {
  /// How many multiply-adds of a product take the time of one of the
  /// factorization, about; half of those that are counted are skipped.
  private static var factorizationWeight: Int { 6 }

  /// L, or W₁ itself, [h₁, columns].
  private let factor: Matrix<Scalar>
  private let panels: PanelMatrix<Scalar>

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
    let isTriangular = Self.prefersTriangle(
      inputs: inputs, width: width, vectorCount: vectorCount)
    let factor = isTriangular ? try matrix.lowerFactor() : matrix
    self.factor = factor
    panels = factor.withUnsafeElements { elements in
      let columns = factor.columnCount
      return PanelMatrix(
        rowCount: width, columnCount: columns, isLower: isTriangular
      ) { elements[$0 * columns + $1] }
    }
  }

  /// Whether the triangle pays, by operation counts alone.
  static func prefersTriangle(
    inputs: Int, width: Int, vectorCount: Int
  ) -> Bool {
    let (long, short) = (max(inputs, width), min(inputs, width))
    let triangle = short * (short + 1) / 2 + (width - short) * short
    return vectorCount * (width * inputs - triangle)
      > factorizationWeight * short * short * (long - short / 3)
  }

  /// Writes ‖W₁ᵀb‖² of each row b.
  func writeSquares(
    of rows: GroupedRows<Scalar>, into out: UnsafeMutablePointer<Double>
  ) {
    panels.writeSquareNorms(of: rows, into: out)
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
