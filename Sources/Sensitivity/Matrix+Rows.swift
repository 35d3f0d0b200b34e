import LinearAlgebra
import VectorMath

extension Matrix<Double> {
  /// σ of each element.
  func activated(_ activation: Activation) -> Matrix {
    var result = self
    result.withUnsafeMutableElements { result in
      withUnsafeElements { elements in
        guard let out = result.baseAddress, let start = elements.baseAddress
        else { return }
        Double.activate(
          activation, start, into: out, count: elements.count)
      }
    }
    return result
  }

  /// log softmax of each row.
  func logSoftmax() -> Matrix {
    var result = self
    let (rows, columns) = (rowCount, columnCount)
    result.withUnsafeMutableElements { elements in
      guard let start = elements.baseAddress else { return }
      Double.logSoftmax(start, into: start, rows: rows, columns: columns)
    }
    return result
  }

  /// σ′ of each element.
  func slopes(_ activation: Activation) -> Matrix {
    var slopes = Matrix(
      rowCount: rowCount, columnCount: columnCount, repeating: 1)
    slopes.withUnsafeMutableElements { slopes in
      withUnsafeElements { elements in
        guard let s = slopes.baseAddress, let start = elements.baseAddress
        else { return }
        Double.timesSlope(
          activation, start, gradient: s, into: s, count: elements.count)
      }
    }
    return slopes
  }

  /// A row as a matrix of its own.
  func only(_ row: Int) -> Matrix {
    Matrix(
      rowCount: 1, columnCount: columnCount, elements: Array(self.row(row)))
  }

  /// Σ_k Var_p of column k over the rows from `first` on, as many as p has
  /// elements; about the mean, for accuracy.
  func variance(_ p: ArraySlice<Double>, from first: Int) -> Double {
    let columns = columnCount
    var means = [Double](repeating: 0, count: columns)
    var sum = 0.0
    withUnsafeElements { elements in
      guard let start = elements.baseAddress else { return }
      means.withUnsafeMutableBufferPointer { means in
        for (c, weight) in p.enumerated() {
          let x = start + (first + c) * columns
          for k in 0..<columns { means[k] += weight * x[k] }
        }
        for (c, weight) in p.enumerated() {
          let x = start + (first + c) * columns
          // Several sums, since one is not taken apart for vectors.
          var parts = SIMD8<Double>.zero
          var k = 0
          while k + 8 <= columns {
            for lane in 0..<8 {
              let deviation = x[k + lane] - means[k + lane]
              parts[lane] += deviation * deviation
            }
            k += 8
          }
          while k < columns {
            let deviation = x[k] - means[k]
            parts[0] += deviation * deviation
            k += 1
          }
          sum += weight * parts.sum()
        }
      }
    }
    return sum
  }

  /// Multiplies rows element by element, `count` of them in turn by each row
  /// of `factors`.
  mutating func scaleRows(by factors: Matrix, each count: Int) {
    let (rows, columns) = (rowCount, columnCount)
    precondition(
      rows == factors.rowCount * count && columns == factors.columnCount,
      "\(rows) × \(columns) by \(factors.rowCount) × \(factors.columnCount), "
        + "\(count) at a time")
    withUnsafeMutableElements { elements in
      factors.withUnsafeElements { factors in
        guard let elements = elements.baseAddress,
          let factors = factors.baseAddress
        else { return }
        for row in 0..<rows {
          let out = elements + row * columns
          let factor = factors + row / count * columns
          for j in 0..<columns { out[j] *= factor[j] }
        }
      }
    }
  }

  /// The squares of each column, summed over `count` rows at a time.
  func summedSquares(each count: Int) -> Matrix {
    let columns = columnCount
    var sums = Matrix(
      rowCount: rowCount / count, columnCount: columns, repeating: 0)
    let rows = rowCount
    sums.withUnsafeMutableElements { sums in
      withUnsafeElements { elements in
        guard let sums = sums.baseAddress, let start = elements.baseAddress
        else { return }
        for row in 0..<rows {
          let out = sums + row / count * columns
          let x = start + row * columns
          for j in 0..<columns { out[j] += x[j] * x[j] }
        }
      }
    }
    return sums
  }
}

extension Activation {
  /// Whether σ″ is anything but 0 where it is defined.
  var isCurved: Bool {
    switch self {
    case .identity, .relu: false
    case .tanh, .softplus, .square, .sigmoid, .gelu: true
    }
  }
}
