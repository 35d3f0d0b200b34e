import Foundation
import Testing

@testable import Figures

@Suite("Data and script are safe before anything is drawn")
struct WritingTests {
  @Test func filesInTheirOrder() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let inner = folder.url.appending(path: "a/b")
    let files = try smallFigure.write(to: inner, formats: [.svg, .pdf, .png])
    #expect(
      files.map(\.lastPathComponent) == [
        "small.csv", "small.gp", "small.caption.md", "small.svg", "small.pdf",
        "small.png",
      ])
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: inner.path).count == 6
    )
    #expect(try Data(contentsOf: files[4]).starts(with: Data("%PDF".utf8)))
    #expect(try Data(contentsOf: files[5]).starts(with: [0x89, 0x50, 0x4E]))
  }

  @Test func equalFiguresGiveEqualBytes() throws {
    for figure in Gallery.all {
      let folders = [try TemporaryFolder(), try TemporaryFolder()]
      defer { folders.forEach { $0.remove() } }
      let files = try folders.map { try figure.write(to: $0.url) }
      for (one, other) in zip(files[0], files[1]) {
        #expect(
          try Data(contentsOf: one) == Data(contentsOf: other),
          "\(one.lastPathComponent)")
      }
    }
  }

  @Test func dataAreATableForReaders() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    try smallFigure.write(to: folder.url, formats: [])
    #expect(
      try folder.text("small.csv") == """
        step,mixup lower,mixup upper,mixup,ERM
        0,2,4,3,2
        1,1,2,1.5,1
        2,0.5,1,0.75,0.1

        """)
    #expect(
      try folder.text("small.caption.md")
        == "Loss. n = 3; bands are ranges.\n")
  }

  @Test func otherAbscissaeHaveOtherTables() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let two = figure([
      .line(x: [0, 1], y: [2, 3], label: "a, \"b\""),
      .line(x: [0, 0.5, 1], y: [1, .nan, -.infinity], label: "#c\nd"),
    ])
    try two.write(to: folder.url)
    #expect(try folder.text("figure.1.csv") == "x,\"a, \"\"b\"\"\"\n0,2\n1,3\n")
    #expect(
      try folder.text("figure.2.csv") == "x,#c d\n0,1\n0.5,nan\n1,-inf\n")
    // With one table again, the two are gone.
    try figure([.line(x: [0, 1], y: [2, 3])]).write(to: folder.url, formats: [])
    #expect(
      try folder.names()
        == ["figure.caption.md", "figure.csv", "figure.gp", "figure.svg"])
  }

  @Test func equalNamesAreToldApart() {
    var tables = DataTables()
    let x = [Column("x", [1, 2])]
    let places = [[1.0, 2], [3, 4], [1, 2]].map {
      tables.add(panel: 0, keys: x, columns: [Column("x", $0)])
    }
    #expect(places.map(\.columns) == [[2], [3], [2]])
    #expect(tables.files(name: "n")[0].text == "x,x 2,x 3\n1,1,3\n2,2,4\n")
  }

  @Test func leftOutValuesStandInTheCaption() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    try figure(
      [.line(x: [1, 2, 3, 4], y: [1, 0, -1, .nan])],
      y: Axis("y", scale: .logarithmic)
    ).write(to: folder.url)
    #expect(
      try folder.text("figure.caption.md") == """
        Left as gaps: 1 value not finite on the y axis. Left out: 2 values ≤ 0 \
        on the logarithmic y axis.

        """)
  }

  @Test func whatAKilledProcessLeftIsWrittenOver() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    for name in ["small.csv", "small.gp", "small.caption.md", "small.svg"] {
      try Data("half".utf8).write(
        to: folder.url.appending(path: ".\(name).partial"))
    }
    try smallFigure.write(to: folder.url)
    #expect(
      try folder.names()
        == ["small.caption.md", "small.csv", "small.gp", "small.svg"])
  }

  @Test func valuesBeyondTheAxisStandAtItsEdge() throws {
    let bars = Figure(
      name: "figure",
      panels: [
        Panel(
          x: Axis("accuracy, %", range: 80...90), y: Axis(""),
          layers: [
            .bars(
              names: ["a", "b", "c", "d"],
              series: [.init(values: [85, 10.123, 95, .nan])],
              direction: .horizontal, mark: .point)
          ])
      ], footnote: "* what\nthe star means")
    let script = FigureScript(bars).text
    #expect(script.contains("'← 10.1' at graph 0.015,first 2 left"))
    #expect(script.contains("'95 →' at graph 0.985,first 3 right"))
    #expect(script.contains("'no value' at graph 0.015,first 4 left"))
    #expect(!script.contains("first 1 left"))
    let drawn = try svg(bars)
    for words in ["10.1", "no value", "* what", "the star means"] {
      #expect(drawn.contains(words), "\(words)")
    }
  }

  @Test func unusableFolder() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let file = folder.url.appending(path: "file")
    try Data().write(to: file)
    #expect {
      try smallFigure.write(to: file)
    } throws: { error in
      guard
        case FigureError.cannotWrite(let name, let reason)? =
          error as? FigureError
      else { return false }
      return name == file.path && !reason.isEmpty
    }
  }

  @Test(arguments: ["", "a/b", "..", "a b", "-a", "ä", "a\n", "a.b", "a'"])
  func unusableNames(name: String) {
    #expect(!Figure.isUsableName(name))
  }
}
