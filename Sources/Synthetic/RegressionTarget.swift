public import LinearAlgebra
public import Randomness
internal import RealModule

/// A known function f: Rᵖ → R that regression labels come from.
public enum RegressionTarget: Sendable, Equatable {
  /// f(x) = wᵀx.
  case linear(weights: [Double])
  /// f(x) = xᵀQx with a symmetric Q.
  case quadratic(form: Matrix<Double>)
  /// f(x) = Σ_t a_t σ(u_tᵀx), u_t the rows of `hidden`, a_t in `output`.
  case network(Nonlinearity, hidden: Matrix<Double>, output: [Double])

  /// σ of a two-layer network.
  public enum Nonlinearity: String, CaseIterable, Sendable {
    /// σ(u) = tanh u.
    case tanh
    /// σ(u) = erf u.
    case erf

    /// σ(u).
    public func callAsFunction(_ u: Double) -> Double {
      switch self {
      case .tanh: Double.tanh(u)
      case .erf: Double.erf(u)
      }
    }
  }

  /// The kinds of target by name.
  public enum Kind: String, CaseIterable, Sendable {
    /// A linear function.
    case linear
    /// A quadratic form.
    case quadratic
    /// A two-layer network with tanh.
    case tanh
    /// A two-layer network with erf.
    case erf
  }

  /// Dimension p of the inputs.
  public var inputDimension: Int {
    switch self {
    case .linear(let weights): weights.count
    case .quadratic(let form): form.rowCount
    case .network(_, let hidden, _): hidden.columnCount
    }
  }

  /// Draws a target, all of them of variance of about 1 under x ~ N(0, I).
  ///
  ///     linear      w ~ N(0, I/p)
  ///     quadratic   Q = I/√(2p): Var(xᵀQx) = 2 tr(Q²) = 1, convex
  ///     networks    u_t ~ N(0, I/p), scaled by `gain`; a_t ~ N(0, 1/width)
  ///
  /// - Parameters:
  ///   - kind: What is drawn.
  ///   - inputDimension: p ≥ 1.
  ///   - width: Hidden units of a network.
  ///   - gain: Scale of a network's hidden weights; the larger, the more it
  ///     curves and the more noise mixing puts into its labels.
  ///   - stream: The stream of the target's numbers.
  public init(
    _ kind: Kind, inputDimension p: Int, width: Int, gain: Double,
    from stream: inout RandomStream
  ) {
    precondition(
      p >= 1 && width >= 1, "a target of \(p) inputs and \(width) units")
    func normals(_ count: Int, _ deviation: Double) -> [Double] {
      stream.normals(count: count).map { deviation * $0 }
    }
    let unit = 1 / Double(p).squareRoot()
    switch kind {
    case .linear: self = .linear(weights: normals(p, unit))
    case .quadratic:
      let entry = 1 / Double(2 * p).squareRoot()
      self = .quadratic(
        form: Matrix(rowCount: p, columnCount: p) { $0 == $1 ? entry : 0 })
    case .tanh, .erf:
      self = .network(
        kind == .tanh ? .tanh : .erf,
        hidden: Matrix(
          rowCount: width, columnCount: p,
          elements: normals(width * p, gain * unit)),
        output: normals(width, 1 / Double(width).squareRoot()))
    }
  }

  /// f of each row.
  ///
  /// - Precondition: rows of `inputDimension` numbers.
  public func values(of inputs: Matrix<Double>) -> [Double] {
    precondition(
      inputs.columnCount == inputDimension,
      "inputs of \(inputs.columnCount) numbers for a target of "
        + "\(inputDimension)")
    switch self {
    case .linear(let weights): return inputs.multiplied(by: weights)
    case .quadratic(let form):
      let images = inputs.multiplied(by: form)
      let p = inputs.columnCount
      return inputs.withUnsafeElements { x in
        images.withUnsafeElements { y in
          (0..<inputs.rowCount).map { row in
            var sum = 0.0
            for k in 0..<p { sum += x[row * p + k] * y[row * p + k] }
            return sum
          }
        }
      }
    case .network(let nonlinearity, let hidden, let output):
      var units = inputs.multiplied(by: hidden, transposingOther: true)
      units.withUnsafeMutableElements { units in
        for k in units.indices { units[k] = nonlinearity(units[k]) }
      }
      return units.multiplied(by: output)
    }
  }
}

extension Matrix<Double> {
  /// Rows of independent standard normal numbers.
  public static func gaussian(
    rowCount: Int, columnCount: Int, from stream: inout RandomStream
  ) -> Matrix {
    Matrix(
      rowCount: rowCount, columnCount: columnCount,
      elements: stream.normals(count: rowCount * columnCount))
  }
}
