import ImageData
public import ImageTrain
import LinearAlgebra
import Mixing
import Networks
import Randomness
import RealModule
import VectorMath

/// An experiment on mixup at linear evaluation: a linear head on frozen
/// features, trained with and without mixup, and the rank of the features.
///
/// Three kinds of features: those of an encoder trained by contrast, without
/// labels; those of the same encoder before training; the pixels. All are
/// centred by the training images and scaled, all by one number or each by its
/// own. The head sees labels of a few images.
public struct LinearEvaluationExperiment: Sendable, Equatable {
  /// Name of the experiment, usable as a folder's name.
  public var name: String
  /// One line about it, for tables and figures.
  public var title: String
  /// Root seeds.
  public var seeds: [Int]
  /// The images.
  public var data: DataSettings
  /// Hidden sizes of the encoder; the last is the number of features.
  public var encoder: [Int]
  /// Sizes of the projection head that is left behind.
  public var projection: [Int]
  /// How the encoder is trained.
  public var contrast: ContrastivePlan
  /// Numbers of labelled images that heads are trained on.
  public var labelled: [Int]
  /// Epochs of a head.
  public var headEpochs: Int
  /// α of λ ~ Beta(α, α).
  public var concentration: Double
  /// Weight decays of the ridge heads.
  public var weightDecays: [Double]
  /// How features are scaled before a head sees them.
  public var scaling: FeatureScaling

  /// How centred features are scaled.
  public enum FeatureScaling: String, CaseIterable, Sendable {
    /// All by one number, so that the trace of their covariance is their
    /// dimension.
    case common
    /// Each to variance 1; one that never changes stays 0.
    case each
  }

  static let features = ["contrastive", "untrained", "pixels"]

  /// The heads by name: no weight decay but in those of ridge.
  var heads: [(name: String, isMixed: Bool, weightDecay: Double)] {
    [("plain", false, 0), ("mixup", true, 0)]
      + weightDecays.map { ("ridge \($0)", false, $0) }
  }
}

extension LinearEvaluationExperiment: SeedExperiment {
  /// Reads an experiment; every key that is not understood is an error.
  public init(reader: ConfigurationReader) throws {
    (name, title, seeds) = try reader.head(seeds: 10)
    data = try DataSettings(reader: reader["data"])
    let part = try reader["encoder"]
    encoder =
      try part?["hidden"]?.ints(in: .within(1...10_000), count: .atLeast(1))
      ?? [256, 128]
    projection =
      try part?["projection"]?.ints(
        in: .within(1...10_000), count: .atLeast(1)) ?? [128, 32]
    let basic = ContrastivePlan()
    contrast = ContrastivePlan(
      temperature: try part?["temperature"]?.double(in: .within(1e-2...1e2))
        ?? basic.temperature,
      batchSize: try part?["batch-size"]?.int(in: .within(2...10_000))
        ?? basic.batchSize,
      epochs: try part?["epochs"]?.int(in: .within(1...100_000))
        ?? basic.epochs,
      learningRate: try part?["learning-rate"]?.double(in: .positive)
        ?? basic.learningRate,
      shift: try part?["shift"]?.int(in: .within(0...100)) ?? basic.shift,
      brightness: try part?["brightness"]?.double(in: .within(0...1))
        ?? basic.brightness,
      noise: try part?["noise"]?.double(in: .within(0...10)) ?? basic.noise)
    let head = try reader["head"]
    labelled =
      try head?["labelled"]?.ints(in: .atLeast(2), count: .atLeast(1))
      ?? [50, 100, 200, 500]
    labelled = Set(labelled).sorted()
    headEpochs = try head?["epochs"]?.int(in: .within(1...100_000)) ?? 200
    concentration =
      try head?["alpha"]?.double(in: .within(1e-2...1e2)) ?? 1
    weightDecays =
      try head?["weight-decays"]?.doubles(
        in: .within(1e-9...10), count: .atLeast(1)) ?? [1e-3, 1e-2, 1e-1]
    scaling = try head?["scaling"]?.choice() ?? .common
    guard Set(weightDecays).count == weightDecays.count else {
      throw try reader.required("head").error(
        "expected different weight decays")
    }
  }

