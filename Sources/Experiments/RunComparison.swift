import ArrayFiles
public import Figures
import Foundation

/// `mixlab compare`: the models of several finished runs side by side.
///
/// Models are named `run/model`. Two runs are compared pair by pair where they
/// trained models of one name, or a single arm each, on the same data set and
/// with some of the same seeds; runs that judge on parts of the test images
/// that depend on the run are not paired.
public struct RunComparison: Sendable {
  /// The runs with the names that tell them apart.
  let runs: [(name: String, report: ImageReport)]

  /// Reads the runs' folders.
  ///
  /// - Throws: `ExperimentError` where a folder holds no run, one of another
  ///   kind or an unfinished one, or stands twice.
  /// - Precondition: there is a folder.
  public init(paths: [String]) throws {
    precondition(!paths.isEmpty, "a comparison of no runs")
    let folders = paths.map {
      URL(filePath: $0).standardizedFileURL.resolvingSymlinksInPath()
        .pathComponents
    }
    for (k, folder) in folders.enumerated()
    where folders[..<k].contains(folder) {
      throw ExperimentError.repeatedRun(folder: paths[k])
    }
    let last = folders.map { $0.last ?? "" }
    let names = Set(last).count == last.count ? last : paths
    runs = try zip(names, paths).map { name, path in
      let kind = try readConfiguration(
        ofRun: path, Experiment.init(reader:)
      ).kind
      guard kind == .images else {
        throw ExperimentError.otherKind(folder: path, kind: kind.rawValue)
      }
      let report = try ImageReport(path: path)
      guard fileExists(path + "/result.json") else {
        throw ExperimentError.incompleteRun(folder: path)
      }
      return (name, report)
    }
  }

  // MARK: - Tables

  /// Prediction and norms of every model of every run.
  public func modelTable() throws -> TextTable {
    var table = TextTable([
      .init("model"), .init("data"), .init("accuracy %", .trailing),
      .init("NLL", .trailing), .init("ECE %", .trailing),
      .init(Metric.parameterNorm.title, .trailing),
      .init(Metric.inputGradientNorm.title, .trailing), .init("n", .trailing),
    ])
    for (name, report) in runs {
      for model in report.trained {
        table.append([
          "\(name)/\(report.label(model))",
          report.experiment.data.source.name,
          try report.cell(.accuracy, model, scale: 100, digits: 2),
          try report.cell(.likelihood, model, digits: 4),
          try report.cell(.calibration, model, scale: 100, digits: 2),
          try report.cell(.parameterNorm, model, digits: 4),
          try report.cell(.inputGradientNorm, model, digits: 4),
          "\(report.experiment.seeds.count)",
        ])
      }
    }
    return table
  }

  /// The line that explains `*`, where it is needed.
  public var leakNote: String? {
    runs.lazy.compactMap(\.report.leakNote).first
  }

  /// Paired differences, first run − second run; without rows where no two
  /// runs can be paired.
  public func differenceTable() throws -> TextTable {
    var table = TextTable([
      .init("difference"), .init("metric"), .init("mean ± 95 %", .trailing),
      .init("p (Holm)", .trailing), .init("n", .trailing),
    ])
    let differences = try differences()
    let known = differences.indices.filter {
      differences[$0].comparison.pValue != nil
    }
    let corrected = Statistics.holmCorrected(
      known.compactMap { differences[$0].comparison.pValue })
    let pValues = Dictionary(uniqueKeysWithValues: zip(known, corrected))
    for (k, difference) in differences.enumerated() {
      let isAccuracy = difference.metric == .accuracy
      table.append([
        difference.name,
        isAccuracy ? "accuracy %" : difference.metric.title,
        ImageReport.text(
          difference.comparison.differences.map { isAccuracy ? 100 * $0 : $0 },
          digits: isAccuracy ? 2 : 4),
        pValues[k].map { significant($0) } ?? "–",
        "\(difference.comparison.differences.count)",
      ])
    }
    return table
  }

  private struct Difference {
    var name: String
    var metric: Metric
    var comparison: PairedComparison
  }

