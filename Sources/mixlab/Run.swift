import ArgumentParser
import Experiments
import Figures
import Foundation

struct Run: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run an experiment: a YAML file or a preset.",
    discussion: """
      Carries out every part of the experiment for every seed, side by side \
      over the threads, and writes configuration.yaml, all data, tables and \
      figures to a folder. result.json comes last. A run that was interrupted \
      goes on with --resume, to the same bytes.

      Kinds: \(Experiment.Kind.allCases.map(\.rawValue).joined(separator: ", ")).

      Presets: \(Presets.names.joined(separator: ", ")).
      """)

  @Argument(help: "A YAML file or the name of a preset.")
  var experiment: String

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Changes a setting, like training.epochs=20 or arms.mixup.weight=2; "
        + "repeatable.", valueName: "key=value"))
  var settings: [String] = []

  @Option(help: "The data set, like fashion-mnist:DIR.")
  var data: String?

  @Option(parsing: .unconditional, help: "Number of seeds, from 0 up.")
  var seeds: Int?

  @OptionGroup var options: RunOptions

  func run() throws {
    var document = try Presets.document(experiment)
    try document.override(with: settings, option: "--set")
    if let data {
      try document.set(
        "data.source", to: .string(data), option: "--data \(data)")
    }
    if let seeds {
      try document.set("seeds", to: .int(seeds), option: "--seeds \(seeds)")
    }
    try options.perform(document, command: "run")
  }
}

/// How a run is carried out, and its end.
struct RunOptions: ParsableArguments {
  @Option(help: "Folder for the results (default: runs/NAME).")
  var output: String?

  @Flag(help: "Replace what an earlier run left in the folder.")
  var overwrite = false

  @Flag(help: "Take up an interrupted run of the same configuration.")
  var resume = false

  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    guard !(overwrite && resume) else {
      throw ValidationError("--overwrite and --resume exclude each other.")
    }
  }

  /// Carries out what the document describes, shows tables, draws figures.
  func perform(_ document: ConfigurationDocument, command: String) throws {
    let experiment = try document.read(Experiment.init(reader:))
    let folder = output ?? "runs/\(experiment.name)"
    do {
      try experiment.run(
        in: RunContext(
          path: folder, threads: threads.threads,
          existing: overwrite ? .overwrite : resume ? .resume : .refuse,
          command: CommandLine.arguments,
          progress: TerminalProgress.standardError(
            unit: experiment.progressUnit),
          cancellation: Interrupt.install()))
    } catch ExperimentError.share(let key, let reason) {
      // Only the data tell whether a share can be drawn; the place where it
      // was asked for is known here.
      throw document.error(at: key, reason)
    }
    let report = try openReport(path: folder)
    try report.writeTables()
    print(try report.text(), terminator: "")
    do {
      try report.writeFigures(formats: [.svg, .pdf, .png])
    } catch {
      // All data are there; the figures can be drawn later.
      try report.writeResult(command: command)
      throw error
    }
    try report.writeResult(command: command)
    print("\nTables: \(folder)/tables   figures: \(folder)/figures")
  }
}
