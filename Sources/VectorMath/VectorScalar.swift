import CVectorMath
public import LinearAlgebra

/// A number type that the models compute in: `Float` or `Double`.
///
/// Beside the BLAS calls it has the row and element kernels of the networks.
/// All take raw pointers to row-major data, without padding unless a stride is
/// named, so that a training step copies and allocates no matrix; each call works
/// on whole rows, so that generic code pays one dispatch per call and not per
/// element.
public protocol VectorScalar: BLASScalar {
  /// out[r] = wa[r]·table[a[r]] + wb[r]·table[b[r]] + bias.
  ///
  /// This is how a mixed sample is formed, and how the first layer's products
  /// of mixed samples are formed from those of their sources.
  static func combineRows(
    _ out: UnsafeMutablePointer<Self>, from table: UnsafePointer<Self>,
    columns: Int, _ rows: RowCombinations, bias: UnsafePointer<Self>?)

  /// table[i] = Σ_r wa[r]·rows[r]·[a[r] = i] + wb[r]·rows[r]·[b[r] = i], the
  /// transpose of `combineRows`, for the i in `tableRows`.
  ///
  /// - Parameter tableStride: Distance between two rows of `table`.
  static func foldRows(
    _ rows: UnsafePointer<Self>, onto table: UnsafeMutablePointer<Self>,
    tableRows: Range<Int>, tableStride: Int, columns: Int,
    _ combinations: RowCombinations)

  /// out[r] = table[indices[r]], rows of `out` at a distance of `stride`.
  static func gatherRows(
    _ out: UnsafeMutablePointer<Self>, stride: Int,
    from table: UnsafePointer<Self>, columns: Int,
    indices: UnsafeBufferPointer<Int32>)

  /// Adds `bias` to each row.
  static func addBias(
    _ values: UnsafeMutablePointer<Self>, bias: UnsafePointer<Self>, rows: Int,
    columns: Int)

  /// z = σ(u).
  static func activate(
    _ activation: Activation, _ u: UnsafePointer<Self>,
    into z: UnsafeMutablePointer<Self>, count: Int)

  /// out = gradient·σ′(u); `gradient` may be `out`.
  static func timesSlope(
    _ activation: Activation, _ u: UnsafePointer<Self>,
    gradient: UnsafePointer<Self>, into out: UnsafeMutablePointer<Self>,
    count: Int)

  /// out += gradient·σ″(u)·tangent.
  static func addTimesCurvature(
    _ activation: Activation, _ u: UnsafePointer<Self>,
    tangent: UnsafePointer<Self>, gradient: UnsafePointer<Self>,
    into out: UnsafeMutablePointer<Self>, count: Int)

  /// Row by row, out = logits − log Σ exp(logits); `logits` may be `out`.
  static func logSoftmax(
    _ logits: UnsafePointer<Self>, into out: UnsafeMutablePointer<Self>,
    rows: Int, columns: Int)

  /// H = −w·log p_a − (1 − w)·log p_b, row by row.
  ///
  /// A zero weight takes its term out, whatever the logarithm is.
  static func mixedCrossEntropy(
    _ logProbabilities: UnsafePointer<Self>, classes: Int,
    _ targets: MixedTargets, into losses: UnsafeMutablePointer<Double>)

  /// out[r] = scale[r]·(exp(logp[r]) − w[r]·e_a − (1 − w[r])·e_b), the gradient
  /// of the scaled cross-entropies with respect to the logits.
  static func crossEntropyGradient(
    _ logProbabilities: UnsafePointer<Self>,
    into out: UnsafeMutablePointer<Self>, classes: Int,
    _ targets: MixedTargets, scale: UnsafePointer<Double>)

  /// ½‖f − w·e_a − (1 − w)·e_b‖², or with mixed losses
  /// ½w‖f − e_a‖² + ½(1 − w)‖f − e_b‖², row by row.
  static func mixedSquaredError(
    _ logits: UnsafePointer<Self>, classes: Int, _ targets: MixedTargets,
    mixesLosses: Bool, into losses: UnsafeMutablePointer<Double>)

  /// out[r] = scale[r]·(f − w[r]·e_a − (1 − w[r])·e_b), the gradient of the
  /// scaled squared errors, whether labels or losses are mixed.
  static func squaredErrorGradient(
    _ logits: UnsafePointer<Self>, into out: UnsafeMutablePointer<Self>,
    classes: Int, _ targets: MixedTargets, scale: UnsafePointer<Double>)

  /// Sums over the rows.
  static func columnSums(
    _ values: UnsafePointer<Self>, rows: Int, columns: Int,
    into out: UnsafeMutablePointer<Self>)

  /// out[g, k] = table[k]·factors[g], element by element: every group begins
  /// as the same `repeats` rows.
  static func spreadGroups(
    of table: UnsafePointer<Self>, factors: UnsafePointer<Self>,
    into out: UnsafeMutablePointer<Self>, groups: Int, repeats: Int,
    columns: Int)

  /// ‖row‖² for each row, summed in double precision.
  static func rowSquareNorms(
    _ values: UnsafePointer<Self>, rows: Int, columns: Int,
    into out: UnsafeMutablePointer<Double>)

  /// The places of each group's factors that are not zero, in rising order,
  /// [groups, columns], and how many of them there are.
  static func activePlaces(
    of factors: UnsafePointer<Self>, groups: Int, columns: Int,
    into places: UnsafeMutablePointer<Int32>,
    _ counts: UnsafeMutablePointer<Int32>)

  /// ‖Aᵀv‖² of each row, with A as `PanelMatrix` packs it.
  static func panelNorms(
    panels: UnsafePointer<Self>, columns: Int, isLower: Bool,
    of rows: GroupedRows<Self>, into out: UnsafeMutablePointer<Double>)

