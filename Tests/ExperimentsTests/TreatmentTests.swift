import ImageTrain
import LinearAlgebra
import Networks
import Randomness
import Testing
import VectorMath

@testable import Experiments

@Suite("Taking causes out: what each treatment does with which samples")
struct TreatmentTests {
  private let images: LabelledImages<Double>
  private let queries: LikelihoodDerivatives
  private let posterior: WeightConsolidation
  private let team = ThreadTeam(size: 1)
  private let causes = [4, 1]

  init() throws {
    var stream = RandomStream(rootSeed: 1, name: "treatment")
    func drawn(_ count: Int) -> LabelledImages<Double> {
      LabelledImages(
        pixels: Matrix(
          rowCount: count, columnCount: 3,
          elements: stream.normals(count: 3 * count)),
        labels: (0..<count).map { Int32($0 % 2) }, classCount: 2)
    }
    images = drawn(12)
    let network = DenseNetwork<Double>(
      shape: DenseShape(sizes: [3, 4, 2], activation: .tanh),
      initialization: .pytorch, from: &stream)
    queries = LikelihoodDerivatives(
      images: drawn(5), shape: network.shape, team: team)
    posterior = try WeightConsolidation(
      network: network,
      fisher: LikelihoodDerivatives(
        images: images, shape: network.shape, team: ThreadTeam(size: 1)
      ).diagonalFisher(network), sampleCount: 12, damping: 1)
  }

  /// With what the training was asked for, if there was any.
  private func treated(_ deletion: CauseDeletion) throws -> (
    treatment: Treatment,
    asked: (images: LabelledImages<Double>, start: DenseNetwork<Double>?)?
  ) {
    var asked: (LabelledImages<Double>, DenseNetwork<Double>?)?
    let treatment = try Treatment(
      deletion, of: causes, from: images, posterior: posterior,
      queries: queries, steps: 7,
      plan: TrainingPlan(objective: .plain, batchSize: 5, epochs: 3),
      team: team
    ) {
      asked = ($0, $1)
      return posterior.moved(by: posterior.curvature, scale: 1)
    }
    return (treatment, asked.map { ($0.0, $0.1) })
  }

  private var removed: LikelihoodDerivatives {
    LikelihoodDerivatives(
      images: images.subset(causes), shape: posterior.network.shape, team: team)
  }

  @Test("EWC deletion and Newton's step unlearn the causes, and train nothing")
  func unlearning() throws {
    let (ewc, untrained) = try treated(.ewc)
    let found = posterior.deletion(of: removed, queries: queries, steps: 7)
    #expect(ewc.network == found.ascent.network && untrained == nil)
    #expect(ewc.steps == found.ascent.steps && ewc.ending?.end == found.end)
    let (newton, none) = try treated(.newton)
    #expect(none == nil && newton.steps == 1 && newton.ending == nil)
    #expect(
      newton.network
        == posterior.moved(
          by: posterior.naturalStep(toward: removed), scale: -1))
    // Unlearning makes them less likely.
    func likelihood(_ network: DenseNetwork<Double>) -> Double {
      removed.logLikelihoods(network).reduce(0, +)
    }
    #expect(likelihood(newton.network) < likelihood(posterior.network))
  }

  @Test(
    "Training sees all samples but the causes, from here or from new weights")
  func training() throws {
    for (deletion, start) in [
      (CauseDeletion.fineTuning, Optional(posterior.network)),
      (.retraining, nil),
    ] {
      let (treatment, asked) = try treated(deletion)
      let rest = try #require(asked)
      #expect(rest.start == start)
      #expect(rest.images.labels.count == 10)
      #expect(
        rest.images.pixels.elements
          == [0, 2, 3, 5, 6, 7, 8, 9, 10, 11].flatMap { images.pixels.row($0) })
      // Two batches an epoch.
      #expect(treatment.steps == 6 && treatment.ending == nil)
      #expect(
        treatment.network
          == posterior.moved(by: posterior.curvature, scale: 1))
    }
  }
}
