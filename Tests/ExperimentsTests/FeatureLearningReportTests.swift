import Testing

@testable import Experiments

/// λ and 1 − λ give the same loss over all ordered pairs: `mirrored` is mixup.
private let small = """
  kind: feature-learning
  name: small
  seeds: 2
  data: {samples: 20, patches: 3, dimension: 40, rare-probability: 0.2,
         noise-square: 5, test-samples: 20}
  network: {width: 3, deviation: 0.05}
  training: {iterations: 60, record-every: 10, test-every: 30}
  methods:
    - {name: plain, method: plain}
    - {name: mixup, weight: 0.6}
    - {name: mirrored, weight: 0.4}
  """

@Suite("What the report on common and rare features says")
struct FeatureLearningReportTests {
  private typealias Report = SeedReport<FeatureLearningExperiment>

  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func report(_ settings: [String] = []) throws -> Report {
    var document = try ConfigurationDocument(text: small, name: "a.yaml")
    try document.override(with: settings)
    let path = folder.path("run")
    try document.read(FeatureLearningExperiment.init(reader:)).run(
      in: RunContext(
        path: path, threads: 2, existing: .overwrite, command: ["test"]))
    return try Report(path: path)
  }

  /// Puts other numbers in a column of a table of every seed, where `number`
  /// gives one for the seed and the row's cells.
  private func put(
    _ column: String, of name: String, in report: Report,
    _ number: (Int, [String: CSVTable.Cell]) -> Double?
  ) throws {
    for seed in report.experiment.seeds {
      let file = "\(report.path)/seeds/seed-\(seed)/\(name).csv"
      let table = try CSVTable(file: file)
      let place = try #require(table.header.firstIndex(of: column))
      var changed = CSVTable(header: table.header)
      for var row in table.rows {
        let cells = Dictionary(uniqueKeysWithValues: zip(table.header, row))
        if let number = number(seed, cells) { row[place] = .double(number) }
        changed.append(row)
      }
      try changed.write(to: file)
    }
  }

  @Test(
    "The condition of memorising: its numbers, and the seeds that meet it",
    arguments: [("5", "4.5", "predicted"), ("15", "13.5", "not predicted")])
  func memorisation(square: String, noise: String, verdict: String) throws {
    let report = try report(["data.noise-square=\(square)"])
    // On seed 1 the noise of class 1 grows no faster than its rare feature.
    try put("measuredRate", of: "rates", in: report) { seed, row in
      switch row["direction"] {
      case .text("rare_0"), .text("rare_1"): 1
      case .text("noise_1"): seed == 1 ? 1 : 2
      case .text("noise_0"): 2
      default: 3
      }
    }
    let tables = try report.experiment.tables(report)
    let table = try #require(tables.first { $0.name == "memorisation" }).table
    // ρn/2 = 2, σ_p²(d − 4) = 36/40 of the square, (1 − ρ)n/2 = 8.
    #expect(
      table.rows
        == [["20 samples, d = 40", "2", noise, "8", verdict, "1 of 2 seeds"]])
  }

  @Test(
    "No condition without plain training, unit features and Gaussian noise",
    arguments: [
      ["methods=[{name: mixup, weight: 0.6}]"],
      ["data.feature-norms=[2, 1, 1, 1]"],
      ["data.source=digits", "data.patch-side=5", "data.dimension=25"],
    ])
  func noCondition(_ settings: [String]) throws {
    let report = try report(settings + ["training.iterations=30"])
    let names = try report.experiment.tables(report).map(\.name)
    #expect(names.contains("features") && !names.contains("memorisation"))
  }

  @Test("Curves that cannot be told apart are named under the figure")
  func coincidingCurves() throws {
    let report = try report()
    func caption() throws -> String {
      let figures = try report.experiment.figures(report)
      let features = try #require(figures.first { $0.name == "features" })
      return try #require(features.caption?.text)
    }
    let sentence = " The curves of mixup and mirrored lie on each other."
    #expect(try caption().hasSuffix(sentence))
    // Moved by a share of the axis at the end, just below a hundredth and
    // just above.
    let values = try report.rows("common_0", of: "curves").indices.map { row in
      let both = try (0..<2).map {
        try report.rows("common_\($0)", of: "curves")[row]
      }
      return both.joined().reduce(0, +) / 4
    }
    let axis = try #require(values.max()) - #require(values.min())
    for (share, isNamed) in [(0.009, true), (0.0025, false)] {
      // The second comes on top of the first.
      for k in 0..<2 {
        try put("common_\(k)", of: "curves", in: report) { _, row in
          guard row["method"] == .text("mirrored"),
            row["iteration"] == .int(60),
            case .double(let value) = row["common_\(k)"]
          else { return nil }
          return value + share * axis
        }
      }
      #expect(try caption().hasSuffix(sentence) == isNamed, "\(share)")
    }
    #expect(try !caption().contains("lie on each other"))
  }

  @Test("What has not left the linear phase by the end counts as leaving there")
  func cappedDepartures() throws {
    let report = try report()
    try put("measuredIteration", of: "rates", in: report) { seed, row in
      switch row["direction"] {
      case .text("common_0"), .text("common_1"): 10
      case .text("noise_0"): 40
      case .text("noise_1"): seed == 0 ? 50 : .infinity
      default: .infinity
      }
    }
    let claims = try report.experiment.claims(report)
    func differences(_ statement: String) throws -> [Double] {
      try #require(
        claims.first {
          $0.statement == "plain leaves the linear phase: \(statement)"
        }
      ).comparison.differences
    }
    // Of 60 iterations; means of both classes.
    #expect(try differences("noise − common") == [35, 40])
    #expect(try differences("rare − noise") == [15, 10])
  }
}
