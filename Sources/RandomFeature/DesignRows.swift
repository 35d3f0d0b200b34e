public import LinearAlgebra
internal import VectorMath

/// The rows φ(x̃_s) of a design matrix, given in blocks.
///
/// A design of a million mixed samples is never held whole: its rows are made
/// again for every pass over them.
public protocol DesignRows: Sendable {
  /// Number of rows m, the mixed samples.
  var rowCount: Int { get }

  /// Number of columns d, the features.
  var featureDimension: Int { get }

  /// Calls `body` with the rows in `range`, row after row.
  ///
  /// Equal ranges give equal numbers; several threads may ask at once.
  func withRows<Result>(
    _ range: Range<Int>, _ body: (UnsafePointer<Double>) -> Result
  ) -> Result
}

extension Matrix: DesignRows where Scalar == Double {
  /// The number of columns.
  public var featureDimension: Int { columnCount }

  /// Calls `body` with the rows in `range`, not copied.
  public func withRows<Result>(
    _ range: Range<Int>, _ body: (UnsafePointer<Double>) -> Result
  ) -> Result {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= rowCount,
      "expected rows below \(rowCount), got \(range)")
    return withUnsafeElements { elements in
      guard let start = elements.baseAddress else {
        return withUnsafeTemporaryAllocation(of: Double.self, capacity: 1) {
          body($0.baseAddress!)
        }
      }
      return body(start + range.lowerBound * columnCount)
    }
  }
}

extension DesignRows {
  /// Sums over the rows are cut into so many pieces, each summed in order and
  /// then added in order: the same bits whatever the number of threads.
  private static var shardCount: Int { 2 }

  /// Rows of a block: some 16 MB, and enough of them for BLAS.
  var blockSize: Int { max(256, (1 << 21) / max(featureDimension, 1)) }

  /// The blocks of a range of rows, in order.
  func blocks(of range: Range<Int>) -> [Range<Int>] {
    stride(from: range.lowerBound, to: range.upperBound, by: blockSize).map {
      $0..<min($0 + blockSize, range.upperBound)
    }
  }

  /// ΦᵀΦ/m, the matrix K of the gradient flow, d × d.
  ///
  /// - Complexity: m·d² multiplications and additions, O(d²) memory.
  public func secondMoment(threads: Int = 1) -> Matrix<Double> {
    let d = featureDimension
    let elements = sum(of: d * d, threads: threads) { range, out in
      withRows(range) { rows in
        Double.syrk(
          transpose: true, order: d, inner: range.count,
          alpha: 1 / Double(rowCount), rows, strideA: d, beta: 1, out,
          strideC: d)
      }
    }
    return Matrix(rowCount: d, columnCount: d, elements: elements)
  }

  /// Φᵀy/m for each column y of `labels`, as rows.
  ///
  /// - Shapes: `labels` is m × c; the result c × d.
  /// - Precondition: as many labels as rows.
  public func labelMoments(
    _ labels: Matrix<Double>, threads: Int = 1
  ) -> Matrix<Double> {
    precondition(
      labels.rowCount == rowCount,
      "\(labels.rowCount) labels for \(rowCount) rows")
    let (d, c) = (featureDimension, labels.columnCount)
    let elements = sum(of: c * d, threads: threads) { range, out in
      withRows(range) { rows in
        labels.withRows(range) { labels in
          Double.gemm(
            transposeA: true, transposeB: false, rows: c, columns: d,
            inner: range.count, alpha: 1 / Double(rowCount), labels,
            strideA: c, rows, strideB: d, beta: 1, out, strideC: d)
        }
      }
    }
    return Matrix(rowCount: c, columnCount: d, elements: elements)
  }

  /// Φᵀy/m.
  ///
  /// - Precondition: as many labels as rows.
  public func labelMoment(_ labels: [Double], threads: Int = 1) -> [Double] {
    labelMoments(
      Matrix(rowCount: labels.count, columnCount: 1, elements: labels),
      threads: threads
    ).elements
  }

  /// The predictions φ_sᵀθ of all rows.
  ///
  /// - Precondition: one parameter per feature.
  public func predictions(_ parameters: [Double]) -> [Double] {
    precondition(
      parameters.count == featureDimension,
      "\(parameters.count) parameters for \(featureDimension) features")
    return [Double](unsafeUninitializedCapacity: rowCount) { out, count in
      count = rowCount
      guard let out = out.baseAddress else { return }
      for range in blocks(of: 0..<rowCount) {
        withRows(range) { rows in
          Double.gemv(
            transpose: false, rows: range.count, columns: featureDimension,
            alpha: 1, rows, strideA: featureDimension, parameters, beta: 0,
            out + range.lowerBound)
        }
      }
    }
  }

  /// All rows at once.
  public var matrix: Matrix<Double> {
    if let matrix = self as? Matrix<Double> { return matrix }
    let d = featureDimension
    let elements = [Double](unsafeUninitializedCapacity: rowCount * d) {
      out, count in
      count = rowCount * d
      for range in blocks(of: 0..<rowCount) {
        withRows(range) { rows in
          out.baseAddress?.advanced(by: range.lowerBound * d)
            .initialize(from: rows, count: range.count * d)
        }
      }
    }
    return Matrix(rowCount: rowCount, columnCount: d, elements: elements)
  }

  /// A sum over all rows, shard by shard, block by block.
  ///
  /// - Parameter add: Adds the sum over a block to what it is given.
  private func sum(
    of count: Int, threads: Int,
    _ add: (Range<Int>, UnsafeMutablePointer<Double>) -> Void
  ) -> [Double] {
    let isSmall = rowCount * featureDimension < 1 << 16
    let shards = isSmall ? 1 : Self.shardCount
    var sums = [Double](repeating: 0, count: count * shards)
    let team = ThreadTeam(size: min(threads, shards))
    sums.withUnsafeMutableBufferPointer { sums in
      guard let start = sums.baseAddress else { return }
      // Shards write to parts of their own.
      nonisolated(unsafe) let parts = start
      team.forEach(shards) { shard in
        let rows =
          rowCount * shard / shards..<rowCount * (shard + 1) / shards
        for block in blocks(of: rows) { add(block, parts + shard * count) }
      }
      for shard in 1..<max(shards, 1) {
        Double.axpy(count, alpha: 1, start + shard * count, start)
      }
    }
    return Array(sums.prefix(count))
  }
}