  /// The experiment with every default written out.
  public var value: ConfigurationValue {
    resolved(
      kind: .linearEvaluation,
      [
        "data": data.value,
        "encoder": [
          "hidden": .integers(encoder), "projection": .integers(projection),
          "temperature": .double(contrast.temperature),
          "batch-size": .int(contrast.batchSize),
          "epochs": .int(contrast.epochs),
          "learning-rate": .double(contrast.learningRate),
          "shift": .int(contrast.shift),
          "brightness": .double(contrast.brightness),
          "noise": .double(contrast.noise),
        ],
        "head": [
          "labelled": .integers(labelled), "epochs": .int(headEpochs),
          "alpha": .double(concentration),
          "weight-decays": .numbers(weightDecays),
          "scaling": .string(scaling.rawValue),
        ],
      ])
  }

  func load() throws -> (material: PreparedImages, contents: [String]) {
    let images = try PreparedImages(data)
    guard let most = labelled.last, most <= images.train.count else {
      throw ExperimentError.share(
        key: "head.labelled",
        reason: "expected at most the \(images.train.count) training images, "
          + "found \(labelled.last ?? 0)")
    }
    return (images, [images.checksum])
  }

  func measure(
    seed: Int, _ material: PreparedImages, cancellation: CancellationFlag
  ) throws -> [(name: String, table: CSVTable)] {
    func pixels(_ set: ImageSet) -> Matrix<Double> {
      material.standardisation?.applied(to: set) ?? set.scaled()
    }
    let (train, test) = (pixels(material.train), pixels(material.test))
    let streams = TrainingStreams(
      rootSeed: UInt64(seed), scope: "linear-evaluation")
    var weights = streams.initialWeights
    let start = DenseNetwork<Double>(
      shape: DenseShape(
        sizes: [train.columnCount] + encoder + projection, activation: .relu),
      initialization: .he, from: &weights)
    let trainer = ContrastiveTrainer(
      plan: contrast, network: start, images: train,
      imageShape: material.train.shape, streams: streams)
    var losses = CSVTable(header: ["epoch", "loss"])
    for epoch in 1...contrast.epochs {
      try cancellation.check()
      let loss = trainer.runEpoch()
      guard loss.isFinite,
        trainer.network.parameters.allSatisfy({ $0.isFinite })
      else {
        throw ExperimentError.training(
          model: "encoder", seed: seed,
          .diverged(
            step: 0, epoch: epoch, learningRate: contrast.learningRate,
            lastGoodEpoch: epoch - 1), kept: "the settings under encoder")
      }
      losses.append([.int(epoch), .double(loss)])
    }
    var scores = CSVTable(header: [
      "features", "labelled", "head", "accuracy", "nll",
    ])
    var spectra = CSVTable(header: ["features", "index", "share"])
    var ranks = CSVTable(header: [
      "features", "dimension", "rank", "effectiveRank", "participation",
    ])
    for kind in Self.features {
      let network: DenseNetwork<Double>? =
        switch kind {
        case "contrastive": trainer.network
        case "untrained": start
        default: nil
        }
      func features(_ images: Matrix<Double>) -> Matrix<Double> {
        network?.features(ofLayer: encoder.count, of: images) ?? images
      }
      let scale = FeatureScale(features(train), scaling)
      let (seen, unseen) = (
        scale.applied(to: features(train)), scale.applied(to: features(test))
      )
      let spectrum = try CovarianceSpectrum(seen)
      for (index, share) in spectrum.shares.enumerated() {
        spectra.append([.text(kind), .int(index + 1), .double(share)])
      }
      ranks.append([
        .text(kind), .int(seen.columnCount), .int(spectrum.rank),
        .double(spectrum.effectiveRank), .double(spectrum.participation),
      ])
      let trial = HeadTrial(
        experiment: self, material: material, train: seen, test: unseen,
        seed: seed)
      for count in labelled {
        for head in heads {
          try cancellation.check()
          let evaluation = try trial.evaluation(
            isMixed: head.isMixed, weightDecay: head.weightDecay,
            labelled: count)
          scores.append([
            .text(kind), .int(count), .text(head.name),
            .double(evaluation.accuracy),
            .double(evaluation.negativeLogLikelihood),
          ])
        }
      }
    }
    return [
      ("heads", scores), ("spectra", spectra), ("ranks", ranks),
      ("contrast", losses),
    ]
  }
}

/// Linear heads on features of one seed.
private struct HeadTrial {
  let experiment: LinearEvaluationExperiment
  let material: PreparedImages
  let train: Matrix<Double>
  let test: Matrix<Double>
  let seed: Int

