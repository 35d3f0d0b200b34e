public import ImageData
public import LinearAlgebra
public import Networks
import Randomness
import RealModule
public import VectorMath

/// How an encoder is trained without labels.
public struct ContrastivePlan: Sendable, Equatable {
  /// τ > 0.
  public var temperature: Double
  /// Images in a batch, at least 2; each gives two views.
  public var batchSize: Int
  /// Passes over the images.
  public var epochs: Int
  /// Initial learning rate, which falls like a cosine; the momentum is 0.9.
  public var learningRate: Double
  /// A view is shifted by up to so many pixels in each direction.
  public var shift: Int
  /// A view's brightness is multiplied by a number in 1 ± this.
  public var brightness: Double
  /// Standard deviation of the noise added to each pixel.
  public var noise: Double

  /// A plan from its parts.
  public init(
    temperature: Double = 0.5, batchSize: Int = 128, epochs: Int = 100,
    learningRate: Double = 0.2, shift: Int = 1, brightness: Double = 0.3,
    noise: Double = 0.1
  ) {
    self.temperature = temperature
    self.batchSize = batchSize
    self.epochs = epochs
    self.learningRate = learningRate
    self.shift = shift
    self.brightness = brightness
    self.noise = noise
  }
}

/// Trains a dense encoder with its projection head on pairs of views.
///
///     ℓ_i = −s_ij + log Σ_{k≠i} exp(s_ik),   s_ik = ẑ_i·ẑ_k/τ,   ẑ = z/‖z‖
///
/// z is the network's output, i and j the two views of an image, k runs over
/// all other views of the batch. The network's last layers are the projection
/// head; features are taken below it (`DenseNetwork.features(ofLayer:of:)`).
///
/// - Source: Chen et al. 2020 (arXiv:2002.05709), NT-Xent.
/// - Departs from the source: dense layers in place of convolutions, views by
///   shifts, brightness and noise, gradient descent with momentum.
public final class ContrastiveTrainer {
  private let plan: ContrastivePlan
  private let images: Matrix<Double>
  private let imageShape: ImageShape
  private let streams: TrainingStreams
  private let pass: DensePass<Double>
  private let views: UnsafeMutablePointer<Double>
  /// The network as it is now.
  public private(set) var network: DenseNetwork<Double>
  private var velocity: [Double]
  /// Epochs done.
  public private(set) var epoch = 0

  /// A trainer at its first step.
  ///
  /// - Precondition: at least two images, of the network's input size and of
  ///   `imageShape`; a positive temperature; a batch of at least two.
  public init(
    plan: ContrastivePlan, network: DenseNetwork<Double>,
    images: Matrix<Double>, imageShape: ImageShape, streams: TrainingStreams
  ) {
    precondition(
      images.columnCount == network.shape.inputSize
        && imageShape.valueCount == images.columnCount
        && images.rowCount >= 2 && plan.batchSize >= 2
        && plan.temperature > 0,
      "\(images.rowCount) × \(images.columnCount) images of \(imageShape) for "
        + "\(network.shape.inputSize) inputs, \(plan)")
    self.plan = plan
    self.network = network
    self.images = images
    self.imageShape = imageShape
    self.streams = streams
    let capacity = 2 * min(plan.batchSize, images.rowCount)
    pass = DensePass(
      shape: network.shape, capacity: capacity, backward: true)
    views = .allocate(capacity: capacity * images.columnCount)
    velocity = [Double](repeating: 0, count: network.parameters.count)
  }

  deinit { views.deallocate() }

  /// Trains for one epoch and returns the mean loss of its batches.
  ///
  /// A last batch of a single image, which has no other to differ from, is
  /// left out.
  public func runEpoch() -> Double {
    var order = streams.stream("contrastive-order", epoch)
    let indices = order.permutation(of: images.rowCount)
    var augmentation = streams.stream("contrastive-views", epoch)
    let rate =
      plan.learningRate * 0.5
      * (1 + .cos(.pi * Double(epoch) / Double(max(plan.epochs, 1))))
    var (sum, batches) = (0.0, 0.0)
    for start in stride(from: 0, to: indices.count, by: plan.batchSize) {
      let batch = indices[start..<min(start + plan.batchSize, indices.count)]
      guard batch.count > 1 else { continue }
      for (row, image) in batch.enumerated() {
        drawView(of: image, into: 2 * row, &augmentation)
        drawView(of: image, into: 2 * row + 1, &augmentation)
      }
      sum += step(2 * batch.count, rate)
      batches += 1
    }
    epoch += 1
    return sum / batches
  }

  private func drawView(
    of image: Int, into row: Int, _ stream: inout RandomStream
  ) {
    let (height, width) = (imageShape.height, imageShape.width)
    let down = stream.index(below: 2 * plan.shift + 1) - plan.shift
    let right = stream.index(below: 2 * plan.shift + 1) - plan.shift
    let gain = 1 + plan.brightness * (2 * stream.uniform() - 1)
    let source = images.row(image)
    let view = views + row * images.columnCount
    for pixel in 0..<images.columnCount {
      let (line, column) = (pixel / width % height, pixel % width)
      let from = (line - down, column - right)
      var value = plan.noise * stream.normal()
      if (0..<height).contains(from.0), (0..<width).contains(from.1) {
        value += gain * source[source.startIndex + pixel - down * width - right]
      }
      view[pixel] = value
    }
  }

