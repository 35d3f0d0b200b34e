import Figures
import ImageTrain

extension ValueAnalysisExperiment {
  /// What has seen test labels carries a star.
  static func label(_ teacher: ModelSettings.TrainingSet) -> String {
    teacher.rawValue + (teacher == .whole ? " *" : "")
  }

  static let leakNote =
    "* has seen test labels through its teacher: an upper bound, not a result"

  /// Networks under each teacher and linear models, as tables name them.
  static var sources: [(name: String, label: String)] {
    teachers.map { ($0.rawValue, "network, teacher \(label($0))") }
      + features.map { ($0, "linear, \($0)") }
  }

  /// A column of one teacher's rows.
  func rows(
    _ column: String, of table: String, _ teacher: ModelSettings.TrainingSet,
    _ report: SeedReport<Self>, where more: [String: String] = [:]
  ) throws -> [[Double]] {
    try report.rows(
      column, of: table,
      where: more.merging(["teacher": teacher.rawValue]) { $1 })
  }

  func tables(
    _ report: SeedReport<Self>
  ) throws -> [(name: String, table: TextTable)] {
    [
      ("models", try modelTable(report)), ("groups", try groupTable(report)),
      ("correlations", try correlationTable(report)),
      ("mixing", try mixingTable(report)),
    ]
  }

  private func modelTable(_ report: SeedReport<Self>) throws -> TextTable {
    var table = TextTable([
      .init("teacher"), .init("its accuracy %", .trailing),
      .init("its NLL", .trailing), .init("student's accuracy %", .trailing),
      .init("student's NLL", .trailing),
      .init("overtakes in accuracy", .trailing),
      .init("in NLL", .trailing), .init("#(−) < #(+)", .trailing),
      .init("n", .trailing),
    ])
    for teacher in Self.teachers {
      func column(_ name: String) throws -> [Double] {
        try rows(name, of: "models", teacher, report)[0]
      }
      // The mean says little where some never come.
      func moment(_ name: String) throws -> String {
        let epochs = try column(name)
        let come = epochs.filter { $0 <= Double(plan.epochs) }
        if come.isEmpty { return "never" }
        let text = ImageReport.text(come, digits: 0)
        return come.count == epochs.count
          ? text : text + " (\(come.count) of \(epochs.count))"
      }
      func text(_ name: String, _ scale: Double, _ digits: Int) throws
        -> String
      {
        ImageReport.text(try column(name).map { scale * $0 }, digits: digits)
      }
      table.append([
        Self.label(teacher), try text("teacherAccuracy", 100, 2),
        try text("teacherNLL", 1, 4), try text("studentAccuracy", 100, 2),
        try text("studentNLL", 1, 4), try moment("accuracyEpoch"),
        try moment("nllEpoch"), try moment("countEpoch"), "\(seeds.count)",
      ])
    }
    return table
  }

  private func groupTable(_ report: SeedReport<Self>) throws -> TextTable {
    var table = TextTable([
      .init("teacher"), .init("r̂"), .init("samples", .trailing),
      .init("mean r̂", .trailing), .init("min(λ, 1 − λ)", .trailing),
      .init("weight of the harder", .trailing),
      .init("EL2N, higher", .trailing), .init("EL2N, lower", .trailing),
      .init("EL2N, mixed", .trailing), .init("n", .trailing),
    ])
    for teacher in Self.teachers {
      for group in ValueGroups.names {
        func text(_ column: String, _ digits: Int) throws -> String {
          ImageReport.text(
            try rows(
              column, of: "groups", teacher, report, where: ["group": group])[
                0],
            digits: digits)
        }
        table.append([
          Self.label(teacher), group, try text("count", 0),
          try text("value", 4), try text("nearness", 3),
          try text("weight", 3), try text("higher", 3), try text("lower", 3),
          try text("mixed", 3), "\(seeds.count)",
        ])
      }
    }
    return table
  }

  private func correlationTable(
    _ report: SeedReport<Self>
  ) throws -> TextTable {
    var table = TextTable([
      .init("teacher"), .init("of"), .init("with EL2N of"),
      .init("Pearson", .trailing), .init("Spearman", .trailing),
      .init("given min(λ, 1 − λ)", .trailing), .init("n", .trailing),
    ])
    for teacher in Self.teachers {
      for kind in ["signed", "magnitude"] {
        for score in Self.scores {
          table.append(
            [
              Self.label(teacher), kind == "signed" ? "r̂" : "|r̂|",
              Self.words(score),
            ]
              + (try ["pearson", "spearman", "partial"].map {
                ImageReport.text(
                  try correlation($0, teacher, kind, score, report), digits: 3)
              }) + ["\(seeds.count)"])
        }
      }
    }
    return table
  }

  static func words(_ score: String) -> String {
    score == "mixed" ? "the mixed sample" : "the \(score) source"
  }

  func correlation(
    _ column: String, _ teacher: ModelSettings.TrainingSet, _ kind: String,
    _ score: String, _ report: SeedReport<Self>
  ) throws -> [Double] {
    try rows(
      column, of: "correlations", teacher, report,
      where: ["value": kind, "score": score])[0]
  }

