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

  @Test("Noise has the size asked for and no part of a feature")
  func scale() throws {
    let set = try generator().generate(
      20, on: images, side: 4, name: "train", seed: 1)
    var (square, count) = (0.0, 0)
    for (row, role) in set.roles.enumerated() where role == .noise {
      let patch = set.data.patches.row(row)
      #expect(patch.prefix(4).allSatisfy { abs($0) <= 1e-14 })
      square += patch.reduce(0) { $0 + $1 * $1 }
      count += 1
    }
    // 16 − 4 coordinates of deviation 0.7, by construction.
    let mean = square / Double(count)
    #expect(abs(mean / (0.49 * 12) - 1) <= 1e-12)
    #expect(count == 40)
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
