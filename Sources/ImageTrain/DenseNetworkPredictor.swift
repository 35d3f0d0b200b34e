public import LinearAlgebra
public import Mixing
public import Networks
public import Valuation
public import VectorMath

/// A dense network bound to a data set, as the valuation engine wants it.
///
/// The first layer is linear, so mixing commutes with it:
///
///     W(λx_i + (1 − λ)x_j) + b = λWx_i + (1 − λ)Wx_j + b
///
/// The products Wx of all images are computed once; the first layer of a mixed
/// sample then costs its width, and the mixed image is never formed.
///
/// - Complexity: 2·n·D·sizes[1] operations once; then per sample the layers
///   above the first.
public final class DenseNetworkPredictor<Scalar: VectorScalar>:
  LogProbabilityPredictor, Sendable
{
  private let network: PanelNetwork<Scalar>
  /// W₁x for each image, [n, sizes[1]].
  private let products: Matrix<Scalar>
  private let passes: DensePassPool<Scalar>

  /// Binds a network to images.
  ///
  /// - Parameter images: [n, D]; mixed samples name its rows.
  public init(
    network: DenseNetwork<Scalar>, images: Matrix<Scalar>, team: ThreadTeam
  ) {
    let shape = network.shape
    precondition(
      images.columnCount == shape.inputSize,
      "images of \(images.columnCount) pixels for \(shape.inputSize) inputs")
    self.network = PanelNetwork(network)
    passes = DensePassPool(shape: shape)
    products = firstLayerProducts(
      of: images, network: self.network, team: team)
  }

  /// Number of classes.
  public var classCount: Int { network.shape.classCount }

  /// Writes log p(·|x̃_s) for the samples in `range`.
  public func logProbabilities(
    of samples: MixedSamples, in range: Range<Int>,
    into out: UnsafeMutablePointer<Scalar>
  ) {
    passes.withPass { pass in
      samples.withRowCombinations(in: range) { rows in
        products.withUnsafeElements { products in
          guard let products = products.baseAddress else { return }
          let block = pass.capacity
          for start in stride(from: 0, to: range.count, by: block) {
            let count = min(block, range.count - start)
            run(
              pass, rows.slice(from: start, count: count), products,
              into: out + start * classCount)
          }
        }
      }
    }
  }

  private func run(
    _ pass: DensePass<Scalar>, _ rows: RowCombinations,
    _ products: UnsafePointer<Scalar>, into out: UnsafeMutablePointer<Scalar>
  ) {
    Scalar.combineRows(
      pass.preactivation(1), from: products, columns: network.shape.sizes[1],
      rows, bias: network.bias(ofLayer: 1))
    pass.forward(rows: 0..<rows.count, network)
    Scalar.logSoftmax(
      pass.logits, into: out, rows: rows.count, columns: classCount)
  }
}

extension MixedSamples {
  /// Calls `body` with the samples in `range` as combinations of data set
  /// rows.
  func withRowCombinations(
    in range: Range<Int>, _ body: (RowCombinations) -> Void
  ) {
    let secondWeights = weights[range].map { 1 - $0 }
    first.withUnsafeBufferPointer { first in
      second.withUnsafeBufferPointer { second in
        weights.withUnsafeBufferPointer { weights in
          secondWeights.withUnsafeBufferPointer { secondWeights in
            guard let a = first.baseAddress, let b = second.baseAddress,
              let wa = weights.baseAddress, let wb = secondWeights.baseAddress
            else { return }
            let start = range.lowerBound
            body(
              RowCombinations(
                count: range.count, first: a + start, second: b + start,
                firstWeights: wa + start, secondWeights: wb))
          }
        }
      }
    }
  }
}

/// W₁x of each image, in blocks of rows shared by the team.
private func firstLayerProducts<Scalar: VectorScalar>(
  of images: Matrix<Scalar>, network: PanelNetwork<Scalar>, team: ThreadTeam
) -> Matrix<Scalar> {
  let (inputs, width) = (network.shape.inputSize, network.shape.sizes[1])
  var products = Matrix<Scalar>(
    rowCount: images.rowCount, columnCount: width, repeating: 0)
  // So few that the rows stay near while the panels pass.
  let block = 64
  products.withUnsafeMutableElements { products in
    images.withUnsafeElements { images in
      guard let out = products.baseAddress, let x = images.baseAddress
      else { return }
      let count = images.count / inputs
      team.forEach((count + block - 1) / block) { piece in
        let start = piece * block
        network[1].multiply(
          x + start * inputs, count: min(block, count - start),
          into: out + start * width)
      }
    }
  }
  return products
}
