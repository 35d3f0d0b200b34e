public import Networks
public import Randomness
public import VectorMath

/// A Gaussian from the iterates of gradient descent along its tail.
///
///     θ ~ N(θ̄, ½ diag(σ²) + ½ DDᵀ/(K − 1))
///     θ = θ̄ + σ∘e/√2 + D e′/√(2(K − 1))
///
/// θ̄ and σ² are the mean and the variances of all T iterates. D has the last K
/// of the deviations θ_t − θ̄_t as columns, θ̄_t the mean of the first t
/// iterates; e and e′ are standard normal.
///
/// - Source: Maddox et al. 2019 (arXiv:1902.02476), Section 3.2 and Algorithm 1.
///   Departs from it: σ² by Welford's update, which cannot fall below 0, in
///   place of the mean square minus the square of the mean.
/// - Numerics: in double precision.
/// - Complexity: O(P) memory for each of the K deviations of P parameters; O(KP)
///   per draw.
public struct SWAGPosterior<Scalar: VectorScalar>: NetworkPosterior {
  /// The network at the mean θ̄.
  public let center: DenseNetwork<Scalar>
  /// θ̄, as the parameters lie.
  public let mean: [Double]
  /// σ², the sum of squared deviations over T, as the parameters lie.
  public let variances: [Double]
  /// The last K deviations θ_t − θ̄_t, the oldest first.
  public let deviations: [[Double]]
  /// T.
  public let iterateCount: Int

  /// The Gaussian of the iterates given.
  ///
  /// - Parameters:
  ///   - iterates: Networks along the tail, in order.
  ///   - rank: K.
  /// - Precondition: K ≥ 2, and at least K iterates of one shape.
  public init(
    iterates: some Sequence<DenseNetwork<Scalar>>, rank: Int
  ) {
    precondition(rank >= 2, "expected a rank of 2 or more, got \(rank)")
    var shape: DenseShape?
    var mean: [Double] = []
    var squares: [Double] = []
    var deviations: [[Double]] = []
    var count = 0
    for iterate in iterates {
      precondition(
        shape == nil || shape == iterate.shape,
        "iterates of different shapes")
      if shape == nil {
        shape = iterate.shape
        mean = [Double](repeating: 0, count: iterate.parameters.count)
        squares = mean
      }
      count += 1
      var deviation = mean
      for k in mean.indices {
        let change = Double(iterate.parameters[k]) - mean[k]
        mean[k] += change / Double(count)
        deviation[k] = Double(iterate.parameters[k]) - mean[k]
        squares[k] += change * deviation[k]
      }
      deviations.append(deviation)
      if deviations.count > rank { deviations.removeFirst() }
    }
    guard let shape, count >= rank else {
      preconditionFailure("\(count) iterates for a rank of \(rank)")
    }
    self.mean = mean
    variances = squares.map { $0 / Double(count) }
    self.deviations = deviations
    iterateCount = count
    center = DenseNetwork(shape: shape, parameters: mean.map { Scalar($0) })
  }

  /// A network of the posterior.
  public func draw(from stream: inout RandomStream) -> DenseNetwork<Scalar> {
    let normals = stream.normals(count: mean.count + deviations.count)
    return DenseNetwork(
      shape: center.shape,
      parameters: zip(mean, displacement(normals: normals)).map {
        Scalar($0 + $1)
      })
  }

  /// σ∘e/√2 + D e′/√(2(K − 1)).
  ///
  /// - Parameter normals: e, then e′.
  func displacement(normals: [Double]) -> [Double] {
    var step = zip(normals, variances).map { $0 * ($1 / 2).squareRoot() }
    let scale = 1 / Double(2 * (deviations.count - 1)).squareRoot()
    for (weight, deviation) in zip(normals[mean.count...], deviations) {
      for k in step.indices { step[k] += scale * weight * deviation[k] }
    }
    return step
  }
}