  /// One step on the first `rows` views.
  private func step(_ rows: Int, _ rate: Double) -> Double {
    let shape = network.shape
    let output = shape.classCount
    var gradient = [Double](repeating: 0, count: network.parameters.count)
    let loss = network.parameters.withUnsafeBufferPointer { parameters in
      guard let parameters = parameters.baseAddress else { return 0.0 }
      pass.firstLayer(of: views, rows: 0..<rows, parameters)
      pass.forward(rows: 0..<rows, parameters)
      let outputs = Matrix(
        rowCount: rows, columnCount: output,
        elements: Array(
          UnsafeBufferPointer(start: pass.logits, count: rows * output)))
      let (loss, slope) = contrastiveLoss(
        outputs, temperature: plan.temperature)
      slope.withUnsafeElements { slope in
        guard let start = slope.baseAddress else { return }
        pass.gradient(shape.layerCount).update(from: start, count: slope.count)
      }
      pass.backward(rows: 0..<rows, parameters)
      return loss
    }
    gradient.withUnsafeMutableBufferPointer { gradient in
      guard let gradient = gradient.baseAddress else { return }
      for layer in 1...shape.layerCount {
        let (width, before) = (shape.sizes[layer], shape.sizes[layer - 1])
        Double.gemm(
          transposeA: true, transposeB: false, rows: width, columns: before,
          inner: rows, alpha: 1, pass.gradient(layer), strideA: width,
          layer == 1 ? views : pass.activation(layer - 1),
          strideB: before, beta: 0,
          gradient + shape.weightOffset(ofLayer: layer), strideC: before)
        Double.columnSums(
          pass.gradient(layer), rows: rows, columns: width,
          into: gradient + shape.biasOffset(ofLayer: layer))
      }
    }
    for k in gradient.indices {
      velocity[k] = 0.9 * velocity[k] + gradient[k]
      network.parameters[k] -= rate * velocity[k]
    }
    return loss
  }
}

/// NT-Xent of outputs of which rows 2i and 2i + 1 are views of one image, and
/// its gradient.
///
/// - Precondition: an even number of rows, at least four.
public func contrastiveLoss(
  _ outputs: Matrix<Double>, temperature: Double
) -> (loss: Double, gradient: Matrix<Double>) {
  let count = outputs.rowCount
  precondition(
    count >= 4 && count % 2 == 0, "\(count) views, expected pairs of them")
  let norms = (0..<count).map { row in
    max(
      outputs.row(row).reduce(0) { $0 + $1 * $1 }.squareRoot(),
      .leastNormalMagnitude)
  }
  let unit = Matrix(rowCount: count, columnCount: outputs.columnCount) {
    outputs[$0, $1] / norms[$0]
  }
  // s, then G_ik = ∂ℓ_i/∂s_ik = softmax_ik − [k is i's other view].
  var scores = unit.gram()
  var loss = 0.0
  for i in 0..<count {
    let other = i ^ 1
    let top = 1 / temperature
    var sum = 0.0
    for k in 0..<count where k != i {
      sum += .exp(scores[i, k] / temperature - top)
    }
    loss += top + .log(sum) - scores[i, other] / temperature
    for k in 0..<count {
      scores[i, k] =
        k == i
        ? 0
        : .exp(scores[i, k] / temperature - top) / sum - (k == other ? 1 : 0)
    }
  }
  let both = Matrix<Double>(rowCount: count, columnCount: count) {
    (scores[$0, $1] + scores[$1, $0]) / (temperature * Double(count))
  }
  var gradient = both.multiplied(by: unit)
  for i in 0..<count {
    let along = zip(gradient.row(i), unit.row(i)).reduce(0) {
      $0 + $1.0 * $1.1
    }
    for c in 0..<outputs.columnCount {
      gradient[i, c] = (gradient[i, c] - along * unit[i, c]) / norms[i]
    }
  }
  return (loss / Double(count), gradient)
}

extension DenseNetwork<Double> {
  /// z_l of the rows of `images`: what a network knows before its head.
  ///
  /// - Precondition: `layer` is a hidden layer.
  public func features(
    ofLayer layer: Int, of images: Matrix<Double>
  ) -> Matrix<Double> {
    precondition(
      (1..<shape.layerCount).contains(layer),
      "layer \(layer) of \(shape.layerCount) is no hidden one")
    let part = DenseShape(
      sizes: Array(shape.sizes.prefix(layer + 1)),
      activation: shape.activation)
    let network = DenseNetwork(
      shape: part,
      parameters: Array(parameters.prefix(part.parameterCount)))
    var features = network.logits(of: images)
    let before = features
    features.withUnsafeMutableElements { out in
      before.withUnsafeElements { u in
        guard let out = out.baseAddress, let start = u.baseAddress
        else { return }
        Double.activate(shape.activation, start, into: out, count: u.count)
      }
    }
    return features
  }
}
