public import Networks
public import VectorMath

/// A Gaussian posterior around trained weights, with a diagonal curvature, and
/// how weights move within it when samples are learned or unlearned.
///
///     log p(θ|D) ≈ −½ (θ − θ̂)ᵀ C (θ − θ̂) + const,   C = N·diag F̂ + prior
///
/// F̂ is the empirical Fisher matrix (mean over the N training samples).
///
/// - Source: Tanno et al. 2022 (arXiv:2207.04806), Eqs. (8)–(15), after
///   elastic weight consolidation.
public struct WeightConsolidation: Sendable {
  /// θ̂.
  public let network: DenseNetwork<Double>
  /// The diagonal of C, as the parameters lie; positive.
  public let curvature: [Double]
  /// The prior's precision, which also damps C.
  public let priorPrecision: Double

  /// A posterior from a diagonal Fisher matrix.
  ///
  /// - Parameters:
  ///   - fisher: The diagonal of F̂, as the parameters lie.
  ///   - sampleCount: N.
  ///   - damping: The prior's precision as a share of the mean of N·F̂, so
  ///     that weights that no sample moves have a curvature too. The source
  ///     has 0, where such weights are free.
  /// - Throws: `CurvatureError` where F̂ is 0 everywhere or not finite: the
  ///   network comes from outside.
  /// - Precondition: `damping` is positive.
  public init(
    network: DenseNetwork<Double>, fisher: [Double], sampleCount: Int,
    damping: Double
  ) throws(CurvatureError) {
    precondition(damping > 0, "a damping of \(damping)")
    let mean = fisher.reduce(0, +) / Double(fisher.count)
    if mean.isFinite, !(damping * mean * Double(sampleCount)).isFinite {
      throw .damping(damping)
    }
    try self.init(
      network: network, fisher: fisher, sampleCount: sampleCount,
      priorPrecision: damping * mean * Double(sampleCount))
  }

  /// A posterior from a diagonal Fisher matrix and the prior's precision
  /// itself.
  ///
  /// - Throws: `CurvatureError` where that is 0 or not finite.
  public init(
    network: DenseNetwork<Double>, fisher: [Double], sampleCount: Int,
    priorPrecision: Double
  ) throws(CurvatureError) {
    precondition(
      fisher.count == network.shape.parameterCount,
      "\(fisher.count) curvatures for \(network.shape.parameterCount) "
        + "parameters")
    guard priorPrecision.isFinite, fisher.allSatisfy({ $0.isFinite }) else {
      throw .notFinite
    }
    guard priorPrecision > 0 else { throw .flat }
    self.network = network
    self.priorPrecision = priorPrecision
    curvature = fisher.map { $0 * Double(sampleCount) + priorPrecision }
  }

  /// The natural-gradient step C⁻¹∇log p(A|θ̂) of a set of samples.
  ///
  /// Added, it is linear influence (8); subtracted, Newton removal (14).
  public func naturalStep(toward samples: LikelihoodDerivatives) -> [Double] {
    zip(samples.gradient(network), curvature).map { $0 / $1 }
  }

  /// θ̂ moved by `scale` times a step.
  public func moved(by step: [Double], scale: Double) -> DenseNetwork<Double> {
    precondition(
      step.count == network.parameters.count,
      "a step of \(step.count) for \(network.parameters.count) parameters")
    return DenseNetwork(
      shape: network.shape,
      parameters: zip(network.parameters, step).map { $0 + scale * $1 })
  }

  /// How an ascent went.
  public struct Ascent: Sendable {
    /// The weights that it ended at.
    public var network: DenseNetwork<Double>
    /// Steps taken.
    public var steps: Int
    /// The objective's gain over θ̂, in nats.
    public var gain: Double
    /// What of it the last 20 steps brought, in nats.
    public var lateGain: Double
    /// ∇Jᵀ C⁻¹ ∇J at the end, twice what a last step could gain if the
    /// samples had no curvature of their own, and more than it can if log p is
    /// concave from there on.
    public var decrement: Double
    /// Whether the decrement is below the tolerance, in place of running out
    /// of steps or being stopped.
    public var hasConverged: Bool
  }

