import LinearAlgebra
import Networks
import VectorMath

/// The results of all blocks, each of which writes rows of its own.
///
/// `@unchecked Sendable`: the blocks' rows do not overlap.
final class AlignmentSums: @unchecked Sendable {
  let residuals: UnsafeMutablePointer<Double>
  /// J(x_i)(x_i − x̄), with the sign of the pass.
  let derivatives: UnsafeMutablePointer<Double>
  let gradientNorms: UnsafeMutablePointer<Double>
  let displacements: UnsafeMutablePointer<Double>
  let lossGradientNorms: UnsafeMutablePointer<Double>
  private let (sampleCount, classCount): (Int, Int)

  init(sampleCount: Int, classCount: Int) {
    (self.sampleCount, self.classCount) = (sampleCount, classCount)
    func room(_ count: Int) -> UnsafeMutablePointer<Double> {
      let pointer = UnsafeMutablePointer<Double>.allocate(capacity: count)
      pointer.initialize(repeating: 0, count: count)
      return pointer
    }
    residuals = room(sampleCount * classCount)
    derivatives = room(sampleCount * classCount)
    gradientNorms = room(sampleCount * classCount)
    displacements = room(sampleCount)
    lossGradientNorms = room(sampleCount)
  }

  deinit {
    for pointer in [
      residuals, derivatives, gradientNorms, displacements, lossGradientNorms,
    ] { pointer.deallocate() }
  }

  func alignment(labels: [Int32], measuresLoss: Bool) -> Alignment {
    func numbers(_ start: UnsafeMutablePointer<Double>) -> [Double] {
      Array(UnsafeBufferPointer(start: start, count: sampleCount))
    }
    func matrix(_ start: UnsafeMutablePointer<Double>) -> Matrix<Double> {
      Matrix(
        rowCount: sampleCount, columnCount: classCount,
        elements: Array(
          UnsafeBufferPointer(start: start, count: sampleCount * classCount)))
    }
    for k in 0..<sampleCount * classCount { derivatives[k].negate() }
    return Alignment(
      labels: labels, residuals: matrix(residuals),
      derivatives: matrix(derivatives),
      gradientNorms: matrix(gradientNorms),
      displacements: numbers(displacements),
      lossGradientNorms: measuresLoss ? numbers(lossGradientNorms) : nil)
  }
}

/// The buffers of a block of images, and the passes over it.
final class AlignmentBlock<Scalar: VectorScalar>: @unchecked Sendable {
  private let shape: DenseShape
  private let pass: DensePass<Scalar>
  private let room: UnsafeMutablePointer<Scalar>
  /// x − x̄, [B, D].
  private let centred: UnsafeMutablePointer<Scalar>
  /// σ′(u_l) of a layer, [B, h_l].
  private let slopes: UnsafeMutablePointer<Scalar>
  private let ones: UnsafeMutablePointer<Scalar>
  /// Gradients of the K logits at two layers in turn, [B·K, h_l].
  private let gradients: [UnsafeMutablePointer<Scalar>]
  /// Where σ′ is not 0.
  private let active: ActivePlaces
  /// Ones, [B].
  private let weights: UnsafeMutablePointer<Double>
  private let minusMean: UnsafeMutablePointer<Scalar>

  /// Images of a block: enough for the first layer's product to run at its
  /// rate.
  static var capacity: Int { 128 }

  /// Images whose logit gradients are taken at a time: about 250 rows, or one
  /// image's, stay in the cache.
  private let imagesAtATime: Int

  init(shape: DenseShape) {
    self.shape = shape
    let images = Self.capacity
    let (inputs, classes) = (shape.inputSize, shape.classCount)
    imagesAtATime = max(1, min(images, 256 / classes))
    let hidden = shape.sizes.dropFirst().dropLast().max() ?? 1
    pass = DensePass(shape: shape, capacity: 2 * images, backward: true)
    let sizes = [
      images * inputs, inputs, imagesAtATime * hidden, imagesAtATime * hidden,
      imagesAtATime * classes * hidden, imagesAtATime * classes * hidden,
    ]
    let total = sizes.reduce(0, +)
    room = .allocate(capacity: total)
    room.initialize(repeating: 0, count: total)
    var free = room
    let parts = sizes.map { size in
      defer { free += size }
      return free
    }
    (centred, minusMean, slopes, ones) = (
      parts[0], parts[1], parts[2], parts[3]
    )
    ones.update(repeating: 1, count: imagesAtATime * hidden)
    gradients = [parts[4], parts[5]]
    active = ActivePlaces(capacity: imagesAtATime, width: hidden)
    weights = .allocate(capacity: images)
    weights.initialize(repeating: 1, count: images)
  }

