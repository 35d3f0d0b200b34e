import ArrayFiles
import ImageData
import ImageTrain

/// A part of the images of an experiment.
public enum ImagePart: String, CaseIterable, Sendable {
  /// What students are trained on.
  case train
  /// Training images set apart to choose runs with.
  case validation
  /// Training images that only holdout teachers see.
  case holdout
  /// The test images.
  case test
}

/// `mixlab data export`: images and labels as arrays, cut and scaled as
/// training sees them.
public struct ImageExport: Sendable {
  private let document: ConfigurationDocument
  private let part: ImagePart

  /// An export of the images that a configuration's `data` describes.
  public init(document: ConfigurationDocument, part: ImagePart) {
    self.document = document
    self.part = part
  }

  /// Writes `images.npy` [n, D], `labels.npy` [n] and `result.json`.
  ///
  /// - Throws: `ConfigurationError` for the settings, `ImageDataError` for the
  ///   data, `FileError` for the folder.
  public func run(output: String, overwrite: Bool) throws {
    let data = try DataSelection(document)
    let set = try images(data)
    let pixels = set.pixels.elements
    let folder = try OutputFolder(path: output, overwrite: overwrite)
    try folder.write(
      ShapedArray(
        shape: [set.pixels.rowCount, set.pixels.columnCount], values: pixels),
      as: "images.npy")
    try folder.write(
      ShapedArray(
        shape: [set.labels.count], values: set.labels.map { Int($0) }),
      as: "labels.npy")
    try JSONDocument([
      "command": "data export",
      "configuration": [
        "data": data.settings.value, "part": .string(part.rawValue),
      ],
      "version": .string(mixlabVersion),
      "imageCount": .int(set.labels.count),
      "pixelCount": .int(set.pixels.columnCount),
    ]).write(to: folder.file("result.json"))
  }

  private func images(
    _ data: DataSelection
  ) throws -> LabelledImages<Double> {
    let prepared = try data.images()
    let chosen: ImageSet? =
      switch part {
      case .train: prepared.train
      case .validation: prepared.validation
      case .holdout: prepared.holdout
      case .test: prepared.test
      }
    guard let chosen else {
      throw data.error(
        at: "data.\(part.rawValue)",
        "there is no \(part.rawValue) part of a share of 0; ask for one with "
          + "--\(part.rawValue)")
    }
    return prepared.labelled(chosen)
  }
}