  /// J(θ) = w·log p(A|θ) − ½ (θ − θ̂)ᵀ C (θ − θ̂).
  ///
  /// - Parameter weight: w; 1 learns the samples, a negative one unlearns
  ///   them.
  public func objective(
    _ candidate: DenseNetwork<Double>, _ samples: LikelihoodDerivatives,
    weight: Double
  ) -> Double {
    penalized(samples, weight: weight).objective(candidate.parameters)
  }

  /// ∇J(θ).
  public func objectiveGradient(
    _ candidate: DenseNetwork<Double>, _ samples: LikelihoodDerivatives,
    weight: Double
  ) -> [Double] {
    penalized(samples, weight: weight).objectiveGradient(candidate.parameters)
  }

  private func moved(to parameters: [Double]) -> DenseNetwork<Double> {
    DenseNetwork(shape: network.shape, parameters: parameters)
  }

  private func penalized(
    _ samples: LikelihoodDerivatives, weight: Double
  ) -> PenalizedAscent {
    PenalizedAscent(
      center: network.parameters, precision: self,
      likelihood: {
        weight * samples.logLikelihoods(moved(to: $0)).reduce(0, +)
      },
      gradient: { samples.gradient(moved(to: $0)).map { weight * $0 } })
  }

  /// Ascends J from θ̂: θ ← θ + γ H∇J, with γ halved until J grows.
  ///
  /// H is C⁻¹ at first, so that the first step at γ = 1 is linear influence,
  /// and takes in the curvature that the last steps met (`PenalizedAscent`).
  /// The fixed point solves (12), θ = θ̂ + w·C⁻¹∇log p(A|θ).
  ///
  /// - Parameters:
  ///   - samples: A: the failures to be learned, or the causes to be unlearned.
  ///   - weight: w.
  ///   - steps: The most steps.
  ///   - memory: Steps that H is built from; 0 keeps to C⁻¹, as where the
  ///     way matters and not only its end.
  ///   - tolerance: The decrement, in nats, below which the ascent ends.
  ///   - mayContinue: Asked of each step that the objective allows; false
  ///     halves it too, and where a step of 2⁻²⁰ is refused, the ascent ends.
  ///     Unlearning has no maximum, and must be stopped.
  public func ascent(
    on samples: LikelihoodDerivatives, weight: Double, steps: Int,
    memory: Int = 20, tolerance: Double = 1e-4,
    while mayContinue: (DenseNetwork<Double>) -> Bool = { _ in true }
  ) -> Ascent {
    let end = penalized(samples, weight: weight).run(
      steps: steps, memory: memory, tolerance: tolerance
    ) { mayContinue(moved(to: $0)) }
    return Ascent(
      network: moved(to: end.parameters), steps: end.steps, gain: end.gain,
      lateGain: end.lateGain, decrement: end.decrement,
      hasConverged: end.hasConverged)
  }
}

extension WeightConsolidation: ParameterPrecision {
  /// C·v.
  public func times(_ vector: [Double]) -> [Double] {
    zip(curvature, vector).map { $0 * $1 }
  }

  /// C⁻¹·v.
  public func solving(_ vector: [Double]) -> [Double] {
    zip(vector, curvature).map { $0 / $1 }
  }

  /// vᵀC⁻¹v.
  public func inverseSquare(_ vector: [Double]) -> Double {
    zip(vector, curvature).reduce(0) { $0 + $1.0 * $1.0 / $1.1 }
  }
}

/// Why training samples give no curvature.
public enum CurvatureError: Error, Equatable, CustomStringConvertible {
  /// No sample moves any weight.
  case flat
  /// A gradient is infinite or NaN.
  case notFinite
  /// The damping makes the prior's precision infinite.
  case damping(Double)

  /// One line: what was expected and what was found.
  public var description: String {
    switch self {
    case .flat:
      "expected training samples that inform the weights, found that every "
        + "gradient of their likelihood is 0: the network is certain of all "
        + "of them; train it for less long"
    case .notFinite:
      "expected finite gradients at the training samples, found others; "
        + "scale the images"
    case .damping(let damping):
      "expected a damping whose prior precision is finite, found \(damping); "
        + "lower it"
    }
  }
}
