import LinearAlgebra

/// What the last steps of an ascent told of the objective's curvature
/// (limited-memory BFGS).
///
///     s = θ⁺ − θ,   y = ∇J(θ) − ∇J(θ⁺)
///
/// A step s along which J is concave has sᵀy > 0. Of the last `capacity` of
/// them, the matrix H ≈ (−∇²J)⁻¹ is built by the two loops of the source,
/// from γP⁻¹, γ = sᵀy / yᵀP⁻¹y of the last step.
///
/// - Source: Nocedal and Wright 2006, "Numerical Optimization", Algorithm 7.4
///   and Eq. (7.20), there with P = I. Departs from it: steps along which J is
///   not concave are left out, since the line search does not see to it.
/// - Complexity: 4·`capacity` inner products or additions and one C⁻¹v for a
///   direction; memory of 2·`capacity` vectors.
struct SecantMemory {
  private var pairs: [(step: [Double], change: [Double], product: Double)] = []
  private let capacity: Int
  /// γ.
  private var scale = 1.0

  /// sᵀy below this share of |s||y| is not told from rounding.
  private static let smallestCosine = 0x1p-30

  init(capacity: Int) { self.capacity = capacity }

  var isEmpty: Bool { pairs.isEmpty }

  mutating func forget() { pairs = [] }

  /// Takes a step in.
  ///
  /// - Parameters:
  ///   - step: s.
  ///   - change: y.
  ///   - preconditioner: P.
  mutating func record(
    step: [Double], change: [Double], preconditioner: any ParameterPrecision
  ) {
    guard capacity > 0 else { return }
    let product = dot(step, change)
    let sizes = dot(step, step) * dot(change, change)
    guard product > Self.smallestCosine * sizes.squareRoot() else { return }
    if pairs.count == capacity { pairs.removeFirst() }
    pairs.append((step, change, product))
    scale = product / preconditioner.inverseSquare(change)
  }

  /// H∇J; P⁻¹∇J where nothing is known.
  func direction(
    _ slope: [Double], preconditioner: any ParameterPrecision
  ) -> [Double] {
    var direction = slope
    var weights: [Double] = []
    for (step, change, product) in pairs.reversed() {
      let weight = dot(step, direction) / product
      weights.append(weight)
      add(-weight, change, to: &direction)
    }
    direction = preconditioner.solving(direction)
    guard !pairs.isEmpty else { return direction }
    for k in direction.indices { direction[k] *= scale }
    for ((step, change, product), weight) in zip(pairs, weights.reversed()) {
      add(weight - dot(change, direction) / product, step, to: &direction)
    }
    return direction
  }
}

/// aᵀb.
func dot(_ a: [Double], _ b: [Double]) -> Double {
  precondition(a.count == b.count, "vectors of \(a.count) and \(b.count)")
  return a.withUnsafeBufferPointer { a in
    b.withUnsafeBufferPointer { b in
      guard let x = a.baseAddress, let y = b.baseAddress else { return 0 }
      return Double.dot(a.count, x, y)
    }
  }
}

/// vector += factor · term.
private func add(_ factor: Double, _ term: [Double], to vector: inout [Double])
{
  term.withUnsafeBufferPointer { term in
    vector.withUnsafeMutableBufferPointer { vector in
      guard let x = term.baseAddress, let y = vector.baseAddress else { return }
      Double.axpy(term.count, alpha: factor, x, y)
    }
  }
}
