public import LinearAlgebra
public import Randomness
internal import RealModule

/// Empirical Rademacher complexities over one sample of inputs.
///
///     Rad = E_ε sup_θ (1/n) Σ_i ε_i θᵀx_i,   ε_i = ±1 with probability ½
///
/// The supremum is taken exactly for each draw of the signs, and the mean over
/// draws has a standard error.
public struct RademacherEstimate: Sendable, Equatable {
  /// Of W_γ.
  public let retentive: SampleMean
  /// Of the ridge class {‖θ‖² ≤ γ}.
  public let ridge: SampleMean
  /// √(γ·tr Σ̂/n), the bound for the ridge class.
  public let ridgeBound: Double

  /// Estimates for inputs in the eigenbasis of Σ.
  ///
  /// - Parameters:
  ///   - inputs: [n, rank], the coordinates along Σ's eigenvectors.
  ///   - draws: Draws of the signs.
  /// - Precondition: as many columns as the class has eigenvalues; at least
  ///   one input and draw.
  public init(
    of retentiveClass: RetentiveClass, inputs: Matrix<Double>, draws: Int,
    from stream: inout RandomStream
  ) {
    precondition(
      inputs.columnCount == retentiveClass.rank && inputs.rowCount > 0
        && draws > 0,
      "\(inputs.rowCount) × \(inputs.columnCount) inputs and \(draws) draws "
        + "for a rank of \(retentiveClass.rank)")
    let n = Double(inputs.rowCount)
    var (suprema, norms) = ([Double](), [Double]())
    for _ in 0..<draws {
      let signs = (0..<inputs.rowCount).map { _ in
        stream.next() & 1 == 0 ? 1 / n : -1 / n
      }
      let direction = inputs.multiplied(by: signs, transposingSelf: true)
      suprema.append(retentiveClass.supremum(of: direction))
      let square = direction.reduce(0) { $0 + $1 * $1 }
      norms.append((retentiveClass.regulariserBound * square).squareRoot())
    }
    retentive = SampleMean(suprema)
    ridge = SampleMean(norms)
    let trace = inputs.elements.reduce(0) { $0 + $1 * $1 } / n
    ridgeBound = (retentiveClass.regulariserBound * trace / n).squareRoot()
  }

  /// ρ of a distribution, estimated from a sample of it: the smallest of
  /// (mean A″(xᵀv))²/min{1, mean (xᵀv)²} over directions and radii.
  ///
  /// The directions are the eigenvectors of the sample's second moments and as
  /// many random ones; the radii go from B down to B/100 in equal ratios. The
  /// infimum over all v is not above it, except for the sample's own error.
  ///
  /// - Shapes: `inputs` is [n, p].
  /// - Precondition: `radius > 0`.
  public static func retentivity(
    of inputs: Matrix<Double>, radius: Double, from stream: inout RandomStream
  ) throws(LinearAlgebraError) -> Double {
    precondition(radius > 0, "a radius of \(radius)")
    let size = inputs.columnCount
    let eigen = try SymmetricEigen(inputs.gram(transposingSelf: true))
    var directions = (0..<size).map { Array(eigen.vectorsTransposed.row($0)) }
    for _ in 0..<size {
      let v = (0..<size).map { _ in stream.normal() }
      let norm = v.reduce(0) { $0 + $1 * $1 }.squareRoot()
      directions.append(v.map { $0 / norm })
    }
    let n = Double(inputs.rowCount)
    var smallest = Double.infinity
    for direction in directions {
      let scores = inputs.multiplied(by: direction)
      for k in 0...20 {
        let length = radius * .pow(10, -Double(k) / 10)
        var (curvature, square) = (0.0, 0.0)
        for score in scores {
          let e = Double.exp(-abs(length * score))
          curvature += e / ((1 + e) * (1 + e)) / n
          square += length * length * score * score / n
        }
        if square > 0 {
          smallest = min(smallest, curvature * curvature / min(1, square))
        }
      }
    }
    return smallest
  }
}
