public import LinearAlgebra
public import Mixing
public import Networks
public import VectorMath

/// The gradient of a loss over a whole set of samples and its spread.
///
///     GradNorm = ‖(1/N) Σ g_i‖,   Noise² = (1/N) Σ ‖g_i − (1/N) Σ g_j‖²
///     mean ‖g_i‖² = GradNorm² + Noise²
///     Var ‖g_i‖  = Noise² + GradNorm² − (mean ‖g_i‖)² ≤ Noise²
///
/// with g_i = ∇_θ ℓ(x_i, y_i) over all weights and biases; ‖g_i‖ is GraNd.
///
/// - Source: J. Zhang et al. 2022 (arXiv:2110.06256) for GradNorm and Noise;
///   Paul et al. 2021 (arXiv:2107.07075) for GraNd.
public struct GradientNoise: Sendable, Equatable {
  /// ‖∇L‖ of the mean loss L.
  public let gradientNorm: Double
  /// √(mean ‖g_i − ∇L‖²).
  public let noise: Double
  /// Mean of ‖g_i‖.
  public let meanNorm: Double
  /// Standard deviation of ‖g_i‖, with 1/N.
  public let normDeviation: Double
}

extension GradientNoise {
  /// Measures the cross-entropy's gradients at mixed samples, or at clean ones
  /// as mixed with weight 1.
  ///
  ///     g_i over layer l = δ_l z_{l−1}ᵀ   ⇒   ‖g_i‖² = Σ_l ‖δ_l‖²(‖z_{l−1}‖² + 1)
  ///
  /// No gradient of a single sample is formed; their sum is a matrix product.
  ///
  /// - Parameters:
  ///   - images: [n, D].
  ///   - labels: Classes of the images.
  ///   - samples: What the mean is taken over.
  /// - Precondition: there is a sample; shapes agree.
  /// - Numerics: Noise² as the difference that the identity says; as precise
  ///   as 2⁻⁵² (or 2⁻²³ in `Float`) times mean ‖g_i‖² and the products' length.
  ///   Samples are cut into fixed shards, summed in order: the number of
  ///   threads changes no bit.
  /// - Complexity: three forward passes' operations.
  public init<Scalar: VectorScalar>(
    of network: DenseNetwork<Scalar>, images: Matrix<Scalar>,
    labels: [Int32], samples: MixedSamples, team: ThreadTeam
  ) {
    let shape = network.shape
    precondition(
      samples.count > 0 && labels.count == images.rowCount
        && images.columnCount == shape.inputSize,
      "\(samples.count) samples of \(images.rowCount) × "
        + "\(images.columnCount) images with \(labels.count) labels for "
        + "\(shape.inputSize) inputs")
    let count = samples.count
    let blocks =
      (count + GradientShard<Scalar>.capacity - 1)
      / GradientShard<Scalar>.capacity
    let shards = (0..<min(8, blocks)).map { _ in
      GradientShard<Scalar>(shape: shape)
    }
    var norms = [Double](repeating: 0, count: count)
    norms.withUnsafeMutableBufferPointer { norms in
      nonisolated(unsafe) let norms = norms
      team.forEach(shards.count) { k in
        let range =
          blocks * k / shards.count..<blocks * (k + 1) / shards.count
        for block in range {
          let rows =
            count * block / blocks..<count * (block + 1) / blocks
          shards[k].add(
            samples, rows, network, images: images, labels: labels,
            squares: UnsafeMutableBufferPointer(rebasing: norms[rows]))
        }
      }
    }
    for shard in shards.dropFirst() { shards[0].add(shard) }
    let n = Double(count)
    let square = norms.reduce(0, +) / n
    gradientNorm = shards[0].norm / n
    noise = max(0, square - gradientNorm * gradientNorm).squareRoot()
    meanNorm = norms.reduce(0) { $0 + $1.squareRoot() } / n
    normDeviation = max(0, square - meanNorm * meanNorm).squareRoot()
  }
}

/// The sum of some samples' gradients.
///
/// `@unchecked Sendable`: every shard is worked on by one thread at a time.
private final class GradientShard<Scalar: VectorScalar>: @unchecked Sendable {
  /// Largest number of samples at a time.
  static var capacity: Int { 256 }

  private let shape: DenseShape
  private let pass: DensePass<Scalar>
  private var sum: [Scalar]
  private var inputs: [Scalar]
  private var biases: [Scalar]
  private var partial: [Double]
  /// Sources and labels of the samples at hand, in fours.
  private let numbers: UnsafeMutablePointer<Int32>
  /// Their weights, 1 − weight, and ones.
  private let weights: UnsafeMutablePointer<Double>

