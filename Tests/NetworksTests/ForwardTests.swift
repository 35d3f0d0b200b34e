import LinearAlgebra
import Networks
import TestSupport
import Testing
import VectorMath

@Suite("The forward pass equals plain loops")
struct ForwardTests {
  @Test("Logits in double precision", arguments: Activation.allCases)
  func doubles(_ activation: Activation) {
    for sizes in [[5, 3], [4, 7, 3], [3, 9, 1, 4], [17, 33, 5, 6, 10]] {
      let network = network(sizes, activation)
      let images = inputs(13, sizes[0])
      expectNaive(network.logits(of: images), network, images)
    }
  }

  private func expectNaive(
    _ logits: Matrix<Double>, _ network: DenseNetwork<Double>,
    _ images: Matrix<Double>
  ) {
    let naive = NaiveNetwork(network)
    #expect(logits.rowCount == images.rowCount)
    for r in 0..<images.rowCount {
      let input = Array(images.row(r))
      let exact = naive.logits(input)
      let bounds = naive.roundingBounds(input, unit: .ulpOfOne)
      for c in exact.indices {
        #expect(abs(logits[r, c] - exact[c]) <= bounds[c], "row \(r)")
      }
    }
  }

  @Test("Float logits follow double ones", arguments: Activation.allCases)
  func floats(_ activation: Activation) {
    let sizes = [29, 31, 17, 10]
    let single = DenseNetwork<Float>(network(sizes, activation))
    let images = inputs(40, sizes[0])
    let logits = single.logits(of: Matrix<Float>(images))
    // The float network as doubles: the same numbers, another arithmetic.
    let exact = DenseNetwork<Double>(single)
    let logits64 = exact.logits(of: images)
    let naive = NaiveNetwork(exact)
    for r in 0..<40 {
      let bounds = naive.roundingBounds(
        Array(images.row(r)), unit: Double(Float.ulpOfOne))
      for c in 0..<10 {
        #expect(abs(Double(logits[r, c]) - logits64[r, c]) <= bounds[c])
      }
    }
  }

  @Test(
    "More images than a block holds, one, and none",
    arguments: [0, 1, 511, 512, 513, 1100])
  func blocks(_ count: Int) {
    let network = network([3, 4, 2], .tanh)
    let images = inputs(count, 3)
    expectNaive(network.logits(of: images), network, images)
  }

  @Test("A range of rows leaves the others alone")
  func ranges() {
    let network = network([3, 5, 4, 2], .relu)
    let images = inputs(10, 3)
    let pass = DensePass<Double>(shape: network.shape, capacity: 10)
    for i in 0..<20 { pass.logits[i] = 99 }
    let rows = 4..<7
    images.withUnsafeElements { pixels in
      pass.firstLayer(
        of: pixels.baseAddress! + rows.lowerBound * 3, rows: rows,
        network.parameters)
    }
    pass.forward(rows: rows, network.parameters)
    let found = Matrix(rowCount: 10, columnCount: 2) {
      pass.logits[2 * $0 + $1]
    }
    for r in 0..<10 where !rows.contains(r) {
      #expect(Array(found.row(r)) == [99, 99])
    }
    expectNaive(
      Matrix(rowCount: 3, columnCount: 2) { found[4 + $0, $1] }, network,
      Matrix(rowCount: 3, columnCount: 3) { images[4 + $0, $1] })
  }

  @Test("‖θ‖ is the root of the sum of squares")
  func norm() {
    let shape = DenseShape(sizes: [2, 1], activation: .identity)
    let network = DenseNetwork<Float>(shape: shape, parameters: [1, 2, 2])
    #expect(network.parameterNorm == 3)
  }

  @Test("Parameters, images and sizes that do not fit stop the program")
  func misfits() async {
    await #expect(processExitsWith: .failure) {
      _ = DenseNetwork<Double>(
        shape: DenseShape(sizes: [2, 1], activation: .relu), parameters: [1])
    }
    await #expect(processExitsWith: .failure) {
      _ = network([3, 2], .relu).logits(of: inputs(1, 4))
    }
    await #expect(processExitsWith: .failure) {
      _ = DenseShape(sizes: [3, 0, 2], activation: .relu)
    }
  }
}
