import Randomness
import Testing
import VectorMath

@Suite("Row kernels equal plain loops")
struct RowKernelTests {
  /// Rows and columns: single ones, odd ones, and past the vector width.
  static let sizes = [
    (rows: 1, columns: 1), (1, 17), (7, 1), (5, 3), (13, 16), (9, 31), (33, 67),
    (64, 129),
  ]

  @Test("Combined rows", arguments: sizes)
  func combinations(_ size: (rows: Int, columns: Int)) {
    checkCombinations(Float.self, size)
    checkCombinations(Double.self, size)
  }

  private func checkCombinations<Scalar: VectorScalar>(
    _ type: Scalar.Type, _ size: (rows: Int, columns: Int)
  ) {
    let (rows, columns) = size
    var stream = RandomStream(rootSeed: 1, name: "combine")
    let tableRows = rows / 2 + 1
    let table = numbers(tableRows * columns, from: &stream, as: type)
    let bias = numbers(columns, from: &stream, as: type)
    let pairs = Combinations(rows, tableRows: tableRows, from: &stream)
    for addsBias in [false, true] {
      var out = [Scalar](repeating: .nan, count: rows * columns)
      pairs.withPointers { pairs in
        bias.withUnsafeBufferPointer {
          Scalar.combineRows(
            &out, from: table, columns: columns, pairs,
            bias: addsBias ? $0.baseAddress : nil)
        }
      }
      for r in 0..<rows {
        for c in 0..<columns {
          let terms = [
            pairs.firstWeights[r]
              * Double(table[Int(pairs.first[r]) * columns + c]),
            pairs.secondWeights[r]
              * Double(table[Int(pairs.second[r]) * columns + c]),
            addsBias ? Double(bias[c]) : 0,
          ]
          let error = abs(Double(out[r * columns + c]) - terms.reduce(0, +))
          let scale = terms.reduce(0) { $0 + abs($1) }
          #expect(error <= rounding(3, type) * scale, "\(type) \(r), \(c)")
        }
      }
    }
  }

  @Test("The same rows for each group, by a row of its own", arguments: sizes)
  func groups(_ size: (rows: Int, columns: Int)) {
    checkGroups(Float.self, size)
    checkGroups(Double.self, size)
  }