  private func mixingTable(_ report: SeedReport<Self>) throws -> TextTable {
    var table = TextTable([
      .init("source"), .init("|r̂|, λ = 0, 1", .trailing),
      .init("|r̂|, λ = ½", .trailing), .init("peaks in (¼, ¾) %", .trailing),
      .init("ρ with the mean, λ = ½", .trailing),
      .init("R² of the mean, λ = ¼", .trailing),
      .init("R² of the mean, λ = ½", .trailing), .init("n", .trailing),
    ])
    for source in Self.sources {
      let pairs = try SourcePairs(source.name, report)
      table.append([
        source.label, ImageReport.text(pairs.endMagnitudes, digits: 4),
        ImageReport.text(pairs.magnitudes[PairValues.half], digits: 4),
        ImageReport.text(pairs.innerPeaks.map { 100 * $0 }, digits: 1),
        ImageReport.text(pairs.expected[PairValues.half], digits: 3),
        ImageReport.text(
          pairs.determination[PairValues.half / 2], digits: 3),
        ImageReport.text(pairs.determination[PairValues.half], digits: 3),
        "\(seeds.count)",
      ])
    }
    return table
  }

  /// What is said of a network or a linear model at each λ, seed by seed.
  struct SourcePairs {
    let magnitudes: [[Double]]
    let expected: [[Double]]
    let determination: [[Double]]
    let innerPeaks: [Double]

    init(_ source: String, _ report: SeedReport<ValueAnalysisExperiment>) throws
    {
      func column(_ name: String, of table: String = "pairs") throws
        -> [[Double]]
      {
        try report.rows(name, of: table, where: ["source": source])
      }
      magnitudes = try column("magnitude")
      expected = try column("expected")
      determination = try column("determination")
      innerPeaks = try column("innerPeaks", of: "peaks")[0]
    }

    /// Mean |r̂| of the images alone.
    var endMagnitudes: [Double] {
      zip(magnitudes[0], magnitudes[magnitudes.count - 1]).map {
        ($0 + $1) / 2
      }
    }

    /// Mean |r̂| at each λ over its mean over all λ.
    var relativeMagnitudes: [[Double]] {
      let means = magnitudes[0].indices.map { seed in
        magnitudes.reduce(0) { $0 + $1[seed] } / Double(magnitudes.count)
      }
      return magnitudes.map { zip($0, means).map { $0 / $1 } }
    }
  }

  // MARK: - Claims

  /// The slides' observations, and what was held beside them.
  ///
  /// Correlations are Spearman's, named in advance. A seed without a value
  /// leaves its claim open.
  func claims(_ report: SeedReport<Self>) throws -> [Claim] {
    var claims: [Claim] = []
    func claim(
      _ problem: String, _ statement: String, _ source: String,
      _ first: [Double], minus second: [Double]? = nil,
      _ expectation: Claim.Expectation = .positive
    ) {
      claims.append(
        Claim(
          problem: problem, statement: statement, source: source,
          comparison: PairedComparison(
            first, minus: second ?? first.map { _ in 0 }),
          expectation: expectation))
    }
    let pixels = try SourcePairs("pixels", report)
    for teacher in Self.teachers {
      let problem = "teacher \(Self.label(teacher))"
      func nearness(_ group: String) throws -> [Double] {
        try rows(
          "nearness", of: "groups", teacher, report, where: ["group": group])[0]
      }
      for (end, centre) in [
        ("lowest", "centre below 0"), ("highest", "centre above 0"),
      ] {
        claim(
          problem, "min(λ, 1 − λ): \(end) r̂ − \(centre)", "slides",
          try nearness(end), minus: try nearness(centre))
      }
      for score in Self.scores {
        claim(
          problem, "ρ of r̂ with EL2N of \(Self.words(score))", "slides",
          try correlation("spearman", teacher, "signed", score, report),
          .within(margin))
      }
      claim(
        problem, "ρ of |r̂| with EL2N of the higher source", "slides",
        try correlation("spearman", teacher, "magnitude", "higher", report),
        .within(margin))
      let binned = try rows("magnitude", of: "weights", teacher, report)
      func mean(_ bins: [Int]) -> [Double] {
        binned[0].indices.map { seed in
          bins.reduce(0) { $0 + binned[$1][seed] } / Double(bins.count)
        }
      }
      claim(
        problem, "mean |r̂|: λ in 0.45…0.55 − λ within 0.05 of 0 or 1",
        "slides", mean([Self.bins / 2 - 1, Self.bins / 2]),
        minus: mean([0, Self.bins - 1]))
      let pairs = try SourcePairs(teacher.rawValue, report)
      claim(
        problem, "pairs with their peak of |r̂| in (¼, ¾): network − linear",
        "comparison", pairs.innerPeaks, minus: pixels.innerPeaks)
      claim(
        problem, "R² at λ = ½ of r̂ of the two images alone", "comparison",
        pairs.determination[PairValues.half])
      // Nothing can overtake a teacher that has seen the answers.
      guard teacher == .train else { continue }
      func epochs(_ name: String) throws -> [Double] {
        try rows(name, of: "models", teacher, report)[0]
      }
      for (name, moment) in [
        ("accuracy", "accuracyEpoch"), ("NLL", "nllEpoch"),
      ] {
        claim(
          problem,
          "epoch: #(−) < #(+) − student overtakes in \(name)",
          "slides", try epochs("countEpoch"), minus: try epochs(moment))
      }
    }
    for features in Self.features {
      let pairs = try SourcePairs(features, report)
      claim(
        "linear, \(features)", "mean |r̂|: λ = ½ − λ = 0, 1", "slides",
        pairs.magnitudes[PairValues.half], minus: pairs.endMagnitudes)
    }
    return claims
  }
}
