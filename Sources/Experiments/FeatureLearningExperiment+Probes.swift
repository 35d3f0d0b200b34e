import Figures

/// What probes showed along training; nothing where none was asked for.
extension FeatureLearningExperiment {
  /// Iterates of the table: a tenth of the way, half of it and
  /// the end, as far as they were probed.
  private func shownIterations(
    _ method: String, factor: Int, _ report: SeedReport<Self>
  ) throws -> [Int] {
    let probed = try column(
      "iteration", of: "probes", method, factor: factor, report
    ).map { Int($0[0]) }
    let last = settings.iterations
    return [last / 10, last / 2, last].filter(probed.contains)
  }

  /// A column at a probed iterate, seed by seed.
  func probed(
    _ name: String, _ method: String, factor: Int, at iteration: Int,
    _ report: SeedReport<Self>
  ) throws -> [Double] {
    let iterations = try column(
      "iteration", of: "probes", method, factor: factor, report)
    guard let row = iterations.firstIndex(where: { $0[0] == Double(iteration) })
    else { return seeds.map { _ in .nan } }
    return try column(name, of: "probes", method, factor: factor, report)[row]
  }

  func probeTables(
    _ report: SeedReport<Self>
  ) throws -> [(name: String, table: TextTable)] {
    guard settings.probeInterval != nil else { return [] }
    let columns = [
      ("minimum of α", "alphaMinimum", 4),
      ("random directions", "nullMinimum", 4),
      ("share of α < 0", "negativeShare", 3),
      ("share of q < 0", "pushedUpShare", 3),
      ("random directions’", "nullPushedUpShare", 3),
      ("E|q|", "meanAbsoluteQ", 3),
      ("cosine, true class", "trueClassCosine", 3),
      ("others", "otherClassCosine", 3), ("E‖∇ₓℓ‖", "inputGradientNorm", 3),
    ]
    var table = TextTable(
      [.init("problem"), .init("method"), .init("iteration", .trailing)]
        + columns.map { .init($0.0, .trailing) } + [.init("n", .trailing)])
    for factor in settings.factors {
      for entry in methods {
        for iteration in try shownIterations(
          entry.name, factor: factor, report)
        {
          table.append(
            [problem(factor), entry.name, "\(iteration)"]
              + (try columns.map {
                ImageReport.text(
                  try probed(
                    $0.1, entry.name, factor: factor, at: iteration, report),
                  digits: $0.2)
              }) + ["\(seeds.count)"])
        }
      }
    }
    return [("alignment", table)]
  }

  /// Whether a negative minimum is more than residuals make by themselves, how
  /// many samples mixup pushes up, and whether MixupE lowers |q|, on the mean
  /// over all probes.
  func probeClaims(
    _ plain: PatchMethodSettings, _ mixup: PatchMethodSettings, factor: Int,
    _ report: SeedReport<Self>
  ) throws -> [Claim] {
    guard settings.probeInterval != nil else { return [] }
    func mean(
      _ name: String, _ entry: PatchMethodSettings
    ) throws -> [Double] {
      let rows = try column(
        name, of: "probes", entry.name, factor: factor, report)
      return seeds.indices.map { seed in
        rows.reduce(0) { $0 + $1[seed] } / Double(rows.count)
      }
    }
    func claim(
      _ statement: String, _ source: String, _ first: [Double],
      minus second: [Double], isPositive: Bool
    ) -> Claim {
      Claim(
        problem: problem(factor), statement: statement, source: source,
        comparison: PairedComparison(first, minus: second),
        expectsPositive: isPositive)
    }
    let source = "Y. Zou et al. 2023"
    let minima = try (
      mean("alphaMinimum", plain), mean("alphaMinimum", mixup)
    )
    return [
      claim(
        "minimum of α: \(mixup.name) − random directions", source, minima.1,
        minus: try mean("nullMinimum", mixup), isPositive: false),
      claim(
        "minimum of α: plain − random directions", "derived", minima.0,
        minus: try mean("nullMinimum", plain), isPositive: false),
      claim(
        "minimum of α: \(mixup.name) − plain", source, minima.1,
        minus: minima.0, isPositive: false),
      claim(
        "share of q < 0: \(mixup.name) − random directions", source,
        try mean("pushedUpShare", mixup),
        minus: try mean("nullPushedUpShare", mixup), isPositive: true),
      claim(
        "share of q < 0: \(mixup.name) − plain", source,
        try mean("pushedUpShare", mixup),
        minus: try mean("pushedUpShare", plain), isPositive: true),
    ]
      + (try methods.filter { $0.method.penalty != nil }.map {
        claim(
          "mean |q|: \($0.name) − \(mixup.name)", source,
          try mean("meanAbsoluteQ", $0),
          minus: try mean("meanAbsoluteQ", mixup), isPositive: false)
      })
  }

  func probeFigure(
    _ report: SeedReport<Self>, factor: Int
  ) throws -> [Figure] {
    guard settings.probeInterval != nil else { return [] }
    return [
      try alignmentFigure(
        on: "the training samples (\(problem(factor)), "
          + "P = \(settings.patchCount))",
        noun: "sample", x: "iterations",
        name: settings.factors.count > 1 ? "alignment-\(factor)" : "alignment",
        names: methods.map(\.name), caption: report.caption
      ) { name, model, label, style, bounds in
        let method = methods[model].name
        let iterations = try column(
          "iteration", of: "probes", method, factor: factor, report)
        return report.curve(
          x: iterations.map { $0[0] },
          try column(name, of: "probes", method, factor: factor, report),
          label: label, style: style, within: bounds)
      }
    ]
  }
}
