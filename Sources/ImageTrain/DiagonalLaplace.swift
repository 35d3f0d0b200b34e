public import LinearAlgebra
public import Networks
public import Randomness
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
public struct DiagonalLaplace<Scalar: VectorScalar>: NetworkPosterior {
  /// The mean, θ̂.
  public let center: DenseNetwork<Scalar>
  /// δ, the prior's precision: the damping.
  public let priorPrecision: Double
  /// F_jj of each layer, [out, in + 1], biases in the last column.
  public let curvature: [Matrix<Double>]

  /// The curvature of `network` on `images`.
  ///
  /// - Precondition: at least one image; `priorPrecision > 0`.
  public init(
    around network: DenseNetwork<Scalar>, images: Matrix<Scalar>,
    priorPrecision: Double, team: ThreadTeam
  ) {
    precondition(
      priorPrecision > 0, "expected a precision > 0, got \(priorPrecision)")
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
    center = network
    self.priorPrecision = priorPrecision
    curvature = sums.indices.map {
      Matrix(
        rowCount: sizes[$0 + 1], columnCount: sizes[$0] + 1, elements: sums[$0])
    }
  }

  /// A network of the posterior.
  public func draw(from stream: inout RandomStream) -> DenseNetwork<Scalar> {
    center.displaced(
      by: curvature.map { layer in
        layer.elements.map {
          stream.normal() / ($0 + priorPrecision).squareRoot()
        }
      })
  }
}
