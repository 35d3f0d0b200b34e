import ArrayFiles
import Foundation
public import ImageTrain
import Networks
import RealModule

/// `mixlab repair`: takes causes of failure out of a network.
public struct ArrayRepair: Sendable {
  /// The files, with the seed that `causes` split the failures by.
  public var inputs: FailureInputs
  /// Indices of training samples: a `causes.csv`, or integers in a .npy.
  public var causes: String
  /// How they are taken out.
  public var deletion: CauseDeletion
  /// Epochs of fine-tuning and retraining.
  public var epochs: Int
  /// Their learning rate.
  public var learningRate: Double
  /// Their batch size.
  public var batchSize: Int

  /// A repair.
  public init(
    inputs: FailureInputs, causes: String, deletion: CauseDeletion,
    epochs: Int, learningRate: Double, batchSize: Int
  ) {
    self.inputs = inputs
    self.causes = causes
    self.deletion = deletion
    self.epochs = epochs
    self.learningRate = learningRate
    self.batchSize = batchSize
  }

  /// Writes `network.npz`, `effect.csv`, `queries.npy`, `holdout.npy` and
  /// `result.json`.
  ///
  /// - Returns: The table of what changed, as text, and what the user should
  ///   know besides.
  public func run(
    output: String, overwrite: Bool
  ) throws -> (table: String, notes: [String]) {
    try OutputFolder.check(path: output, overwrite: overwrite)
    let material = try FailureMaterial(inputs)
    let causes = try readCauses(material)
    func train(
      _ images: LabelledImages<Double>, _ start: DenseNetwork<Double>?
    ) throws -> DenseNetwork<Double> {
      try trained(material, on: images, from: start)
    }
    let repaired = try Treatment(
      deletion, of: causes, from: material.train,
      posterior: material.posterior, queries: material.queries,
      steps: inputs.steps, plan: plan, team: material.team, train: train)
    guard repaired.network.parameters.allSatisfy({ $0.isFinite }) else {
      throw FailureError.damping(
        inputs.damping, found: "repaired weights that are not finite")
    }
    func effect(_ predicted: [Int32]) -> RepairEffect {
      RepairEffect(
        material.failures, predicted: predicted, labels: material.test.labels)
    }
    func effect(_ network: DenseNetwork<Double>) -> RepairEffect {
      effect(material.test.predictedClasses(network, team: material.team))
    }
    let before = effect(material.predicted)
    let after = effect(repaired.network)
    let control: RepairEffect? =
      switch deletion {
      case .ewc, .newton: nil
      case .fineTuning:
        effect(try train(material.train, material.network))
      case .retraining: effect(try train(material.train, nil))
      }
    let table = EffectTable(before: before, after: after, control: control)
    let folder = try OutputFolder(path: output, overwrite: overwrite)
    try NetworkFile.write(repaired.network, to: folder.file("network.npz"))
    try folder.write(table.csv.text, as: "effect.csv")
    try material.failures.write(to: folder)
    var result: ConfigurationValue = [
      "command": "repair", "configuration": configuration,
      "version": .string(mixlabVersion), "seed": .int(inputs.seed),
      "blas": blasValue, "failures": material.value,
      "priorPrecision": .double(material.posterior.priorPrecision),
      "causes": .int(causes.count), "steps": .int(repaired.steps),
      "before": before.value, "after": after.value,
    ]
    if let control { result["control"] = control.value }
    var notes: [String] = []
    if let (ascent, end) = repaired.ending {
      result["ascent"] = ascent.value
      result["ended"] = .string(end.rawValue)
      notes.append("EWC deletion ended after \(ascent.text): \(end.text)")
    }
    try JSONDocument(result).write(to: folder.file("result.json"))
    return (table.text.text, notes)
  }

  private var configuration: ConfigurationValue {
    var configuration = inputs.configuration
    configuration["causes"] = .string(causes)
    configuration["deletion"] = .string(deletion.rawValue)
    if deletion == .fineTuning || deletion == .retraining {
      let optimizer = plan.optimizer
      configuration["epochs"] = .int(epochs)
      configuration["learningRate"] = .double(learningRate)
      configuration["batchSize"] = .int(batchSize)
      configuration["momentum"] = .double(optimizer.momentum)
      configuration["schedule"] = "cosine"
      configuration["weightDecay"] = .double(optimizer.weightDecay)
      configuration["initialization"] = .string(
        deletion == .fineTuning
          ? "network" : Self.initialization.rawValue)
    }
    return configuration
  }

  private static let initialization = Initialization.pytorch

  private var plan: TrainingPlan {
    TrainingPlan(
      objective: .plain,
      optimizer: Optimizer(learningRate: learningRate, schedule: .cosine),
      batchSize: batchSize, epochs: epochs)
  }

  private func trained(
    _ material: FailureMaterial, on images: LabelledImages<Double>,
    from network: DenseNetwork<Double>?
  ) throws -> DenseNetwork<Double> {
    let streams = TrainingStreams(
      rootSeed: UInt64(inputs.seed), scope: "repair")
    var weights = streams.initialWeights
    let start =
      network
      ?? DenseNetwork<Double>(
        shape: material.network.shape, initialization: Self.initialization,
        from: &weights)
    let trainer = Trainer<Double>(
      plan: plan, network: start, data: images, streams: streams,
      team: material.team)
    let diverged = RepairError.diverged(
      deletion.rawValue, learningRate: learningRate)
    do {
      while !trainer.isFinished { _ = try trainer.runEpoch() }
    } catch {
      throw diverged
    }
    // Steps that are too long can leave finite weights of any size. Whoever
    // learned anything does no worse than a guess, or than before.
    let samples = LikelihoodDerivatives(
      images: images, shape: start.shape, team: material.team)
    func loss(_ network: DenseNetwork<Double>) -> Double {
      -samples.logLikelihoods(network).reduce(0, +) / Double(images.count)
    }
    let worst = max(.log(Double(start.shape.classCount)), loss(start))
    let square = trainer.network.parameters.reduce(0) { $0 + $1 * $1 }
    guard square.isFinite, loss(trainer.network) <= worst else {
      throw diverged
    }
    return trainer.network
  }

  /// Refuses causes out of range, none and all, and such as other failures
  /// found.
  private func readCauses(_ material: FailureMaterial) throws -> [Int] {
    let count = material.train.count
    var list: [Int]
    if causes.hasSuffix(".csv") {
      list = try CSVTable(file: causes).integers("index", of: causes)
      try checkIndices(list, below: count, file: causes)
      let folder = URL(filePath: causes).deletingLastPathComponent()
      for (name, half) in material.failures.halves {
        let found = try NPY.readIntegers(
          folder.appending(path: name).path, shape: [nil]
        ).values
        guard found == half else {
          throw FailureError.otherSplit(file: causes, seed: inputs.seed)
        }
      }
    } else {
      list = try NPY.readIndices(causes, below: count)
    }
    guard !list.isEmpty, list.count < count else {
      throw FileError.malformed(
        file: causes, expected: "some of the \(count) training samples",
        found: list.isEmpty ? "none" : "all")
    }
    list.sort()
    return list
  }
}

/// Why training on the failures, or without the causes, gives no network.
enum RepairError: ExitStatusProviding, CustomStringConvertible {
  /// The loss or the weights grew beyond all bounds.
  case diverged(String, learningRate: Double)

  var description: String {
    switch self {
    case .diverged(let training, let rate):
      "\(training) diverged; nothing is written; lower "
        + "--learning-rate (now \(rate))"
    }
  }

  var exitStatus: ExitStatus { .diverged }
}
