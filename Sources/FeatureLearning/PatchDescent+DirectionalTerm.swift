import Mixing

extension PatchDescent {
  /// Adds MixupE's term to H, without its factor, after the clean residuals are
  /// computed.
  ///
  ///     f′_k(x_i) = ∇F_k(x_i)·(x̄ − x_i) = 2((1/n) Σ_j A^{(k)}_ij − A^{(k)}_ii)
  ///     q_i = (p − y)ᵀf′,   q̂_i = (y − p)ᵀF
  ///     c_i = ∂(ηR)/∂q̃_i = ηE[1 − λ]/n·{±1, 0}
  ///     u_k = c ⊙ ∂q̃/∂F_k,   e_k = 2c ⊙ ∂q̃/∂f′_k
  ///     H_k += diag(2u_k − 2e_k) + (e_k·1ᵀ + 1·e_kᵀ)/n
  ///
  /// with ∂q/∂F_k = p_k(f′_k − pᵀf′) and ∂q/∂f′_k = p_k − y_k; of q̂ they are
  /// (y − p)_k − p_k(F_k − pᵀF) and 0. The mean sample's responses are the mean
  /// of all samples', whence the two products with 1.
  ///
  /// - Parameters:
  ///   - displacement: E[1 − λ].
  ///   - scale: What H is multiplied by later.
  /// - Returns: ηR.
  /// - Source: Y. Zou et al. 2023 (arXiv:2212.13381), Eqs. (4), (5) and (7).
  /// - Numerics: p_y − 1 is −Σ_{k≠y} p_k throughout, so that q̃ keeps its sign
  ///   at confident samples.
  /// - Complexity: 2·K·m·P·n multiply-adds and n² additions.
  func addDirectionalTerm(
    _ penalty: DirectionalPenalty, displacement: Double, over scale: Double
  ) -> Double {
    let n = sampleCount
    let (b, term) = (buffers, penalty.term)
    let isDirectional = term.surrogate == .directional
    if isDirectional { computeTangents() }
    let vectors = isDirectional ? b.tangents : b.logits
    let factor = penalty.weight * displacement / Double(n)
    var value = 0.0
    for i in 0..<n {
      let label = Int(b.labels[i])
      let own = vectors[label * n + i]
      // pᵀv − v_y.
      var mean = 0.0
      for k in 0..<classCount where k != label {
        mean += b.residuals[k * n + i] * (vectors[k * n + i] - own)
      }
      let q = isDirectional ? mean : -mean
      let slope = factor * term.slope(at: q)
      value += slope * q
      for k in 0..<couplingCount {
        let residual = b.residuals[k * n + i]
        let p = residual + (k == label ? 1 : 0)
        let spread =
          term.hasConstantResidual
          ? 0 : p * (vectors[k * n + i] - own - mean)
        let atLogit = isDirectional ? spread : -residual - spread
        let atTangent = isDirectional ? 2 * slope * residual : 0
        b.tangentSlopes[k * n + i] = atTangent / (Double(n) * scale)
        b.coupling[(k * n + i) * n + i] +=
          2 * (slope * atLogit - atTangent) / scale
      }
    }
    if isDirectional { addTangentSlopes() }
    return value
  }

  /// f′ of all samples.
  private func computeTangents() {
    let n = sampleCount
    let b = buffers
    let perClass = width * space.data.patchCount
    for row in 0..<classCount * perClass {
      let s = b.responses + row * n
      var sum = 0.0
      for i in 0..<n { sum += s[i] }
      b.meanResponses[row] = sum / Double(n)
    }
    forEachSampleBlock { range in
      for k in 0..<classCount {
        let tangents = b.tangents + k * n
        for i in range { tangents[i] = 0 }
        for row in k * perClass..<(k + 1) * perClass {
          let (s, mean) = (b.responses + row * n, b.meanResponses[row])
          for i in range { tangents[i] += 2 * s[i] * (mean - s[i]) }
        }
      }
    }
  }

  /// H += (e·1ᵀ + 1·eᵀ)/n.
  private func addTangentSlopes() {
    let n = sampleCount
    let b = buffers
    forEachSampleBlock { range in
      for k in 0..<couplingCount {
        let e = b.tangentSlopes + k * n
        for i in range {
          let row = b.coupling + (k * n + i) * n
          for j in 0..<n { row[j] += e[i] + e[j] }
        }
      }
    }
  }
}
