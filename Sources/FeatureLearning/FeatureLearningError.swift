public import ArrayFiles

/// What can end a descent early.
public enum FeatureLearningError: ExitStatusProviding, Equatable,
  CustomStringConvertible
{
  /// The loss grew without bound.
  ///
  /// `largestStableRate` is 2 over the largest curvature at the iterate
  /// `overshootIteration`, the first whose step raised the loss; nil where the
  /// curvature is not finite or nowhere positive. Both are nil where that
  /// iterate is not known.
  case diverged(
    iteration: Int, learningRate: Double, overshootIteration: Int?,
    largestStableRate: Double?)
  /// The expectation over λ needs more nodes than are allowed.
  case quadrature(iteration: Int, margin: Double, nodes: Int)

  /// One line: what happened and what to do.
  public var description: String {
    switch self {
    case .diverged(let iteration, let rate, let overshoot, let stable):
      "the loss diverges at iteration \(iteration) with learning rate \(rate)"
        + (overshoot.map { "; it rises first at iteration \($0)" } ?? "")
        + (stable.map {
          ", where the curvature suggests at most \($0); take a smaller "
            + "learning rate"
        } ?? "; take a smaller learning rate or smaller initial weights")
    case .quadrature(let iteration, let margin, let nodes):
      "at iteration \(iteration) logits of \(margin) need more than \(nodes) "
        + "nodes for the expectation over the mixing weight; take "
        + (iteration == 0
          ? "smaller initial weights" : "a smaller learning rate")
        + " or a fixed mixing weight"
    }
  }

  /// The same of a run that went on from an earlier one's iterate.
  public func shifted(by offset: Int) -> FeatureLearningError {
    switch self {
    case .diverged(let iteration, let rate, let overshoot, let stable):
      .diverged(
        iteration: iteration + offset, learningRate: rate,
        overshootIteration: overshoot.map { $0 + offset },
        largestStableRate: stable)
    case .quadrature(let iteration, let margin, let nodes):
      .quadrature(iteration: iteration + offset, margin: margin, nodes: nodes)
    }
  }

  /// 70: the computation diverged.
  public var exitStatus: ExitStatus { .diverged }
}
