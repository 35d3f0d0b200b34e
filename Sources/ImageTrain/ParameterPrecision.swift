/// How strongly a Gaussian belief holds parameters in place: its precision C,
/// symmetric and positive definite.
///
/// Vectors lie as the parameters do.
public protocol ParameterPrecision: Sendable {
  /// C·v.
  func times(_ vector: [Double]) -> [Double]
  /// C⁻¹·v.
  func solving(_ vector: [Double]) -> [Double]
  /// vᵀC⁻¹v.
  func inverseSquare(_ vector: [Double]) -> Double
}

extension ParameterPrecision {
  /// vᵀC⁻¹v as the product of v with C⁻¹v.
  public func inverseSquare(_ vector: [Double]) -> Double {
    zip(vector, solving(vector)).reduce(0) { $0 + $1.0 * $1.1 }
  }
}

/// Learning or unlearning samples under a Gaussian belief.
///
///     maximise J(θ) = ℓ(θ) − ½ (θ − θ̂)ᵀ C (θ − θ̂)
///     θ ← θ + γ P⁻¹∇J,   γ halved until J grows
///
/// ℓ is a weight times the log-likelihood of the samples. With P = C the first
/// step at γ = 1 is linear influence; a P that has the curvature of ℓ too makes
/// it Newton's method, nearly.
///
/// - Source: Tanno et al. 2022 (arXiv:2207.04806), Eqs. (10) and (15).
public struct PenalizedAscent {
  /// θ̂.
  public let center: [Double]
  /// C.
  public let precision: any ParameterPrecision
  /// P.
  public let preconditioner: any ParameterPrecision
  /// ℓ(θ).
  public let likelihood: ([Double]) -> Double
  /// ∇ℓ(θ).
  public let gradient: ([Double]) -> [Double]

  /// An ascent of ℓ under a belief.
  ///
  /// - Parameter preconditioner: P; nil is C.
  public init(
    center: [Double], precision: any ParameterPrecision,
    preconditioner: (any ParameterPrecision)? = nil,
    likelihood: @escaping ([Double]) -> Double,
    gradient: @escaping ([Double]) -> [Double]
  ) {
    self.center = center
    self.precision = precision
    self.preconditioner = preconditioner ?? precision
    self.likelihood = likelihood
    self.gradient = gradient
  }

  /// How an ascent ended.
  public struct End: Sendable {
    /// θ.
    public var parameters: [Double]
    /// Steps taken.
    public var steps: Int
    /// J(θ) − J(θ̂), in nats.
    public var gain: Double
    /// ∇JᵀP⁻¹∇J.
    public var decrement: Double
    /// Whether the decrement is below the tolerance.
    public var hasConverged: Bool
  }

  /// J(θ).
  public func objective(_ parameters: [Double]) -> Double {
    let distance = zip(parameters, center).map { $0 - $1 }
    let penalty = zip(precision.times(distance), distance)
      .reduce(0) { $0 + $1.0 * $1.1 }
    return likelihood(parameters) - penalty / 2
  }

  /// ∇J(θ).
  public func objectiveGradient(_ parameters: [Double]) -> [Double] {
    let pull = precision.times(zip(parameters, center).map { $0 - $1 })
    return zip(gradient(parameters), pull).map { $0 - $1 }
  }

  /// What is left of a step after 20 halvings.
  private static let shortestLength = 0x1p-20

  /// Ascends from θ̂.
  ///
  /// - Parameters:
  ///   - steps: The most steps.
  ///   - tolerance: The decrement, in nats, below which the ascent ends.
  ///   - mayContinue: Asked of each step that the objective allows; false
  ///     halves it too, and where a step of 2⁻²⁰ is refused, the ascent ends.
  public func run(
    steps: Int, tolerance: Double,
    while mayContinue: ([Double]) -> Bool = { _ in true }
  ) -> End {
    let start = objective(center)
    var (current, value) = (center, start)
    var slope = objectiveGradient(current)
    var length = 1.0
    var taken = 0
    var left = preconditioner.inverseSquare(slope)
    ascending: while taken < steps, left > tolerance {
      let direction = preconditioner.solving(slope)
      var next = current
      var nextValue = -Double.infinity
      while true {
        next = zip(current, direction).map { $0 + length * $1 }
        nextValue = objective(next)
        // A quarter of what the gradient promises has to come true.
        if nextValue >= value + length * left / 4, mayContinue(next) { break }
        length /= 2
        if length < Self.shortestLength { break ascending }
      }
      (current, value) = (next, nextValue)
      taken += 1
      length = min(1, 2 * length)
      slope = objectiveGradient(current)
      left = preconditioner.inverseSquare(slope)
    }
    return End(
      parameters: current, steps: taken, gain: value - start, decrement: left,
      hasConverged: left <= tolerance)
  }
}
