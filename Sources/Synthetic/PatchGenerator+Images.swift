public import ImageData
import LinearAlgebra
import Randomness

extension PatchGenerator {
  /// Generates a set whose noise patches are cut from real images.
  ///
  ///     ξ = c·H·(x − x̄)
  ///
  /// x is a square of pixels at a random place of the sample's image, x̄ the mean
  /// square, and c one number for all that makes the mean of ‖ξ‖² equal to
  /// σ_p²·(d − rank V), the expectation with Gaussian noise. The features are
  /// planted in their places as ever; the images' own classes do not count.
  /// The streams are `NAME-images` and `NAME-cuts` in place of `NAME-noise`.
  ///
  /// - Parameters:
  ///   - images: What the patches are cut from, an image per sample, each
  ///     image once before any is taken again.
  ///   - side: Sides of the squares; all channels together have
  ///     `side·side·channels` = `dimension` numbers.
  /// - Precondition: There is an image.
  public func generate(
    _ sampleCount: Int, composition: Composition = .mixed,
    on images: ImageSet, side: Int, name: String, seed: UInt64
  ) throws(PatchGeneratorError) -> FeaturePatches {
    precondition(images.count > 0, "no images")
    let shape = images.shape
    guard side >= 1, side <= min(shape.height, shape.width) else {
      throw .imageSize(side: side, height: shape.height, width: shape.width)
    }
    guard side * side * shape.channels == dimension else {
      throw .option(
        "dimension",
        expected: "\(side * side * shape.channels) for \(side) × \(side) "
          + "pixels of \(shape.channels) channels", found: "\(dimension)")
    }
    var order = RandomStream(rootSeed: seed, name: name + "-images")
    var cuts = RandomStream(rootSeed: seed, name: name + "-cuts")
    var chosen: [Int] = []
    while chosen.count < sampleCount {
      chosen += order.permutation(of: images.count)
    }
    let plain = try generate(
      sampleCount, composition: composition, name: name, seed: seed
    ) { sample, patch in
      let top = cuts.index(below: shape.height - side + 1)
      let left = cuts.index(below: shape.width - side + 1)
      let start = chosen[sample] * shape.valueCount
      var next = 0
      for channel in 0..<shape.channels {
        for row in top..<top + side {
          let line = start + (channel * shape.height + row) * shape.width
          for column in left..<left + side {
            patch[next] = Double(images.pixels[line + column])
            next += 1
          }
        }
      }
    }
    return try centred(plain)
  }

  /// Takes mean and features out of the noise patches and scales them.
  private func centred(
    _ plain: FeaturePatches
  ) throws(PatchGeneratorError) -> FeaturePatches {
    let rows = plain.roles.indices.filter { plain.roles[$0] == .noise }
    guard !rows.isEmpty else { return plain }
    let patches = plain.data.patches
    var mean = [Double](repeating: 0, count: dimension)
    for row in rows {
      for (c, value) in patches.row(row).enumerated() { mean[c] += value }
    }
    for c in mean.indices { mean[c] /= Double(rows.count) }
    var elements = patches.elements
    var square = 0.0
    var largest = 0.0
    for row in rows {
      var patch = zip(patches.row(row), mean).map { $0 - $1 }
      removeFeatures(from: &patch)
      for (c, value) in patch.enumerated() {
        elements[row * dimension + c] = value
        square += value * value
        largest = max(largest, abs(patches[row, c]))
      }
    }
    square /= Double(rows.count)
    // What is left of equal patches is rounding.
    let rounding = Double(dimension) * largest * Double.ulpOfOne
    guard square > rounding * rounding else { throw .flatImages }
    let wanted =
      patchNoiseScale * patchNoiseScale
      * Double(dimension - 2 * classCount)
    let factor = (wanted / square).squareRoot()
    for row in rows {
      for c in 0..<dimension { elements[row * dimension + c] *= factor }
    }
    return FeaturePatches(
      data: PatchData(
        patches: Matrix(
          rowCount: patches.rowCount, columnCount: dimension,
          elements: elements),
        patchCount: patchCount, labels: plain.data.labels,
        classCount: classCount),
      features: features, roles: plain.roles)
  }
}
