import Figures

extension FeatureLearningExperiment {
  /// A column of a table of one method, row by row, seed by seed.
  func column(
    _ name: String, of table: String, _ method: String, factor: Int,
    _ report: SeedReport<Self>
  ) throws -> [[Double]] {
    let factors = try report.rows(
      "factor", of: table, where: ["method": method])
    return zip(
      factors, try report.rows(name, of: table, where: ["method": method])
    ).filter { $0.0[0] == Double(factor) }.map(\.1)
  }

  /// The mean of both classes at a recorded iterate, seed by seed.
  func classMean(
    _ name: String, _ method: String, factor: Int, at iteration: Int,
    _ report: SeedReport<Self>
  ) throws -> [Double] {
    let iterations = try column(
      "iteration", of: "curves", method, factor: factor, report)
    guard let row = iterations.firstIndex(where: { $0[0] == Double(iteration) })
    else { return seeds.map { _ in .nan } }
    let both = try (0..<2).map {
      try column("\(name)_\($0)", of: "curves", method, factor: factor, report)[
        row]
    }
    return zip(both[0], both[1]).map { ($0 + $1) / 2 }
  }

  private func test(
    _ name: String, _ method: String, factor: Int, _ report: SeedReport<Self>
  ) throws -> [Double] {
    try column(name, of: "tests", method, factor: factor, report).last ?? []
  }

  func problem(_ factor: Int) -> String {
    "\(settings.sampleCount * factor) samples, d = "
      + "\(settings.dimension * factor)"
  }

  func tables(
    _ report: SeedReport<Self>
  ) throws -> [(name: String, table: TextTable)] {
    var features = TextTable([
      .init("problem"), .init("method"), .init("common", .trailing),
      .init("rare", .trailing), .init("own noise", .trailing),
      .init("test %", .trailing), .init("common test %", .trailing),
      .init("rare test %", .trailing), .init("n", .trailing),
    ])
    var rates = TextTable([
      .init("problem"), .init("method"), .init("direction"),
      .init("rate, predicted", .trailing), .init("measured", .trailing),
      .init("leaves at, predicted", .trailing), .init("measured", .trailing),
      .init("n", .trailing),
    ])
    for factor in settings.factors {
      for entry in methods {
        let name = entry.name
        features.append(
          [problem(factor), name]
            + (try [("common", 3), ("rare", 4), ("noise", 4)].map {
              ImageReport.text(
                try classMean(
                  $0.0, name, factor: factor, at: settings.iterations, report),
                digits: $0.1)
            })
            + (try ["all", "common", "rare"].map {
              ImageReport.text(
                try test($0, name, factor: factor, report).map { 100 * $0 },
                digits: 1)
            }) + ["\(seeds.count)"])
        let directions =
          try report.tables("rates").first?.table
          .texts("direction", of: "rates") ?? []
        guard entry.hasPredictedRates else { continue }
        for direction in directions.prefix(6) {
          func values(_ column: String) throws -> [Double] {
            let rows = try report.rows(
              column, of: "rates",
              where: ["method": name, "direction": direction])
            return rows[settings.factors.firstIndex(of: factor) ?? 0]
          }
          func steps(_ column: String) throws -> String {
            let found = try values(column)
            return found.contains { !$0.isFinite }
              ? "–" : ImageReport.text(found, digits: 0)
          }
          rates.append([
            problem(factor), name, direction,
            ImageReport.text(try values("predictedRate"), digits: 4),
            ImageReport.text(try values("measuredRate"), digits: 4),
            try steps("predictedIteration"), try steps("measuredIteration"),
            "\(seeds.count)",
          ])
        }
      }
    }
    return [("features", features), ("rates", rates)]
      + (try probeTables(report))
  }

