public import LinearAlgebra
public import Networks
public import VectorMath

/// Labelled inputs of a network, carried through its first layer once.
///
///     u_i = W₁x_i + b₁
///
/// A mixed input λx_i + (1 − λ)x_j has the pre-activations λu_i + (1 − λ)u_j,
/// and the direction x_j − x_i becomes u_j − u_i. All sums over pairs therefore
/// begin here, and the first layer, most often the widest, is paid once for
/// each input and not for each pair.
public struct NetworkInputs: Sendable {
  /// The network.
  public let network: DenseNetwork<Double>
  /// u_i as rows, [n, h₁].
  public let firstLayer: Matrix<Double>
  /// The class of each input.
  public let labels: [Int32]
  /// ū, the mean of the rows.
  public let mean: [Double]

  /// Carries inputs to the first layer.
  ///
  /// - Precondition: at least one input; inputs of the network's size; one
  ///   label below the number of classes for each.
  /// - Complexity: n·D·h₁ multiplications.
  public init(
    _ inputs: Matrix<Double>, labels: [Int32],
    network: DenseNetwork<Double>, team: ThreadTeam
  ) {
    let shape = network.shape
    precondition(
      inputs.columnCount == shape.inputSize && inputs.rowCount > 0,
      "\(inputs.rowCount) × \(inputs.columnCount) inputs for a network of "
        + "\(shape.inputSize) inputs")
    precondition(
      labels.count == inputs.rowCount
        && labels.allSatisfy { $0 >= 0 && $0 < shape.classCount },
      "\(labels.count) labels for \(inputs.rowCount) inputs and "
        + "\(shape.classCount) classes")
    self.network = network
    self.labels = labels
    let width = shape.sizes[1]
    var rows = Matrix<Double>(
      rowCount: inputs.rowCount, columnCount: width, repeating: 0)
    rows.withUnsafeMutableElements { rows in
      guard let rows = rows.baseAddress else { return }
      let out = SharedPointer(rows)
      team.forEachShard(of: inputs.rowCount, size: 64) { _, range in
        inputs.withUnsafeElements { inputs in
          network.parameters.withUnsafeBufferPointer { parameters in
            guard let inputs = inputs.baseAddress,
              let parameters = parameters.baseAddress
            else { return }
            let target = out.pointer + range.lowerBound * width
            Double.gemm(
              transposeA: false, transposeB: true, rows: range.count,
              columns: width, inner: shape.inputSize, alpha: 1,
              inputs + range.lowerBound * shape.inputSize,
              strideA: shape.inputSize, parameters, strideB: shape.inputSize,
              beta: 0, target, strideC: width)
            Double.addBias(
              target, bias: parameters + shape.biasOffset(ofLayer: 1),
              rows: range.count, columns: width)
          }
        }
      }
    }
    firstLayer = rows
    mean = (0..<width).map { column in
      (0..<inputs.rowCount).reduce(0) { $0 + rows[$1, column] }
        / Double(inputs.rowCount)
    }
  }

  /// Number of inputs.
  public var count: Int { labels.count }

  /// The largest |u| of a unit or logit over the inputs, at least 1.
  ///
  /// - Complexity: one forward pass from the first layer on.
  var largestPreactivation: Double {
    var u = firstLayer
    var largest = u.elements.reduce(1) { max($0, abs($1)) }
    for layer in 1..<network.shape.layerCount {
      u = u.activated(network.shape.activation)
        .multiplied(
          by: network.weights(ofLayer: layer + 1), transposingOther: true)
      u.addRow(network.biases(ofLayer: layer + 1))
      largest = u.elements.reduce(largest) { max($0, abs($1)) }
    }
    return largest
  }

  /// Rows s_k with Σ_k s_k s_kᵀ = (1/n) Σ_i (u_i − ū)(u_i − ū)ᵀ, the
  /// covariance of the pre-activations.
  ///
  /// The centred rows themselves over √n where there are no more of them than
  /// the layer is wide, else the triangular factor of their QR factorization:
  /// min(n, h₁) rows, and no covariance matrix is ever formed or cut.
  ///
  /// - Complexity: n·h₁² multiplications.
  public func covarianceFactor() throws(LinearAlgebraError) -> Matrix<Double> {
    let scale = 1 / Double(count).squareRoot()
    let centred = Matrix<Double>(
      rowCount: count, columnCount: firstLayer.columnCount
    ) { scale * (firstLayer[$0, $1] - mean[$1]) }
    return count <= firstLayer.columnCount
      ? centred : try QRFactorization(centred).upper
  }
}

/// A pointer that shards of one computation write disjoint parts of.
///
/// `@unchecked Sendable`: whoever shares it gives each thread a part of its own.
struct SharedPointer<Pointee>: @unchecked Sendable {
  let pointer: UnsafeMutablePointer<Pointee>

  init(_ pointer: UnsafeMutablePointer<Pointee>) { self.pointer = pointer }
}

extension ThreadTeam {
  /// Runs `body` for shards of a fixed size: their bounds, and with them all
  /// rounding, do not depend on the number of threads.
  func forEachShard(
    of count: Int, size: Int, _ body: (_ shard: Int, Range<Int>) -> Void
  ) {
    forEach((count + size - 1) / size) { shard in
      body(shard, shard * size..<min((shard + 1) * size, count))
    }
  }

  /// The results of fixed shards, in order.
  func mapShards<Result>(
    of count: Int, size: Int, _ body: (Range<Int>) -> Result
  ) -> [Result] {
    let shards = (count + size - 1) / size
    return [Result](unsafeUninitializedCapacity: shards) { results, filled in
      filled = shards
      guard let start = results.baseAddress else { return }
      forEachShard(of: count, size: size) { shard, range in
        (start + shard).initialize(to: body(range))
      }
    }
  }
}
