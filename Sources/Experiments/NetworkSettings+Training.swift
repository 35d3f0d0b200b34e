import ImageTrain
import LinearAlgebra
import Networks
import Randomness
import VectorMath

extension NetworkSettings {
  /// The shape of a network for images of so many pixels and classes.
  func shape(inputs: Int, classes: Int) -> DenseShape {
    DenseShape(sizes: [inputs] + hidden + [classes], activation: activation)
  }

  /// A network of these settings, trained on one thread in the precision set.
  ///
  /// - Parameters:
  ///   - scope: Names the random streams.
  ///   - epochs: The epoch to stop after; the plan's last without.
  ///   - start: Weights to begin with; drawn without.
  func trained(
    by plan: TrainingPlan, on images: LabelledImages<Double>, seed: Int,
    scope: String, epochs: Int? = nil, from start: DenseNetwork<Double>? = nil,
    cancellation: CancellationFlag
  ) throws -> DenseNetwork<Double> {
    let streams = TrainingStreams(rootSeed: UInt64(seed), scope: scope)
    var weights = streams.initialWeights
    let first =
      start
      ?? DenseNetwork(
        shape: shape(
          inputs: images.pixels.columnCount, classes: images.classCount),
        initialization: initialization, from: &weights)
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
      }
      return DenseNetwork<Double>(trainer.network)
    }
    return switch precision {
    case .float: try train(Float.self)
    case .double: try train(Double.self)
    }
  }
}
