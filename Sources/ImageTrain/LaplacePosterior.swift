public import LinearAlgebra
public import Networks
public import Randomness
import RealModule
public import VectorMath

/// Laplace's Gaussian around a trained network.
///
///     θ ~ N(θ̂, (F + δI)⁻¹)
///
/// F is some form of the Gauss–Newton matrix of the training images and δ the
/// prior's precision, the only damping: F has directions without curvature,
/// and δ is what keeps the posterior proper along them.
public protocol LaplacePosterior<Scalar>: NetworkPosterior, ParameterPrecision {
  /// θ̂.
  var center: DenseNetwork<Scalar> { get }
  /// δ.
  var priorPrecision: Double { get }
  /// The eigenvalues of F, each 0 or more, in any order.
  var curvatures: [Double] { get }

  /// f(F)·v, f taken of the eigenvalues of F.
  ///
  /// - Parameter vector: v, as the parameters lie.
  func applying(
    _ function: (Double) -> Double, to vector: [Double]
  ) -> [Double]

  /// The Gaussian around `network` with the curvature of further images there
  /// added to F.
  func adding(
    _ images: Matrix<Scalar>, at network: DenseNetwork<Scalar>,
    team: ThreadTeam
  ) throws(LinearAlgebraError) -> Self
}

extension LaplacePosterior {
  /// (F + δI)·v.
  public func times(_ vector: [Double]) -> [Double] {
    applying({ $0 + priorPrecision }, to: vector)
  }

  /// (F + δI)⁻¹·v.
  public func solving(_ vector: [Double]) -> [Double] {
    applying({ 1 / ($0 + priorPrecision) }, to: vector)
  }

  /// A network of the posterior: θ̂ + (F + δI)^(−½)e, e standard normal.
  ///
  /// The root is the symmetric one: from equal normals, posteriors that are
  /// near each other draw networks that are.
  public func draw(from stream: inout RandomStream) -> DenseNetwork<Scalar> {
    center.displaced(
      by: applying(
        { 1 / ($0 + priorPrecision).squareRoot() },
        to: stream.normals(count: center.shape.parameterCount)))
  }

  /// Σ f/(f + δ) over the eigenvalues of F: how many parameters the images
  /// determine rather than the prior.
  ///
  /// - Source: MacKay 1992, "Bayesian interpolation" (recalled).
  public var effectiveParameterCount: Double {
    curvatures.reduce(0) { $0 + $1 / ($1 + priorPrecision) }
  }
}

extension LaplacePosterior<Double> {
  /// p(θ|D, F): the mode that learning the failures moves θ̂ to, with their
  /// curvature there added.
  ///
  ///     θ̂* = argmax log p(F|θ) − ½(θ − θ̂)ᵀ(F + δI)(θ − θ̂)
  ///
  /// - Parameters:
  ///   - failures: F.
  ///   - steps: The most steps of the ascent.
  ///   - tolerance: Of `PenalizedAscent`, in nats.
  public func learning(
    _ failures: LikelihoodDerivatives, steps: Int, tolerance: Double = 1e-4,
    team: ThreadTeam
  ) throws(LinearAlgebraError) -> (posterior: Self, ascent: PenalizedAscent.End)
  {
    let shape = center.shape
    func network(_ parameters: [Double]) -> DenseNetwork<Double> {
      DenseNetwork(shape: shape, parameters: parameters)
    }
    let pixels = failures.images.pixels
    let ascent = PenalizedAscent(
      center: center.parameters, precision: self,
      preconditioner: try adding(pixels, at: center, team: team),
      likelihood: { failures.logLikelihoods(network($0)).reduce(0, +) },
      gradient: { failures.gradient(network($0)) }
    ).run(steps: steps, memory: 20, tolerance: tolerance)
    return (
      try adding(pixels, at: network(ascent.parameters), team: team), ascent
    )
  }
}
