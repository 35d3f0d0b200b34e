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
    self.shards = result
    rowCount = row
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
  /// The gradient at u_1 folded onto the sources, rows `foldedStride` apart.
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
  /// Where each source goes when unused ones are dropped, [sources].
  let places: UnsafeMutablePointer<Int32>
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
    places = room(sourceCapacity, Int32.self)
    losses = room(rowCapacity, Double.self)
    scales = room(rowCapacity, Double.self)
    studentLosses = room(rowCapacity, Double.self)
    teacherLosses = room(rowCapacity, Double.self)
  }

  deinit {
    for pointer in [
      sources, products, folded, parameters, velocity, gradient, biasPartials,
    ] { pointer.deallocate() }
    for pointer in [first, second, firstLabels, secondLabels, places] {
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

  /// Takes dropped samples out of the first layer's weight gradient, and then
  /// the sources that no row uses: the others close up, in their order.
  ///
  /// - Precondition: the step's backward pass is done, since the weights of
  ///   dropped rows, which are their label weights too, become 0.
  /// - Returns: The number of sources that are left.
  func dropUnusedSources(
    of count: Int, _ layout: RowLayout, kept: [Bool]
  ) -> Int {
    for shard in layout.shards {
      for (s, row) in zip(shard.mixed, shard.mixedRows) where !kept[s] {
        setRow(row, 0, 0, 0, 0)
      }
    }
    places.update(repeating: 0, count: count)
    for row in 0..<layout.rowCount {
      if firstWeights[row] != 0 { places[Int(first[row])] = 1 }
      if secondWeights[row] != 0 { places[Int(second[row])] = 1 }
    }
    let width = pass.shape.inputSize
    var left = 0
    for s in 0..<count where places[s] != 0 {
      if s != left {
        (sources + left * sourceStride).update(
          from: sources + s * sourceStride, count: width)
      }
      places[s] = Int32(left)
      left += 1
    }
    // A source that is gone has weight 0 wherever it is named; its place is 0.
    for row in 0..<layout.rowCount {
      first[row] = places[Int(first[row])]
      second[row] = places[Int(second[row])]
    }
    return left
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
