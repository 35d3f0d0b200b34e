import LinearAlgebra
import TestSupport
import Testing
import VectorMath

@testable import Networks

/// The gradient of a loss that is linear in logits and tangents.
///
///     L = Σ_r a_r·f(x_r) + Σ_t b_t·f′(x_t; δ_t)
///
/// over value rows and tangent rows with random a and b, by the pass and by
/// differences of plain loops. The tangents' part needs the second-order term.
@Suite("The backward pass is the derivative of the forward pass")
struct GradientTests {
  private struct Problem {
    let network: DenseNetwork<Double>
    let images: Matrix<Double>
    let directions: Matrix<Double>
    /// Gradient at the logits: of the values, then of the tangents.
    let weights: Matrix<Double>
    /// The weights that the pass multiplies by.
    let panels: PanelNetwork<Double>?

    init(
      _ sizes: [Int], _ activation: Activation, values: Int, tangents: Int,
      inPanels: Bool
    ) {
      network = NetworksTests.network(sizes, activation, seed: 3)
      images = inputs(values, sizes[0], seed: 4)
      directions = inputs(tangents, sizes[0], seed: 5)
      weights = inputs(values + tangents, sizes[sizes.count - 1], seed: 6)
      panels =
        inPanels ? PanelNetwork(shape: network.shape, learns: true) : nil
      panels?.setParameters(network.parameters)
    }

    var values: Int { images.rowCount }
    /// Tangents belong to the last value rows.
    var firstOwner: Int { values - directions.rowCount }

    func loss(_ parameters: [Double]) -> Double {
      var naive = NaiveNetwork(network)
      naive.parameters = parameters
      var loss = 0.0
      for r in 0..<values {
        let input = Array(images.row(r))
        let t = r - firstOwner
        let direction =
          t >= 0 ? Array(directions.row(t)) : input.map { _ in 0 }
        let (logits, tangent) = naive.jet(input, along: direction)
        for c in logits.indices {
          loss += weights[r, c] * logits[c]
          if t >= 0 { loss += weights[values + t, c] * tangent[c] }
        }
      }
      return loss
    }

    /// The pass after running forward and backward.
    func finishedPass() -> DensePass<Double> {
      let shape = network.shape
      let rows = 0..<weights.rowCount
      let tangents =
        directions.rowCount == 0
        ? nil
        : TangentRows(owners: firstOwner..<values, rows: values..<rows.count)
      let pass = DensePass<Double>(
        shape: shape, capacity: rows.count, backward: true)
      images.withUnsafeElements {
        pass.firstLayer(
          of: $0.baseAddress!, rows: 0..<values, network.parameters)
      }
      // A direction's first layer is without bias.
      let width = shape.sizes[1]
      for t in 0..<directions.rowCount {
        for o in 0..<width {
          pass.preactivation(1)[(values + t) * width + o] =
            (0..<shape.inputSize).reduce(0) {
              $0 + network.parameters[o * shape.inputSize + $1]
                * directions[t, $1]
            }
        }
      }
      func run(_ weights: some LayerWeights<Double>) {
        pass.forward(rows: rows, tangents: tangents, weights)
        for (i, weight) in self.weights.elements.enumerated() {
          pass.gradient(shape.layerCount)[i] = weight
        }
        pass.backward(rows: rows, tangents: tangents, weights)
      }
      if let panels {
        run(panels)
      } else {
        network.parameters.withUnsafeBufferPointer {
          run(FlatWeights(shape: shape, parameters: $0.baseAddress!))
        }
      }
      return pass
    }

    func gradient() -> [Double] {
      let shape = network.shape
      let pass = finishedPass()
      var gradient = [Double](repeating: 0, count: shape.parameterCount)
      for layer in 1...shape.layerCount {
        let (outputs, before) = (shape.sizes[layer], shape.sizes[layer - 1])
        func input(_ r: Int, _ i: Int) -> Double {
          layer > 1
            ? pass.activation(layer - 1)[r * before + i]
            : r < values ? images[r, i] : directions[r - values, i]
        }
        for o in 0..<outputs {
          for r in 0..<weights.rowCount {
            let g = pass.gradient(layer)[r * outputs + o]
            for i in 0..<before {
              gradient[
                shape.weightOffset(ofLayer: layer) + o * before + i] +=
                g * input(r, i)
            }
            if r < values {
              gradient[shape.biasOffset(ofLayer: layer) + o] += g
            }
          }
        }
      }
      return gradient
    }
  }

  private func check(_ problem: Problem) {
    let gradient = problem.gradient()
    // Terms of order one; some dozens of roundings lead to each.
    let terms = Double(problem.weights.elements.count)
    for k in gradient.indices {
      let quotient = DifferenceQuotient(
        at: problem.network.parameters[k], operations: 32, magnitude: terms
      ) { value in
        var parameters = problem.network.parameters
        parameters[k] = value
        return problem.loss(parameters)
      }
      #expect(
        abs(gradient[k] - quotient.value) <= quotient.bound, "parameter \(k)")
      // The comparison must be able to fail.
      #expect(quotient.bound < 1e-6, "parameter \(k)")
    }
  }

  private func check(
    _ sizes: [Int], _ activation: Activation, values: Int, tangents: Int
  ) {
    for inPanels in [false, true] {
      check(
        Problem(
          sizes, activation, values: values, tangents: tangents,
          inPanels: inPanels))
    }
  }

  @Test("Value rows", arguments: Activation.allCases)
  func values(_ activation: Activation) {
    check([3, 5, 4, 2], activation, values: 6, tangents: 0)
    check([4, 3], activation, values: 3, tangents: 0)
  }

  @Test("Value and tangent rows", arguments: Activation.allCases)
  func tangents(_ activation: Activation) {
    check([3, 5, 4, 2], activation, values: 6, tangents: 6)
    check([3, 4, 2], activation, values: 5, tangents: 2)
  }
}
