extension Layer {
  /// A line through the points (x, y), in the given order.
  ///
  /// - Precondition: `x` and `y` have equal counts.
  public static func line(
    x: [Double], y: [Double], label: String? = nil, style: Int = 0
  ) -> Layer {
    precondition(
      x.count == y.count, "a line of \(x.count) x and \(y.count) y")
    return Layer(
      content: Line(x: x, y: y, label: label, style: SeriesStyle(style)))
  }

  /// A line as what others of its colour are compared with; nil of another
  /// layer.
  ///
  /// It is thin and dotted and has no entry in the legend: say in the caption
  /// what it is.
  public var asReference: Layer? {
    guard var line = content as? Line else { return nil }
    line.isReference = true
    return Layer(content: line)
  }

  /// The area between `lower` and `upper` over `x`.
  ///
  /// It has a tint of the colour of the line with the same style. The series'
  /// name stands in the data file only; say in the caption what the band is.
  ///
  /// - Parameter opacity: How much of what lies below it covers; less where
  ///   many bands lie over each other.
  /// - Precondition: `x`, `lower` and `upper` have equal counts, and `opacity`
  ///   is in 0...1.
  public static func band(
    x: [Double], lower: [Double], upper: [Double], of series: String? = nil,
    style: Int = 0, opacity: Double = 0.18
  ) -> Layer {
    precondition(
      (0...1).contains(opacity), "an opacity of \(opacity), not 0 to 1")
    precondition(
      x.count == lower.count && x.count == upper.count,
      "a band of \(x.count) x, \(lower.count) lower and \(upper.count) upper")
    return Layer(
      content: Band(
        x: x, lower: lower, upper: upper, series: series,
        style: SeriesStyle(style), opacity: opacity))
  }

  /// Points, with bars from `lower` to `upper` where given.
  ///
  /// - Precondition: all arrays have equal counts; `lower` and `upper` come
  ///   together.
  public static func points(
    x: [Double], y: [Double], lower: [Double]? = nil, upper: [Double]? = nil,
    label: String? = nil, style: Int = 0
  ) -> Layer {
    precondition(
      x.count == y.count, "points of \(x.count) x and \(y.count) y")
    precondition(
      (lower == nil) == (upper == nil), "an error bar has two ends")
    precondition(
      (lower?.count ?? x.count) == x.count
        && (upper?.count ?? x.count) == x.count,
      """
      \(x.count) points with \(lower?.count ?? 0) lower and \
      \(upper?.count ?? 0) upper ends
      """)
    return Layer(
      content: Points(
        x: x, y: y, lower: lower, upper: upper, label: label,
        style: SeriesStyle(style)))
  }
}

struct Line: LayerContent {
  let x: [Double]
  let y: [Double]
  let label: String?
  let style: SeriesStyle
  var isReference = false

  var depth: Int { isReference ? 2 : 3 }
  var styles: [SeriesStyle] { [style] }
  var extent: Extent {
    Extent(x: .init(values: x), y: .init(values: y, margin: 0.04))
  }
  var legend: [LegendEntry] {
    guard let label, !isReference else { return [] }
    return [LegendEntry(label, style, .line)]
  }

  func clauses(
    _ axes: PanelAxes, _ tables: inout DataTables
  ) -> [PlotClause] {
    let place = tables.add(
      panel: axes.panel,
      keys: [Column(axes.columnName(nil, axes.x.axis, "x"), x)],
      columns: [Column(axes.columnName(label, axes.y.axis, "y"), y)])
    let using = "\(axes.x.shown(1)):\(axes.y.shown(place.columns[0]))"
    var result = [
      PlotClause(
        table: place.table, using: using,
        style: "lines linestyle \(style.number)"
          + (isReference ? " dashtype (1,3) linewidth 1" : ""))
    ]
    if hasIsolatedValue(axes) {
      result.append(
        PlotClause(
          table: place.table, using: using,
          style: "points linestyle \(style.number) pointtype 7 pointsize 0.3"))
    }
    return result
  }

  /// Whether a value stands between gaps, where a line cannot show it.
  private func hasIsolatedValue(_ axes: PanelAxes) -> Bool {
    let drawn = zip(x, y).map {
      axes.x.axis.scale.shows($0) && axes.y.axis.scale.shows($1)
    }
    return drawn.indices.contains { index in
      drawn[index] && (index == 0 || !drawn[index - 1])
        && (index == drawn.count - 1 || !drawn[index + 1])
    }
  }
}

struct Band: LayerContent {
  let x: [Double]
  let lower: [Double]
  let upper: [Double]
  let series: String?
  let style: SeriesStyle
  let opacity: Double

  let depth = 1
  var styles: [SeriesStyle] { [style] }
  let legend: [LegendEntry] = []
  var extent: Extent {
    Extent(
      x: .init(values: x), y: .init(values: lower + upper, margin: 0.04))
  }

  func clauses(
    _ axes: PanelAxes, _ tables: inout DataTables
  ) -> [PlotClause] {
    let name = axes.columnName(series, axes.y.axis, "y")
    let place = tables.add(
      panel: axes.panel,
      keys: [Column(axes.columnName(nil, axes.x.axis, "x"), x)],
      columns: [
        Column("\(name) lower", lower), Column("\(name) upper", upper),
      ])
    let ends = place.columns.map(axes.y.shown).joined(separator: ":")
    return [
      PlotClause(
        table: place.table, using: "\(axes.x.shown(1)):\(ends)",
        style: "filledcurves linestyle \(style.number) "
          + "fillstyle transparent solid \(GnuplotText.short(opacity)) "
          + "noborder")
    ]
  }
}

struct Points: LayerContent {
  let x: [Double]
  let y: [Double]
  let lower: [Double]?
  let upper: [Double]?
  let label: String?
  let style: SeriesStyle

  let depth = 3
  var styles: [SeriesStyle] { [style] }
  var extent: Extent {
    Extent(
      x: .init(values: x, margin: 0.04),
      y: .init(values: y + (lower ?? []) + (upper ?? []), margin: 0.06))
  }
  var legend: [LegendEntry] {
    label.map { [LegendEntry($0, style, .point)] } ?? []
  }

  func clauses(
    _ axes: PanelAxes, _ tables: inout DataTables
  ) -> [PlotClause] {
    let name = axes.columnName(label, axes.y.axis, "y")
    var columns = [Column(name, y)]
    if let lower, let upper {
      columns += [
        Column("\(name) lower", lower), Column("\(name) upper", upper),
      ]
    }
    let place = tables.add(
      panel: axes.panel,
      keys: [Column(axes.columnName(nil, axes.x.axis, "x"), x)],
      columns: columns)
    let values = place.columns.map(axes.y.shown)
    var result = [
      PlotClause(
        table: place.table, using: "\(axes.x.shown(1)):\(values[0])",
        style: "points linestyle \(style.number)")
    ]
    if lower != nil {
      result.insert(
        PlotClause(
          table: place.table,
          using: "\(axes.x.shown(1)):\(values[1]):(0):"
            + "(\(values[2])-\(values[1]))",
          style: "vectors @cap linestyle \(style.number) dashtype solid "
            + "linewidth 1"),
        at: 0)
    }
    return result
  }
}
