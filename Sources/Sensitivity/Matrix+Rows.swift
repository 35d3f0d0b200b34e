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
