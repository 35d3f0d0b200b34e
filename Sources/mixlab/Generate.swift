public import ArgumentParser
import Experiments
import ImageData
public import Synthetic

/// The compositions by their short names.
enum SampleComposition: String, CaseIterable, ExpressibleByArgument {
  case mixed, common, rare

  var composition: PatchGenerator.Composition {
    switch self {
    case .mixed: .mixed
    case .common: .commonOnly
    case .rare: .rareOnly
    }
  }

  /// The name of a set of it in experiments.
  var setName: String {
    switch self {
    case .mixed: "train"
    case .common: "common-test"
    case .rare: "rare-test"
    }
  }
}

extension PatchGenerator.FeatureNoiseCounts: ExpressibleByArgument {}
extension PatchGenerator.RareCounts: ExpressibleByArgument {}

struct Generate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Samples of patches with common and rare features, as .npy.",
    discussion: """
      A sample of class k has one feature patch at a random place: with \
      probability 1 − ρ its common feature, else its rare one. α times a common \
      feature of any class stands in b other patches; the rest is noise \
      N(0, σ_p²H), H = I − V⁺V, or squares of real images (D. Zou et al. 2023, \
      arXiv:2303.08433, Definition 3.1).

      Writes patches.npy [n, P, d], labels.npy [n], features.npy [4, d] (v, u, \
      v', u'), roles.npy [n, P] (0 noise, 1 common, 2 rare, 3 feature noise), \
      initial.npy [2, m, d] and result.json. feature-learning reads them.
      """)

  @Option(parsing: .unconditional, help: "n, an even number.")
  var samples = 100
  @Option(parsing: .unconditional, help: "P.")
  var patches = 4
  @Option(
    parsing: .unconditional, help: "d; of images, side × side × channels.")
  var dimension: Int?
  @Option(
    parsing: .unconditional, help: "b, feature-noise patches of a sample.")
  var featureNoise = 1
  @Option(help: "exact: b of them; up-to: 0 to b.")
  var featureNoiseCounts = PatchGenerator.FeatureNoiseCounts.exact
  @Option(parsing: .unconditional, help: "α.")
  var featureNoiseMagnitude = 0.1
  @Option(parsing: .unconditional, help: "ρ, between 0 and 1.")
  var rareProbability = 0.1
  @Option(help: "exact: round(ρn/2) a class; independent draws.")
  var rareCounts = PatchGenerator.RareCounts.exact
  @Option(parsing: .unconditional, help: "σ_p, per coordinate.")
  var noiseScale: Double?
  @Option(
    parsing: .unconditional, help: "σ_p²d in its place; 15 without either.")
  var noiseSquare: Double?
  @Option(help: "Lengths of v, u, v', u', as 1,1,1,1.")
  var featureNorms: String?
  @Option(help: "Features instead of unit vectors, .npy of shape [4, d].")
  var features: String?
  @Option(help: "mixed, common or rare samples.")
  var composition = SampleComposition.mixed
  @Option(help: "Cut noise from images, like digits or fashion-mnist:DIR.")
  var images: String?
  @Option(parsing: .unconditional, help: "Side of the squares.")
  var patchSide = 8
  @Option(
    parsing: .unconditional, help: "m, filters of a class in initial.npy.")
  var width = 10
  @Option(parsing: .unconditional, help: "σ_0, deviation of initial weights.")
  var deviation = 0.01
  @Option(
    help: """
      Name of the set: others are independent of it. With images, train is cut \
      from training images, any other from test images. (default: train, \
      common-test, rare-test by composition)
      """)
  var name: String?
  @Option(parsing: .unconditional, help: "The seed, 0 or more.")
  var seed = 0
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard samples >= 2, samples.isMultiple(of: 2), samples <= 1_000_000 else {
      throw ValidationError(
        "--samples takes an even number up to 1000000, not \(samples).")
    }
    guard seed >= 0 else {
      throw ValidationError("--seed takes 0 or more, not \(seed).")
    }
    for (option, value, range) in [
      ("--patches", patches, 1...100_000),
      ("--dimension", dimension ?? 1, 1...10_000_000),
      ("--feature-noise", featureNoise, 0...100_000),
      ("--patch-side", patchSide, 1...3_000),
      ("--width", width, 1...1_000_000),
    ] where !range.contains(value) {
      throw ValidationError(
        "\(option) takes \(range.lowerBound) to \(range.upperBound), not "
          + "\(value).")
    }
    let size = Double(dimension ?? 1000)
    guard Double(samples) * Double(patches) * size <= 0x1p33,
      Double(width) * size <= 0x1p33
    else {
      throw ValidationError(
        "samples × patches × dimension and width × dimension are at most 2³³ "
          + "numbers, 64 GiB.")
    }
    guard deviation >= 0, deviation.isFinite else {
      throw ValidationError("--deviation takes 0 or more, not \(deviation).")
    }
    guard noiseScale == nil || noiseSquare == nil else {
      throw ValidationError("--noise-scale or --noise-square, not both.")
    }
    guard featureNorms == nil || norms != nil else {
      throw ValidationError(
        "--feature-norms takes four numbers, 0 or more, not "
          + "\(featureNorms ?? "").")
    }
  }

  /// The lengths of the features, where four are given.
  private var norms: [Double]? {
    let parts =
      featureNorms?.split(separator: ",", omittingEmptySubsequences: false)
      ?? []
    let norms = parts.compactMap { Double($0) }
    return norms.count == 4 && parts.count == 4
      && norms.allSatisfy { $0 >= 0 && $0.isFinite } ? norms : nil
  }

  func run() throws {
    var settings = PatchSettings()
    settings.images = try images.map { try ImageDataSource(parsing: $0) }
    settings.sampleCount = samples
    settings.patchCount = patches
    settings.dimension =
      dimension ?? (images == nil ? 1000 : patchSide * patchSide)
    settings.featureNoisePatchCount = featureNoise
    settings.featureNoiseCounts = featureNoiseCounts
    settings.featureNoiseMagnitude = featureNoiseMagnitude
    settings.rareProbability = rareProbability
    settings.rareCounts = rareCounts
    let square = noiseSquare ?? 15
    settings.patchNoiseScale =
      noiseScale ?? (square / Double(settings.dimension)).squareRoot()
    if let norms { settings.featureNorms = norms }
    settings.patchSide = patchSide
    settings.width = width
    settings.initialScale = deviation
    try GeneratedPatches(
      settings, features: features, composition: composition.composition,
      name: name ?? composition.setName, seed: seed
    ).run(output: output.output, overwrite: output.overwrite)
    output.announce("Arrays and result.json")
  }
}
