import Figures

extension CausesExperiment {
  private func precision(
    _ ranking: String, _ report: SeedReport<Self>,
    column: String = "precision"
  ) throws -> [Double] {
    try report.rows(column, of: "precision", where: ["ranking": ranking])[0]
  }

  private static let treatments = [
    "none", "EWC deletion", "Newton removal", "fine-tuning without",
    "fine-tuning with all", "retraining without", "retraining without random",
  ]

  func tables(
    _ report: SeedReport<Self>
  ) throws -> [(name: String, table: TextTable)] {
    var precisions = TextTable([
      .init("ranking"), .init("precision %", .trailing),
      .init("average precision %", .trailing), .init("n", .trailing),
    ])
    for ranking in Self.rankings {
      func percent(_ column: String) throws -> String {
        ImageReport.text(
          try precision(ranking, report, column: column).map { 100 * $0 },
          digits: 1)
      }
      precisions.append([
        ranking, try percent("precision"), try percent("averagePrecision"),
        "\(seeds.count)",
      ])
    }
    var treatments = TextTable([
      .init("treatment"), .init("success %", .trailing),
      .init("damage %", .trailing), .init("accuracy %", .trailing),
      .init("n", .trailing),
    ])
    for treatment in Self.treatments {
      treatments.append(
        [treatment]
          + (try ["success", "damage", "accuracy"].map { column in
            ImageReport.text(
              try report.rows(
                column, of: "treatment", where: ["treatment": treatment])[0]
                .map { 100 * $0 }, digits: 2)
          }) + ["\(seeds.count)"])
    }
    var networks = TextTable([
      .init("accuracy %", .trailing),
      .init("\(corruption.noun) fitted %", .trailing),
      .init("others fitted %", .trailing), .init("ascent, steps", .trailing),
      .init("gain, nats", .trailing), .init("of it late", .trailing),
      .init("n", .trailing),
    ])
    func mean(_ column: String, factor: Double, digits: Int) throws -> String {
      ImageReport.text(
        try report.rows(column, of: "failures", where: [:])[0]
          .map { factor * $0 }, digits: digits)
    }
    networks.append(
      try ["accuracy", "fittedCorrupted", "fittedOthers"].map {
        try mean($0, factor: 100, digits: 1)
      }
        + ["ascentSteps", "ascentGain", "ascentLateGain"].map {
          try mean($0, factor: 1, digits: 1)
        } + ["\(seeds.count)"])
    return [
      ("precision", precisions), ("treatment", treatments),
      ("network", networks),
    ]
  }

  func claims(_ report: SeedReport<Self>) throws -> [Claim] {
    let problem =
      if case .labels = corruption { "flipped labels" } else { "input noise" }
    return try expectations.map {
      try $0.claim(about: problem) {
        try precision($1, report, column: $0.rawValue)
      }
    }
  }

  func figures(_ report: SeedReport<Self>) throws -> [Figure] {
    func curve(
      _ column: String, _ ranking: String
    ) throws -> [[Double]] {
      try report.rows(column, of: "curve", where: ["ranking": ranking])
        .map { $0.map { 100 * $0 } }
    }
    let shares = (1...50).map { 2 * Double($0) }
    let found = Panel(
      title: "precision", x: Axis("inspected, %"),
      y: Axis("\(corruption.noun) among inspected, %", range: 0...100),
      layers: try Self.rankings.enumerated().flatMap { style, ranking in
        report.curve(
          x: shares, try curve("precision", ranking), label: ranking,
          style: style)
      })
    let traded = Panel(
      title: "precision against recall",
      x: Axis("found of all \(corruption.noun), %"),
      y: Axis("\(corruption.noun) among inspected, %", range: 0...100),
      layers: try Self.rankings.enumerated().map { style, ranking in
        .line(
          x: try curve("recall", ranking).map { SampleSummary($0).mean },
          y: try curve("precision", ranking).map { SampleSummary($0).mean },
          label: ranking, style: style)
      })
    return [
      Figure(
        name: "detection", title: corruption.title,
        caption: report.caption(
          "Training samples of \(data.source.name) ranked by each "
            + "score, \(corruption.words); EWC influence was named in "
            + "advance. Right: means over the seeds."),
        panels: [found, traded], columns: 2,
        size: .init(width: 560, height: 290), legend: .below)
    ]
  }
}
