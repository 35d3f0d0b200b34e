import Foundation
import ImageData
import ImageTrain
import LinearAlgebra
import Mixing
import Networks
import Randomness
import Sensitivity
public import VectorMath

/// An experiment that expands the mixup loss to second order along training,
/// and sets the expansion beside the loss itself.
///
///     L_mix = L_std + R1 + R2 + R3 + remainder
///
/// Over all pairs of some of the training images, for networks trained without
/// and with mixup from the same weights on the same batches.
public struct ExpansionExperiment: Sendable, Equatable {
  /// Name of the experiment, usable as a folder's name.
  public var name: String
  /// One line about it, for tables and figures.
  public var title: String
  /// Root seeds.
  public var seeds: [Int]
  /// The images.
  public var data: DataSettings
  /// Sizes of the hidden layers.
  public var hidden: [Int]
  /// Activations, each trained apart.
  public var activations: [Activation]
  /// Epochs of training.
  public var epochs: Int
  /// Images in a batch.
  public var batchSize: Int
  /// Initial learning rate; it falls like a cosine.
  public var learningRate: Double
  /// α of λ ~ Beta(α, α), in training and in the expansion.
  public var concentration: Double
  /// Images whose pairs are expanded.
  public var images: Int
  /// Nodes of the quadrature over λ; nil: as many as its error asks for.
  public var nodes: Int?
  /// Epochs after which the loss is expanded; 0 is before the first.
  public var measuredEpochs: [Int]

  static let methods = ["plain", "mixup"]
}

extension ExpansionExperiment: SeedExperiment {
  /// Reads an experiment; every key that is not understood is an error.
  public init(reader: ConfigurationReader) throws {
    (name, title, seeds) = try reader.head(seeds: 5)
    data = try DataSettings(reader: reader["data"])
    let network = try reader["network"]
    hidden =
      try network?["hidden"]?.ints(in: .within(1...100_000)) ?? [64, 32]
    activations =
      try network?["activations"]?.choices(count: .atLeast(1))
      ?? [.tanh, .relu]
    let training = try reader["training"]
    epochs = try training?["epochs"]?.int(in: .within(1...100_000)) ?? 60
    batchSize = try training?["batch-size"]?.int(in: .atLeast(1)) ?? 32
    learningRate =
      try training?["learning-rate"]?.double(in: .positive) ?? 0.05
    concentration =
      try training?["alpha"]?.double(in: .within(1e-2...1e2)) ?? 1
    let expansion = try reader["expansion"]
    images = try expansion?["images"]?.int(in: .within(2...10_000)) ?? 200
    nodes = try expansion?["nodes"]?.int(in: .within(2...1_000))
    let epochs = epochs
    measuredEpochs =
      try expansion?["epochs"]?.ints(
        in: .within(0...epochs), count: .atLeast(1))
      ?? ([0, 1, 2, 3, 5, 8, 12, 20, 30, 40].filter { $0 < epochs } + [epochs])
    guard Set(activations).count == activations.count else {
      throw try reader.required("network").error(
        "expected different activations")
    }
    measuredEpochs = Set(measuredEpochs).sorted()
  }

  /// The experiment with every default written out.
  public var value: ConfigurationValue {
    resolved(
      kind: .expansion,
      [
        "data": data.value,
        "network": [
          "hidden": .integers(hidden),
          "activations": .strings(activations.map(\.rawValue)),
        ],
        "training": [
          "epochs": .int(epochs), "batch-size": .int(batchSize),
          "learning-rate": .double(learningRate),
          "alpha": .double(concentration),
        ],
        "expansion": [
          "images": .int(images), "nodes": nodes.map { .int($0) } ?? nil,
          "epochs": .integers(measuredEpochs),
        ],
      ])
  }

