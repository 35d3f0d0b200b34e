public import LinearAlgebra

/// Labelled images of one shape, as bytes.
///
/// - Shapes: `pixels` is `count × (channels · height · width)`. Within an image
///   the channels follow one another, each a plane in row-major order: the pixel
///   of channel c, row r and column k is at `(c · height + r) · width + k`.
public struct ImageSet: Sendable {
  /// What the set is called in messages and figures, such as "mnist test".
  public let name: String
  /// The shape of every image.
  public let shape: ImageShape
  /// The name of each class; a label is an index into this.
  public let classNames: [String]
  /// The images one after another.
  public let pixels: [UInt8]
  /// The pixel value that stands for full intensity: 255, or 16 for the digits.
  public let maximumPixel: UInt8
  /// The class of each image, from 0.
  public let labels: [Int32]

  /// A set from its parts.
  ///
  /// - Precondition: `pixels` holds one image per label, the labels are indices
  ///   into `classNames`, and `maximumPixel` is positive.
  public init(
    name: String, shape: ImageShape, classNames: [String], pixels: [UInt8],
    maximumPixel: UInt8, labels: [Int32]
  ) {
    precondition(
      pixels.count == labels.count * shape.valueCount,
      "\(pixels.count) pixels for \(labels.count) images of \(shape)")
    precondition(
      labels.allSatisfy { 0 <= $0 && $0 < classNames.count },
      "a label outside 0 ..< \(classNames.count)")
    precondition(maximumPixel > 0, "full intensity 0")
    self.name = name
    self.shape = shape
    self.classNames = classNames
    self.pixels = pixels
    self.maximumPixel = maximumPixel
    self.labels = labels
  }

  /// The number of images.
  public var count: Int { labels.count }

  /// The number of images of each class.
  public var classCounts: [Int] {
    Stratified.classCounts(of: labels, classCount: classNames.count)
  }

  /// The images at `indices`, in that order; an index may appear twice.
  ///
  /// - Parameters:
  ///   - indices: which images, counted from 0.
  ///   - newName: what to call them, if not by this set's name.
  /// - Precondition: every index is in `0 ..< count`.
  public func subset(
    _ indices: [Int], named newName: String? = nil
  ) -> ImageSet {
    var chosen: [UInt8] = []
    chosen.reserveCapacity(indices.count * shape.valueCount)
    for index in indices {
      precondition(
        0 <= index && index < count, "image \(index) of \(count)")
      let first = index * shape.valueCount
      chosen += pixels[first..<(first + shape.valueCount)]
    }
    return ImageSet(
      name: newName ?? name, shape: shape, classNames: classNames,
      pixels: chosen,
      maximumPixel: maximumPixel, labels: indices.map { labels[$0] })
  }

  /// The pixels in [0, 1], one image a row.
  ///
  ///     value = pixel / maximumPixel
  ///
  /// - Shape: `count × (channels · height · width)`.
  /// - Numerics: the quotient is rounded once.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func scaled<Scalar: BLASScalar>(
    as scalar: Scalar.Type = Scalar.self
  ) -> Matrix<Scalar> {
    let maximum = Scalar(maximumPixel)
    return Matrix(
      rowCount: count, columnCount: shape.valueCount,
      elements: pixels.map { Scalar($0) / maximum })
  }
}
