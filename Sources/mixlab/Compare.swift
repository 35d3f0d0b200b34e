import ArgumentParser
import Experiments

struct Compare: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Finished runs side by side.",
    discussion: """
      One table with every model of every run, as run/model, and paired \
      differences d = first run − second run over common seeds, with 95 % \
      t intervals and p-values after Holm's correction, where two runs on one \
      data set have models of one name or a single arm each.

      With --output, a folder gets models.csv, differences.csv, both as .md, \
      and the figure outcomes.
      """)

  @Argument(help: "Run folders.")
  var runs: [String]

  @Option(help: "Folder for tables and figure; made if it is missing.")
  var output: String?

  @Flag(help: "Write to the folder even if it holds files.")
  var overwrite = false

  func run() throws {
    let comparison = try RunComparison(paths: runs)
    print(try comparison.modelTable().text, terminator: "")
    let differences = try comparison.differenceTable()
    if !differences.rows.isEmpty {
      print("\n" + differences.text, terminator: "")
    }
    if let leakNote = comparison.leakNote { print("\n" + leakNote) }
    if let output {
      try comparison.write(
        to: output, overwrite: overwrite, formats: [.svg, .pdf, .png])
      print("\nTables and figure: \(output)")
    }
  }
}
