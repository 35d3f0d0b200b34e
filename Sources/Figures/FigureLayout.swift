import Foundation

/// Where everything stands, in points from the lower left corner.
///
/// Text is measured by counting characters: gnuplot cannot be asked before it
/// draws, and a layout that does not depend on the fonts of a machine is the
/// same everywhere.
struct FigureLayout {
  /// The sizes of type in points.
  enum TypeSize {
    static let title = 10.0
    static let panel = 9.0
    static let text = 9.0
    static let tics = 8.0
    static let small = 7.5
  }

  /// A rectangle.
  struct Frame {
    var left, bottom, right, top: Double
    var width: Double { right - left }
    var height: Double { top - bottom }
  }

  /// The legend's entries, the number in a row (0: one column), and the place
  /// of its upper left corner or, in rows, of the middle of its upper side.
  struct Legend {
    let entries: [LegendEntry]
    let columns: Int
    let x, y: Double
  }

  let frames: [Frame]
  let axes: [(x: AxisLayout, y: AxisLayout)]
  /// Which panels have the names below their x axis turned.
  let turnedNames: [Bool]
  let legend: Legend?

  /// The width of text, from the mean width of the letters of a sans serif.
  static func width(_ text: String, _ size: Double) -> Double {
    Double(GnuplotText.lines(of: text).map(\.count).max() ?? 0) * size * 0.58
  }

  init(_ figure: Figure) {
    var area = Frame(
      left: 6, bottom: 4, right: figure.size.width - 6,
      top: figure.size.height - 4)
    if let title = figure.title {
      area.top -=
        1.5 * TypeSize.title * Double(GnuplotText.lines(of: title).count)
    }
    if let footnote = figure.footnote {
      area.bottom +=
        1.35 * TypeSize.small * Double(GnuplotText.lines(of: footnote).count)
        + 2
    }
    legend = Self.placeLegend(of: figure, in: &area)

    let columnCount = min(figure.columns, max(figure.panels.count, 1))
    let rowCount = (figure.panels.count + columnCount - 1) / columnCount
    let cell = (
      width: area.width / Double(columnCount),
      height: area.height / Double(max(rowCount, 1))
    )
    let axes = figure.panels.map { Self.axes(of: $0, cell: cell) }
    let gutters = zip(figure.panels, axes).map {
      var gutters = Self.gutters(of: $0, $1, cell: cell)
      // The last tic of a panel keeps off the name of its neighbour's axis.
      if columnCount > 1 { gutters.right += 6 }
      return gutters
    }
    // Panels above each other share their left and right gutters, panels
    // beside each other the upper and lower ones, so that frames align.
    func shared(
      _ side: KeyPath<Gutters, Double>, _ isNeighbour: (Int) -> Bool
    ) -> Double {
      gutters.indices.filter(isNeighbour).map { gutters[$0][keyPath: side] }
        .max() ?? 0
    }
    frames = figure.panels.indices.map { index in
      let (row, column) = index.quotientAndRemainder(dividingBy: columnCount)
      let left = area.left + Double(column) * cell.width
      let top = area.top - Double(row) * cell.height
      let inColumn = { $0 % columnCount == column }
      let inRow = { $0 / columnCount == row }
      var frame = Frame(
        left: left + shared(\.left, inColumn),
        bottom: top - cell.height + shared(\.bottom, inRow),
        right: left + cell.width - shared(\.right, inColumn),
        top: top - shared(\.top, inRow))
      // Too small a figure has crowded panels, but has them.
      frame.right = max(frame.right, frame.left + 10)
      frame.top = max(frame.top, frame.bottom + 10)
      return frame
    }
    self.axes = axes
    turnedNames = gutters.map(\.hasTurnedNames)
  }
}

extension FigureLayout {
  private struct Gutters {
    var left = 0.0
    var bottom = 0.0
    var right = 8.0
    var top = 5.0
    var hasTurnedNames = false
  }

  private static func axes(
    of panel: Panel, cell: (width: Double, height: Double)
  ) -> (x: AxisLayout, y: AxisLayout) {
    var x = Extent.Side()
    var y = Extent.Side()
    for layer in panel.layers {
      let extent = layer.content.extent
      x.join(extent.x)
      y.join(extent.y)
    }
    for line in panel.referenceLines {
      switch line.direction {
      case .horizontal: y.values.append(line.position)
      case .vertical: x.values.append(line.position)
      }
    }
    let vertical = AxisLayout(
      panel.y, y, ticCount: max(2, (cell.height - 40) / 30))
    // Names beside bars can take half of the cell.
    let length = cell.width - leftGutter(vertical, of: panel) - Gutters().right
    return (
      AxisLayout(
        panel.x, x, ticCount: max(2, (cell.width - 50) / 48), length: length),
      vertical
    )
  }

  private static func leftGutter(_ y: AxisLayout, of panel: Panel) -> Double {
    y.ticWidth * TypeSize.tics * 0.6 + 9 + (panel.y.label.isEmpty ? 0 : 14)
  }

  private static func gutters(
    of panel: Panel, _ axes: (x: AxisLayout, y: AxisLayout),
    cell: (width: Double, height: Double)
  ) -> Gutters {
    var result = Gutters()
    if let title = panel.title {
      result.top +=
        3 + 1.5 * TypeSize.panel * Double(GnuplotText.lines(of: title).count)
    }
    guard panel.sheet == nil else {
      result.left = 4
      return result
    }
    result.left = leftGutter(axes.y, of: panel)
    result.bottom = 17
    if !panel.x.label.isEmpty { result.bottom += 13 }

    if axes.x.isCategorical, let names = axes.x.tics {
      let room = (cell.width - result.left - 8) / Double(max(names.count, 1))
      let longest = axes.x.ticWidth * TypeSize.tics * 0.58
      if longest > room - 3 {
        result.hasTurnedNames = true
        // Names hang at 40 degrees.
        result.bottom += min(longest, 0.6 * cell.height) * 0.64 - 4
      }
    }
    if let density = panel.layers.lazy.compactMap({ $0.content as? Density })
      .first
    {
      result.right +=
        24 + density.colorAxis.ticWidth * TypeSize.tics * 0.6
        + (density.valueAxis.label.isEmpty ? 0 : 14)
    }
    return result
  }

  private static func placeLegend(
    of figure: Figure, in area: inout Frame
  ) -> Legend? {
    let entries = LegendEntry.joined(
      figure.panels.filter { $0.legend == .shared }
        .flatMap { $0.layers.flatMap(\.content.legend) })
    guard !entries.isEmpty else { return nil }
    let widest =
      entries.map { width($0.label, TypeSize.tics) }.max() ?? 0
    let entryWidth = widest + 34
    let lineHeight = TypeSize.tics * 1.45
    let isRight =
      switch figure.legend {
      case .right: true
      case .below: false
      case .automatic:
        figure.panels.count == 1 && figure.size.width >= 360
          && entries.count > 1 && entryWidth < 0.35 * area.width
      }
    if isRight {
      area.right -= entryWidth + 4
      return Legend(
        entries: entries, columns: 0, x: area.right + 4, y: area.top - 6)
    }
    let columns = min(
      entries.count, max(1, Int(area.width / entryWidth)))
    let rows = (entries.count + columns - 1) / columns
    area.bottom += Double(rows) * lineHeight + 4
    return Legend(
      entries: entries, columns: columns, x: (area.left + area.right) / 2,
      y: area.bottom - 2)
  }
}
