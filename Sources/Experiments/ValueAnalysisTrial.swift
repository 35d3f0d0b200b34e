import ImageData
import ImageTrain
import LinearAlgebra
import Mixing
import Networks
import Randomness
import Valuation
import VectorMath

/// One seed of a value analysis.
struct ValueAnalysisTrial {
  let experiment: ValueAnalysisExperiment
  let material: PreparedImages
  let seed: Int
  let cancellation: CancellationFlag
  let train: LabelledImages<Double>
  let test: LabelledImages<Double>
  /// Pairs of different images, the λ of each in its own part of 0…1.
  let samples: MixedSamples
  private let team = ThreadTeam(size: 1)

  init(
    experiment: ValueAnalysisExperiment, material: PreparedImages, seed: Int,
    cancellation: CancellationFlag
  ) {
    self.experiment = experiment
    self.material = material
    self.seed = seed
    self.cancellation = cancellation
    train = material.labelled(material.train)
    test = material.labelled(material.test)
    samples = Self.draw(
      experiment.samples, of: material.train.count, seed: seed)
  }

  /// Draws pairs i ≠ j uniformly, the s-th with λ uniform in [s, s + 1)/count.
  static func draw(_ count: Int, of images: Int, seed: Int) -> MixedSamples {
    func stream(_ name: String) -> RandomStream {
      RandomStream(rootSeed: UInt64(seed), name: "value-analysis/\(name)")
    }
    var (pairs, lambdas) = (stream("pairing"), stream("mixing-weight"))
    var samples = MixedSamples(first: [], second: [], weights: [])
    for s in 0..<count {
      let first = pairs.index(below: images)
      let shift = 1 + pairs.index(below: images - 1)
      samples.first.append(Int32(first))
      samples.second.append(Int32((first + shift) % images))
      samples.weights.append((Double(s) + lambdas.uniform()) / Double(count))
    }
    return samples
  }

  /// Everything that is measured.
  func tables() throws -> [(name: String, table: CSVTable)] {
    let scores = try earlyScores()
    var tables = ValueAnalysisTables(
      samples: samples, scores: scores, tail: experiment.tail)
    var failures: [Int] = []
    for set in ValueAnalysisExperiment.teachers {
      let (teacher, _) = try trained(
        "teacher", on: set, filter: nil, teachers: [])
      let (student, course) = try trained(
        "student", on: .train, filter: experiment.filter, teachers: [teacher])
      try cancellation.check()
      let models = [student, teacher].map {
        DenseNetworkPredictor(network: $0, images: train.pixels, team: team)
      }
      func values(_ samples: MixedSamples) -> [Double] {
        MixedValuation(
          of: samples, labels: train.labels, before: [models[0]],
          after: [models[1]], team: team
        ).values
      }
      tables.append(
        course, set, teacher: evaluation(teacher),
        window: experiment.window)
      tables.append(values(samples), set)
      tables.append(
        PairValues(PairValues.weights.map { values(pairs(at: $0)) }),
        of: set.rawValue)
      if set == .train {
        let found = test.predictedClasses(teacher, team: team)
        failures = test.labels.indices.filter { found[$0] != test.labels[$0] }
        for features in ValueAnalysisExperiment.features {
          func design(_ images: LabelledImages<Double>) -> Matrix<Double> {
            features == "pixels"
              ? images.pixels
              : student.features(
                ofLayer: experiment.network.hidden.count, of: images.pixels)
          }
          tables.append(
            try linearValues(
              design(train), failures: design(test.subset(failures)),
              test.subset(failures).labels), of: features)
        }
      }
    }
    return tables.all(failures: failures.count)
  }

  /// The first pairs at one λ.
  private func pairs(at weight: Double) -> MixedSamples {
    let count = experiment.pairs
    return MixedSamples(
      first: Array(samples.first.prefix(count)),
      second: Array(samples.second.prefix(count)),
      weights: [Double](repeating: weight, count: count))
  }

  private func evaluation(_ network: DenseNetwork<Double>) -> Evaluation {
    Evaluator(images: test, shape: network.shape, team: team)
      .evaluate(network)
  }

  /// A network trained by mixup, with what is known of it epoch by epoch.
  ///
  /// The random streams are those of an image experiment's teachers and arms.
  private func trained(
    _ scope: String, on set: ModelSettings.TrainingSet, filter: SampleFilter?,
    teachers: [DenseNetwork<Double>]
  ) throws -> (network: DenseNetwork<Double>, course: [EpochMetrics]) {
    var plan = experiment.plan
    plan.guidance = filter.map { Guidance(filter: $0) }
    let images =
      set == .whole
      ? material.train.appending(
        material.test, named: "\(material.dataset) whole") : material.train
    let task = TrainingTask(
      plan: plan,
      shape: NetworkRecipe(settings: experiment.network, plan: plan)
        .shape(for: train),
      initialization: experiment.network.initialization,
      precision: experiment.network.precision, train: images,
      test: material.test, standardisation: material.standardisation,
      teachers: teachers,
      streams: TrainingStreams(rootSeed: UInt64(seed), scope: scope),
      normsEvery: .max)
    var course: [EpochMetrics] = []
    var network: DenseNetwork<Double> = task.initialNetwork()
    do {
      try task.run(team: team) { progress in
        try cancellation.check()
        course.append(progress.metrics)
        network = progress.network()
      }
    } catch let error as TrainingError {
      throw ExperimentError.training(
        model: scope, seed: seed, error, kept: "the settings under training")
    }
    return (network, course)
  }

  /// EL2N of the training images and of the mixed samples, means over plainly
  /// trained networks at an early epoch.
  private func earlyScores() throws -> EarlyScores {
    var plan = experiment.plan
    plan.objective = .plain
    let recipe = NetworkRecipe(settings: experiment.network, plan: plan)
    return try EarlyScores(
      of: train, mixed: samples, networkCount: experiment.scoreRuns, team: team
    ) {
      try recipe.trained(
        on: train, seed: seed, scope: "score-\($0)",
        epochs: experiment.scoreEpoch, cancellation: cancellation)
    }
  }

  /// r̂ of the pairs in Bayesian linear regression of one-hot labels on
  /// features that are mixed as the images are, a regression for each class.
  ///
  /// - Parameter failures: Features of the failure set, which is learned on
  ///   top of the training images.
  private func linearValues(
    _ features: Matrix<Double>, failures: Matrix<Double>, _ labels: [Int32]
  ) throws -> PairValues {
    func design(_ features: Matrix<Double>) -> Matrix<Double> {
      let width = features.columnCount
      return Matrix(rowCount: features.rowCount, columnCount: width + 1) {
        $1 == width ? 1 : features[$0, $1]
      }
    }
    let (rows, failed) = (design(features), design(failures))
    let pairs = pairs(at: 1)
    var sums = [(first: Double, cross: Double, second: Double)](
      repeating: (0, 0, 0), count: pairs.count)
    for label in 0..<Int32(train.classCount) {
      try cancellation.check()
      let valuation = try LinearValuation(
        design: rows, labels: train.labels.map { $0 == label ? 1 : 0 },
        failureDesign: failed,
        failureLabels: labels.map { $0 == label ? 1 : 0 },
        noiseVariance: experiment.noiseVariance,
        prior: LinearPosterior(
          dimension: rows.columnCount, variance: experiment.priorVariance),
        team: team)
      for s in sums.indices {
        let one = valuation.quadratic(
          Int(pairs.first[s]), Int(pairs.second[s]))
        sums[s].first += one.first
        sums[s].cross += one.cross
        sums[s].second += one.second
      }
    }
    return PairValues(quadratics: sums)
  }
}
