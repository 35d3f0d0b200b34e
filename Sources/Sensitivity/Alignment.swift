public import LinearAlgebra

/// What mixup's first-order term does to the gradients of a classifier, sample
/// by sample and class by class.
///
///     q_i     = (p_i − y_i)ᵀ J(x_i)(x̄ − x_i)
///             = Σ_k α_{k,i} ‖J^{(k)}(x_i)‖ ‖x̄ − x_i‖
///     α_{k,i} = (p_{k,i} − y_{k,i}) · cos∠(J^{(k)}(x_i), x̄ − x_i)
///
/// J^{(k)} is the gradient ∇ₓf_k of a logit, p = softmax(f), x̄ the mean input.
/// To first order mixup adds E[1 − λ]·mean q to the loss: descending it makes
/// ‖J^{(k)}(x_i)‖ larger where α_{k,i} < 0.
///
/// A negative α by itself says little: Σ_k(p_k − y_k) = 0 and the true class's
/// residual is negative, so that one exists unless that class's cosine is ≤ 0
/// and all others are ≥ 0. Hence the two factors apart.
///
/// - Shapes: n samples, K classes; matrices are [n, K].
/// - Source: Y. Zou et al. 2023 (arXiv:2212.13381), Eqs. (4) and (6).
public struct Alignment: Sendable, Equatable {
  /// The samples' classes.
  public let labels: [Int32]
  /// p_k − y_k.
  public let residuals: Matrix<Double>
  /// cos∠(J^{(k)}(x_i), x̄ − x_i) in [−1, 1]; 0 where either vector is zero.
  public let cosines: Matrix<Double>
  /// ‖J^{(k)}(x_i)‖₂.
  public let gradientNorms: Matrix<Double>
  /// q_i.
  public let directionalDerivatives: [Double]
  /// ‖x̄ − x_i‖₂.
  public let displacements: [Double]
  /// ‖∇ₓℓ(x_i, y_i)‖₂ of the cross-entropy, where it was asked for.
  public let lossGradientNorms: [Double]?

  /// The number of samples.
  public var sampleCount: Int { residuals.rowCount }
  /// The number of classes.
  public var classCount: Int { residuals.columnCount }

  /// α, [n, K]; never −0.
  public var coefficients: Matrix<Double> {
    Matrix(
      rowCount: sampleCount, columnCount: classCount,
      elements: zip(residuals.elements, cosines.elements).map { $0 * $1 + 0 })
  }

  /// Whether no number is NaN or infinite.
  public var isFinite: Bool {
    // x − x is 0 for a finite x and NaN otherwise.
    var deviation = 0.0
    for numbers in [
      residuals.elements, cosines.elements, gradientNorms.elements,
      directionalDerivatives, displacements, lossGradientNorms ?? [],
    ] {
      for number in numbers { deviation += number - number }
    }
    return deviation == 0
  }

  /// α and its factors from derivatives along x̄ − x_i.
  ///
  /// - Parameters:
  ///   - labels: Classes, [n].
  ///   - residuals: p − y.
  ///   - derivatives: J(x_i)(x̄ − x_i).
  init(
    labels: [Int32], residuals: Matrix<Double>, derivatives: Matrix<Double>,
    gradientNorms: Matrix<Double>, displacements: [Double],
    lossGradientNorms: [Double]? = nil
  ) {
    self.labels = labels
    let classes = residuals.columnCount
    var cosines = [Double](repeating: 0, count: residuals.elements.count)
    var sums = [Double](repeating: 0, count: residuals.rowCount)
    for i in 0..<residuals.rowCount {
      for k in i * classes..<(i + 1) * classes {
        let derivative = derivatives.elements[k]
        sums[i] += residuals.elements[k] * derivative
        // Divided one by one, so that no product leaves the numbers' range.
        let norm = gradientNorms.elements[k]
        guard norm > 0, displacements[i] > 0 else { continue }
        let cosine = derivative / norm / displacements[i]
        cosines[k] = abs(cosine) > 1 ? (cosine < 0 ? -1 : 1) : cosine
      }
    }
    self.residuals = residuals
    self.cosines = Matrix(
      rowCount: residuals.rowCount, columnCount: classes, elements: cosines)
    self.gradientNorms = gradientNorms
    self.directionalDerivatives = sums
    self.displacements = displacements
    self.lossGradientNorms = lossGradientNorms
  }
}
