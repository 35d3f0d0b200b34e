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
  private let biasVelocity: UnsafeMutablePointer<Scalar>
  private let learns: Bool

  /// A network of zeros at rest.
  ///
  /// - Parameter learns: Whether it has velocities and can go backward.
  public init(shape: DenseShape, learns: Bool) {
    self.shape = shape
    self.learns = learns
    layers = (1...shape.layerCount).map { layer in
      PanelLayer(
        inputCount: shape.sizes[layer - 1], unitCount: shape.sizes[layer],
        learns: learns, turns: learns && layer > 1)
    }
    biases = CacheLines<Scalar>.allocate(shape.biasCount)
    biasVelocity = CacheLines<Scalar>.allocate(learns ? shape.biasCount : 0)
  }

  /// A network's parameters, which do not learn.
  public convenience init(_ network: DenseNetwork<Scalar>) {
    self.init(shape: network.shape, learns: false)
    setParameters(network.parameters)
  }

  deinit {
    biases.deallocate()
    biasVelocity.deallocate()
  }

  /// The layer of a number, counted from 1.
  public subscript(layer: Int) -> PanelLayer<Scalar> { layers[layer - 1] }

  // MARK: - Parameters in the order of the shape

  /// Takes over parameters.
  public func setParameters(_ new: [Scalar]) {
    precondition(new.count == shape.parameterCount, "\(new.count) parameters")
    new.withUnsafeBufferPointer { new in
      guard let new = new.baseAddress else { return }
      for layer in 1...shape.layerCount {
        self[layer].readWeights(
          from: new + shape.weightOffset(ofLayer: layer))
        (biases + shape.biasPlace(ofLayer: layer)).update(
          from: new + shape.biasOffset(ofLayer: layer),
          count: shape.sizes[layer])
      }
    }
  }

  /// Takes over the velocity of each parameter.
  ///
  /// - Precondition: the network learns.
  public func setVelocity(_ new: [Scalar]) {
    precondition(new.count == shape.parameterCount, "\(new.count) velocities")
    new.withUnsafeBufferPointer { new in
      guard let new = new.baseAddress else { return }
      for layer in 1...shape.layerCount {
        self[layer].readVelocity(
          from: new + shape.weightOffset(ofLayer: layer))
        (biasVelocity + shape.biasPlace(ofLayer: layer)).update(
          from: new + shape.biasOffset(ofLayer: layer),
          count: shape.sizes[layer])
      }
    }
  }

  /// All parameters as they are now.
  public func parameters() -> [Scalar] {
    collected { layer, all in
      self[layer].writeWeights(
        into: all + shape.weightOffset(ofLayer: layer))
      (all + shape.biasOffset(ofLayer: layer)).update(
        from: biases + shape.biasPlace(ofLayer: layer),
        count: shape.sizes[layer])
    }
  }

  /// All velocities as they are now.
  ///
  /// - Precondition: the network learns.
  public func velocity() -> [Scalar] {
    collected { layer, all in
      self[layer].writeVelocity(
        into: all + shape.weightOffset(ofLayer: layer))
      (all + shape.biasOffset(ofLayer: layer)).update(
        from: biasVelocity + shape.biasPlace(ofLayer: layer),
        count: shape.sizes[layer])
    }
  }

  private func collected(
    _ write: (Int, UnsafeMutablePointer<Scalar>) -> Void
  ) -> [Scalar] {
    [Scalar](unsafeUninitializedCapacity: shape.parameterCount) { all, count in
      guard let start = all.baseAddress else { return }
      for layer in 1...shape.layerCount { write(layer, start) }
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
    UnsafePointer(biases + shape.biasPlace(ofLayer: layer))
  }

  /// One step of the biases.
  ///
  /// - Parameter gradient: Of all layers, one after another.
  /// - Precondition: the network learns.
  public func descendBiases(
    along gradient: UnsafePointer<Scalar>, _ constants: DescentConstants
  ) {
    precondition(learns, "the network does not learn")
    Scalar.descend(
      biases, velocity: biasVelocity, gradient: gradient,
      count: shape.biasCount, constants)
  }
}
