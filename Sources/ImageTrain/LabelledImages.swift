public import LinearAlgebra
public import VectorMath

/// Images as rows of numbers, with their labels.
public struct LabelledImages<Scalar: VectorScalar>: Sendable {
  /// Pixels, [n, D].
  public let pixels: Matrix<Scalar>
  /// Labels, 0-based.
  public let labels: [Int32]
  /// Number of classes.
  public let classCount: Int

  /// Combines pixels and labels.
  ///
  /// - Precondition: as many labels as rows, all in 0 ..< `classCount`.
  public init(pixels: Matrix<Scalar>, labels: [Int32], classCount: Int) {
    precondition(
      pixels.rowCount == labels.count,
      "\(labels.count) labels for \(pixels.rowCount) images")
    precondition(
      labels.allSatisfy { $0 >= 0 && $0 < classCount },
      "a label lies outside 0 ..< \(classCount)")
    self.pixels = pixels
    self.labels = labels
    self.classCount = classCount
  }

  /// Number of images.
  public var count: Int { labels.count }

  /// The mean image, summed in double precision.
  public var mean: [Scalar] {
    var sums = [Double](repeating: 0, count: pixels.columnCount)
    for row in 0..<count {
      for (column, value) in pixels.row(row).enumerated() {
        sums[column] += Double(value)
      }
    }
    return sums.map { Scalar($0 / Double(max(count, 1))) }
  }
}
