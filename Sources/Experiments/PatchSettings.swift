public import ImageData
public import LinearAlgebra
public import Synthetic

/// The samples of a study of feature learning, the network and its descent.
public struct PatchSettings: Sendable, Equatable {
  /// n, a positive multiple of 2.
  public var sampleCount = 100
  /// Factors on n and d at which everything is measured.
  ///
  /// σ_p stays, so that
  /// σ_p²·d keeps its place between the numbers of rare and common samples.
  public var factors = [1]
  /// P.
  public var patchCount = 4
  /// d.
  public var dimension = 1000
  /// b.
  public var featureNoisePatchCount = 1
  /// Whether b is a number or a limit.
  public var featureNoiseCounts = PatchGenerator.FeatureNoiseCounts.exact
  /// α.
  public var featureNoiseMagnitude = 0.1
  /// ρ.
  public var rareProbability = 0.1
  /// Whether rare samples are counted or drawn.
  public var rareCounts = PatchGenerator.RareCounts.exact
  /// σ_p, per coordinate.
  public var patchNoiseScale = 0.015.squareRoot()
  /// Lengths of v, u, v′, u′.
  public var featureNorms = [1.0, 1, 1, 1]
  /// What noise patches are cut from; Gaussian noise where nil.
  public var images: ImageDataSource?
  /// Sides of the squares that are cut.
  public var patchSide = 8
  /// Samples of each of the three test sets.
  public var testCount = 200
  /// m.
  public var width = 10
  /// σ_0, the deviation of initial weights.
  public var initialScale = 0.01
  /// η.
  public var learningRate = 0.02
  /// Number of steps.
  public var iterations = 10_000
  /// Every so many iterates one is recorded.
  public var recordInterval = 100
  /// Every so many iterates one is tested; the last in any case.
  public var testInterval = 1000
  /// Every so many iterates α is measured on the training samples, and at the
  /// last; never where nil.
  public var probeInterval: Int?

  /// The verified point of this project.
  public init() {}

  /// The generator at a factor.
  ///
  /// - Parameter features: Features in place of unit vectors of
  ///   `featureNorms`.
  /// - Throws: `PatchGeneratorError`.
  public func generator(
    factor: Int = 1, features: Matrix<Double>? = nil
  ) throws -> PatchGenerator {
    let d = dimension * factor
    return try PatchGenerator(
      patchCount: patchCount, dimension: d,
      featureNoisePatchCount: featureNoisePatchCount,
      featureNoiseCounts: featureNoiseCounts,
      featureNoiseMagnitude: featureNoiseMagnitude,
      rareProbability: rareProbability, rareCounts: rareCounts,
      patchNoiseScale: patchNoiseScale,
      features: features
        ?? (d > 4
          ? PatchGenerator.unitFeatures(dimension: d, norms: featureNorms)
          : nil))
  }
}

extension PatchSettings {
  /// Reads `data`, `network` and `training` of an experiment.
  ///
  /// - Parameter recordsEndsAlone: Whether only first and last iterates are
  ///   recorded; the keys for others are errors then.
  init(
    reader: ConfigurationReader, recordsEndsAlone: Bool = false
  ) throws {
    self.init()
    if let data = try reader["data"] { try read(data: data) }
    if let network = try reader["network"] {
      width = try network.int("width", in: .within(1...10_000), default: width)
      initialScale = try network.double(
        "deviation", in: .nonNegative, default: initialScale)
    }
    if let training = try reader["training"] {
      learningRate = try training.double(
        "learning-rate", in: .positive, default: learningRate)
      iterations = try training.int(
        "iterations", in: .within(1...100_000_000), default: iterations)
    }
    if recordsEndsAlone {
      recordInterval = iterations
      testInterval = iterations
    } else if let training = try reader["training"] {
      recordInterval = try training.int(
        "record-every", in: .positive, default: recordInterval)
      testInterval = try training.int(
        "test-every", in: .positive, default: testInterval)
      guard testInterval.isMultiple(of: recordInterval) else {
        throw training.error(
          "expected test-every to be a multiple of record-every, found "
            + "\(testInterval) and \(recordInterval)")
      }
      probeInterval = try training["probe-every"]?.int(in: .positive)
      if let probeInterval, !probeInterval.isMultiple(of: recordInterval) {
        throw training.error(
          "expected probe-every to be a multiple of record-every, found "
            + "\(probeInterval) and \(recordInterval)")
      }
    }
  }

