public import FeatureLearning
public import ImageData
public import LinearAlgebra
import Mixing
import Randomness
public import Synthetic
public import Valuation
import VectorMath

/// The draws of one seed of a study of feature learning: all methods run on the
/// same samples from the same weights.
public struct PatchBench {
  /// The settings.
  public let settings: PatchSettings
  /// Factor on n and d.
  public let factor: Int
  /// The root seed.
  public let seed: Int
  /// The generator.
  public let generator: PatchGenerator
  /// The training set.
  public let train: FeaturePatches
  /// Mixed, common-only and rare-only test sets.
  public let tests: [PatchData]
  /// The training set, prepared.
  public let space: PatchSpace
  /// The weights that all begin from.
  public let initial: PatchNetwork
  /// The features v, u, v′, u′, and below them noise patches of rare samples,
  /// at most 8 of each class.
  public let directions: Matrix<Double>
  /// The class of each of these noise patches.
  public let noiseClasses: [Int]
  private let cancellation: CancellationFlag
  private let team = ThreadTeam(size: 1)

  /// Draws a seed's samples and weights.
  ///
  /// - Parameters:
  ///   - images: The images of `settings.images`.
  ///   - cancellation: Ends a run between two steps when it is raised.
  public init(
    _ settings: PatchSettings, factor: Int = 1, seed: Int,
    images: ImageDataset? = nil,
    cancellation: CancellationFlag = CancellationFlag()
  ) throws {
    self.cancellation = cancellation
    self.settings = settings
    self.factor = factor
    self.seed = seed
    let generator = try settings.generator(factor: factor)
    self.generator = generator
    let root = UInt64(seed)
    func draw(
      _ count: Int, _ composition: PatchGenerator.Composition, _ name: String,
      isTest: Bool
    ) throws -> FeaturePatches {
      if let images {
        return try generator.generate(
          count, composition: composition,
          on: isTest ? images.test : images.train, reference: images.train,
          side: settings.patchSide, name: name, seed: root)
      }
      return try generator.generate(
        count, composition: composition, name: name, seed: root)
    }
    let train = try draw(
      settings.sampleCount * factor, .mixed, "train", isTest: false)
    self.train = train
    tests = try [
      ("test", .mixed), ("common-test", .commonOnly), ("rare-test", .rareOnly),
    ].map { name, composition in
      try draw(settings.testCount, composition, name, isTest: true).data
    }
    space = PatchSpace(train.data)
    var stream = RandomStream(rootSeed: root, name: "initial-weights")
    initial = PatchNetwork(
      width: settings.width, dimension: generator.dimension,
      scale: settings.initialScale, using: &stream)
    var (rows, classes) = (train.features.elements, [Int]())
    let (isRare, positions) = (train.isRare, train.noisePositions)
    for k in 0..<2 {
      let own = isRare.indices.filter {
        isRare[$0] && Int(train.data.labels[$0]) == k
      }
      for (i, p) in own.flatMap({ i in positions[i].map { (i, $0) } }).prefix(8)
      {
        rows += train.data.patch(p, ofSample: i)
        classes.append(k)
      }
    }
    directions = Matrix(
      rowCount: 4 + classes.count, columnCount: generator.dimension,
      elements: rows)
    noiseClasses = classes
  }

  /// Runs a method, or an ordinary continuation of one.
  ///
  /// - Parameters:
  ///   - network: Where it begins, the initial weights where nil.
  ///   - iterations: Number of steps, that of the settings where nil.
  public func run(
    _ method: FeatureMethod, from network: PatchNetwork? = nil,
    iterations: Int? = nil, on other: PatchSpace? = nil,
    teachers: [PatchNetwork] = [], replay: FilterTrace? = nil,
    observe: (FeatureRecord, PatchDescent) -> Void = { _, _ in }
  ) throws -> FeatureRun.Outcome {
    try FeatureRun(
      method, learningRate: settings.learningRate,
      iterations: iterations ?? settings.iterations,
      recordInterval: settings.recordInterval, teachers: teachers,
      replay: replay, seed: UInt64(seed),
      noisePositions: other == nil ? train.noisePositions : nil
    )(
      from: network ?? initial, on: other ?? space, directions: directions,
      team: team, advanced: { _ in try cancellation.check() },
      observe: observe)
  }

  /// A teacher of a method's student.
  public func teacher(
    _ kind: PatchMethodSettings.Teacher, of method: FeatureMethod
  ) throws -> PatchNetwork {
    var unguided = method
    unguided.guidance = nil
    unguided.plainFrom = nil
    switch kind {
    case .plain: return try run(.plain).network
    case .mixup: return try run(unguided).network
    case .whole:
      let count = min(train.data.sampleCount, tests[0].sampleCount)
      let rows = count * train.data.patchCount * generator.dimension
      let all = PatchData(
        patches: Matrix(
          rowCount: (train.data.sampleCount + count) * train.data.patchCount,
          columnCount: generator.dimension,
          elements: train.data.patches.elements
            + tests[0].patches.elements.prefix(rows)),
        patchCount: train.data.patchCount,
        labels: train.data.labels + tests[0].labels.prefix(count))
      return try run(unguided, on: PatchSpace(all)).network
    }
  }

  /// Common and rare features by class.
  ///
  /// - Source: The measures of D. Zou et al. 2023: Σ_r ⟨w_{k,r}, f⟩².
  public static func learning(
    _ record: FeatureRecord
  ) -> (common: [Double], rare: [Double]) {
    let table = record.learning
    return ([table[0, 0], table[1, 1]], [table[0, 2], table[1, 3]])
  }

  /// Noise of own rare samples by class, the mean of Σ_r ⟨w_{k,r}, ξ⟩².
  func noiseLearning(_ record: FeatureRecord) -> [Double] {
    means { record.learning[$0, 4 + $1] }
  }

  /// Growth rates that the linearised descent predicts at vanishing weights.
  func rates(
    of method: FeatureMethod
  ) throws -> (common: [Double], rare: [Double], noise: [Double]) {
    let rates = try GrowthPrediction(
      method.objective(at: 0, of: settings.iterations), on: train.data,
      team: team
    ).rates(of: directions)
    return (
      [rates[0, 0], rates[1, 1]], [rates[0, 2], rates[1, 3]],
      means { rates[$0, 4 + $1] }
    )
  }

  private func means(_ value: (Int, Int) -> Double) -> [Double] {
    (0..<2).map { k in
      let own = noiseClasses.indices.filter { noiseClasses[$0] == k }
      return own.reduce(0) { $0 + value(k, $1) } / Double(own.count)
    }
  }
}
