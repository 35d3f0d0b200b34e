import ImageData
import ImageTrain
import LinearAlgebra
import Mixing
import Networks
import RandomFeature
import Randomness
import Synthetic
import VectorMath

/// A regression problem, drawn: inputs, true labels, features, and the risk.
struct RegressionProblem: Sendable {
  /// Training inputs, n × p.
  let inputs: Matrix<Double>
  /// Their labels f(x).
  let labels: [Double]
  /// Inputs apart from them that teachers may learn.
  let pool: Matrix<Double>
  /// The pool's labels.
  let poolLabels: [Double]
  /// f of each row.
  let target: @Sendable (Matrix<Double>) -> [Double]
  /// φ.
  let map: FeatureMap
  /// The risk, E over inputs that were not trained on.
  let risk: QuadraticRisk
  /// Whether the risk is exact and not a mean over held-out inputs.
  let isExact: Bool

  /// Draws a problem of a seed.
  ///
  /// - Parameter source: The loaded images with their target, where the
  ///   problem is about images.
  init(
    _ settings: RegressionProblemSettings, seed: Int,
    images source: ImageTarget?
  ) throws {
    func stream(_ name: String) -> RandomStream {
      RandomStream(
        rootSeed: UInt64(seed), name: "random-feature/\(settings.name)/\(name)")
    }
    var featureStream = stream("features")
    func map(inputDimension p: Int) -> FeatureMap {
      settings.features == .polynomial
        ? FeatureMap(
          monomialsUpToDegree: settings.featureCount, inputDimension: p)
        : FeatureMap(
          settings.features, inputDimension: p,
          featureDimension: settings.featureCount,
          scale: settings.featureScale, from: &featureStream)
    }
    switch settings.source {
    case .generated(let kind, let dimension, let width, let gain):
      var targetStream = stream("target")
      let target = RegressionTarget(
        kind, inputDimension: dimension, width: width, gain: gain,
        from: &targetStream)
      func gaussian(_ name: String, _ count: Int) -> Matrix<Double> {
        var inputs = stream(name)
        return .gaussian(
          rowCount: count, columnCount: dimension, from: &inputs)
      }
      inputs = gaussian("inputs", settings.samples)
      pool = gaussian("pool", settings.poolSamples)
      self.target = { target.values(of: $0) }
      self.map = map(inputDimension: dimension)
      if let exact = QuadraticRisk(gaussian: self.map, target) {
        risk = exact
        isExact = true
      } else {
        let test = gaussian("test", settings.testSamples)
        risk = QuadraticRisk(
          rows: self.map.features(of: test), labels: target.values(of: test))
        isExact = false
      }
    case .images:
      guard let source else {
        preconditionFailure("a problem about images without images")
      }
      let wanted = settings.samples + settings.poolSamples
      guard wanted <= source.train.rowCount else {
        throw ExperimentError.share(
          key: "problems.\(settings.name).samples",
          reason: "expected samples + pool-samples of at most "
            + "\(source.train.rowCount) images, found \(wanted)")
      }
      var order = stream("inputs")
      let chosen = order.permutation(of: source.train.rowCount)
      inputs = source.train.rows(Array(chosen[..<settings.samples]))
      pool = source.train.rows(Array(chosen[settings.samples..<wanted]))
      target = { source.values(of: $0) }
      self.map = map(inputDimension: source.train.columnCount)
      var testOrder = stream("test")
      let test = source.test.rows(
        Array(
          testOrder.permutation(of: source.test.rowCount)
            .prefix(settings.testSamples)))
      risk = QuadraticRisk(
        rows: self.map.features(of: test), labels: source.values(of: test))
      isExact = false
    }
    labels = target(inputs)
    poolLabels = target(pool)
  }
}

/// Images as regression inputs, with a network's confidence in one class as
/// the true label.
///
///     f(x) = 2 p(class | x) − 1
///
/// Inputs are the pixels less their mean image, divided by one number so that
/// E‖x‖² is their dimension, as for generated inputs.
struct ImageTarget: Sendable {
  /// Training inputs, one a row.
  let train: Matrix<Double>
  /// Test inputs.
  let test: Matrix<Double>
  /// `ImageDataset.checksum`.
  let checksum: String
  private let network: DenseNetwork<Double>
  private let classIndex: Int
  private let mean: [Double]
  private let scale: Double

  /// Loads the images and trains the network, 64 and 32 hidden units, on all
  /// training images.
  init(
    _ source: ImageDataSource, classIndex: Int, epochs: Int, problem: String
  ) throws {
    let dataset = try source.loadedForRun(
      option: "--set problems.\(problem).source=")
    guard classIndex < dataset.classNames.count else {
      throw ExperimentError.share(
        key: "problems.\(problem).class",
        reason: "expected a class below \(dataset.classNames.count), found "
          + "\(classIndex)")
    }
    checksum = dataset.checksum
    let pixels = LabelledImages<Double>(
      pixels: dataset.train.scaled(), labels: dataset.train.labels,
      classCount: dataset.classNames.count)
    let streams = TrainingStreams(rootSeed: 0, scope: "regression-target")
    var initial = streams.initialWeights
    let trainer = Trainer<Double>(
      plan: TrainingPlan(objective: .plain, batchSize: 64, epochs: epochs),
      network: DenseNetwork(
        shape: DenseShape(
          sizes: [pixels.pixels.columnCount, 64, 32, pixels.classCount],
          activation: .relu), initialization: .pytorch, from: &initial),
      data: pixels, streams: streams, team: ThreadTeam(size: 1))
    while !trainer.isFinished { _ = try trainer.runEpoch() }
    network = trainer.network
    self.classIndex = classIndex
    let mean = pixels.mean
    var square = 0.0
    for row in 0..<pixels.count {
      for (x, m) in zip(pixels.pixels.row(row), mean) {
        square += (x - m) * (x - m)
      }
    }
    let scale =
      (square / Double(pixels.pixels.elements.count)).squareRoot()
    self.mean = mean
    self.scale = scale
    func standardised(_ pixels: Matrix<Double>) -> Matrix<Double> {
      Matrix(rowCount: pixels.rowCount, columnCount: pixels.columnCount) {
        (pixels[$0, $1] - mean[$1]) / scale
      }
    }
    train = standardised(pixels.pixels)
    test = standardised(dataset.test.scaled())
  }

  /// f of each row.
  func values(of inputs: Matrix<Double>) -> [Double] {
    let pixels = Matrix(
      rowCount: inputs.rowCount, columnCount: inputs.columnCount
    ) { inputs[$0, $1] * scale + mean[$1] }
    let predictor = DenseNetworkPredictor(
      network: network, images: pixels, team: ThreadTeam(size: 1))
    let count = inputs.rowCount
    let classes = predictor.classCount
    var logs = [Double](repeating: 0, count: count * classes)
    logs.withUnsafeMutableBufferPointer { logs in
      guard let out = logs.baseAddress else { return }
      predictor.logProbabilities(
        of: MixedSamples(unmixed: (0..<Int32(count)).map { $0 }),
        in: 0..<count, into: out)
    }
    return (0..<count).map {
      2 * exponential(logs[$0 * classes + classIndex]) - 1
    }
  }
}

extension Matrix<Double> {
  /// The rows of the indices given.
  func rows(_ indices: [Int]) -> Matrix {
    Matrix(
      rowCount: indices.count, columnCount: columnCount,
      elements: indices.flatMap { row($0) })
  }
}
