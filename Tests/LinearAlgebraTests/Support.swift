import LinearAlgebra

/// SplitMix64 (Steele, Lea and Flood 2014): the tests' own numbers, the same
/// every time.
struct SplitMix64: RandomNumberGenerator {
  var state: UInt64

  init(seed: Int) { state = UInt64(seed) }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// A multiple of 2⁻²³ in [−1, 1), the same in either precision.
  mutating func nextSigned<Scalar: BLASScalar>() -> Scalar {
    Scalar(Int(next() >> 40) - (1 << 23)) / Scalar(1 << 23)
  }

  mutating func nextMatrix<Scalar: BLASScalar>(
    _ rows: Int, _ columns: Int, as type: Scalar.Type = Double.self
  ) -> Matrix<Scalar> {
    Matrix(rowCount: rows, columnCount: columns) { _, _ in nextSigned() }
  }
}

extension Matrix<Double> {
  /// The entrywise difference.
  static func - (left: Matrix, right: Matrix) -> Matrix {
    precondition(
      left.rowCount == right.rowCount && left.columnCount == right.columnCount)
    return Matrix(rowCount: left.rowCount, columnCount: left.columnCount) {
      left[$0, $1] - right[$0, $1]
    }
  }

  /// The product with diag(`scales`) from the right.
  func scalingColumns(by scales: [Double]) -> Matrix {
    Matrix(rowCount: rowCount, columnCount: columnCount) {
      self[$0, $1] * scales[$1]
    }
  }

  /// How far the columns are from orthonormal: ‖AᵀA − I‖.
  var orthonormalityDefect: Double {
    (gram(transposingSelf: true) - .identity(columnCount)).frobeniusNorm
  }
}

/// The error that a backward stable method may leave on a matrix of this size:
/// c·n·2⁻⁵² relative to its norm, with c = 8 for all of them.
func backwardError(_ rows: Int, _ columns: Int) -> Double {
  8 * Double(max(rows, columns, 1)) * .ulpOfOne
}

/// The shapes over which decompositions are tested: tall, wide, square, of one
/// row or column, and past the block sizes of LAPACK (32 and 64).
let shapes: [(rows: Int, columns: Int)] = [
  (1, 1), (1, 7), (7, 1), (2, 3), (5, 5), (17, 9), (9, 17), (33, 33), (40, 100),
  (100, 40), (129, 65), (90, 131), (150, 150),
]
