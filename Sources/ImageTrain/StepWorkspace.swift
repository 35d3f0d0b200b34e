import Mixing
import Networks
import VectorMath

/// The buffers of a step's matrices and rows, taken once for a whole run.
///
/// `@unchecked Sendable`: pieces of a step write to rows and windows of their
/// own.
final class StepWorkspace<Scalar: VectorScalar>: @unchecked Sendable {
  let pass: DensePass<Scalar>
  /// Pixels of the sources, rows `sourceStride` apart.
  let sources: UnsafeMutablePointer<Scalar>
  let sourceStride: Int
  /// W₁x of the sources, [sources, sizes[1]].
  let products: UnsafeMutablePointer<Scalar>
  /// Pixels of the rows, `sourceStride` apart; written where there are fewer
  /// rows than sources.
  let rowPixels: UnsafeMutablePointer<Scalar>
  /// The gradient at u_1 by source or by row, `firstGradientStride` apart.
  let firstGradients: UnsafeMutablePointer<Scalar>
  let firstGradientStride: Int
  /// Parameters and velocities.
  let network: PanelNetwork<Scalar>
  /// Bias gradients of each shard, [shards, biases]; the first becomes the
  /// sum.
  let biasPartials: UnsafeMutablePointer<Scalar>

  // Row by row: sources and their weights, mixed labels, losses, scales.
  let first: UnsafeMutablePointer<Int32>
  let second: UnsafeMutablePointer<Int32>
  let firstWeights: UnsafeMutablePointer<Double>
  let secondWeights: UnsafeMutablePointer<Double>
  let firstLabels: UnsafeMutablePointer<Int32>
  let secondLabels: UnsafeMutablePointer<Int32>
  let losses: UnsafeMutablePointer<Double>
  let scales: UnsafeMutablePointer<Double>
  /// Cross-entropies of student and teacher, by mixed sample.
  let studentLosses: UnsafeMutablePointer<Double>
  let teacherLosses: UnsafeMutablePointer<Double>

  init(shape: DenseShape, sourceCapacity: Int, rowCapacity: Int) {
    func room<T: Numeric>(_ count: Int, _: T.Type) -> UnsafeMutablePointer<T> {
      let pointer = UnsafeMutablePointer<T>.allocate(capacity: max(count, 1))
      pointer.initialize(repeating: 0, count: max(count, 1))
      return pointer
    }
    pass = DensePass(shape: shape, capacity: rowCapacity, backward: true)
    sourceStride = CacheLines<Scalar>.stride(shape.inputSize)
    sources = CacheLines<Scalar>.allocate(sourceCapacity * sourceStride)
    rowPixels = CacheLines<Scalar>.allocate(sourceCapacity * sourceStride)
    products = room(sourceCapacity * shape.sizes[1], Scalar.self)
    firstGradientStride = CacheLines<Scalar>.stride(shape.sizes[1])
    firstGradients = CacheLines<Scalar>.allocate(
      sourceCapacity * firstGradientStride)
    network = PanelNetwork(shape: shape, learns: true)
    // No fewer than samples.
    biasPartials = room(
      RowLayout.shardCount(ofSamples: rowCapacity) * shape.biasCount,
      Scalar.self)
    first = room(rowCapacity, Int32.self)
    second = room(rowCapacity, Int32.self)
    firstWeights = room(rowCapacity, Double.self)
    secondWeights = room(rowCapacity, Double.self)
    firstLabels = room(rowCapacity, Int32.self)
    secondLabels = room(rowCapacity, Int32.self)
    losses = room(rowCapacity, Double.self)
    scales = room(rowCapacity, Double.self)
    studentLosses = room(rowCapacity, Double.self)
    teacherLosses = room(rowCapacity, Double.self)
  }

  deinit {
    for pointer in [
      sources, rowPixels, products, firstGradients, biasPartials,
    ] { pointer.deallocate() }
    for pointer in [first, second, firstLabels, secondLabels] {
      pointer.deallocate()
    }
    for pointer in [
      firstWeights, secondWeights, losses, scales, studentLosses,
      teacherLosses,
    ] { pointer.deallocate() }
  }

  /// The rows in `range` as combinations of sources.
  func combinations(_ range: Range<Int>) -> RowCombinations {
    RowCombinations(
      count: range.count, first: first + range.lowerBound,
      second: second + range.lowerBound,
      firstWeights: firstWeights + range.lowerBound,
      secondWeights: secondWeights + range.lowerBound)
  }

