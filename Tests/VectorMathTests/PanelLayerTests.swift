import LinearAlgebra
import Randomness
import Testing
import VectorMath

/// The weights of a layer in training, packed in panels.
@Suite("Panel layers")
struct PanelLayerTests {
  /// Sizes around those of panels, of tiles and of blocks of inputs.
  static let shapes = [
    (inputs: 1, units: 1, samples: 1),
    (inputs: 5, units: 3, samples: 2),
    (inputs: 16, units: 16, samples: 6),
    (inputs: 33, units: 17, samples: 25),
    (inputs: 40, units: 170, samples: 9),
    (inputs: 127, units: 40, samples: 13),
    (inputs: 250, units: 9, samples: 47),
    (inputs: 513, units: 33, samples: 31),
    (inputs: 1030, units: 15, samples: 4),
  ]

  /// A layer with numbers everywhere, and samples for it.
  private struct Example<Scalar: VectorScalar> {
    let layer: PanelLayer<Scalar>
    let weights: [Scalar]
    let velocity: [Scalar]
    let inputs: [Scalar]
    let inputStride: Int
    let gradients: [Scalar]
    let gradientStride: Int

    /// Calls `body` with the samples; what lies behind a row's last unit is no
    /// number.
    func withSamples(_ count: Int, _ body: (LayerSamples<Scalar>) -> Void) {
      inputs.withUnsafeBufferPointer { x in
        gradients.withUnsafeBufferPointer { g in
          body(
            LayerSamples(
              count: count, inputs: x.baseAddress!, inputStride: inputStride,
              gradients: g.baseAddress!, gradientStride: gradientStride))
        }
      }
    }

    init(_ shape: (inputs: Int, units: Int, samples: Int)) {
      let (inputs, units, samples) = shape
      var stream = RandomStream(
        rootSeed: 5, name: "layer", index: UInt64(inputs))
      weights = numbers(units * inputs, from: &stream, as: Scalar.self)
      velocity = numbers(units * inputs, from: &stream, as: Scalar.self)
      layer = PanelLayer(
        inputCount: inputs, unitCount: units, learns: true,
        keepsTranspose: true)
      layer.readWeights(from: weights)
      layer.readVelocity(from: velocity)
      inputStride = inputs + 3
      self.inputs = numbers(
        samples * inputStride, from: &stream, as: Scalar.self)
      let stride = CacheLines<Scalar>.stride(units)
      gradientStride = stride
      gradients = numbers(samples * stride, from: &stream, as: Scalar.self)
        .enumerated().map { $0 % stride < units ? $1 : .nan }
    }
  }

  @Test("Weights and velocities come back as they went in")
  func roundTrip() {
    func check<Scalar: VectorScalar>(_: Scalar.Type) {
      for shape in Self.shapes {
        let example = Example<Scalar>(shape)
        var weights = example.weights.map { _ in Scalar.nan }
        var velocity = weights
        example.layer.writeWeights(into: &weights)
        example.layer.writeVelocity(into: &velocity)
        #expect(weights == example.weights)
        #expect(velocity == example.velocity)
      }
    }
    check(Float.self)
    check(Double.self)
  }

  @Test("Products with rows", arguments: 0..<shapes.count)
  func products(_ index: Int) {
    checkProducts(Float.self, Self.shapes[index])
    checkProducts(Double.self, Self.shapes[index])
  }

