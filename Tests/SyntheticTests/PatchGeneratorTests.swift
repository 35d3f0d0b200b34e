import ArrayFiles
import Foundation
import ImageData
import LinearAlgebra
import Randomness
import Synthetic
import Testing

@Suite("D. Zou et al. 2023, Definition 3.1")
struct PatchGeneratorTests {
  private func generator(
    patches: Int = 5, noisePatches: Int = 2,
    counts: PatchGenerator.FeatureNoiseCounts = .exact,
    rare: PatchGenerator.RareCounts = .exact, probability: Double = 0.15,
    features: Matrix<Double>? = nil, classes: Int = 2
  ) throws -> PatchGenerator {
    try PatchGenerator(
      patchCount: patches, dimension: 40, classCount: classes,
      featureNoisePatchCount: noisePatches, featureNoiseCounts: counts,
      featureNoiseMagnitude: 0.3, rareProbability: probability,
      rareCounts: rare, patchNoiseScale: 0.5, features: features)
  }

  private var skewFeatures: Matrix<Double> {
    var stream = RandomStream(rootSeed: 9, name: "features")
    return Matrix(
      rowCount: 4, columnCount: 40,
      elements: stream.normals(count: 160).map { 3 * $0 })
  }

  @Test("Each sample has its feature, b feature-noise patches, and noise")
  func composition() throws {
    let set = try generator().generate(80, name: "train", seed: 1)
    let data = set.data
    #expect(data.labels.count { $0 == 0 } == 40)
    for k in 0..<2 as Range<Int32> {
      let rare = set.isRare.indices.count {
        set.isRare[$0] && data.labels[$0] == k
      }
      #expect(rare == 6)
    }
    for i in 0..<80 {
      let roles = (0..<5).map { set.roles[i * 5 + $0] }
      #expect(roles.count { $0 == .featureNoise } == 2)
      #expect(roles.count { $0 == .noise } == 2)
      for (p, role) in roles.enumerated() {
        let patch = Array(data.patch(p, ofSample: i))
        switch role {
        case .commonFeature, .rareFeature:
          let row = Int(data.labels[i]) + (role == .rareFeature ? 2 : 0)
          #expect(patch == Array(set.features.row(row)))
        case .featureNoise:
          #expect(
            (0..<2).contains { f in
              patch == set.features.row(f).map { 0.3 * $0 }
            })
        case .noise:
          #expect(patch[..<4].allSatisfy { $0 == 0 })
        }
      }
    }
    // Feature and feature noise visit every position.
    for role in PatchRole.allCases where role != .rareFeature {
      #expect(
        Set(set.roles.indices.filter { set.roles[$0] == role }.map { $0 % 5 })
          .count == 5)
    }
  }

  /// For orthonormal features and for any others, Hf = 0.
  ///
  /// Rounding: d products for each of 4 directions, twice.
  @Test("Noise lies off the span of the features", arguments: [false, true])
  func projector(_ isSkew: Bool) throws {
    let generator = try generator(features: isSkew ? skewFeatures : nil)
    let set = try generator.generate(400, name: "train", seed: 2)
    var (squares, count) = (0.0, 0)
    for (row, role) in set.roles.enumerated() where role == .noise {
      let patch = Array(set.data.patches.row(row))
      let norm = patch.reduce(0) { $0 + $1 * $1 }
      for f in 0..<4 {
        let feature = set.features.row(f)
        let product = zip(patch, feature).reduce(0) { $0 + $1.0 * $1.1 }
        let size =
          norm.squareRoot() * feature.reduce(0) { $0 + $1 * $1 }.squareRoot()
        #expect(abs(product) <= 8 * 40 * Double.ulpOfOne * size)
      }
      squares += norm
      count += 1
    }
    // ‖ξ‖²/σ² is χ² with d − 4 = 36 degrees of freedom: of 800 the mean is
    // further than 5 of its deviations off with probability 6·10⁻⁷.
    let mean = squares / Double(count) / 0.25
    #expect(abs(mean - 36) <= 5 * (72.0 / Double(count)).squareRoot())
  }

  @Test("Rare samples and feature noise that are drawn")
  func draws() throws {
    let set = try generator(
      counts: .upTo, rare: .independent, probability: 0.3
    ).generate(2000, name: "train", seed: 3)
    // Binomial: further than 5 deviations with probability 6·10⁻⁷.
    let rare = Double(set.isRare.count { $0 })
    #expect(abs(rare - 600) <= 5 * (2000 * 0.3 * 0.7).squareRoot())
    let counts = (0..<2000).map { i in
      (0..<5).count { set.roles[i * 5 + $0] == .featureNoise }
    }
    for number in 0...2 {
      let count = Double(counts.count { $0 == number })
      #expect(
        abs(count - 2000 / 3) <= 5 * (2000.0 / 3 * 2 / 3).squareRoot())
    }
  }

  @Test("Sets of rare samples, of common ones, and of three classes")
  func sets() throws {
    let generator = try generator()
    let rare = try generator.generate(
      20, composition: .rareOnly, name: "rare-test", seed: 4)
    #expect(rare.isRare.allSatisfy { $0 })
    let common = try generator.generate(
      20, composition: .commonOnly, name: "common-test", seed: 4)
    #expect(!common.isRare.contains(true))
    let three = try self.generator(classes: 3)
      .generate(30, name: "train", seed: 4)
    #expect(three.features.rowCount == 6)
    #expect(Set(three.data.labels) == [0, 1, 2])
    #expect(three.isRare.count { $0 } == 6)
  }

  @Test("Streams are apart: what one option draws moves no other")
  func streams() throws {
    let a = try generator().generate(40, name: "train", seed: 5)
    let others = try [("train", 5), ("train", 6), ("test", 5)].map {
      try generator().generate(40, name: $0, seed: $1)
    }
    #expect(others.map { $0 == a } == [true, false, false])
    let b = try generator(probability: 0.4)
      .generate(40, name: "train", seed: 5)
    for row in a.roles.indices {
      // Only features change, from common to rare.
      let isFeature =
        a.roles[row] == .commonFeature
        || a.roles[row] == .rareFeature
      if !isFeature {
        #expect(a.roles[row] == b.roles[row])
        #expect(a.data.patches.row(row) == b.data.patches.row(row))
      }
    }
  }

  @Test("Files give back the same set, and damaged ones an error")
  func files() throws {
    let path = FileManager.default.temporaryDirectory
      .appending(path: "patches-\(UInt64.random(in: 0...UInt64.max))").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let set = try generator(features: skewFeatures)
      .generate(12, name: "train", seed: 7)
    let folder = try OutputFolder(path: path)
    try set.write(to: folder, prefix: "train-")
    #expect(try FeaturePatches(folder: path, prefix: "train-") == set)
    #expect(throws: FileError.self) {
      try FeaturePatches(folder: path, prefix: "test-")
    }
    try folder.write(
      ShapedArray(shape: [12], values: [Int](repeating: 2, count: 12)),
      as: "train-labels.npy")
    #expect(throws: FileError.self) {
      try FeaturePatches(folder: path, prefix: "train-")
    }
  }

  @Test("Options that make no sense")
  func errors() throws {
    #expect(throws: PatchGeneratorError.tooFewPatches(found: 2, needed: 3)) {
      try generator(patches: 2)
    }
    for probability in [0, 1, -0.1, 1.5, .nan] {
      #expect(throws: PatchGeneratorError.self) {
        try generator(probability: probability)
      }
    }
    var zero = skewFeatures
    for c in 0..<40 { zero[2, c] = 0 }
    #expect(throws: PatchGeneratorError.dependentFeatures(rank: 3, count: 4)) {
      try generator(features: zero)
    }
    var dependent = skewFeatures
    for c in 0..<40 {
      dependent[3, c] = 1e-9 * (dependent[0, c] + 2 * dependent[1, c])
    }
    #expect(throws: PatchGeneratorError.dependentFeatures(rank: 3, count: 4)) {
      try generator(features: dependent)
    }
    #expect(throws: PatchGeneratorError.self) {
      try generator(
        features: Matrix(rowCount: 3, columnCount: 40, repeating: 1))
    }
    #expect(throws: PatchGeneratorError.self) {
      try generator().generate(13, name: "train", seed: 0)
    }
    let error = PatchGeneratorError.tooFewPatches(found: 2, needed: 3)
    #expect(error.exitStatus == .usage)
    #expect("\(error)".contains("at least 3"))
    #expect(
      PatchGeneratorError.dependentFeatures(rank: 3, count: 4).exitStatus
        == .badData)
  }
}
