public import VectorMath

/// The parameters of a dense network in panels, and their velocities where it
/// learns.
///
/// `@unchecked Sendable`: threads multiply at the same time, or descend, each
/// its own pieces.
public final class PanelNetwork<Scalar: VectorScalar>: LayerWeights,
  @unchecked Sendable
{
  /// The shape of the network.
  public let shape: DenseShape
  private let layers: [PanelLayer<Scalar>]
  /// Biases of all layers, one after another.
  private let biases: UnsafeMutablePointer<Scalar>
  private let biasVelocity: UnsafeMutablePointer<Scalar>?

  /// A network of zeros at rest.
  ///
  /// - Parameter learns: Whether it has velocities and can go backward.
  public init(shape: DenseShape, learns: Bool) {
    self.shape = shape
    layers = (1...shape.layerCount).map { layer in
      PanelLayer(
        inputCount: shape.sizes[layer - 1], unitCount: shape.sizes[layer],
        learns: learns, keepsTranspose: learns && layer > 1)
    }
    biases = CacheLines<Scalar>.allocate(shape.biasCount)
    biasVelocity =
      learns ? CacheLines<Scalar>.allocate(shape.biasCount) : nil
  }

  /// A network's parameters, which do not learn.
  public convenience init(_ network: DenseNetwork<Scalar>) {
    self.init(shape: network.shape, learns: false)
    setParameters(network.parameters)
  }

  deinit {
    biases.deallocate()
    biasVelocity?.deallocate()
  }

  private var requiredBiasVelocity: UnsafeMutablePointer<Scalar> {
    guard let biasVelocity else {
      preconditionFailure("the network does not learn")
    }
    return biasVelocity
  }

  /// The layer of a number, counted from 1.
  public subscript(layer: Int) -> PanelLayer<Scalar> {
    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    get { layers[layer - 1] }
  }

  // MARK: - Parameters in the order of the shape

  /// Takes over parameters.
  public func setParameters(_ new: [Scalar]) {
    read(new, biases: biases) { $0.readWeights(from: $1) }
  }

  /// Takes over the velocity of each parameter.
  ///
  /// - Precondition: the network learns.
  public func setVelocity(_ new: [Scalar]) {
    read(new, biases: requiredBiasVelocity) { $0.readVelocity(from: $1) }
  }

  /// All parameters as they are now.
  public func parameters() -> [Scalar] {
    written(biases: biases) { $0.writeWeights(into: $1) }
  }

  /// All velocities as they are now.
  ///
  /// - Precondition: the network learns.
  public func velocity() -> [Scalar] {
    written(biases: requiredBiasVelocity) { $0.writeVelocity(into: $1) }
  }

  private func read(
    _ numbers: [Scalar], biases: UnsafeMutablePointer<Scalar>,
    _ readLayer: (PanelLayer<Scalar>, UnsafePointer<Scalar>) -> Void
  ) {
    precondition(
      numbers.count == shape.parameterCount,
      "\(numbers.count) numbers for \(shape.parameterCount) parameters")
    numbers.withUnsafeBufferPointer { numbers in
      guard let start = numbers.baseAddress else { return }
      for layer in 1...shape.layerCount {
        readLayer(self[layer], start + shape.weightOffset(ofLayer: layer))
        (biases + shape.offsetAmongBiases(ofLayer: layer)).update(
          from: start + shape.biasOffset(ofLayer: layer),
          count: shape.sizes[layer])
      }
    }
  }

  private func written(
    biases: UnsafeMutablePointer<Scalar>,
    _ writeLayer: (PanelLayer<Scalar>, UnsafeMutablePointer<Scalar>) -> Void
  ) -> [Scalar] {
    [Scalar](unsafeUninitializedCapacity: shape.parameterCount) { all, count in
      guard let start = all.baseAddress else { return }
      for layer in 1...shape.layerCount {
        writeLayer(self[layer], start + shape.weightOffset(ofLayer: layer))
        (start + shape.biasOffset(ofLayer: layer)).update(
          from: biases + shape.offsetAmongBiases(ofLayer: layer),
          count: shape.sizes[layer])
      }
      count = shape.parameterCount
    }
  }

  // MARK: - Products

  /// out[r] = W_l·rows[r].
  public func multiply(
    layer: Int, _ rows: UnsafePointer<Scalar>, count: Int,
    into out: UnsafeMutablePointer<Scalar>
  ) {
    self[layer].multiply(rows, count: count, into: out)
  }

  /// out[r] = W_lᵀ·rows[r], of layers above the first.
  ///
  /// - Precondition: the network learns.
  public func multiplyTransposed(
    layer: Int, _ rows: UnsafePointer<Scalar>, count: Int,
    into out: UnsafeMutablePointer<Scalar>
  ) {
    self[layer].multiplyTransposed(rows, count: count, into: out)
  }

  /// b_l.
  public func bias(ofLayer layer: Int) -> UnsafePointer<Scalar> {
    UnsafePointer(biases + shape.offsetAmongBiases(ofLayer: layer))
  }

  /// One step of the biases.
  ///
  /// - Parameter gradient: Of all layers, one after another.
  /// - Precondition: the network learns.
  public func descendBiases(
    along gradient: UnsafePointer<Scalar>, _ constants: DescentConstants
  ) {
    Scalar.descend(
      biases, velocity: requiredBiasVelocity, gradient: gradient,
      count: shape.biasCount, constants)
  }
}
