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

  /// The sheet: a row for each class, or several classes in a row where there
  /// are many, with each one's name under its first image.
  var figure: Figure {
    let classes = dataset.classNames.indices
    let classesPerRow = classes.count > 20 ? max(1, 18 / count) : 1
    let rows: [ImageSheet.Row]
    let width: Double
    if classesPerRow == 1 {
      width = 504
      rows = classes.map {
        ImageSheet.Row(title: dataset.classNames[$0], tiles: tiles(of: $0))
      }
    } else {
      width = 720
      rows = stride(from: 0, to: classes.count, by: classesPerRow).map {
        first in
        ImageSheet.Row(
          tiles: classes[first...].prefix(classesPerRow).flatMap {
            tiles(of: $0, caption: dataset.classNames[$0])
          })
      }
    }
    let rowHeight =
      min((width - 34) / Double(count * classesPerRow), 60)
      + (classesPerRow == 1 ? 15 : 11)
    return Figure(
      name: "preview", title: dataset.name,
      caption: .init(
        "The first \(count) training images of each class of \(dataset.name)."),
      panels: [Panel(images: ImageSheet(rows: rows))],
      size: .init(
        width: width, height: min(45 + rowHeight * Double(rows.count), 7200)))
  }

  /// The first images of a class; the first of them with the caption.
  private func tiles(
    of label: Int, caption: String? = nil
  ) -> [ImageSheet.Tile] {
    let train = dataset.train
    return train.labels.indices.lazy
      .filter { train.labels[$0] == label }.prefix(count)
      .enumerated().map { place, index in
        ImageSheet.Tile(
          width: train.shape.width, height: train.shape.height,
          values: train.mixedPixels(index, index, 1),
          caption: caption.map { place == 0 ? [$0] : [] } ?? [])
      }
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
