public import Figures
public import Foundation

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

  var names: [String] { experiment.problems.map(\.name) }

  func caption(_ text: String, seeds: Bool = true) -> Figure.Caption {
    Figure.Caption(
      text, sampleCount: seeds ? experiment.seeds.count : nil,
      interval: seeds && experiment.seeds.count > 1
        ? "95 % t interval of the mean over seeds" : nil)
  }

  func figure(
    _ name: String, _ title: String, _ caption: Figure.Caption,
    rowHeight: Double = 190, panelsPerRow: Int = 3, footnote: String? = nil,
    _ panels: [Panel]
  ) -> Figure {
    let columns = min(panels.count, panelsPerRow)
    let rows = (panels.count + columns - 1) / columns
    return Figure(
      name: name, title: title, caption: caption, panels: panels,
      columns: columns,
      size: .init(width: 504, height: 60 + rowHeight * Double(rows)),
      legend: .below, footnote: footnote)
  }

  private var timeAxis: Axis { Axis("time t, steps", scale: .logarithmic) }

  /// Mean over the seeds with its interval, at the table's finite times > 0.
  private func curve(
    _ column: String, over x: String = "time", of table: String,
    _ problem: String, label: String, style: Int, opacity: Double = 0.15,
    isPositive: Bool = false
  ) throws -> [Layer] {
    let tables = try tables(table, problem)
    let times = try tables[0].numbers(x)
    let shown = times.indices.filter { times[$0] > 0 && times[$0].isFinite }
    let summaries = try rows(column, tables).map { SampleSummary($0) }
    let xs = shown.map { times[$0] }
    var layers: [Layer] = []
    if experiment.seeds.count > 1 {
      // A band that would reach below 0 goes down to the end of a
      // logarithmic axis, and not into a gap.
      let ends = shown.map { row in
        summaries[row].ends(
          within: isPositive
            ? 1e-9 * abs(summaries[row].mean) ... .infinity : nil)
      }
      layers.append(
        .band(
          x: xs, lower: ends.map(\.lower), upper: ends.map(\.upper), of: label,
          style: style, opacity: opacity))
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

  /// A logarithmic axis over the means of some curves; bands and points
  /// beyond it are cut off.
  private func riskAxis(
    _ columns: [String], of table: String, _ problem: String
  ) throws -> Axis {
    let tables = try tables(table, problem)
    let times = try tables[0].numbers("time")
    let means = try columns.flatMap { column in
      try zip(times, rows(column, tables)).filter { $0.0 > 0 }
        .map { SampleSummary($0.1).mean }
    }.filter { $0.isFinite && $0 > 0 }
    guard let low = means.min(), let high = means.max() else {
      return Axis("relative risk", scale: .logarithmic)
    }
    let margin = max(power(high / low, 0.08), 1.05)
    return Axis(
      "relative risk", scale: .logarithmic,
      range: low / margin...high * margin)
  }

  /// Whether descent of some seed leaves what the closed form reaches by far.
  private func hasDivergentDescent(_ problem: String) throws -> Bool {
    let tables = try tables("descent", problem)
    return try ["mixup", "plain"].contains { method in
      let measured = try rows("\(method)Risk", tables).joined()
      let highest = try rows("\(method)Predicted", tables).joined().max() ?? 0
      return measured.contains { !($0 <= 10 * highest) }
    }
  }

  // MARK: - Through time

  private func riskFigure() throws -> Figure {
    figure(
      "risk", "Risk through time",
      caption(
        "Risk relative to E[f(X)²]. Lines: closed form. Points: gradient "
          + "descent, measured. Mixup draws λ once for each pair. The axes show "
          + "the closed form: descent whose step is too long for some seed "
          + "(η μ > 2) diverges, and its points lie outside or are missing."),
      footnote: try names.contains(where: hasDivergentDescent)
        ? "points outside the axes are not shown: descent diverges there" : nil,
      try names.map { problem in
        Panel(
          title: problem, x: timeAxis,
          y: try riskAxis(["mixupRisk", "plainRisk"], of: "curves", problem),
          layers: try curve(
            "mixupRisk", of: "curves", problem, label: "mixup", style: 0,
            isPositive: true)
            + curve(
              "plainRisk", of: "curves", problem, label: "plain", style: 1,
              isPositive: true)
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
        "‖θ(t) − θ*‖ under mixup, θ* the solution for clean labels. Line: "
          + "closed form. Points: gradient descent, measured."),
      try names.map { problem in
        Panel(
          title: problem, x: timeAxis,
          y: Axis("‖θ(t) − θ*‖", scale: .logarithmic),
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
              "interaction", of: "curves", problem, label: "shared", style: 2),
          referenceLines: [.horizontal(0)])
      })
  }

  // MARK: - Methods

  private func switchFigure() throws -> Figure {
    figure(
      "switch", "Switching from mixup to plain training",
      caption(
        "Risk at time \(JobProgress.short(experiment.horizon)), relative to "
          + "E[f(X)²], where mixup gave way to plain training at the time "
          + "shown; level lines: means of plain training and mixup without a "
          + "switch."),
      try names.map { problem in
        let times = try tables("switches", problem)[0].numbers("switchTime")
          .filter { $0 > 0 && $0.isFinite }
        func level(
          _ column: String, _ label: String, _ style: Int
        ) throws -> Layer {
          let mean = SampleSummary(try values(column, problem)).mean
          return .line(
            x: times, y: times.map { _ in mean }, label: label, style: style)
        }
        return Panel(
          title: problem, x: Axis("switch time, steps", scale: .logarithmic),
          y: Axis("relative risk at the end"),
          layers: try curve(
            "risk", over: "switchTime", of: "switches", problem,
            label: "mixup, then plain", style: 0)
            + [
              level("plainHorizonRisk", "plain throughout", 1),
              level("mixupHorizonRisk", "mixup throughout", 2),
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
          title: problem, x: timeAxis,
          y: try riskAxis(
            RegressionBench.scheduleNames, of: "schedules", problem),
          layers: try RegressionBench.scheduleNames.enumerated().flatMap {
            style, name in
            try curve(
              name, of: "schedules", problem,
              label: Self.scheduleTitle(name), style: style, opacity: 0.08,
              isPositive: true)
          })
      })
  }

  private func filterFigure() throws -> Figure {
    let filters = ["low", "random", "all", "high"]
    let panels = try names.flatMap { problem in
      let tables = try tables("filters", problem)
      let (teachers, kinds) = (
        try tables[0].texts("teacher"), try tables[0].texts("filter")
      )
      let risks = try rows("limitRisk", tables)
      return RegressionBench.TeacherKind.allCases.map { teacher in
        let rows = filters.compactMap { filter in
          kinds.indices.first {
            kinds[$0] == filter && teachers[$0] == teacher.rawValue
          }.map { Panel.MeanRow(name: filter, values: risks[$0]) }
        }
        return Panel.means(
          "relative risk at t = ∞",
          title: "\(problem), \(teacher.rawValue) teacher",
          Self.settingAsideWildIntervals(rows))
      }
    }
    return figure(
      "filters", "What a filter makes of the limit",
      caption(
        "Risk at t = ∞ relative to E[f(X)²], of mixup on the samples that a "
          + "filter keeps, by problem and teacher; random keeps as many as "
          + "low. No value: the filter kept nothing for some seed. A number "
          + "with an arrow stands for a mean outside the axes, whose interval "
          + "would flatten the others."),
      rowHeight: 165, panelsPerRow: RegressionBench.TeacherKind.allCases.count,
      footnote: "no value: kept nothing for some seed; "
        + "number with arrow: outside the axes",
      panels)
  }

  /// Sets rows aside whose interval is more than five times as wide as the
  /// median of the panel.
  private static func settingAsideWildIntervals(
    _ rows: [Panel.MeanRow]
  ) -> [Panel.MeanRow] {
    let widths = rows.map { SampleSummary($0.values).intervalHalfWidth }
    let known = widths.compactMap { $0 }
    guard known.count > 2 else { return rows }
    let limit = 5 * Statistics.median(known)
    return zip(rows, widths).map { row, width in
      var row = row
      row.isAside = width.map { $0 > limit } ?? false
      return row
    }
  }
}
