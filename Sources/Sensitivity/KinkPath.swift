public import Networks
public import VectorMath

/// The logits of a piecewise linear network along a segment: straight pieces
/// between kinks.
///
///     f(x + aδ) = f(x) + a·D1 + Σ_{a_k < a} (a − a_k)·ΔD1_k,   0 ≤ a ≤ 1
///
/// The sum over kinks is what a second-order expansion does not see: R3 is 0
/// for such a network, and at a ≈ ½ many kinks have been crossed.
///
/// - Numerics: with the pattern of active units fixed, every pre-activation is
///   α + aβ; the next kink is where one of them first leaves its sign, and of
///   several at one place the lowest layer's comes first, since what lies above
///   depends on it.
/// - Complexity: two forward passes for each kink.
public struct KinkPath: Sendable, Equatable {
  /// A straight piece, from its start to that of the next.
  public struct Piece: Sendable, Equatable {
    /// a at its start.
    public let start: Double
    /// The logits that its line has at a = 0.
    public let intercept: [Double]
    /// Its slope, D1 plus the jumps so far.
    public let slope: [Double]
  }

  /// The pieces, the first from a = 0; the last one ends at a = 1.
  public let pieces: [Piece]

  /// The path from the pre-activations `start` of the first layer to `end`.
  ///
  /// - Precondition: the activation is ReLU or the identity; both ends are of
  ///   the first layer's width.
  public init(
    of network: DenseNetwork<Double>, from start: some Collection<Double>,
    to end: some Collection<Double>
  ) {
    let shape = network.shape
    precondition(
      shape.activation == .relu || shape.activation == .identity,
      "the network is not piecewise linear: \(shape.activation)")
    precondition(
      start.count == shape.sizes[1] && end.count == shape.sizes[1],
      "ends of \(start.count) and \(end.count) for \(shape.sizes[1]) units")
    var walk = KinkWalk(
      network, start.map { $0 }, zip(end, start).map { $0 - $1 })
    var pieces: [Piece] = []
    repeat {
      pieces.append(walk.piece)
    } while walk.advance()
    self.pieces = pieces
  }

  /// The logits at `a`.
  public func logits(at a: Double) -> [Double] {
    let piece = pieces.last { $0.start <= a } ?? pieces[0]
    return zip(piece.intercept, piece.slope).map { $0 + a * $1 }
  }
}

/// A walk from kink to kink.
private struct KinkWalk {
  private let network: DenseNetwork<Double>
  private let isLinear: Bool
  /// Whether each hidden unit is active, by layer from 1.
  private var active: [[Bool]] = []
  /// α and β of the pre-activations, by layer from 1.
  private var forms: [(intercept: [Double], slope: [Double])]
  private var position = 0.0

  init(
    _ network: DenseNetwork<Double>, _ start: [Double], _ change: [Double]
  ) {
    self.network = network
    isLinear = network.shape.activation == .identity
    forms = [(start, change)]
    for layer in 1..<network.shape.layerCount {
      // On the kink itself the unit's own change says which side comes.
      active.append(
        zip(forms[layer - 1].intercept, forms[layer - 1].slope).map {
          isLinear || $0 > 0 || ($0 == 0 && $1 > 0)
        })
      forms.append(form(layer + 1))
    }
  }

  var piece: KinkPath.Piece {
    let logits = forms[forms.count - 1]
    return .init(
      start: position, intercept: logits.intercept, slope: logits.slope)
  }

  /// Goes past the next kink; false where there is none below a = 1.
  mutating func advance() -> Bool {
    guard !isLinear else { return false }
    var next: (at: Double, layer: Int, unit: Int)?
    for layer in active.indices {
      let form = forms[layer]
      for unit in active[layer].indices
      where form.slope[unit] != 0
        && (form.slope[unit] < 0) == active[layer][unit]
      {
        let at = max(-form.intercept[unit] / form.slope[unit], position)
        if at < next?.at ?? 1 { next = (at, layer, unit) }
      }
    }
    guard let next else { return false }
    position = next.at
    active[next.layer][next.unit].toggle()
    for layer in (next.layer + 1)..<forms.count {
      forms[layer] = form(layer + 1)
    }
    return true
  }

  /// α and β of layer `layer` from those of the one below.
  private func form(_ layer: Int) -> (intercept: [Double], slope: [Double]) {
    let below = forms[layer - 2]
    let isActive = active[layer - 2]
    let (width, inputs) = (
      network.shape.sizes[layer], network.shape.sizes[layer - 1]
    )
    let biases = network.shape.biasOffset(ofLayer: layer)
    let weights = network.shape.weightOffset(ofLayer: layer)
    var intercept = [Double](
      network.parameters[biases..<biases + width])
    var slope = [Double](repeating: 0, count: width)
    for unit in 0..<width {
      let row = weights + unit * inputs
      for j in 0..<inputs where isActive[j] {
        intercept[unit] += network.parameters[row + j] * below.intercept[j]
        slope[unit] += network.parameters[row + j] * below.slope[j]
      }
    }
    return (intercept, slope)
  }
}
