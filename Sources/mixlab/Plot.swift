public import ArgumentParser
import Experiments
public import Figures
import Foundation

extension Gnuplot.Format: ExpressibleByArgument {}

struct Plot: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make a run's tables and figures again, from stored results.",
    discussion: """
      A run's folder gets its tables and figures anew. A single script \
      (NAME.gp) is drawn again as it stands, edits included.
      """)

  @Argument(help: "Run folders, or .gp scripts of figures.")
  var runs: [String]

  @Option(help: "Format; repeatable (default: svg, pdf, png).")
  var format: [Gnuplot.Format] = []

  func run() throws {
    let formats = format.isEmpty ? Gnuplot.Format.allCases : format
    for run in runs {
      let files: [URL]
      if run.hasSuffix(".gp") {
        files = try Figures.redraw(
          script: URL(filePath: run), formats: formats)
      } else {
        let report = try openReport(path: run)
        try report.writeTables()
        files = try report.writeFigures(formats: formats)
      }
      for file in files { print(file.relativePath) }
    }
  }
}
