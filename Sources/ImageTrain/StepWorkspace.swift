import Mixing
import Networks
import VectorMath

/// The rows of a training step: which are computed and how they are cut into
/// shards.
///
/// A shard's rows are contiguous: its mixed samples, its clean samples and the
/// tangents of its clean samples. Rows are combinations of *sources*, the
/// images of the batch and, where tangents are wanted, the mean image.
struct RowLayout: Equatable {
  struct Shard: Equatable {
    /// Mixed samples of the batch that belong to the shard.
    var mixed: Range<Int>
    /// Clean samples of the batch that belong to the shard.
    var clean: Range<Int>
    /// Rows of the mixed samples.
    var mixedRows: Range<Int>
    /// Rows of the clean samples.
    var cleanRows: Range<Int>
    /// The shard's tangents, if it has any.
    var tangents: TangentRows?

    /// All rows of the shard.
    var rows: Range<Int> {
      mixedRows.lowerBound..<(tangents?.rows.upperBound ?? cleanRows.upperBound)
    }
    /// The rows that are values and not tangents.
    var valueRows: Range<Int> { mixedRows.lowerBound..<cleanRows.upperBound }
  }

  let shards: [Shard]
  let rowCount: Int

  init(mixed: Int, clean: Int, tangents: Bool, shards: Int) {
    func cut(_ count: Int, _ k: Int) -> Range<Int> {
      count * k / shards..<count * (k + 1) / shards
    }
    var row = 0
    var result: [Shard] = []
    for k in 0..<shards {
      let (m, c) = (cut(mixed, k), cut(clean, k))
      let mixedRows = row..<row + m.count
      let cleanRows = mixedRows.upperBound..<mixedRows.upperBound + c.count
      let tangentRows =
        cleanRows.upperBound..<(cleanRows.upperBound + (tangents ? c.count : 0))
      result.append(
        Shard(
          mixed: m, clean: c, mixedRows: mixedRows, cleanRows: cleanRows,
          tangents: tangents
            ? TangentRows(owners: cleanRows, rows: tangentRows) : nil))
      row = tangentRows.upperBound
    }
    self.init(shards: result)
  }

  private init(shards: [Shard]) {
    self.shards = shards
    rowCount = shards.last?.rows.upperBound ?? 0
  }

