public import LinearAlgebra
public import Randomness
public import Synthetic

/// The patch network with squared activation.
///
///     F_k(x) = Σ_p Σ_r ⟨w_{k,r}, x^{(p)}⟩²
///
/// Every class has its own `width` filters, which see every patch; the second
/// layer is all ones.
///
/// - Shapes: `weights` is `(classCount·width) × dimension`; filter r of class k
///   is row `k·width + r`.
/// - Source: D. Zou et al. 2023 (arXiv:2303.08433), as the slides quote it.
public struct PatchNetwork: Sendable, Equatable {
  /// Number of classes.
  public let classCount: Int
  /// Filters of a class.
  public let width: Int
  /// The filters, class after class.
  public var weights: Matrix<Double>

  /// A network from its filters.
  ///
  /// - Precondition: There are two classes or more, and the rows of `weights`
  ///   are `width` per class.
  public init(classCount: Int, width: Int, weights: Matrix<Double>) {
    precondition(
      classCount >= 2 && width > 0 && weights.columnCount > 0
        && weights.rowCount == classCount * width,
      "\(weights.rowCount) × \(weights.columnCount) weights for \(classCount) "
        + "classes of \(width) filters")
    self.classCount = classCount
    self.width = width
    self.weights = weights
  }

  /// A network with filters drawn from N(0, scale²I).
  ///
  /// - Precondition: `scale >= 0`.
  public init(
    classCount: Int = 2, width: Int, dimension: Int, scale: Double,
    using stream: inout RandomStream
  ) {
    precondition(scale >= 0, "initial weights of scale \(scale)")
    let numbers = stream.normals(count: classCount * width * dimension)
    self.init(
      classCount: classCount, width: width,
      weights: Matrix(
        rowCount: classCount * width, columnCount: dimension,
        elements: numbers.map { scale * $0 }))
  }

  /// Number of coordinates of a patch.
  public var dimension: Int { weights.columnCount }

  /// The logits F_k of samples, [samples, classCount].
  ///
  /// - Precondition: The patches have the network's dimension.
  public func logits(of data: PatchData) -> Matrix<Double> {
    precondition(
      data.dimension == dimension,
      "patches of \(data.dimension) numbers for \(dimension) inputs")
    let responses = data.patches.multiplied(
      by: weights, transposingOther: true)
    var logits = Matrix<Double>(
      rowCount: data.sampleCount, columnCount: classCount, repeating: 0)
    for i in 0..<data.sampleCount {
      for p in 0..<data.patchCount {
        let row = responses.row(i * data.patchCount + p)
        for (c, response) in row.enumerated() {
          logits[i, c / width] += response * response
        }
      }
    }
    return logits
  }

  /// The share of samples whose largest logit is that of their class; of equal
  /// logits the first class counts.
  public func accuracy(on data: PatchData) -> Double {
    let logits = logits(of: data)
    let right = data.labels.indices.count { i in
      let row = Array(logits.row(i))
      return row.firstIndex(of: row.reduce(-.infinity, max))
        == Int(data.labels[i])
    }
    return Double(right) / Double(data.sampleCount)
  }

  /// How much each class has learnt of a direction: Σ_r ⟨w_{k,r}, f⟩² for each
  /// row f of `directions`.
  ///
  /// - Returns: `classCount × directions`.
  public func learning(of directions: Matrix<Double>) -> Matrix<Double> {
    let products = weights.multiplied(by: directions, transposingOther: true)
    return Matrix(
      rowCount: classCount, columnCount: directions.rowCount
    ) { k, f in
      (0..<width).reduce(0) {
        $0 + products[k * width + $1, f] * products[k * width + $1, f]
      }
    }
  }
}
