import ArrayFiles
import Figures
import Foundation
import RealModule

/// What a finished search found, read from its folder.
struct FeatureSearchReport: RunReport {
  let experiment: FeatureSearchExperiment
  let path: String
  private let search: Search
  private let methods: [Method]

  /// The rungs, row by row.
  private struct Search {
    let rungs: [Int]
    let names, summaries: [String]
    let common, rare: [Double]
    let goesOn: [Bool]
  }

  /// A method on the fresh seeds.
  private struct Method {
    let name, summary: String
    let isWinner: Bool
    /// Seed by seed; NaN where descent diverged.
    var common: [Double] = []
    var rare: [Double] = []
    /// Accuracy on all test samples and on rare-only ones.
    var test: [Double] = []
    var rareTest: [Double] = []

    /// Whether descent ended well on all seeds.
    var isSound: Bool { (common + rare).allSatisfy { $0 > 0 } }
  }

  /// Reads a run's folder.
  ///
  /// - Throws: `ExperimentError.noRun` where the folder holds none,
  ///   `ExperimentError.unfinishedRun` where the search is not over.
  init(path: String) throws {
    self.path = path
    experiment = try readConfiguration(
      ofRun: path, FeatureSearchExperiment.init(reader:))
    guard fileExists(path + "/manifest.json") else {
      throw ExperimentError.unfinishedRun(
        folder: path, model: "search", seed: experiment.seeds[0])
    }
    let rows = path + "/search.csv"
    let table = try CSVTable(file: rows)
    search = Search(
      rungs: try table.integers("rung", of: rows),
      names: try table.texts("candidate", of: rows),
      summaries: try table.texts("summary", of: rows),
      common: try table.numbers("common", of: rows),
      rare: try table.numbers("rare", of: rows),
      goesOn: try table.integers("goesOn", of: rows).map { $0 == 1 })
    let final = path + "/methods.csv"
    let found = try CSVTable(file: final)
    let (names, summaries, origins) = (
      try found.texts("method", of: final),
      try found.texts("summary", of: final),
      try found.texts("origin", of: final)
    )
    let common = try found.numbers("common", of: final)
    let rare = try found.numbers("rare", of: final)
    let test = try found.numbers("test", of: final)
    let rareTest = try found.numbers("rareTest", of: final)
    var methods: [Method] = []
    for row in names.indices {
      if methods.last?.name != names[row] {
        methods.append(
          Method(
            name: names[row], summary: summaries[row],
            isWinner: origins[row] == "search"))
      }
      methods[methods.count - 1].common.append(common[row])
      methods[methods.count - 1].rare.append(rare[row])
      methods[methods.count - 1].test.append(test[row])
      methods[methods.count - 1].rareTest.append(rareTest[row])
    }
    self.methods = methods
  }

  /// Methods that no other one dominates in the means on the fresh seeds.
  private var front: Set<String> {
    let sound = methods.filter(\.isSound)
    guard !sound.isEmpty else { return [] }
    let order = ParetoOrder(
      sound.map { [Self.logMean($0.common), Self.logMean($0.rare)] })
    return Set(order.fronts[0].map { sound[$0].name })
  }

  private static func logMean(_ values: [Double]) -> Double {
    values.reduce(0) { $0 + Double.log($1) } / Double(values.count)
  }

  private func methodTable() -> TextTable {
    var table = TextTable([
      .init("method"), .init("what it does"), .init("from"),
      .init("common", .trailing), .init("rare", .trailing), .init("front"),
      .init("test %", .trailing), .init("rare test %", .trailing),
      .init("n", .trailing),
    ])
    for method in methods {
      table.append([
        method.name, method.summary, method.isWinner ? "search" : "slides",
        Self.text(method.common), Self.text(method.rare),
        front.contains(method.name) ? "yes" : "",
        ImageReport.text(method.test.map { 100 * $0 }, digits: 1),
        ImageReport.text(method.rareTest.map { 100 * $0 }, digits: 1),
        "\(method.common.count)",
      ])
    }
    return table
  }

  /// The geometric mean with the interval of the mean logarithm.
  private static func text(_ values: [Double]) -> String {
    guard values.allSatisfy({ $0 > 0 }) else {
      return "– (\(values.count { $0 > 0 }) of \(values.count))"
    }
    let summary = SampleSummary(values.map { Double.log($0) })
    let mean = JobProgress.short(.exp(summary.mean))
    guard let half = summary.intervalHalfWidth else { return mean }
    return mean + " ×/÷ " + fixed(.exp(half), 2)
  }

  private func rungTable() -> TextTable {
    var table = TextTable([
      .init("rung", .trailing), .init("seeds", .trailing),
      .init("candidates", .trailing), .init("go on", .trailing),
    ])
    for (k, count) in experiment.halving.seedCounts.enumerated() {
      let rows = search.rungs.indices.filter { search.rungs[$0] == k + 1 }
      table.append([
        "\(k + 1)", "\(count)", "\(rows.count)",
        "\(rows.count { search.goesOn[$0] })",
      ])
    }
    return table
  }

