public import LinearAlgebra
internal import RealModule

/// One mode of a flow: its share of the error, and the best time to stop it.
///
///     (θ_t − θ*)_k = a e^(−s) + b (1 − e^(−s)),   s = ημ_k t
///
/// with a = (θ₀ − θ*)_k and b = (θ_noise)_k.
///
/// - Source: Liu et al. 2023, Theorem 5.2 for the bound's time; the exact times
///   follow from the formula above.
public struct ModeReport: Sendable, Equatable {
  /// μ_k.
  public let eigenvalue: Double
  /// a.
  public let startError: Double
  /// b.
  public let noise: Double
  /// (θ*)_k.
  public let clean: Double
  /// The time of the smallest upper bound A e^(−2s) + B (1 − e^(−s))² with
  /// A = ξ² + θ*_k² and B = C₂/μ_k: ln(1 + A/B)/(ημ_k); infinite without noise.
  public let boundOptimum: Double
  /// The time at which the error of this start vanishes, e^(−s) = b/(b − a);
  /// nil where a and b do not have opposite signs, so that |error| is monotone.
  public let zeroCrossing: Double?
  /// The time of the smallest mean squared error over starts θ₀ ~ N(0, ξ²I),
  /// e^(−s) = b(b + θ*_k)/(ξ² + (b + θ*_k)²); nil where the mean is monotone.
  public let meanOptimum: Double?

  /// A report from its parts.
  public init(
    eigenvalue: Double, startError: Double, noise: Double, clean: Double,
    boundOptimum: Double, zeroCrossing: Double?, meanOptimum: Double?
  ) {
    self.eigenvalue = eigenvalue
    self.startError = startError
    self.noise = noise
    self.clean = clean
    self.boundOptimum = boundOptimum
    self.zeroCrossing = zeroCrossing
    self.meanOptimum = meanOptimum
  }

  /// Whether |(θ_t − θ*)_k| falls and then rises for this start.
  public var isUShaped: Bool { zeroCrossing != nil }
  /// Whether its mean square over starts falls and then rises.
  public var isMeanUShaped: Bool { meanOptimum != nil }

  /// The squared error (θ_t − θ*)_k² at a time.
  public func squaredError(at time: Double, learningRate: Double) -> Double {
    let u = Double.exp(-learningRate * eigenvalue * time)
    let error = startError * u + noise * (1 - u)
    return error * error
  }

  /// E over θ₀ ~ N(0, ξ²I) of the squared error:
  /// ξ²u² + (b − (b + θ*_k)u)² with u = e^(−s).
  public func meanSquaredError(
    at time: Double, learningRate: Double, startDeviation: Double
  ) -> Double {
    let u = Double.exp(-learningRate * eigenvalue * time)
    let mean = noise - (noise + clean) * u
    return startDeviation * startDeviation * u * u + mean * mean
  }
}

extension MixupFlow {
  /// Reports of all modes, largest eigenvalue first.
  ///
  /// - Parameters:
  ///   - startDeviation: ξ of θ₀ ~ N(0, ξ²I), for the means over starts.
  ///   - noiseSquare: C₂ of the bound, |Z| ≤ √C₂; ‖Z‖²/m serves.
  public func modeReports(
    startDeviation: Double, noiseSquare: Double
  ) -> [ModeReport] {
    let variance = startDeviation * startDeviation
    return design.eigenvalues.indices.map { k in
      let mu = design.eigenvalues[k]
      let (a, b) = (start[k] - clean[k], noise[k])
      let rate = learningRate * mu
      let sum = b + clean[k]
      let share = b * sum / (variance + sum * sum)
      return ModeReport(
        eigenvalue: mu, startError: a, noise: b, clean: clean[k],
        boundOptimum: Double.log(
          onePlus: mu * (variance + clean[k] * clean[k]) / noiseSquare) / rate,
        zeroCrossing: a * b < 0 ? -Double.log(b / (b - a)) / rate : nil,
        meanOptimum: share > 0 && share < 1 ? -Double.log(share) / rate : nil)
    }
  }

  /// The mean risk over starts θ₀ ~ N(0, ξ²I) at each time; this flow's own
  /// start is not used.
  ///
  ///     E R(θ_t) = R((I − e^(−ηKt))(θ* + θ_noise)) + ξ² tr(G e^(−2ηKt))
  public func meanRisk(
    at times: [Double], under risk: QuadraticRisk, startDeviation: Double
  ) -> [Double] {
    let zero = [Double](repeating: 0, count: design.featureDimension)
    let means = risk.values(of: restarted(from: zero).parameters(at: times))
    let variance = startDeviation * startDeviation
    // tr(G e^(−2ηKt)) = tr G + Σ_k (e^(−2s_k) − 1) v_kᵀGv_k
    let trace = risk.cross.indices.reduce(0) { $0 + risk.moment[$1, $1] }
    let images = design.modes.multiplied(by: risk.moment)
    let curvatures = (0..<design.rank).map { k in
      zip(images.row(k), design.modes.row(k)).reduce(0) { $0 + $1.0 * $1.1 }
    }
    return zip(times, means).map { time, mean in
      let spread = curvatures.indices.reduce(trace) { sum, k in
        time == 0
          ? sum
          : sum
            + Double.expMinusOne(
              -2 * learningRate * design.eigenvalues[k] * time)
            * curvatures[k]
      }
      return mean + variance * spread
    }
  }

  /// The bound on the mean excess risk over θ*, at each time.
  ///
  ///     C₁ Σ_k [(ξ² + θ*_k²) e^(−2s_k) + (C₂/μ_k)(1 − e^(−s_k))²] + 2√(C₁ R* ζ)
  ///     ζ = Σ_k max(ξ² + θ*_k², C₂/μ_k)
  ///
  /// over the modes that are kept.
  ///
  /// - Source: Liu et al. 2023, Theorem 5.2.
  /// - Departs from the source: C₁ = 2λ_max(G), which exists for unbounded
  ///   features too, and C₂ = ‖Z‖²/m, where the source bounds ‖φ‖² and |Z|.
  ///   Outside of the row space, where θ* is 0, the start stays: ξ² for each of
  ///   those directions stands in both sums.
  /// - Parameters:
  ///   - cleanRisk: R* = R(θ*).
  ///   - momentNorm: λ_max(G).
  public func riskBound(
    at times: [Double], cleanRisk: Double, momentNorm: Double,
    noiseSquare: Double, startDeviation: Double
  ) -> [Double] {
    let variance = startDeviation * startDeviation
    let idle = Double(design.featureDimension - design.rank) * variance
    let c1 = 2 * momentNorm
    let starts = clean.map { variance + $0 * $0 }
    let noises = design.eigenvalues.map { noiseSquare / $0 }
    let zeta = zip(starts, noises).reduce(idle) { $0 + max($1.0, $1.1) }
    // A risk of nothing can round to less.
    let offset = 2 * (c1 * max(cleanRisk, 0) * zeta).squareRoot()
    return times.map { time in
      let sum = starts.indices.reduce(idle) { sum, k in
        let s = time == 0 ? 0 : exponent(k, at: time)
        let (u, rest) = (Double.exp(-s), -Double.expMinusOne(-s))
        return sum + starts[k] * u * u + noises[k] * rest * rest
      }
      return c1 * sum + offset
    }
  }
}

extension QuadraticRisk {
  /// λ_max(G).
  public func momentNorm() throws(LinearAlgebraError) -> Double {
    try SymmetricEigen(moment, largest: min(1, cross.count)).values.first ?? 0
  }
}
