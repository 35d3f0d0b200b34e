import FeatureLearning
import Figures
import RealModule

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
      + (try orderTable(report)) + (try probeTables(report))
  }

  /// Whether plain training has to memorise rare samples: the condition
  /// ρn/2 < σ_p²(d − 4) < (1 − ρ)n/2 and the rates that it is about.
  ///
  /// No table where it does not apply: patches of images, features of other
  /// lengths, no plain training.
  private func orderTable(
    _ report: SeedReport<Self>
  ) throws -> [(name: String, table: TextTable)] {
    guard
      let plain = methods.first(where: { $0.method == .plain }),
      settings.images == nil, settings.featureNorms.allSatisfy({ $0 == 1 })
    else { return [] }
    var table = TextTable([
      .init("problem"), .init("rare, ρn/2", .trailing),
      .init("noise, σ_p²(d − 4)", .trailing),
      .init("common, (1 − ρ)n/2", .trailing),
      .init("plain memorises before the rare feature"),
      .init("measured rare < noise < common", .trailing),
    ])
    for (position, factor) in settings.factors.enumerated() {
      let count = settings.sampleCount * factor
      let rates = FeatureRates(
        try settings.generator(factor: factor), sampleCount: count)
      func measured(_ direction: String) throws -> [[Double]] {
        try (0..<2).map { k in
          try report.rows(
            "measuredRate", of: "rates",
            where: ["method": plain.name, "direction": "\(direction)_\(k)"])[
              position]
        }
      }
      let (rare, noise, common) = (
        try measured("rare"), try measured("noise"), try measured("common")
      )
      let ordered = seeds.indices.count { seed in
        (0..<2).allSatisfy {
          rare[$0][seed] < noise[$0][seed] && noise[$0][seed] < common[$0][seed]
        }
      }
      table.append(
        [problem(factor)]
          + [rates.rare, rates.noise, rates.common].map {
            JobProgress.short(Double(count) * $0)
          } + [
            rates.memorisesRareSamples ? "predicted" : "not predicted",
            "\(ordered) of \(seeds.count) seeds",
          ])
    }
    return [("memorisation", table)]
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
        let end = Double(settings.iterations)
        return zip(both[0], both[1]).map { (min($0, end) + min($1, end)) / 2 }
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
  /// A sentence for each set of methods whose curves of features cannot be
  /// told apart: nowhere further from each other than a hundredth of the axis.
  private func coincidence(
    factor: Int, _ report: SeedReport<Self>
  ) throws -> String {
    let curves = try methods.map { entry in
      try ["common", "rare"].map { feature in
        let parts = try (0..<2).map {
          try column(
            "\(feature)_\($0)", of: "curves", entry.name, factor: factor, report
          )
        }
        return parts[0].indices.map { row in
          let both = parts[0][row] + parts[1][row]
          let mean = both.reduce(0, +) / Double(both.count)
          return feature == "rare" ? Double.log(mean) : mean
        }
      }
    }
    let widths = (0..<2).map { panel in
      let values = curves.flatMap { $0[panel] }.filter(\.isFinite)
      return 0.01 * ((values.max() ?? 0) - (values.min() ?? 0))
    }
    var groups: [[Int]] = []
    for method in methods.indices {
      let group = groups.firstIndex { group in
        (0..<2).allSatisfy { panel in
          zip(curves[method][panel], curves[group[0]][panel]).allSatisfy {
            $0 == $1 || abs($0 - $1) <= widths[panel]
          }
        }
      }
      if let group {
        groups[group].append(method)
      } else {
        groups.append([method])
      }
    }
    return groups.filter { $0.count > 1 }.map { group in
      let names = group.map { methods[$0].name }
      return " The curves of " + names.dropLast().joined(separator: ", ")
        + " and " + (names.last ?? "") + " lie on each other."
    }.joined()
  }

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
            + "ρ = \(settings.rareProbability)."
            + (try coincidence(factor: factor, report))),
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
