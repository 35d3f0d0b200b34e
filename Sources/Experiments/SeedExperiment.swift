import ArrayFiles
import Figures
import Foundation

/// An experiment whose seeds are measured apart from each other, each into
/// tables of its own.
protocol SeedExperiment: RunnableExperiment {
  /// What all seeds share, such as images.
  associatedtype Material: Sendable

  /// Reads what all seeds share, with digests of the data.
  func load() throws -> (material: Material, contents: [String])
  /// Measures one seed on one thread.
  func measure(
    seed: Int, _ material: Material, cancellation: CancellationFlag
  ) throws -> [(name: String, table: CSVTable)]

  /// What the tables say, with the names of their files.
  func tables(
    _ report: SeedReport<Self>
  ) throws -> [(name: String, table: TextTable)]
  /// Statements to be judged, not yet corrected for each other.
  func claims(_ report: SeedReport<Self>) throws -> [Claim]
  /// All figures.
  func figures(_ report: SeedReport<Self>) throws -> [Figure]
}

extension SeedExperiment {
  static func folder(_ path: String, seed: Int) -> String {
    "\(path)/seeds/seed-\(seed)"
  }

  static var progressUnit: String { "seeds" }
  static var parts: [String] { ["seeds", "tables", "figures"] }

  static func report(path: String) throws -> any RunReport {
    try SeedReport<Self>(path: path)
  }

  /// Measures all seeds into a folder, several at once on a thread each.
  ///
  ///     configuration.yaml     everything resolved
  ///     seeds/seed-N/*.csv     what was measured
  ///     manifest.json          provenance and times
  ///
  /// - Throws: Errors of data and disk; `Interrupted`.
  func run(in context: RunContext) throws {
    let (material, contents) = try load()
    let identity = runIdentity(value, contents: contents)
    var graph = JobGraph<Int, Double>()
    for seed in seeds {
      graph.add(seed) { _ in
        let start = ContinuousClock.now
        context.progress.report(
          .began(job: "seed \(seed)", step: 0, total: 1))
        try complete(
          Self.folder(context.path, seed: seed), identity: identity
        ) {
          try measure(
            seed: seed, material, cancellation: context.cancellation)
        }
        context.progress.report(
          .advanced(job: "seed \(seed)", step: 1, loss: nil))
        context.progress.report(.ended(job: "seed \(seed)"))
        return (ContinuousClock.now - start) / .seconds(1)
      }
    }
    try recorded(in: context) {
      let seconds = try graph.run(
        workers: context.threads, cancellation: context.cancellation)
      return Dictionary(
        uniqueKeysWithValues: seconds.map { ("seed \($0)", $1) })
    }
  }
}

/// Writes tables to a folder unless an earlier run of the same identity has
/// done so.
func complete(
  _ folder: String, identity: String,
  _ tables: () throws -> [(name: String, table: CSVTable)]
) throws {
  let mark = folder + "/complete.txt"
  if fileExists(mark), try TextFile.read(mark) == identity { return }
  removeFile(mark)
  let found = try tables()
  let output = try OutputFolder(path: folder, overwrite: true)
  for (name, table) in found {
    try output.write(table.text, as: name + ".csv")
  }
  try output.write(identity, as: "complete.txt")
}

/// What a finished experiment found, read from its folder.
struct SeedReport<Study: SeedExperiment>: RunReport {
  /// The experiment, as it was resolved.
  let experiment: Study
  /// The run's folder.
  let path: String

  /// Reads a run's folder.
  ///
  /// - Throws: `ExperimentError.noRun` where the folder holds none,
  ///   `ExperimentError.unfinishedRun` where a seed is missing.
  init(path: String) throws {
    self.path = path
    experiment = try readConfiguration(ofRun: path, Study.init(reader:))
    for seed in experiment.seeds
    where !fileExists(Study.folder(path, seed: seed) + "/complete.txt") {
      throw ExperimentError.unfinishedRun(
        folder: path, model: experiment.name, seed: seed)
    }
  }

  /// A table, seed by seed.
  func tables(_ name: String) throws -> [RandomFeatureReport.NamedTable] {
    try experiment.seeds.map { seed in
      let file = Study.folder(path, seed: seed) + "/\(name).csv"
      return .init(table: try CSVTable(file: file), file: file)
    }
  }

