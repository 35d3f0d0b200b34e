import Figures

extension PosteriorsExperiment {
  private func column(
    _ column: String, _ row: String, _ report: SeedReport<Self>,
    of table: String = "agreement"
  ) throws -> [Double] {
    try report.rows(column, of: table, where: ["posterior": row])[0]
  }

  func tables(
    _ report: SeedReport<Self>
  ) throws -> [(name: String, table: TextTable)] {
    func text(
      _ name: String, _ row: String, of table: String = "agreement",
      percent: Bool = false, digits: Int
    ) throws -> String {
      let values = try column(name, row, report, of: table)
      return values.contains(where: \.isNaN)
        ? "–"
        : ImageReport.text(
          values.map { percent ? 100 * $0 : $0 }, digits: digits)
    }
    var agreement = TextTable([
      .init("posterior"), .init("single", .trailing),
      .init("mixed", .trailing), .init("sign, single %", .trailing),
      .init("sign, mixed %", .trailing), .init("precision %", .trailing),
      .init("average precision %", .trailing), .init("n", .trailing),
    ])
    for row in ["reference"] + rows {
      agreement.append([
        row, try text("single", row, digits: 3),
        try text("mixed", row, digits: 3),
        try text("singleSign", row, percent: true, digits: 1),
        try text("mixedSign", row, percent: true, digits: 1),
        try text("precision", row, percent: true, digits: 1),
        try text("averagePrecision", row, percent: true, digits: 1),
        "\(seeds.count)",
      ])
    }
    var uncertainty = TextTable([
      .init("posterior"), .init("median error, nats", .trailing),
      .init("beyond 2 errors %", .trailing),
      .init("deviation of r̂, nats", .trailing),
      .init("holdout before", .trailing), .init("holdout after", .trailing),
      .init("right before", .trailing), .init("right after", .trailing),
      .init("n", .trailing),
    ])
    for row in ["reference"] + signedRows {
      uncertainty.append(
        [
          row, try text("medianError", row, digits: 4),
          try text("resolved", row, percent: true, digits: 1),
          try text("deviation", row, digits: 3),
        ]
          + (try [
            "holdoutBefore", "holdoutAfter", "rightBefore", "rightAfter",
          ].map { try text($0, row, of: "predictive", digits: 3) })
          + ["\(seeds.count)"])
    }
    var tables = [("agreement", agreement), ("uncertainty", uncertainty)]
    let curved = kinds.filter { $0.isLaplace || $0 == .point }
    if !curved.isEmpty {
      var curvature = TextTable([
        .init("posterior"), .init("damping δ", .trailing),
        .init("largest curvature", .trailing),
        .init("effective parameters", .trailing),
        .init("after F", .trailing), .init("steps", .trailing),
        .init("gain, nats", .trailing), .init("converged", .trailing),
        .init("n", .trailing),
      ])
      for kind in curved {
        func cell(_ name: String, _ digits: Int) throws -> String {
          try text(name, kind.rawValue, of: "curvature", digits: digits)
        }
        let converged = try column(
          "converged", kind.rawValue, report, of: "curvature")
        curvature.append([
          kind.rawValue, try cell("priorPrecision", 3),
          try cell("largest", 0), try cell("effective", 0),
          try cell("effectiveAfter", 0), try cell("steps", 0),
          try cell("gain", 1), "\(converged.count { $0 == 1 })",
          "\(seeds.count)",
        ])
      }
      tables.append(("curvature", curvature))
    }
    return tables
  }

  func claims(_ report: SeedReport<Self>) throws -> [Claim] {
    try expectations.map {
      try $0.claim(about: "posteriors") {
        try column($0.rawValue, $1, report)
      }
    }
  }

  // MARK: - Figures

  func figures(_ report: SeedReport<Self>) throws -> [Figure] {
    [try agreementFigure(report), try ranksFigure(report)]
  }

