public import Networks
public import VectorMath

/// Derivatives of the log-likelihood of labelled images by the parameters of
/// a dense network, in double precision.
///
///     ∇_W_l log p(z) = g_l z_{l−1}ᵀ,   ∇_b_l log p(z) = g_l
///
/// No sample's gradient is formed. Sums of them are matrix products; so are
/// sums of their squares, since the square of an outer product is that of
/// the squares:
///
///     Σ_z (g_{l,o} z_{l−1,i})² = Σ_z g²_{l,o} z²_{l−1,i}
///
/// The images are cut into at most eight parts, whatever the number of
/// threads, and the parts are summed in their order: results do not depend on
/// the team.
///
/// - Complexity: forward, backward and one more product per layer; memory of
///   eight gradients.
public final class LikelihoodDerivatives {
  /// The images.
  public let images: LabelledImages<Double>
  private let shape: DenseShape
  private let team: ThreadTeam
  private let passes: DensePassPool<Double>
  private let evaluator: Evaluator<Double>

  private static let largestPartCount = 8

  /// Derivatives at the images given.
  ///
  /// - Precondition: the images have the network's pixels and classes.
  public init(
    images: LabelledImages<Double>, shape: DenseShape, team: ThreadTeam
  ) {
    precondition(
      images.pixels.columnCount == shape.inputSize
        && images.classCount == shape.classCount,
      "a network of sizes \(shape.sizes) for images of "
        + "\(images.pixels.columnCount) pixels in \(images.classCount) classes")
    self.images = images
    self.shape = shape
    self.team = team
    passes = DensePassPool(shape: shape, backward: true)
    evaluator = Evaluator(images: images, shape: shape, team: team)
  }

  /// log p(z|θ) of each image, in nats.
  public func logLikelihoods(_ network: DenseNetwork<Double>) -> [Double] {
    evaluator.evaluate(network).losses.map { -$0 }
  }

  /// Σ_z ∇ log p(z|θ) over all images, as the parameters lie.
  public func gradient(_ network: DenseNetwork<Double>) -> [Double] {
    sums(network, ofSquares: false)
  }

  /// Whose labels a Fisher matrix takes.
  public enum FisherLabels: String, CaseIterable, Sendable {
    /// Those of the data: the empirical Fisher matrix.
    case empirical
    /// Those that the network expects: the true Fisher matrix, which is that
    /// of Gauss and Newton.
    case expected
  }

  /// The diagonal of the Fisher information matrix, (1/n) Σ_z (∇ log p(z|θ))²,
  /// as the parameters lie; the labels are those of the data, or the mean over
  /// those of the network is taken.
  ///
  /// - Source: Tanno et al. 2022 (arXiv:2207.04806), below Eq. (8). They take
  ///   the empirical one.
  public func diagonalFisher(
    _ network: DenseNetwork<Double>, labels: FisherLabels = .empirical
  ) -> [Double] {
    let count = Double(max(images.count, 1))
    let total =
      switch labels {
      case .empirical: sums(network, ofSquares: true)
      case .expected:
        DiagonalLaplace(
          around: network, images: images.pixels, priorPrecision: 1, team: team
        ).curvatures
      }
    return total.map { $0 / count }
  }

  /// vᵀ∇ log p(z|θ) of each image.
  ///
  ///     Σ_l g_lᵀ (V_l z_{l−1} + v_l)
  ///
  /// - Parameter direction: v, as the parameters lie.
  public func directionalDerivatives(
    _ network: DenseNetwork<Double>, along direction: [Double]
  ) -> [Double] {
    precondition(
      direction.count == shape.parameterCount,
      "a direction of \(direction.count) for \(shape.parameterCount) "
        + "parameters")
    var result = [Double](repeating: 0, count: images.count)
    result.withUnsafeMutableBufferPointer { out in
      direction.withUnsafeBufferPointer { direction in
        guard let out = out.baseAddress, let v = direction.baseAddress
        else { return }
        forEachBlock(network) { pass, pixels, rows, _ in
          self.addDirectional(
            pass, pixels, rows.count, v, into: out + rows.lowerBound)
        }
      }
    }
    return result
  }

  private func addDirectional(
    _ pass: DensePass<Double>, _ pixels: UnsafePointer<Double>, _ count: Int,
    _ direction: UnsafePointer<Double>, into out: UnsafeMutablePointer<Double>
  ) {
    let widest = shape.sizes.dropFirst().max() ?? 0
    withUnsafeTemporaryAllocation(of: Double.self, capacity: count * widest) {
      guard let products = $0.baseAddress else { return }
      for layer in 1...shape.layerCount {
        let (width, before) = (shape.sizes[layer], shape.sizes[layer - 1])
        Double.gemm(
          transposeA: false, transposeB: true, rows: count, columns: width,
          inner: before, alpha: 1, input(of: layer, pass, pixels),
          strideA: before, direction + shape.weightOffset(ofLayer: layer),
          strideB: before, beta: 0, products, strideC: width)
        Double.addBias(
          products, bias: direction + shape.biasOffset(ofLayer: layer),
          rows: count, columns: width)
        // The pass holds the gradient of −log p.
        for r in 0..<count {
          out[r] -= Double.dot(
            width, pass.gradient(layer) + r * width, products + r * width)
        }
      }
    }
  }

