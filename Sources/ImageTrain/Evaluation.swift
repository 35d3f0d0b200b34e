public import Networks
import RealModule
public import VectorMath

/// How well a network predicts a set of images.
public struct Evaluation: Sendable, Equatable {
  /// −log p of the true class, image by image.
  public let losses: [Double]
  /// Whether the most probable class is the true one, image by image.
  public let isCorrect: [Bool]
  /// The largest class probability, image by image.
  public let confidences: [Double]

  /// An evaluation from its parts, all of one length.
  public init(losses: [Double], isCorrect: [Bool], confidences: [Double]) {
    precondition(
      losses.count == isCorrect.count && losses.count == confidences.count,
      "\(losses.count) losses, \(isCorrect.count) verdicts, "
        + "\(confidences.count) confidences")
    self.losses = losses
    self.isCorrect = isCorrect
    self.confidences = confidences
  }

  /// Number of images.
  public var count: Int { losses.count }

  /// Share of images that are classified right.
  public var accuracy: Double {
    Double(isCorrect.count { $0 }) / Double(count)
  }

  /// Mean −log p of the true class, in nats.
  public var negativeLogLikelihood: Double {
    losses.reduce(0, +) / Double(count)
  }

  /// Expected calibration error, Σ_b (n_b/n)·|accuracy − mean confidence|.
  ///
  /// The bins b are equal parts of the confidence. NaN where a confidence is NaN.
  public func calibrationError(bins: Int = 15) -> Double {
    guard confidences.allSatisfy(\.isFinite) else { return .nan }
    var difference = [Double](repeating: 0, count: bins)
    for (correct, confidence) in zip(isCorrect, confidences) {
      let bin = min(Int(confidence * Double(bins)), bins - 1)
      difference[bin] += (correct ? 1 : 0) - confidence
    }
    return difference.reduce(0) { $0 + abs($1) } / Double(count)
  }

  /// The evaluation of some of the images.
  public func subset(_ indices: [Int]) -> Evaluation {
    Evaluation(
      losses: indices.map { losses[$0] },
      isCorrect: indices.map { isCorrect[$0] },
      confidences: indices.map { confidences[$0] })
  }
}

/// Evaluates networks of one shape on one set of images.
public final class Evaluator<Scalar: VectorScalar> {
  private let images: LabelledImages<Scalar>
  private let shape: DenseShape
  private let team: ThreadTeam
  private let passes: DensePassPool<Scalar>
  private lazy var backwardPasses = DensePassPool<Scalar>(
    shape: shape, backward: true)

  /// An evaluator of the images given.
  public init(
    images: LabelledImages<Scalar>, shape: DenseShape, team: ThreadTeam
  ) {
    self.images = images
    self.shape = shape
    self.team = team
    passes = DensePassPool(shape: shape)
  }

  /// Log-probabilities of all classes, [n, K], row-major.
  public func logProbabilities(_ network: DenseNetwork<Scalar>) -> [Scalar] {
    let classes = shape.classCount
    return [Scalar](unsafeUninitializedCapacity: images.count * classes) {
      out, initialized in
      initialized = images.count * classes
      guard let out = out.baseAddress else { return }
      forEachBlock(network, passes) { pass, pixels, rows, parameters in
        pass.firstLayer(of: pixels, rows: 0..<rows.count, parameters)
        pass.forward(rows: 0..<rows.count, parameters)
        Scalar.logSoftmax(
          pass.logits, into: out + rows.lowerBound * classes,
          rows: rows.count, columns: classes)
      }
    }
  }

  /// Accuracy, likelihood and calibration of a network.
  public func evaluate(_ network: DenseNetwork<Scalar>) -> Evaluation {
    let classes = shape.classCount
    let logProbabilities = logProbabilities(network)
    var losses: [Double] = []
    var isCorrect: [Bool] = []
    var confidences: [Double] = []
    losses.reserveCapacity(images.count)
    isCorrect.reserveCapacity(images.count)
    confidences.reserveCapacity(images.count)
    logProbabilities.withUnsafeBufferPointer { values in
      for (i, label) in images.labels.enumerated() {
        var best = 0
        for c in 1..<classes
        where values[i * classes + c] > values[i * classes + best] { best = c }
        losses.append(-Double(values[i * classes + Int(label)]))
        isCorrect.append(best == Int(label))
        confidences.append(Double.exp(Double(values[i * classes + best])))
      }
    }
    return Evaluation(
      losses: losses, isCorrect: isCorrect, confidences: confidences)
  }

