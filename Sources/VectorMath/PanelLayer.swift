/// The weights W of a dense layer, packed for products with few rows, and their
/// velocity where the layer learns.
///
/// Both lie in panels of 64 bytes' units, input after input, which serves
/// u = Wx and the descent alike: sums over inputs stay in registers for all
/// units of a panel, and so does the gradient of a tile of weights until they
/// have descended. No weights are packed for a product, and no gradient is
/// written. A layer can keep Wᵀ in panels too, for the products Wᵀg.
///
/// No number depends on the pieces that threads take of a product or a descent,
/// nor a row's product on the rows beside it.
///
/// `@unchecked Sendable`: threads multiply at the same time, or descend, each
/// its own pieces.
public final class PanelLayer<Scalar: VectorScalar>: @unchecked Sendable {
  private let inputCount: Int
  private let unitCount: Int
  /// Units of a panel; stored, since it is asked for at each step.
  private let panel: Int
  private let weights: UnsafeMutablePointer<Scalar>
  private let velocity: UnsafeMutablePointer<Scalar>?
  private let transpose: UnsafeMutablePointer<Scalar>?

  /// A layer of zeros at rest.
  ///
  /// - Parameters:
  ///   - learns: Whether it has a velocity.
  ///   - keepsTranspose: Whether it keeps Wᵀ.
  /// - Precondition: at least one input and one unit.
  public init(
    inputCount: Int, unitCount: Int, learns: Bool, keepsTranspose: Bool
  ) {
    precondition(
      inputCount > 0 && unitCount > 0,
      "a layer of \(inputCount) inputs and \(unitCount) units")
    self.inputCount = inputCount
    self.unitCount = unitCount
    panel = CacheLines<Scalar>.width
    let units = CacheLines<Scalar>.wholeLines(unitCount)
    weights = CacheLines<Scalar>.allocate(units * inputCount)
    velocity = learns ? CacheLines<Scalar>.allocate(units * inputCount) : nil
    transpose =
      keepsTranspose
      ? CacheLines<Scalar>.allocate(
        CacheLines<Scalar>.wholeLines(inputCount) * unitCount) : nil
  }

  deinit {
    weights.deallocate()
    velocity?.deallocate()
    transpose?.deallocate()
  }

  /// Takes over weights, [units, inputs].
  public func readWeights(from rows: UnsafePointer<Scalar>) {
    pack(rows, into: weights)
    renewTranspose(0..<unitCount, 0..<inputCount)
  }

  /// Takes over velocities, [units, inputs].
  ///
  /// - Precondition: the layer learns.
  public func readVelocity(from rows: UnsafePointer<Scalar>) {
    pack(rows, into: requiredVelocity)
  }

  /// Writes the weights, [units, inputs].
  public func writeWeights(into rows: UnsafeMutablePointer<Scalar>) {
    unpack(weights, into: rows)
  }

  /// Writes the velocities, [units, inputs].
  ///
  /// - Precondition: the layer learns.
  public func writeVelocity(into rows: UnsafeMutablePointer<Scalar>) {
    unpack(requiredVelocity, into: rows)
  }

  private var requiredVelocity: UnsafeMutablePointer<Scalar> {
    guard let velocity else { preconditionFailure("the layer does not learn") }
    return velocity
  }

  private func pack(
    _ rows: UnsafePointer<Scalar>, into panels: UnsafeMutablePointer<Scalar>
  ) {
    for unit in 0..<unitCount {
      Scalar.copy(
        inputCount, rows + unit * inputCount, strideX: 1,
        panels + place(of: unit), strideY: panel)
    }
  }

  private func unpack(
    _ panels: UnsafePointer<Scalar>, into rows: UnsafeMutablePointer<Scalar>
  ) {
    for unit in 0..<unitCount {
      Scalar.copy(
        inputCount, panels + place(of: unit), strideX: panel,
        rows + unit * inputCount, strideY: 1)
    }
  }

  /// Where a unit's first input lies; the next are a panel's width apart.
  private func place(of unit: Int) -> Int {
    let lane = unit % panel
    return (unit - lane) * inputCount + lane
  }

  /// Renews Wᵀ for some units and a window of inputs.
  private func renewTranspose(_ units: Range<Int>, _ window: Range<Int>) {
    guard let transpose else { return }
    Scalar.layerTranspose(
      panels: weights, inputs: inputCount, units: unitCount,
      unitRange: units, inputRange: window, into: transpose)
  }

  /// A piece of a product of rows or of a descent.
  public struct Piece: Sendable {
    /// Units of whole panels.
    fileprivate let units: Range<Int>
    /// The part of a product's rows, or of a descent's inputs, and how many
    /// parts there are.
    fileprivate let part: Int
    fileprivate let parts: Int
  }

  /// The inputs of a piece of a descent, whole panels of the transpose.
  private func inputs(of piece: Piece) -> Range<Int> {
    let lines = cut(
      CacheLines<Scalar>.wholeLines(inputCount) / panel, piece.part,
      of: piece.parts)
    return lines.lowerBound * panel..<min(lines.upperBound * panel, inputCount)
  }

  private var whole: Piece { Piece(units: 0..<unitCount, part: 0, parts: 1) }

