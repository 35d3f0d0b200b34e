/// Images in rows, with words under each.
public struct ImageSheet: Sendable {
  /// One image: its pixels row by row, the top row first.
  public struct Tile: Sendable, Equatable {
    /// The pixels in a row.
    public let width: Int
    /// The pixels in a column.
    public let height: Int
    /// The brightness of each pixel, or red, green and blue of each.
    public let values: [Double]
    /// Up to three lines under the image.
    public let caption: [String]

    /// Makes a tile.
    ///
    /// - Parameter values: `height * width` grey values, or
    ///   `height * width * 3` with the colours of a pixel beside each other.
    /// - Precondition: sides are positive, the counts agree, and the caption
    ///   has at most three lines.
    public init(
      width: Int, height: Int, values: [Double], caption: [String] = []
    ) {
      precondition(
        width > 0 && height > 0, "an image of \(width) x \(height) pixels")
      precondition(
        values.count == width * height || values.count == 3 * width * height,
        "\(values.count) values for \(width) x \(height) pixels")
      precondition(
        caption.count <= 3, "\(caption.count) lines under an image, not 3")
      self.width = width
      self.height = height
      self.values = values
      self.caption = caption
    }

    var isColored: Bool { values.count == 3 * width * height }
  }

  /// A row of images.
  public struct Row: Sendable, Equatable {
    /// The heading of the row.
    public let title: String?
    /// The images from left to right.
    public let tiles: [Tile]

    /// Makes a row of images.
    public init(title: String? = nil, tiles: [Tile]) {
      self.title = title
      self.tiles = tiles
    }
  }

  /// The rows from top to bottom.
  public let rows: [Row]
  /// The values shown as black and as white; others are clipped.
  public let range: ClosedRange<Double>

  /// Makes a sheet of images.
  ///
  /// - Precondition: `range` is finite and not empty.
  public init(rows: [Row], range: ClosedRange<Double> = 0...1) {
    precondition(
      Axis.Scale.linear.shows(range.lowerBound)
        && Axis.Scale.linear.shows(range.upperBound)
        && range.lowerBound < range.upperBound,
      "brightness from \(range.lowerBound) to \(range.upperBound)")
    self.rows = rows
    self.range = range
  }

  var columnCount: Int { rows.map(\.tiles.count).max() ?? 0 }

  /// A value as one of 256 steps of brightness; NaN is black.
  func level(_ value: Double) -> Double {
    if value.isNaN { return 0 }
    let clipped = min(max(value, range.lowerBound), range.upperBound)
    let span = range.upperBound - range.lowerBound
    return ((clipped - range.lowerBound) / span * 255).rounded()
  }
}
