import ImageTrain
import Networks
import Valuation
import VectorMath

/// EL2N and GraNd of images, as means over networks at an early epoch.
struct EarlyScores {
  /// ‖softmax(f(x)) − onehot(y)‖₂ of each image.
  private(set) var errors: [Double]
  /// ‖∇_θ CE(x, y)‖₂ of each image.
  private(set) var gradients: [Double]

  /// - Parameter network: Gives each of `networkCount` networks.
  init(
    of images: LabelledImages<Double>, networkCount: Int, team: ThreadTeam,
    network: (Int) throws -> DenseNetwork<Double>
  ) rethrows {
    errors = [Double](repeating: 0, count: images.count)
    gradients = errors
    for run in 0..<networkCount {
      let network = try network(run)
      let evaluator = Evaluator(
        images: images, shape: network.shape, team: team)
      let norms = errorNorms(
        logProbabilities: evaluator.logProbabilities(network),
        first: images.labels, second: images.labels,
        weights: [Double](repeating: 1, count: images.count),
        classCount: images.classCount)
      let lengths = evaluator.parameterGradientNorms(network)
      for i in 0..<images.count {
        errors[i] += norms[i] / Double(networkCount)
        gradients[i] += lengths[i] / Double(networkCount)
      }
    }
  }
}