  deinit {
    room.deallocate()
    weights.deallocate()
  }

  /// Measures the images of `rows`.
  ///
  /// - Parameters:
  ///   - images: The first of them.
  ///   - offset: W₁x̄ + b₁.
  ///   - hidden: The weights of the layers 2 … L − 1.
  func measure(
    _ rows: Range<Int>, images: UnsafePointer<Scalar>,
    labels: UnsafePointer<Int32>, mean: UnsafePointer<Scalar>,
    offset: UnsafePointer<Scalar>, _ parameters: UnsafePointer<Scalar>,
    hidden: [PanelMatrix<Scalar>], _ norm: FirstLayerNorm<Scalar>,
    measuresLoss: Bool,
    into sums: AlignmentSums
  ) {
    let (n, classes) = (rows.count, shape.classCount)
    forward(n, images: images, mean: mean, offset: offset, parameters)
    writeNorms(
      of: centred, rows: n, columns: shape.inputSize,
      into: sums.displacements + rows.lowerBound)
    Scalar.logSoftmax(
      pass.logits, into: pass.logProbabilities, rows: n, columns: classes)
    Scalar.crossEntropyGradient(
      pass.logProbabilities, into: pass.gradient(shape.layerCount),
      classes: classes,
      MixedTargets(count: n, first: labels, second: labels, weights: weights),
      scale: weights)
    let first = rows.lowerBound * classes
    widen(
      pass.gradient(shape.layerCount), into: sums.residuals + first,
      count: n * classes)
    restoreOwnResiduals(
      n, labels: labels, residuals: sums.residuals + first)
    widen(
      pass.logits + n * classes, into: sums.derivatives + first,
      count: n * classes)
    if measuresLoss {
      pass.backward(rows: 0..<n, parameters)
      writeInputNorms(
        of: GroupedRows(
          pass.gradient(1), width: shape.sizes[1], groups: 1, repeats: n,
          active: nil),
        norm, into: sums.lossGradientNorms + rows.lowerBound)
    }
    if shape.layerCount == 1 {
      for k in 0..<classes {
        let weights = parameters + k * shape.inputSize
        let value = Double(Scalar.nrm2(shape.inputSize, weights))
        for i in 0..<n { sums.gradientNorms[first + i * classes + k] = value }
      }
    } else {
      for start in stride(from: 0, to: n, by: imagesAtATime) {
        let images = start..<min(start + imagesAtATime, n)
        writeInputNorms(
          of: logitGradients(images, parameters, hidden), norm,
          into: sums.gradientNorms + first + start * classes)
      }
    }
  }

  /// Takes the true class's residual p_y − 1 as −Σ_{k≠y} p_k, there and in the
  /// gradient that goes backward: near p_y = 1 the difference has lost its
  /// digits, and with them q its sign, while the sum has all of them.
  private func restoreOwnResiduals(
    _ n: Int, labels: UnsafePointer<Int32>,
    residuals: UnsafeMutablePointer<Double>
  ) {
    let classes = shape.classCount
    let gradient = pass.gradient(shape.layerCount)
    for i in 0..<n {
      let own = Int(labels[i])
      var others = 0.0
      for k in 0..<classes where k != own {
        others += residuals[i * classes + k]
      }
      residuals[i * classes + own] = 0 - others
      gradient[i * classes + own] = Scalar(0 - others)
    }
  }