  /// Pieces for threads to take one after another; for one thread, all at once.
  ///
  /// Panels of one piece share samples that are near, and small pieces at the
  /// end let threads of unlike speed end together: a piece is half of a
  /// thread's share of the panels that are left, and the last two panels come
  /// in eighths.
  public func pieces(threads: Int) -> [Piece] {
    if threads == 1 { return [whole] }
    var pieces: [Piece] = []
    var first = 0
    while first < unitCount {
      let left = CacheLines<Scalar>.wholeLines(unitCount - first) / panel
      let count = max(left / (2 * threads), 1)
      let next = min(first + count * panel, unitCount)
      let parts = left > 2 ? 1 : 8
      pieces += (0..<parts).map {
        Piece(units: first..<next, part: $0, parts: parts)
      }
      first = next
    }
    return pieces
  }

  /// out[r] = W·rows[r], a piece of it.
  ///
  /// Sums over 512 inputs at most are added up in the order of the inputs.
  ///
  /// - Parameters:
  ///   - rows: [count, inputs], `stride` apart.
  ///   - out: [count, units].
  /// - Precondition: the stride is no less than the inputs; the piece is this
  ///   layer's.
  /// - Complexity: 2·count·inputs·units operations, all pieces together.
  public func multiply(
    _ piece: Piece, _ rows: UnsafePointer<Scalar>, stride: Int, count: Int,
    into out: UnsafeMutablePointer<Scalar>
  ) {
    precondition(
      stride >= inputCount && piece.units.upperBound <= unitCount,
      "rows of \(inputCount) inputs, \(stride) apart, or another layer's piece")
    let window = cut(count, piece.part, of: piece.parts)
    let first = piece.units.lowerBound
    Scalar.layerRows(
      panels: weights + first * inputCount, inputs: inputCount,
      units: piece.units.count, of: rows + window.lowerBound * stride,
      stride: stride, count: window.count,
      into: out + window.lowerBound * unitCount + first, outStride: unitCount)
  }

  /// out[r] = W·rows[r], with the same numbers.
  ///
  /// - Parameters:
  ///   - rows: [count, inputs].
  ///   - out: [count, units].
  public func multiply(
    _ rows: UnsafePointer<Scalar>, count: Int,
    into out: UnsafeMutablePointer<Scalar>
  ) {
    multiply(whole, rows, stride: inputCount, count: count, into: out)
  }

  /// out[r] = Wᵀ·rows[r].
  ///
  /// - Parameters:
  ///   - rows: [count, units].
  ///   - out: [count, inputs].
  /// - Precondition: the layer keeps its transpose.
  public func multiplyTransposed(
    _ rows: UnsafePointer<Scalar>, count: Int,
    into out: UnsafeMutablePointer<Scalar>
  ) {
    guard let transpose else {
      preconditionFailure("the layer keeps no transpose")
    }
    Scalar.layerRows(
      panels: transpose, inputs: unitCount, units: inputCount, of: rows,
      stride: unitCount, count: count, into: out, outStride: inputCount)
  }

  /// One step of stochastic gradient descent, a piece of it.
  ///
  ///     G = Σ_s g_s x_sᵀ + decay·W,   V ← momentum·V + G,
  ///     W ← W − rate·V, or W − rate·(G + momentum·V) in Nesterov's form
  ///
  /// - Precondition: the layer learns; strides are no less than the inputs and
  ///   the units; the piece is this layer's.
  /// - Complexity: 2·samples·inputs·units operations, all pieces together; W and
  ///   the velocity are read and written once.
  public func descend(
    _ piece: Piece, _ samples: LayerSamples<Scalar>,
    _ constants: DescentConstants
  ) {
    precondition(
      samples.inputStride >= inputCount && samples.gradientStride >= unitCount
        && piece.units.upperBound <= unitCount,
      "rows of \(inputCount) inputs, \(samples.inputStride) apart, gradients "
        + "of \(unitCount), \(samples.gradientStride) apart, or another "
        + "layer's piece")
    let window = inputs(of: piece)
    let first = piece.units.lowerBound
    var samples = samples
    samples.gradients += first
    Scalar.layerDescent(
      panels: weights + first * inputCount,
      velocity: requiredVelocity + first * inputCount, inputs: inputCount,
      units: piece.units.count, window: window, samples, constants)
    renewTranspose(piece.units, window)
  }
}

/// The inputs x_s of a layer and the gradients g_s at its outputs.
public struct LayerSamples<Scalar: VectorScalar> {
  /// Number of samples.
  public var count: Int
  /// [samples, inputs], rows `inputStride` apart.
  public var inputs: UnsafePointer<Scalar>
  /// Distance between two inputs.
  public var inputStride: Int
  /// [samples, units], rows `gradientStride` apart.
  ///
  /// Behind the last unit of each row, to the end of a line of 64 bytes, there
  /// may be any numbers, which enter no weight, but it must be memory.
  public var gradients: UnsafePointer<Scalar>
  /// Distance between two gradients.
  public var gradientStride: Int

  /// Samples from their parts.
  public init(
    count: Int, inputs: UnsafePointer<Scalar>, inputStride: Int,
    gradients: UnsafePointer<Scalar>, gradientStride: Int
  ) {
    self.count = count
    self.inputs = inputs
    self.inputStride = inputStride
    self.gradients = gradients
    self.gradientStride = gradientStride
  }
}
