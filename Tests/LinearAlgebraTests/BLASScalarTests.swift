import LinearAlgebra
import Testing

/// Known to hold for any order of summation: each result of k products is off
/// by at most (k + 2) half-ulps of the sum of absolute values; twice that,
/// because the sum compared with has its own error.
private func bound<Scalar: BLASScalar>(
  _ inner: Int, _ absoluteSum: Scalar
) -> Scalar {
  Scalar(inner + 3) * .ulpOfOne * absoluteSum
}

@Suite("BLAS products equal sums over indices, in every layout")
struct BLASScalarTests {
  static let sizes: [(rows: Int, columns: Int, inner: Int)] = [
    (1, 1, 1), (1, 5, 3), (3, 1, 7), (7, 5, 1), (13, 17, 11), (31, 33, 65),
    (64, 64, 64), (67, 3, 129), (5, 130, 19),
  ]

  @Test("C ← alpha·op(A)·op(B) + beta·C", arguments: sizes)
  func products(_ size: (rows: Int, columns: Int, inner: Int)) {
    for transposeA in [false, true] {
      for transposeB in [false, true] {
        for padding in [0, 3] {
          for beta in [0.0, 1, -0.5] {
            checkGEMM(
              Float.self, size, transposeA, transposeB, padding, Float(beta))
            checkGEMM(Double.self, size, transposeA, transposeB, padding, beta)
          }
        }
      }
    }
  }

  private func checkGEMM<Scalar: BLASScalar>(
    _ type: Scalar.Type, _ size: (rows: Int, columns: Int, inner: Int),
    _ transposeA: Bool, _ transposeB: Bool, _ padding: Int, _ beta: Scalar
  ) {
    let (m, n, k) = size
    var generator = SplitMix64(seed: m + 1000 * n + 1_000_000 * k)
    let a = padded(
      transposeA ? (k, m) : (m, k), by: padding, using: &generator, Scalar.self)
    let b = padded(
      transposeB ? (n, k) : (k, n), by: padding, using: &generator, Scalar.self)
    var c = padded((m, n), by: padding, using: &generator, Scalar.self)
    let before = c
    if beta == 0 {
      c = Matrix(rowCount: m, columnCount: n + padding, repeating: .nan)
    }
    let stride = n + padding
    let alpha: Scalar = 0.75
    c.withUnsafeMutableElements {
      Scalar.gemm(
        transposeA: transposeA, transposeB: transposeB,
        rows: m, columns: n, inner: k,
        alpha: alpha, a.elements, strideA: a.columnCount,
        b.elements, strideB: b.columnCount,
        beta: beta, $0.baseAddress!, strideC: stride)
    }
    for i in 0..<m {
      for j in 0..<n {
        var sum: Scalar = 0
        var absolute: Scalar = 0
        for l in 0..<k {
          let product =
            (transposeA ? a[l, i] : a[i, l]) * (transposeB ? b[j, l] : b[l, j])
          sum += product
          absolute += abs(product)
        }
        let expected = alpha * sum + beta * before[i, j]
        let error = abs(c[i, j] - expected)
        let limit = bound(k, alpha * absolute + abs(beta * before[i, j]))
        if !(error <= limit) {
          Issue.record("C[\(i), \(j)] off by \(error), limit \(limit)")
        }
      }
      for j in n..<stride where beta != 0 {
        #expect(c[i, j].isNaN, "the padding was written")
      }
    }
  }

  @Test("y ← alpha·op(A)·x + beta·y", arguments: sizes)
  func matrixVectorProducts(_ size: (rows: Int, columns: Int, inner: Int)) {
    for transpose in [false, true] {
      for padding in [0, 3] {
        for beta in [0.0, 1, -0.5] {
          checkGEMV(
            Float.self, size.rows, size.inner, transpose, padding, Float(beta))
          checkGEMV(
            Double.self, size.rows, size.inner, transpose, padding, beta)
        }
      }
    }
  }

  private func checkGEMV<Scalar: BLASScalar>(
    _ type: Scalar.Type, _ m: Int, _ n: Int, _ transpose: Bool, _ padding: Int,
    _ beta: Scalar
  ) {
    var generator = SplitMix64(seed: m + 1000 * n)
    let a = padded((m, n), by: padding, using: &generator, Scalar.self)
    let (outer, inner) = transpose ? (n, m) : (m, n)
    let x = generator.nextMatrix(1, inner, as: Scalar.self).elements
    let before = generator.nextMatrix(1, outer, as: Scalar.self).elements
    var y = beta == 0 ? before.map { _ in Scalar.nan } : before
    let alpha: Scalar = 0.75
    Scalar.gemv(
      transpose: transpose, rows: m, columns: n, alpha: alpha,
      a.elements, strideA: a.columnCount, x, beta: beta, &y)
    for i in 0..<outer {
      var sum: Scalar = 0
      var absolute: Scalar = 0
      for l in 0..<inner {
        let product = (transpose ? a[l, i] : a[i, l]) * x[l]
        sum += product
        absolute += abs(product)
      }
      let error = abs(y[i] - (alpha * sum + beta * before[i]))
      let limit = bound(inner, alpha * absolute + abs(beta * before[i]))
      #expect(error <= limit)
    }
  }

  @Test("C ← alpha·A·Aᵀ + beta·C in both triangles", arguments: sizes)
  func symmetricProducts(_ size: (rows: Int, columns: Int, inner: Int)) {
    for transpose in [false, true] {
      for padding in [0, 3] {
        for beta in [0.0, 1, -0.5] {
          checkSYRK(
            Float.self, size.columns, size.inner, transpose, padding,
            Float(beta))
          checkSYRK(
            Double.self, size.columns, size.inner, transpose, padding, beta)
        }
      }
    }
  }

