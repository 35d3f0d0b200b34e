import Foundation

/// The part of a script that draws one panel.
struct PanelScript {
  let panel: Panel
  let frame: FigureLayout.Frame
  let size: Figure.Size
  let axes: PanelAxes
  let hasTurnedNames: Bool

  init(
    _ panel: Panel, frame: FigureLayout.Frame, size: Figure.Size,
    axes: PanelAxes, hasTurnedNames: Bool
  ) {
    self.panel = panel
    self.frame = frame
    self.size = size
    self.axes = axes
    self.hasTurnedNames = hasTurnedNames
  }

  /// Takes away what the panel before has put up.
  static let clearing = [
    "unset label; unset arrow; unset object; unset title; unset colorbox",
    "unset xlabel; unset ylabel; unset logscale",
  ]

  /// Enters the data and returns the clauses in drawing order.
  func clauses(_ tables: inout DataTables) -> [PlotClause] {
    if let sheet = panel.sheet {
      return SheetLayout(sheet, width: frame.width, height: frame.height)
        .clauses(panel: axes.panel, &tables)
    }
    let parts = panel.layers.map {
      (depth: $0.content.depth, $0.content.clauses(axes, &tables))
    }
    // Equal depths keep their order.
    return parts.enumerated()
      .sorted { ($0.element.depth, $0.offset) < ($1.element.depth, $1.offset) }
      .flatMap(\.element.1)
  }

  /// The lines that draw the panel.
  func lines(
    _ clauses: [PlotClause], of figure: Figure, _ tables: DataTables
  ) -> [String] {
    let drawn = clauses.map {
      $0.text(file: tables.fileName($0.table, of: figure.name))
    }
    var lines = Self.clearing + margins
    if let title = panel.title {
      lines.append(
        "set title \(GnuplotText.quoted(title)) offset 0,-0.4 font "
          + "\",\(number(FigureLayout.TypeSize.panel))\" textcolor rgb "
          + "\"\(Ink.text)\"")
    }
    if let sheet = panel.sheet {
      let layout = SheetLayout(sheet, width: frame.width, height: frame.height)
      lines.append("unset border; unset tics; unset grid")
      lines += layout.settings
      if clauses.isEmpty { lines.append(Self.noData) }
      lines.append(
        Self.plot(drawn, x: (0, frame.width), y: (frame.height, 0)))
      lines.append(Self.frameAgain)
      return lines
    }
    lines += axisLines("x", axes.x) + axisLines("y", axes.y)
    lines += panel.referenceLines.enumerated().flatMap {
      referenceLines($0.element, index: $0.offset + 1)
    }
    if let density = panel.layers.lazy.compactMap({ $0.content as? Density })
      .first
    {
      lines += colorLines(density)
    }
    for case let bars as Bars in panel.layers.map(\.content) {
      lines += bars.edgeLabels(axes)
    }
    if isEmpty { lines.append(Self.noData) }

    var entries: [LegendEntry] = []
    if case .inside(let corner) = panel.legend {
      entries = LegendEntry.joined(panel.layers.flatMap(\.content.legend))
      lines.append(
        "set key inside \(corner.rawValue) vertical Left reverse samplen 2.6 "
          + "spacing 1.1 font \",\(number(FigureLayout.TypeSize.tics))\"")
    }
    lines.append(
      Self.plot(
        drawn, legend: entries, x: (axes.x.lower, axes.x.upper),
        y: isTopDown
          ? (axes.y.upper, axes.y.lower) : (axes.y.lower, axes.y.upper)))
    if !entries.isEmpty { lines.append("unset key") }
    return lines
  }

  /// What the panel leaves out, in sentences.
  func notes(inFigureOf panelCount: Int) -> [String] {
    let place = panelCount == 1 ? "" : " of panel \(axes.panel + 1)"
    var result: [String] = []
    func add(_ layout: AxisLayout, _ name: String) {
      if layout.notFiniteCount > 0 {
        result.append(
          "Left as gaps: \(counted(layout.notFiniteCount)) not finite on the "
            + "\(name) axis\(place).")
      }
      if layout.notPositiveCount > 0 {
        result.append(
          "Left out: \(counted(layout.notPositiveCount)) ≤ 0 on the "
            + "logarithmic \(name) axis\(place).")
      }
    }
    add(axes.x, "x")
    add(axes.y, "y")
    for layer in panel.layers {
      if let density = layer.content as? Density {
        let layout = density.colorAxis
        if layout.notFiniteCount + layout.notPositiveCount > 0 {
          result.append(
            "Empty cells\(place) have no value on the colour axis.")
        }
      }
    }
    return result
  }

  private func counted(_ count: Int) -> String {
    count == 1 ? "1 value" : "\(count) values"
  }
}

extension PanelScript {
  private static let noData =
    "set label 'no data' at graph 0.5,0.5 center textcolor rgb "
    + "\"\(Ink.quiet)\""
  private static let frameAgain =
    "set border 3; set tics; set grid xtics ytics"

  /// A plot command over the given ranges.
  ///
  /// gnuplot draws axes and legend only beside a plot: where there is none, a
  /// value that is nowhere stands in.
  static func plot(
    _ clauses: [String], legend: [LegendEntry] = [], x: (Double, Double),
    y: (Double, Double)
  ) -> String {
    func range(_ ends: (Double, Double)) -> String {
      "[\(GnuplotText.number(ends.0)):\(GnuplotText.number(ends.1))]"
    }
    let all =
      (clauses.isEmpty ? ["NaN notitle"] : clauses) + legend.map(\.text)
    return "plot \(range(x)) \(range(y)) \\\n  "
      + all.joined(separator: ", \\\n  ")
  }

