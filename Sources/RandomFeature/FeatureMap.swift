public import LinearAlgebra
public import Randomness
internal import RealModule

/// A fixed feature map φ: Rᵖ → Rᵈ.
///
///     relu, tanh, erf   φ_k(x) = σ(w_kᵀx),            w_k ~ N(0, scale²·I/p)
///     cos               φ_k(x) = √2 cos(w_kᵀx + b_k),  b_k ~ U[0, 2π)
///     polynomial        all monomials of total degree 0 … `degree`
public struct FeatureMap: Sendable, Equatable {
  /// The kinds of map by name.
  public enum Kind: String, CaseIterable, Sendable {
    /// max(wᵀx, 0).
    case relu
    /// tanh(wᵀx).
    case tanh
    /// erf(wᵀx).
    case erf
    /// Random Fourier features.
    case cosine = "cos"
    /// Monomials.
    case polynomial
  }

  /// What kind of map it is.
  public let kind: Kind
  /// Dimension p of the inputs.
  public let inputDimension: Int
  /// w_k as rows, d × p; empty for a polynomial.
  public let weights: Matrix<Double>
  /// b_k of random Fourier features; empty otherwise.
  public let phases: [Double]
  /// Exponents of each monomial, by input; empty otherwise.
  public let exponents: [[Int]]

  /// Number of features d.
  public var featureDimension: Int {
    kind == .polynomial ? exponents.count : weights.rowCount
  }

  /// The monomials of total degree up to `degree`.
  ///
  /// In the order 1, x, y, x², xy, y², …: by degree, then with the first
  /// inputs' powers falling.
  public init(monomialsUpToDegree degree: Int, inputDimension p: Int) {
    precondition(
      degree >= 0 && p >= 1, "monomials of degree \(degree) in \(p) inputs")
    kind = .polynomial
    inputDimension = p
    weights = Matrix(rowCount: 0, columnCount: p, elements: [])
    phases = []
    exponents = (0...degree).flatMap { Self.exponents(total: $0, count: p) }
  }

  private static func exponents(total: Int, count: Int) -> [[Int]] {
    if count == 1 { return [[total]] }
    return stride(from: total, through: 0, by: -1).flatMap { first in
      exponents(total: total - first, count: count - 1).map { [first] + $0 }
    }
  }

  /// A map with given weights.
  ///
  /// - Precondition: the kind has weights, and phases only where it is `cos`.
  public init(_ kind: Kind, weights: Matrix<Double>, phases: [Double] = []) {
    precondition(
      kind != .polynomial
        && phases.count == (kind == .cosine ? weights.rowCount : 0),
      "\(kind) features with \(weights.rowCount) weights and "
        + "\(phases.count) phases")
    self.kind = kind
    self.weights = weights
    self.phases = phases
    inputDimension = weights.columnCount
    exponents = []
  }

  /// Draws a map of random features.
  ///
  /// - Precondition: the kind is random.
  public init(
    _ kind: Kind, inputDimension p: Int, featureDimension d: Int,
    scale: Double = 1, from stream: inout RandomStream
  ) {
    let deviation = scale / Double(p).squareRoot()
    let weights = Matrix(
      rowCount: d, columnCount: p,
      elements: stream.normals(count: d * p).map { deviation * $0 })
    let phases =
      kind == .cosine
      ? (0..<d).map { _ in 2 * Double.pi * stream.uniform() } : []
    self.init(kind, weights: weights, phases: phases)
  }

  /// φ of each row, one row each.
  ///
  /// - Precondition: rows of `inputDimension` numbers.
  public func features(of inputs: Matrix<Double>) -> Matrix<Double> {
    precondition(
      inputs.columnCount == inputDimension,
      "inputs of \(inputs.columnCount) numbers for a map of \(inputDimension)")
    if kind == .polynomial { return monomials(of: inputs) }
    let d = featureDimension
    var features = inputs.multiplied(by: weights, transposingOther: true)
    features.withUnsafeMutableElements { u in
      switch kind {
      case .relu: for k in u.indices { u[k] = max(u[k], 0) }
      case .tanh: for k in u.indices { u[k] = Double.tanh(u[k]) }
      case .erf: for k in u.indices { u[k] = Double.erf(u[k]) }
      case .cosine:
        let amplitude = 2.0.squareRoot()
        for k in u.indices {
          u[k] = amplitude * Double.cos(u[k] + phases[k % d])
        }
      case .polynomial: break
      }
    }
    return features
  }

  private func monomials(of inputs: Matrix<Double>) -> Matrix<Double> {
    Matrix(rowCount: inputs.rowCount, columnCount: exponents.count) { row, k in
      var product = 1.0
      for (x, exponent) in zip(inputs.row(row), exponents[k])
      where exponent > 0 {
        product *= Double.pow(x, exponent)
      }
      return product
    }
  }
}
