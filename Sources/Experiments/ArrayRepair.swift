import ArrayFiles
public import ImageTrain
import Networks

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

  /// Writes `network.npz`, `effect.csv` and `result.json`.
  ///
  /// - Returns: The table of what changed, as text.
  public func run(output: String, overwrite: Bool) throws -> String {
    let material = try inputs.load()
    let causes = try readCauses(count: material.train.count)
    let (repaired, steps) = try repaired(material, causes)
    guard repaired.parameters.allSatisfy({ $0.isFinite }) else {
      throw FileError.malformed(
        file: inputs.network, expected: "finite repaired weights",
        found: "others; raise --damping")
    }
    let before = RepairEffect(
      material.failures, predicted: material.predicted,
      labels: material.test.labels)
    let after = RepairEffect(
      material.failures,
      predicted: material.test.predictedClasses(repaired, team: material.team),
      labels: material.test.labels)
    let folder = try OutputFolder(path: output, overwrite: overwrite)
    try NetworkFile.write(repaired, to: folder.file("network.npz"))
    var csv = CSVTable(header: [
      "quantity", "before", "after", "lower", "upper", "n",
    ])
    var text = TextTable([
      .init("quantity"), .init("before %", .trailing),
      .init("after %", .trailing), .init("95 % interval", .trailing),
      .init("n", .trailing),
    ])
    for (name, first, second) in [
      ("holdout failures that are right", before.success, after.success),
      ("right samples that became wrong", before.damage, after.damage),
      ("accuracy without queries", before.accuracy, after.accuracy),
    ] {
      let ends = second.interval
      csv.append([
        .text(name), .double(first.share), .double(second.share),
        .double(ends.lowerBound), .double(ends.upperBound), .int(second.total),
      ])
      func percent(_ share: Double) -> String {
        ImageReport.text([100 * share], digits: 2)
      }
      text.append([
        name, percent(first.share), percent(second.share),
        percent(ends.lowerBound) + " – " + percent(ends.upperBound),
        "\(second.total)",
      ])
    }
    try folder.write(csv.text, as: "effect.csv")
    var configuration = inputs.configuration
    configuration["causes"] = .string(self.causes)
    configuration["deletion"] = .string(deletion.rawValue)
    if deletion == .fineTuning || deletion == .retraining {
      configuration["epochs"] = .int(epochs)
      configuration["learningRate"] = .double(learningRate)
      configuration["batchSize"] = .int(batchSize)
    }
    try JSONDocument([
      "command": "repair", "configuration": configuration,
      "version": .string(mixlabVersion), "seed": .int(inputs.seed),
      "blas": blasValue, "failures": material.value,
      "priorPrecision": .double(material.posterior.priorPrecision),
      "causes": .int(causes.count), "steps": .int(steps),
      "before": ["accuracy": before.accuracy.value],
      "after": [
        "success": after.success.value, "damage": after.damage.value,
        "accuracy": after.accuracy.value,
      ],
    ]).write(to: folder.file("result.json"))
    return text.text
  }

  private func repaired(
    _ material: FailureMaterial, _ causes: [Int]
  ) throws -> (network: DenseNetwork<Double>, steps: Int) {
    let posterior = material.posterior
    let removed = LikelihoodDerivatives(
      images: material.train.subset(causes), shape: material.network.shape,
      team: material.team)
    switch deletion {
    case .ewc:
      let ascent = posterior.deletion(
        of: removed, queries: material.queries, steps: inputs.steps)
      return (ascent.network, ascent.steps)
    case .newton:
      return (
        posterior.moved(by: posterior.naturalStep(toward: removed), scale: -1),
        1
      )
    case .fineTuning, .retraining:
      let streams = TrainingStreams(
        rootSeed: UInt64(inputs.seed), scope: "repair")
      var weights = streams.initialWeights
      let start =
        deletion == .fineTuning
        ? material.network
        : DenseNetwork<Double>(
          shape: material.network.shape, initialization: .pytorch,
          from: &weights)
      let trainer = Trainer<Double>(
        plan: TrainingPlan(
          objective: .plain, optimizer: Optimizer(learningRate: learningRate),
          batchSize: batchSize, epochs: epochs),
        network: start, data: material.train.removing(causes),
        streams: streams, team: material.team)
      do {
        while !trainer.isFinished { _ = try trainer.runEpoch() }
      } catch {
        throw ExperimentError.training(
          model: deletion.rawValue, seed: inputs.seed, error,
          kept: "--learning-rate")
      }
      return (trainer.network, trainer.step)
    }
  }

  /// Refuses causes out of range, none and all.
  private func readCauses(count: Int) throws -> [Int] {
    let numbers: [Double] =
      causes.hasSuffix(".csv")
      ? try CSVTable(file: causes).numbers("index", of: causes)
      : try NPY.readIntegers(causes, shape: [nil]).values.map { Double($0) }
    for number in numbers
    where !(0..<Double(count)).contains(number) || number != number.rounded() {
      throw FileError.malformed(
        file: causes, expected: "indices of training samples in 0 ..< \(count)",
        found: "\(number)")
    }
    let list = Set(numbers.map { Int($0) }).sorted()
    guard !list.isEmpty, list.count < count else {
      throw FileError.malformed(
        file: causes, expected: "some of the \(count) training samples",
        found: list.isEmpty ? "none" : "all")
    }
    return list
  }
}
