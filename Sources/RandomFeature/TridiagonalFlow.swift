public import LinearAlgebra
internal import RealModule

/// Gradient flow on the mixup loss of one problem, without the eigenvectors of
/// K.
///
///     K = Q·T·Qᵀ,   θ_t = θ₀ + Q (I − e^(−ηTt)) Qᵀw,   w = K⁻¹Φᵀỹ/m − θ₀
///
/// The curve lies in few dimensions: to rounding, in the space of w, Tw and
/// resolvents (T + s_j)⁻¹ of it, with log-spaced shifts s_j from μ₁ down to
/// μ_d. Their number grows with the logarithm of the condition, about 50 of
/// 1,000 dimensions at μ₁/μ_d = 500. The eigenvectors of K within that space
/// (Ritz vectors) take the place of its modes. They hold for this start and
/// these labels alone; `MixupFlow` has all modes, and with them risk, noise and
/// steps of gradient descent.
///
/// - Numerics: in exact arithmetic the best rational function of degree N with
///   Zolotarev's poles differs from e^(−τμ) on [μ_d, μ₁], whatever τ ≥ 0, by about
///   e^(−π²N / (2 log(4μ₁/μ_d))), log-spaced poles by up to 5 times that, and the
///   curve within the space by no more than twice that, relative to ‖w‖; N is
///   chosen for 10⁻¹⁵. Rounding of the basis adds about 10⁻³·(μ₁/μ_d)·2⁻⁵², less
///   than rounding of K does by either route: see `SpectralDesign` on the Gram
///   route. Ways along modes are the force divided by the eigenvalues, so that
///   early times keep their digits where w lies in slow modes.
/// - Complexity: m·d² + 4d³/3 operations once; m·d and O(N·d²) for new labels,
///   O(N·d²) for another start; d·N multiplications and additions for a time.
/// - Source: V. Druskin, L. Knizhnerman, M. Zaslavsky 2009 (SIAM J. Sci.
///   Comput. 31) for rational Krylov spaces of e^(−tA)v.
public struct TridiagonalFlow: Sendable {
  /// The design, reduced.
  public let design: TridiagonalDesign
  /// θ₀, [d].
  public let initial: [Double]
  /// θ* = K⁻¹Φᵀỹ*/m, [d].
  public let cleanSolution: [Double]
  /// θ_noise = K⁻¹Φᵀ(ỹ − ỹ*)/m, [d].
  public let noiseSolution: [Double]
  /// θ_∞ = θ* + θ_noise, [d]: K has full rank.
  public var limit: [Double] { Array(parameters(at: [.infinity]).row(0)) }
  /// The number of modes that stand for the curve.
  public var modeCount: Int { displacement.rates.count }

  private let displacement: ModeSum

  /// A flow from the moments of clean labels and of their noise.
  ///
  /// - Parameters:
  ///   - cleanMoment: Φᵀỹ*/m, [d].
  ///   - noiseMoment: Φᵀ(ỹ − ỹ*)/m, [d].
  ///   - initial: θ₀, [d].
  ///   - learningRate: η > 0.
  ///   - threads: Threads of OpenBLAS.
  /// - Throws: `LinearAlgebraError.notFinite` where a moment, θ₀ or a solution
  ///   is not finite.
  public init(
    design: TridiagonalDesign, cleanMoment: [Double],
    noiseMoment: [Double], initial: [Double], learningRate: Double,
    threads: Int = 1
  ) throws(LinearAlgebraError) {
    let d = design.featureDimension
    precondition(
      cleanMoment.count == d && noiseMoment.count == d
        && initial.count == d,
      "moments of \(cleanMoment.count) and \(noiseMoment.count) and a "
        + "start of \(initial.count) for \(d) features")
    precondition(
      learningRate > 0 && learningRate.isFinite,
      "a learning rate is positive and finite, not \(learningRate)")
    self.design = design
    self.initial = initial
    let form = design.form
    (cleanSolution, noiseSolution, displacement) = try OpenBLAS.withThreads(
      threads
    ) { () throws(LinearAlgebraError) in
      let given = Matrix(
        rowCount: 3, columnCount: d,
        elements: cleanMoment + noiseMoment + initial)
      try Self.requireFinite(given.elements)
      let rotated = form.rotating(given)
      let clean = try form.solving(Array(rotated.row(0)))
      let noise = try form.solving(Array(rotated.row(1)))
      let start = Array(rotated.row(2))
      let pull = form.multiplied(
        by: Matrix(rowCount: 1, columnCount: d, elements: start)
      ).elements
      let way = (0..<d).map { clean[$0] + noise[$0] - start[$0] }
      let force = (0..<d).map { rotated[0, $0] + rotated[1, $0] - pull[$0] }
      try Self.requireFinite(clean + noise + way + force)
      let (values, ways, vectors) = try design.modes(
        seenBy: way, force: force)
      let restored = form.restoring(
        Matrix(
          rowCount: 2 + values.count, columnCount: d,
          elements: clean + noise + vectors.elements))
      return (
        Array(restored.row(0)), Array(restored.row(1)),
        ModeSum(
          initial: initial, rates: values.map { learningRate * $0 },
          ways: ways,
          modes: Matrix(
            rowCount: values.count, columnCount: d,
            elements: Array(restored.elements.dropFirst(2 * d))))
      )
    }
  }

