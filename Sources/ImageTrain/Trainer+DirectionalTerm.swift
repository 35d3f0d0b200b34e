import Mixing
import Networks
import VectorMath

/// MixupE's term in one of the forms of `DirectionalTerm`, as in
///
///     R = (E[1 − λ]/n) Σ_i |q̃_i|
///     q_i = (p − y)ᵀ f′,   f′ = J_f(x_i)(x̄ − x_i)      (directional)
///     q̂_i = (y − p)ᵀ f                                  (homogeneous)
///
/// and its gradient with respect to the logits f and their tangents f′:
///
///     ∂q/∂f_k = p_k (f′_k − pᵀf′),   ∂q/∂f′ = p − y
///     ∂q̂/∂f_k = (y − p)_k − p_k (f_k − pᵀf)
///
/// Where the residual counts as constant, ∂q/∂f is 0 and ∂q̂/∂f is y − p.
///
/// - Source: Y. Zou et al. 2023 (arXiv:2212.13381), Eqs. (4)–(9).
extension Trainer {
  /// Scales the clean rows by the term's slope in q̃, ±factor or 0, and
  /// rescales all rows so that the loss keeps the value of the mixed loss where
  /// asked.
  ///
  /// - Parameter factor: η·E[1 − λ]/n.
  /// - Returns: L_mix + ηR, before any rescaling.
  func scaleDirectionalRows(
    _ layout: RowLayout, _ form: DirectionalTerm, mixedLoss: Double,
    rescaled: Bool, factor: Double
  ) -> Double {
    let w = workspace
    var term = 0.0
    for shard in layout.shards {
      for (k, row) in shard.cleanRows.enumerated() {
        let value = directionalValue(shard, k, row, form.surrogate)
        w.scales[row] = factor * form.slope(at: value)
        term += w.scales[row] * value
      }
    }
    let loss = mixedLoss + term
    let scale = rescaled && loss != 0 ? abs(mixedLoss) / abs(loss) : 1
    for shard in layout.shards {
      for row in shard.valueRows { w.scales[row] *= scale }
    }
    return loss
  }

  /// q or q̂ of the k-th clean row of a shard.
  private func directionalValue(
    _ shard: RowLayout.Shard, _ k: Int, _ row: Int,
    _ surrogate: DirectionalSurrogate
  ) -> Double {
    let classes = shape.classCount
    let logProbabilities = workspace.pass.logProbabilities + row * classes
    let label = Int(workspace.firstLabels[row])
    let (sign, vector): (Double, UnsafeMutablePointer<Scalar>) =
      switch surrogate {
      case .directional:
        (1, workspace.pass.logits + tangentRow(shard, k) * classes)
      case .homogeneous: (-1, workspace.pass.logits + row * classes)
      }
    var value = -Double(vector[label])
    for c in 0..<classes {
      value += Double(Scalar.exp(logProbabilities[c])) * Double(vector[c])
    }
    return sign * value
  }

  private func tangentRow(_ shard: RowLayout.Shard, _ k: Int) -> Int {
    (shard.tangents?.rows.lowerBound ?? 0) + k
  }

  /// Replaces the gradient at the logits of the clean rows (and writes that of
  /// their tangents) by the gradient of the scaled q̃.
  func addDirectionalGradient(
    _ shard: RowLayout.Shard, _ term: DirectionalTerm
  ) {
    let w = workspace
    let classes = shape.classCount
    let gradient = w.pass.gradient(shape.layerCount)
    for (k, row) in shard.cleanRows.enumerated() {
      let logProbabilities = w.pass.logProbabilities + row * classes
      let label = Int(w.firstLabels[row])
      let scale = Scalar(w.scales[row])
      let atLogits = gradient + row * classes
      switch term.surrogate {
      case .directional:
        let tangent = tangentRow(shard, k)
        let direction = w.pass.logits + tangent * classes
        let atTangent = gradient + tangent * classes
        let mean = expectation(of: direction, logProbabilities)
        for c in 0..<classes {
          let p = Scalar.exp(logProbabilities[c])
          atLogits[c] =
            term.hasConstantResidual ? 0 : scale * p * (direction[c] - mean)
          atTangent[c] = scale * (p - (c == label ? 1 : 0))
        }
      case .homogeneous:
        let logits = w.pass.logits + row * classes
        let mean = expectation(of: logits, logProbabilities)
        for c in 0..<classes {
          let p = Scalar.exp(logProbabilities[c])
          let residual = (c == label ? 1 : 0) - p
          atLogits[c] =
            term.hasConstantResidual
            ? scale * residual : scale * (residual - p * (logits[c] - mean))
        }
      }
    }
  }

  /// pᵀv.
  private func expectation(
    of vector: UnsafeMutablePointer<Scalar>,
    _ logProbabilities: UnsafeMutablePointer<Scalar>
  ) -> Scalar {
    var sum: Scalar = 0
    for c in 0..<shape.classCount {
      sum += Scalar.exp(logProbabilities[c]) * vector[c]
    }
    return sum
  }
}
