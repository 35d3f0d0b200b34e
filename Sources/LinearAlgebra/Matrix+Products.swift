extension Matrix {
  /// The transpose Aᵀ.
  ///
  /// - Complexity: O(rows·columns), in blocks that fit the cache.
  @inlinable
  public func transposed() -> Matrix {
    let rowCount = self.rowCount
    let columnCount = self.columnCount
    let block = 32
    let elements = withUnsafeElements { source in
      [Scalar](unsafeUninitializedCapacity: source.count) { target, count in
        for top in stride(from: 0, to: rowCount, by: block) {
          for left in stride(from: 0, to: columnCount, by: block) {
            for row in top..<Swift.min(top + block, rowCount) {
              for column in left..<Swift.min(left + block, columnCount) {
                target.initializeElement(
                  at: column * rowCount + row,
                  to: source[row * columnCount + column])
              }
            }
          }
        }
        count = source.count
      }
    }
    return Matrix(
      rowCount: columnCount, columnCount: rowCount, elements: elements)
  }

  /// The product op(A)·op(B), where op transposes if asked to.
  ///
  /// - Shapes: op(A) is `m × k`, op(B) is `k × n`, the product `m × n`.
  /// - Precondition: the columns of op(A) are as many as the rows of op(B).
  public func multiplied(
    by other: Matrix, transposingSelf: Bool = false,
    transposingOther: Bool = false
  ) -> Matrix {
    let rows = transposingSelf ? columnCount : rowCount
    let inner = transposingSelf ? rowCount : columnCount
    let otherInner = transposingOther ? other.columnCount : other.rowCount
    let columns = transposingOther ? other.rowCount : other.columnCount
    precondition(
      inner == otherInner,
      "cannot multiply \(rows) × \(inner) by \(otherInner) × \(columns)")
    return .filled(rowCount: rows, columnCount: columns) { product in
      Scalar.gemm(
        transposeA: transposingSelf, transposeB: transposingOther,
        rows: rows, columns: columns, inner: inner,
        alpha: 1, storage, strideA: columnCount,
        other.storage, strideB: other.columnCount,
        beta: 0, product, strideC: columns)
    }
  }

  /// The product op(A)·x, where op transposes if asked to.
  ///
  /// - Shapes: op(A) is `m × n`, x has n elements, the product m.
  /// - Precondition: the columns of op(A) are as many as the elements of x.
  public func multiplied(
    by vector: [Scalar], transposingSelf: Bool = false
  ) -> [Scalar] {
    let rows = transposingSelf ? columnCount : rowCount
    let columns = transposingSelf ? rowCount : columnCount
    precondition(
      columns == vector.count,
      "cannot multiply \(rows) × \(columns) by a vector of \(vector.count)")
    return Matrix.filled(rowCount: rows, columnCount: 1) { product in
      Scalar.gemv(
        transpose: transposingSelf, rows: rowCount, columns: columnCount,
        alpha: 1, storage, strideA: columnCount, vector, beta: 0, product)
    }.storage
  }

  /// The Gram matrix A·Aᵀ of the rows, or Aᵀ·A of the columns where
  /// `transposingSelf` is true; exactly symmetric.
  ///
  /// - Complexity: half of the product with the transpose.
  public func gram(transposingSelf: Bool = false) -> Matrix {
    let order = transposingSelf ? columnCount : rowCount
    return .filled(rowCount: order, columnCount: order) { product in
      Scalar.syrk(
        transpose: transposingSelf, order: order,
        inner: transposingSelf ? rowCount : columnCount,
        alpha: 1, storage, strideA: columnCount,
        beta: 0, product, strideC: order)
    }
  }

  /// The Frobenius norm, √(Σ aᵢⱼ²), without overflow of the squares.
  public var frobeniusNorm: Scalar {
    Scalar.nrm2(storage.count, storage)
  }

  /// The matrix that `body` writes into uninitialised memory.
  private static func filled(
    rowCount: Int, columnCount: Int,
    by body: (UnsafeMutablePointer<Scalar>) -> Void
  ) -> Matrix {
    let size = rowCount * columnCount
    let elements = [Scalar](unsafeUninitializedCapacity: size) {
      buffer, count in
      if let start = buffer.baseAddress { body(start) }
      count = size
    }
    return Matrix(
      rowCount: rowCount, columnCount: columnCount, elements: elements)
  }
}
