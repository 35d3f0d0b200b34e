/// Something drawn in a panel: a line, a band, points, bars, a histogram, a
/// density.
///
/// A series keeps the look of its `style` index in every figure. Values that
/// are not finite are gaps; so are values ≤ 0 on a logarithmic axis.
public struct Layer: Sendable {
  let content: any LayerContent
}

/// What a kind of layer has to know of itself.
protocol LayerContent: Sendable {
  /// The place in the drawing order; lower lies under higher.
  var depth: Int { get }
  /// What the layer asks of the axes.
  var extent: Extent { get }
  /// The looks that the script must define.
  var styles: [SeriesStyle] { get }
  /// The series it adds to the legend.
  var legend: [LegendEntry] { get }
  /// Enters the data and returns the clauses of the plot command.
  func clauses(
    _ axes: PanelAxes, _ tables: inout DataTables
  ) -> [PlotClause]
}

/// The axes in which a layer is drawn, with the panel's place in the figure.
struct PanelAxes {
  let panel: Int
  let x: AxisLayout
  let y: AxisLayout

  /// The name of a value column: the series, else the axis, else `fallback`.
  func columnName(_ label: String?, _ axis: Axis, _ fallback: String) -> String
  {
    if let label, !label.isEmpty { return label }
    return axis.label.isEmpty ? fallback : axis.label
  }
}

/// One part of a plot command.
struct PlotClause {
  let table: Int
  /// Which rows of the table, from 0; all without.
  var rows: ClosedRange<Int>?
  let using: String
  let style: String

  func text(file: String) -> String {
    let every = rows.map { "every ::\($0.lowerBound)::\($0.upperBound) " } ?? ""
    return "\(GnuplotText.literal(file)) skip 1 \(every)using \(using) "
      + "with \(style) notitle"
  }
}

/// A line of the legend; entries with equal label and style become one.
struct LegendEntry: Equatable {
  enum Mark { case line, point, area(String) }

  let label: String
  let style: SeriesStyle
  var hasLine = false
  var hasPoint = false
  var fill: String?

  init(_ label: String, _ style: SeriesStyle, _ mark: Mark) {
    self.label = label
    self.style = style
    switch mark {
    case .line: hasLine = true
    case .point: hasPoint = true
    case .area(let fillStyle): fill = fillStyle
    }
  }

  /// The clause of the plot command that draws the entry.
  var text: String {
    let sample =
      if let fill {
        "boxes linestyle \(style.number) dashtype solid linewidth 0.8 "
          + "fillstyle \(fill) border"
      } else if hasLine && hasPoint {
        "linespoints linestyle \(style.number)"
      } else if hasPoint {
        "points linestyle \(style.number)"
      } else {
        "lines linestyle \(style.number)"
      }
    return "keyentry with \(sample) title \(GnuplotText.quoted(label))"
  }

  /// The entries with those of equal label and style joined, in their order.
  static func joined(_ entries: [LegendEntry]) -> [LegendEntry] {
    entries.reduce(into: []) { result, entry in
      let known = result.firstIndex {
        $0.label == entry.label && $0.style == entry.style
      }
      if let known {
        result[known].hasLine = result[known].hasLine || entry.hasLine
        result[known].hasPoint = result[known].hasPoint || entry.hasPoint
        result[known].fill = result[known].fill ?? entry.fill
      } else {
        result.append(entry)
      }
    }
  }
}
