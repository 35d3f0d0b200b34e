public import ImageData
import LinearAlgebra
import Randomness

extension PatchGenerator {
  /// Generates a set whose noise patches are cut from real images.
  ///
  ///     ξ = c·H·(x − x̄)
  ///
  /// x is a square of pixels at a random place of an image of its own. The mean
  /// square x̄ and the number c, which makes the mean of ‖ξ‖² equal to
  /// σ_p²·(d − rank V), the expectation with Gaussian noise, come from 4096
  /// squares of the `reference` images: sets of one seed share both, and the
  /// mean square norm of a set is met within the sampling error of those, about
  /// 1 %. The features are planted in their places as ever; the images' own
  /// classes do not count. The streams are `NAME-images` and `NAME-cuts` in
  /// place of `NAME-noise`, and `reference-cuts`.
  ///
  /// - Parameters:
  ///   - images: What the patches are cut from, an image per noise patch, each
  ///     image once before any is taken again.
  ///   - reference: The images that give x̄ and c, those of the training set
  ///     where it is not this one; nil for `images`.
  ///   - side: Sides of the squares; all channels together have
  ///     `side·side·channels` = `dimension` numbers.
  /// - Precondition: There is an image, and the reference has the same shape.
  public func generate(
    _ sampleCount: Int, composition: Composition = .mixed,
    on images: ImageSet, reference: ImageSet? = nil, side: Int, name: String,
    seed: UInt64
  ) throws(PatchGeneratorError) -> FeaturePatches {
    let reference = reference ?? images
    let shape = images.shape
    precondition(images.count > 0 && reference.count > 0, "no images")
    precondition(
      reference.shape == shape,
      "images of \(shape) with a reference of \(reference.shape)")
    guard side >= 1, side <= min(shape.height, shape.width) else {
      throw .imageSize(side: side, height: shape.height, width: shape.width)
    }
    guard side * side * shape.channels == dimension else {
      throw .option(
        "dimension",
        expected: "\(side * side * shape.channels) for \(side) × \(side) "
          + "pixels of \(shape.channels) channels", found: "\(dimension)")
    }
    let (mean, factor) = try centring(reference, side: side, seed: seed)
    var order = RandomStream(rootSeed: seed, name: name + "-images")
    var cuts = RandomStream(rootSeed: seed, name: name + "-cuts")
    var left: [Int] = []
    return try generate(
      sampleCount, composition: composition, name: name, seed: seed
    ) { _, patch in
      if left.isEmpty { left = order.permutation(of: images.count).reversed() }
      Self.cut(images, left.removeLast(), side: side, from: &cuts, into: &patch)
      for c in patch.indices { patch[c] -= mean[c] }
      removeFeatures(from: &patch)
      for c in patch.indices { patch[c] *= factor }
    }
  }

  /// x̄ and c of some images.
  private func centring(
    _ images: ImageSet, side: Int, seed: UInt64
  ) throws(PatchGeneratorError) -> (mean: [Double], factor: Double) {
    let count = 4096
    var stream = RandomStream(rootSeed: seed, name: "reference-cuts")
    var patch = [Double](repeating: 0, count: dimension)
    var mean = patch
    var patches: [[Double]] = []
    patches.reserveCapacity(count)
    var largest = 0.0
    for _ in 0..<count {
      let image = stream.index(below: images.count)
      Self.cut(images, image, side: side, from: &stream, into: &patch)
      for (c, value) in patch.enumerated() {
        mean[c] += value
        largest = max(largest, value)
      }
      patches.append(patch)
    }
    for c in mean.indices { mean[c] /= Double(count) }
    var square = 0.0
    for var patch in patches {
      for c in patch.indices { patch[c] -= mean[c] }
      removeFeatures(from: &patch)
      square += patch.reduce(0) { $0 + $1 * $1 }
    }
    square /= Double(count)
    // What is left of equal patches is rounding, of the mean's sum above all.
    let rounding = Double(count) * largest * Double.ulpOfOne
    guard square > Double(dimension) * rounding * rounding else {
      throw .flatImages
    }
    let wanted =
      patchNoiseScale * patchNoiseScale
      * Double(dimension - 2 * classCount)
    return (mean, (wanted / square).squareRoot())
  }

  /// Copies the pixels of a square at a random place, channel after channel.
  private static func cut(
    _ images: ImageSet, _ image: Int, side: Int,
    from stream: inout RandomStream, into patch: inout [Double]
  ) {
    let shape = images.shape
    let top = stream.index(below: shape.height - side + 1)
    let left = stream.index(below: shape.width - side + 1)
    let start = image * shape.valueCount
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
}
