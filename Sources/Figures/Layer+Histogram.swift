extension Layer {
  /// How several histograms share their bins.
  public enum HistogramArrangement: Sendable, Equatable {
    /// As translucent areas over each other, outlined.
    case overlaid
    /// As bars beside each other within each bin.
    case sideBySide
  }

  /// The counts of one series in the bins of a histogram.
  public struct HistogramSeries: Sendable, Equatable {
    /// The name in the legend.
    public let label: String?
    /// A count, or a density, for each bin.
    public let counts: [Double]
    /// The index of the look.
    public let style: Int

    /// Makes a series of a histogram.
    public init(label: String? = nil, counts: [Double], style: Int = 0) {
      self.label = label
      self.counts = counts
      self.style = style
    }
  }

  /// Counts over the bins between neighbouring `edges`.
  ///
  /// - Precondition: the edges are finite and increase; each series has one
  ///   count for each bin.
  public static func histogram(
    edges: [Double], series: [HistogramSeries],
    arrangement: HistogramArrangement = .overlaid
  ) -> Layer {
    precondition(areEdges(edges), "the edges of bins are finite and increase")
    let binCount = max(edges.count - 1, 0)
    for one in series {
      precondition(
        one.counts.count == binCount,
        "\(one.counts.count) counts for \(binCount) bins")
    }
    return Layer(
      content: Histogram(
        edges: edges, series: series, arrangement: arrangement))
  }

  static func areEdges(_ edges: [Double]) -> Bool {
    edges.allSatisfy(Axis.Scale.linear.shows)
      && zip(edges, edges.dropFirst()).allSatisfy { $0 < $1 }
  }
}

struct Histogram: LayerContent {
  let edges: [Double]
  let series: [Layer.HistogramSeries]
  let arrangement: Layer.HistogramArrangement

  let depth = 2
  var styles: [SeriesStyle] { series.map { SeriesStyle($0.style) } }
  var extent: Extent {
    Extent(
      x: .init(values: edges),
      y: .init(
        values: series.flatMap(\.counts), margin: 0.04, startsAtZero: true))
  }
  var legend: [LegendEntry] {
    series.compactMap { one in
      let style = SeriesStyle(one.style)
      return one.label.map { LegendEntry($0, style, .area(fill(of: style))) }
    }
  }

  func clauses(
    _ axes: PanelAxes, _ tables: inout DataTables
  ) -> [PlotClause] {
    guard edges.count > 1 else { return [] }
    let name = axes.columnName(nil, axes.x.axis, "x")
    let lows = Column("\(name) from", edges.dropLast())
    let highs = Column("\(name) to", Array(edges.dropFirst()))
    let places = series.map { one in
      tables.add(
        panel: axes.panel, keys: [lows, highs],
        columns: [
          Column(axes.columnName(one.label, axes.y.axis, "count"), one.counts)
        ])
    }
    return zip(series, places).enumerated().flatMap { slot, pair in
      clauses(SeriesStyle(pair.0.style), pair.1, slot: slot, axes)
    }
  }

  private func clauses(
    _ style: SeriesStyle, _ place: DataTables.Place, slot: Int,
    _ axes: PanelAxes
  ) -> [PlotClause] {
    let column = place.columns[0]
    let count = axes.y.shown(column)
    let base = GnuplotText.number(axes.y.base)
    switch arrangement {
    case .sideBySide:
      // The slots fill the middle 0.84 of each bin.
      let width = 0.84 / Double(series.count)
      let from = GnuplotText.short(0.08 + width * Double(slot))
      let to = GnuplotText.short(0.08 + width * Double(slot + 1))
      return [
        box(
          place.table, style,
          x: "(finite($1+($2-$1)*\(from))):(finite($1+($2-$1)*\(to)))",
          base: base, count: count,
          border: "border linecolor rgb \"\(style.color)\"")
      ]
    case .overlaid:
      let line = "linestyle \(style.number)"
      let last = edges.count - 2
      // The outline runs along the ground where there is no count.
      let height = axes.y.height(column)
      return [
        box(
          place.table, style, x: "1:2", base: base, count: count,
          border: "noborder"),
        PlotClause(
          table: place.table, using: "1:\(height)", style: "steps \(line)"),
        // Steps neither rise to the first bin nor cross and leave the last.
        PlotClause(
          table: place.table, rows: 0...0,
          using: "1:(\(base)):(0):(\(height)-(\(base)))",
          style: "vectors nohead \(line)"),
        PlotClause(
          table: place.table, rows: last...last,
          using: "1:\(height):($2-$1):(0)", style: "vectors nohead \(line)"),
        PlotClause(
          table: place.table, rows: last...last,
          using: "2:(\(base)):(0):(\(height)-(\(base)))",
          style: "vectors nohead \(line)"),
      ]
    }
  }

  /// Boxes over the two columns `x`, from `base` to `count`.
  private func box(
    _ table: Int, _ style: SeriesStyle, x: String, base: String,
    count: String, border: String
  ) -> PlotClause {
    PlotClause(
      // The centre, which is not drawn, stands on a corner.
      table: table, using: "1:\(count):\(x):(\(base)):\(count)",
      style: "boxxyerror linestyle \(style.number) dashtype solid "
        + "linewidth 0.6 fillstyle \(fill(of: style)) \(border)")
  }

  private func fill(of style: SeriesStyle) -> String {
    arrangement == .overlaid ? "transparent solid 0.22" : style.fill
  }
}
