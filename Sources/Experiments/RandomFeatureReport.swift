import ArrayFiles
import RandomFeature

/// What a finished random-feature experiment found, read from its folder.
public struct RandomFeatureReport: Sendable {
  /// The experiment, as it was resolved.
  public let experiment: RandomFeatureExperiment
  /// The run's folder.
  public let path: String

  /// Reads a run's folder.
  ///
  /// - Throws: `ExperimentError.noRun` where the folder holds none,
  ///   `ExperimentError.unfinishedRun` where a measurement is missing.
  public init(path: String) throws {
    self.path = path
    experiment = try readConfiguration(
      ofRun: path, RandomFeatureExperiment.init(reader:))
    for seed in experiment.seeds {
      let parts =
        experiment.problems.map {
          ($0.name, RandomFeatureRun.folder(path, $0.name, seed: seed))
        } + [
          (
            "label noise", RandomFeatureRun.labelNoiseFolder(path, seed: seed)
          )
        ]
      for (name, folder) in parts
      where !fileExists(folder + "/complete.txt") {
        throw ExperimentError.unfinishedRun(
          folder: path, model: name, seed: seed)
      }
    }
  }

  // MARK: - Reading

  /// A table of a problem, seed by seed.
  func tables(_ name: String, _ problem: String) throws -> [NamedTable] {
    try experiment.seeds.map { seed in
      let file =
        RandomFeatureRun.folder(path, problem, seed: seed) + "/\(name).csv"
      return NamedTable(table: try CSVTable(file: file), file: file)
    }
  }

  /// A number of `summary.csv`, seed by seed.
  func values(_ column: String, _ problem: String) throws -> [Double] {
    try tables("summary", problem).map { try $0.numbers(column)[0] }
  }

  /// A column of a table, row by row, with the values of all seeds.
  func rows(
    _ column: String, _ tables: [NamedTable]
  ) throws -> [[Double]] {
    let columns = try tables.map { try $0.numbers(column) }
    let count = columns.map(\.count).min() ?? 0
    return (0..<count).map { row in columns.map { $0[row] } }
  }

  /// A CSV table with the file that messages name.
  struct NamedTable {
    let table: CSVTable
    let file: String

    func numbers(_ column: String) throws -> [Double] {
      try table.numbers(column, of: file)
    }

    func texts(_ column: String) throws -> [String] {
      try table.texts(column, of: file)
    }
  }

  // MARK: - Tables

  /// When to stop, and what it gives, by problem and method.
  public func outcomeTable() throws -> TextTable {
    var table = TextTable([
      .init("problem"), .init("method"), .init("best time", .trailing),
      .init("best risk", .trailing), .init("risk at horizon", .trailing),
      .init("risk at ∞", .trailing), .init("n", .trailing),
    ])
    for problem in experiment.problems.map(\.name) {
      func row(_ method: String, _ time: String, _ columns: [String]) throws {
        table.append(
          [problem, method, try timeText(time, problem)]
            + (try columns.map { column in
              column.isEmpty
                ? ""
                : ImageReport.text(try values(column, problem), digits: 4)
            }) + ["\(experiment.seeds.count)"])
      }
      try row(
        "mixup", "mixupBestTime",
        ["mixupBestRisk", "mixupHorizonRisk", "mixupLimitRisk"])
      if experiment.descentSteps > 0 {
        try row("mixup, by descent", "measuredBestTime", ["", "", ""])
      }
      try row(
        "plain", "plainBestTime",
        ["plainBestRisk", "plainHorizonRisk", "plainLimitRisk"])
      try row(
        "mixup, then plain", "switchBestTime", ["", "switchBestRisk", ""])
    }
    return table
  }

  /// The median time with the quartiles: times spread over decades.
  private func timeText(_ column: String, _ problem: String) throws -> String {
    let times = try values(column, problem)
    guard !times.contains(where: \.isNaN) else { return "–" }
    func text(_ p: Double) -> String {
      let time = Statistics.quantile(times, at: p)
      return time.isFinite ? JobProgress.short(time) : "∞"
    }
    return "\(text(0.5)) (\(text(0.25)) … \(text(0.75)))"
  }

  /// The risk at the horizon under each schedule of α.
  public func scheduleTable() throws -> TextTable {
    var table = TextTable(
      [.init("problem")]
        + RegressionBench.scheduleNames.map {
          .init(Self.scheduleTitle($0), .trailing)
        } + [.init("n", .trailing)])
    for problem in experiment.problems.map(\.name) {
      table.append(
        [problem]
          + (try RegressionBench.scheduleNames.map {
            ImageReport.text(
              try values("\($0)HorizonRisk", problem), digits: 4)
          }) + ["\(experiment.seeds.count)"])
    }
    return table
  }

