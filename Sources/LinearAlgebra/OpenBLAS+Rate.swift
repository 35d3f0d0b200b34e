extension OpenBLAS {
  /// The rate of square matrix products, in 10⁹ operations per second.
  ///
  ///     rate = 2·size³ / time
  ///
  /// The median of `repetitions` products, after one that is not counted.
  ///
  /// - Parameters:
  ///   - type: `Float.self` or `Double.self`.
  ///   - size: The rows and columns of the matrices.
  ///   - threads: The threads of OpenBLAS's own to compute with.
  ///   - repetitions: The products to time.
  /// - Precondition: `size`, `threads` and `repetitions` are at least 1.
  public static func measureGEMMRate<Scalar: BLASScalar>(
    _ type: Scalar.Type, size: Int, threads: Int = 1, repetitions: Int = 5
  ) -> Double {
    precondition(
      size >= 1 && repetitions >= 1,
      "expected a positive size and number of repetitions, got \(size) and "
        + "\(repetitions)")
    // Values in [0, 1): the speed of the arithmetic does not depend on them.
    let a = Matrix<Scalar>(rowCount: size, columnCount: size) { row, column in
      Scalar((31 * row + 17 * column) % 64) / 64
    }
    var c = Matrix<Scalar>(rowCount: size, columnCount: size, repeating: 0)
    let clock = ContinuousClock()
    var seconds: [Double] = []
    withThreads(threads) {
      for _ in 0...repetitions {
        let time = clock.measure {
          c.withUnsafeMutableElements { c in
            guard let c = c.baseAddress else { return }
            Scalar.gemm(
              transposeA: false, transposeB: false,
              rows: size, columns: size, inner: size,
              alpha: 1, a.elements, strideA: size, a.elements, strideB: size,
              beta: 0, c, strideC: size)
          }
        }
        seconds.append(time / .seconds(1))
      }
    }
    let counted = seconds.dropFirst().sorted()
    let middle = counted.count / 2
    let median =
      counted.count.isMultiple(of: 2)
      ? (counted[middle - 1] + counted[middle]) / 2 : counted[middle]
    let operations = 2 * Double(size) * Double(size) * Double(size)
    return operations / median / 1e9
  }
}
