import LinearAlgebra
import Randomness
import Testing
import VectorMath

/// Products of packed matrices with rows that come in groups of equal zeros.
@Suite("Panel kernels")
struct PanelKernelTests {
  /// Sizes around those of panels and of tiles of rows.
  static let shapes = [
    (inner: 1, columns: 1, groups: 1, repeats: 1),
    (inner: 7, columns: 3, groups: 5, repeats: 2),
    (inner: 16, columns: 16, groups: 3, repeats: 24),
    (inner: 17, columns: 15, groups: 9, repeats: 10),
    (inner: 40, columns: 33, groups: 4, repeats: 13),
    (inner: 33, columns: 64, groups: 2, repeats: 50),
    (inner: 64, columns: 17, groups: 1, repeats: 101),
  ]

  @Test("Square norms and rows, float and double", arguments: 0..<shapes.count)
  func sums(_ index: Int) {
    check(Self.shapes[index], as: Double.self)
    check(Self.shapes[index], as: Float.self)
  }

  private func check<Scalar: VectorScalar>(
    _ shape: (inner: Int, columns: Int, groups: Int, repeats: Int),
    as type: Scalar.Type
  ) {
    let (inner, columns, groups, repeats) = shape
    var stream = RandomStream(
      rootSeed: 3, name: "panels", index: UInt64(inner * columns))
    let matrix = numbers(inner * columns, from: &stream, as: type)
    let outFactors = numbers(groups * columns, from: &stream, as: type)
    // Half of the places off; a group that is off everywhere; one that is on.
    let factors = (0..<groups * inner).map { place -> Scalar in
      let group = place / inner
      let isOn = stream.uniform(in: 0...1) < 0.5
      return group == 1 ? 0 : group == 2 || isOn ? 1 : 0
    }
    let rows = numbers(groups * repeats * inner, from: &stream, as: type)
      .enumerated().map { place, number in
        number * factors[place / inner / repeats * inner + place % inner]
      }
    let places = ActivePlaces(capacity: groups + 1, width: inner + 2)
    places.find(in: factors, groups: groups, width: inner)
    for isLower in [false, true] where !isLower || columns <= inner {
      let panels = PanelMatrix(
        rowCount: inner, columnCount: columns, isLower: isLower
      ) { isLower && $1 > $0 ? 0 : matrix[$0 * columns + $1] }
      for active in [places, nil] {
        var norms = [Double](repeating: .nan, count: groups * repeats)
        var out = [Scalar](repeating: .nan, count: groups * repeats * columns)
        rows.withUnsafeBufferPointer {
          let grouped = GroupedRows(
            $0.baseAddress!, width: inner, groups: groups, repeats: repeats,
            active: active)
          panels.writeSquareNorms(of: grouped, into: &norms)
          if !isLower {
            panels.writeRows(of: grouped, factors: outFactors, into: &out)
          }
        }
        for r in 0..<groups * repeats {
          var (square, bound) = (0.0, 0.0)
          for c in 0..<columns {
            var (sum, size) = (0.0, 0.0)
            for k in 0..<inner where !isLower || c <= k {
              let term =
                Double(rows[r * inner + k]) * Double(matrix[k * columns + c])
              sum += term
              size += abs(term)
            }
            let error = rounding(inner, type) * size
            if !isLower {
              let factor = Double(outFactors[r / repeats * columns + c])
              #expect(
                abs(Double(out[r * columns + c]) - sum * factor)
                  <= (error + rounding(1, type) * size) * abs(factor))
            }
            square += sum * sum
            bound += 2 * error * size + error * error
          }
          bound += rounding(columns, Double.self) * square
          #expect(abs(norms[r] - square) <= bound)
        }
      }
    }
  }

  @Test("Squares of floats do not leave the range of their numbers")
  func range() {
    let panels = PanelMatrix<Float>(rowCount: 1, columnCount: 1) { _, _ in 1 }
    for value: Float in [1e-30, 1e30] {
      var norm = [0.0]
      withUnsafePointer(to: value) {
        panels.writeSquareNorms(
          of: GroupedRows($0, width: 1, groups: 1, repeats: 1, active: nil),
          into: &norm)
      }
      #expect(norm == [Double(value) * Double(value)])
    }
  }

  @Test("NaN and infinity do not vanish: they are places that are not zero")
  func notFinite() {
    let panels = PanelMatrix<Double>(
      rowCount: 2, columnCount: 2, isLower: true
    ) { $0 < $1 ? 0 : 1 }
    let rows: [Double] = [.nan, 0, .infinity, 0]
    let places = ActivePlaces(capacity: 2, width: 2)
    places.find(in: rows, groups: 2, width: 2)
    var norms = [0.0, 0]
    rows.withUnsafeBufferPointer {
      panels.writeSquareNorms(
        of: GroupedRows(
          $0.baseAddress!, width: 2, groups: 2, repeats: 1, active: places),
        into: &norms)
    }
    #expect(norms[0].isNaN && !norms[1].isFinite)
  }
}