  /// The mixed labels of the rows in `range`.
  func targets(_ range: Range<Int>) -> MixedTargets {
    MixedTargets(
      count: range.count, first: firstLabels + range.lowerBound,
      second: secondLabels + range.lowerBound,
      weights: firstWeights + range.lowerBound)
  }

  /// Fills the rows of a shard.
  ///
  /// - Parameters:
  ///   - batch: The mixed samples and their sources.
  ///   - labels: Labels of the data set.
  ///   - meanSource: Where the mean image lies among the sources.
  func fillRows(
    _ shard: RowLayout.Shard, _ batch: MixedBatch, labels: [Int32],
    meanSource: Int
  ) {
    for (s, row) in zip(shard.mixed, shard.mixedRows) {
      let (a, b, weight) = (batch.first[s], batch.second[s], batch.weights[s])
      setRow(row, Int(a), Int(b), weight, 1 - weight)
      firstLabels[row] = labels[Int(batch.sources[Int(a)])]
      secondLabels[row] = labels[Int(batch.sources[Int(b)])]
    }
    for (i, row) in zip(shard.clean, shard.cleanRows) {
      setRow(row, i, i, 1, 0)
      firstLabels[row] = labels[Int(batch.sources[i])]
      secondLabels[row] = firstLabels[row]
    }
    guard let tangents = shard.tangents else { return }
    // The direction from the image to the mean image.
    for (i, row) in zip(shard.clean, tangents.rows) {
      setRow(row, meanSource, i, 1, -1)
    }
  }

  /// Closes up the rows that are left when mixed samples are dropped, after
  /// the forward pass.
  ///
  /// - Parameter layout: The layout until now; `layout.keeping(kept)` is that
  ///   of the result.
  func drop(_ layout: RowLayout, keeping kept: [Bool]) {
    var place = 0
    func keep(_ row: Int) {
      if row != place { moveRow(row, to: place) }
      place += 1
    }
    for shard in layout.shards {
      for (s, row) in zip(shard.mixed, shard.mixedRows) where kept[s] {
        keep(row)
      }
      for row in shard.mixedRows.upperBound..<shard.rows.upperBound {
        keep(row)
      }
    }
  }

  private func moveRow(_ row: Int, to place: Int) {
    pass.moveRow(row, to: place)
    first[place] = first[row]
    second[place] = second[row]
    firstWeights[place] = firstWeights[row]
    secondWeights[place] = secondWeights[row]
    firstLabels[place] = firstLabels[row]
    secondLabels[place] = secondLabels[row]
    losses[place] = losses[row]
  }

  /// What the weights of a layer above the first descend along.
  func upperLayerSamples(_ layer: Int, rows: Int) -> LayerSamples<Scalar> {
    LayerSamples(
      count: rows, inputs: pass.activation(layer - 1),
      inputStride: pass.shape.sizes[layer - 1],
      gradients: pass.gradient(layer), gradientStride: pass.shape.sizes[layer])
  }

  /// What the first layer's weights descend along: the rows, or the sources
  /// with the gradient folded onto them where those are not more.
  func firstLayerSamples(rows: Int, sources count: Int) -> LayerSamples<Scalar>
  {
    LayerSamples(
      count: min(rows, count), inputs: rows < count ? rowPixels : sources,
      inputStride: sourceStride, gradients: firstGradients,
      gradientStride: firstGradientStride)
  }

  /// Writes a piece of `firstLayerSamples`: mixes a window of rows, or folds
  /// the gradient onto a window of sources.
  func writeFirstLayerSamples(
    rows: Int, sources count: Int, piece: Int, of pieces: Int
  ) {
    let width = pass.shape.sizes[1]
    if rows < count {
      let window = cut(rows, piece, of: pieces)
      // Between two sources' pixels lie zeros, which mix to zeros.
      Scalar.combineRows(
        rowPixels + window.lowerBound * sourceStride, from: sources,
        columns: sourceStride, combinations(window), bias: nil)
      for row in window {
        (firstGradients + row * firstGradientStride).update(
          from: pass.gradient(1) + row * width, count: width)
      }
    } else {
      Scalar.foldRows(
        pass.gradient(1), onto: firstGradients,
        tableRows: cut(count, piece, of: pieces),
        tableStride: firstGradientStride, columns: width,
        combinations(0..<rows))
    }
  }

  private func setRow(
    _ row: Int, _ a: Int, _ b: Int, _ wa: Double, _ wb: Double
  ) {
    first[row] = Int32(a)
    second[row] = Int32(b)
    firstWeights[row] = wa
    secondWeights[row] = wb
  }
}
