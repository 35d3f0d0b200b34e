/// A training set and a test set of the same images' shape and classes.
public struct ImageDataset: Sendable {
  /// What the data set is called, such as "cifar-10".
  public let name: String
  /// The images to train on.
  public let train: ImageSet
  /// The images to test on.
  public let test: ImageSet

  /// A data set from its two parts.
  ///
  /// - Precondition: both have the same shape, classes and full intensity.
  public init(name: String, train: ImageSet, test: ImageSet) {
    precondition(
      train.shape == test.shape,
      "training images of \(train.shape), test images of \(test.shape)")
    precondition(
      train.classNames == test.classNames,
      "\(train.classNames.count) classes for training, "
        + "\(test.classNames.count) for testing")
    precondition(
      train.maximumPixel == test.maximumPixel,
      "full intensity \(train.maximumPixel) and \(test.maximumPixel)")
    self.name = name
    self.train = train
    self.test = test
  }

  /// A digest of all images and labels, which tells contents apart that stand
  /// under the same name.
  ///
  /// - Complexity: Some seconds per gigabyte.
  public var checksum: String {
    let parts = [train, test].flatMap { set in
      [
        "\(set.shape) \(set.maximumPixel)", MD5.hexDigest(of: set.pixels),
        MD5.hexDigest(
          of: set.labels.flatMap { label in
            (0..<4).map { UInt8(truncatingIfNeeded: label >> (8 * $0)) }
          }),
      ]
    }
    return MD5.hexDigest(of: Array(parts.joined(separator: " ").utf8))
  }

  /// The shape of every image.
  public var shape: ImageShape { train.shape }

  /// The name of each class.
  public var classNames: [String] { train.classNames }
}
