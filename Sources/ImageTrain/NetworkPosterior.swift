public import Networks
public import Randomness
public import VectorMath

/// A belief about a network's parameters that networks can be drawn from.
///
/// Draws of p(θ|D) and p(θ|D, F) are what `SampledValuation` takes means over.
public protocol NetworkPosterior<Scalar>: Sendable {
  /// The number type of the networks.
  associatedtype Scalar: VectorScalar

  /// One network, independent of those drawn before.
  func draw(from stream: inout RandomStream) -> DenseNetwork<Scalar>
}

/// All belief on one network: the delta function of the source's experiments.
///
/// - Source: Tanno et al. 2022 (arXiv:2207.04806), Section 3.
public struct PointPosterior<Scalar: VectorScalar>: NetworkPosterior {
  /// The network.
  public let network: DenseNetwork<Scalar>

  /// All belief on `network`.
  public init(_ network: DenseNetwork<Scalar>) { self.network = network }

  /// `network`; nothing is taken from the stream.
  public func draw(from stream: inout RandomStream) -> DenseNetwork<Scalar> {
    network
  }
}

extension DenseNetwork {
  /// The network with a displacement added to each layer, in double precision.
  ///
  /// - Shapes: `displacements[l − 1]` is [out, in + 1]; its last column belongs
  ///   to the biases.
  func displaced(by displacements: [[Double]]) -> DenseNetwork {
    var moved = parameters
    for layer in 1...shape.layerCount {
      let (inputs, outputs) = (shape.sizes[layer - 1], shape.sizes[layer])
      let (weights, biases) = (
        shape.weightOffset(ofLayer: layer), shape.biasOffset(ofLayer: layer)
      )
      let step = displacements[layer - 1]
      for o in 0..<outputs {
        for i in 0...inputs {
          let at = i < inputs ? weights + o * inputs + i : biases + o
          moved[at] = Scalar(
            Double(moved[at]) + step[o * (inputs + 1) + i])
        }
      }
    }
    return DenseNetwork(shape: shape, parameters: moved)
  }
}
