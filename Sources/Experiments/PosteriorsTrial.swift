import ImageTrain
import LinearAlgebra
import Mixing
import Networks
import Randomness
import RealModule
import Valuation
import VectorMath

/// One seed of a posteriors experiment.
struct PosteriorsTrial {
  /// A network of p(θ|D) and the one of p(θ|D, F) that was made alike.
  typealias Pair = (before: DenseNetwork<Double>, after: DenseNetwork<Double>)

  /// r̂ of all samples, the training samples first and the mixed ones after.
  struct Row {
    var name: String
    var values: [Double]
    /// Standard errors, where networks were drawn.
    var errors: [Double]?
    /// Mean log-likelihood of test samples, each of the mean probability.
    var predictive: Predictive?
    var seconds: Double
  }

  /// Log-likelihoods in nats per sample, before and after.
  struct Predictive {
    var holdout: (Double, Double)
    var right: (Double, Double)
  }

  /// A Laplace posterior and how it moved.
  struct Curvature {
    var name: String
    var priorPrecision: Double
    var largest: Double
    var effective: (Double, Double)?
    var steps: Int
    var gain: Double
    var decrement: Double
    var hasConverged: Bool
  }

  let experiment: PosteriorsExperiment
  let seed: Int
  let cancellation: CancellationFlag
  let images: CorruptedImages
  let network: DenseNetwork<Double>
  let failures: FailureSet
  let samples: MixedSamples
  private let queries: LabelledImages<Double>
  /// D and F.
  private let joined: LabelledImages<Double>
  private let team = ThreadTeam(size: 1)

  init(
    experiment: PosteriorsExperiment, material: PreparedImages, seed: Int,
    cancellation: CancellationFlag
  ) throws {
    self.experiment = experiment
    self.seed = seed
    self.cancellation = cancellation
    images = CorruptedImages(
      material, .labels(share: experiment.flipped), seed: seed)
    network = try experiment.recipe.trained(
      on: images.train, seed: seed, scope: "network",
      cancellation: cancellation)
    var split = RandomStream(rootSeed: UInt64(seed), name: "failure-split")
    failures = try FailureSet(
      .wrong, predicted: images.test.predictedClasses(network, team: team),
      labels: images.test.labels, stream: &split)
    queries = images.test.subset(failures.queries)
    joined = images.train.appending(queries)
    var stream = RandomStream(rootSeed: UInt64(seed), name: "mixed-samples")
    let count = images.train.count
    var samples = MixedSamples(unmixed: (0..<Int32(count)).map { $0 })
    for _ in 0..<experiment.mixed {
      samples.first.append(Int32(stream.index(below: count)))
      samples.second.append(Int32(stream.index(below: count)))
      samples.weights.append(stream.beta(experiment.alpha, experiment.alpha))
    }
    self.samples = samples
  }

  // MARK: - Values

  private func predictor(
    _ network: DenseNetwork<Double>
  ) -> DenseNetworkPredictor<Double> {
    DenseNetworkPredictor(
      network: network, images: images.train.pixels, team: team)
  }

  private func row(
    _ name: String, since start: ContinuousClock.Instant, _ pairs: [Pair]
  ) throws -> Row {
    try cancellation.check()
    var row = Row(name: name, values: [], seconds: 0)
    if pairs.count == 1 {
      row.values =
        MixedValuation(
          of: samples, labels: images.train.labels,
          before: [predictor(pairs[0].before)],
          after: [predictor(pairs[0].after)], team: team
        ).values
    } else {
      let sampled = SampledValuation(
        of: samples, labels: images.train.labels,
        pairs: pairs.lazy.map {
          (before: predictor($0.before), after: predictor($0.after))
        }, team: team)
      row.values = sampled.values
      row.errors = sampled.standardErrors
    }
    row.seconds = (ContinuousClock.now - start) / .seconds(1)
    func predictive(_ indices: [Int]) -> (Double, Double) {
      let set = images.test.subset(indices)
      return (
        set.meanLogLikelihood(pairs.map(\.before), team: team),
        set.meanLogLikelihood(pairs.map(\.after), team: team)
      )
    }
    row.predictive = Predictive(
      holdout: predictive(failures.holdout),
      right: predictive(failures.right))
    return row
  }

  /// Networks trained on D and on D and F from the same initial weights.
  private func retrained(_ scope: String) throws -> [Pair] {
    try (0..<experiment.references).map { member in
      func trained(
        _ images: LabelledImages<Double>
      ) throws -> DenseNetwork<Double> {
        try experiment.recipe.trained(
          on: images, seed: seed, scope: "\(scope)-\(member)",
          cancellation: cancellation)
      }
      return (try trained(images.train), try trained(joined))
    }
  }

  private func drawn(
    _ name: String, _ before: some NetworkPosterior<Double>,
    _ after: some NetworkPosterior<Double>
  ) -> [Pair] {
    (0..<experiment.draws).map { index in
      // The same normals for both.
      var first = RandomStream(
        rootSeed: UInt64(seed), name: "draws/\(name)", index: UInt64(index))
      var second = first
      return (before.draw(from: &first), after.draw(from: &second))
    }
  }

  private func derivatives(
    _ images: LabelledImages<Double>
  ) -> LikelihoodDerivatives {
    LikelihoodDerivatives(images: images, shape: network.shape, team: team)
  }

