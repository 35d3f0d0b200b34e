import Foundation

extension Layer {
  /// Which way lengths run in a comparison of arms.
  public enum BarDirection: Sendable, Equatable {
    /// Bars rise; their names stand below.
    case vertical
    /// Bars run to the right; their names stand at the left, the first on top.
    /// The better choice for long names.
    case horizontal
  }

  /// How a value of a comparison is marked.
  public enum BarMark: Sendable, Equatable {
    /// A bar from 0, for amounts.
    case bar
    /// A point, for values whose distance from 0 means little, such as
    /// accuracies between 0.80 and 0.85.
    case point
  }

  /// One value for each name, with the ends of its error bar.
  public struct BarSeries: Sendable, Equatable {
    /// The name in the legend.
    public let label: String?
    /// A value for each name.
    public let values: [Double]
    /// The lower ends of the error bars.
    public let lower: [Double]?
    /// The upper ends of the error bars.
    public let upper: [Double]?
    /// The index of the look.
    public let style: Int

    /// Makes a series of bars.
    ///
    /// - Precondition: all arrays have equal counts; `lower` and `upper` come
    ///   together.
    public init(
      label: String? = nil, values: [Double], lower: [Double]? = nil,
      upper: [Double]? = nil, style: Int = 0
    ) {
      precondition(
        (lower == nil) == (upper == nil), "an error bar has two ends")
      precondition(
        (lower?.count ?? values.count) == values.count
          && (upper?.count ?? values.count) == values.count,
        """
        \(values.count) bars with \(lower?.count ?? 0) lower and \
        \(upper?.count ?? 0) upper ends
        """)
      self.label = label
      self.values = values
      self.lower = lower
      self.upper = upper
      self.style = style
    }
  }

  /// A comparison of arms: for each name a value of each series.
  ///
  /// A value beyond an axis' given range stands as a number with an arrow at
  /// that end of it, one that is not finite as "no value".
  ///
  /// - Precondition: each series has one value for each name.
  public static func bars(
    names: [String], series: [BarSeries],
    direction: BarDirection = .vertical, mark: BarMark = .bar
  ) -> Layer {
    for one in series {
      precondition(
        one.values.count == names.count,
        "\(one.values.count) values for \(names.count) names")
    }
    return Layer(
      content: Bars(
        names: names, series: series, direction: direction, mark: mark))
  }
}

struct Bars: LayerContent {
  let names: [String]
  let series: [Layer.BarSeries]
  let direction: Layer.BarDirection
  let mark: Layer.BarMark

  let depth = 2
  var styles: [SeriesStyle] { series.map { SeriesStyle($0.style) } }
  var extent: Extent {
    let places = Extent.Side(
      values: names.isEmpty ? [] : [0.4, Double(names.count) + 0.6],
      categories: names)
    let lengths = Extent.Side(
      values: series.flatMap {
        $0.values + ($0.lower ?? []) + ($0.upper ?? [])
      },
      margin: 0.05, startsAtZero: mark == .bar)
    return direction == .vertical
      ? Extent(x: places, y: lengths) : Extent(x: lengths, y: places)
  }
  var legend: [LegendEntry] {
    series.compactMap { one in
      let style = SeriesStyle(one.style)
      return one.label.map {
        LegendEntry($0, style, mark == .bar ? .area(style.fill) : .point)
      }
    }
  }

  func clauses(
    _ axes: PanelAxes, _ tables: inout DataTables
  ) -> [PlotClause] {
    guard !names.isEmpty else { return [] }
    let lengths = direction == .vertical ? axes.y : axes.x
    let places = series.map { one in
      let name = axes.columnName(one.label, lengths.axis, "value")
      var columns = [Column(name, one.values)]
      if let lower = one.lower, let upper = one.upper {
        columns += [
          Column("\(name) lower", lower), Column("\(name) upper", upper),
        ]
      }
      return tables.add(
        panel: axes.panel,
        keys: [Column("place", names.indices.map { Double($0 + 1) })],
        columns: columns, texts: ("name", names))
    }
    return zip(series, places).enumerated().flatMap { slot, pair in
      clauses(pair.0, pair.1, slot: slot, lengths)
    }
  }

