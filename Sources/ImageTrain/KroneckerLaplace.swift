public import LinearAlgebra
public import Networks
public import VectorMath

/// Laplace's Gaussian around a trained network, with one Kronecker product per
/// layer for the curvature.
///
///     θ_l ~ N(θ̂_l, (A_l ⊗ G_l / N + δI)⁻¹)
///     A_l = Σ_n z̄ z̄ᵀ,   G_l = Σ_n Σ_k g_k g_kᵀ   (see `GaussNewtonBlock`)
///     A = U a Uᵀ,  G = V γ Vᵀ:   Θ = Θ̂ + V·(VᵀEU ∘ (γ aᵀ/N + δ)^(−½))·Uᵀ
///
/// δ is the prior's precision and the only damping: in the eigenbases it adds
/// to every eigenvalue exactly, so that directions which no image shows keep
/// the prior's variance 1/δ and a singular curvature is none.
///
/// - Shapes: Θ_l is [out, in + 1] with the biases in the last column; E has
///   independent standard normals.
/// - Source: Martens and Grosse 2015 (arXiv:1503.05671); Ritter et al. 2018.
///   Recalled. Departs from them: δ enters exactly, where they factor
///   √δ into A and G.
/// - Numerics: sums of blocks in double precision. Both factors are positive
///   semidefinite, so eigenvalues below 0 are rounding and count as 0.
/// - Complexity: per image K backward passes and Σ_l (in² + K·out²) products;
///   once per layer O(in³ + out³); per draw O(in²·out + in·out²).
public struct KroneckerLaplace<Scalar: VectorScalar>: LaplacePosterior {
  /// The mean, θ̂.
  public let center: DenseNetwork<Scalar>
  /// δ, the prior's precision: the damping.
  public let priorPrecision: Double
  /// N.
  public let imageCount: Int
  /// A and G of each layer.
  private let factors: [Factor]

  private struct Factor {
    var inputs: Matrix<Double>
    var outputs: Matrix<Double>
    var inputEigen: SymmetricEigen
    var outputEigen: SymmetricEigen

    init(
      inputs: Matrix<Double>, outputs: Matrix<Double>
    ) throws(LinearAlgebraError) {
      self.inputs = inputs
      self.outputs = outputs
      inputEigen = try SymmetricEigen(inputs)
      outputEigen = try SymmetricEigen(outputs)
    }
  }

  /// The curvature of `network` on `images`.
  ///
  /// - Precondition: at least one image; `priorPrecision > 0`.
  public init(
    around network: DenseNetwork<Scalar>, images: Matrix<Scalar>,
    priorPrecision: Double, team: ThreadTeam
  ) throws(LinearAlgebraError) {
    try self.init(
      center: network, priorPrecision: priorPrecision,
      imageCount: images.rowCount,
      factors: Self.factors(of: network, on: images, team))
  }

  private init(
    center: DenseNetwork<Scalar>, priorPrecision: Double, imageCount: Int,
    factors pairs: [Matrix<Double>]
  ) throws(LinearAlgebraError) {
    precondition(
      priorPrecision > 0, "expected a precision > 0, got \(priorPrecision)")
    self.center = center
    self.priorPrecision = priorPrecision
    self.imageCount = imageCount
    var factors: [Factor] = []
    for l in stride(from: 0, to: pairs.count, by: 2) {
      factors.append(try Factor(inputs: pairs[l], outputs: pairs[l + 1]))
    }
    self.factors = factors
  }

  /// A and G of the first layer, then of the second, and so on.
  private static func factors(
    of network: DenseNetwork<Scalar>, on images: Matrix<Scalar>,
    _ team: ThreadTeam
  ) -> [Matrix<Double>] {
    let shape = network.shape
    let orders = (1...shape.layerCount).flatMap {
      [shape.sizes[$0 - 1] + 1, shape.sizes[$0]]
    }
    let sums = GaussNewtonBlock.sums(
      of: network, images: images, sizes: orders.map { $0 * $0 }, shards: 8,
      team: team
    ) { block, sums in
      for l in block.inputs.indices {
        accumulate(
          block.inputs[l].gram(transposingSelf: true), into: &sums[2 * l])
        accumulate(
          block.gradients[l].gram(transposingSelf: true),
          into: &sums[2 * l + 1])
      }
    }
    return zip(orders, sums).map {
      Matrix(rowCount: $0, columnCount: $0, elements: $1)
    }
  }

  /// γ aᵀ/N of a layer, [out, in + 1].
  private func curvature(_ factor: Factor) -> Matrix<Double> {
    let (a, g) = (factor.inputEigen.values, factor.outputEigen.values)
    return Matrix(rowCount: g.count, columnCount: a.count) {
      max(g[$0], 0) * max(a[$1], 0) / Double(imageCount)
    }
  }

  /// The products of the factors' eigenvalues, layer by layer.
  public var curvatures: [Double] {
    factors.flatMap { curvature($0).elements }
  }

  /// V·(VᵀXU ∘ f(γ aᵀ/N))·Uᵀ of each layer's part X of v.
  public func applying(
    _ function: (Double) -> Double, to vector: [Double]
  ) -> [Double] {
    let shape = center.shape
    return shape.vector(
      of: zip(factors, shape.layers(of: vector)).map { factor, part in
        let (u, v) = (
          factor.inputEigen.vectorsTransposed,
          factor.outputEigen.vectorsTransposed
        )
        let turned = v.multiplied(by: part)
          .multiplied(by: u, transposingOther: true)
        let scaled = zip(turned.elements, curvature(factor).elements)
          .map { $0 * function($1) }
        return v.multiplied(
          by: Matrix(
            rowCount: turned.rowCount, columnCount: turned.columnCount,
            elements: scaled), transposingSelf: true
        ).multiplied(by: u)
      })
  }

  /// The factors of both sets of images, summed.
  ///
  /// The sum of two Kronecker products is none: the factors are those of the
  /// pooled images, each at the network that it was computed at.
  public func adding(
    _ images: Matrix<Scalar>, at network: DenseNetwork<Scalar>,
    team: ThreadTeam
  ) throws(LinearAlgebraError) -> KroneckerLaplace {
    let further = Self.factors(of: network, on: images, team)
    let own = factors.flatMap { [$0.inputs, $0.outputs] }
    return try KroneckerLaplace(
      center: network, priorPrecision: priorPrecision,
      imageCount: imageCount + images.rowCount,
      factors: zip(own, further).map { sum($0, $1) })
  }
}
