import ArrayFiles
public import Figures
public import Foundation
public import ImageData

/// `mixlab data preview`: the first training images of each class.
public struct DatasetPreview: Sendable {
  private let dataset: ImageDataset
  private let count: Int

  /// A sheet with up to `count` images of each class.
  ///
  /// - Precondition: `count` is positive.
  public init(dataset: ImageDataset, count: Int) {
    precondition(count > 0, "a sheet of \(count) images a class")
    self.dataset = dataset
    self.count = count
  }

  /// The sheet, a row for each class.
  var figure: Figure {
    let train = dataset.train
    let width = 504.0
    let rows = dataset.classNames.enumerated().map { label, name in
      ImageSheet.Row(
        title: name,
        tiles: train.labels.indices.lazy
          .filter { train.labels[$0] == label }.prefix(count)
          .map { index in
            ImageSheet.Tile(
              width: train.shape.width, height: train.shape.height,
              values: train.mixedPixels(index, index, 1))
          })
    }
    let rowHeight = min(470 / Double(count), 60) + 15
    return Figure(
      name: "preview", title: dataset.name,
      caption: .init(
        "The first \(count) training images of each class of \(dataset.name)."),
      panels: [Panel(images: ImageSheet(rows: rows))],
      size: .init(
        width: width, height: min(45 + rowHeight * Double(rows.count), 7200)))
  }

  /// Writes the figure to a folder.
  ///
  /// - Returns: the drawings.
  public func write(
    to path: String, overwrite: Bool, formats: [Gnuplot.Format]
  ) throws -> [URL] {
    _ = try OutputFolder(path: path, overwrite: overwrite)
    return try figure.write(
      to: URL(filePath: path, directoryHint: .isDirectory), formats: formats
    ).suffix(formats.count)
  }
}
