public import Figures
public import Foundation
import RandomFeature

extension RandomFeatureReport {
  /// Writes all figures.
  ///
  /// - Throws: `FigureError`; data and scripts of all figures are written
  ///   before the first is drawn.
  @discardableResult
  public func writeFigures(formats: [Gnuplot.Format]) throws -> [URL] {
    let figures = [
      try riskFigure(), try errorFigure(), try splitFigure(),
      try spectrumFigure(), try shapeFigure(), try switchFigure(),
      try scheduleFigure(), try filterFigure(),
    ]
    let folder = URL(filePath: path + "/figures", directoryHint: .isDirectory)
    for figure in figures { try figure.write(to: folder, formats: []) }
    return try figures.flatMap {
      try $0.write(to: folder, formats: formats).suffix(formats.count)
    }
  }

  private var names: [String] { experiment.problems.map(\.name) }

  private func caption(_ text: String, seeds: Bool = true) -> Figure.Caption {
    Figure.Caption(
      text, sampleCount: seeds ? experiment.seeds.count : nil,
      interval: seeds && experiment.seeds.count > 1
        ? "95 % t interval of the mean over seeds" : nil)
  }

  private func figure(
    _ name: String, _ title: String, _ caption: Figure.Caption,
    rowHeight: Double = 190, panelsPerRow: Int = 3, _ panels: [Panel]
  ) -> Figure {
    let columns = min(panels.count, panelsPerRow)
    let rows = (panels.count + columns - 1) / columns
    return Figure(
      name: name, title: title, caption: caption, panels: panels,
      columns: columns,
      size: .init(width: 504, height: 60 + rowHeight * Double(rows)),
      legend: .below)
  }

  private var timeAxis: Axis { Axis("time t, steps", scale: .logarithmic) }

  /// Mean over the seeds with its interval, at the table's finite times > 0.
  private func curve(
    _ column: String, over x: String = "time", of table: String,
    _ problem: String, label: String, style: Int
  ) throws -> [Layer] {
    let tables = try tables(table, problem)
    let times = try tables[0].numbers(x)
    let shown = times.indices.filter { times[$0] > 0 && times[$0].isFinite }
    let summaries = try rows(column, tables).map { SampleSummary($0) }
    let xs = shown.map { times[$0] }
    var layers: [Layer] = []
    if experiment.seeds.count > 1 {
      layers.append(
        .band(
          x: xs,
          lower: shown.map {
            summaries[$0].interval?.lowerBound ?? summaries[$0].mean
          },
          upper: shown.map {
            summaries[$0].interval?.upperBound ?? summaries[$0].mean
          }, of: label, style: style))
    }
    layers.append(
      .line(
        x: xs, y: shown.map { summaries[$0].mean }, label: label, style: style))
    return layers
  }

  /// Means of what descent measured, every third mark.
  private func measured(
    _ column: String, _ problem: String, label: String, style: Int
  ) throws -> [Layer] {
    let tables = try tables("descent", problem)
    let steps = try tables[0].numbers("steps")
    let means = try rows(column, tables).map { SampleSummary($0).mean }
    let shown = steps.indices.filter { $0.isMultiple(of: 3) }
    return shown.isEmpty
      ? []
      : [
        .points(
          x: shown.map { steps[$0] }, y: shown.map { means[$0] }, label: label,
          style: style)
      ]
  }

  // MARK: - Through time

  private func riskFigure() throws -> Figure {
    figure(
      "risk", "Risk through time",
      caption(
        "Risk relative to E[f(X)²]. Lines: closed form. Points: gradient "
          + "descent, measured. Mixup draws λ once for each pair."),
      try names.map { problem in
        Panel(
          title: problem, x: timeAxis, y: Axis("relative risk"),
          layers: try curve(
            "mixupRisk", of: "curves", problem, label: "mixup", style: 0)
            + curve(
              "plainRisk", of: "curves", problem, label: "plain", style: 1)
            + measured(
              "mixupRisk", problem, label: "mixup, descent", style: 0)
            + measured(
              "plainRisk", problem, label: "plain, descent", style: 1))
      })
  }

