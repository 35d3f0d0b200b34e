import RealModule
import LinearAlgebra
import Networks
import Randomness
import Sensitivity
import VectorMath

/// Inputs of a small random network, the same every time.
struct Study {
  let network: DenseNetwork<Double>
  let points: Matrix<Double>
  let labels: [Int32]

  init(
    _ sizes: [Int], _ activation: Activation, count: Int, seed: UInt64 = 1
  ) {
    var stream = RandomStream(rootSeed: seed, name: "study")
    network = DenseNetwork(
      shape: DenseShape(sizes: sizes, activation: activation),
      initialization: .pytorch, from: &stream)
    points = Matrix(rowCount: count, columnCount: sizes[0]) { _, _ in
      stream.normal()
    }
    labels = (0..<count).map { _ in
      Int32(stream.index(below: sizes[sizes.count - 1]))
    }
  }

  init(
    _ network: DenseNetwork<Double>, _ points: Matrix<Double>,
    _ labels: [Int32]
  ) {
    (self.network, self.points, self.labels) = (network, points, labels)
  }

  func inputs(threads: Int = 1) -> NetworkInputs {
    NetworkInputs(
      points, labels: labels, network: network,
      team: ThreadTeam(size: threads))
  }

  /// The dense 2-3-2 tanh network of the theory's test vectors.
  static let tanh = Study(
    DenseNetwork(
      shape: DenseShape(sizes: [2, 3, 2], activation: .tanh),
      parameters: [
        0.8, -0.4, 0.3, 0.9, -0.6, 0.5, 0.1, -0.2, 0.05,
        0.7, -0.5, 0.4, -0.3, 0.8, 0.6, 0.05, -0.1,
      ]),
    Matrix(
      rowCount: 4, columnCount: 2,
      elements: [1, 0.5, -0.5, 1.2, 0.3, -1, -0.8, -0.7]),
    [0, 1, 0, 1])

  /// The jets of all ordered pairs (i, r), in the order of i.
  var pairJets: LogitJets {
    let n = points.rowCount
    return LogitJets(
      of: network,
      at: Matrix(rowCount: n * n, columnCount: points.columnCount) {
        points[$0 / n, $1]
      },
      along: Matrix(rowCount: n * n, columnCount: points.columnCount) {
        points[$0 % n, $1] - points[$0 / n, $1]
      })
  }
}

/// softmax of some logits.
func softmax(_ logits: some Collection<Double>) -> [Double] {
  let top = logits.max() ?? 0
  let e = logits.map { Double.exp($0 - top) }
  let sum = e.reduce(0, +)
  return e.map { $0 / sum }
}

/// The terms of an expansion, summed over pairs one by one.
func pairSums(_ study: Study) -> (
  slope: Double, variance: Double, curvature: Double
) {
  let jets = study.pairJets
  let n = study.points.rowCount
  var sums = (0.0, 0.0, 0.0)
  for row in 0..<n * n {
    let p = softmax(jets.values.row(row))
    let d1 = Array(jets.first.row(row))
    let mean = zip(p, d1).reduce(0) { $0 + $1.0 * $1.1 }
    for c in p.indices {
      let residual = p[c] - (c == Int(study.labels[row / n]) ? 1 : 0)
      sums.0 += residual * d1[c]
      sums.1 += p[c] * d1[c] * d1[c]
      sums.2 += residual * jets.second[row, c]
    }
    sums.1 -= mean * mean
  }
  let count = Double(n * n)
  return (sums.0 / count, sums.1 / count, sums.2 / count)
}
