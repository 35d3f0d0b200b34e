import LinearAlgebra

/// Rows that are made orthogonal to each other as they come.
struct OrthonormalRows {
  private let dimension: Int
  private var elements: [Double] = []
  private var count: Int { elements.count / max(dimension, 1) }

  init(dimension: Int) {
    self.dimension = dimension
  }

  /// Whether no row is kept yet.
  var isEmpty: Bool { elements.isEmpty }

  /// The row that came last.
  ///
  /// - Precondition: there is one.
  var last: [Double] { Array(elements.suffix(dimension)) }

  /// All rows.
  var matrix: Matrix<Double> {
    Matrix(rowCount: count, columnCount: dimension, elements: elements)
  }

  /// Adds what is new in a vector, or nothing where that is rounding.
  ///
  /// - Complexity: 4·count·dimension multiplications and additions.
  mutating func append(_ vector: [Double]) {
    let norm = Double.nrm2(dimension, vector)
    guard norm > 0 else { return }
    var rest = vector.map { $0 / norm }
    let count = count
    // Twice is enough for orthogonality to rounding.
    for _ in 0..<2 where count > 0 {
      var shares = [Double](repeating: 0, count: count)
      Double.gemv(
        transpose: false, rows: count, columns: dimension, alpha: 1, elements,
        strideA: dimension, rest, beta: 0, &shares)
      Double.gemv(
        transpose: true, rows: count, columns: dimension, alpha: -1, elements,
        strideA: dimension, shares, beta: 1, &rest)
    }
    let left = Double.nrm2(dimension, rest)
    guard left > 16 * .ulpOfOne else { return }
    elements += rest.map { $0 / left }
  }
}