  private func number(_ value: Double) -> String { GnuplotText.short(value) }

  /// Whether no value of the panel can be drawn.
  private var isEmpty: Bool {
    let extents = panel.layers.map(\.content.extent)
    return !extents.contains { extent in
      extent.x.values.contains(where: axes.x.axis.scale.shows)
        && extent.y.values.contains(where: axes.y.axis.scale.shows)
    }
  }

  /// Names on the y axis are read from the top.
  private var isTopDown: Bool { axes.y.isCategorical }

  private var margins: [String] {
    let x = [frame.left, frame.right].map { number($0 / size.width) }
    let y = [frame.bottom, frame.top].map { number($0 / size.height) }
    return [
      "set lmargin at screen \(x[0]); set rmargin at screen \(x[1])",
      "set bmargin at screen \(y[0]); set tmargin at screen \(y[1])",
    ]
  }

  private func axisLines(_ name: String, _ layout: AxisLayout) -> [String] {
    var lines: [String] = []
    if !layout.axis.label.isEmpty {
      // Labels stand where the layout has left room, whatever gnuplot thinks
      // of the width of the tics.
      let tics =
        name == "y"
        ? ""
        : " offset 0,\(hasTurnedNames ? "0" : "0.3")"
      lines.append(
        "set \(name)label \(GnuplotText.quoted(layout.axis.label))\(tics) "
          + "textcolor rgb \"\(Ink.text)\"")
    }
    let isLogarithmic = layout.axis.scale == .logarithmic
    if isLogarithmic { lines.append("set logscale \(name)") }
    let shape = isLogarithmic && layout.tics == nil ? "10^{%T}" : "%h"
    lines.append("set format \(name) '\(shape)'")
    let turn =
      name == "x" && hasTurnedNames ? "rotate by 40 right" : "norotate"
    let scale = layout.isCategorical ? " scale 0" : " scale 0.6,0.3"
    let place =
      layout.tics.map { tics in
        let list = tics.map { tic in
          (tic.label.map { GnuplotText.quoted($0) + " " } ?? "")
            + GnuplotText.number(tic.position)
        }
        return "(" + list.joined(separator: ", ") + ")"
      } ?? "autofreq"
    lines.append("set \(name)tics \(turn)\(scale) \(place)")
    lines.append(
      isLogarithmic && layout.tics == nil
        ? "set m\(name)tics" : "unset m\(name)tics")
    lines.append(
      layout.isCategorical
        ? "set grid no\(name)tics" : "set grid \(name)tics")
    return lines
  }

  private func referenceLines(
    _ line: Panel.ReferenceLine, index: Int
  ) -> [String] {
    let layout = line.direction == .horizontal ? axes.y : axes.x
    guard (layout.lower...layout.upper).contains(line.position) else {
      return []
    }
    let value = GnuplotText.number(line.position)
    let ends =
      line.direction == .horizontal
      ? "graph 0,first \(value) to graph 1,first \(value)"
      : "first \(value),graph 0 to first \(value),graph 1"
    // Colours cover what lies behind them.
    let isOverColors = panel.layers.contains { $0.content is Density }
    let depth = isOverColors ? "front" : "back"
    let ink = isOverColors ? Ink.text : Ink.quiet
    var result = [
      "set arrow \(index) from \(ends) nohead \(depth) linewidth 1 "
        + "dashtype (5,4) linecolor rgb \"\(ink)\""
    ]
    if let label = line.label {
      let isLate =
        layout.fraction(of: line.position) > 0.6
      let place =
        switch line.direction {
        case .horizontal:
          "graph 0.99,first \(value) right offset 0,0.55"
        case .vertical:
          isLate
            ? "first \(value),graph 0.96 right offset -0.5,0"
            : "first \(value),graph 0.96 left offset 0.5,0"
        }
      result.append(
        "set label \(index) \(GnuplotText.quoted(label)) at \(place) font "
          + "\",\(number(FigureLayout.TypeSize.small))\" textcolor rgb "
          + "\"\(ink)\" front")
    }
    return result
  }

  private func colorLines(_ density: Density) -> [String] {
    let axis = density.colorAxis
    let left = number((frame.right + 8) / size.width)
    let bottom = number(frame.bottom / size.height)
    let width = number(8 / size.width)
    let height = number(frame.height / size.height)
    var lines = density.settings
    lines.append(
      "set colorbox user origin \(left),\(bottom) size \(width),\(height) "
        + "noborder")
    let isPlain = axis.tics != nil
    let tics =
      axis.tics.map { tics in
        "("
          + tics.map { GnuplotText.number($0.position) }
          .joined(separator: ", ") + ")"
      } ?? "autofreq"
    lines.append("set format cb '\(isPlain ? "%h" : "10^{%T}")'")
    lines.append("set cbtics nomirror scale 0.4 \(tics)")
    if density.valueAxis.label.isEmpty {
      lines.append("unset cblabel")
    } else {
      lines.append(
        "set cblabel \(GnuplotText.quoted(density.valueAxis.label)) textcolor "
          + "rgb \"\(Ink.text)\"")
    }
    return lines
  }
}