  /// All methods against early-stopped mixup, in logarithms, seed by seed.
  private func claims() -> [Claim] {
    guard
      let reference = methods.first(where: {
        $0.name == FeatureSearchExperiment.reference
      }), reference.isSound
    else { return [] }
    return Claim.corrected(
      methods.filter { $0.name != reference.name && $0.isSound }.flatMap {
        method in
        [
          ("common", method.common, reference.common),
          ("rare", method.rare, reference.rare),
        ].map { what, found, other in
          Claim(
            problem: method.name,
            statement: "log \(what): \(method.name) − \(reference.name)",
            source: "slides",
            comparison: PairedComparison(
              found.map { .log($0) }, minus: other.map { .log($0) }),
            expectsPositive: true)
        }
      })
  }

  /// Methods whose advantage over early-stopped mixup is supported for both.
  private func improvements() -> [String] {
    let supported = claims().filter { $0.verdict == .supported }
    return methods.map(\.name).filter { name in
      supported.count { $0.problem == name } == 2
    }
  }

  private func allTables() -> [(name: String, table: TextTable)] {
    [
      ("rungs", rungTable()), ("methods", methodTable()),
      ("claims", Claim.table(claims())),
    ]
  }

  func text() throws -> String {
    let better = improvements()
    let reference = FeatureSearchExperiment.reference
    let isCompared = methods.contains { $0.name == reference && $0.isSound }
    let left = methods.filter { !$0.isSound }.map(\.name)
    return experiment.title + "\n\n"
      + allTables().map(\.table.text).joined(separator: "\n")
      + (isCompared
        ? "\nBetter than \(reference) in both features: "
          + (better.isEmpty ? "none" : better.joined(separator: ", ")) + "\n"
        : "\nNothing was compared: \(reference) diverged on a seed\n")
      + (left.isEmpty
        ? ""
        : "Left out, diverged on a seed: " + left.joined(separator: ", ")
          + "\n")
  }

  func writeTables() throws {
    let folder = try OutputFolder(path: path + "/tables", overwrite: true)
    for (name, table) in allTables() {
      try folder.write(table, as: name)
    }
  }

  func writeResult(command: String) throws {
    try experiment.writeResult(
      [
        "front": .strings(front.sorted()),
        "improvesBoth": .strings(improvements()),
        "claims": .list(claims().map(\.value)),
      ], command: command, in: path)
  }

  @discardableResult
  func writeFigures(formats: [Gnuplot.Format]) throws -> [URL] {
    let folder = URL(filePath: path + "/figures", directoryHint: .isDirectory)
    return try frontFigure().write(to: folder, formats: formats)
      .suffix(formats.count)
  }

  private func frontFigure() -> Figure {
    let sound = methods.filter(\.isSound)
    func common(_ method: Method) -> Double {
      .exp(Self.logMean(method.common))
    }
    // Draws that learned less than any method would leave these no room.
    let limit = 0.5 * (sound.map(common).min() ?? 0)
    let drawn = search.rungs.indices.filter { search.rungs[$0] == 1 }
    let first = drawn.filter { search.common[$0] >= limit }
    let left = drawn.filter { !(search.common[$0] >= limit) }
      .map { search.names[$0] }
    let drawnStyle = 15
    var layers: [Layer] = [
      .points(
        x: first.map { search.common[$0] }, y: first.map { search.rare[$0] },
        label: "drawn, on \(experiment.halving.seedCounts[0]) seed",
        style: drawnStyle)
    ]
    let line = sound.filter { front.contains($0.name) }
      .map { (common($0), Self.logMean($0.rare)) }
      .sorted { $0.0 < $1.0 }
    layers.append(
      .line(
        x: line.map(\.0), y: line.map { .exp($0.1) },
        label: "front, fresh seeds", style: 0))
    let found = sound.filter(\.isWinner)
    for (k, method) in (found + sound.filter { !$0.isWinner }).enumerated() {
      let rare = SampleSummary(method.rare.map { .log($0) })
      let half = rare.intervalHalfWidth ?? 0
      layers.append(
        .points(
          x: [common(method)], y: [.exp(rare.mean)],
          lower: [.exp(rare.mean - half)], upper: [.exp(rare.mean + half)],
          label: method.isWinner ? "\(method.name), found" : method.name,
          style: k < drawnStyle ? k : k + 1))
    }
    return Figure(
      name: "front", title: "Common against rare features",
      caption: Figure.Caption(
        "Geometric means over the classes of Σ_r⟨w_{k,r}, f⟩² at iteration "
          + "\(experiment.settings.iterations). Methods found by the search and "
          + "all methods of the slides on fresh seeds; the line joins those that "
          + "no other one dominates; the filter all is mixup itself. Draws "
          + "below half of the least common feature "
          + "learning of these are named under the figure.",
        sampleCount: experiment.seeds.count,
        interval: "95 % t interval of the mean logarithm, rare feature"),
      panels: [
        Panel(
          x: Axis("common feature learning", scale: .logarithmic),
          y: Axis("rare feature learning", scale: .logarithmic),
          layers: layers)
      ],
      columns: 1, size: .init(width: 504, height: 420), legend: .below,
      footnote: left.isEmpty
        ? nil : "drawn and further left: " + left.joined(separator: "; "))
  }
}
