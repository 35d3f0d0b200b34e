/// What can become of a computation with random features.
public enum RandomFeatureError: Error, Equatable, CustomStringConvertible {
  /// Gradient descent left the range of numbers.
  case diverged(steps: Int, learningRate: Double, largestStable: Double)
  /// A risk or a parameter is no number.
  case notFinite(problem: String)

  /// One line: what happened and what to do.
  public var description: String {
    switch self {
    case .diverged(let steps, let learningRate, let largestStable):
      "gradient descent with the learning rate \(learningRate) diverges: "
        + "after \(steps) steps the parameters are no numbers; it is stable "
        + "below \(largestStable)"
    case .notFinite(let problem):
      "\(problem): expected finite risks and parameters, found an overflow; "
        + "use scales nearer to 1"
    }
  }
}
