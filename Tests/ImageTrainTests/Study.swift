import ImageTrain
import LinearAlgebra
import Mixing
import Networks
import Randomness
import Valuation
import VectorMath

/// Images of random pixels with random labels that both precisions hold
/// exactly; no image has a label from `labelCount` on.
func randomImages(
  _ count: Int, pixels: Int, classCount: Int = 3, labelCount: Int = 3,
  seed: UInt64 = 1
) -> LabelledImages<Double> {
  var stream = RandomStream(rootSeed: seed, name: "images")
  let matrix = Matrix<Double>(rowCount: count, columnCount: pixels) { _, _ in
    Double(Float(stream.uniform(in: -1...1)))
  }
  let labels = (0..<count).map { _ in Int32(stream.index(below: labelCount)) }
  return LabelledImages(pixels: matrix, labels: labels, classCount: classCount)
}

/// A network with float-exact parameters of order one.
func randomNetwork(
  _ sizes: [Int], _ activation: Activation, seed: UInt64 = 1
) -> DenseNetwork<Double> {
  var stream = RandomStream(rootSeed: seed, name: "network")
  let single = DenseNetwork<Float>(
    shape: DenseShape(sizes: sizes, activation: activation),
    initialization: .pytorch, from: &stream)
  return DenseNetwork(single)
}

/// A network that is certain of the class given, whatever the image.
func certainNetwork(
  _ shape: DenseShape, of label: Int
) -> DenseNetwork<Double> {
  var parameters = [Double](repeating: 0, count: shape.parameterCount)
  parameters[shape.biasOffset(ofLayer: shape.layerCount) + label] = 60
  return DenseNetwork(shape: shape, parameters: parameters)
}

/// Plain descent: what a step subtracts is the gradient itself.
let plainDescent = Optimizer(
  learningRate: 1, schedule: .constant, momentum: 0, weightDecay: 0)

/// A small training problem.
struct Study {
  var plan: TrainingPlan
  var data = randomImages(11, pixels: 6)
  var network = randomNetwork([6, 5, 4, 3], .tanh)
  var teachers: [DenseNetwork<Double>] = []
  var replay: FilterTrace?
  var streams = TrainingStreams(rootSeed: 5, scope: "student")

  init(_ plan: TrainingPlan) { self.plan = plan }

  func trainer<Scalar: VectorScalar>(
    _: Scalar.Type = Double.self, team: Int = 1
  ) -> Trainer<Scalar> {
    Trainer(
      plan: plan, network: DenseNetwork<Scalar>(network),
      data: LabelledImages(
        pixels: Matrix<Scalar>(data.pixels), labels: data.labels,
        classCount: data.classCount),
      teachers: teachers.map { DenseNetwork<Scalar>($0) }, replay: replay,
      streams: streams, team: ThreadTeam(size: team))
  }

  /// The trainer after all its epochs, and their reports.
  func trained<Scalar: VectorScalar>(
    _: Scalar.Type = Double.self, team: Int = 1, recordsSamples: Bool = false
  ) throws -> (trainer: Trainer<Scalar>, reports: [EpochReport]) {
    let trainer = trainer(Scalar.self, team: team)
    var reports: [EpochReport] = []
    while !trainer.isFinished {
      reports.append(try trainer.runEpoch(recordsSamples: recordsSamples))
    }
    return (trainer, reports)
  }

  /// The mixed samples of the first step, from a run of the same seed that
  /// values and keeps everything: draws depend on nothing else.
  func firstDraws() throws -> MixedSamples {
    var recording = self
    recording.plan.objective = .mixup
    recording.plan.guidance = Guidance(filter: .all)
    recording.plan.stepBudget = 1
    recording.teachers = [network]
    let report = try recording.trained(recordsSamples: true).reports[0]
    return report.samples
  }

  /// How far the trained parameters move when every first weight is moved by
  /// `unit` of its size up or down: the largest of a few random choices.
  ///
  /// Rounding in training moves them as some such change at each step does.
  func sensitivity(toRounding unit: Double) throws -> Double {
    let reference = try trained().trainer.network.parameters
    var largest = 0.0
    for seed in 0..<3 {
      var stream = RandomStream(rootSeed: UInt64(seed), name: "perturbation")
      var moved = self
      moved.network.parameters = network.parameters.map {
        $0 * (1 + (stream.index(below: 2) == 0 ? unit : -unit))
      }
      let parameters = try moved.trained().trainer.network.parameters
      for (a, b) in zip(parameters, reference) {
        largest = max(largest, abs(a - b))
      }
    }
    return largest
  }
}
