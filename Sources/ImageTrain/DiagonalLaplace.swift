public import LinearAlgebra
public import Networks
public import VectorMath

/// Laplace's Gaussian around a trained network, with independent parameters.
///
///     θ_j ~ N(θ̂_j, 1/(F_jj + δ)),   F_jj = Σ_n Σ_k (g_k z̄)²_j
///
/// F is the Gauss–Newton matrix, the Fisher matrix of the model's own labels,
/// summed over the images (see `GaussNewtonBlock`). δ is the prior's precision
/// and the only damping.
///
/// - Numerics: squares and their sums within a block in the network's type,
///   sums of blocks in double precision.
/// - Complexity: per image K backward passes and Σ_l in·out products.
public struct DiagonalLaplace<Scalar: VectorScalar>: LaplacePosterior {
  /// The mean, θ̂.
  public let center: DenseNetwork<Scalar>
  /// δ, the prior's precision: the damping.
  public let priorPrecision: Double
  /// F_jj of each layer, [out, in + 1], biases in the last column.
  public let curvature: [Matrix<Double>]
  /// F_jj, as the parameters lie.
  public let curvatures: [Double]

  /// The curvature of `network` on `images`.
  ///
  /// - Precondition: at least one image; `priorPrecision > 0`.
  public init(
    around network: DenseNetwork<Scalar>, images: Matrix<Scalar>,
    priorPrecision: Double, team: ThreadTeam
  ) {
    self.init(
      center: network, priorPrecision: priorPrecision,
      curvature: Self.curvature(of: network, on: images, team))
  }

  private init(
    center: DenseNetwork<Scalar>, priorPrecision: Double,
    curvature: [Matrix<Double>]
  ) {
    precondition(
      priorPrecision > 0, "expected a precision > 0, got \(priorPrecision)")
    self.center = center
    self.priorPrecision = priorPrecision
    self.curvature = curvature
    curvatures = center.shape.vector(of: curvature)
  }

  private static func curvature(
    of network: DenseNetwork<Scalar>, on images: Matrix<Scalar>,
    _ team: ThreadTeam
  ) -> [Matrix<Double>] {
    let sizes = network.shape.sizes
    let sums = GaussNewtonBlock.sums(
      of: network, images: images,
      sizes: (1..<sizes.count).map { sizes[$0] * (sizes[$0 - 1] + 1) },
      shards: 8, team: team
    ) { block, sums in
      for l in block.inputs.indices {
        let (inputs, gradients) = (block.inputs[l], block.gradients[l])
        let (count, width) = (inputs.rowCount, gradients.columnCount)
        var squares = [Scalar](repeating: 0, count: count * width)
        gradients.withUnsafeElements { g in
          for at in g.indices { squares[at % squares.count] += g[at] * g[at] }
        }
        let product = Matrix(
          rowCount: count, columnCount: width, elements: squares
        ).multiplied(
          by: Matrix(
            rowCount: count, columnCount: inputs.columnCount,
            elements: inputs.elements.map { $0 * $0 }),
          transposingSelf: true)
        accumulate(product, into: &sums[l])
      }
    }
    return sums.indices.map {
      Matrix(
        rowCount: sizes[$0 + 1], columnCount: sizes[$0] + 1, elements: sums[$0])
    }
  }

  /// f(F)·v, parameter by parameter.
  public func applying(
    _ function: (Double) -> Double, to vector: [Double]
  ) -> [Double] {
    zip(curvatures, vector).map { function($0) * $1 }
  }

  /// The curvatures of both sets of images, summed.
  public func adding(
    _ images: Matrix<Scalar>, at network: DenseNetwork<Scalar>,
    team: ThreadTeam
  ) -> DiagonalLaplace {
    DiagonalLaplace(
      center: network, priorPrecision: priorPrecision,
      curvature: zip(
        curvature, Self.curvature(of: network, on: images, team)
      ).map { sum($0, $1) })
  }
}

/// a + b.
func sum(_ a: Matrix<Double>, _ b: Matrix<Double>) -> Matrix<Double> {
  Matrix(
    rowCount: a.rowCount, columnCount: a.columnCount,
    elements: zip(a.elements, b.elements).map { $0 + $1 })
}
