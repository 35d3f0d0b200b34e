import ArrayFiles
import ImageTrain
import Networks
import Randomness
public import VectorMath

/// A network, the samples that it was trained on and test samples, as
/// `mixlab causes` and `mixlab repair` read them.
public struct FailureInputs: Sendable {
  /// Where training and test samples come from.
  public enum Samples: Sendable {
    /// Array files: images, [n, …], and labels, [n], of each part.
    case arrays(
      images: String, labels: String, testImages: String, testLabels: String)
    /// A data set, cut and scaled as training sees it.
    case dataset(DataSelection)
  }

  /// The network's file.
  public var network: String
  /// The activation between its layers.
  public var activation: Activation
  /// Training and test samples.
  public var samples: Samples
  /// What counts as failure; a list is read from `failureList`.
  public var failures: FailureSelection
  /// A file of indices of test samples in place of `failures`.
  public var failureList: String?
  /// Damping of the curvature (`WeightConsolidation`).
  public var damping: Double
  /// Most steps of an ascent.
  public var steps: Int
  /// Seed of the split of the failures.
  public var seed: Int
  /// Threads that share the work.
  public var threads: Int

  /// Inputs from their files.
  public init(
    network: String, activation: Activation, samples: Samples,
    failures: FailureSelection, failureList: String?, damping: Double,
    steps: Int, seed: Int, threads: Int
  ) {
    self.network = network
    self.activation = activation
    self.samples = samples
    self.failures = failures
    self.failureList = failureList
    self.damping = damping
    self.steps = steps
    self.seed = seed
    self.threads = threads
  }

  var configuration: ConfigurationValue {
    var configuration: ConfigurationValue = [
      "network": .string(network),
      "activation": .string(activation.rawValue),
    ]
    switch samples {
    case .arrays(let images, let labels, let testImages, let testLabels):
      configuration["images"] = .string(images)
      configuration["labels"] = .string(labels)
      configuration["testImages"] = .string(testImages)
      configuration["testLabels"] = .string(testLabels)
    case .dataset(let data): configuration["data"] = data.settings.value
    }
    configuration["failures"] = .string(
      failureList.map { "samples of \($0)" } ?? failures.text)
    configuration["damping"] = .double(damping)
    configuration["steps"] = .int(steps)
    configuration["failureClass"] = failureClass.map { .int($0) } ?? .null
    configuration["takenFor"] = takenFor.map { .int($0) } ?? .null
    configuration["failureList"] = failureList.map { .string($0) } ?? .null
    return configuration
  }

  private var failureClass: Int? {
    switch failures {
    case .label(let label), .confusion(let label, _): label
    default: nil
    }
  }

  private var takenFor: Int? {
    if case .confusion(_, let other) = failures { other } else { nil }
  }

  /// Refuses classes that the network does not have.
  fileprivate func checkClasses(count: Int) throws(FailureError) {
    for (option, label) in [
      ("--failure-class", failureClass), ("--taken-for", takenFor),
    ] {
      if let label, !(0..<count).contains(label) {
        throw .noClass(option: option, label: label, count: count)
      }
    }
  }
}

/// What `FailureInputs` name, checked against each other.
struct FailureMaterial {
  let network: DenseNetwork<Double>
  let train: LabelledImages<Double>
  let test: LabelledImages<Double>
  let failures: FailureSet
  let predicted: [Int32]
  let training: LikelihoodDerivatives
  let queries: LikelihoodDerivatives
  let posterior: WeightConsolidation
  let team: ThreadTeam

  init(_ inputs: FailureInputs) throws {
    let network: DenseNetwork<Double>
    switch inputs.samples {
    case .arrays(let images, let labels, let testImages, let testLabels):
      network = try NetworkFile.read(
        inputs.network, activation: inputs.activation)
      func read(
        _ images: String, _ labels: String
      ) throws -> LabelledImages<Double> {
        let arrays = try LabelledArrays(images: images, labels: labels)
        try arrays.check([(inputs.network, network)])
        return LabelledImages(
          pixels: arrays.pixels, labels: arrays.labels,
          classCount: network.shape.classCount)
      }
      train = try read(images, labels)
      test = try read(testImages, testLabels)
    case .dataset(let data):
      let images = try data.images()
      network = try images.readNetwork(
        inputs.network, activation: inputs.activation)
      (train, test) = (
        images.labelled(images.train), images.labelled(images.test)
      )
    }
    self.network = network
    try inputs.checkClasses(count: network.shape.classCount)
    let team = ThreadTeam(size: inputs.threads)
    predicted = test.predictedClasses(network, team: team)
    var selection = inputs.failures
    if let file = inputs.failureList {
      selection = .list(
        try NPY.readIndices(file, below: test.count), file: file)
    }
    var stream = RandomStream(
      rootSeed: UInt64(inputs.seed), name: "failure-split")
    failures = try FailureSet(
      selection, predicted: predicted, labels: test.labels, stream: &stream)
    training = LikelihoodDerivatives(
      images: train, shape: network.shape, team: team)
    queries = LikelihoodDerivatives(
      images: test.subset(failures.queries), shape: network.shape, team: team)
    posterior = try Self.posterior(
      network, fisher: training.diagonalFisher(network),
      sampleCount: train.count, damping: inputs.damping)
    self.team = team
  }

  /// Tells a damping that leaves no prior from samples that inform no weight.
  private static func posterior(
    _ network: DenseNetwork<Double>, fisher: [Double], sampleCount: Int,
    damping: Double
  ) throws -> WeightConsolidation {
    do {
      return try WeightConsolidation(
        network: network, fisher: fisher, sampleCount: sampleCount,
        damping: damping)
    } catch {
      guard error == .flat, fisher.contains(where: { $0 > 0 }) else {
        throw error
      }
      throw FailureError.damping(damping, found: "one that rounds to 0")
    }
  }

  var value: ConfigurationValue {
    [
      "wrong": .int(test.count - failures.right.count),
      "test": .int(test.count), "queries": .int(failures.queries.count),
      "holdout": .int(failures.holdout.count),
    ]
  }
}
