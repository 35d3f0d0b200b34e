import LinearAlgebra
import Networks
import RealModule
import VectorMath

/// What the Gauss–Newton matrix of some images is made of.
///
///     Σ_n J_nᵀ H_n J_n,   H = diag(p) − ppᵀ = Σ_k h_k h_kᵀ,
///     h_k = √p_k (e_k − p),   J_nᵀ h_k = (g_1 ⊗ z̄_0, …, g_L ⊗ z̄_{L−1})
///
/// J is the derivative of the logits, z̄ a layer's input with a one behind it
/// for the biases, and g what h_k becomes going back to a layer's outputs. For
/// softmax cross-entropy this is the Fisher matrix with labels drawn from the
/// model, exactly; the labels of the data play no part.
struct GaussNewtonBlock<Scalar: VectorScalar> {
  /// z̄ of each layer, [n, in + 1].
  let inputs: [Matrix<Scalar>]
  /// g of each layer, [K·n, out]; row k·n + s is image s and class k.
  let gradients: [Matrix<Scalar>]

  /// Images in a block.
  private static var blockSize: Int { 128 }

  /// Runs rows of `images` forward once and back once per class.
  init(
    _ network: DenseNetwork<Scalar>, images: Matrix<Scalar>, rows: Range<Int>,
    pass: DensePass<Scalar>
  ) {
    let shape = network.shape
    let (count, classes) = (rows.count, shape.classCount)
    var gradients = shape.sizes.dropFirst().map { width in
      [Scalar](repeating: 0, count: classes * count * width)
    }
    var inputs: [Matrix<Scalar>] = []
    images.withUnsafeElements { pixels in
      network.parameters.withUnsafeBufferPointer { parameters in
        guard let pixels = pixels.baseAddress,
          let parameters = parameters.baseAddress
        else { return }
        let first = pixels + rows.lowerBound * shape.inputSize
        pass.firstLayer(of: first, rows: 0..<count, parameters)
        pass.forward(rows: 0..<count, parameters)
        for layer in 1...shape.layerCount {
          let width = shape.sizes[layer - 1]
          let z = layer == 1 ? first : UnsafePointer(pass.activation(layer - 1))
          inputs.append(
            Matrix(rowCount: count, columnCount: width + 1) { row, column in
              column < width ? z[row * width + column] : 1
            })
        }
        Scalar.logSoftmax(
          pass.logits, into: pass.logProbabilities, rows: count,
          columns: classes)
        let p = (0..<count * classes).map {
          Double.exp(Double(pass.logProbabilities[$0]))
        }
        for k in 0..<classes {
          let top = pass.gradient(shape.layerCount)
          for s in 0..<count {
            let root = p[s * classes + k].squareRoot()
            for c in 0..<classes {
              let at = s * classes + c
              top[at] = Scalar(root * ((c == k ? 1 : 0) - p[at]))
            }
          }
          pass.backward(rows: 0..<count, parameters)
          for layer in 1...shape.layerCount {
            let size = count * shape.sizes[layer]
            gradients[layer - 1].replaceSubrange(
              k * size..<(k + 1) * size,
              with: UnsafeBufferPointer(
                start: pass.gradient(layer), count: size))
          }
        }
      }
    }
    self.inputs = inputs
    self.gradients = zip(gradients, shape.sizes.dropFirst()).map {
      Matrix(rowCount: classes * count, columnCount: $1, elements: $0)
    }
  }

  /// Sums that `add` forms over all images, in double precision.
  ///
  /// The images are cut into a fixed number of shards, each summed in order
  /// and the shards after each other: the same bits for any team.
  ///
  /// - Parameters:
  ///   - sizes: How many numbers each sum has.
  ///   - shards: Pieces for the team; each has room for all sums.
  static func sums(
    of network: DenseNetwork<Scalar>, images: Matrix<Scalar>, sizes: [Int],
    shards: Int, team: ThreadTeam,
    add: (GaussNewtonBlock, inout [[Double]]) -> Void
  ) -> [[Double]] {
    precondition(
      images.columnCount == network.shape.inputSize,
      "images of \(images.columnCount) pixels for "
        + "\(network.shape.inputSize) inputs")
    precondition(images.rowCount > 0, "a curvature needs at least one image")
    let blocks = (images.rowCount + blockSize - 1) / blockSize
    let parts = UnsafeMutablePointer<[[Double]]>.allocate(capacity: shards)
    parts.initialize(
      repeating: sizes.map { [Double](repeating: 0, count: $0) }, count: shards)
    defer {
      parts.deinitialize(count: shards)
      parts.deallocate()
    }
    team.forEach(shards) { shard in
      let pass = DensePass<Scalar>(
        shape: network.shape, capacity: blockSize, backward: true)
      for block in shard * blocks / shards..<(shard + 1) * blocks / shards {
        let start = block * blockSize
        let rows = start..<min(start + blockSize, images.rowCount)
        add(
          GaussNewtonBlock(network, images: images, rows: rows, pass: pass),
          &parts[shard])
      }
    }
    var total = parts[0]
    for shard in 1..<max(shards, 1) {
      for index in sizes.indices {
        for i in 0..<sizes[index] { total[index][i] += parts[shard][index][i] }
      }
    }
    return total
  }
}

/// sum += elements of `matrix`.
func accumulate<Scalar: VectorScalar>(
  _ matrix: Matrix<Scalar>, into sum: inout [Double]
) {
  matrix.withUnsafeElements { elements in
    for i in elements.indices { sum[i] += Double(elements[i]) }
  }
}
