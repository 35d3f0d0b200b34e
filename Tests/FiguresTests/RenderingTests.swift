import Foundation
import Testing

@testable import Figures

@Suite("Each layer draws, with any data")
struct RenderingTests {
  @Test(arguments: [
    (Gallery.accuracy, ["epoch", "RegMixup", "chance", "mixup α = 1"]),
    (
      Gallery.counts,
      ["Guidance keeps fewer samples as it goes on", "kept (r̂ ≤ 0)"]
    ),
    (Gallery.histogram, ["r̂(z^mix)", "Guided (High)"]),
    (Gallery.density, ["λ", "mean r̂"]),
    (Gallery.arms, ["Mixup without hesitation", "0.84"]),
    (Gallery.smallDigits, ["highest r̂", "λ = 0.43"]),
    (Gallery.largeDigits, ["Fashion-MNIST", "8 + 6"]),
    (Gallery.grid, ["(d) m = 160", "squared weight norm"]),
  ])
  func gallery(figure: Figure, texts: [String]) throws {
    let drawing = try svg(figure)
    for text in texts { #expect(drawing.contains(">\(text)<"), "\(text)") }
  }

  @Test func everyFormat() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    for figure in Gallery.all {
      try figure.write(to: folder.url, formats: Gnuplot.Format.allCases)
    }
  }

  /// The number of pen-downs in paths of the style's colour.
  private func strokes(_ figure: Figure) throws -> Int {
    let drawing = try svg(figure)
    return drawing.matches(
      of: /<path stroke='rgb\(  0, 114, 178\)' *d='([^']*)'/
    ).reduce(0) { $0 + $1.1.count { $0 == "M" } }
  }

  @Test func valuesThatAreNotFiniteAreGaps() throws {
    let x = (0..<9).map(Double.init)
    let whole = try strokes(figure([.line(x: x, y: x)]))
    for gap in [Double.nan, .infinity, -.infinity] {
      var y = x
      y[4] = gap
      #expect(try strokes(figure([.line(x: x, y: y)])) == whole + 1)
    }
  }

  @Test func isolatedValuesAreDots() throws {
    let dots = FigureScript(
      figure([.line(x: [0, 1, 2], y: [1, .nan, 3])])
    ).text
    let line = FigureScript(figure([.line(x: [0, 1], y: [1, 3])])).text
    #expect(dots.contains("with points"))
    #expect(!line.contains("with points"))
  }

  static let values: [[Double]] = [
    [], [.nan], [0], [5], [5, 5, 5], [-1, 0, 2], [.infinity, 1, .nan],
    [1e299, -1e299, 0], [.leastNonzeroMagnitude, 0],
  ]

  @Test(arguments: values, [Axis.Scale.linear, .logarithmic])
  func anyValuesDraw(values: [Double], scale: Axis.Scale) throws {
    let axis = Axis("value", scale: scale)
    let x = values.indices.map { Double($0 + 1) }
    let edges = values.isEmpty ? [] : [0.5] + x.map { $0 + 0.5 }
    let names = values.map { "\($0)" }
    let layers: [Layer] = [
      .line(x: x, y: values, label: "line"),
      .line(x: values, y: values),
      .band(x: x, lower: values, upper: values),
      .points(x: x, y: values, lower: values, upper: values, label: "points"),
      .histogram(edges: edges, series: [.init(counts: values)]),
      .histogram(
        edges: edges, series: [.init(counts: values), .init(counts: values)],
        arrangement: .sideBySide),
      .density(
        xEdges: edges, yEdges: [1, 2], values: values, valueAxis: axis),
    ]
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    for layer in layers {
      try figure([layer], x: scale == .linear ? axis : Axis(""), y: axis)
        .write(to: folder.url)
    }
    for mark in [Layer.BarMark.bar, .point] {
      let series = Layer.BarSeries(
        values: values, lower: values, upper: values)
      try figure(
        [.bars(names: names, series: [series], mark: mark)], y: axis
      ).write(to: folder.url)
      try figure(
        [
          .bars(
            names: names, series: [series], direction: .horizontal, mark: mark)
        ], x: axis
      ).write(to: folder.url)
    }
  }

  @Test func nothingToDrawSaysSo() throws {
    #expect(try svg(figure([])).contains(">no data<"))
    #expect(try svg(figure([.line(x: [1], y: [.nan])])).contains(">no data<"))
    #expect(try !svg(figure([.line(x: [1], y: [1])])).contains(">no data<"))
    let sheet = Figure(
      name: "sheet", panels: [Panel(images: ImageSheet(rows: []))])
    #expect(try svg(sheet).contains(">no data<"))
    _ = try svg(Figure(name: "none", panels: []))
  }

  @Test func smallestFigureDraws() throws {
    for original in Gallery.all {
      var figure = original
      figure.size = .init(width: 72, height: 72)
      _ = try svg(figure)
    }
  }

  @Test func imagesKeepTheirPixels() throws {
    let tile = ImageSheet.Tile(
      width: 2, height: 2, values: [0, 1, 0.5, 7, 0, 0, 1, 0, .nan, 0, 1, 0])
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let sheet = Figure(
      name: "sheet",
      panels: [Panel(images: ImageSheet(rows: [.init(tiles: [tile])]))])
    try sheet.write(to: folder.url)
    #expect(
      try folder.text("sheet.csv") == """
        row,column,y,x,red,green,blue
        0,0,0,0,0,255,128
        0,0,0,1,255,0,0
        0,0,1,0,255,0,0
        0,0,1,1,0,255,0

        """)
    let drawing = try folder.text("sheet.svg")
    #expect(drawing.contains("rgb(  0, 255, 128)"))
  }
}

@Suite("A series looks the same in every figure, in colour and in grey")
struct SeriesStyleTests {
  @Test func stylesDiffer() {
    let styles = (0..<40).map(SeriesStyle.init)
    for a in styles {
      for b in styles where a.index < b.index {
        #expect(
          a.color != b.color || (a.dash != b.dash && a.point != b.point),
          "\(a.index) and \(b.index)")
        // The first eight need no colour.
        if b.index < 8 {
          #expect(a.dash != b.dash && a.point != b.point)
        }
      }
    }
  }

  @Test func styleFollowsItsIndex() {
    let script = FigureScript(
      figure([.line(x: [0, 1], y: [0, 1], style: 4)])
    ).text
    #expect(script.contains("set style line 5 linecolor rgb \"#E69F00\""))
    #expect(script.contains("with lines linestyle 5"))
    #expect(!script.contains("set style line 1 "))
  }

  @Test func equalEntriesOfTheLegendBecomeOne() {
    let style = SeriesStyle(2)
    let joined = LegendEntry.joined([
      LegendEntry("a", style, .line), LegendEntry("b", style, .line),
      LegendEntry("a", style, .point),
    ])
    #expect(joined.map(\.label) == ["a", "b"])
    #expect(joined[0].text.contains("with linespoints"))
  }
}
