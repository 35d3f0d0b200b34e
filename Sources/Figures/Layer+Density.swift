extension Layer {
  /// How the values of a density become colours.
  public enum ColorScale: Sendable, Equatable {
    /// From near white for the least to dark blue for the largest value;
    /// keeps its order in grey print. For counts and magnitudes.
    case sequential
    /// From blue through white at 0 to orange, with equal ends. For signed
    /// values; the sign is lost in grey print.
    case diverging
    /// From white to black.
    case grey
  }

  /// Values over a grid of cells, as colours.
  ///
  /// - Parameters:
  ///   - xEdges: The n + 1 sides of n columns of cells.
  ///   - yEdges: The k + 1 sides of k rows of cells.
  ///   - values: n·k values, those of the first column first: the cell (i, j)
  ///     has the value `values[i * k + j]`. NaN leaves a cell empty.
  ///   - valueAxis: The name, scale and range of the values.
  ///   - colors: How values become colours.
  /// - Precondition: the edges are finite and increase, there are n·k values,
  ///   and a diverging scale is linear.
  public static func density(
    xEdges: [Double], yEdges: [Double], values: [Double], valueAxis: Axis,
    colors: ColorScale = .sequential
  ) -> Layer {
    precondition(
      areEdges(xEdges) && areEdges(yEdges),
      "the edges of cells are finite and increase")
    let cells = (max(xEdges.count - 1, 0), max(yEdges.count - 1, 0))
    precondition(
      values.count == cells.0 * cells.1,
      "\(values.count) values for \(cells.0) x \(cells.1) cells")
    precondition(
      colors != .diverging || valueAxis.scale == .linear,
      "a diverging colour scale is linear")
    return Layer(
      content: Density(
        xEdges: xEdges, yEdges: yEdges, values: values, valueAxis: valueAxis,
        colors: colors))
  }
}

struct Density: LayerContent {
  let xEdges: [Double]
  let yEdges: [Double]
  let values: [Double]
  let valueAxis: Axis
  let colors: Layer.ColorScale

  let depth = 0
  let styles: [SeriesStyle] = []
  let legend: [LegendEntry] = []
  var extent: Extent {
    Extent(x: .init(values: xEdges), y: .init(values: yEdges))
  }

  /// The scale of the colours beside the panel.
  var colorAxis: AxisLayout {
    var seen = values
    if colors == .diverging, valueAxis.range == nil {
      let shown = values.filter(valueAxis.scale.shows)
      let end = shown.map(abs).max() ?? 0
      seen += [-end, end]
    }
    return AxisLayout(valueAxis, .init(values: seen), ticCount: 5)
  }

  func clauses(
    _ axes: PanelAxes, _ tables: inout DataTables
  ) -> [PlotClause] {
    guard !values.isEmpty else { return [] }
    let columns = xEdges.count - 1
    let rows = yEdges.count - 1
    func spread(_ edges: some Collection<Double>, perColumn: Bool) -> [Double] {
      perColumn
        ? edges.flatMap { Array(repeating: $0, count: rows) }
        : Array(repeating: Array(edges), count: columns).flatMap(\.self)
    }
    let x = axes.columnName(nil, axes.x.axis, "x")
    let y = axes.columnName(nil, axes.y.axis, "y")
    let place = tables.add(
      panel: axes.panel,
      keys: [
        Column("\(x) from", spread(xEdges.dropLast(), perColumn: true)),
        Column("\(x) to", spread(xEdges.dropFirst(), perColumn: true)),
        Column("\(y) from", spread(yEdges.dropLast(), perColumn: false)),
        Column("\(y) to", spread(yEdges.dropFirst(), perColumn: false)),
      ],
      columns: [Column(axes.columnName(nil, valueAxis, "value"), values)])
    let value = colorAxis.shown(place.columns[0])
    let isImage =
      axes.x.axis.scale == .linear && axes.y.axis.scale == .linear
      && Self.areEven(xEdges) && Self.areEven(yEdges)
    let using =
      isImage
      ? "(($1+$2)/2):(($3+$4)/2):\(value)"
      : "1:3:1:2:3:4:\(value)"
    let style =
      isImage
      ? "@heat" : "boxxyerror fillcolor palette fillstyle solid noborder"
    return [PlotClause(table: place.table, using: using, style: style)]
  }

  /// Whether all cells are equally wide, to a thousandth.
  private static func areEven(_ edges: [Double]) -> Bool {
    guard edges.count > 2, let first = edges.first, let last = edges.last
    else { return false }
    let width = (last - first) / Double(edges.count - 1)
    return zip(edges, edges.dropFirst()).allSatisfy {
      abs($1 - $0 - width) <= 1e-3 * width
    }
  }

  /// The settings of the colours.
  var settings: [String] {
    let stops =
      switch colors {
      case .sequential:
        ["#F4F8FC", "#B7D4EA", "#6BAED6", "#2878B8", "#08306B"]
      case .diverging:
        ["#0B4F8A", "#7FB1D8", "#FFFFFF", "#F0A868", "#A04A00"]
      case .grey:
        ["#FFFFFF", "#000000"]
      }
    let palette = stops.enumerated().map { "\($0.offset) '\($0.element)'" }
    let axis = colorAxis
    return [
      "set palette defined (\(palette.joined(separator: ", ")))",
      valueAxis.scale == .logarithmic
        ? "set logscale cb" : "unset logscale cb",
      "set cbrange [\(GnuplotText.number(axis.lower))"
        + ":\(GnuplotText.number(axis.upper))]",
    ]
  }
}
