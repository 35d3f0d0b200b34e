public import LinearAlgebra
import Randomness

/// The generator of common and rare features on noise patches.
///
/// A sample of class k has one feature patch at a random position: with
/// probability 1 − ρ its common feature, else its rare one. Feature noise,
/// `featureNoiseMagnitude` times a common feature of any class, stands in b
/// other patches. All others are noise N(0, σ_p²H) with H = I − V⁺V, the
/// projector off the span of the features.
///
///     E‖ξ‖² = σ_p²·(d − rank V)
///
/// - Source: D. Zou et al. 2023 (arXiv:2303.08433), Definition 3.1, as the
///   slides quote it.
/// - Departs from the source: the printed H = I − Σ_f ffᵀ/‖f‖² is a projector
///   for orthogonal features alone; for these the two agree. Any number of
///   classes. Classes are exactly balanced; what the definition leaves open is
///   an option.
public struct PatchGenerator: Sendable, Equatable {
  /// How many samples of a class are rare.
  public enum RareCounts: String, CaseIterable, Sendable {
    /// Exactly round(ρ·n/K).
    case exact
    /// Each sample with probability ρ.
    case independent
  }

  /// How many patches of a sample are feature noise.
  public enum FeatureNoiseCounts: String, CaseIterable, Sendable {
    /// Exactly b.
    case exact
    /// 0 to b, all equally likely.
    case upTo = "up-to"
  }

  /// Which features the samples of a set have.
  public enum Composition: String, CaseIterable, Sendable {
    /// Both, as ρ says.
    case mixed
    /// Common ones alone.
    case commonOnly = "common-only"
    /// Rare ones alone.
    case rareOnly = "rare-only"
  }

  /// P, patches of a sample.
  public let patchCount: Int
  /// d, coordinates of a patch.
  public let dimension: Int
  /// K.
  public let classCount: Int
  /// b, feature-noise patches of a sample.
  public let featureNoisePatchCount: Int
  /// Whether b is a number or a limit.
  public let featureNoiseCounts: FeatureNoiseCounts
  /// α, the factor of feature noise.
  public let featureNoiseMagnitude: Double
  /// ρ, in (0, 1).
  public let rareProbability: Double
  /// Whether the rare samples are counted or drawn.
  public let rareCounts: RareCounts
  /// σ_p, the deviation of noise per coordinate.
  public let patchNoiseScale: Double
  /// The features, 2K × d: common ones of all classes, then rare ones.
  public let features: Matrix<Double>
  /// An orthonormal basis of their span, d × 2K.
  let basis: Matrix<Double>

  /// A generator from its options.
  ///
  /// - Parameter features: 2K × d, linearly independent; the first 2K unit
  ///   vectors where nil.
  public init(
    patchCount: Int, dimension: Int, classCount: Int = 2,
    featureNoisePatchCount: Int = 1,
    featureNoiseCounts: FeatureNoiseCounts = .exact,
    featureNoiseMagnitude: Double, rareProbability: Double,
    rareCounts: RareCounts = .exact, patchNoiseScale: Double,
    features: Matrix<Double>? = nil
  ) throws {
    func require(
      _ condition: Bool, _ name: String, _ expected: String, _ found: Any
    ) throws(PatchGeneratorError) {
      guard condition else {
        throw .option(name, expected: expected, found: "\(found)")
      }
    }
    try require(classCount >= 2, "class count", "2 or more", classCount)
    try require(
      (0..<Int.max).contains(featureNoisePatchCount), "feature-noise patches",
      "0 or more", featureNoisePatchCount)
    guard patchCount >= 1 + featureNoisePatchCount else {
      throw PatchGeneratorError.tooFewPatches(
        found: patchCount, needed: 1 + featureNoisePatchCount)
    }
    try require(
      dimension > 2 * classCount, "dimension",
      "more than the \(2 * classCount) features", dimension)
    try require(
      rareProbability > 0 && rareProbability < 1, "rare probability",
      "a number between 0 and 1, both excluded", rareProbability)
    try require(
      patchNoiseScale >= 0 && patchNoiseScale.isFinite, "patch noise scale",
      "0 or a positive number", patchNoiseScale)
    try require(
      featureNoiseMagnitude.isFinite, "feature-noise magnitude", "a number",
      featureNoiseMagnitude)
    let features =
      features
      ?? Self.unitFeatures(
        dimension: dimension, norms: Array(repeating: 1, count: 2 * classCount))
    self.patchCount = patchCount
    self.dimension = dimension
    self.classCount = classCount
    self.featureNoisePatchCount = featureNoisePatchCount
    self.featureNoiseCounts = featureNoiseCounts
    self.featureNoiseMagnitude = featureNoiseMagnitude
    self.rareProbability = rareProbability
    self.rareCounts = rareCounts
    self.patchNoiseScale = patchNoiseScale
    self.features = features
    basis = try Self.basis(
      of: features, rows: 2 * classCount, columns: dimension)
  }

  /// The first unit vectors, of the lengths given.
  ///
  /// - Precondition: There are no more of them than coordinates.
  public static func unitFeatures(
    dimension: Int, norms: [Double]
  ) -> Matrix<Double> {
    precondition(
      norms.count <= dimension,
      "\(norms.count) features in \(dimension) dimensions")
    return Matrix(rowCount: norms.count, columnCount: dimension) {
      $0 == $1 ? norms[$0] : 0
    }
  }

