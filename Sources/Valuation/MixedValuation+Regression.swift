extension MixedValuation {
  /// The values of mixed regression samples under Gaussian models of unit
  /// variance, from their predictions.
  ///
  ///     H(ỹ, f) = ½(ỹ − f)²,   r̂ = mean over `after` of H − mean over `before`
  ///
  /// Mixing losses in place of labels adds ½λ(1 − λ)(y_i − y_j)² to both, which
  /// cancels.
  ///
  /// - Parameters:
  ///   - labels: ỹ of each sample.
  ///   - before: Predictions of each model of p(θ|D); at least one.
  ///   - after: Predictions of each model of p(θ|D, F); at least one.
  /// - Precondition: one prediction per label.
  public init(
    regressionLabels labels: [Double], before: [[Double]], after: [[Double]]
  ) {
    func meanLosses(_ models: [[Double]]) -> [Double] {
      precondition(!models.isEmpty, "a valuation needs at least one model")
      return labels.indices.map { s in
        models.reduce(0) { sum, predictions in
          let error = labels[s] - predictions[s]
          return sum + error * error / 2
        } / Double(models.count)
      }
    }
    precondition(
      (before + after).allSatisfy { $0.count == labels.count },
      "predictions for another number than \(labels.count) samples")
    self.init(lossBefore: meanLosses(before), lossAfter: meanLosses(after))
  }
}