  func load() throws -> (material: PreparedImages, contents: [String]) {
    let prepared = try PreparedImages(data)
    guard images <= prepared.train.count else {
      throw ExperimentError.share(
        key: "expansion.images",
        reason: "expected at most the \(prepared.train.count) training images, "
          + "found \(images)")
    }
    return (prepared, [prepared.checksum])
  }

  static let header = [
    "activation", "method", "epoch", "standardLoss", "mixupLoss",
    "mixupLossError", "r1", "r2", "r3", "remainder",
  ]

  func measure(
    seed: Int, _ material: PreparedImages, cancellation: CancellationFlag
  ) throws -> [(name: String, table: CSVTable)] {
    var table = CSVTable(header: Self.header)
    let pairs = chosenImages(material, seed: seed)
    for activation in activations {
      for method in Self.methods {
        let task = task(
          material, activation, isMixed: method == "mixup", seed: seed)
        let start: DenseNetwork<Double> = task.initialNetwork()
        if measuredEpochs.contains(0) {
          table.append(try row(start, pairs, method, epoch: 0))
        }
        do {
          try task.run(team: ThreadTeam(size: 1)) { step in
            try cancellation.check()
            let epoch = step.metrics.report.epoch
            guard measuredEpochs.contains(epoch) else { return }
            table.append(
              try row(step.network(), pairs, method, epoch: epoch))
          }
        } catch let error as TrainingError {
          throw ExperimentError.training(
            model: "\(method), \(activation)", seed: seed, error,
            kept: "the settings under training")
        }
      }
    }
    return [("expansion", table)]
  }

  /// The images whose pairs are expanded, the same at all epochs.
  private func chosenImages(
    _ material: PreparedImages, seed: Int
  ) -> (pixels: Matrix<Double>, labels: [Int32]) {
    var stream = RandomStream(
      rootSeed: UInt64(seed), name: "expansion/images")
    let chosen = stream.permutation(of: material.train.count)
      .prefix(images)
    let set = material.train.subset(Array(chosen))
    return (
      material.standardisation?.applied(to: set) ?? set.scaled(), set.labels
    )
  }

  private func task(
    _ material: PreparedImages, _ activation: Activation, isMixed: Bool,
    seed: Int
  ) -> TrainingTask {
    TrainingTask(
      plan: TrainingPlan(
        objective: isMixed ? .mixup : .plain,
        mixing: MixingPlan(
          weights: .beta(.constant(concentration), ratio: 1)),
        optimizer: Optimizer(learningRate: learningRate),
        batchSize: batchSize, epochs: epochs),
      shape: DenseShape(
        sizes: [material.train.shape.valueCount] + hidden
          + [material.train.classNames.count], activation: activation),
      train: material.train, test: material.test,
      standardisation: material.standardisation,
      streams: TrainingStreams(rootSeed: UInt64(seed), scope: "expansion"),
      normsEvery: epochs)
  }

  private func row(
    _ network: DenseNetwork<Double>,
    _ pairs: (pixels: Matrix<Double>, labels: [Int32]), _ method: String,
    epoch: Int
  ) throws -> [CSVTable.Cell] {
    let team = ThreadTeam(size: 1)
    let inputs = NetworkInputs(
      pairs.pixels, labels: pairs.labels, network: network, team: team)
    let expansion = try LossExpansion(of: inputs, team: team)
    let terms = expansion.terms(
      DisplacementMoments(
        firstConcentration: concentration, secondConcentration: concentration))
    let loss = try MixupLoss(
      of: inputs, firstConcentration: concentration,
      secondConcentration: concentration, nodes: nodes,
      team: team)
    let remainder =
      loss.value - expansion.standardLoss - terms.firstOrder - terms.gradient
      - terms.curvature
    return [
      .text(network.shape.activation.rawValue), .text(method), .int(epoch),
      .double(expansion.standardLoss), .double(loss.value),
      .double(loss.errorBound), .double(terms.firstOrder),
      .double(terms.gradient), .double(terms.curvature),
      .double(remainder),
    ]
  }
}