  private func input(
    of layer: Int, _ pass: DensePass<Double>, _ pixels: UnsafePointer<Double>
  ) -> UnsafePointer<Double> {
    layer == 1 ? pixels : UnsafePointer(pass.activation(layer - 1))
  }

  /// Σ_z ∇ log p or Σ_z (∇ log p)².
  private func sums(
    _ network: DenseNetwork<Double>, ofSquares: Bool
  ) -> [Double] {
    let size = shape.parameterCount
    let parts = partCount
    var partial = [Double](repeating: 0, count: parts * size)
    partial.withUnsafeMutableBufferPointer { partial in
      guard let partial = partial.baseAddress else { return }
      forEachBlock(network) { pass, pixels, rows, part in
        self.addSums(
          pass, pixels, rows.count, ofSquares: ofSquares,
          into: partial + part * size)
      }
    }
    return (0..<size).map { k in
      (0..<parts).reduce(0) { $0 + partial[$1 * size + k] }
    }
  }

  private func addSums(
    _ pass: DensePass<Double>, _ pixels: UnsafePointer<Double>, _ count: Int,
    ofSquares: Bool, into sums: UnsafeMutablePointer<Double>
  ) {
    let inputRoom = ofSquares ? count * (shape.sizes.max() ?? 0) : 1
    withUnsafeTemporaryAllocation(of: Double.self, capacity: inputRoom) {
      guard let squares = $0.baseAddress else { return }
      for layer in 1...shape.layerCount {
        let (width, before) = (shape.sizes[layer], shape.sizes[layer - 1])
        let outputs = pass.gradient(layer)
        var inputs = input(of: layer, pass, pixels)
        if ofSquares {
          for k in 0..<count * width { outputs[k] *= outputs[k] }
          for k in 0..<count * before { squares[k] = inputs[k] * inputs[k] }
          inputs = UnsafePointer(squares)
        }
        // The pass holds the gradient of −log p.
        let sign: Double = ofSquares ? 1 : -1
        Double.gemm(
          transposeA: true, transposeB: false, rows: width, columns: before,
          inner: count, alpha: sign, outputs, strideA: width, inputs,
          strideB: before, beta: 1, sums + shape.weightOffset(ofLayer: layer),
          strideC: before)
        let biases = sums + shape.biasOffset(ofLayer: layer)
        for r in 0..<count {
          for k in 0..<width { biases[k] += sign * outputs[r * width + k] }
        }
      }
    }
  }

  private var partCount: Int {
    let blocks = (images.count + passes.capacity - 1) / passes.capacity
    return min(blocks, Self.largestPartCount)
  }

  /// Runs blocks of images forward and backward and hands them to `body` with
  /// the part that they belong to; parts are shared by the team.
  private func forEachBlock(
    _ network: DenseNetwork<Double>,
    _ body: (
      DensePass<Double>, UnsafePointer<Double>, Range<Int>, Int
    ) -> Void
  ) {
    precondition(network.shape == shape, "a network of another shape")
    let (block, parts) = (passes.capacity, partCount)
    let blocks = (images.count + block - 1) / block
    network.parameters.withUnsafeBufferPointer { parameters in
      images.pixels.withUnsafeElements { pixels in
        guard let parameters = parameters.baseAddress,
          let pixels = pixels.baseAddress
        else { return }
        team.forEach(parts) { part in
          passes.withPass { pass in
            for piece in blocks * part / parts..<blocks * (part + 1) / parts {
              let start = piece * block
              let rows = start..<min(start + block, images.count)
              let inputs = pixels + start * shape.inputSize
              runBackward(pass, inputs, rows, parameters)
              body(pass, inputs, rows, part)
            }
          }
        }
      }
    }
  }

  private func runBackward(
    _ pass: DensePass<Double>, _ pixels: UnsafePointer<Double>,
    _ rows: Range<Int>, _ parameters: UnsafePointer<Double>
  ) {
    let all = 0..<rows.count
    pass.firstLayer(of: pixels, rows: all, parameters)
    pass.forward(rows: all, parameters)
    Double.logSoftmax(
      pass.logits, into: pass.logProbabilities, rows: rows.count,
      columns: shape.classCount)
    images.labels.withUnsafeBufferPointer { labels in
      withUnsafeTemporaryAllocation(of: Double.self, capacity: rows.count) {
        ones in
        guard let labels = labels.baseAddress, let ones = ones.baseAddress
        else { return }
        ones.initialize(repeating: 1, count: rows.count)
        Double.crossEntropyGradient(
          pass.logProbabilities, into: pass.gradient(shape.layerCount),
          classes: shape.classCount,
          MixedTargets(
            count: rows.count, first: labels + rows.lowerBound,
            second: labels + rows.lowerBound, weights: ones), scale: ones)
      }
    }
    pass.backward(rows: all, parameters)
  }
}
