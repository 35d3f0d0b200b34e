public import LinearAlgebra
public import Networks
public import Randomness
public import VectorMath

/// Laplace's Gaussian around a trained network, with one Kronecker product per
/// layer for the curvature.
///
///     θ_l ~ N(θ̂_l, (A_l ⊗ G_l / N + δI)⁻¹)
///     A_l = Σ_n z̄ z̄ᵀ,   G_l = Σ_n Σ_k g_k g_kᵀ   (see `GaussNewtonBlock`)
///     A = U a Uᵀ,  G = V γ Vᵀ:   Θ = Θ̂ + V·(E ∘ (γ aᵀ/N + δ)^(−½))·Uᵀ
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
public struct KroneckerLaplace<Scalar: VectorScalar>: NetworkPosterior {
  /// The mean, θ̂.
  public let center: DenseNetwork<Scalar>
  /// δ, the prior's precision: the damping.
  public let priorPrecision: Double
  /// N.
  public let imageCount: Int
  /// A and G of each layer.
  private let factors: [(inputs: SymmetricEigen, outputs: SymmetricEigen)]

  /// The curvature of `network` on `images`.
  ///
  /// - Precondition: at least one image; `priorPrecision > 0`.
  public init(
    around network: DenseNetwork<Scalar>, images: Matrix<Scalar>,
    priorPrecision: Double, team: ThreadTeam
  ) throws(LinearAlgebraError) {
    precondition(
      priorPrecision > 0, "expected a precision > 0, got \(priorPrecision)")
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
    var factors: [(inputs: SymmetricEigen, outputs: SymmetricEigen)] = []
    for l in 0..<shape.layerCount {
      factors.append(
        (
          try SymmetricEigen(
            Matrix(
              rowCount: orders[2 * l], columnCount: orders[2 * l],
              elements: sums[2 * l])),
          try SymmetricEigen(
            Matrix(
              rowCount: orders[2 * l + 1], columnCount: orders[2 * l + 1],
              elements: sums[2 * l + 1]))
        ))
    }
    self.center = network
    self.priorPrecision = priorPrecision
    self.imageCount = images.rowCount
    self.factors = factors
  }

  /// A network of the posterior.
  public func draw(from stream: inout RandomStream) -> DenseNetwork<Scalar> {
    center.displaced(
      by: factors.indices.map { l in
        let (inputs, outputs) = factors[l]
        let count = inputs.values.count * outputs.values.count
        return displacement(
          ofLayer: l + 1, normals: stream.normals(count: count))
      })
  }

  /// V·(E ∘ (γ aᵀ/N + δ)^(−½))·Uᵀ.
  func displacement(ofLayer layer: Int, normals: [Double]) -> [Double] {
    let (inputs, outputs) = factors[layer - 1]
    let columns = inputs.values.count
    var scaled = normals
    for (o, gradient) in outputs.values.enumerated() {
      for (i, input) in inputs.values.enumerated() {
        let curvature = max(gradient, 0) * max(input, 0) / Double(imageCount)
        scaled[o * columns + i] /= (curvature + priorPrecision).squareRoot()
      }
    }
    return outputs.vectorsTransposed
      .multiplied(
        by: Matrix(
          rowCount: outputs.values.count, columnCount: columns,
          elements: scaled),
        transposingSelf: true
      )
      .multiplied(by: inputs.vectorsTransposed).elements
  }
}
