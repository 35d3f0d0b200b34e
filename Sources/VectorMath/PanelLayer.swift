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
  public init(inputCount: Int, unitCount: Int) {
    precondition(
      inputCount >= 0 && unitCount >= 0,
      "a layer of \(inputCount) inputs and \(unitCount) units")
    self.inputCount = inputCount
    self.unitCount = unitCount
    let count = CacheLines<Scalar>.filling(unitCount) * inputCount
    weights = CacheLines<Scalar>.allocate(count)
    velocity = CacheLines<Scalar>.allocate(count)
  }

  deinit {
    weights.deallocate()
    velocity.deallocate()
  }

  /// Takes over weights, [units, inputs].
  public func readWeights(from rows: UnsafePointer<Scalar>) {
    Scalar.readLayer(
      into: weights, inputs: inputCount, units: unitCount, from: rows)
  }

  /// Takes over velocities, [units, inputs].
  public func readVelocity(from rows: UnsafePointer<Scalar>) {
    Scalar.readLayer(
      into: velocity, inputs: inputCount, units: unitCount, from: rows)
  }

  /// Writes the weights, [units, inputs].
  public func writeWeights(into rows: UnsafeMutablePointer<Scalar>) {
    Scalar.writeLayer(
      weights, inputs: inputCount, units: unitCount, into: rows)
  }

  /// Writes the velocities, [units, inputs].
  public func writeVelocity(into rows: UnsafeMutablePointer<Scalar>) {
    Scalar.writeLayer(
      velocity, inputs: inputCount, units: unitCount, into: rows)
  }

  /// out[r] = W·rows[r].
  ///
  /// - Parameters:
  ///   - stride: Distance between two rows.
  ///   - out: [count, units].
  /// - Complexity: 2·count·inputs·units operations.
  public func multiply(
    _ rows: UnsafePointer<Scalar>, stride: Int, count: Int,
    into out: UnsafeMutablePointer<Scalar>
  ) {
    Scalar.layerRows(
      panels: weights, inputs: inputCount, units: unitCount, of: rows,
      stride: stride, count: count, into: out)
  }

  /// One step of stochastic gradient descent along Σ_s g_s x_sᵀ, for the
  /// inputs in `window`.
  ///
  /// - Complexity: 2·samples·window·units operations; W and the velocity are
  ///   read and written once.
  public func descend(
    inputs window: Range<Int>, _ samples: LayerSamples<Scalar>,
    _ constants: DescentConstants
  ) {
    precondition(
      window.lowerBound >= 0 && window.upperBound <= inputCount
        && samples.gradientStride >= CacheLines<Scalar>.filling(unitCount),
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

/// Tables whose rows begin with cache lines.
public enum CacheLines<Scalar> {
  /// Numbers of a line of 64 bytes.
  public static var width: Int { 64 / MemoryLayout<Scalar>.stride }

  /// The least whole number of lines for a row, in numbers.
  public static func filling(_ columns: Int) -> Int {
    (columns + width - 1) / width * width
  }

  /// A distance between rows at which a column of lines does not fall on few
  /// sets of a cache: an odd number of lines.
  public static func stride(_ columns: Int) -> Int {
    let lines = (columns + width - 1) / width
    return (lines | 1) * width
  }

  /// Zeros from the start of a line on.
  public static func allocate(_ count: Int) -> UnsafeMutablePointer<Scalar>
  where Scalar: Numeric {
    let room = UnsafeMutableRawPointer.allocate(
      byteCount: max(count, 1) * MemoryLayout<Scalar>.stride, alignment: 64)
    let numbers = room.bindMemory(to: Scalar.self, capacity: max(count, 1))
    numbers.initialize(repeating: 0, count: max(count, 1))
    return numbers
  }
}