  /// The rows that are left when mixed samples are dropped, closed up, each in
  /// its shard.
  ///
  /// - Parameter kept: One flag per mixed sample.
  func keeping(_ kept: [Bool]) -> RowLayout {
    var (sample, row) = (0, 0)
    func next(_ count: Int) -> Range<Int> {
      defer { row += count }
      return row..<row + count
    }
    return RowLayout(
      shards: shards.map { shard in
        let left = kept[shard.mixed].count { $0 }
        defer { sample += left }
        let mixedRows = next(left)
        let cleanRows = next(shard.clean.count)
        return Shard(
          mixed: sample..<sample + left, clean: shard.clean,
          mixedRows: mixedRows, cleanRows: cleanRows,
          tangents: shard.tangents.map {
            TangentRows(owners: cleanRows, rows: next($0.count))
          })
      })
  }
}

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
  /// Pixels of mixed rows, where those are fewer than their sources; likewise.
  let mixed: UnsafeMutablePointer<Scalar>
  /// The gradient at u_1 by source or by mixed row, rows `foldedStride` apart.
  let folded: UnsafeMutablePointer<Scalar>
  let foldedStride: Int
  /// W₁ and its velocity.
  let firstLayer: PanelLayer<Scalar>
  /// Parameters as the shape lays them out.
  ///
  /// W₁ is as old as the last call of `collectParameters`.
  let parameters: UnsafeMutablePointer<Scalar>
  /// Likewise, by `collectVelocity`.
  let velocity: UnsafeMutablePointer<Scalar>
  /// Of the layers above the first.
  let gradient: UnsafeMutablePointer<Scalar>
  /// Bias gradients of each shard, [shards, parameterCount of biases].
  let biasPartials: UnsafeMutablePointer<Scalar>
  let biasCount: Int

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

  init(shape: DenseShape, sourceCapacity: Int, rowCapacity: Int, shards: Int) {
    func room<T: Numeric>(_ count: Int, _: T.Type) -> UnsafeMutablePointer<T> {
      let pointer = UnsafeMutablePointer<T>.allocate(capacity: max(count, 1))
      pointer.initialize(repeating: 0, count: max(count, 1))
      return pointer
    }
    pass = DensePass(shape: shape, capacity: rowCapacity, backward: true)
    sourceStride = CacheLines<Scalar>.stride(shape.inputSize)
    sources = CacheLines<Scalar>.allocate(sourceCapacity * sourceStride)
    mixed = CacheLines<Scalar>.allocate(sourceCapacity * sourceStride)
    products = room(sourceCapacity * shape.sizes[1], Scalar.self)
    foldedStride = CacheLines<Scalar>.stride(shape.sizes[1])
    folded = CacheLines<Scalar>.allocate(sourceCapacity * foldedStride)
    firstLayer = PanelLayer(
      inputCount: shape.inputSize, unitCount: shape.sizes[1])
    parameters = room(shape.parameterCount, Scalar.self)
    velocity = room(shape.parameterCount, Scalar.self)
    gradient = room(shape.parameterCount, Scalar.self)
    biasCount = shape.sizes.dropFirst().reduce(0, +)
    biasPartials = room(shards * biasCount, Scalar.self)
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
      sources, mixed, products, folded, parameters, velocity, gradient,
      biasPartials,
    ] { pointer.deallocate() }
    for pointer in [first, second, firstLabels, secondLabels] {
      pointer.deallocate()
    }
    for pointer in [
      firstWeights, secondWeights, losses, scales, studentLosses,
      teacherLosses,
    ] { pointer.deallocate() }
  }

  /// Takes over a network's parameters, in the order of its shape.
  func setParameters(_ new: [Scalar]) {
    parameters.update(from: new, count: pass.shape.parameterCount)
    firstLayer.readWeights(from: parameters)
  }

  /// Takes over the velocity of each parameter.
  func setVelocity(_ new: [Scalar]) {
    velocity.update(from: new, count: pass.shape.parameterCount)
    firstLayer.readVelocity(from: velocity)
  }

  /// All parameters as they are now.
  func collectParameters() -> UnsafeBufferPointer<Scalar> {
    firstLayer.writeWeights(into: parameters)
    return UnsafeBufferPointer(
      start: parameters, count: pass.shape.parameterCount)
  }

  /// All velocities as they are now.
  func collectVelocity() -> UnsafeBufferPointer<Scalar> {
    firstLayer.writeVelocity(into: velocity)
    return UnsafeBufferPointer(
      start: velocity, count: pass.shape.parameterCount)
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

  /// Fills the rows of a step.
  ///
  /// - Parameters:
  ///   - batch: The mixed samples and their sources.
  ///   - labels: Labels of the data set.
  ///   - meanSource: Where the mean image lies among the sources.
  func fillRows(
    _ layout: RowLayout, _ batch: MixedBatch, labels: [Int32], meanSource: Int
  ) {
    for shard in layout.shards {
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
      guard let tangents = shard.tangents else { continue }
      // The direction from the image to the mean image.
      for (i, row) in zip(shard.clean, tangents.rows) {
        setRow(row, meanSource, i, 1, -1)
      }
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

  /// What the first layer's weights descend along: the mixed rows, or the
  /// sources with the gradient folded onto them where those are not more.
  func firstLayerSamples(rows: Int, sources count: Int) -> LayerSamples<Scalar>
  {
    LayerSamples(
      count: min(rows, count), inputs: rows < count ? mixed : sources,
      inputStride: sourceStride, gradients: folded,
      gradientStride: foldedStride)
  }

  /// Forms them, or a piece of them: a window of rows, or of units.
  func formFirstLayerSamples(
    rows: Int, sources count: Int, piece: Int, of pieces: Int
  ) {
    let width = pass.shape.sizes[1]
    let mixes = rows < count
    let total = mixes ? rows : width
    let window = total * piece / pieces..<total * (piece + 1) / pieces
    if mixes {
      // Between two sources' pixels lie zeros, which mix to zeros.
      Scalar.combineRows(
        mixed + window.lowerBound * sourceStride, from: sources,
        columns: sourceStride, combinations(window), bias: nil)
      for row in window {
        (folded + row * foldedStride).update(
          from: pass.gradient(1) + row * width, count: width)
      }
    } else {
      Scalar.foldRows(
        pass.gradient(1), onto: folded, tableRows: count,
        tableStride: foldedStride, columns: width, window: window,
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
