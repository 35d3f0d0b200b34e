public import LinearAlgebra

/// Labelled samples, each of which is a row of patches.
///
/// - Shapes: `patches` is `(sampleCount·patchCount) × dimension`; patch p of
///   sample i is row `i·patchCount + p`.
public struct PatchData: Sendable, Equatable {
  /// Number of patches of a sample.
  public let patchCount: Int
  /// Number of classes.
  public let classCount: Int
  /// The patches, sample after sample.
  public let patches: Matrix<Double>
  /// The class of each sample, from 0.
  public let labels: [Int32]

  /// The largest norm of a patch; at least the least positive number.
  public var largestPatchNorm: Double {
    (0..<patches.rowCount).reduce(Double.leastNormalMagnitude) { largest, row in
      max(
        largest,
        patches.row(row).reduce(0) { $0 + $1 * $1 }.squareRoot())
    }
  }

  /// Samples from their parts.
  ///
  /// - Precondition: There is a sample and a patch, `patches` has `patchCount`
  ///   rows per label, the labels are below `classCount`, of which there are 2
  ///   or more.
  public init(
    patches: Matrix<Double>, patchCount: Int, labels: [Int32],
    classCount: Int = 2
  ) {
    precondition(
      patchCount > 0 && !labels.isEmpty && patches.columnCount > 0
        && patches.rowCount == patchCount * labels.count,
      "\(patches.rowCount) × \(patches.columnCount) patches for "
        + "\(labels.count) samples of \(patchCount)")
    precondition(
      classCount >= 2 && labels.allSatisfy { 0 <= $0 && $0 < classCount },
      "a label outside 0 ..< \(classCount)")
    self.patches = patches
    self.patchCount = patchCount
    self.labels = labels
    self.classCount = classCount
  }

  /// Number of samples.
  public var sampleCount: Int { labels.count }

  /// Number of coordinates of a patch.
  public var dimension: Int { patches.columnCount }

  /// A patch.
  public func patch(_ position: Int, ofSample sample: Int) -> ArraySlice<Double>
  {
    patches.row(sample * patchCount + position)
  }
}