  private func point() throws -> (rows: [Row], Curvature) {
    let start = ContinuousClock.now
    let posterior = try WeightConsolidation(
      network: network,
      fisher: derivatives(images.train).diagonalFisher(network),
      sampleCount: images.train.count,
      priorPrecision: experiment.priorPrecision(images.train.count))
    let ascent = posterior.ascent(
      on: derivatives(queries), weight: 1, steps: experiment.steps)
    let largest = posterior.curvature.max() ?? 0
    return (
      [try row("point", since: start, [(network, ascent.network)])],
      Curvature(
        name: "point", priorPrecision: posterior.priorPrecision,
        largest: largest - posterior.priorPrecision, effective: nil,
        steps: ascent.steps, gain: ascent.gain, decrement: ascent.decrement,
        hasConverged: ascent.hasConverged)
    )
  }

  private func laplace<Posterior: LaplacePosterior<Double>>(
    _ name: String, _ make: (Double) throws -> Posterior
  ) throws -> (rows: [Row], Curvature) {
    let start = ContinuousClock.now
    let posterior = try make(experiment.priorPrecision(images.train.count))
    let (learned, ascent) = try posterior.learning(
      derivatives(queries), steps: experiment.steps, team: team)
    let mode = try row(
      name + "-mode", since: start, [(network, learned.center)])
    return (
      [
        try row(name, since: start, drawn(name, posterior, learned)), mode,
      ],
      Curvature(
        name: name, priorPrecision: posterior.priorPrecision,
        largest: posterior.curvatures.max() ?? 0,
        effective: (
          posterior.effectiveParameterCount, learned.effectiveParameterCount
        ), steps: ascent.steps, gain: ascent.gain,
        decrement: ascent.decrement, hasConverged: ascent.hasConverged)
    )
  }

  /// Training goes on from `start`, on D or on D and F, from the same streams.
  private func tail(
    _ scope: String, from start: DenseNetwork<Double>,
    on images: LabelledImages<Double>
  ) throws -> [DenseNetwork<Double>] {
    var iterates: [DenseNetwork<Double>] = []
    _ = try experiment.tail.trained(
      on: images, seed: seed, scope: scope, from: start,
      cancellation: cancellation
    ) { iterates.append($0) }
    return iterates
  }

  private func swag() throws -> Row {
    let start = ContinuousClock.now
    func posterior(
      _ images: LabelledImages<Double>
    ) throws -> SWAGPosterior<Double> {
      SWAGPosterior(
        iterates: try tail("swag", from: network, on: images),
        rank: experiment.swagRank)
    }
    return try row(
      "swag", since: start,
      drawn("swag", posterior(images.train), posterior(joined)))
  }

  private func ensemble() throws -> Row {
    let start = ContinuousClock.now
    let pairs = try (0..<experiment.members).map { member -> Pair in
      let scope = "member-\(member)"
      let own = try experiment.recipe.trained(
        on: images.train, seed: seed, scope: scope, cancellation: cancellation)
      func last(_ images: LabelledImages<Double>) throws
        -> DenseNetwork<Double>
      {
        try tail(scope + "/tail", from: own, on: images).last ?? own
      }
      return (try last(images.train), try last(joined))
    }
    return try row("ensemble", since: start, pairs)
  }

  /// All rows, the reference's apart, and the curvatures.
  func results() throws -> (
    reference: Row, rows: [Row], curvatures: [Curvature]
  ) {
    let reference = try row(
      "reference", since: .now, retrained("reference"))
    var rows: [Row] = []
    var curvatures: [Curvature] = []
    let pixels = images.train.pixels
    for kind in experiment.kinds {
      try cancellation.check()
      let found: (rows: [Row], Curvature)
      switch kind {
      case .point: found = try point()
      case .diagonal:
        found = try laplace("diagonal") {
          DiagonalLaplace(
            around: network, images: pixels, priorPrecision: $0, team: team)
        }
      case .kronecker:
        found = try laplace("kronecker") {
          try KroneckerLaplace(
            around: network, images: pixels, priorPrecision: $0, team: team)
        }
      case .full:
        found = try laplace("full") {
          try FullLaplace(
            around: network, images: pixels, priorPrecision: $0, team: team)
        }
      case .swag:
        rows.append(try swag())
        continue
      case .ensemble:
        rows.append(try ensemble())
        continue
      }
      rows += found.rows
      curvatures.append(found.1)
    }
    let start = ContinuousClock.now
    rows.append(try row("retrained", since: start, retrained("retrained")))
    rows.append(
      Row(
        name: "loss",
        values: MixedValuation.meanCrossEntropies(
          of: samples, labels: images.train.labels,
          under: [predictor(network)], team: team), seconds: 0))
    var stream = RandomStream(rootSeed: UInt64(seed), name: "random-ranking")
    rows.append(
      Row(
        name: "random", values: stream.normals(count: samples.count),
        seconds: 0))
    return (reference, rows, curvatures)
  }
}

extension LabelledImages<Double> {
  /// These images followed by others.
  func appending(_ other: LabelledImages) -> LabelledImages {
    LabelledImages(
      pixels: Matrix(
        rowCount: count + other.count, columnCount: pixels.columnCount,
        elements: pixels.elements + other.pixels.elements),
      labels: labels + other.labels, classCount: classCount)
  }

  /// The mean over the images of log (1/S) Σ_s p(y|x, θ_s), in nats.
  func meanLogLikelihood(
    _ networks: [DenseNetwork<Double>], team: ThreadTeam
  ) -> Double {
    let losses = networks.map {
      Evaluator(images: self, shape: $0.shape, team: team).evaluate($0).losses
    }
    return (0..<count).reduce(0) { total, i in
      // Relative to the largest: none of them may underflow.
      let least = losses.reduce(.infinity) { min($0, $1[i]) }
      let sum = losses.reduce(0) { $0 + .exp(least - $1[i]) }
      return total - least + .log(sum / Double(networks.count))
    } / Double(count)
  }
}