  private func checkProducts<Scalar: VectorScalar>(
    _ type: Scalar.Type, _ shape: (inputs: Int, units: Int, samples: Int)
  ) {
    let (inputs, units, samples) = shape
    let example = Example<Scalar>(shape)
    func product(threads: Int) -> [Scalar] {
      var out = [Scalar](repeating: .nan, count: samples * units)
      // Threads take them in any order.
      for piece in example.layer.pieces(threads: threads).reversed() {
        example.layer.multiply(
          piece, example.inputs, stride: example.inputStride, count: samples,
          into: &out)
      }
      return out
    }
    let out = product(threads: 1)
    #expect(product(threads: 2) == out)
    for s in 0..<samples {
      for u in 0..<units {
        var (sum, size) = (0.0, 0.0)
        for k in 0..<inputs {
          let term =
            Double(example.inputs[s * example.inputStride + k])
            * Double(example.weights[u * inputs + k])
          sum += term
          size += abs(term)
        }
        #expect(
          abs(Double(out[s * units + u]) - sum) <= rounding(inputs, type)
            * size,
          "\(type) \(s), \(u)")
      }
    }
    // A row's product does not depend on the rows beside it.
    for s in 0..<samples {
      var alone = [Scalar](repeating: .nan, count: units)
      example.inputs.withUnsafeBufferPointer {
        example.layer.multiply(
          $0.baseAddress! + s * example.inputStride, count: 1, into: &alone)
      }
      #expect(alone == Array(out[s * units..<(s + 1) * units]), "\(type) \(s)")
    }
  }

  @Test("Products with the transpose", arguments: 0..<shapes.count)
  func transposedProducts(_ index: Int) {
    checkTransposed(Float.self, Self.shapes[index])
    checkTransposed(Double.self, Self.shapes[index])
  }

  private func checkTransposed<Scalar: VectorScalar>(
    _ type: Scalar.Type, _ shape: (inputs: Int, units: Int, samples: Int)
  ) {
    let (inputs, units, samples) = shape
    let example = Example<Scalar>(shape)
    func check(_ step: String) {
      var weights = example.weights
      example.layer.writeWeights(into: &weights)
      let rows = (0..<samples * units).map { example.inputs[$0 % 7] }
      var out = [Scalar](repeating: .nan, count: samples * inputs)
      example.layer.multiplyTransposed(rows, count: samples, into: &out)
      for s in 0..<samples {
        for k in 0..<inputs {
          var (sum, size) = (0.0, 0.0)
          for u in 0..<units {
            let term =
              Double(rows[s * units + u]) * Double(weights[u * inputs + k])
            sum += term
            size += abs(term)
          }
          #expect(
            abs(Double(out[s * inputs + k]) - sum) <= rounding(units, type)
              * size,
            "\(type) \(step) \(s), \(k)")
        }
      }
    }
    check("at first")
    // The transpose descends with the weights.
    for threads in 1...2 {
      example.withSamples(samples) { parts in
        for piece in example.layer.pieces(threads: threads) {
          example.layer.descend(
            piece, parts,
            DescentConstants(
              learningRate: 0.5, momentum: 0, weightDecay: 0, nesterov: false))
        }
      }
      check("after \(threads)")
    }
  }

  @Test("Descent, piece by piece", arguments: 0..<shapes.count, [false, true])
  func descents(_ index: Int, nesterov: Bool) {
    checkDescent(Float.self, Self.shapes[index], nesterov)
    checkDescent(Double.self, Self.shapes[index], nesterov)
  }

  private func checkDescent<Scalar: VectorScalar>(
    _ type: Scalar.Type, _ shape: (inputs: Int, units: Int, samples: Int),
    _ nesterov: Bool
  ) {
    let (inputs, units, samples) = shape
    let example = Example<Scalar>(shape)
    let constants = DescentConstants(
      learningRate: 0.125, momentum: 0.75, weightDecay: 0.0625,
      nesterov: nesterov)
    let whole = Example<Scalar>(shape)
    let pieces = example.layer.pieces(threads: 2)
    #expect(pieces.count >= 8)
    // All but the last eighth of the last panel, in any order.
    let panel = CacheLines<Scalar>.width
    let lastUnits = (units - 1) / panel * panel..<units
    let lines = cut((inputs + panel - 1) / panel, 7, of: 8)
    let lastInputs = lines.lowerBound * panel..<inputs
    example.withSamples(samples) { parts in
      for piece in pieces.dropLast().reversed() {
        example.layer.descend(piece, parts, constants)
      }
      for piece in whole.layer.pieces(threads: 1) {
        whole.layer.descend(piece, parts, constants)
      }
    }
    func numbers(of layer: PanelLayer<Scalar>) -> ([Scalar], [Scalar]) {
      var weights = [Scalar](repeating: .nan, count: units * inputs)
      var velocity = weights
      layer.writeWeights(into: &weights)
      layer.writeVelocity(into: &velocity)
      return (weights, velocity)
    }
    let (weights, velocity) = numbers(of: example.layer)
    let (allWeights, allVelocity) = numbers(of: whole.layer)
    for threads in [2, 3, 64] {
      let other = Example<Scalar>(shape)
      other.withSamples(samples) { parts in
        for piece in other.layer.pieces(threads: threads).reversed() {
          other.layer.descend(piece, parts, constants)
        }
      }
      #expect(numbers(of: other.layer) == (allWeights, allVelocity))
    }
    for u in 0..<units {
      for k in 0..<inputs {
        let place = u * inputs + k
        let w = Double(example.weights[place])
        let v = Double(example.velocity[place])
        if lastUnits.contains(u) && lastInputs.contains(k) {
          #expect(weights[place] == example.weights[place], "outside")
          #expect(velocity[place] == example.velocity[place], "outside")
        } else {
          #expect(weights[place] == allWeights[place], "\(type) \(u), \(k)")
          #expect(velocity[place] == allVelocity[place])
        }
        var (gradient, size) = (0.0, 0.0)
        for s in 0..<samples {
          let term =
            Double(example.inputs[s * example.inputStride + k])
            * Double(example.gradients[s * example.gradientStride + u])
          gradient += term
          size += abs(term)
        }
        let direction = gradient + 0.0625 * w
        let nextVelocity = 0.75 * v + direction
        let next =
          w - 0.125
          * (nesterov ? direction + 0.75 * nextVelocity : nextVelocity)
        let bound =
          rounding(samples + 4, type) * (size + abs(w) + 2 * abs(v))
        #expect(abs(Double(allVelocity[place]) - nextVelocity) <= bound)
        #expect(abs(Double(allWeights[place]) - next) <= bound)
      }
    }
  }

  @Test("Rows are an odd number of cache lines apart, and hold the columns")
  func strides() {
    for columns in 0...300 {
      let stride = CacheLines<Float>.stride(columns)
      #expect(stride >= columns && stride <= columns + 31)
      #expect(stride % 16 == 0 && stride / 16 % 2 == 1)
      let whole = CacheLines<Double>.wholeLines(columns)
      #expect(whole >= columns && whole < columns + 8 && whole % 8 == 0)
    }
    let table = CacheLines<Double>.allocate(3)
    #expect(UInt(bitPattern: table).isMultiple(of: 64))
    #expect(table[0] == 0 && table[2] == 0)
    table.deallocate()
  }
}
