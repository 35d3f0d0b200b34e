public import LinearAlgebra

/// Gradient flow and gradient descent on the mixup loss of a random-feature
/// model, as functions of time.
///
///     R̂(θ) = 1/(2m) ‖Φθ − ỹ‖²,   dθ/dt = −η∇R̂ = −ηK(θ − Φ⁺ỹ)
///     θ* = Φ⁺ỹ*,   θ_noise = Φ⁺Z,   Z = ỹ − ỹ*
///     θ_t = θ* + e^(−ηKt)(θ₀ − θ*) + (I − e^(−ηKt)) θ_noise
///
/// with the mixed labels ỹ and the clean labels ỹ* = f(x̃). On the modes of K
/// this is one number each; outside of them θ₀ never moves, so that
/// θ_∞ = θ* + θ_noise + (I − P)θ₀ with the projector P onto the row space.
///
/// - Source: Liu et al. 2023 (arXiv:2303.01475), Lemma 5.1.
/// - Departs from the source: θ* uses the *clean* labels (some quotations print
///   Φ⁺ỹ, which does not solve the equation), Φ⁺ is the Moore–Penrose inverse
///   at any rank, and the limit keeps θ₀ outside of the row space.
/// - Numerics: 1 − e^(−s) by `exponentialsMinusOne`; t = ∞ is exact.
public struct MixupFlow: Sendable, Equatable {
  /// The decomposed design.
  public let design: SpectralDesign
  /// θ₀, [d].
  public let initial: [Double]
  /// Step size η > 0; the flow depends on ηt alone.
  public let learningRate: Double
  /// θ* in the modes, [rank].
  public let clean: [Double]
  /// θ_noise in the modes, [rank].
  public let noise: [Double]
  /// θ₀ in the modes, [rank].
  public let start: [Double]

  /// A flow from Φᵀỹ/m and Φᵀỹ*/m, which are all that it needs of the labels.
  ///
  /// - Parameters:
  ///   - design: The decomposed design.
  ///   - labelMoment: Φᵀỹ/m of the mixed labels, [d].
  ///   - cleanLabelMoment: Φᵀỹ*/m of the clean labels, [d].
  ///   - initial: θ₀, [d].
  ///   - learningRate: η > 0.
  public init(
    design: SpectralDesign, labelMoment: [Double], cleanLabelMoment: [Double],
    initial: [Double], learningRate: Double
  ) {
    let d = design.featureDimension
    precondition(
      labelMoment.count == d && cleanLabelMoment.count == d
        && initial.count == d,
      "moments of \(labelMoment.count) and \(cleanLabelMoment.count) and a "
        + "start of \(initial.count) for \(d) features")
    precondition(
      learningRate > 0 && learningRate.isFinite,
      "a learning rate is positive and finite, not \(learningRate)")
    self.design = design
    self.initial = initial
    self.learningRate = learningRate
    let clean = design.solve(cleanLabelMoment)
    self.clean = clean
    noise = design.solve(zip(labelMoment, cleanLabelMoment).map { $0 - $1 })
    start = design.coordinates(initial)
  }

  /// A flow from the design's rows and their labels.
  ///
  /// - Precondition: one label of either kind per row.
  public init(
    design: SpectralDesign, rows: some DesignRows, labels: [Double],
    cleanLabels: [Double], initial: [Double]? = nil, learningRate: Double = 1,
    threads: Int = 1
  ) {
    let solutions = design.solutions(
      rows,
      Matrix(rowCount: labels.count, columnCount: 2) { row, column in
        column == 0 ? cleanLabels[row] : labels[row] - cleanLabels[row]
      }, threads: threads)
    self.init(
      design: design, clean: Array(solutions.row(0)),
      noise: Array(solutions.row(1)),
      initial: initial
        ?? [Double](repeating: 0, count: design.featureDimension),
      learningRate: learningRate)
  }

  /// θ* = Φ⁺ỹ*, [d].
  public var cleanSolution: [Double] { design.vector(clean) }

  /// θ_noise = Φ⁺Z, [d].
  public var noiseSolution: [Double] { design.vector(noise) }

  /// θ_∞, [d].
  public var limit: [Double] { Array(parameters(at: [.infinity]).row(0)) }

  // MARK: - In time

  /// s = η μ_k t.
  func exponent(_ k: Int, at time: Double) -> Double {
    learningRate * design.eigenvalues[k] * time
  }

