import ImageTrain
import Networks
import VectorMath

/// A network that causes of failure were taken out of.
struct Treatment {
  var network: DenseNetwork<Double>
  /// Steps taken.
  var steps: Int
  /// How EWC deletion went; nil for the others.
  var ending: (ascent: WeightConsolidation.Ascent, end: DeletionEnd)?

  /// Takes causes out.
  ///
  /// - Parameters:
  ///   - causes: Indices of training samples.
  ///   - queries: The failures that found them.
  ///   - steps: The most steps of EWC deletion.
  ///   - plan: Of the training that `train` does.
  ///   - train: Trains on images, from a network or, for nil, from new weights.
  init(
    _ deletion: CauseDeletion, of causes: [Int],
    from images: LabelledImages<Double>, posterior: WeightConsolidation,
    queries: LikelihoodDerivatives, steps: Int, plan: TrainingPlan,
    team: ThreadTeam,
    train: (
      LabelledImages<Double>, _ start: DenseNetwork<Double>?
    ) throws -> DenseNetwork<Double>
  ) throws {
    func removed() -> LikelihoodDerivatives {
      LikelihoodDerivatives(
        images: images.subset(causes), shape: posterior.network.shape,
        team: team)
    }
    switch deletion {
    case .ewc:
      let found = posterior.deletion(
        of: removed(), queries: queries, steps: steps)
      (network, self.steps) = (found.ascent.network, found.ascent.steps)
      ending = found
    case .newton:
      network = posterior.moved(
        by: posterior.naturalStep(toward: removed()), scale: -1)
      self.steps = 1
    case .fineTuning, .retraining:
      let rest = images.removing(causes)
      network = try train(
        rest, deletion == .fineTuning ? posterior.network : nil)
      self.steps = plan.totalSteps(sampleCount: rest.count)
    }
  }
}