  private func checkGroups<Scalar: VectorScalar>(
    _ type: Scalar.Type, _ size: (rows: Int, columns: Int)
  ) {
    let (groups, columns) = size
    var stream = RandomStream(rootSeed: 8, name: "groups")
    for repeats in [1, 3] {
      let table = numbers(repeats * columns, from: &stream, as: type)
      let factors = numbers(groups * columns, from: &stream, as: type)
      var out = [Scalar](repeating: .nan, count: groups * repeats * columns)
      func expected(_ k: Int) -> (row: Scalar, factor: Scalar) {
        let (r, c) = (k / columns, k % columns)
        return (
          table[r % repeats * columns + c],
          factors[r / repeats * columns + c]
        )
      }
      Scalar.spreadGroups(
        of: table, factors: factors, into: &out, groups: groups,
        repeats: repeats, columns: columns)
      #expect(
        out.indices.allSatisfy {
          out[$0] == expected($0).row * expected($0).factor
        })
    }
  }

  @Test("Folded rows, a window of the table's rows", arguments: sizes)
  func folds(_ size: (rows: Int, columns: Int)) {
    checkFolds(Float.self, size)
    checkFolds(Double.self, size)
  }

  private func checkFolds<Scalar: VectorScalar>(
    _ type: Scalar.Type, _ size: (rows: Int, columns: Int)
  ) {
    let (rows, columns) = size
    var stream = RandomStream(rootSeed: 2, name: "fold")
    let tableRows = rows / 2 + 2
    let input = numbers(rows * columns, from: &stream, as: type)
    let pairs = Combinations(rows, tableRows: tableRows, from: &stream)
    let window = tableRows / 3..<tableRows - tableRows / 4
    let stride = columns + 3
    var table = [Scalar](repeating: 42, count: tableRows * stride)
    pairs.withPointers {
      Scalar.foldRows(
        input, onto: &table, tableRows: window, tableStride: stride,
        columns: columns, $0)
    }
    // The cut changes no number.
    var (whole, parts) = (table, table)
    pairs.withPointers {
      Scalar.foldRows(
        input, onto: &whole, tableRows: 0..<tableRows, tableStride: stride,
        columns: columns, $0)
      for piece in 0..<tableRows + 2 {
        Scalar.foldRows(
          input, onto: &parts,
          tableRows: cut(tableRows, piece, of: tableRows + 2),
          tableStride: stride, columns: columns, $0)
      }
    }
    #expect(parts == whole)
    for i in 0..<tableRows {
      for c in 0..<stride {
        var (sum, scale) = (0.0, 0.0)
        for r in 0..<rows {
          for (index, weight) in [
            (pairs.first[r], pairs.firstWeights[r]),
            (pairs.second[r], pairs.secondWeights[r]),
          ] where Int(index) == i && c < columns {
            let term = weight * Double(input[r * columns + c])
            sum += term
            scale += abs(term)
          }
        }
        let value = Double(table[i * stride + c])
        if window.contains(i) && c < columns {
          let bound = rounding(2 * rows, type) * scale
          #expect(abs(value - sum) <= bound, "\(type) \(i), \(c)")
        } else {
          #expect(value == 42, "outside the window")
        }
      }
    }
  }

  @Test("Folding is the transpose of combining", arguments: sizes)
  func transposes(_ size: (rows: Int, columns: Int)) {
    checkTransposes(Float.self, size)
    checkTransposes(Double.self, size)
  }

  /// ⟨combine(t), g⟩ = ⟨t, fold(g)⟩.
  private func checkTransposes<Scalar: VectorScalar>(
    _ type: Scalar.Type, _ size: (rows: Int, columns: Int)
  ) {
    let (rows, columns) = size
    var stream = RandomStream(rootSeed: 3, name: "transpose")
    let tableRows = rows + 1
    let table = numbers(tableRows * columns, from: &stream, as: type)
    let gradient = numbers(rows * columns, from: &stream, as: type)
    let pairs = Combinations(rows, tableRows: tableRows, from: &stream)
    var combined = [Scalar](repeating: 0, count: rows * columns)
    var folded = [Scalar](repeating: 0, count: tableRows * columns)
    pairs.withPointers {
      Scalar.combineRows(
        &combined, from: table, columns: columns, $0, bias: nil)
      Scalar.foldRows(
        gradient, onto: &folded, tableRows: 0..<tableRows, tableStride: columns,
        columns: columns, $0)
    }
    func inner(_ a: [Scalar], _ b: [Scalar]) -> Double {
      zip(a, b).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }
    var scale = 0.0
    for r in 0..<rows {
      for c in 0..<columns {
        let parts =
          abs(
            pairs.firstWeights[r]
              * Double(table[Int(pairs.first[r]) * columns + c]))
          + abs(
            pairs.secondWeights[r]
              * Double(table[Int(pairs.second[r]) * columns + c]))
        scale += parts * abs(Double(gradient[r * columns + c]))
      }
    }
    let difference = abs(inner(combined, gradient) - inner(table, folded))
    // Beside the kernels' rounding, that of the two inner products.
    let bound =
      rounding(2 * rows, type)
      + 2 * Double(tableRows * columns) * Double.ulpOfOne
    #expect(difference <= bound * scale)
  }

  @Test("Gathered rows and added biases are exact", arguments: sizes)
  func gathers(_ size: (rows: Int, columns: Int)) {
    checkGathers(Float.self, size)
    checkGathers(Double.self, size)
  }

  private func checkGathers<Scalar: VectorScalar>(
    _ type: Scalar.Type, _ size: (rows: Int, columns: Int)
  ) {
    let (rows, columns) = size
    var stream = RandomStream(rootSeed: 4, name: "gather")
    let table = numbers(rows * columns, from: &stream, as: type)
    let bias = numbers(columns, from: &stream, as: type)
    let indices = (0..<rows + 3).map { _ in
      Int32(stream.index(below: rows))
    }
    let expected = indices.map { i in
      Array(table[Int(i) * columns..<(Int(i) + 1) * columns])
    }
    let stride = columns + 2
    var apart = [Scalar](repeating: 42, count: indices.count * stride)
    var out = [Scalar](repeating: .nan, count: indices.count * columns)
    indices.withUnsafeBufferPointer {
      Scalar.gatherRows(
        &apart, stride: stride, from: table, columns: columns, indices: $0)
      Scalar.gatherRows(
        &out, stride: columns, from: table, columns: columns, indices: $0)
    }
    #expect(apart == expected.flatMap { $0 + [42, 42] })
    #expect(out == expected.flatMap { $0 })
    Scalar.addBias(&out, bias: bias, rows: indices.count, columns: columns)
    #expect(
      out
        == expected.flatMap { row in
          row.enumerated().map { $1 + bias[$0] }
        })
  }

  @Test("Sums over rows and squares of rows", arguments: sizes)
  func sums(_ size: (rows: Int, columns: Int)) {
    checkSums(Float.self, size)
    checkSums(Double.self, size)
  }

  private func checkSums<Scalar: VectorScalar>(
    _ type: Scalar.Type, _ size: (rows: Int, columns: Int)
  ) {
    let (rows, columns) = size
    var stream = RandomStream(rootSeed: 5, name: "sums")
    let values = numbers(rows * columns, from: &stream, as: type)
    var sums = [Scalar](repeating: .nan, count: columns)
    var squares = [Double](repeating: .nan, count: rows)
    Scalar.columnSums(values, rows: rows, columns: columns, into: &sums)
    Scalar.rowSquareNorms(values, rows: rows, columns: columns, into: &squares)
    for c in 0..<columns {
      let column = (0..<rows).map { Double(values[$0 * columns + c]) }
      let scale = column.reduce(0) { $0 + abs($1) }
      #expect(
        abs(Double(sums[c]) - column.reduce(0, +))
          <= rounding(rows, type) * scale)
    }
    for r in 0..<rows {
      let square = values[r * columns..<(r + 1) * columns]
        .reduce(0.0) { $0 + Double($1) * Double($1) }
      // In double precision, whatever the type.
      #expect(
        abs(squares[r] - square) <= rounding(columns, Double.self) * square)
    }
  }

  @Test(
    "One number that is not finite is found, wherever it stands",
    arguments: [1, 15, 16, 17, 100])
  func finiteness(_ count: Int) {
    checkFiniteness(Float.self, count)
    checkFiniteness(Double.self, count)
  }

  private func checkFiniteness<Scalar: VectorScalar>(
    _ type: Scalar.Type, _ count: Int
  ) {
    var values = [Scalar](repeating: -.greatestFiniteMagnitude, count: count)
    #expect(Scalar.allFinite(values, count: count))
    for i in 0..<count {
      for bad in [Scalar.nan, .infinity, -.infinity] {
        values[i] = bad
        #expect(!Scalar.allFinite(values, count: count))
      }
      values[i] = .greatestFiniteMagnitude
    }
    #expect(Scalar.allFinite(values, count: count))
  }

  @Test("A step of descent", arguments: [1, 2, 15, 16, 17, 100, 1003])
  func descents(_ count: Int) {
    for nesterov in [false, true] {
      checkDescent(Float.self, count, nesterov)
      checkDescent(Double.self, count, nesterov)
    }
  }

  private func checkDescent<Scalar: VectorScalar>(
    _ type: Scalar.Type, _ count: Int, _ nesterov: Bool
  ) {
    var stream = RandomStream(rootSeed: 6, name: "descent")
    let before = numbers(count, from: &stream, as: type)
    let velocityBefore = numbers(count, from: &stream, as: type)
    let gradient = numbers(count, from: &stream, as: type)
    var (parameters, velocity) = (before, velocityBefore)
    let (rate, momentum, decay) = (0.1, 0.9, 0.01)
    Scalar.descend(
      &parameters, velocity: &velocity, gradient: gradient, count: count,
      DescentConstants(
        learningRate: rate, momentum: momentum, weightDecay: decay,
        nesterov: nesterov))
    // All numbers are at most 1, and the sums have up to six terms.
    let bound = rounding(6, type) * 4
    for i in 0..<count {
      let g = Double(gradient[i]) + decay * Double(before[i])
      let v = momentum * Double(velocityBefore[i]) + g
      let direction = nesterov ? g + momentum * v : v
      #expect(abs(Double(velocity[i]) - v) <= bound)
      #expect(
        abs(Double(parameters[i]) - (Double(before[i]) - rate * direction))
          <= bound)
    }
  }
}
