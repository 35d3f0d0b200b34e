import Networks
import VectorMath

/// The rows of a training step: which are computed and how they are cut into
/// shards.
///
/// A thread takes a shard at a time; so that no sum depends on the threads, the
/// cut depends on the samples alone. A shard's rows are contiguous: its mixed
/// samples, its clean samples and the tangents of its clean samples. Rows are
/// combinations of *sources*, the images of the batch and, where tangents are
/// wanted, the mean image.
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

  /// Whether rows are combinations of the mean image too.
  var hasTangents: Bool { shards.contains { $0.tangents != nil } }

  /// Number of clean samples.
  var cleanCount: Int { shards.reduce(0) { $0 + $1.clean.count } }

  /// Most mixed samples, or clean ones, of a shard: enough for tiles of
  /// products, few enough for threads of unlike speed to end together.
  static var shardSize: Int { 16 }

  /// How many shards so many samples take.
  static func shardCount(ofSamples count: Int, size: Int = shardSize) -> Int {
    max(1, (count + size - 1) / size)
  }

  /// The rows of so many samples of each kind, cut into shards.
  init(
    mixed: Int, clean: Int, tangents: Bool, shardSize: Int = Self.shardSize
  ) {
    let shards = Self.shardCount(
      ofSamples: max(mixed, clean), size: shardSize)
    self.init(
      (0..<shards).map { k in
        (cut(mixed, k, of: shards), cut(clean, k, of: shards), tangents)
      })
  }

  /// What is in each shard.
  private init(
    _ parts: [(mixed: Range<Int>, clean: Range<Int>, tangents: Bool)]
  ) {
    var row = 0
    func next(_ count: Int) -> Range<Int> {
      defer { row += count }
      return row..<row + count
    }
    shards = parts.map { part in
      let mixedRows = next(part.mixed.count)
      let cleanRows = next(part.clean.count)
      return Shard(
        mixed: part.mixed, clean: part.clean, mixedRows: mixedRows,
        cleanRows: cleanRows,
        tangents: part.tangents
          ? TangentRows(owners: cleanRows, rows: next(cleanRows.count)) : nil)
    }
    rowCount = row
  }

  /// The rows that are left when mixed samples are dropped, closed up, each in
  /// its shard.
  ///
  /// - Parameter kept: One flag per mixed sample.
  func keeping(_ kept: [Bool]) -> RowLayout {
    var sample = 0
    return RowLayout(
      shards.map { shard in
        let first = sample
        sample += kept[shard.mixed].count { $0 }
        return (first..<sample, shard.clean, shard.tangents != nil)
      })
  }
}