  /// Checks the features and finds an orthonormal basis of their span.
  private static func basis(
    of features: Matrix<Double>, rows: Int, columns: Int
  ) throws -> Matrix<Double> {
    guard features.rowCount == rows && features.columnCount == columns else {
      throw PatchGeneratorError.featureShape(
        rows: rows, columns: columns,
        found: [features.rowCount, features.columnCount])
    }
    // Lengths do not matter for the span, but would for the rank's tolerance.
    let norms = (0..<rows).map { row in
      Double.nrm2(columns, Array(features.row(row)))
    }
    let scaled = Matrix(rowCount: rows, columnCount: columns) {
      norms[$0] > 0 ? features[$0, $1] / norms[$0] : 0
    }
    let rank = try SingularValueDecomposition(scaled).rank()
    guard rank == rows else {
      throw PatchGeneratorError.dependentFeatures(rank: rank, count: rows)
    }
    return try QRFactorization(scaled.transposed()).orthonormal
  }

  /// Number of rare samples of a class in a set of `sampleCount`, where they
  /// are counted.
  public func rareCount(ofSamples sampleCount: Int) -> Int {
    Int((rareProbability * Double(sampleCount / classCount)).rounded())
  }

  /// Generates a set.
  ///
  /// Sample i has the class i mod K. The streams `NAME-rare`, `NAME-positions`,
  /// `NAME-feature-noise` and `NAME-noise` of the root seed give the rest: sets
  /// of different names are independent, and an option of one moves no other
  /// draw.
  ///
  /// - Parameters:
  ///   - sampleCount: A positive multiple of the number of classes.
  ///   - name: What the set is called, such as "train".
  ///   - seed: The root seed.
  public func generate(
    _ sampleCount: Int, composition: Composition = .mixed,
    name: String, seed: UInt64
  ) throws(PatchGeneratorError) -> FeaturePatches {
    try generate(
      sampleCount, composition: composition, name: name, seed: seed,
      noise: gaussianNoise(name: name, seed: seed))
  }

  /// Generates a set with patches of noise from elsewhere.
  ///
  /// - Parameter noise: Fills a patch of a sample; called in order.
  func generate(
    _ sampleCount: Int, composition: Composition, name: String, seed: UInt64,
    noise: (_ sample: Int, _ patch: inout [Double]) -> Void
  ) throws(PatchGeneratorError) -> FeaturePatches {
    guard sampleCount > 0, sampleCount.isMultiple(of: classCount) else {
      throw .option(
        "sample count", expected: "a positive multiple of \(classCount)",
        found: "\(sampleCount)")
    }
    let labels = (0..<sampleCount).map { Int32($0 % classCount) }
    let isRare = drawRare(
      sampleCount, composition: composition, name: name, seed: seed)
    var positions = RandomStream(rootSeed: seed, name: name + "-positions")
    var choices = RandomStream(rootSeed: seed, name: name + "-feature-noise")
    var roles = [PatchRole](
      repeating: .noise, count: sampleCount * patchCount)
    var elements: [Double] = []
    elements.reserveCapacity(sampleCount * patchCount * dimension)
    var patch = [Double](repeating: 0, count: dimension)
    for i in 0..<sampleCount {
      let order = positions.permutation(of: patchCount)
      var noiseCount = featureNoisePatchCount
      if featureNoiseCounts == .upTo {
        noiseCount = choices.index(below: featureNoisePatchCount + 1)
      }
      var content = [Int: Int]()
      for position in order.dropFirst().prefix(noiseCount) {
        content[position] = choices.index(below: classCount)
        roles[i * patchCount + position] = .featureNoise
      }
      roles[i * patchCount + order[0]] =
        isRare[i] ? .rareFeature : .commonFeature
      for p in 0..<patchCount {
        if p == order[0] {
          let row = Int(labels[i]) + (isRare[i] ? classCount : 0)
          elements += features.row(row)
        } else if let row = content[p] {
          elements += features.row(row).map { featureNoiseMagnitude * $0 }
        } else {
          noise(i, &patch)
          elements += patch
        }
      }
    }
    return FeaturePatches(
      data: PatchData(
        patches: Matrix(
          rowCount: sampleCount * patchCount, columnCount: dimension,
          elements: elements),
        patchCount: patchCount, labels: labels, classCount: classCount),
      features: features, roles: roles)
  }

  private func drawRare(
    _ sampleCount: Int, composition: Composition, name: String, seed: UInt64
  ) -> [Bool] {
    switch composition {
    case .commonOnly: return Array(repeating: false, count: sampleCount)
    case .rareOnly: return Array(repeating: true, count: sampleCount)
    case .mixed: break
    }
    var stream = RandomStream(rootSeed: seed, name: name + "-rare")
    switch rareCounts {
    case .independent:
      return (0..<sampleCount).map { _ in stream.uniform() < rareProbability }
    case .exact:
      var isRare = [Bool](repeating: false, count: sampleCount)
      let perClass = sampleCount / classCount
      for k in 0..<classCount {
        let chosen = stream.permutation(of: perClass)
          .prefix(rareCount(ofSamples: sampleCount))
        for index in chosen { isRare[index * classCount + k] = true }
      }
      return isRare
    }
  }

  /// σ_p·H·g with g standard normal.
  private func gaussianNoise(
    name: String, seed: UInt64
  ) -> (Int, inout [Double]) -> Void {
    var stream = RandomStream(rootSeed: seed, name: name + "-noise")
    let scale = patchNoiseScale
    return { _, patch in
      var span = patch.mutableSpan
      stream.fillWithNormals(&span)
      removeFeatures(from: &patch)
      for index in patch.indices { patch[index] *= scale }
    }
  }

  /// x ← H·x = x − Q·Qᵀ·x, Q the basis of the features' span.
  func removeFeatures(from patch: inout [Double]) {
    basis.withUnsafeElements { basis in
      let count = 2 * classCount
      for f in 0..<count {
        var product = 0.0
        for c in 0..<dimension { product += basis[c * count + f] * patch[c] }
        for c in 0..<dimension { patch[c] -= product * basis[c * count + f] }
      }
    }
  }
}