  /// A column of a table in the rows that meet a condition on their cells, row
  /// by row, with the values of all seeds.
  ///
  /// - Throws: `FileError` where a seed has no such row, or another number of
  ///   them than the first.
  func rows(
    _ column: String, of name: String, where cells: [String: String] = [:]
  ) throws -> [[Double]] {
    var columns: [[Double]] = []
    for table in try tables(name) {
      let conditions = try cells.map { (try table.texts($0.key), $0.value) }
      let found = try table.numbers(column).enumerated().filter { row, _ in
        conditions.allSatisfy { $0.0[row] == $0.1 }
      }.map(\.element)
      guard !found.isEmpty, found.count == columns.first?.count ?? found.count
      else {
        let rows = cells.sorted { $0.key < $1.key }
          .map { " of \($0.key) '\($0.value)'" }.joined()
        throw FileError.malformed(
          file: table.file,
          expected: "as many rows\(rows) for every seed, and at least one",
          found: "\(found.count)")
      }
      columns.append(found)
    }
    return columns[0].indices.map { row in columns.map { $0[row] } }
  }

  private func correctedClaims() throws -> [Claim] {
    Claim.corrected(try experiment.claims(self))
  }

  private func allTables() throws -> [(name: String, table: TextTable)] {
    try experiment.tables(self)
      + [("claims", Claim.table(try correctedClaims()))]
  }

  func text() throws -> String {
    experiment.title + "\n\n"
      + (try allTables().map(\.table.text).joined(separator: "\n"))
  }

  func writeTables() throws {
    let folder = try OutputFolder(path: path + "/tables", overwrite: true)
    for (name, table) in try allTables() {
      try folder.write(table, as: name)
    }
  }

  @discardableResult
  func writeFigures(formats: [Gnuplot.Format]) throws -> [URL] {
    let figures = try experiment.figures(self)
    let folder = URL(filePath: path + "/figures", directoryHint: .isDirectory)
    for figure in figures { try figure.write(to: folder, formats: []) }
    return try figures.flatMap {
      try $0.write(to: folder, formats: formats).suffix(formats.count)
    }
  }

  func writeResult(command: String) throws {
    try experiment.writeResult(
      ["claims": .list(try correctedClaims().map(\.value))], command: command,
      in: path)
  }

  // MARK: - Figures

  /// Mean over the seeds with its interval, where both coordinates are shown.
  ///
  /// - Parameter bounds: What the values can be; the interval ends there.
  func curve(
    x: [Double], _ values: [[Double]], label: String, style: Int,
    isPositive: Bool = false, within bounds: ClosedRange<Double>? = nil
  ) -> [Layer] {
    let summaries = values.map { SampleSummary($0) }
    var layers: [Layer] = []
    if experiment.seeds.count > 1 {
      let ends = summaries.map {
        // A mean that is no number bounds nothing.
        $0.ends(
          within: isPositive && !$0.mean.isNaN
            ? 1e-9 * abs($0.mean) ... .infinity : bounds)
      }
      layers.append(
        .band(
          x: x, lower: ends.map(\.lower), upper: ends.map(\.upper), of: label,
          style: style, opacity: 0.15))
    }
    layers.append(
      .line(x: x, y: summaries.map(\.mean), label: label, style: style))
    return layers
  }

  func caption(_ text: String) -> Figure.Caption {
    Figure.Caption(
      text, sampleCount: experiment.seeds.count,
      interval: experiment.seeds.count > 1
        ? "95 % t interval of the mean over seeds" : nil)
  }
}

extension Claim {
  /// Claims with p-values corrected for each other, after Holm.
  static func corrected(_ claims: [Claim]) -> [Claim] {
    var claims = claims
    let known = claims.indices.filter { claims[$0].pValue != nil }
    let corrected = Statistics.holmCorrected(
      known.compactMap { claims[$0].pValue })
    for (k, p) in zip(known, corrected) { claims[k].correctedPValue = p }
    return claims
  }

  /// Claims with their verdicts.
  static func table(_ claims: [Claim]) -> TextTable {
    var table = TextTable([
      .init("problem"), .init("claim"), .init("difference ± 95 %", .trailing),
      .init("p (Holm)", .trailing), .init("expected"), .init("verdict"),
      .init("n", .trailing),
    ])
    for claim in claims {
      table.append([
        claim.problem, claim.statement,
        ImageReport.text(claim.comparison.differences, digits: 4),
        claim.correctedPValue.map { significant($0) } ?? "–",
        claim.expected, claim.verdict.rawValue,
        "\(claim.comparison.differences.count)",
      ])
    }
    return table
  }
}
