import Foundation

/// The gnuplot script of a figure and the data that it reads.
struct FigureScript {
  let text: String
  let tables: DataTables
  /// What is left out of the picture, in sentences.
  let notes: [String]

  init(_ figure: Figure) {
    let layout = FigureLayout(figure)
    var tables = DataTables()
    var panels: [(PanelScript, clauses: [PlotClause])] = []
    for (index, panel) in figure.panels.enumerated() {
      let script = PanelScript(
        panel, frame: layout.frames[index], size: figure.size,
        axes: PanelAxes(
          panel: index, x: layout.axes[index].x, y: layout.axes[index].y),
        hasTurnedNames: layout.turnedNames[index])
      panels.append((script, script.clauses(&tables)))
    }

    var lines = Self.head(figure)
    lines += Self.usedStyles(figure).map(\.definition)
    lines += ["", "set multiplot"]
    for (index, (script, clauses)) in panels.enumerated() {
      lines += ["", "# Panel \(index + 1)"]
      lines += script.lines(clauses, of: figure, tables)
    }
    lines += Self.frame(figure, layout.legend)
    lines += ["", "unset multiplot", "unset output", ""]
    text = lines.joined(separator: "\n")
    self.tables = tables
    notes = panels.flatMap { $0.0.notes(inFigureOf: figure.panels.count) }
  }
}

extension FigureScript {
  /// Terminal, output and what all panels share.
  private static func head(_ figure: Figure) -> [String] {
    let name = figure.name
    let size = figure.size
    func sides(_ unitsPerPoint: Double) -> String {
      "\(GnuplotText.number((size.width * unitsPerPoint).rounded())),"
        + GnuplotText.number((size.height * unitsPerPoint).rounded())
    }
    let inches =
      "\(GnuplotText.short(size.width / 72))in,"
      + "\(GnuplotText.short(size.height / 72))in"
    return """
      # gnuplot \(name).gp                          draws \(name).svg
      # gnuplot -e "format='pdf'" \(name).gp        draws \(name).pdf
      # gnuplot -e "format='png'" \(name).gp        draws \(name).png
      reset
      set encoding utf8
      if (!exists("format")) format = 'svg'
      if (!exists("output")) output = '\(name).' . format
      heat = 'image'
      tile = 'rgbimage'
      cap = 'heads nofilled size screen \(GnuplotText.short(2 / size.width)),90'
      if (format eq 'svg') {
        # Cells as shapes: browsers smooth the pixels of images.
        heat = 'image pixels'
        tile = '\(tileStyle(figure))'
        set terminal svg enhanced size \(sides(4.0 / 3)) font "sans-serif,9" \\
          fontscale 1.3333 background "#FFFFFF"
      } else { if (format eq 'pdf') {
        set terminal pdfcairo enhanced size \(inches) font "Sans,9" \\
          fontscale 0.75 linewidth 1.5 pointscale 0.75 background "#FFFFFF"
      } else { if (format eq 'png') {
        set terminal pngcairo enhanced size \(sides(3)) font "Sans,9" \\
          fontscale 2.25 linewidth 2.25 pointscale 1 background "#FFFFFF"
      } else {
        exit error 'format is svg, pdf or png'
      } } }
      set output output

      # Gaps: values that are not finite, or have no place on a log axis.
      finite(v) = abs(v) < 1e300 ? v : NaN
      positive(v) = v >= 1e-300 && v < 1e300 ? v : NaN
      set datafile separator comma
      set datafile commentschars ""
      set decimalsign '.'
      set minussign
      unset key
      set border 3 linecolor rgb "\(Ink.axis)" linewidth 0.8
      set tics out nomirror scale 0.6,0.3 textcolor rgb "\(Ink.text)"
      set tics font ",\(GnuplotText.short(FigureLayout.TypeSize.tics))"
      set grid xtics ytics back linetype 1 linewidth 0.6 \\
        linecolor rgb "\(Ink.grid)"
      """.split(separator: "\n", omittingEmptySubsequences: false)
        .map(String.init)
  }

  private static func tileStyle(_ figure: Figure) -> String {
    let pixels = figure.panels.compactMap(\.sheet).flatMap(\.rows)
      .flatMap(\.tiles).reduce(0) { $0 + $1.width * $1.height }
    // Beyond this the shapes make a file too large to load.
    return pixels <= 20_000 ? "rgbimage pixels" : "rgbimage"
  }

  private static func usedStyles(_ figure: Figure) -> [SeriesStyle] {
    let indices = figure.panels.flatMap { $0.layers.flatMap(\.content.styles) }
    return Set(indices.map(\.index)).sorted().map(SeriesStyle.init)
  }

  /// The title and the legend, drawn around the panels.
  private static func frame(
    _ figure: Figure, _ legend: FigureLayout.Legend?
  ) -> [String] {
    if figure.title == nil && figure.footnote == nil && legend == nil {
      return []
    }
    var lines = ["", "# Title and legend"] + PanelScript.clearing
    if let title = figure.title {
      let place = GnuplotText.short(1 - 12 / figure.size.height)
      lines.append(
        "set label \(GnuplotText.quoted(title, bold: true)) at screen "
          + "0.5,\(place) center font "
          + "\",\(GnuplotText.short(FigureLayout.TypeSize.title))\" textcolor "
          + "rgb \"\(Ink.text)\"")
    }
    if let footnote = figure.footnote {
      let rows = Double(GnuplotText.lines(of: footnote).count)
      let type = FigureLayout.TypeSize.small
      let place = GnuplotText.short(
        (4 + 1.35 * type * (rows - 0.5)) / figure.size.height)
      lines.append(
        "set label \(GnuplotText.quoted(footnote)) at screen 0.5,\(place) "
          + "center font \",\(GnuplotText.short(type))\" textcolor rgb "
          + "\"\(Ink.text)\"")
    }
    if let legend { lines.append(key(legend, in: figure.size)) }
    return lines + [
      // A plot of nothing over the whole figure: the key keeps within it.
      "set lmargin at screen 0; set rmargin at screen 1",
      "set bmargin at screen 0; set tmargin at screen 1",
      "unset border; unset tics; unset grid",
      PanelScript.plot([], legend: legend?.entries ?? [], x: (0, 1), y: (0, 1)),
    ]
  }

  private static func key(
    _ legend: FigureLayout.Legend, in size: Figure.Size
  ) -> String {
    let x = GnuplotText.short(legend.x / size.width)
    let y = GnuplotText.short(legend.y / size.height)
    let order =
      legend.columns == 0
      ? "left top vertical maxcols 1"
      : "center top horizontal maxcols \(legend.columns)"
    let type = GnuplotText.short(FigureLayout.TypeSize.tics)
    return "set key at screen \(x),\(y) \(order) Left reverse samplen 2.6 "
      + "spacing 1.15 font \",\(type)\" "
      + "textcolor rgb \"\(Ink.text)\""
  }
}
