internal import LinearAlgebra
internal import RealModule

/// The risk along a flow, split into what decays and the noise that grows.
///
///     θ_t − θ* = D_t + N_t,   D_t = e^(−ηKt)(θ₀ − θ*),   N_t = (I − e^(−ηKt)) θ_noise
///     R(θ_t) − R(θ*) = [D_t] + [N_t] + 2 D_tᵀ G N_t,   [x] = xᵀGx + 2xᵀ(Gθ* − g)
///
/// - Source: Liu et al. 2023, Section 5; the exact split in place of the bound.
public struct RiskPath: Sendable, Equatable {
  /// R(θ_t) at each time.
  public let risk: [Double]
  /// [D_t].
  public let decay: [Double]
  /// [N_t].
  public let noise: [Double]
  /// 2 D_tᵀ G N_t.
  public let interaction: [Double]
  /// R(θ*).
  public let cleanRisk: Double

  /// The risk of `flow` at each time.
  public init(
    _ flow: MixupFlow, at times: [Double], under risk: QuadraticRisk,
    threads: Int = 1
  ) {
    let clean = flow.cleanSolution
    let zero = [Double](repeating: 0, count: clean.count)
    // The same flow without noise and seen from θ*, and the noise alone.
    let decay = flow.withoutLabels(
      from: zip(flow.initial, clean).map { $0 - $1 }
    ).parameters(at: times, threads: threads)
    let noise = flow.noiseAlone(from: zero)
      .parameters(at: times, threads: threads)
    let slope = risk.halfGradient(at: clean)
    let (decayImage, noiseImage) = (
      decay.multiplied(by: risk.moment), noise.multiplied(by: risk.moment)
    )
    func products(
      _ left: Matrix<Double>, _ right: Matrix<Double>
    ) -> [Double] {
      (0..<left.rowCount).map { row in
        zip(left.row(row), right.row(row)).reduce(0) { $0 + $1.0 * $1.1 }
      }
    }
    func bracket(
      _ x: Matrix<Double>, _ image: Matrix<Double>
    ) -> [Double] {
      zip(products(x, image), x.multiplied(by: slope)).map { $0 + 2 * $1 }
    }
    let (decays, noises) = (
      bracket(decay, decayImage), bracket(noise, noiseImage)
    )
    let interactions = products(decayImage, noise).map { 2 * $0 }
    let base = risk.value(of: clean)
    self.decay = decays
    self.noise = noises
    interaction = interactions
    cleanRisk = base
    self.risk = times.indices.map {
      base + decays[$0] + noises[$0] + interactions[$0]
    }
  }
}