  private func clauses(
    _ one: Layer.BarSeries, _ place: DataTables.Place, slot: Int,
    _ lengths: AxisLayout
  ) -> [PlotClause] {
    let style = "linestyle \(SeriesStyle(one.style).number)"
    let values = place.columns.map(lengths.shown)
    // The slots fill the middle 0.7 of each place.
    let width = 0.7 / Double(series.count)
    let left = width * Double(slot) - 0.35
    let center = "($1+\(GnuplotText.short(left + width / 2)))"
    var result: [PlotClause] = []
    if mark == .bar {
      let sides =
        "($1+\(GnuplotText.short(left))):"
        + "($1+\(GnuplotText.short(left + width)))"
      let ends = "(\(GnuplotText.number(lengths.base))):\(values[0])"
      let box = direction == .vertical ? "\(sides):\(ends)" : "\(ends):\(sides)"
      result.append(
        PlotClause(
          table: place.table,
          using: "\(point(center, values[0])):\(box)",
          style: "boxxyerror \(style) dashtype solid linewidth 0.8 fillstyle "
            + "\(SeriesStyle(one.style).fill) border"))
    }
    if values.count == 3 {
      // A value that stands as a number at the edge has no error bar there.
      let start =
        lengths.axis.range == nil
        ? values[1]
        : "($\(place.columns[0])>=\(GnuplotText.number(lengths.lower))"
          + "&&$\(place.columns[0])<=\(GnuplotText.number(lengths.upper))"
          + "?$\(place.columns[1]):NaN)"
      let height = "(\(values[2])-\(values[1]))"
      let change = direction == .vertical ? "(0):\(height)" : "\(height):(0)"
      let ink = mark == .bar ? "linecolor rgb \"\(Ink.text)\" " : ""
      result.append(
        PlotClause(
          table: place.table,
          using: "\(point(center, start)):\(change)",
          style: "vectors @cap \(style) \(ink)dashtype solid linewidth 1"))
    }
    if mark == .point {
      result.append(
        PlotClause(
          table: place.table, using: point(center, values[0]),
          style: "points \(style) pointsize 0.7"))
    }
    return result
  }

  /// Numbers with arrows for the values that the axis does not reach.
  func edgeLabels(_ axes: PanelAxes) -> [String] {
    let lengths = direction == .vertical ? axes.y : axes.x
    let width = 0.7 / Double(max(series.count, 1))
    return series.enumerated().flatMap { slot, one in
      one.values.enumerated().compactMap { index, value in
        let isFinite = abs(value) < Axis.Scale.bound
        guard !(lengths.lower...lengths.upper).contains(value) else {
          return nil
        }
        let isBelow = !isFinite || value < lengths.lower
        let place = GnuplotText.number(
          Double(index + 1)
            + width * (Double(slot) + 0.5 - Double(series.count) / 2))
        let number = String(format: "%.3g", value)
        var (words, position) =
          switch (direction, isBelow) {
          case (.horizontal, true):
            ("← \(number)", "graph 0.015,first \(place) left")
          case (.horizontal, false):
            ("\(number) →", "graph 0.985,first \(place) right")
          case (.vertical, true):
            ("↓ \(number)", "first \(place),graph 0.03 center")
          case (.vertical, false):
            ("↑ \(number)", "first \(place),graph 0.97 center")
          }
        if !isFinite { words = "no value" }
        let type = GnuplotText.short(FigureLayout.TypeSize.small)
        return "set label \(GnuplotText.quoted(words)) at \(position) front "
          + "font \",\(type)\" textcolor rgb \"\(Ink.text)\""
      }
    }
  }

  private func point(_ place: String, _ length: String) -> String {
    direction == .vertical ? "\(place):\(length)" : "\(length):\(place)"
  }
}
