public import VectorMath

/// The layer sizes and the activation of a dense network.
///
/// Layers are counted from 1: layer l maps `sizes[l − 1]` to `sizes[l]`
/// numbers. The activation stands between layers, none after the last. All
/// parameters lie in one array: W₁ ([out, in], row-major), b₁, W₂, b₂, …
public struct DenseShape: Sendable, Equatable {
  /// Input size, hidden sizes, number of classes.
  public let sizes: [Int]
  /// The nonlinearity between layers.
  public let activation: Activation

  /// A shape.
  ///
  /// - Precondition: at least one layer; all sizes positive.
  public init(sizes: [Int], activation: Activation) {
    precondition(
      sizes.count >= 2 && sizes.allSatisfy { $0 > 0 },
      "a network needs two or more positive sizes, not \(sizes)")
    self.sizes = sizes
    self.activation = activation
  }

  /// Number of layers with parameters.
  public var layerCount: Int { sizes.count - 1 }
  /// Size of the input.
  public var inputSize: Int { sizes[0] }
  /// Number of outputs.
  public var classCount: Int { sizes[sizes.count - 1] }

  /// Number of all weights and biases.
  public var parameterCount: Int {
    (1...layerCount).reduce(0) { $0 + sizes[$1] * (sizes[$1 - 1] + 1) }
  }

  /// Where the weights of layer `layer` begin.
  public func weightOffset(ofLayer layer: Int) -> Int {
    (1..<layer).reduce(0) { $0 + sizes[$1] * (sizes[$1 - 1] + 1) }
  }

  /// Where the biases of layer `layer` begin.
  public func biasOffset(ofLayer layer: Int) -> Int {
    weightOffset(ofLayer: layer) + sizes[layer] * sizes[layer - 1]
  }

  /// Number of all biases.
  public var biasCount: Int { sizes.dropFirst().reduce(0, +) }

  /// Where the biases of layer `layer` begin in an array of biases alone.
  func offsetAmongBiases(ofLayer layer: Int) -> Int {
    sizes[1..<layer].reduce(0, +)
  }
}