  func claims(_ report: SeedReport<Self>) throws -> [Claim] {
    guard let plain = methods.first(where: { $0.method == .plain }) else {
      return []
    }
    var claims: [Claim] = []
    let mixup = methods.first {
      $0.kind == .mixup && $0.method == $0.unguided
    }
    let stopped = methods.first {
      $0.method.plainFrom != nil && $0.method.guidance == nil
    }
    for factor in settings.factors {
      func claim(
        _ statement: String, _ source: String, _ first: [Double],
        minus second: [Double], isPositive: Bool = true
      ) {
        claims.append(
          Claim(
            problem: problem(factor), statement: statement, source: source,
            comparison: PairedComparison(first, minus: second),
            expectsPositive: isPositive))
      }
      func end(
        _ name: String, _ entry: PatchMethodSettings, at iteration: Int? = nil
      ) throws -> [Double] {
        try classMean(
          name, entry.name, factor: factor,
          at: iteration ?? settings.iterations,
          report)
      }
      func accuracy(_ entry: PatchMethodSettings) throws -> [Double] {
        try test("rare", entry.name, factor: factor, report)
      }
      let zou = "D. Zou et al. 2023"
      if let mixup {
        let stop = stopped?.method.plainFrom ?? settings.iterations
        claim(
          "rare: \(mixup.name) − 5·plain at \(stop)", "derived",
          try end("rare", mixup, at: stop),
          minus: try end("rare", plain, at: stop).map { 5 * $0 })
        claim(
          "rare test accuracy: \(mixup.name) − plain", zou,
          try accuracy(mixup), minus: try accuracy(plain))
        claims += try probeClaims(plain, mixup, factor: factor, report)
      }
      if let mixup, let stopped {
        claim(
          "common: \(stopped.name) − \(mixup.name)", "slides",
          try end("common", stopped), minus: try end("common", mixup))
        claim(
          "rare: \(stopped.name) − plain", "slides",
          try end("rare", stopped), minus: try end("rare", plain))
        claim(
          "rare test accuracy: \(stopped.name) − plain", zou,
          try accuracy(stopped), minus: try accuracy(plain))
      }
      // Hypotheses about filters and schedules, against plain and mixup.
      for entry in methods where entry.method.guidance?.filter == .low {
        // Like with like: the same law of λ without the filter.
        guard
          let own = methods.first(where: { $0.method == entry.unguided })
        else { continue }
        claim(
          "rare: \(entry.name) − \(own.name)", "slides",
          try end("rare", entry), minus: try end("rare", own))
      }
      for entry in methods where entry.isScheduled {
        guard let stopped else { continue }
        claim(
          "rare: \(entry.name) − \(stopped.name)", "slides",
          try end("rare", entry), minus: try end("rare", stopped))
        claim(
          "common: \(entry.name) − \(stopped.name)", "slides",
          try end("common", entry), minus: try end("common", stopped))
      }
      func departure(_ direction: String) throws -> [Double] {
        let both = try (0..<2).map { k in
          try report.rows(
            "measuredIteration", of: "rates",
            where: ["method": plain.name, "direction": "\(direction)_\(k)"])[
              settings.factors.firstIndex(of: factor) ?? 0]
        }
        // What has not left by the end counts as leaving there.
        return zip(both[0], both[1]).map {
          min(($0 + $1) / 2, Double(settings.iterations))
        }
      }
      claim(
        "plain leaves the linear phase: noise − common", "derived",
        try departure("noise"), minus: try departure("common"))
      claim(
        "plain leaves the linear phase: rare − noise", "derived",
        try departure("rare"), minus: try departure("noise"))
    }
    return claims
  }
}

extension PatchMethodSettings {
  /// Whether the concentration moves.
  var isScheduled: Bool {
    if case .beta(let schedule, _) = method.weights {
      return Set(schedule.extremes).count > 1
    }
    return false
  }
}

extension FeatureLearningExperiment {
  func figures(_ report: SeedReport<Self>) throws -> [Figure] {
    try settings.factors.flatMap { factor in
      try figures(report, factor: factor)
    }
  }

  private func figures(
    _ report: SeedReport<Self>, factor: Int
  ) throws -> [Figure] {
    func panel(
      _ title: String, _ y: Axis, _ table: String,
      isPositive: Bool = false, within bounds: ClosedRange<Double>? = nil,
      scale: Double = 1, _ columns: [String]
    ) throws -> Panel {
      Panel(
        title: title, x: Axis("iterations"), y: y,
        layers: try methods.enumerated().flatMap { style, entry in
          let x = try column(
            "iteration", of: table, entry.name, factor: factor, report
          ).map { $0[0] }
          let parts = try columns.map {
            try column($0, of: table, entry.name, factor: factor, report)
          }
          let means = x.indices.map { row in
            seeds.indices.map { seed in
              scale * parts.reduce(0) { $0 + $1[row][seed] }
                / Double(parts.count)
            }
          }
          return report.curve(
            x: x, means, label: entry.name, style: style,
            isPositive: isPositive, within: bounds)
        })
    }
    func both(_ name: String) -> [String] { ["\(name)_0", "\(name)_1"] }
    let suffix = settings.factors.count > 1 ? "-\(factor)" : ""
    func titled(_ text: String) -> String {
      settings.factors.count > 1 ? "\(text): \(problem(factor))" : text
    }
    return [
      Figure(
        name: "features" + suffix, title: titled(title),
        caption: report.caption(
          "Σ_r ⟨w_{k,r}, f⟩² of the common and the rare feature, mean of both "
            + "classes, \(problem(factor)), P = \(settings.patchCount), "
            + "ρ = \(settings.rareProbability)."),
        panels: [
          try panel(
            "common", Axis("feature learning"), "curves", both("common")),
          try panel(
            "rare", Axis("feature learning", scale: .logarithmic), "curves",
            isPositive: true, both("rare")),
        ], columns: 2, size: .init(width: 504, height: 280), legend: .below),
      Figure(
        name: "memorisation" + suffix,
        title: titled("Memorised noise and rare test samples"),
        caption: report.caption(
          "Left: the largest |⟨w_{k,r}, ξ⟩| over noise patches of own "
            + "training samples. Right: test accuracy on rare samples alone."),
        panels: [
          try panel(
            "memorisation", Axis("largest response"), "curves",
            both("memorisation")),
          try panel(
            "rare test samples", Axis("accuracy, %", within: 0...100), "tests",
            within: 0...100, scale: 100, ["rare"]),
        ], columns: 2, size: .init(width: 504, height: 280), legend: .below),
    ] + (try probeFigure(report, factor: factor))
  }
}
