public import LinearAlgebra
internal import RealModule
internal import Networks
public import VectorMath

/// The second-order expansion of the mixup loss about the plain one, for
/// softmax cross-entropy, exact over all n² ordered pairs.
///
///     L_mix = L_std + R1 + R2 + R3 + remainder
///     R1 = (E[a]/n)   Σ_i (p_i − y_i)ᵀJ_i(x̄ − x_i)
///     R2 = (E[a²]/2n) Σ_i E_r Var_{p_i}(D1),   D1 = J_i(r − x_i)
///     R3 = (E[a²]/2n) Σ_i E_r (p_i − y_i)ᵀD2,   D2 = d²f(x_i + a(r − x_i))/da²
///
/// r is uniform over the inputs, a = 1 − λ under the law of
/// ``DisplacementMoments``. R2 is never negative; R1 and R3 take either sign.
/// R3 of a piecewise linear network is 0.
///
/// - Source: L. Zhang et al. 2021 (arXiv:2010.04819), Lemma 3.1, here for any
///   number of classes.
/// - Departs from the source: no pair is visited. Both sums over r are
///   quadratic forms in the direction v = u_r − u_i of the first layer, and
///   E_r[vvᵀ] = C + (ū − u_i)(ū − u_i)ᵀ = Σ_k s_k s_kᵀ with the covariance C
///   factored once into at most min(n, h₁) rows. With G_i = ∂f/∂u₁ from one
///   backward pass for each class,
///
///         E_r Var_p(D1)     = Σ_k Var_p(G_i s_k)
///         E_r (p − y)ᵀD2    = Σ_l Σ_j c_lj σ″(u_lj) E_r[(∂u_lj/∂a)²]
///
///   where c_l is the gradient of (p − y)ᵀf at the activations of layer l: the
///   second derivative of a network is a sum over its units of the squared
///   first derivatives, so that jets of first order along the s_k are enough.
/// - Complexity: with K classes, m = min(n, h₁) + 1 directions and the widths
///   h_l, K·Σh_l·h_{l+1} + K·h₁·m + m·Σ_{l<L−1} h_l·h_{l+1} multiplications
///   for each input, the last sum only where σ is curved; all pairs one by one
///   would take 3n·Σh_l·h_{l+1}. Memory for one block of inputs per thread.
public struct LossExpansion: Sendable, Equatable {
  /// L_std, the mean cross-entropy of the inputs themselves.
  public let standardLoss: Double
  /// The mean of φ′(0) over pairs; R1 = E[a] times this.
  public let slope: Double
  /// The mean of Var_p(D1) over pairs; R2 = ½E[a²] times this.
  public let variance: Double
  /// The mean of (p − y)ᵀD2 over pairs; R3 = ½E[a²] times this.
  public let curvature: Double

  /// The expansion from its four means.
  init(
    standardLoss: Double, slope: Double, variance: Double, curvature: Double
  ) {
    self.standardLoss = standardLoss
    self.slope = slope
    self.variance = variance
    self.curvature = curvature
  }

  /// R1, R2 and R3 for one law of λ.
  ///
  /// The term of first order, the regulariser of the gradient, and that of the
  /// curvature.
  public func terms(
    _ moments: DisplacementMoments
  ) -> (firstOrder: Double, gradient: Double, curvature: Double) {
    (
      moments.first * slope, moments.second / 2 * variance,
      moments.second / 2 * curvature
    )
  }

  /// The expansion over all pairs of the inputs.
  ///
  /// - Throws: `LinearAlgebraError` where the first layer overflows.
  public init(
    of inputs: NetworkInputs, team: ThreadTeam
  ) throws(LinearAlgebraError) {
    let factor = try inputs.covarianceFactor()
    let sums = team.mapShards(of: inputs.count, size: 16) { range in
      ExpansionBlock(inputs, factor, range).sums
    }
    let total = sums.reduce(SIMD4.zero, +) / Double(inputs.count)
    self.init(
      standardLoss: total[0], slope: total[1], variance: total[2],
      curvature: total[3])
  }
}

/// The sums of an expansion over a block of inputs.
private struct ExpansionBlock {
  private let inputs: NetworkInputs
  private let shape: DenseShape
  private let range: Range<Int>
  /// s_k, [m, h₁].
  private let factor: Matrix<Double>
  /// u_l of the block, by layer from 1.
  private var preactivations: [Matrix<Double>] = []
  /// σ′(u_l) of the block, by hidden layer from 1.
  private var slopes: [Matrix<Double>] = []
  /// p − y of the block.
  private let residuals: Matrix<Double>
  private let probabilities: Matrix<Double>
  private let loss: Double

