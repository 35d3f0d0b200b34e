public import VectorMath

/// The buffers of a forward and backward pass through a dense network, and
/// the pass itself, for a range of rows at a time.
///
/// A row is usually the network's value at one input. It can also be a
/// *tangent*: the derivative of all layers along one direction, which the
/// directional terms of a loss need. A tangent row follows the value row that
/// it belongs to at a fixed distance (`TangentRows`).
///
///     forward    u_l = W_l z_{l−1} + b_l      u′_l = W_l z′_{l−1}
///                z_l = σ(u_l)                 z′_l = σ′(u_l) u′_l
///     backward   g_l = σ′(u_l) (W_{l+1}ᵀ g_{l+1}) + σ″(u_l) u′_l (W_{l+1}ᵀ g′_{l+1})
///                g′_l = σ′(u_l) (W_{l+1}ᵀ g′_{l+1})
///     weights    ∂/∂W_l = Σ g_l z_{l−1}ᵀ + g′_l z′_{l−1}ᵀ,   ∂/∂b_l = Σ g_l
///
/// The pre-activations of layer 1 are written by the caller: they are linear
/// in the input, so those of mixed inputs follow from those of their sources.
/// Nothing is allocated after the initialiser. Ranges of rows are independent
/// of each other and may be worked on by different threads.
///
/// `@unchecked Sendable`: the class itself guards nothing; whoever shares a
/// pass gives each thread rows of its own.
public final class DensePass<Scalar: VectorScalar>: @unchecked Sendable {
  /// The shape of the network.
  public let shape: DenseShape
  /// Largest number of rows.
  public let capacity: Int

  private let preactivations: [UnsafeMutablePointer<Scalar>]
  private let activations: [UnsafeMutablePointer<Scalar>]
  private let gradients: [UnsafeMutablePointer<Scalar>]
  private let room: UnsafeMutablePointer<Scalar>

  /// Buffers for `capacity` rows.
  ///
  /// - Parameter backward: Whether room for gradients is needed.
  public init(shape: DenseShape, capacity: Int, backward: Bool = false) {
    self.shape = shape
    self.capacity = capacity
    let widths = shape.sizes.dropFirst()
    // A line more: the descent reads gradients as whole lines.
    let total =
      widths.reduce(0, +) * capacity * (backward ? 3 : 2)
      + CacheLines<Scalar>.width
    room = CacheLines<Scalar>.allocate(total)
    var free = room
    func take() -> [UnsafeMutablePointer<Scalar>] {
      widths.map { width in
        defer { free += width * capacity }
        return free
      }
    }
    preactivations = take()
    activations = take()
    gradients = backward ? take() : []
  }

  deinit { room.deallocate() }

  /// u_l of all rows, [capacity, sizes[l]].
  public func preactivation(_ layer: Int) -> UnsafeMutablePointer<Scalar> {
    preactivations[layer - 1]
  }

  /// z_l of all rows, for a hidden layer.
  public func activation(_ layer: Int) -> UnsafeMutablePointer<Scalar> {
    activations[layer - 1]
  }

  /// g_l, the gradient of the loss with respect to u_l.
  ///
  /// - Precondition: the pass was made for backward passes.
  public func gradient(_ layer: Int) -> UnsafeMutablePointer<Scalar> {
    gradients[layer - 1]
  }

  /// u_L of all rows.
  public var logits: UnsafeMutablePointer<Scalar> {
    preactivations[shape.layerCount - 1]
  }

  /// Room of the logits' size that the last layer's activations would take;
  /// free for log-probabilities.
  public var logProbabilities: UnsafeMutablePointer<Scalar> {
    activations[shape.layerCount - 1]
  }

  /// Writes a row's values over another row's; gradients stay.
  public func moveRow(_ row: Int, to place: Int) {
    for layer in 1...shape.layerCount {
      let width = shape.sizes[layer]
      let (u, z) = (preactivations[layer - 1], activations[layer - 1])
      (u + place * width).update(from: u + row * width, count: width)
      (z + place * width).update(from: z + row * width, count: width)
    }
  }

  /// u_1 = W_1 x + b_1 of plain inputs.
  ///
  /// - Parameter inputs: The first input row that belongs to `rows`.
  public func firstLayer(
    of inputs: UnsafePointer<Scalar>, rows: Range<Int>,
    _ parameters: UnsafePointer<Scalar>
  ) {
    let width = shape.sizes[1]
    let out = preactivations[0] + rows.lowerBound * width
    let weights = FlatWeights(shape: shape, parameters: parameters)
    weights.multiply(layer: 1, inputs, count: rows.count, into: out)
    Scalar.addBias(
      out, bias: weights.bias(ofLayer: 1), rows: rows.count, columns: width)
  }

