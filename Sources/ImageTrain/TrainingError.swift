/// What can end a training run early.
public enum TrainingError: Error, Equatable, CustomStringConvertible {
  /// The loss became infinite or NaN.
  case diverged(step: Int, epoch: Int, learningRate: Double, lastGoodEpoch: Int)
  /// Descent ended above where it began.
  case rose(from: Double, to: Double, learningRate: Double)

  /// One line: what happened and what to do.
  public var description: String {
    switch self {
    case .diverged(let step, let epoch, let learningRate, let lastGoodEpoch):
      "the loss is not finite at step \(step) (epoch \(epoch)); the network as "
        + "of the end of epoch \(lastGoodEpoch) is kept; lower the learning "
        + "rate (now \(learningRate)) or the momentum"
    case .rose(let first, let last, let learningRate):
      "the loss rose from \(first) to \(last); lower the learning rate (now "
        + "\(learningRate))"
    }
  }
}
