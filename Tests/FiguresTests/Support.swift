import Foundation

@testable import Figures

/// A folder for one test, which removes it at its end.
struct TemporaryFolder {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory
      .appending(path: "figures-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
      at: url, withIntermediateDirectories: true)
  }

  func remove() { try? FileManager.default.removeItem(at: url) }

  func text(_ name: String) throws -> String {
    try String(contentsOf: url.appending(path: name), encoding: .utf8)
  }

  func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: url.path).sorted()
  }

  /// An executable shell script that stands in for gnuplot.
  ///
  /// A process of its own writes it: what this one writes may still be open in
  /// a child that another test starts meanwhile, and is then "busy".
  func program(_ body: String) throws -> String {
    let text = url.appending(path: "body")
    let file = url.appending(path: "program")
    try "#!/bin/sh\n\(body)\n".write(
      to: text, atomically: true, encoding: .utf8)
    let copy = try Process.run(
      URL(filePath: "/bin/sh"),
      arguments: [
        "-c",
        "cp \"$1\" \"$2.new\" && chmod 755 \"$2.new\" && mv \"$2.new\" \"$2\"",
        "sh", text.path, file.path,
      ])
    copy.waitUntilExit()
    return file.path
  }
}

/// The smallest figure that uses line, band and legend.
let smallFigure = Figure(
  name: "small",
  caption: .init("Loss.", sampleCount: 3, interval: "bands are ranges"),
  panels: [
    Panel(
      x: Axis("step"), y: Axis("loss"),
      layers: [
        .band(
          x: [0, 1, 2], lower: [2, 1, 0.5], upper: [4, 2, 1], of: "mixup"),
        .line(x: [0, 1, 2], y: [3, 1.5, 0.75], label: "mixup"),
        .line(x: [0, 1, 2], y: [2, 1, 0.1], label: "ERM", style: 1),
      ])
  ])

/// A figure of one panel with the given layers.
func figure(
  _ layers: [Layer], x: Axis = Axis("x"), y: Axis = Axis("y")
) -> Figure {
  Figure(name: "figure", panels: [Panel(x: x, y: y, layers: layers)])
}

/// The SVG of a figure.
func svg(_ figure: Figure) throws -> String {
  let folder = try TemporaryFolder()
  defer { folder.remove() }
  try figure.write(to: folder.url)
  return try folder.text("\(figure.name).svg")
}
