import ImageData
import ImageTrain
import LinearAlgebra
import Networks
import VectorMath

/// How an experiment makes its dense networks: by plain stochastic gradient
/// descent, in the precision set.
struct NetworkRecipe: Sendable, Equatable {
  var settings: NetworkSettings
  var plan: TrainingPlan

  /// Reads `network` and `training`.
  init(reader: ConfigurationReader) throws {
    settings = try NetworkSettings(reader: reader["network"])
    let training = try reader["training"]
    plan = TrainingPlan(
      objective: .plain,
      optimizer: Optimizer(
        learningRate: try training?["learning-rate"]?.double(in: .positive)
          ?? 0.05,
        weightDecay: try training?["weight-decay"]?.double(in: .within(0...10))
          ?? 1e-3),
      batchSize: try training?["batch-size"]?.int(in: .within(1...10_000))
        ?? 64,
      epochs: try training?["epochs"]?.int(in: .within(1...100_000)) ?? 30)
  }

  init(settings: NetworkSettings, plan: TrainingPlan) {
    self.settings = settings
    self.plan = plan
  }

  /// The values under `network` and `training`.
  var values: (network: ConfigurationValue, training: ConfigurationValue) {
    (
      settings.value,
      [
        "epochs": .int(plan.epochs), "batch-size": .int(plan.batchSize),
        "learning-rate": .double(plan.optimizer.learningRate),
        "weight-decay": .double(plan.optimizer.weightDecay),
      ]
    )
  }

  /// The shape of a network for the images given.
  func shape(for images: LabelledImages<Double>) -> DenseShape {
    DenseShape(
      sizes: [images.pixels.columnCount] + settings.hidden
        + [images.classCount], activation: settings.activation)
  }

  /// A network trained on images.
  ///
  /// - Parameters:
  ///   - scope: Names the random streams and the network in errors.
  ///   - epochs: Where training ends early; nil is the plan's end.
  ///   - start: The weights to begin with; nil draws them.
  ///   - afterEpoch: Is given the network after each epoch.
  func trained(
    on images: LabelledImages<Double>, seed: Int, scope: String,
    epochs: Int? = nil, from start: DenseNetwork<Double>? = nil,
    cancellation: CancellationFlag,
    afterEpoch: (DenseNetwork<Double>) -> Void = { _ in }
  ) throws -> DenseNetwork<Double> {
    let streams = TrainingStreams(rootSeed: UInt64(seed), scope: scope)
    var weights = streams.initialWeights
    let first =
      start
      ?? DenseNetwork(
        shape: shape(for: images), initialization: settings.initialization,
        from: &weights)
    func train<Scalar: VectorScalar>(
      _: Scalar.Type
    ) throws -> DenseNetwork<Double> {
      let trainer = Trainer<Scalar>(
        plan: plan, network: DenseNetwork<Scalar>(first),
        data: LabelledImages<Scalar>(
          pixels: Matrix<Scalar>(images.pixels), labels: images.labels,
          classCount: images.classCount),
        streams: streams, team: ThreadTeam(size: 1))
      while !trainer.isFinished, trainer.epoch < epochs ?? .max {
        try cancellation.check()
        do {
          _ = try trainer.runEpoch()
        } catch {
          throw ExperimentError.training(
            model: scope, seed: seed, error, kept: "the settings under training"
          )
        }
        afterEpoch(DenseNetwork<Double>(trainer.network))
      }
      return DenseNetwork<Double>(trainer.network)
    }
    return switch settings.precision {
    case .float: try train(Float.self)
    case .double: try train(Double.self)
    }
  }
}