  private mutating func read(data: ConfigurationReader) throws {
    sampleCount = try data.int(
      "samples", in: .within(2...100_000), default: sampleCount)
    factors =
      try data["factors"]?.ints(in: .within(1...1000), count: .atLeast(1))
      ?? factors
    patchCount = try data.int(
      "patches", in: .within(1...100_000), default: patchCount)
    dimension = try data.int(
      "dimension", in: .within(1...1_000_000), default: dimension)
    featureNoisePatchCount = try data.int(
      "feature-noise", in: .within(0...100_000),
      default: featureNoisePatchCount)
    featureNoiseCounts = try data.choice(
      "feature-noise-counts", default: featureNoiseCounts)
    featureNoiseMagnitude = try data.double(
      "feature-noise-magnitude", default: featureNoiseMagnitude)
    rareProbability = try data.double(
      "rare-probability", default: rareProbability)
    rareCounts = try data.choice("rare-counts", default: rareCounts)
    featureNorms =
      try data["feature-norms"]?.doubles(
        in: .nonNegative, count: .within(4...4))
      ?? featureNorms
    let scale = try data["noise-scale"]
    if let square = try data["noise-square"] {
      guard scale == nil else {
        throw data.error("expected noise-scale or noise-square, found both")
      }
      patchNoiseScale =
        (try square.double(in: .nonNegative) / Double(dimension)).squareRoot()
    } else if let scale {
      patchNoiseScale = try scale.double(in: .nonNegative)
    } else {
      patchNoiseScale = (15 / Double(dimension)).squareRoot()
    }
    if let source = try data["source"], try source.string() != "gaussian" {
      do {
        images = try ImageDataSource(parsing: try source.string())
      } catch let error as ImageDataError {
        throw source.error("\(error)")
      }
      guard factors == [1] else {
        throw data.error("expected no factors with patches of images")
      }
    }
    patchSide = try data.int(
      "patch-side", in: .within(1...10_000), default: patchSide)
    testCount = try data.int(
      "test-samples", in: .within(2...100_000), default: testCount)
    guard sampleCount.isMultiple(of: 2), testCount.isMultiple(of: 2) else {
      throw data.error("expected even numbers of samples, classes are balanced")
    }
    guard Set(factors).count == factors.count else {
      throw data.error("expected different factors, found \(factors)")
    }
    do {
      for factor in factors { _ = try generator(factor: factor) }
    } catch let error as PatchGeneratorError {
      // The key that was given is where the mistake is looked for.
      let keys: [String] =
        switch error {
        case .tooFewPatches: ["patches", "feature-noise"]
        case .option(let name, _, _): [name.replacing(" ", with: "-")]
        default: ["feature-norms"]
        }
      for key in keys {
        if let reader = try data[key] { throw reader.error("\(error)") }
      }
      throw data.error("\(error)")
    }
  }

  /// Written back, with every default.
  var values:
    (
      data: ConfigurationValue, network: ConfigurationValue,
      training: ConfigurationValue
    )
  {
    var training: ConfigurationValue = [
      "learning-rate": .double(learningRate),
      "iterations": .int(iterations),
      "record-every": .int(recordInterval),
      "test-every": .int(testInterval),
    ]
    if let probeInterval { training["probe-every"] = .int(probeInterval) }
    return (
      [
        "samples": .int(sampleCount), "factors": .integers(factors),
        "patches": .int(patchCount), "dimension": .int(dimension),
        "feature-noise": .int(featureNoisePatchCount),
        "feature-noise-counts": .string(featureNoiseCounts.rawValue),
        "feature-noise-magnitude": .double(featureNoiseMagnitude),
        "rare-probability": .double(rareProbability),
        "rare-counts": .string(rareCounts.rawValue),
        "noise-scale": .double(patchNoiseScale),
        "feature-norms": .numbers(featureNorms),
        "source": .string(images?.description ?? "gaussian"),
        "patch-side": .int(patchSide), "test-samples": .int(testCount),
      ],
      ["width": .int(width), "deviation": .double(initialScale)],
      training
    )
  }
}