  private func errorFigure() throws -> Figure {
    figure(
      "error", "Distance from θ* through time",
      caption(
        "‖θ_t − θ*‖ under mixup, θ* the solution for clean labels. Line: "
          + "closed form. Points: gradient descent, measured."),
      try names.map { problem in
        Panel(
          title: problem, x: timeAxis,
          y: Axis("‖θ_t − θ*‖", scale: .logarithmic),
          layers: try curve(
            "mixupError", of: "curves", problem, label: "predicted", style: 0)
            + measured(
              "mixupError", problem, label: "measured", style: 1))
      })
  }

  private func splitFigure() throws -> Figure {
    figure(
      "split", "What decays and the noise that grows",
      caption(
        "Parts of the mixup risk above that of θ*, relative to E[f(X)²]: the "
          + "start that decays, the labels' noise that grows, and what the two "
          + "share."),
      try names.map { problem in
        Panel(
          title: problem, x: timeAxis, y: Axis("part of the risk"),
          layers: try curve(
            "decay", of: "curves", problem, label: "decay", style: 0)
            + curve("noise", of: "curves", problem, label: "noise", style: 1)
            + curve(
              "interaction", of: "curves", problem, label: "shared", style: 2))
      })
  }

  // MARK: - Modes

  private func spectrumFigure() throws -> Figure {
    let seed = experiment.seeds[0]
    return figure(
      "modes", "Modes of the mixup design",
      caption(
        "Seed \(seed). Above: each mode's start error |a| and noise |b|. Below: "
          + "the time at which the bound of a mode is smallest, the time at "
          + "which the error of this start vanishes, and the time of the "
          + "smallest mean error over starts; modes without the latter two "
          + "have no point.", seeds: false),
      panelsPerRow: names.count,
      try names.map { try spectrumPanel($0, times: false) }
        + names.map { try spectrumPanel($0, times: true) })
  }

  private func spectrumPanel(_ problem: String, times: Bool) throws -> Panel {
    let table = try tables("modes", problem)[0]
    let x = try table.numbers("eigenvalue")
    func points(_ column: String, _ label: String, _ style: Int) throws -> Layer
    {
      .points(
        x: x, y: try table.numbers(column).map { abs($0) }, label: label,
        style: style)
    }
    return Panel(
      title: times ? nil : problem,
      x: Axis("eigenvalue μ of K", scale: .logarithmic),
      y: Axis(times ? "best time, steps" : "amplitude", scale: .logarithmic),
      layers: times
        ? [
          try points("boundOptimum", "bound smallest", 2),
          try points("zeroCrossing", "this start's error 0", 0),
          try points("meanOptimum", "mean error smallest", 1),
        ]
        : [
          try points("startError", "start |a|", 4),
          try points("noise", "noise |b|", 3),
        ])
  }

  /// One U-shaped and one monotone mode, for one start and for the mean.
  private func shapeFigure() throws -> Figure {
    let problem = experiment.problems[0]
    let table = try tables("modes", problem.name)[0]
    let (mu, a, b, clean) = (
      try table.numbers("eigenvalue"), try table.numbers("startError"),
      try table.numbers("noise"), try table.numbers("clean")
    )
    let (zero, mean) = (
      try table.numbers("zeroCrossing"), try table.numbers("meanOptimum")
    )
    let xi =
      experiment.startDeviation
      ?? 1 / Double(max(problem.dimensionOfFeatures, 1)).squareRoot()
    func reports() -> [ModeReport] {
      mu.indices.map {
        ModeReport(
          eigenvalue: mu[$0], startError: a[$0], noise: b[$0],
          clean: clean[$0], boundOptimum: .nan,
          zeroCrossing: zero[$0].isNaN ? nil : zero[$0],
          meanOptimum: mean[$0].isNaN ? nil : mean[$0])
      }
    }
    let modes = reports()
    // In the unit of each mode's own time, ημ_k t.
    let s = (0...240).map { power(10, -2 + 4 * Double($0) / 240) }
    func panel(
      _ title: String, _ isShaped: (ModeReport) -> Bool,
      _ value: (ModeReport, Double) -> Double
    ) -> Panel {
      var layers: [Layer] = []
      for (shaped, label, style) in [
        (true, "U-shaped", 0), (false, "monotone", 1),
      ] {
        // The mode with the most noise of its kind shows it best.
        guard
          let mode = modes.filter({ isShaped($0) == shaped })
            .max(by: { abs($0.noise) < abs($1.noise) })
        else { continue }
        let unit = max(value(mode, 0), .leastNormalMagnitude)
        layers.append(
          .line(
            x: s,
            y: s.map {
              value(mode, $0 / (experiment.learningRate * mode.eigenvalue))
                / unit
            }, label: label, style: style))
      }
      return Panel(
        title: title, x: Axis("ημ_k t", scale: .logarithmic),
        y: Axis("squared error of the mode, first = 1"), layers: layers)
    }
    return figure(
      "shapes", "When a mode's error is U-shaped",
      caption(
        "Problem \(problem.name), seed \(experiment.seeds[0]). One start: "
          + "U-shaped where start error and noise have opposite signs. Mean "
          + "over starts: U-shaped where 0 < b(b + θ*_k) < ξ² + (b + θ*_k)². "
          + "Of each kind the mode with the most noise.", seeds: false),
      [
        panel("one start", \.isUShaped) {
          $0.squaredError(at: $1, learningRate: experiment.learningRate)
        },
        panel("mean over starts", \.isMeanUShaped) {
          $0.meanSquaredError(
            at: $1, learningRate: experiment.learningRate, startDeviation: xi)
        },
      ])
  }

