import LinearAlgebra
public import Randomness

extension Alignment {
  /// The same residuals, norms and displacements, with the gradient of every
  /// class turned in a random direction of its own: what signs and sizes of α
  /// are when directions mean nothing.
  ///
  ///     cos = z/√(z² + χ²),   z ~ N(0, 1),   χ² of D − 1 degrees of freedom
  ///
  /// is the cosine of a uniform direction with any fixed one in D dimensions.
  ///
  /// - Parameters:
  ///   - dimension: D, the number of inputs.
  ///   - stream: Takes a normal and a gamma draw for each sample and class.
  /// - Precondition: `dimension >= 1`.
  public func withRandomDirections(
    dimension: Int, using stream: inout RandomStream
  ) -> Alignment {
    precondition(dimension >= 1, "directions in \(dimension) dimensions")
    let shape = Double(dimension - 1) / 2
    var derivatives: [Double] = []
    derivatives.reserveCapacity(residuals.elements.count)
    for i in 0..<sampleCount {
      for k in 0..<classCount {
        let z = stream.normal()
        let rest = shape > 0 ? 2 * stream.gamma(shape: shape) : 0
        derivatives.append(
          z / (z * z + rest).squareRoot() * gradientNorms[i, k]
            * displacements[i])
      }
    }
    return Alignment(
      labels: labels, residuals: residuals,
      derivatives: Matrix(
        rowCount: sampleCount, columnCount: classCount, elements: derivatives),
      gradientNorms: gradientNorms, displacements: displacements,
      lossGradientNorms: lossGradientNorms)
  }
}

extension Alignment {
  /// Share of all α below zero.
  public var negativeShare: Double {
    share(coefficients.elements) { $0 < 0 }
  }

  /// Share of samples with q < 0: there mixup's first-order term falls when
  /// all gradients ∇ₓf_k grow in proportion (its derivative by the logarithm
  /// of their common scale is q), so that descending it pushes them up.
  public var pushedUpShare: Double {
    share(directionalDerivatives) { $0 < 0 }
  }

  /// Mean q.
  public var meanDirectionalDerivative: Double {
    directionalDerivatives.reduce(0, +) / Double(sampleCount)
  }

  /// Mean |q|.
  public var meanAbsoluteDirectionalDerivative: Double {
    directionalDerivatives.reduce(0) { $0 + abs($1) } / Double(sampleCount)
  }

  /// Mean cosine of the true class and of the other classes; 0 where there is
  /// none.
  public var meanCosines: (trueClass: Double, others: Double) {
    var (own, others) = (0.0, 0.0)
    for i in 0..<sampleCount {
      for k in 0..<classCount {
        if k == Int(labels[i]) {
          own += cosines[i, k]
        } else {
          others += cosines[i, k]
        }
      }
    }
    return (
      own / Double(sampleCount),
      others / Double(max(sampleCount * (classCount - 1), 1))
    )
  }

  private func share(
    _ numbers: [Double], _ isMeant: (Double) -> Bool
  ) -> Double {
    Double(numbers.count(where: isMeant)) / Double(numbers.count)
  }
}