  /// θ_t at each time, T × d.
  ///
  ///     θ_t = θ₀ + Σ_k (1 − e^(−ημ_k t)) (θ* + θ_noise − θ₀)_k v_k
  ///
  /// - Precondition: no time is negative or NaN; ∞ is a time.
  /// - Complexity: T·r·d multiplications and additions.
  public func parameters(at times: [Double], threads: Int = 1) -> Matrix<Double>
  {
    displacement.values(at: times, threads: threads)
  }

  /// θ after each number of steps of gradient descent with step size η, S × d.
  ///
  ///     θ_n = θ₀ + Σ_k (1 − (1 − ημ_k)ⁿ) (θ* + θ_noise − θ₀)_k v_k
  ///
  /// Above `largestStableLearningRate` it grows without bound and overflows in
  /// the end.
  ///
  /// - Precondition: no number is negative.
  public func parameters(
    afterSteps steps: [Int], threads: Int = 1
  ) -> Matrix<Double> {
    displacement.values(afterSteps: steps, threads: threads)
  }

  private var displacement: ModeSum {
    ModeSum(
      initial: initial, rates: design.eigenvalues.map { learningRate * $0 },
      ways: (0..<design.rank).map { clean[$0] + noise[$0] - start[$0] },
      modes: design.modes)
  }

  /// The flow as it goes on from θ_t: its start is `parameters(at: [time])`.
  public func restarted(at time: Double) -> MixupFlow {
    restarted(from: Array(parameters(at: [time]).row(0)))
  }

  /// The flow with another start; labels and design stay.
  public func restarted(from initial: [Double]) -> MixupFlow {
    MixupFlow(
      design: design, clean: clean, noise: noise, initial: initial,
      learningRate: learningRate)
  }

  /// The flow of labels that are all zero.
  func withoutLabels(from initial: [Double]) -> MixupFlow {
    let zeros = [Double](repeating: 0, count: design.rank)
    return MixupFlow(
      design: design, clean: zeros, noise: zeros, initial: initial,
      learningRate: learningRate)
  }

  /// The flow of the labels' noise Z alone.
  func noiseAlone(from initial: [Double]) -> MixupFlow {
    MixupFlow(
      design: design, clean: [Double](repeating: 0, count: design.rank),
      noise: noise, initial: initial, learningRate: learningRate)
  }

  private init(
    design: SpectralDesign, clean: [Double], noise: [Double],
    initial: [Double], learningRate: Double
  ) {
    precondition(
      initial.count == design.featureDimension,
      "a start of \(initial.count) for \(design.featureDimension) features")
    self.design = design
    self.clean = clean
    self.noise = noise
    self.initial = initial
    self.learningRate = learningRate
    start = design.coordinates(initial)
  }
}

extension SpectralDesign {
  /// v_kᵀx for each mode.
  public func coordinates(_ vector: [Double]) -> [Double] {
    modes.multiplied(by: vector)
  }

  /// Σ_k c_k v_k.
  public func vector(_ coordinates: [Double]) -> [Double] {
    modes.multiplied(by: coordinates, transposingSelf: true)
  }

  /// Φ⁺y in the modes for each column y of `labels`, as rows, c × rank.
  ///
  ///     x ← x + V diag(1/μ) Vᵀ Φᵀ(y − Φx)/m
  ///
  /// - Numerics: Φᵀy squares the condition of Φ. Where the design is so ill
  ///   conditioned that its singular values were computed, two corrections
  ///   from the residual bring the error back to that of least squares.
  /// - Complexity: a pass over the rows, and two for each correction.
  public func solutions(
    _ rows: some DesignRows, _ labels: Matrix<Double>, threads: Int = 1
  ) -> Matrix<Double> {
    func step(_ labels: Matrix<Double>) -> [[Double]] {
      let moments = rows.labelMoments(labels, threads: threads)
      return (0..<moments.rowCount).map { solve(Array(moments.row($0))) }
    }
    var found = step(labels)
    for _ in 0..<(route == .gram ? 0 : 2) {
      let predictions = found.map { rows.predictions(vector($0)) }
      let residuals = Matrix(
        rowCount: labels.rowCount, columnCount: labels.columnCount
      ) { labels[$0, $1] - predictions[$1][$0] }
      for (column, correction) in step(residuals).enumerated() {
        for k in correction.indices { found[column][k] += correction[k] }
      }
    }
    return Matrix(
      rowCount: found.count, columnCount: rank, elements: found.flatMap { $0 })
  }

  /// Φ⁺y in the modes, from Φᵀy/m: v_kᵀ(Φᵀy/m)/μ_k.
  ///
  /// Fit for well-conditioned designs; see `solutions`.
  public func solve(_ labelMoment: [Double]) -> [Double] {
    zip(coordinates(labelMoment), eigenvalues).map { $0 / $1 }
  }
}
