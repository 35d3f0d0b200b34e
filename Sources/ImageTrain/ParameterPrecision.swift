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
///     θ ← θ + γ H∇J,   γ halved until J grows
///
/// ℓ is a weight times the log-likelihood of the samples. H is P⁻¹, or what the
/// last steps make of it (limited-memory BFGS); the first step has P⁻¹ always.
/// With P = C that is linear influence at γ = 1; a P that has the curvature of
/// ℓ too makes it Newton's method, nearly. Neither P nor the memory moves the
/// maximum, where there is one only; which of several is found, and the kink
/// of a piecewise smooth ℓ at which no step raises J, they may.
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
    /// What of it the last 20 steps brought, in nats.
    public var lateGain: Double
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
  /// The share of what the gradient promises that a step has to bring.
  ///
  /// A step to the maximum of a parabola brings half.
  private static let leastShare = 0.1
  /// The steps that `End.lateGain` is of.
  private static let lateSteps = 20

  /// Ascends from θ̂.
  ///
  /// - Parameters:
  ///   - steps: The most steps.
  ///   - memory: Steps that H is built from; 0 keeps to P⁻¹.
  ///   - tolerance: The decrement, in nats, below which the ascent ends.
  ///   - mayContinue: Asked of each step that the objective allows; false
  ///     halves it too, and where a step of 2⁻²⁰ is refused, the ascent ends.
  public func run(
    steps: Int, memory: Int, tolerance: Double,
    while mayContinue: ([Double]) -> Bool = { _ in true }
  ) -> End {
    var values = [objective(center)]
    var current = center
    var slope = objectiveGradient(current)
    var secants = SecantMemory(capacity: memory)
    var length = 1.0
    var left = preconditioner.inverseSquare(slope)
    while values.count <= steps, left > tolerance {
      let direction = secants.direction(slope, preconditioner: preconditioner)
      let promise = dot(slope, direction)
      // Rounding of the memory must not allow a step down.
      guard promise > 0 || secants.isEmpty else {
        secants.forget()
        continue
      }
      // A direction from the memory has a scale of its own.
      if !secants.isEmpty { length = 1 }
      var next = current
      var value = -Double.infinity
      var isRefused = true
      while isRefused, length >= Self.shortestLength {
        next = zip(current, direction).map { $0 + length * $1 }
        value = objective(next)
        let least =
          values[values.count - 1] + Self.leastShare * length * promise
        isRefused = !(value >= least && mayContinue(next))
        if isRefused { length /= 2 }
      }
      if isRefused {
        // Without its memory the ascent may go on.
        guard !secants.isEmpty else { break }
        secants.forget()
        length = 1
        continue
      }
      let before = slope
      slope = objectiveGradient(next)
      secants.record(
        step: zip(next, current).map { $0 - $1 },
        change: zip(before, slope).map { $0 - $1 },
        preconditioner: preconditioner)
      current = next
      values.append(value)
      length = min(1, 2 * length)
      left = preconditioner.inverseSquare(slope)
    }
    let value = values[values.count - 1]
    return End(
      parameters: current, steps: values.count - 1, gain: value - values[0],
      lateGain: value - values[max(values.count - 1 - Self.lateSteps, 0)],
      decrement: left, hasConverged: left <= tolerance)
  }
}
