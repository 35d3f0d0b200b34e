public import LinearAlgebra
public import Networks
public import VectorMath

/// Laplace's Gaussian around a small network, with its whole Gauss–Newton
/// matrix.
///
///     θ ~ N(θ̂, (F + δI)⁻¹),   F = Σ_n J_nᵀ(diag(p) − ppᵀ)J_n
///     F = U f Uᵀ:   θ = θ̂ + U (f + δ)^(−½) Uᵀ e
///
/// δ is the prior's precision and the only damping. F always has directions
/// without curvature, so δ > 0 is what makes the posterior proper.
///
/// - Numerics: in double precision from the per-class gradients on.
///   Eigenvalues below 0 are rounding and count as 0.
/// - Complexity: O(N·K·P²) and O(P³) once for P parameters; 8·P² bytes.
public struct FullLaplace<Scalar: VectorScalar>: LaplacePosterior {
  /// The mean, θ̂.
  public let center: DenseNetwork<Scalar>
  /// δ, the prior's precision: the damping.
  public let priorPrecision: Double
  /// F, [P, P], in the order of the network's parameters.
  public let curvature: Matrix<Double>
  private let eigen: SymmetricEigen

  /// The most parameters, a choice: F then takes 128 MiB.
  public static var largestParameterCount: Int { 4096 }

  /// The curvature of `network` on `images`.
  ///
  /// - Precondition: at least one image; `priorPrecision > 0`; no more than
  ///   ``largestParameterCount`` parameters.
  public init(
    around network: DenseNetwork<Scalar>, images: Matrix<Scalar>,
    priorPrecision: Double, team: ThreadTeam
  ) throws(LinearAlgebraError) {
    try self.init(
      center: network, priorPrecision: priorPrecision,
      curvature: Self.curvature(of: network, on: images, team))
  }

  private init(
    center: DenseNetwork<Scalar>, priorPrecision: Double,
    curvature: Matrix<Double>
  ) throws(LinearAlgebraError) {
    precondition(
      priorPrecision > 0, "expected a precision > 0, got \(priorPrecision)")
    self.center = center
    self.priorPrecision = priorPrecision
    self.curvature = curvature
    eigen = try SymmetricEigen(curvature)
  }

  private static func curvature(
    of network: DenseNetwork<Scalar>, on images: Matrix<Scalar>,
    _ team: ThreadTeam
  ) -> Matrix<Double> {
    let shape = network.shape
    let order = shape.parameterCount
    precondition(
      order <= largestParameterCount,
      "\(order) parameters, at most \(largestParameterCount) for a full "
        + "curvature")
    // One shard: each would hold a whole F.
    let sums = GaussNewtonBlock.sums(
      of: network, images: images, sizes: [order * order], shards: 1,
      team: team
    ) { block, sums in
      let rows = parameterGradients(block, shape)
      accumulate(rows.gram(transposingSelf: true), into: &sums[0])
    }
    return Matrix(rowCount: order, columnCount: order, elements: sums[0])
  }

  /// J_nᵀh_k as rows, in the order of the network's parameters.
  private static func parameterGradients(
    _ block: GaussNewtonBlock<Scalar>, _ shape: DenseShape
  ) -> Matrix<Double> {
    let count = block.inputs[0].rowCount
    let rowCount = count * shape.classCount
    let order = shape.parameterCount
    var rows = [Double](repeating: 0, count: rowCount * order)
    for layer in 1...shape.layerCount {
      let (z, g) = (block.inputs[layer - 1], block.gradients[layer - 1])
      let inputs = shape.sizes[layer - 1]
      let (weights, biases) = (
        shape.weightOffset(ofLayer: layer), shape.biasOffset(ofLayer: layer)
      )
      for row in 0..<rowCount {
        for o in 0..<shape.sizes[layer] {
          let gradient = Double(g[row, o])
          let start = row * order + weights + o * inputs
          for i in 0..<inputs {
            rows[start + i] = gradient * Double(z[row % count, i])
          }
          rows[row * order + biases + o] = gradient
        }
      }
    }
    return Matrix(rowCount: rowCount, columnCount: order, elements: rows)
  }

  /// The eigenvalues of F; those below 0 are rounding.
  public var curvatures: [Double] { eigen.values.map { max($0, 0) } }

  /// U f(F) Uᵀ v.
  public func applying(
    _ function: (Double) -> Double, to vector: [Double]
  ) -> [Double] {
    eigen.vectorsTransposed.multiplied(
      by: zip(eigen.vectorsTransposed.multiplied(by: vector), eigen.values)
        .map { $0 * function(max($1, 0)) }, transposingSelf: true)
  }

  /// The curvatures of both sets of images, summed.
  public func adding(
    _ images: Matrix<Scalar>, at network: DenseNetwork<Scalar>,
    team: ThreadTeam
  ) throws(LinearAlgebraError) -> FullLaplace {
    try FullLaplace(
      center: network, priorPrecision: priorPrecision,
      curvature: sum(
        curvature, Self.curvature(of: network, on: images, team)))
  }
}