  /// (Aᵀv)·factors[g] of each row v of a group g, element by element.
  static func panelRows(
    panels: UnsafePointer<Self>, columns: Int, of rows: GroupedRows<Self>,
    factors: UnsafePointer<Self>, into out: UnsafeMutablePointer<Self>)

  /// The products of rows with panels of a `PanelLayer`'s weights.
  static func layerRows(
    panels: UnsafePointer<Self>, inputs: Int, units: Int,
    of rows: UnsafePointer<Self>, stride: Int, count: Int,
    into out: UnsafeMutablePointer<Self>, outStride: Int)

  /// The descent of panels of a `PanelLayer`, for the inputs in `window`.
  static func layerDescent(
    panels: UnsafeMutablePointer<Self>, velocity: UnsafeMutablePointer<Self>,
    inputs: Int, units: Int, window: Range<Int>, _ samples: LayerSamples<Self>,
    _ constants: DescentConstants)

  /// Copies weights of a `PanelLayer` into the panels of its transpose.
  ///
  /// - Precondition: both ranges begin at multiples of a panel's width.
  static func layerTranspose(
    panels: UnsafePointer<Self>, inputs: Int, units: Int, unitRange: Range<Int>,
    inputRange: Range<Int>, into out: UnsafeMutablePointer<Self>)

  /// Whether no element is NaN or infinite.
  static func allFinite(_ values: UnsafePointer<Self>, count: Int) -> Bool

  /// One step of stochastic gradient descent on `count` parameters.
  static func descend(
    _ parameters: UnsafeMutablePointer<Self>,
    velocity: UnsafeMutablePointer<Self>, gradient: UnsafePointer<Self>,
    count: Int, _ constants: DescentConstants)
}

/// An element-wise nonlinearity between two layers.
public enum Activation: String, CaseIterable, Sendable {
  /// σ(u) = u.
  case identity
  /// σ(u) = max(u, 0).
  case relu
  /// σ(u) = tanh u.
  case tanh
  /// σ(u) = log(1 + eᵘ).
  case softplus
  /// σ(u) = u².
  case square
  /// σ(u) = 1 / (1 + e⁻ᵘ).
  case sigmoid
  /// σ(u) = u·Φ(u), Φ the normal distribution function.
  case gelu

  var code: Int32 {
    switch self {
    case .identity: 0
    case .relu: 1
    case .tanh: 2
    case .softplus: 3
    case .square: 4
    case .sigmoid: 5
    case .gelu: 6
    }
  }
}

/// Rows that are linear combinations of two rows of a table: row r is
/// firstWeights[r]·table[first[r]] + secondWeights[r]·table[second[r]].
public struct RowCombinations {
  /// Number of combined rows.
  public var count: Int
  /// Table row of the first part, for each combined row.
  public var first: UnsafePointer<Int32>
  /// Table row of the second part.
  public var second: UnsafePointer<Int32>
  /// Weight of the first part.
  public var firstWeights: UnsafePointer<Double>
  /// Weight of the second part.
  public var secondWeights: UnsafePointer<Double>

  /// Combines the pointers; all hold `count` elements.
  public init(
    count: Int, first: UnsafePointer<Int32>, second: UnsafePointer<Int32>,
    firstWeights: UnsafePointer<Double>, secondWeights: UnsafePointer<Double>
  ) {
    self.count = count
    self.first = first
    self.second = second
    self.firstWeights = firstWeights
    self.secondWeights = secondWeights
  }

  /// The rows from `start` on, `count` of them.
  public func slice(from start: Int, count: Int) -> RowCombinations {
    RowCombinations(
      count: count, first: first + start, second: second + start,
      firstWeights: firstWeights + start, secondWeights: secondWeights + start)
  }
}

/// Mixed labels: weight w on class a, 1 − w on class b, row by row.
public struct MixedTargets {
  /// Number of rows.
  public var count: Int
  /// The class that has the weight `weights[r]`.
  public var first: UnsafePointer<Int32>
  /// The class that has the weight `1 − weights[r]`.
  public var second: UnsafePointer<Int32>
  /// Weights in [0, 1].
  public var weights: UnsafePointer<Double>

  /// Combines the pointers; all hold `count` elements.
  public init(
    count: Int, first: UnsafePointer<Int32>, second: UnsafePointer<Int32>,
    weights: UnsafePointer<Double>
  ) {
    self.count = count
    self.first = first
    self.second = second
    self.weights = weights
  }

  /// The rows from `start` on, `count` of them.
  public func slice(from start: Int, count: Int) -> MixedTargets {
    MixedTargets(
      count: count, first: first + start, second: second + start,
      weights: weights + start)
  }
}

/// The constants of a step of SGD with momentum, in PyTorch's convention:
/// v ← μ·v + (g + decay·w); w ← w − rate·v, or w − rate·(g + decay·w + μ·v)
/// with Nesterov's look-ahead.
public struct DescentConstants: Sendable {
  /// Step length.
  public var learningRate: Double
  /// μ.
  public var momentum: Double
  /// Coefficient of ½‖w‖² in the loss.
  public var weightDecay: Double
  /// Whether the step looks ahead.
  public var nesterov: Bool

  /// The constants of a step.
  public init(
    learningRate: Double, momentum: Double, weightDecay: Double, nesterov: Bool
  ) {
    self.learningRate = learningRate
    self.momentum = momentum
    self.weightDecay = weightDecay
    self.nesterov = nesterov
  }

  var c: cvm_descent {
    cvm_descent(
      learning_rate: learningRate, momentum: momentum,
      weight_decay: weightDecay, nesterov: nesterov ? 1 : 0)
  }
}

/// The instruction set that the kernels were chosen for.
public var vectorInstructionSet: String { String(cString: cvm_variant()) }
