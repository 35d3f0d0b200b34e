public import LinearAlgebra
public import Randomness
public import VectorMath

/// A dense network: shape and parameters.
///
///     u_l = W_l z_{l−1} + b_l,   z_l = σ(u_l),   logits = u_L,   z_0 = x
public struct DenseNetwork<Scalar: VectorScalar>: Sendable, Equatable {
  /// Layer sizes and activation.
  public let shape: DenseShape
  /// W₁, b₁, W₂, b₂, …, as `shape` lays them out.
  public var parameters: [Scalar]

  /// A network from its parameters.
  ///
  /// - Precondition: as many parameters as the shape needs.
  public init(shape: DenseShape, parameters: [Scalar]) {
    precondition(
      parameters.count == shape.parameterCount,
      "\(parameters.count) parameters for a shape of \(shape.parameterCount)")
    self.shape = shape
    self.parameters = parameters
  }

  /// The same network in another number type.
  public init<Other>(_ other: DenseNetwork<Other>) {
    self.init(
      shape: other.shape, parameters: other.parameters.map { Scalar($0) })
  }

  /// A freshly initialised network.
  public init(
    shape: DenseShape, initialization: Initialization,
    from stream: inout RandomStream
  ) {
    var parameters: [Scalar] = []
    parameters.reserveCapacity(shape.parameterCount)
    for layer in 1...shape.layerCount {
      initialization.appendLayer(
        inputs: shape.sizes[layer - 1], outputs: shape.sizes[layer],
        to: &parameters, from: &stream)
    }
    self.init(shape: shape, parameters: parameters)
  }

  /// ‖θ‖₂ over all weights and biases, summed in double precision.
  public var parameterNorm: Double {
    parameters.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
  }

  /// The logits of the rows of `images`.
  ///
  /// - Shapes: `images` is [n, inputSize]; the result is [n, classCount].
  public func logits(of images: Matrix<Scalar>) -> Matrix<Scalar> {
    precondition(
      images.columnCount == shape.inputSize,
      "images of \(images.columnCount) pixels for \(shape.inputSize) inputs")
    var result: [Scalar] = []
    result.reserveCapacity(images.rowCount * shape.classCount)
    let block = 512
    let pass = DensePass<Scalar>(shape: shape, capacity: block)
    images.withUnsafeElements { pixels in
      parameters.withUnsafeBufferPointer { parameters in
        guard let pixels = pixels.baseAddress,
          let parameters = parameters.baseAddress
        else { return }
        for start in stride(from: 0, to: images.rowCount, by: block) {
          let rows = 0..<min(block, images.rowCount - start)
          pass.firstLayer(
            of: pixels + start * shape.inputSize, rows: rows, parameters)
          pass.forward(rows: rows, parameters)
          result += UnsafeBufferPointer(
            start: pass.logits, count: rows.count * shape.classCount)
        }
      }
    }
    return Matrix(
      rowCount: images.rowCount, columnCount: shape.classCount,
      elements: result)
  }
}

/// How a layer's weights and biases are first drawn.
public enum Initialization: String, CaseIterable, Sendable {
  /// PyTorch's default for linear layers: weights and biases uniform in
  /// ±1/√inputs.
  case pytorch
  /// He et al. 2015: weights normal with variance 2/inputs, biases zero.
  case he
  /// Glorot and Bengio 2010: weights uniform in ±√(6/(inputs + outputs)),
  /// biases zero.
  case glorot

  func appendLayer<Scalar: VectorScalar>(
    inputs: Int, outputs: Int, to parameters: inout [Scalar],
    from stream: inout RandomStream
  ) {
    let weightCount = inputs * outputs
    switch self {
    case .pytorch:
      let bound = 1 / Double(inputs).squareRoot()
      for _ in 0..<weightCount + outputs {
        parameters.append(Scalar(stream.uniform(in: -bound...bound)))
      }
    case .he:
      let deviation = (2 / Double(inputs)).squareRoot()
      for _ in 0..<weightCount {
        parameters.append(Scalar(deviation * stream.normal()))
      }
      parameters += [Scalar](repeating: 0, count: outputs)
    case .glorot:
      let bound = (6 / Double(inputs + outputs)).squareRoot()
      for _ in 0..<weightCount {
        parameters.append(Scalar(stream.uniform(in: -bound...bound)))
      }
      parameters += [Scalar](repeating: 0, count: outputs)
    }
  }
}