  static func scheduleTitle(_ column: String) -> String {
    switch column {
    case "constant": "α = 1"
    case "easyHardEasy": "easy-hard-easy"
    case "plain": "plain"
    case "switched": "α = 1, best switch"
    default: column
    }
  }

  /// What filters make of the noise and the risk.
  public func filterTable() throws -> TextTable {
    var table = TextTable([
      .init("problem"), .init("teacher"), .init("filter"),
      .init("kept %", .trailing), .init("‖θ_noise‖", .trailing),
      .init("risk at ∞", .trailing), .init("best risk", .trailing),
      .init("n", .trailing),
    ])
    for problem in experiment.problems.map(\.name) {
      let tables = try tables("filters", problem)
      guard let first = tables.first else { continue }
      let (teachers, filters) = (
        try first.texts("teacher"), try first.texts("filter")
      )
      func column(_ name: String, _ row: Int, _ digits: Int, by scale: Double)
        throws -> String
      {
        // Where nothing is kept there is no solution.
        let found = try rows(name, tables)[row].filter { !$0.isNaN }
        return found.count == experiment.seeds.count
          ? ImageReport.text(found.map { scale * $0 }, digits: digits)
          : "– (\(found.count) of \(experiment.seeds.count))"
      }
      for row in teachers.indices {
        table.append([
          problem, teachers[row], filters[row],
          try column("keptShare", row, 1, by: 100),
          try column("noiseNorm", row, 4, by: 1),
          try column("limitRisk", row, 4, by: 1),
          try column("bestRisk", row, 4, by: 1),
          "\(experiment.seeds.count)",
        ])
      }
    }
    return table
  }

  /// Claims with their verdicts.
  public func claimTable() throws -> TextTable {
    Claim.table(try claims())
  }

  /// Wrong labels of mixed samples and their bounds, on Gaussian classes.
  public func labelNoiseTable() throws -> TextTable {
    let titles = [
      "disagreement": "P(Ỹ ≠ Ỹ*), measured, drawn alike",
      "independentDisagreement": "P(Ỹ ≠ Ỹ*), if drawn independently",
      "totalVariation": "bound: total variation",
      "largestDifference": "bound: sup over the classes",
      "statedBound": "bound as stated: half of it",
    ]
    var table = TextTable([
      .init("label noise"), .init("mean ± 95 %", .trailing),
      .init("n", .trailing),
    ])
    for column in LabelNoiseMeasurement.columns {
      table.append([
        titles[column] ?? column,
        ImageReport.text(try labelNoise(column), digits: 4),
        "\(experiment.seeds.count)",
      ])
    }
    return table
  }

  func labelNoise(_ column: String) throws -> [Double] {
    try experiment.seeds.map { seed in
      let file =
        RandomFeatureRun.labelNoiseFolder(path, seed: seed)
        + "/label-noise.csv"
      return try CSVTable(file: file).numbers(column, of: file)[0]
    }
  }

  /// All tables with the names of their files.
  func allTables() throws -> [(name: String, table: TextTable)] {
    [
      ("outcomes", try outcomeTable()), ("schedules", try scheduleTable()),
      ("filters", try filterTable()), ("label-noise", try labelNoiseTable()),
      ("claims", try claimTable()),
    ]
  }

  /// Writes the tables as CSV and Markdown.
  public func writeTables() throws {
    let folder = try OutputFolder(path: path + "/tables", overwrite: true)
    for (name, table) in try allTables() {
      try folder.write(table, as: name)
    }
  }

  /// The tables as text for a terminal.
  public func text() throws -> String {
    experiment.title + "\n\nRisks are relative to E[f(X)²]; times count steps "
      + "of size \(experiment.learningRate).\n\n"
      + (try allTables().map(\.table.text).joined(separator: "\n"))
  }

  /// Writes `result.json`, which says that the run is complete.
  public func writeResult(command: String) throws {
    var problems: ConfigurationValue = [:]
    for problem in experiment.problems.map(\.name) {
      var one: ConfigurationValue = [:]
      for column in try tables("summary", problem)[0].table.header {
        one[column] = .numbers(try values(column, problem))
      }
      problems[problem] = one
    }
    try experiment.writeResult(
      [
        "labelNoise": .mapping(
          try LabelNoiseMeasurement.columns.map {
            .init($0, .numbers(try labelNoise($0)))
          }),
        "problems": problems,
        "claims": .list(try claims().map(\.value)),
      ], command: command, in: path)
  }
}
