internal import RealModule

/// The class of logistic models that mixup's regulariser leaves, for Gaussian
/// inputs.
///
///     W_γ = {x ↦ θᵀx : E[A″(θᵀx)]·θᵀΣθ ≤ γ, ‖θ‖ ≤ B},   x ~ N(0, Σ)
///
/// θᵀx ~ N(0, s²) with s² = θᵀΣθ, so that the condition is one on s alone:
///
///     g(s)·s² ≤ γ,   g(s) = E A″(sZ),   Z ~ N(0, 1),   A″ = σ(1 − σ)
///
/// g falls and g(s)s² = s·∫A″(x)φ(x/s)dx rises, and W_γ is what the ellipsoid
/// s ≤ s* and the ball ‖θ‖ ≤ B have in common. The radius belongs to the
/// claim: g tends to 0, so that without one ρ below is 0.
///
/// - Source: L. Zhang et al. 2021 (arXiv:2010.04819), Theorem 3.4.
public struct RetentiveClass: Sendable, Equatable {
  /// γ.
  public let regulariserBound: Double
  /// B.
  public let radius: Double
  /// The eigenvalues of Σ that are not 0.
  public let eigenvalues: [Double]
  /// s*, the largest s with g(s)s² ≤ γ.
  public let largestScore: Double
  /// ρ = inf over 0 < ‖θ‖ ≤ B of g(s)²/min{1, s²}.
  ///
  /// Both factors fall with s: the infimum is at the largest s of the ball.
  public let retentivity: Double

  /// The class for one covariance.
  ///
  /// - Precondition: the bound, the radius and all eigenvalues are positive
  ///   and finite; there is at least one eigenvalue.
  public init(
    regulariserBound gamma: Double, radius: Double, eigenvalues: [Double]
  ) {
    precondition(
      gamma > 0 && gamma.isFinite && radius > 0 && radius.isFinite
        && !eigenvalues.isEmpty
        && eigenvalues.allSatisfy { $0 > 0 && $0.isFinite },
      "expected positive numbers, got γ = \(gamma), B = \(radius) and "
        + "\(eigenvalues)")
    regulariserBound = gamma
    self.radius = radius
    self.eigenvalues = eigenvalues
    let top = radius * (eigenvalues.max() ?? 0).squareRoot()
    retentivity = Self.retentivity(largestScore: top)
    // g(s)s² is below s/√(2π) and below s²/4.
    var (low, high) = (0.0, 1.0)
    while Self.curvature(high) * high * high <= gamma { high *= 2 }
    // 200 halvings end at neighbouring numbers.
    for _ in 0..<200 {
      let middle = low + (high - low) / 2
      if Self.curvature(middle) * middle * middle <= gamma {
        low = middle
      } else {
        high = middle
      }
    }
    largestScore = low
  }

  /// Rank of Σ.
  public var rank: Int { eigenvalues.count }

  /// g(s) = E A″(sZ).
  ///
  /// - Numerics: the trapezoidal rule, whose error for these analytic
  ///   integrands is far below the rounding with a step of ¼.
  public static func curvature(_ s: Double) -> Double {
    let step = 0.25
    func logistic(_ x: Double) -> Double {
      let e = Double.exp(-abs(x))
      return e / ((1 + e) * (1 + e))
    }
    func density(_ z: Double) -> Double {
      .exp(-z * z / 2) / (2 * Double.pi).squareRoot()
    }
    // Beyond 10 the density, and beyond 40 the curvature, is below 2⁻⁵⁷.
    let sum =
      s <= 1
      ? (-40...40).reduce(0) {
        let z = step * Double($1)
        return $0 + logistic(s * z) * density(z)
      }
      : (-160...160).reduce(0) {
        let x = step * Double($1)
        return $0 + logistic(x) * density(x / s)
      } / s
    return step * sum
  }

  /// inf over 0 < s ≤ `largestScore` of g(s)²/min{1, s²}.
  public static func retentivity(largestScore s: Double) -> Double {
    let g = curvature(s)
    return g * g / min(1, s * s)
  }

  // MARK: - Complexity

  /// sup over W_γ of mᵀθ, in the eigenbasis of Σ.
  ///
  ///     min over t of √(Σ_k m_k²/(tλ_k + 1 − t)·(t·s*² + (1 − t)B²)),
  ///     0 ≤ t ≤ 1
  ///
  /// the dual of a linear function over an ellipsoid and a ball, which is
  /// exact; the square is a quasiconvex function of t.
  ///
  /// - Precondition: one number of `direction` for each eigenvalue.
  public func supremum(of direction: [Double]) -> Double {
    precondition(
      direction.count == rank,
      "a direction of \(direction.count) coordinates, expected \(rank)")
    func square(_ t: Double) -> Double {
      let sum = zip(direction, eigenvalues).reduce(0) {
        $0 + $1.0 * $1.0 / (t * $1.1 + 1 - t)
      }
      return sum
        * (t * largestScore * largestScore + (1 - t) * radius * radius)
    }
    // Golden section; 100 steps shrink the interval below 2⁻⁶⁹.
    let ratio = (5.0.squareRoot() - 1) / 2
    var (low, high) = (0.0, 1.0)
    var (left, right) = (1 - ratio, ratio)
    var (atLeft, atRight) = (square(left), square(right))
    for _ in 0..<100 {
      if atLeft <= atRight {
        (high, right, atRight) = (right, left, atLeft)
        left = high - ratio * (high - low)
        atLeft = square(left)
      } else {
        (low, left, atLeft) = (left, right, atRight)
        right = low + ratio * (high - low)
        atRight = square(right)
      }
    }
    return min(square(0), square(1), atLeft, atRight).squareRoot()
  }

  /// The theorem's bound on the Rademacher complexity over n inputs, as
  /// printed: max{(γ/ρ)^¼, (γ/ρ)^½}·√(rank/n).
  public func statedBound(samples: Int) -> Double {
    let ratio = regulariserBound / retentivity
    return max(ratio.squareRoot().squareRoot(), ratio.squareRoot())
      * rootOfRank(samples)
  }

  /// The bound that follows from the squared condition,
  /// max{(γ/√ρ)^⅓, (γ/√ρ)^½}·√(rank/n).
  ///
  /// From E[A″]² ≥ ρ·min{1, s²}: γ ≥ √ρ·min{1, s}·s².
  public func squaredBound(samples: Int) -> Double {
    let ratio = regulariserBound / retentivity.squareRoot()
    return max(.root(ratio, 3), ratio.squareRoot()) * rootOfRank(samples)
  }

  /// s*·√(rank/n), the bound of the ellipsoid alone.
  ///
  /// The other two know of the ball by ρ, and can be below it where the ball
  /// lies inside.
  public func ellipsoidBound(samples: Int) -> Double {
    largestScore * rootOfRank(samples)
  }

  private func rootOfRank(_ samples: Int) -> Double {
    (Double(rank) / Double(samples)).squareRoot()
  }
}
