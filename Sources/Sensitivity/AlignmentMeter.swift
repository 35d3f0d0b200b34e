public import LinearAlgebra
public import Networks
import Synchronization
public import VectorMath

/// Measures α, q and gradient norms of dense networks of one shape on fixed
/// images.
///
/// The Jacobian is never formed. Multiply-adds for one image, with K classes,
/// D inputs and layers h₁, h₂, …:
///
///     D·h₁ + 2·Σ h_l h_{l+1}    f and J(x − x̄): one pass of value and tangent,
///                               whose first layer is the same product
///     K·Σ_{l≥2} a_l h_{l−1}     the K unit logits, back to the first layer only
///     K·a₁·min(D, ~h₁/2)        ‖W₁ᵀb‖ by a triangle (see `FirstLayerNorm`)
///
/// against K·(D·h₁ + Σ h_l h_{l+1}) for the Jacobian alone. Here a_l is the
/// number of units of a layer whose slope is not 0, about half of them with
/// ReLUs at random: the K gradients of an image are zero at the same units,
/// whose products are not taken. The first layer is computed at x − x̄, so that
/// no tangent is a difference of large numbers.
///
/// Images are cut into blocks that depend on their number alone, each of which writes its own results: the number of threads changes
/// no bit. Memory beyond the result does not grow with the number of images.
public final class AlignmentMeter<Scalar: VectorScalar> {
  let shape: DenseShape
  private let images: Matrix<Scalar>
  private let labels: [Int32]
  private let mean: [Scalar]
  private let measuresLoss: Bool
  private let blockCount: Int
  private let idle = Mutex<[AlignmentBlock<Scalar>]>([])

  /// A meter of the images given.
  ///
  /// - Parameters:
  ///   - images: [n, D].
  ///   - labels: Classes, [n].
  ///   - mean: x̄, [D].
  ///   - measuresLoss: Whether ‖∇ₓℓ‖ is measured too.
  /// - Precondition: there is an image; shapes as stated; labels are classes.
  public init(
    shape: DenseShape, images: Matrix<Scalar>, labels: [Int32],
    mean: [Scalar], measuresLoss: Bool = false
  ) {
    precondition(
      images.rowCount > 0 && labels.count == images.rowCount
        && images.columnCount == shape.inputSize
        && mean.count == shape.inputSize,
      "\(labels.count) labels and a mean of \(mean.count) for "
        + "\(images.rowCount) × \(images.columnCount) images and "
        + "\(shape.inputSize) inputs")
    precondition(
      labels.allSatisfy { 0 <= $0 && $0 < shape.classCount },
      "a label outside 0 ..< \(shape.classCount)")
    self.shape = shape
    self.images = images
    self.labels = labels
    self.mean = mean
    self.measuresLoss = measuresLoss
    let capacity = AlignmentBlock<Scalar>.capacity
    blockCount = (images.rowCount + capacity - 1) / capacity
  }

  /// Measures a network.
  ///
  /// - Throws: `LinearAlgebraError.notFinite` where a first-layer weight is
  ///   NaN or infinite.
  public func measure(
    _ network: DenseNetwork<Scalar>, team: ThreadTeam
  ) throws(LinearAlgebraError) -> Alignment {
    precondition(network.shape == shape, "a network of another shape")
    return try network.parameters.withUnsafeBufferPointer {
      parameters throws(LinearAlgebraError) in
      guard let parameters = parameters.baseAddress else {
        preconditionFailure("a network without parameters")
      }
      return try measure(parameters, team: team)
    }
  }

  /// Measures the network of the parameters given, laid out as `shape` says.
  ///
  /// - Throws: `LinearAlgebraError.notFinite`.
  public func measure(
    _ parameters: UnsafePointer<Scalar>, team: ThreadTeam
  ) throws(LinearAlgebraError) -> Alignment {
    let (n, classes) = (images.rowCount, shape.classCount)
    let vectors = n * (classes + (measuresLoss ? 1 : 0))
    let norm = try FirstLayerNorm(
      weights: parameters, shape: shape,
      vectorCount: shape.layerCount == 1 && !measuresLoss ? 0 : vectors)
    let hidden = (2..<max(shape.layerCount, 2)).map { layer in
      let weights = parameters + shape.weightOffset(ofLayer: layer)
      let columns = shape.sizes[layer - 1]
      return PanelMatrix(
        rowCount: shape.sizes[layer], columnCount: columns
      ) { weights[$0 * columns + $1] }
    }
    let offset = meanPreactivation(parameters)
    let sums = AlignmentSums(sampleCount: n, classCount: classes)
    offset.withUnsafeBufferPointer { offset in
      mean.withUnsafeBufferPointer { mean in
        images.withUnsafeElements { images in
          labels.withUnsafeBufferPointer { labels in
            guard let offset = offset.baseAddress,
              let mean = mean.baseAddress, let images = images.baseAddress,
              let labels = labels.baseAddress
            else { return }
            team.forEach(blockCount) { piece in
              let rows = cut(n, piece, of: blockCount)
              withBlock {
                $0.measure(
                  rows, images: images + rows.lowerBound * shape.inputSize,
                  labels: labels + rows.lowerBound, mean: mean,
                  offset: offset, parameters, hidden: hidden, norm,
                  measuresLoss: measuresLoss, into: sums)
              }
            }
          }
        }
      }
    }
    return sums.alignment(labels: labels, measuresLoss: measuresLoss)
  }

  /// W₁x̄ + b₁.
  private func meanPreactivation(
    _ parameters: UnsafePointer<Scalar>
  ) -> [Scalar] {
    let width = shape.sizes[1]
    var result = Array(
      UnsafeBufferPointer(
        start: parameters + shape.biasOffset(ofLayer: 1), count: width))
    Scalar.gemv(
      transpose: false, rows: width, columns: shape.inputSize, alpha: 1,
      parameters, strideA: shape.inputSize, mean, beta: 1, &result)
    return result
  }

  private func withBlock(_ body: (AlignmentBlock<Scalar>) -> Void) {
    let block =
      idle.withLock { $0.popLast() } ?? AlignmentBlock(shape: shape)
    body(block)
    idle.withLock { $0.append(block) }
  }
}

extension Matrix where Scalar: VectorScalar {
  /// The mean of the rows, as the first plus the mean difference from it: the
  /// mean of equal rows is exactly that row.
  ///
  /// - Precondition: there is a row.
  public var rowMean: [Scalar] {
    precondition(rowCount > 0, "the mean of no rows")
    let count = columnCount
    let first = Array(row(0))
    var sums = [Scalar](repeating: 0, count: count)
    var difference = sums
    withUnsafeElements { elements in
      guard let start = elements.baseAddress else { return }
      for i in 1..<max(rowCount, 1) {
        difference.withUnsafeMutableBufferPointer {
          $0.baseAddress?.update(from: start + i * count, count: count)
        }
        Scalar.axpy(count, alpha: -1, first, &difference)
        Scalar.axpy(count, alpha: 1, difference, &sums)
      }
    }
    var mean = first
    Scalar.axpy(count, alpha: 1 / Scalar(rowCount), sums, &mean)
    return mean
  }
}
