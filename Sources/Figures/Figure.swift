/// A figure as a value: what is drawn, not how.
///
/// A figure is written as data (`.csv`), a gnuplot script (`.gp`), a caption
/// (`.caption.md`) and renderings of the script; see `write(to:formats:with:)`.
public struct Figure: Sendable {
  /// The stem of every file name of the figure.
  public let name: String
  /// The heading above the panels; papers usually leave it out.
  public var title: String?
  /// What a reader has to know beside the picture.
  public var caption: Caption?
  /// The panels, row by row.
  public var panels: [Panel]
  /// The largest number of panels side by side.
  public var columns: Int
  /// The size on paper.
  public var size: Size
  /// Where the legend shared by the panels stands.
  public var legend: LegendPlacement
  /// Small words below everything: what a mark in the picture means.
  public var footnote: String?

  /// Makes a figure.
  ///
  /// - Precondition: `name` is usable as a file name (`isUsableName`), and
  ///   `columns` is positive.
  public init(
    name: String,
    title: String? = nil,
    caption: Caption? = nil,
    panels: [Panel],
    columns: Int = 1,
    size: Size = .page,
    legend: LegendPlacement = .automatic,
    footnote: String? = nil
  ) {
    precondition(
      Figure.isUsableName(name),
      "a figure's name has ASCII letters, digits, - and _, not \"\(name)\"")
    precondition(columns > 0, "a grid of panels has columns, not \(columns)")
    self.name = name
    self.title = title
    self.caption = caption
    self.panels = panels
    self.columns = columns
    self.size = size
    self.legend = legend
    self.footnote = footnote
  }

  /// Whether `name` has only ASCII letters, digits, `-` and `_`, at least one
  /// of them, and does not begin with `-`.
  public static func isUsableName(_ name: String) -> Bool {
    !name.isEmpty && !name.hasPrefix("-")
      && name.allSatisfy {
        $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_")
      }
  }
}

extension Figure {
  /// The size of a figure on paper, in points of 1/72 inch.
  public struct Size: Sendable, Equatable {
    /// The width in points.
    public let width: Double
    /// The height in points.
    public let height: Double

    /// Makes a size; each side has at least 72 points.
    public init(width: Double, height: Double) {
      precondition(
        (72...7200).contains(width) && (72...7200).contains(height),
        "a figure has 72 to 7200 points a side, not \(width) x \(height)")
      self.width = width
      self.height = height
    }

    /// One column of a two-column paper: 3.5 by 2.6 inches.
    public static let column = Size(width: 252, height: 187)
    /// The width of a page: 7 by 4 inches.
    public static let page = Size(width: 504, height: 288)
  }

  /// Where the legend shared by the panels stands, outside all of them.
  public enum LegendPlacement: Sendable, Equatable {
    /// To the right of a single wide panel, otherwise below.
    case automatic
    /// To the right of the panels.
    case right
    /// Below the panels.
    case below
  }

  /// The words that go with a figure.
  public struct Caption: Sendable, Equatable {
    /// What the figure shows.
    public var text: String
    /// The number of independent runs or samples behind each mark.
    public var sampleCount: Int?
    /// What bands and error bars mean, such as "95 % t interval of the mean".
    public var interval: String?

    /// Makes a caption.
    public init(
      _ text: String, sampleCount: Int? = nil, interval: String? = nil
    ) {
      self.text = text
      self.sampleCount = sampleCount
      self.interval = interval
    }
  }
}
