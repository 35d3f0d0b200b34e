import LinearAlgebra
import Networks
import Sensitivity
import TestSupport
import Testing
import VectorMath

@Suite("Jets are the derivatives of the logits along a line")
struct LogitJetTests {
  @Test(
    "First derivatives: naive tangents. Second: differences of first ones.",
    arguments: [
      Activation.tanh, .softplus, .square, .relu, .sigmoid, .gelu, .identity,
    ])
  func differences(_ activation: Activation) {
    let study = Study([4, 6, 5, 3], activation, count: 3)
    let directions = Study([4, 3], .relu, count: 3, seed: 2).points
    let jets = LogitJets(
      of: study.network, at: study.points, along: directions)
    let naive = NaiveNetwork(study.network)
    for row in 0..<3 {
      let point = Array(study.points.row(row))
      let direction = Array(directions.row(row))
      let jet = naive.jet(point, along: direction)
      for c in 0..<3 {
        // Some 20 sums and products of numbers of order one.
        let bound = 64 * Double.ulpOfOne * (1 + abs(jet.tangent[c]))
        #expect(abs(jets.values[row, c] - jet.logits[c]) <= bound)
        #expect(abs(jets.first[row, c] - jet.tangent[c]) <= bound)
        let second = DifferenceQuotient(
          at: 0, step: 0x1p-13, operations: 32,
          magnitude: 1 + abs(jet.tangent[c])
        ) { a in
          naive.jet(zip(point, direction).map { $0 + a * $1 }, along: direction)
            .tangent[c]
        }
        #expect(abs(jets.second[row, c] - second.value) <= second.bound)
      }
    }
    if activation == .relu || activation == .identity {
      #expect(jets.second.elements.allSatisfy { $0 == 0 })
    } else {
      #expect(jets.second.elements.allSatisfy { $0 != 0 })
    }
  }
}