  /// One pass of values and tangents: both begin as W₁(x − x̄).
  private func forward(
    _ n: Int, images: UnsafePointer<Scalar>, mean: UnsafePointer<Scalar>,
    offset: UnsafePointer<Scalar>, _ parameters: UnsafePointer<Scalar>
  ) {
    let (inputs, width) = (shape.inputSize, shape.sizes[1])
    minusMean.update(repeating: 0, count: inputs)
    Scalar.axpy(inputs, alpha: -1, mean, minusMean)
    centred.update(from: images, count: n * inputs)
    Scalar.addBias(centred, bias: minusMean, rows: n, columns: inputs)
    let values = pass.preactivation(1)
    let tangents = values + n * width
    Scalar.gemm(
      transposeA: false, transposeB: true, rows: n, columns: width,
      inner: inputs, alpha: 1, centred, strideA: inputs, parameters,
      strideB: inputs, beta: 0, tangents, strideC: width)
    values.update(from: tangents, count: n * width)
    Scalar.addBias(values, bias: offset, rows: n, columns: width)
    pass.forward(
      rows: 0..<2 * n, tangents: TangentRows(owners: 0..<n, rows: n..<2 * n),
      parameters)
  }

  /// The gradients of all logits at u₁ for some images, [images, K, h₁].
  private func logitGradients(
    _ images: Range<Int>, _ parameters: UnsafePointer<Scalar>,
    _ hidden: [PanelMatrix<Scalar>]
  ) -> GroupedRows<Scalar> {
    let (n, classes) = (images.count, shape.classCount)
    let last = shape.layerCount
    var (now, next) = (gradients[0], gradients[1])
    func findSlopes(_ layer: Int) {
      let width = shape.sizes[layer]
      Scalar.timesSlope(
        shape.activation,
        pass.preactivation(layer) + images.lowerBound * width,
        gradient: ones, into: slopes, count: n * width)
    }
    findSlopes(last - 1)
    Scalar.spreadGroups(
      of: parameters + shape.weightOffset(ofLayer: last), factors: slopes,
      into: now, groups: n, repeats: classes, columns: shape.sizes[last - 1])
    active.find(in: slopes, groups: n, width: shape.sizes[last - 1])
    for (layer, weights) in zip(2..<last, hidden).reversed() {
      let rows = GroupedRows(
        now, width: weights.rowCount, groups: n, repeats: classes,
        active: active)
      findSlopes(layer - 1)
      weights.writeRows(of: rows, factors: slopes, into: next)
      active.find(in: slopes, groups: n, width: weights.columnCount)
      swap(&now, &next)
    }
    return GroupedRows(
      now, width: shape.sizes[1], groups: n, repeats: classes, active: active)
  }

  /// ‖W₁ᵀb‖ of each row b.
  private func writeInputNorms(
    of rows: GroupedRows<Scalar>, _ norm: FirstLayerNorm<Scalar>,
    into out: UnsafeMutablePointer<Double>
  ) {
    norm.writeSquares(of: rows, into: out)
    rootRows(out, rows.groups * rows.repeats) {
      norm.norm(of: rows.numbers + $0 * rows.width)
    }
  }

  private func writeNorms(
    of vectors: UnsafePointer<Scalar>, rows: Int, columns: Int,
    into out: UnsafeMutablePointer<Double>
  ) {
    Scalar.rowSquareNorms(vectors, rows: rows, columns: columns, into: out)
    rootRows(out, rows) {
      Double(Scalar.nrm2(columns, vectors + $0 * columns))
    }
  }

  /// Square roots; where a square left the range in which it is precise, the
  /// norm again with care.
  private func rootRows(
    _ squares: UnsafeMutablePointer<Double>, _ rows: Int,
    careful: (Int) -> Double
  ) {
    for r in 0..<rows {
      squares[r] =
        (1e-250...1e250).contains(squares[r])
        ? squares[r].squareRoot() : careful(r)
    }
  }
}

/// The numbers in double precision.
///
/// A loop for each number type, since a generic one converts through calls.
private func widen<Scalar: VectorScalar>(
  _ numbers: UnsafePointer<Scalar>, into out: UnsafeMutablePointer<Double>,
  count: Int
) {
  let raw = UnsafeRawPointer(numbers)
  if Scalar.self == Double.self {
    out.update(
      from: raw.assumingMemoryBound(to: Double.self), count: count)
  } else if Scalar.self == Float.self {
    let floats = raw.assumingMemoryBound(to: Float.self)
    for i in 0..<count { out[i] = Double(floats[i]) }
  } else {
    for i in 0..<count { out[i] = Double(numbers[i]) }
  }
}