  private func differences() throws -> [Difference] {
    var result: [Difference] = []
    for (k, first) in runs.enumerated() {
      for second in runs[(k + 1)...] {
        let (a, b) = (first.report, second.report)
        let seeds = a.experiment.seeds.filter(b.experiment.seeds.contains)
        guard !seeds.isEmpty,
          a.experiment.data.source.name == b.experiment.data.source.name,
          !a.experiment.splitsFailures, !b.experiment.splitsFailures
        else { continue }
        for (mine, other) in Self.pairs(a, b) {
          for metric in [Metric.accuracy, .likelihood] {
            result.append(
              Difference(
                name: "\(first.name)/\(mine) − \(second.name)/\(other)",
                metric: metric,
                comparison: PairedComparison(
                  try a.values(metric, of: mine, seeds: seeds),
                  minus: try b.values(metric, of: other, seeds: seeds))))
          }
        }
      }
    }
    return result
  }

  /// Models that stand for each other in two runs.
  private static func pairs(
    _ a: ImageReport, _ b: ImageReport
  ) -> [(String, String)] {
    var pairs = a.trained.map(\.name)
      .filter(b.trained.map(\.name).contains).map { ($0, $0) }
    if a.experiment.arms.count == 1 && b.experiment.arms.count == 1 {
      let (mine, other) = (a.experiment.arms[0].name, b.experiment.arms[0].name)
      if mine != other { pairs.append((mine, other)) }
    }
    return pairs
  }

  // MARK: - Writing

  /// Accuracy and NLL of every model, with intervals.
  func figure() throws -> Figure {
    let collapsed = try runs.map { try $0.report.collapsedModels() }
    func panel(
      _ metric: Metric, _ title: String, scale: Double,
      within bounds: ClosedRange<Double>? = nil
    ) throws -> Panel {
      .means(
        title,
        try zip(runs, collapsed).flatMap { run, collapsed in
          try run.report.trained.map {
            Panel.MeanRow(
              name: "\(run.name)/\(run.report.label($0))",
              values: try run.report.values(metric, of: $0.name)
                .map { scale * $0 },
              isAside: collapsed.contains($0.name))
          }
        }, within: bounds)
    }
    let notes = [
      leakNote == nil ? nil : ImageReport.leakFootnote,
      collapsed.allSatisfy(\.isEmpty)
        ? nil : "number with arrow: a collapsed arm, outside the axes",
    ].compactMap { $0 }
    let modelCount = runs.reduce(0) { $0 + $1.report.trained.count }
    let seedCounts = Set(runs.map(\.report.experiment.seeds.count))
    return Figure(
      name: "outcomes",
      caption: .init(
        "Test accuracy and negative log-likelihood of the runs "
          + runs.map(\.name).joined(separator: ", ") + "."
          + (leakNote.map { " \($0)." } ?? ""),
        sampleCount: seedCounts.count == 1 ? seedCounts.first : nil,
        interval: seedCounts == [1]
          ? nil : "95 % t interval of the mean over seeds"),
      panels: [
        try panel(.accuracy, "test accuracy, %", scale: 100, within: 0...100),
        try panel(.likelihood, "test NLL, nats", scale: 1),
      ], columns: 2,
      size: .init(
        width: 648, height: min(112 + 16 * Double(modelCount), 7200)),
      footnote: notes.isEmpty ? nil : notes.joined(separator: "\n"))
  }

  /// Writes the tables as CSV and Markdown, the figure, and `result.json`.
  ///
  /// - Throws: `FileError`; `FigureError` where the figure cannot be drawn,
  ///   after all else is written.
  public func write(
    to path: String, overwrite: Bool, formats: [Gnuplot.Format]
  ) throws {
    let folder = try OutputFolder(path: path, overwrite: overwrite)
    for (name, table) in [
      ("models", try modelTable()), ("differences", try differenceTable()),
    ] {
      try folder.write(
        table, as: name, note: name == "models" ? leakNote : nil)
    }
    let drawing = Result {
      try figure().write(
        to: URL(filePath: path, directoryHint: .isDirectory),
        formats: formats)
    }
    try JSONDocument([
      "command": "compare",
      "configuration": ["runs": .strings(runs.map(\.report.path))],
      "version": .string(mixlabVersion),
    ]).write(to: folder.file("result.json"))
    _ = try drawing.get()
  }
}

extension ImageReport {
  /// A metric of a model for some of the run's seeds.
  fileprivate func values(
    _ metric: Metric, of model: String, seeds: [Int]
  ) throws -> [Double] {
    let bySeed = Dictionary(
      uniqueKeysWithValues: zip(
        experiment.seeds, try values(metric, of: model)))
    return seeds.compactMap { bySeed[$0] }
  }
}
