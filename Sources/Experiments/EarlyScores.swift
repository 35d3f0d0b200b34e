import ImageTrain
import Mixing
import Networks
import Valuation
import VectorMath

/// EL2N and GraNd of images, as means over networks at an early epoch.
struct EarlyScores {
  /// ‖softmax(f(x)) − onehot(y)‖₂ of each image.
  private(set) var errors: [Double]
  /// ‖∇_θ CE(x, y)‖₂ of each image.
  private(set) var gradients: [Double]
  /// ‖softmax(f(x̃)) − ỹ‖₂ of each mixed sample.
  private(set) var mixedErrors: [Double]

  /// - Parameters:
  ///   - samples: Mixed samples of the images.
  ///   - network: Gives each of `networkCount` networks.
  init(
    of images: LabelledImages<Double>,
    mixed samples: MixedSamples = MixedSamples(unmixed: []),
    networkCount: Int, team: ThreadTeam,
    network: (Int) throws -> DenseNetwork<Double>
  ) rethrows {
    errors = [Double](repeating: 0, count: images.count)
    gradients = errors
    mixedErrors = [Double](repeating: 0, count: samples.count)
    func add(_ values: [Double], to sums: inout [Double]) {
      for i in values.indices { sums[i] += values[i] / Double(networkCount) }
    }
    for run in 0..<networkCount {
      let network = try network(run)
      let evaluator = Evaluator(
        images: images, shape: network.shape, team: team)
      add(
        errorNorms(
          logProbabilities: evaluator.logProbabilities(network),
          first: images.labels, second: images.labels,
          weights: [Double](repeating: 1, count: images.count),
          classCount: images.classCount), to: &errors)
      add(evaluator.parameterGradientNorms(network), to: &gradients)
      guard samples.count > 0 else { continue }
      let predictor = DenseNetworkPredictor(
        network: network, images: images.pixels, team: team)
      add(
        errorNorms(
          logProbabilities: predictor.logProbabilities(of: samples),
          first: samples.first.map { images.labels[Int($0)] },
          second: samples.second.map { images.labels[Int($0)] },
          weights: samples.weights, classCount: images.classCount),
        to: &mixedErrors)
    }
  }
}

extension LogProbabilityPredictor<Double> {
  /// log p of all mixed samples, [n, K], row-major.
  func logProbabilities(of samples: MixedSamples) -> [Double] {
    let count = samples.count * classCount
    return [Double](unsafeUninitializedCapacity: count) { out, filled in
      filled = count
      guard let out = out.baseAddress else { return }
      logProbabilities(of: samples, in: 0..<samples.count, into: out)
    }
  }
}
