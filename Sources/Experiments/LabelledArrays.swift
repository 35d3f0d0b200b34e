import ArrayFiles
import ImageTrain
import LinearAlgebra
import Networks
import VectorMath

/// Images and labels from array files, checked against each other and against
/// networks.
struct LabelledArrays: Sendable {
  /// Pixels, [n, D].
  let pixels: Matrix<Double>
  /// Labels, 0-based.
  let labels: [Int32]

  private let imageFile: String
  private let labelFile: String

  /// Reads images of rank 2 or more, flattened to rows, and their labels.
  init(images: String, labels: String) throws(FileError) {
    imageFile = images
    labelFile = labels
    let array = try NPY.readNumbers(images)
    guard array.shape.count >= 2 else {
      throw .malformed(
        file: images, expected: "images of shape [n, …]",
        found: "shape \(array.shape)")
    }
    let count = array.shape[0]
    let size = array.shape.dropFirst().reduce(1, *)
    guard count > 0, size > 0 else {
      throw .malformed(
        file: images, expected: "at least one image of one pixel",
        found: "shape \(array.shape)")
    }
    pixels = Matrix(rowCount: count, columnCount: size, elements: array.values)
    let integers = try NPY.readIntegers(labels, shape: [nil])
    guard integers.values.count == count else {
      throw .malformed(
        file: labels, expected: "\(count) labels, one per image",
        found: "\(integers.values.count)")
    }
    if let huge = integers.values.first(where: {
      Int32(exactly: $0) == nil
    }) {
      throw .malformed(
        file: labels, expected: "class numbers", found: "\(huge)")
    }
    self.labels = integers.values.map { Int32($0) }
  }

  /// Refuses networks that do not fit the images, and labels that are no
  /// class of theirs.
  func check(
    _ networks: [(file: String, network: DenseNetwork<Double>)]
  ) throws(FileError) {
    for (file, network) in networks {
      guard network.shape.inputSize == pixels.columnCount else {
        throw .malformed(
          file: imageFile,
          expected: "\(network.shape.inputSize) pixels, as \(file) has inputs",
          found: "\(pixels.columnCount)")
      }
      guard network.shape.classCount == networks[0].network.shape.classCount
      else {
        throw .malformed(
          file: file,
          expected: "\(networks[0].network.shape.classCount) classes, as "
            + networks[0].file, found: "\(network.shape.classCount)")
      }
    }
    let classes = networks[0].network.shape.classCount
    if let bad = labels.firstIndex(where: { $0 < 0 || $0 >= classes }) {
      throw .malformed(
        file: labelFile, expected: "labels in 0 ..< \(classes)",
        found: "\(labels[bad]) at \(bad)")
    }
  }
}
