public import LinearAlgebra
public import Networks
public import VectorMath

/// Logits along straight lines: value, first and second derivative.
///
///     ψ(a) = f(x + aδ),   D1 = ψ′(0),   D2 = ψ″(0)
///     start z₁ = δ, z₂ = 0
///     dense layer   u = Wz + b,  u₁ = Wz₁,  u₂ = Wz₂
///     activation    z = σ(u),  z₁ = σ′(u)u₁,  z₂ = σ″(u)u₁² + σ′(u)u₂
///
/// Three forward passes for each line and no Hessian. Where σ has a kink, the
/// derivatives are those of the side that `VectorScalar.timesSlope` takes, and
/// σ″ is 0: what the kinks do is the business of ``KinkPath``.
public struct LogitJets: Sendable, Equatable {
  /// f(x), [lines, classes].
  public let values: Matrix<Double>
  /// D1, [lines, classes].
  public let first: Matrix<Double>
  /// D2, [lines, classes].
  public let second: Matrix<Double>

  /// The jets of a network at each row of `points` along the same row of
  /// `directions`.
  ///
  /// - Precondition: as many points as directions, of the network's size.
  public init(
    of network: DenseNetwork<Double>, at points: Matrix<Double>,
    along directions: Matrix<Double>
  ) {
    let shape = network.shape
    let count = points.rowCount
    precondition(
      points.columnCount == shape.inputSize
        && directions.rowCount == count
        && directions.columnCount == shape.inputSize,
      "\(count) × \(points.columnCount) points and \(directions.rowCount) × "
        + "\(directions.columnCount) directions for \(shape.inputSize) inputs")
    let weights = network.weights(ofLayer: 1)
    var values = points.multiplied(by: weights, transposingOther: true)
    values.addRow(network.biases(ofLayer: 1))
    self.init(
      of: network, firstLayer: values,
      tangents: directions.multiplied(by: weights, transposingOther: true))
  }

  /// The jets from the pre-activations of the first layer on, of values and of
  /// their first derivatives; jets start linear, so that the second ones are 0.
  init(
    of network: DenseNetwork<Double>, firstLayer: Matrix<Double>,
    tangents: Matrix<Double>
  ) {
    let shape = network.shape
    let count = firstLayer.rowCount
    var u = firstLayer
    var u1 = tangents
    var u2 = Matrix<Double>(
      rowCount: count, columnCount: shape.sizes[1], repeating: 0)
    for layer in 1..<shape.layerCount {
      activate(shape.activation, &u, &u1, &u2)
      let weights = network.weights(ofLayer: layer + 1)
      u = u.multiplied(by: weights, transposingOther: true)
      u.addRow(network.biases(ofLayer: layer + 1))
      u1 = u1.multiplied(by: weights, transposingOther: true)
      u2 = u2.multiplied(by: weights, transposingOther: true)
    }
    (values, first, second) = (u, u1, u2)
  }
}

/// Carries a jet through an activation in place.
private func activate(
  _ activation: Activation, _ u: inout Matrix<Double>,
  _ u1: inout Matrix<Double>, _ u2: inout Matrix<Double>
) {
  var z = u
  z.withUnsafeMutableElements { z in
    u.withUnsafeElements { u in
      u1.withUnsafeMutableElements { u1 in
        u2.withUnsafeMutableElements { u2 in
          guard let z = z.baseAddress, let u = u.baseAddress,
            let z1 = u1.baseAddress, let z2 = u2.baseAddress
          else { return }
          let count = u1.count
          Double.timesSlope(
            activation, u, gradient: z2, into: z2, count: count)
          Double.addTimesCurvature(
            activation, u, tangent: z1, gradient: z1, into: z2, count: count)
          Double.timesSlope(
            activation, u, gradient: z1, into: z1, count: count)
          Double.activate(activation, u, into: z, count: count)
        }
      }
    }
  }
  u = z
}

extension DenseNetwork<Double> {
  /// W_l, [out, in].
  func weights(ofLayer layer: Int) -> Matrix<Double> {
    let start = shape.weightOffset(ofLayer: layer)
    return Matrix(
      rowCount: shape.sizes[layer], columnCount: shape.sizes[layer - 1],
      elements: Array(parameters[start..<shape.biasOffset(ofLayer: layer)]))
  }

  /// b_l.
  func biases(ofLayer layer: Int) -> ArraySlice<Double> {
    let start = shape.biasOffset(ofLayer: layer)
    return parameters[start..<start + shape.sizes[layer]]
  }
}

extension Matrix<Double> {
  /// Adds a row to each row.
  mutating func addRow(_ row: ArraySlice<Double>) {
    let (rows, columns) = (rowCount, columnCount)
    withUnsafeMutableElements { elements in
      row.withUnsafeBufferPointer { row in
        guard let start = elements.baseAddress, let row = row.baseAddress
        else { return }
        Double.addBias(start, bias: row, rows: rows, columns: columns)
      }
    }
  }
}