  init(shape: DenseShape) {
    self.shape = shape
    pass = DensePass(shape: shape, capacity: Self.capacity, backward: true)
    sum = [Scalar](repeating: 0, count: shape.parameterCount)
    inputs = [Scalar](repeating: 0, count: Self.capacity * shape.inputSize)
    biases = [Scalar](repeating: 0, count: shape.sizes.max() ?? 0)
    partial = [Double](repeating: 0, count: 2 * Self.capacity)
    numbers = .allocate(capacity: 4 * Self.capacity)
    numbers.initialize(repeating: 0, count: 4 * Self.capacity)
    weights = .allocate(capacity: 3 * Self.capacity)
    weights.initialize(repeating: 1, count: 3 * Self.capacity)
  }

  deinit {
    numbers.deallocate()
    weights.deallocate()
  }

  /// ‖Σ g_i‖.
  var norm: Double { Double(Scalar.nrm2(sum.count, sum)) }

  func add(_ other: GradientShard) {
    Scalar.axpy(sum.count, alpha: 1, other.sum, &sum)
  }

  /// Adds the gradients of the samples in `range` and writes ‖g_i‖² of each.
  func add(
    _ samples: MixedSamples, _ range: Range<Int>,
    _ network: DenseNetwork<Scalar>, images: Matrix<Scalar>, labels: [Int32],
    squares: UnsafeMutableBufferPointer<Double>
  ) {
    let count = range.count
    let (first, second) = (numbers, numbers + Self.capacity)
    let firstLabels = numbers + 2 * Self.capacity
    let secondLabels = numbers + 3 * Self.capacity
    let rest = weights + Self.capacity
    for (r, s) in range.enumerated() {
      (first[r], second[r]) = (samples.first[s], samples.second[s])
      firstLabels[r] = labels[Int(first[r])]
      secondLabels[r] = labels[Int(second[r])]
      weights[r] = samples.weights[s]
      rest[r] = 1 - weights[r]
    }
    images.withUnsafeElements { pixels in
      guard let pixels = pixels.baseAddress else { return }
      Scalar.combineRows(
        &inputs, from: pixels, columns: shape.inputSize,
        RowCombinations(
          count: count, first: first, second: second, firstWeights: weights,
          secondWeights: rest), bias: nil)
    }
    let last = shape.layerCount
    network.parameters.withUnsafeBufferPointer { parameters in
      guard let parameters = parameters.baseAddress else { return }
      pass.firstLayer(of: inputs, rows: 0..<count, parameters)
      pass.forward(rows: 0..<count, parameters)
      Scalar.logSoftmax(
        pass.logits, into: pass.logProbabilities, rows: count,
        columns: shape.classCount)
      Scalar.crossEntropyGradient(
        pass.logProbabilities, into: pass.gradient(last),
        classes: shape.classCount,
        MixedTargets(
          count: count, first: firstLabels, second: secondLabels,
          weights: weights), scale: weights + 2 * Self.capacity)
      pass.backward(rows: 0..<count, parameters)
    }
    addSquares(count, squares)
    addGradients(count)
  }

  private func addSquares(
    _ count: Int, _ squares: UnsafeMutableBufferPointer<Double>
  ) {
    squares.update(repeating: 0)
    for layer in 1...shape.layerCount {
      partial.withUnsafeMutableBufferPointer { partial in
        guard let outputs = partial.baseAddress else { return }
        let activations = outputs + Self.capacity
        Scalar.rowSquareNorms(
          pass.gradient(layer), rows: count, columns: shape.sizes[layer],
          into: outputs)
        withInputs(of: layer) {
          Scalar.rowSquareNorms(
            $0, rows: count, columns: shape.sizes[layer - 1],
            into: activations)
        }
        for r in 0..<count { squares[r] += outputs[r] * (activations[r] + 1) }
      }
    }
  }

  private func addGradients(_ count: Int) {
    for layer in 1...shape.layerCount {
      let (width, before) = (shape.sizes[layer], shape.sizes[layer - 1])
      withInputs(of: layer) { inputs in
        sum.withUnsafeMutableBufferPointer { sum in
          guard let sum = sum.baseAddress else { return }
          Scalar.gemm(
            transposeA: true, transposeB: false, rows: width, columns: before,
            inner: count, alpha: 1, pass.gradient(layer), strideA: width,
            inputs, strideB: before, beta: 1,
            sum + shape.weightOffset(ofLayer: layer), strideC: before)
          Scalar.columnSums(
            pass.gradient(layer), rows: count, columns: width, into: &biases)
          Scalar.axpy(
            width, alpha: 1, biases, sum + shape.biasOffset(ofLayer: layer))
        }
      }
    }
  }

  /// z_{l−1}.
  private func withInputs(
    of layer: Int, _ body: (UnsafePointer<Scalar>) -> Void
  ) {
    if layer > 1 { return body(pass.activation(layer - 1)) }
    inputs.withUnsafeBufferPointer {
      if let start = $0.baseAddress { body(start) }
    }
  }
}