  /// Trains a head on the first images of one order, so that more labels are
  /// the same ones and more.
  func evaluation(
    isMixed: Bool, weightDecay: Double, labelled: Int
  ) throws -> Evaluation {
    var stream = RandomStream(rootSeed: UInt64(seed), name: "labelled")
    let chosen = stream.permutation(of: train.rowCount).prefix(labelled)
    let rows = Array(chosen)
    let classes = material.train.classNames.count
    let shape = DenseShape(
      sizes: [train.columnCount, classes], activation: .identity)
    let streams = TrainingStreams(
      rootSeed: UInt64(seed), scope: "head-\(labelled)")
    let team = ThreadTeam(size: 1)
    let trainer = Trainer<Double>(
      plan: TrainingPlan(
        objective: isMixed ? .mixup : .plain,
        mixing: MixingPlan(
          weights: .beta(.constant(experiment.concentration), ratio: 1)),
        optimizer: Optimizer(
          learningRate: 0.05, weightDecay: weightDecay),
        batchSize: min(50, labelled), epochs: experiment.headEpochs),
      network: DenseNetwork(
        shape: shape,
        parameters: [Double](repeating: 0, count: shape.parameterCount)),
      data: LabelledImages(
        pixels: Matrix(rowCount: labelled, columnCount: train.columnCount) {
          train[rows[$0], $1]
        }, labels: rows.map { material.train.labels[$0] }, classCount: classes),
      streams: streams, team: team)
    do {
      while !trainer.isFinished { _ = try trainer.runEpoch() }
    } catch {
      throw ExperimentError.training(
        model: isMixed ? "mixup head" : "head", seed: seed, error,
        kept: "the settings under head")
    }
    return Evaluator<Double>(
      images: LabelledImages(
        pixels: test, labels: material.test.labels, classCount: classes),
      shape: shape, team: team
    ).evaluate(trainer.network)
  }
}

/// Centres and scales features by those of the training images.
private struct FeatureScale {
  let means: [Double]
  let factors: [Double]

  init(
    _ features: Matrix<Double>,
    _ scaling: LinearEvaluationExperiment.FeatureScaling
  ) {
    let (rows, columns) = (features.rowCount, features.columnCount)
    var means = [Double](repeating: 0, count: columns)
    var squares = means
    for row in 0..<rows {
      for (k, x) in features.row(row).enumerated() { means[k] += x }
    }
    for k in 0..<columns { means[k] /= Double(rows) }
    for row in 0..<rows {
      for (k, x) in features.row(row).enumerated() {
        squares[k] += (x - means[k]) * (x - means[k])
      }
    }
    self.means = means
    func factor(_ square: Double, _ count: Int) -> Double {
      square > 0 ? (Double(count) / square).squareRoot() : 0
    }
    switch scaling {
    case .common:
      let common = factor(squares.reduce(0, +), rows * columns)
      factors = Array(repeating: common, count: columns)
    case .each:
      // What differs by the rounding of its sum alone never changes.
      factors = zip(squares, means).map { square, mean in
        let rounding = Double(rows) * Double.ulpOfOne * abs(mean)
        return square > Double(rows) * rounding * rounding
          ? factor(square, rows) : 0
      }
    }
  }

  func applied(to features: Matrix<Double>) -> Matrix<Double> {
    Matrix(rowCount: features.rowCount, columnCount: features.columnCount) {
      factors[$1] * (features[$0, $1] - means[$1])
    }
  }
}

/// The eigenvalues of the covariance of centred features, and three ranks.
struct CovarianceSpectrum {
  /// λ_k/Σλ, largest first.
  let shares: [Double]
  /// Eigenvalues above rounding, max(n, p)·2⁻⁵² of the largest singular value.
  let rank: Int
  /// exp(−Σ q_k log q_k), q the shares.
  let effectiveRank: Double
  /// 1/Σq_k².
  let participation: Double

  init(_ features: Matrix<Double>) throws {
    let singular = try features.singularValues()
    let total = singular.reduce(0) { $0 + $1 * $1 }
    shares = singular.map { total > 0 ? $0 * $0 / total : 0 }
    let threshold =
      Double(max(features.rowCount, features.columnCount)) * Double.ulpOfOne
      * (singular.first ?? 0)
    rank = singular.count { $0 > threshold }
    effectiveRank = .exp(
      shares.reduce(0) { $1 > 0 ? $0 - $1 * .log($1) : $0 })
    participation = 1 / shares.reduce(0) { $0 + $1 * $1 }
  }
}