  // MARK: - Methods

  private func switchFigure() throws -> Figure {
    figure(
      "switch", "Switching from mixup to plain training",
      caption(
        "Risk at time \(JobProgress.short(experiment.horizon)), relative to "
          + "E[f(X)²], where mixup gave way to plain training at the time "
          + "shown."),
      try names.map { problem in
        Panel(
          title: problem, x: Axis("switch time, steps", scale: .logarithmic),
          y: Axis("relative risk at the end"),
          layers: try curve(
            "risk", over: "switchTime", of: "switches", problem,
            label: "mixup, then plain", style: 0),
          referenceLines: [
            .horizontal(
              SampleSummary(try values("plainHorizonRisk", problem)).mean,
              label: "plain"),
            .horizontal(
              SampleSummary(try values("mixupHorizonRisk", problem)).mean,
              label: "mixup"),
          ])
      })
  }

  private func scheduleFigure() throws -> Figure {
    figure(
      "schedules", "Schedules of α",
      caption(
        "λ ~ Beta(α, α) drawn anew at every step, in expectation over all "
          + "pairs; α changes with t up to "
          + "\(JobProgress.short(experiment.horizon)). Easy: 10 to 0.1; hard: "
          + "0.1 to 10."),
      rowHeight: 210,
      try names.map { problem in
        Panel(
          title: problem, x: timeAxis, y: Axis("relative risk"),
          layers: try RegressionBench.scheduleNames.enumerated().flatMap {
            style, name in
            try curve(
              name, of: "schedules", problem,
              label: Self.scheduleTitle(name), style: style)
          })
      })
  }

  private func filterFigure() throws -> Figure {
    let filters = ["low", "random", "all", "high"]
    return figure(
      "filters", "What a filter makes of the limit",
      caption(
        "Risk at t = ∞ relative to E[f(X)²], of mixup on the samples that a "
          + "filter keeps; random keeps as many as low. A filter that kept "
          + "nothing for some seed is left out."),
      rowHeight: 150, panelsPerRow: 3,
      try names.flatMap { problem in
        let tables = try tables("filters", problem)
        let (teachers, kinds) = (
          try tables[0].texts("teacher"), try tables[0].texts("filter")
        )
        let risks = try rows("limitRisk", tables)
        return RegressionBench.TeacherKind.allCases.map { teacher in
          Panel.means(
            "\(problem), \(teacher.rawValue) teacher",
            filters.compactMap { filter in
              let row = kinds.indices.first {
                kinds[$0] == filter && teachers[$0] == teacher.rawValue
              }
              guard let row, risks[row].allSatisfy(\.isFinite) else {
                return nil
              }
              return (filter, risks[row])
            })
        }
      })
  }
}

extension RegressionProblemSettings {
  /// Number of features.
  var dimensionOfFeatures: Int {
    guard features == .polynomial else { return featureCount }
    let p: Int
    switch source {
    case .generated(_, let dimension, _, _): p = dimension
    case .images: return 0
    }
    return FeatureMap(monomialsUpToDegree: featureCount, inputDimension: p)
      .featureDimension
  }
}
