import LinearAlgebra
import RandomFeature
import Randomness
import Synthetic
import Testing

/// A design of given shape and rank with labels and a start.
struct DesignCase: CustomTestStringConvertible, Sendable {
  let rows: Int
  let features: Int
  let rank: Int
  var isDuplicated = false

  var testDescription: String {
    "\(rows) × \(features), rank \(rank)"
      + (isDuplicated ? ", columns doubled" : "")
  }

  /// Over- and under-parameterised, square, deficient, with equal columns.
  static let all = [
    DesignCase(rows: 14, features: 5, rank: 5),
    DesignCase(rows: 5, features: 14, rank: 5),
    DesignCase(rows: 7, features: 7, rank: 7),
    DesignCase(rows: 30, features: 8, rank: 3),
    DesignCase(rows: 9, features: 16, rank: 4),
    DesignCase(rows: 40, features: 12, rank: 6, isDuplicated: true),
    DesignCase(rows: 1, features: 3, rank: 1),
    DesignCase(rows: 6, features: 1, rank: 1),
  ]

  /// Rows scaled so that the eigenvalues of K are of size 1.
  func problem(seed: UInt64 = 1) -> Problem {
    var stream = RandomStream(
      rootSeed: seed, name: "design-\(rows)-\(features)-\(rank)")
    func gaussian(_ m: Int, _ n: Int) -> Matrix<Double> {
      .gaussian(rowCount: m, columnCount: n, from: &stream)
    }
    let matrix: Matrix<Double>
    if isDuplicated {
      let half = gaussian(rows, features / 2)
      matrix = Matrix(rowCount: rows, columnCount: features) {
        half[$0, $1 / 2]
      }
    } else if rank < min(rows, features) {
      let scale = 1 / Double(rank).squareRoot()
      let product = gaussian(rows, rank).multiplied(
        by: gaussian(rank, features))
      matrix = Matrix(rowCount: rows, columnCount: features) {
        scale * product[$0, $1]
      }
    } else {
      matrix = gaussian(rows, features)
    }
    let clean = stream.normals(count: rows)
    let noise = stream.normals(count: rows)
    return Problem(
      design: matrix, labels: zip(clean, noise).map { $0 + 0.5 * $1 },
      cleanLabels: clean, initial: stream.normals(count: features))
  }
}

/// A design with labels and a start.
struct Problem {
  let design: Matrix<Double>
  let labels: [Double]
  let cleanLabels: [Double]
  let initial: [Double]

  func flow(learningRate: Double = 0.7) throws -> MixupFlow {
    MixupFlow(
      design: try SpectralDesign(design), rows: design, labels: labels,
      cleanLabels: cleanLabels, initial: initial, learningRate: learningRate)
  }

  /// −η∇R̂(θ), by loops over the rows.
  func velocity(_ theta: [Double], learningRate: Double) -> [Double] {
    var velocity = [Double](repeating: 0, count: theta.count)
    let m = Double(design.rowCount)
    for (s, label) in labels.enumerated() {
      let row = design.row(s)
      let error = label - zip(row, theta).reduce(0) { $0 + $1.0 * $1.1 }
      for (k, feature) in row.enumerated() {
        velocity[k] += learningRate / m * error * feature
      }
    }
    return velocity
  }
}

func norm(_ x: [Double]) -> Double { x.reduce(0) { $0 + $1 * $1 }.squareRoot() }

func distance(_ x: some Sequence<Double>, _ y: some Sequence<Double>) -> Double
{
  norm(zip(x, y).map { $0 - $1 })
}
