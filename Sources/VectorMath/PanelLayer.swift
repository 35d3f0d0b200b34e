/// The weights W of a dense layer in training and their velocity, packed for
/// the two products of a step.
///
/// Both lie in panels of 64 bytes' units, input after input, which serves
/// u = Wx and the descent alike: sums over inputs stay in registers for all
/// units of a panel, and so does the gradient of a tile of weights until they
/// have descended. Nothing is packed at a step and no gradient is written.
///
/// `@unchecked Sendable`: threads multiply at the same time, or descend along
/// inputs of their own.
public final class PanelLayer<Scalar: VectorScalar>: @unchecked Sendable {
  /// Number of inputs.
  public let inputCount: Int
  /// Number of units.
  public let unitCount: Int
  private let weights: UnsafeMutablePointer<Scalar>
  private let velocity: UnsafeMutablePointer<Scalar>

  /// A layer of zeros at rest.
  ///
  /// - Precondition: at least one input and one unit.
  public init(inputCount: Int, unitCount: Int) {
    precondition(
      inputCount > 0 && unitCount > 0,
      "a layer of \(inputCount) inputs and \(unitCount) units")
    self.inputCount = inputCount
    self.unitCount = unitCount
    let count = CacheLines<Scalar>.wholeLines(unitCount) * inputCount
    weights = CacheLines<Scalar>.allocate(count)
    velocity = CacheLines<Scalar>.allocate(count)
  }

  deinit {
    weights.deallocate()
    velocity.deallocate()
  }

  /// Takes over weights, [units, inputs].
  public func readWeights(from rows: UnsafePointer<Scalar>) {
    pack(rows, into: weights)
  }

  /// Takes over velocities, [units, inputs].
  public func readVelocity(from rows: UnsafePointer<Scalar>) {
    pack(rows, into: velocity)
  }

  /// Writes the weights, [units, inputs].
  public func writeWeights(into rows: UnsafeMutablePointer<Scalar>) {
    unpack(weights, into: rows)
  }

  /// Writes the velocities, [units, inputs].
  public func writeVelocity(into rows: UnsafeMutablePointer<Scalar>) {
    unpack(velocity, into: rows)
  }

  private func pack(
    _ rows: UnsafePointer<Scalar>, into panels: UnsafeMutablePointer<Scalar>
  ) {
    for unit in 0..<unitCount {
      Scalar.copy(
        inputCount, rows + unit * inputCount, strideX: 1,
        panels + place(of: unit), strideY: CacheLines<Scalar>.width)
    }
  }

  private func unpack(
    _ panels: UnsafePointer<Scalar>, into rows: UnsafeMutablePointer<Scalar>
  ) {
    for unit in 0..<unitCount {
      Scalar.copy(
        inputCount, panels + place(of: unit),
        strideX: CacheLines<Scalar>.width, rows + unit * inputCount,
        strideY: 1)
    }
  }

  /// Where a unit's first input lies; the next are a panel's width apart.
  private func place(of unit: Int) -> Int {
    let lane = unit % CacheLines<Scalar>.width
    return (unit - lane) * inputCount + lane
  }

  /// out[r] = W·rows[r].
  ///
  /// Sums over 512 inputs at most are added up in the order of the inputs; a
  /// row's product does not depend on the rows beside it.
  ///
  /// - Parameters:
  ///   - rows: [count, inputs], `stride` apart.
  ///   - out: [count, units].
  /// - Precondition: the stride is no less than the inputs.
  /// - Complexity: 2·count·inputs·units operations.
  public func multiply(
    _ rows: UnsafePointer<Scalar>, stride: Int, count: Int,
    into out: UnsafeMutablePointer<Scalar>
  ) {
    precondition(
      stride >= inputCount,
      "rows of \(inputCount) inputs, \(stride) apart")
    Scalar.layerRows(
      panels: weights, inputs: inputCount, units: unitCount, of: rows,
      stride: stride, count: count, into: out)
  }

  /// One step of stochastic gradient descent, for the inputs in `window`.
  ///
  ///     G = Σ_s g_s x_sᵀ + decay·W,   V ← momentum·V + G,
  ///     W ← W − rate·V, or W − rate·(G + momentum·V) in Nesterov's form
  ///
  /// - Precondition: the window lies within the inputs, and there is room for
  ///   whole lines of gradients.
  /// - Complexity: 2·samples·window·units operations; W and the velocity are
  ///   read and written once.
  public func descend(
    inputs window: Range<Int>, _ samples: LayerSamples<Scalar>,
    _ constants: DescentConstants
  ) {
    precondition(
      window.lowerBound >= 0 && window.upperBound <= inputCount
        && samples.gradientStride >= CacheLines<Scalar>.wholeLines(unitCount),
      "inputs \(window) of \(inputCount), or gradients of "
        + "\(samples.gradientStride) without room behind \(unitCount)")
    Scalar.layerDescent(
      panels: weights, velocity: velocity, inputs: inputCount,
      units: unitCount, window: window, samples, constants)
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
  /// [samples, units], rows `gradientStride` apart, with zeros between the last
  /// unit and the end of its line of 64 bytes.
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