  /// ‖∇_x ℓ(x_i, y_i)‖₂ of the cross-entropy at each image.
  public func inputGradientNorms(_ network: DenseNetwork<Scalar>) -> [Double] {
    let (inputs, width) = (shape.inputSize, shape.sizes[1])
    return gradientNorms(network) { pass, _, count, parameters, out in
      withUnsafeTemporaryAllocation(of: Scalar.self, capacity: count * inputs) {
        gradients in
        guard let gradients = gradients.baseAddress else { return }
        Scalar.gemm(
          transposeA: false, transposeB: false, rows: count, columns: inputs,
          inner: width, alpha: 1, pass.gradient(1), strideA: width, parameters,
          strideB: inputs, beta: 0, gradients, strideC: inputs)
        Scalar.rowSquareNorms(
          gradients, rows: count, columns: inputs, into: out)
      }
    }
  }

  /// GraNd, ‖∇_θ ℓ(x_i, y_i)‖₂ over all weights and biases, at each image.
  ///
  ///     ‖∇_θ ℓ‖² = Σ_l ‖g_l‖² (‖z_{l−1}‖² + 1)
  ///
  /// since the gradient of a layer is the outer product of its output gradient
  /// and its input.
  ///
  /// - Source: Paul et al. 2021 (arXiv:2107.07075); the factorisation is that
  ///   of a dense layer.
  public func parameterGradientNorms(
    _ network: DenseNetwork<Scalar>
  ) -> [Double] {
    let shape = shape
    return gradientNorms(network) { pass, pixels, count, _, out in
      withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * count) {
        squares in
        guard let outputs = squares.baseAddress else { return }
        let inputs = outputs + count
        out.update(repeating: 0, count: count)
        for layer in 1...shape.layerCount {
          Scalar.rowSquareNorms(
            pass.gradient(layer), rows: count, columns: shape.sizes[layer],
            into: outputs)
          Scalar.rowSquareNorms(
            layer == 1 ? pixels : UnsafePointer(pass.activation(layer - 1)),
            rows: count, columns: shape.sizes[layer - 1], into: inputs)
          for r in 0..<count { out[r] += outputs[r] * (inputs[r] + 1) }
        }
      }
    }
  }

  private func gradientNorms(
    _ network: DenseNetwork<Scalar>,
    _ squares: (
      DensePass<Scalar>, UnsafePointer<Scalar>, Int, UnsafePointer<Scalar>,
      UnsafeMutablePointer<Double>
    ) -> Void
  ) -> [Double] {
    let classes = shape.classCount
    let last = shape.layerCount
    let ones = [Double](repeating: 1, count: passes.capacity)
    var norms = [Double](repeating: 0, count: images.count)
    norms.withUnsafeMutableBufferPointer { norms in
      guard let norms = norms.baseAddress else { return }
      forEachBlock(network, backwardPasses) { pass, pixels, rows, parameters in
        let count = rows.count
        pass.firstLayer(of: pixels, rows: 0..<count, parameters)
        pass.forward(rows: 0..<count, parameters)
        Scalar.logSoftmax(
          pass.logits, into: pass.logProbabilities, rows: count,
          columns: classes)
        images.labels.withUnsafeBufferPointer { labels in
          ones.withUnsafeBufferPointer { ones in
            guard let labels = labels.baseAddress, let ones = ones.baseAddress
            else { return }
            Scalar.crossEntropyGradient(
              pass.logProbabilities, into: pass.gradient(last),
              classes: classes,
              MixedTargets(
                count: count, first: labels + rows.lowerBound,
                second: labels + rows.lowerBound, weights: ones), scale: ones)
          }
        }
        pass.backward(rows: 0..<count, parameters)
        squares(pass, pixels, count, parameters, norms + rows.lowerBound)
      }
    }
    return norms.map { $0.squareRoot() }
  }

  /// Calls `body` for blocks of images, shared by the team.
  private func forEachBlock(
    _ network: DenseNetwork<Scalar>, _ passes: DensePassPool<Scalar>,
    _ body: (
      DensePass<Scalar>, UnsafePointer<Scalar>, Range<Int>,
      UnsafePointer<Scalar>
    ) -> Void
  ) {
    precondition(network.shape == shape, "a network of another shape")
    let block = passes.capacity
    network.parameters.withUnsafeBufferPointer { parameters in
      images.pixels.withUnsafeElements { pixels in
        guard let parameters = parameters.baseAddress,
          let pixels = pixels.baseAddress
        else { return }
        team.forEach((images.count + block - 1) / block) { piece in
          let start = piece * block
          let rows = start..<min(start + block, images.count)
          passes.withPass { pass in
            body(pass, pixels + start * shape.inputSize, rows, parameters)
          }
        }
      }
    }
  }
}