  private func checkSYRK<Scalar: BLASScalar>(
    _ type: Scalar.Type, _ n: Int, _ k: Int, _ transpose: Bool, _ padding: Int,
    _ beta: Scalar
  ) {
    var generator = SplitMix64(seed: n + 1000 * k)
    let a = padded(
      transpose ? (k, n) : (n, k), by: padding, using: &generator, Scalar.self)
    let before = padded((n, n), by: padding, using: &generator, Scalar.self)
    var c = before
    // The lower triangle is documented as not read.
    for i in 0..<n {
      for j in 0..<n where beta == 0 || j < i { c[i, j] = .nan }
    }
    c.withUnsafeMutableElements {
      Scalar.syrk(
        transpose: transpose, order: n, inner: k, alpha: 0.75,
        a.elements, strideA: a.columnCount,
        beta: beta, $0.baseAddress!, strideC: n + padding)
    }
    for i in 0..<n {
      for j in i..<n {
        var sum: Scalar = 0
        var absolute: Scalar = 0
        for l in 0..<k {
          let product = transpose ? a[l, i] * a[l, j] : a[i, l] * a[j, l]
          sum += product
          absolute += abs(product)
        }
        let error = abs(c[i, j] - (0.75 * sum + beta * before[i, j]))
        #expect(
          error <= bound(k, 0.75 * absolute + abs(beta * before[i, j])))
        #expect(c[i, j] == c[j, i])
      }
      for j in n..<n + padding { #expect(c[i, j].isNaN) }
    }
  }

  /// A random matrix whose rows end in `padding` NaNs.
  private func padded<Scalar: BLASScalar>(
    _ shape: (Int, Int), by padding: Int, using generator: inout SplitMix64,
    _ type: Scalar.Type
  ) -> Matrix<Scalar> {
    Matrix(rowCount: shape.0, columnCount: shape.1 + padding) { _, column in
      column < shape.1 ? generator.nextSigned() : .nan
    }
  }

  @Test("a dimension of zero leaves beta·C, or nothing to do")
  func zeroDimensions() {
    checkZeroDimensions(Float.self)
    checkZeroDimensions(Double.self)
  }

  private func checkZeroDimensions<Scalar: BLASScalar>(_ type: Scalar.Type) {
    let none: [Scalar] = []
    for (beta, expected) in [(2, [2, 4, 6, 8]), (0, [0, 0, 0, 0])] {
      let beta = Scalar(beta)
      let expected = expected.map { Scalar($0) }
      let start: [Scalar] =
        beta == 0 ? [.nan, .nan, .nan, .nan] : [1, 2, 3, 4]
      var c = start
      Scalar.gemm(
        transposeA: false, transposeB: true, rows: 2, columns: 2, inner: 0,
        alpha: 1, none, strideA: 0, none, strideB: 0, beta: beta, &c,
        strideC: 2)
      #expect(c == expected)
      c = start
      Scalar.gemv(
        transpose: false, rows: 4, columns: 0, alpha: 1, none, strideA: 0,
        none, beta: beta, &c)
      #expect(c == expected)
      c = start
      Scalar.gemv(
        transpose: true, rows: 0, columns: 4, alpha: 1, none, strideA: 4,
        none, beta: beta, &c)
      #expect(c == expected)
    }
    var square: [Scalar] = [1, 2, 9, 4]
    Scalar.syrk(
      transpose: false, order: 2, inner: 0, alpha: 1, none, strideA: 0,
      beta: 2, &square, strideC: 2)
    #expect(square == [2, 4, 4, 8])
    var empty: [Scalar] = []
    Scalar.gemm(
      transposeA: false, transposeB: false, rows: 0, columns: 3, inner: 2,
      alpha: 1, none, strideA: 2, [1, 2, 3, 4, 5, 6], strideB: 3, beta: 0,
      &empty, strideC: 3)
    Scalar.axpy(0, alpha: 1, none, &empty)
    #expect(Scalar.dot(0, none, none) == 0)
    #expect(Scalar.nrm2(0, none) == 0)
  }

  @Test("dot, nrm2 and axpy", arguments: [1, 2, 15, 64, 1001])
  func vectors(count: Int) {
    checkVectors(Float.self, count)
    checkVectors(Double.self, count)
  }

  private func checkVectors<Scalar: BLASScalar>(
    _ type: Scalar.Type, _ count: Int
  ) {
    var generator = SplitMix64(seed: count)
    let x = generator.nextMatrix(1, count, as: Scalar.self).elements
    let y = generator.nextMatrix(1, count, as: Scalar.self).elements
    let products = zip(x, y).map { $0 * $1 }
    let limit = bound(count, products.reduce(0) { $0 + abs($1) })
    #expect(
      abs(Scalar.dot(count, x, y) - products.reduce(0, +)) <= limit)
    let squares = x.reduce(0) { $0 + $1 * $1 }
    let norm = Scalar.nrm2(count, x)
    #expect(abs(norm - squares.squareRoot()) <= bound(count, norm))
    var sum = y
    Scalar.axpy(count, alpha: -0.5, x, &sum)
    for index in 0..<count {
      // A multiplication by −½ is exact: one rounding, fused or not.
      #expect(sum[index] == y[index] - x[index] / 2)
    }
    let large = Scalar.greatestFiniteMagnitude / 4
    #expect(Scalar.nrm2(2, [large, large]).isFinite)
  }
}
