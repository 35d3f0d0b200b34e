public import LinearAlgebra
public import Randomness
internal import RealModule

/// Classes of Gaussian inputs of unit variance, equally likely, whose label
/// probabilities are known everywhere.
///
///     x | j ~ N(c_j, I),   P(j | x) ∝ exp(c_jᵀx − ½‖c_j‖²)
public struct GaussianClasses: Sendable, Equatable {
  /// c_j as rows, K × p.
  public let centers: Matrix<Double>

  /// Draws centers c_j ~ N(0, (separation²/p) I), so that two of them are
  /// about √2·separation apart.
  public init(
    classCount: Int, inputDimension p: Int, separation: Double,
    from stream: inout RandomStream
  ) {
    precondition(
      classCount >= 1 && p >= 1, "\(classCount) classes of \(p) inputs")
    let deviation = separation / Double(p).squareRoot()
    centers = Matrix(
      rowCount: classCount, columnCount: p,
      elements: stream.normals(count: classCount * p).map { deviation * $0 })
  }

  /// An input of a class that is drawn too.
  public func input(from stream: inout RandomStream) -> [Double] {
    let center = centers.row(stream.index(below: centers.rowCount))
    return zip(center, stream.normals(count: centers.columnCount)).map {
      $0 + $1
    }
  }

  /// P(j | x) for each class.
  public func probabilities(at input: [Double]) -> [Double] {
    let logits = (0..<centers.rowCount).map { j in
      zip(centers.row(j), input).reduce(0) { $0 + $1.0 * ($1.1 - $1.0 / 2) }
    }
    let top = logits.max() ?? 0
    let weights = logits.map { Double.exp($0 - top) }
    let total = weights.reduce(0, +)
    return weights.map { $0 / total }
  }
}
