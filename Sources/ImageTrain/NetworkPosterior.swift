import LinearAlgebra
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

/// A deep ensemble: equal belief on networks that were trained apart.
///
/// - Source: Lakshminarayanan et al. 2017 (arXiv:1612.01474), without its
///   adversarial training.
public struct EnsemblePosterior<Scalar: VectorScalar>: NetworkPosterior {
  /// The networks.
  public let members: [DenseNetwork<Scalar>]

  /// Equal belief on each of `members`.
  ///
  /// - Precondition: at least one, all of one shape.
  public init(_ members: [DenseNetwork<Scalar>]) {
    precondition(
      !members.isEmpty && members.allSatisfy { $0.shape == members[0].shape },
      "an ensemble needs networks of one shape, not "
        + "\(members.map(\.shape.sizes))")
    self.members = members
  }

  /// A member, any with the same probability.
  ///
  /// Where all members can be afforded, their mean is exact: take `members`.
  public func draw(from stream: inout RandomStream) -> DenseNetwork<Scalar> {
    members[stream.index(below: members.count)]
  }
}

extension DenseNetwork {
  /// The network with a displacement added to its parameters, in double
  /// precision.
  ///
  /// - Parameter step: As the parameters lie.
  func displaced(by step: [Double]) -> DenseNetwork {
    DenseNetwork(
      shape: shape,
      parameters: zip(parameters, step).map { Scalar(Double($0) + $1) })
  }
}

extension DenseShape {
  /// What lies as the parameters do, layer by layer: [out, in + 1], the last
  /// column that of the biases.
  func layers(of vector: [Double]) -> [Matrix<Double>] {
    (1...layerCount).map { layer in
      let inputs = sizes[layer - 1]
      let (weights, biases) = (
        weightOffset(ofLayer: layer), biasOffset(ofLayer: layer)
      )
      return Matrix(rowCount: sizes[layer], columnCount: inputs + 1) { o, i in
        vector[i < inputs ? weights + o * inputs + i : biases + o]
      }
    }
  }

  /// The inverse of `layers(of:)`.
  func vector(of layers: [Matrix<Double>]) -> [Double] {
    layers.flatMap { layer in
      let (outputs, inputs) = (layer.rowCount, layer.columnCount - 1)
      return (0..<outputs).flatMap { layer.row($0).prefix(inputs) }
        + (0..<outputs).map { layer[$0, inputs] }
    }
  }
}
