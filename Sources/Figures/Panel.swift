/// One coordinate system of a figure, with what is drawn in it.
public struct Panel: Sendable {
  /// Where the names of a panel's series stand.
  public enum Legend: Sendable, Equatable {
    /// In the figure's legend, outside the panels.
    case shared
    /// In a corner of this panel, over its data.
    case inside(Corner)
    /// Nowhere.
    case hidden
  }

  /// A corner of a panel.
  public enum Corner: String, Sendable, Equatable {
    /// The upper left corner.
    case topLeft = "left top"
    /// The upper right corner.
    case topRight = "right top"
    /// The lower left corner.
    case bottomLeft = "left bottom"
    /// The lower right corner.
    case bottomRight = "right bottom"
  }

  /// A straight line across the panel: a chance level, a switch of method.
  public struct ReferenceLine: Sendable, Equatable {
    enum Direction { case horizontal, vertical }

    let direction: Direction
    let position: Double
    let label: String?

    /// A line at the height `y`.
    public static func horizontal(
      _ y: Double, label: String? = nil
    ) -> ReferenceLine {
      ReferenceLine(direction: .horizontal, position: y, label: label)
    }

    /// A line at the abscissa `x`.
    public static func vertical(
      _ x: Double, label: String? = nil
    ) -> ReferenceLine {
      ReferenceLine(direction: .vertical, position: x, label: label)
    }
  }

  /// The heading of the panel.
  public var title: String?
  /// The horizontal axis.
  public var x: Axis
  /// The vertical axis.
  public var y: Axis
  /// What is drawn: areas under lines, otherwise later over earlier.
  public var layers: [Layer]
  /// Lines across the panel, behind the data.
  public var referenceLines: [ReferenceLine]
  /// Where the names of the series stand.
  public var legend: Legend

  /// Makes a panel.
  ///
  /// - Precondition: at most one layer names categories (`bars`), and at most
  ///   one has a colour scale (`density`).
  public init(
    title: String? = nil,
    x: Axis,
    y: Axis,
    layers: [Layer],
    referenceLines: [ReferenceLine] = [],
    legend: Legend = .shared
  ) {
    precondition(
      layers.count { $0.content is Bars } <= 1,
      "a panel has one layer of bars; give it several series")
    precondition(
      layers.count { $0.content is Density } <= 1,
      "a panel has one colour scale, so one density")
    self.title = title
    self.x = x
    self.y = y
    self.layers = layers
    self.referenceLines = referenceLines
    self.legend = legend
    sheet = nil
  }

  /// Makes a panel that shows images instead of axes.
  public init(title: String? = nil, images: ImageSheet) {
    self.title = title
    x = Axis("")
    y = Axis("")
    layers = []
    referenceLines = []
    legend = .hidden
    sheet = images
  }

  let sheet: ImageSheet?
}