  /// A flow from the design's rows and their labels.
  ///
  /// - Precondition: one label of either kind per row.
  /// - Throws: `LinearAlgebraError.notFinite` where a moment, θ₀ or a solution
  ///   is not finite.
  public init(
    design: TridiagonalDesign, rows: some DesignRows, labels: [Double],
    cleanLabels: [Double], initial: [Double], learningRate: Double = 1,
    threads: Int = 1
  ) throws(LinearAlgebraError) {
    let moments = rows.labelMoments(
      Matrix(rowCount: labels.count, columnCount: 2) { row, column in
        column == 0 ? cleanLabels[row] : labels[row] - cleanLabels[row]
      }, threads: threads)
    try self.init(
      design: design, cleanMoment: Array(moments.row(0)),
      noiseMoment: Array(moments.row(1)), initial: initial,
      learningRate: learningRate, threads: threads)
  }

  private static func requireFinite(
    _ numbers: [Double]
  ) throws(LinearAlgebraError) {
    guard numbers.allSatisfy({ $0.isFinite }) else {
      throw .notFinite(operation: "gradient flow")
    }
  }

  /// θ_t at each time, T × d.
  ///
  /// - Precondition: no time is negative or NaN; ∞ is a time.
  public func parameters(at times: [Double], threads: Int = 1) -> Matrix<Double>
  {
    displacement.values(at: times, threads: threads)
  }
}

/// The design of a random-feature model of full rank, reduced to what a
/// `TridiagonalFlow` needs of it.
public struct TridiagonalDesign: Sendable {
  /// The name of this route, next to those of `SpectralDesign.Route`.
  public static let route = "gram-tridiagonal"
  /// All eigenvalues μ_k of K = ΦᵀΦ/m, largest first.
  public let eigenvalues: [Double]
  /// Number of features d.
  public var featureDimension: Int { form.order }
  /// The tridiagonal form of K.
  let form: TridiagonalForm

  /// Reduces a design; nil where it has fewer rows than features or a condition
  /// that the Gram matrix does not allow: `SpectralDesign` has other routes.
  ///
  /// - Throws: `LinearAlgebraError.notConverged`.
  /// - Complexity: m·d² + 4d³/3.
  public init?(
    _ design: some DesignRows, threads: Int = 1
  ) throws(LinearAlgebraError) {
    guard design.featureDimension <= design.rowCount else { return nil }
    let moment = design.secondMoment(threads: threads)
    guard SpectralDesign.isScaled(moment) else { return nil }
    form = try OpenBLAS.withThreads(threads) {
      () throws(LinearAlgebraError) in try TridiagonalForm(moment)
    }
    eigenvalues = try form.eigenvalues()
    guard SpectralDesign.isWellConditioned(eigenvalues) else { return nil }
  }

  /// How many shifts a condition takes: log(10¹⁵)·2/π² = 7.0 for each e-fold.
  static func shiftCount(conditionNumber: Double) -> Int {
    Int((7 * Double.log(4 * conditionNumber)).rounded(.up))
  }

  /// The eigenvalues and vectors of T in the space that w, Tw and resolvents
  /// span, and the coordinates of w along the vectors.
  ///
  /// - Numerics: each resolvent is that of the vector before, made orthogonal
  ///   twice to all before it. A basis of resolvents of w itself would lose all
  ///   digits.
  /// - Parameter force: Tw.
  func modes(
    seenBy way: [Double], force: [Double]
  ) throws(LinearAlgebraError) -> (
    values: [Double], ways: [Double], vectors: Matrix<Double>
  ) {
    let (largest, smallest) = (eigenvalues[0], eigenvalues.last ?? 0)
    let count = Self.shiftCount(conditionNumber: largest / smallest)
    var basis = OrthonormalRows(dimension: way.count)
    basis.append(way)
    basis.append(force)
    for j in 0..<count where !basis.isEmpty {
      let shift =
        largest
        * Double.pow(smallest / largest, Double(j) / Double(max(count - 1, 1)))
      basis.append(try form.solving(basis.last, shift: shift))
    }
    let rows = basis.matrix
    let projection = form.multiplied(by: rows).multiplied(
      by: rows, transposingOther: true)
    let eigen = try SymmetricEigen(projection)
    let vectors = eigen.vectorsTransposed.multiplied(by: rows)
    let ways = zip(vectors.multiplied(by: force), eigen.values).map { $0 / $1 }
    return (eigen.values, ways, vectors)
  }
}