  /// Runs `rows` from the pre-activations of layer 1 to the logits.
  ///
  /// - Parameter tangents: The rows at the end of `rows` that are tangents.
  public func forward(
    rows: Range<Int>, tangents: TangentRows? = nil,
    _ parameters: UnsafePointer<Scalar>
  ) {
    forward(
      rows: rows, tangents: tangents,
      FlatWeights(shape: shape, parameters: parameters))
  }

  /// Runs `rows` from the pre-activations of layer 1 to the logits.
  ///
  /// - Parameter tangents: The rows at the end of `rows` that are tangents.
  public func forward(
    rows: Range<Int>, tangents: TangentRows? = nil,
    _ weights: some LayerWeights<Scalar>
  ) {
    let values = rows.lowerBound..<(rows.upperBound - (tangents?.count ?? 0))
    for layer in 1..<shape.layerCount {
      let (width, next) = (shape.sizes[layer], shape.sizes[layer + 1])
      let u = preactivations[layer - 1]
      let z = activations[layer - 1]
      Scalar.activate(
        shape.activation, u + values.lowerBound * width,
        into: z + values.lowerBound * width, count: values.count * width)
      if let tangents {
        Scalar.timesSlope(
          shape.activation, u + tangents.owners.lowerBound * width,
          gradient: u + tangents.rows.lowerBound * width,
          into: z + tangents.rows.lowerBound * width,
          count: tangents.count * width)
      }
      let out = preactivations[layer]
      weights.multiply(
        layer: layer + 1, z + rows.lowerBound * width, count: rows.count,
        into: out + rows.lowerBound * next)
      Scalar.addBias(
        out + values.lowerBound * next, bias: weights.bias(ofLayer: layer + 1),
        rows: values.count, columns: next)
    }
  }

  /// Runs `rows` from the gradient at the logits back to that at u_1.
  public func backward(
    rows: Range<Int>, tangents: TangentRows? = nil,
    _ parameters: UnsafePointer<Scalar>
  ) {
    backward(
      rows: rows, tangents: tangents,
      FlatWeights(shape: shape, parameters: parameters))
  }

  /// Runs `rows` from the gradient at the logits back to that at u_1.
  public func backward(
    rows: Range<Int>, tangents: TangentRows? = nil,
    _ weights: some LayerWeights<Scalar>
  ) {
    for layer in stride(from: shape.layerCount, to: 1, by: -1) {
      let (width, before) = (shape.sizes[layer], shape.sizes[layer - 1])
      let g = gradients[layer - 2]
      let u = preactivations[layer - 2]
      weights.multiplyTransposed(
        layer: layer, gradients[layer - 1] + rows.lowerBound * width,
        count: rows.count, into: g + rows.lowerBound * before)
      let values = rows.lowerBound..<(rows.upperBound - (tangents?.count ?? 0))
      let start = values.lowerBound * before
      Scalar.timesSlope(
        shape.activation, u + start, gradient: g + start, into: g + start,
        count: values.count * before)
      guard let tangents else { continue }
      let (owner, tangent) = (
        tangents.owners.lowerBound * before, tangents.rows.lowerBound * before
      )
      let count = tangents.count * before
      Scalar.addTimesCurvature(
        shape.activation, u + owner, tangent: u + tangent,
        gradient: g + tangent, into: g + owner, count: count)
      Scalar.timesSlope(
        shape.activation, u + owner, gradient: g + tangent,
        into: g + tangent, count: count)
    }
  }
}

/// The tangent rows of a range and the value rows that they belong to, in the
/// same order.
public struct TangentRows: Sendable, Equatable {
  /// Value rows.
  public let owners: Range<Int>
  /// Their tangents, at the end of the range.
  public let rows: Range<Int>
  /// Number of tangents.
  public var count: Int { rows.count }

  /// Pairs value rows with tangent rows.
  ///
  /// - Precondition: as many of one as of the other.
  public init(owners: Range<Int>, rows: Range<Int>) {
    precondition(
      owners.count == rows.count,
      "\(owners.count) value rows for \(rows.count) tangents")
    self.owners = owners
    self.rows = rows
  }
}