  private func agreementFigure(_ report: SeedReport<Self>) throws -> Figure {
    func series(
      _ name: String, _ rows: [String], label: String, style: Int,
      scale: Double = 1
    ) throws -> Layer.BarSeries {
      let found = try rows.map {
        SampleSummary(try column(name, $0, report).map { scale * $0 })
      }
      let ends = found.map { $0.interval ?? $0.mean...$0.mean }
      return Layer.BarSeries(
        label: label, values: found.map(\.mean),
        lower: seeds.count > 1 ? ends.map(\.lowerBound) : nil,
        upper: seeds.count > 1 ? ends.map(\.upperBound) : nil, style: style)
    }
    let ranked = ["reference"] + rows
    return Figure(
      name: "agreement",
      title: "r̂ under approximate posteriors against networks trained anew",
      caption: report.caption(
        "Left: Spearman's correlation, over the training samples and over "
          + "\(mixed) mixed ones, of r̂ with that of \(references) pairs of "
          + "networks trained on D and on D and the failures. “retrained” are "
          + "\(references) more such pairs: the noise of the reference. "
          + "“-mode” is r̃ at the modes alone. Right: share of flipped labels "
          + "among the \(ConfigurationValue.wordText(100 * inspected)) % of "
          + "highest r̂; "
          + "\(ConfigurationValue.wordText(100 * flipped)) % are flipped."),
      panels: [
        Panel(
          x: Axis("rank correlation with the reference"), y: Axis(""),
          layers: [
            .bars(
              names: rows,
              series: [
                try series("single", rows, label: "single samples", style: 0),
                try series("mixed", rows, label: "mixed samples", style: 1),
              ], direction: .horizontal, mark: .point)
          ], referenceLines: [.vertical(0)]),
        Panel(
          x: Axis("flipped among the highest, %"), y: Axis(""),
          layers: [
            .bars(
              names: ranked,
              series: [
                try series(
                  "precision", ranked, label: "precision", style: 2,
                  scale: 100)
              ], direction: .horizontal, mark: .point)
          ], referenceLines: [.vertical(100 * flipped)]),
      ], columns: 2, size: .init(width: 620, height: 330), legend: .below)
  }

  /// Ranks under each posterior against those of the reference.
  private func ranksFigure(_ report: SeedReport<Self>) throws -> Figure {
    let cells = 20
    let edges = (0...cells).map { 100 * Double($0) / Double(cells) }
    let shown = kinds.map(\.rawValue) + ["retrained"]
    let mixedTables = try report.tables("mixed")
    func percentiles(_ values: [Double]) -> [Double] {
      Statistics.ranks(values).map { ($0 - 0.5) / Double(values.count) }
    }
    let references = try mixedTables.map {
      percentiles(try $0.numbers("reference"))
    }
    let densities = try shown.map { name in
      var counts = [Double](repeating: 0, count: cells * cells)
      var total = 0.0
      for (table, reference) in zip(mixedTables, references) {
        let own = percentiles(try table.numbers(name))
        for (a, b) in zip(reference, own) {
          counts[Int(a * Double(cells)) * cells + Int(b * Double(cells))] += 1
          total += 1
        }
      }
      // 1 where the ranks have nothing to do with each other.
      return counts.map { $0 * Double(cells * cells) / total }
    }
    let most = densities.flatMap { $0 }.max() ?? 1
    return Figure(
      name: "ranks",
      title: "Mixed samples by r̂ under a posterior and under the reference",
      caption: report.caption(
        "Percentile of r̂ under each posterior against that of the reference, "
          + "mixed samples of all seeds, relative to unrelated ranks (1). "
          + "“retrained” is a second reference."),
      panels: zip(shown, densities).map { name, values in
        Panel(
          title: name, x: Axis("reference, percentile"),
          y: Axis("posterior, percentile"),
          layers: [
            .density(
              xEdges: edges, yEdges: edges, values: values,
              valueAxis: Axis("relative density", range: 0...most))
          ])
      }, columns: min(shown.count, 3),
      size: .init(
        width: 640, height: 60 + 190 * Double((shown.count + 2) / 3)),
      legend: .below)
  }
}