  init(
    _ inputs: NetworkInputs, _ factor: Matrix<Double>, _ range: Range<Int>
  ) {
    self.inputs = inputs
    self.factor = factor
    self.range = range
    shape = inputs.network.shape
    let network = inputs.network
    var u = Matrix<Double>(
      rowCount: range.count, columnCount: shape.sizes[1],
      elements: Array(
        inputs.firstLayer.elements[
          range.lowerBound * shape.sizes[1]..<range.upperBound * shape.sizes[1]]
      ))
    for layer in 1..<shape.layerCount {
      preactivations.append(u)
      u = u.activated(shape.activation)
        .multiplied(
          by: network.weights(ofLayer: layer + 1), transposingOther: true)
      u.addRow(network.biases(ofLayer: layer + 1))
    }
    preactivations.append(u)
    let logProbabilities = u.logSoftmax()
    let labels = inputs.labels[range]
    let probabilities = Matrix<Double>(
      rowCount: range.count, columnCount: shape.classCount
    ) { .exp(logProbabilities[$0, $1]) }
    residuals = Matrix(
      rowCount: range.count, columnCount: shape.classCount
    ) { row, c in
      probabilities[row, c]
        - (c == Int(labels[range.lowerBound + row]) ? 1 : 0)
    }
    self.probabilities = probabilities
    loss = range.reduce(0) { sum, i in
      sum - logProbabilities[i - range.lowerBound, Int(labels[i])]
    }
    slopes = preactivations.dropLast().map { $0.slopes(shape.activation) }
  }

  /// The gradients of some sums of logits at u_l, for l from 1 up, `each` rows
  /// for an input.
  private func gradients(
    of sums: Matrix<Double>, each: Int
  ) -> [Matrix<Double>] {
    var gradients = [sums]
    for layer in stride(from: shape.layerCount, to: 1, by: -1) {
      var below = gradients[0].multiplied(
        by: inputs.network.weights(ofLayer: layer))
      below.scaleRows(by: slopes[layer - 2], each: each)
      gradients.insert(below, at: 0)
    }
    return gradients
  }

  /// ū − u_i of the block.
  private var towardsMean: Matrix<Double> {
    Matrix(rowCount: range.count, columnCount: shape.sizes[1]) {
      inputs.mean[$1] - preactivations[0][$0, $1]
    }
  }

  /// Loss, φ′(0), Var_p(D1), (p − y)ᵀD2, summed over the block.
  var sums: SIMD4<Double> {
    let towardsMean = towardsMean
    let classes = shape.classCount
    // ∂f_c/∂u₁, rows in the order (input, class); ∂f/∂u_L is the identity.
    let adjoint = gradients(
      of: Matrix(rowCount: range.count * classes, columnCount: classes) {
        $0 % classes == $1 ? 1 : 0
      }, each: classes)[0]
    let changes = adjoint.multiplied(by: factor, transposingOther: true)
    var slope = 0.0
    var variance = 0.0
    for row in 0..<range.count {
      let p = probabilities.row(row)
      let mean = Matrix(
        rowCount: classes, columnCount: 1,
        elements: (0..<classes).map { c in
          zip(adjoint.row(row * classes + c), towardsMean.row(row))
            .reduce(0) { $0 + $1.0 * $1.1 }
        })
      slope += zip(residuals.row(row), mean.elements)
        .reduce(0) { $0 + $1.0 * $1.1 }
      variance += mean.variance(p, from: 0)
      variance += changes.variance(p, from: row * classes)
    }
    return SIMD4(loss, slope, variance, curvature(towardsMean))
  }

  /// Σ_i E_r (p − y)ᵀD2.
  private func curvature(_ towardsMean: Matrix<Double>) -> Double {
    guard shape.activation.isCurved, shape.layerCount > 1 else { return 0 }
    let network = inputs.network
    let gradients = gradients(of: residuals, each: 1)
    let own = factor.summedSquares(each: factor.rowCount)
    var sum = 0.0
    for row in 0..<range.count {
      // The directions of the factor and, last, the one to the mean.
      var squares = own.elements
      for (j, d) in towardsMean.row(row).enumerated() { squares[j] += d * d }
      var tangents = factor
      var last = Matrix(
        rowCount: 1, columnCount: factor.columnCount,
        elements: Array(towardsMean.row(row)))
      for layer in 1..<shape.layerCount {
        let weights = network.weights(ofLayer: layer + 1)
        sum += curvatureTerm(
          layer, row,
          gradient: Matrix(
            rowCount: 1, columnCount: weights.rowCount,
            elements: Array(gradients[layer].row(row))
          ).multiplied(by: weights), squares)
        guard layer + 1 < shape.layerCount else { break }
        // Narrower than the tangents where there are many of them.
        var scaled = weights
        scaled.scaleRows(by: slopes[layer - 1].only(row), each: scaled.rowCount)
        tangents = tangents.multiplied(by: scaled, transposingOther: true)
        last = last.multiplied(by: scaled, transposingOther: true)
        squares =
          zip(
            tangents.summedSquares(each: tangents.rowCount).elements,
            last.elements
          ).map { $0 + $1 * $1 }
      }
    }
    return sum
  }

  /// Σ_j c_lj σ″(u_lj) E_r[(∂u_lj/∂a)²] of one input.
  private func curvatureTerm(
    _ layer: Int, _ row: Int, gradient: Matrix<Double>, _ squares: [Double]
  ) -> Double {
    let width = shape.sizes[layer]
    var terms = [Double](repeating: 0, count: width)
    preactivations[layer - 1].withUnsafeElements { u in
      gradient.withUnsafeElements { gradient in
        guard let u = u.baseAddress, let gradient = gradient.baseAddress
        else { return }
        Double.addTimesCurvature(
          shape.activation, u + row * width, tangent: squares,
          gradient: gradient, into: &terms, count: width)
      }
    }
    return terms.reduce(0, +)
  }
}
