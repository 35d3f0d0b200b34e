import ArrayFiles
import ImageData
import LinearAlgebra
import Randomness
public import Synthetic

/// `mixlab generate`: samples of patches with common and rare features, as
/// array files.
public struct GeneratedPatches: Sendable {
  /// The samples' and the initial weights' settings; factors and descent are
  /// not used.
  public var settings: PatchSettings
  /// Features v, u, v′, u′, [4, d]; the settings' where nil.
  public var features: String?
  /// Which features the samples have.
  public var composition: PatchGenerator.Composition
  /// Name of the set, such as "train" or "rare-test".
  public var name: String
  /// The root seed.
  public var seed: Int

  /// A set from its settings.
  public init(
    _ settings: PatchSettings, features: String? = nil,
    composition: PatchGenerator.Composition, name: String, seed: Int
  ) {
    self.settings = settings
    self.features = features
    self.composition = composition
    self.name = name
    self.seed = seed
  }

  /// Draws and writes `patches.npy`, `labels.npy`, `features.npy`, `roles.npy`
  /// and `initial.npy` [2, m, d], which `feature-learning` reads, with
  /// `result.json`.
  ///
  /// Sets of one seed share features, weights, and the centre and scale of
  /// patches of images, whatever their names.
  public func run(output: String, overwrite: Bool) throws {
    try OutputFolder.check(path: output, overwrite: overwrite)
    var matrix: Matrix<Double>?
    if let features {
      let array = try NPY.readNumbers(features, shape: [nil, nil])
      matrix = Matrix(
        rowCount: array.shape[0], columnCount: array.shape[1],
        elements: array.values)
    }
    let generator = try settings.generator(features: matrix)
    let root = UInt64(seed)
    let samples: FeaturePatches
    if let images = try settings.images?.load() {
      samples = try generator.generate(
        settings.sampleCount, composition: composition,
        on: name == "train" ? images.train : images.test,
        reference: images.train, side: settings.patchSide, name: name,
        seed: root)
    } else {
      samples = try generator.generate(
        settings.sampleCount, composition: composition, name: name, seed: root)
    }
    var stream = RandomStream(rootSeed: root, name: "initial-weights")
    let weights = stream.normals(
      count: 2 * settings.width * generator.dimension)
    let folder = try OutputFolder(path: output, overwrite: overwrite)
    try samples.write(to: folder)
    try folder.write(
      ShapedArray(
        shape: [2, settings.width, generator.dimension],
        values: weights.map { settings.initialScale * $0 }),
      as: "initial.npy")
    var data = settings.values.data
    for idle in ["factors", "test-samples"] { data[idle] = nil }
    if let features {
      data["feature-norms"] = nil
      data["features"] = .string(features)
    }
    try JSONDocument([
      "command": "generate",
      "configuration": [
        "data": data, "network": settings.values.network,
        "composition": .string(composition.rawValue), "name": .string(name),
        "seed": .int(seed),
      ],
      "version": .string(mixlabVersion),
      "rare": .int(samples.isRare.count { $0 }),
    ]).write(to: folder.file("result.json"))
  }
}
