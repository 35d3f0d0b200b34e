import ImageData
import LinearAlgebra
import Synthetic
import Testing

@Suite("Features planted on patches of real images")
struct PlantedImageTests {
  private func generator(
    dimension: Int = 16, patches: Int = 4
  ) throws -> PatchGenerator {
    try PatchGenerator(
      patchCount: patches, dimension: dimension, featureNoiseMagnitude: 0.2,
      rareProbability: 0.2, patchNoiseScale: 0.7)
  }

  private var images: ImageSet {
    get throws {
      // Eight different images of 6 × 5 pixels.
      ImageSet(
        name: "stripes",
        shape: ImageShape(channels: 1, height: 6, width: 5),
        classNames: ["a", "b"],
        pixels: (0..<240).map { (index: Int) -> UInt8 in
          UInt8((index * index + 7 * (index / 30)) % 251)
        },
        maximumPixel: 255, labels: (0..<8).map { Int32($0 % 2) })
    }
  }

  /// 4096 draws of the 48 squares give the scale, 800 the set.
  ///
  /// A mean of N of them has the relative deviation cv/√N, with
  /// a cv below 1 for any patches whose norms lie within a factor of 2 of each
  /// other, as these do: 5 deviations of both together are below 0.2.
  @Test("Noise has the size asked for and no part of a feature")
  func scale() throws {
    let set = try generator().generate(
      400, on: images, side: 4, name: "train", seed: 1)
    let noise = set.roles.indices.filter { set.roles[$0] == .noise }
    #expect(noise.count == 800)
    var square = 0.0
    for row in noise {
      let patch = set.data.patches.row(row)
      #expect(patch.prefix(4).allSatisfy { abs($0) <= 1e-14 })
      square += patch.reduce(0) { $0 + $1 * $1 }
    }
    // 16 − 4 coordinates of deviation 0.7.
    let mean = square / Double(noise.count)
    #expect(abs(mean / (0.49 * 12) - 1) <= 0.2)
  }

  /// Squares of 5 pixels have two places on an image: of one image they would
  /// be the same every other time.
  @Test("Each noise patch of a sample is of an image of its own")
  func differentImages() throws {
    let set = try generator(dimension: 25).generate(
      40, on: images, side: 5, name: "train", seed: 2)
    for sample in 0..<40 {
      let noise = (0..<4).map { 4 * sample + $0 }
        .filter { set.roles[$0] == .noise }
      #expect(noise.count == 2)
      #expect(
        Array(set.data.patches.row(noise[0]))
          != Array(set.data.patches.row(noise[1])))
    }
  }

  /// A patch cut at the same place of the same image is the same in both sets,
  /// and a set of a single noise patch is as good as any.
  @Test("Sets of one seed share centre and scale")
  func sharedScale() throws {
    let generator = try generator(patches: 3)
    func squares(_ count: Int, _ name: String) throws -> Set<[Double]> {
      let set = try generator.generate(
        count, on: images, side: 4, name: name, seed: 5)
      return Set(
        set.roles.indices.filter { set.roles[$0] == .noise }.map {
          Array(set.data.patches.row($0))
        })
    }
    let (train, test) = try (squares(600, "train"), squares(600, "test"))
    // 8 images of 3 × 2 places each; the chance that 600 draws miss one of 48
    // is below 48·(47/48)^600 < 2e-4, and the seed is fixed.
    #expect(train.count == 48)
    #expect(train == test)
    let single = try squares(2, "one")
    #expect(single.count == 2 && single.isSubset(of: train))
  }

  @Test("Roles are those of the Gaussian set of the same name and seed")
  func roles() throws {
    let generator = try generator()
    let planted = try generator.generate(
      20, on: images, side: 4, name: "train", seed: 2)
    let plain = try generator.generate(20, name: "train", seed: 2)
    #expect(planted.roles == plain.roles)
    #expect(planted.data.labels == plain.data.labels)
    #expect(planted.data != plain.data)
    let again = try generator.generate(
      20, on: images, side: 4, name: "train", seed: 2)
    #expect(planted == again)
  }

  @Test("Patches that do not fit, and images without anything on them")
  func errors() throws {
    #expect(
      throws: PatchGeneratorError.imageSize(side: 6, height: 6, width: 5)
    ) {
      try generator(dimension: 36).generate(
        20, on: images, side: 6, name: "train", seed: 3)
    }
    #expect(throws: PatchGeneratorError.self) {
      try generator(dimension: 17).generate(
        20, on: images, side: 4, name: "train", seed: 3)
    }
    let blank = ImageSet(
      name: "blank", shape: ImageShape(channels: 1, height: 6, width: 5),
      classNames: ["a"], pixels: [UInt8](repeating: 200, count: 90),
      maximumPixel: 255, labels: [0, 0, 0])
    #expect(throws: PatchGeneratorError.flatImages) {
      try generator().generate(
        20, on: blank, side: 4, name: "train", seed: 3)
    }
  }
}
