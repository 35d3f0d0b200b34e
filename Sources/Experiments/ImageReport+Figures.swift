public import Figures
public import Foundation

extension ImageReport {
  /// Arms that are shown in one figure: those that a teacher guides, their
  /// controls, and the arms without guidance.
  struct Group {
    /// A suffix for file names; empty where there is a single group.
    var suffix: String
    var title: String
    var arms: [ModelSettings]
  }

  /// One group per teacher.
  var groups: [Group] {
    let free = experiment.arms.filter { teacherName(of: $0) == nil }
    var names: [String] = []
    for arm in experiment.arms {
      if let name = teacherName(of: arm), !names.contains(name) {
        names.append(name)
      }
    }
    if names.isEmpty { return [Group(suffix: "", title: "", arms: free)] }
    return names.enumerated().map { k, name in
      // Names that differ in unusable characters alone get their number.
      let isUnique = names.count { usableName($0) == usableName(name) } == 1
      return Group(
        suffix: names.count > 1
          ? "-" + usableName(name) + (isUnique ? "" : "-\(k)") : "",
        title: names.count > 1 ? "teacher \(name)" : "",
        arms: free + experiment.arms.filter { teacherName(of: $0) == name })
    }
  }

  /// The teacher behind an arm, through the arms that it replays.
  private func teacherName(of arm: ModelSettings) -> String? {
    if let teacher = arm.teacher { return teacher }
    for name in [arm.replays, arm.budget?.arm] {
      if let name, let other = experiment.model(name) {
        return teacherName(of: other)
      }
    }
    return arm.plan.guidance?.selfTeacherLag != nil ? arm.name : nil
  }

  /// Writes all figures that the run's data give.
  ///
  /// The sheets of extremes show images, so they come last: without the data
  /// set, all others are there.
  ///
  /// - Parameter formats: What is drawn.
  /// - Throws: `FigureError`; data and scripts of a figure are written before
  ///   it is drawn.
  @discardableResult
  public func writeFigures(formats: [Gnuplot.Format]) throws -> [URL] {
    let collapsed = try collapsedModels()
    var figures: [Figure] = [try outcomeFigure(without: collapsed)]
    var shown: [(group: Group, samples: StoredSamples)] = []
    for group in groups {
      figures.append(try curveFigure(group, without: collapsed))
      guard group.arms.contains(where: { isValued($0) }) else { continue }
      figures.append(try countFigure(group))
      let samples = try storedSamples(group).filter { !$0.values.isEmpty }
      guard let first = samples.first else { continue }
      let plain = samples.filter {
        !collapsed.contains($0.arm.name)
          && $0.arm.plan.guidance?.dropped == .masked
      }
      if !plain.isEmpty { figures.append(histogramFigure(group, plain)) }
      figures.append(weightFigure(group, first))
      shown.append((group, first))
    }
    let drawn = try write(figures, formats)
    if shown.isEmpty { return drawn }
    let images = try PreparedImages(experiment.data).train
    for (_, samples) in shown {
      try checkSources(samples, imageCount: images.count)
    }
    return drawn
      + (try write(
        shown.map { extremesFigure($0.group, $0.samples, images) }, formats))
  }

  /// Writes data and scripts of all before the first is drawn.
  private func write(
    _ figures: [Figure], _ formats: [Gnuplot.Format]
  ) throws -> [URL] {
    let folder = URL(filePath: path + "/figures", directoryHint: .isDirectory)
    for figure in figures { try figure.write(to: folder, formats: []) }
    return try figures.flatMap {
      try $0.write(to: folder, formats: formats).suffix(formats.count)
    }
  }

  private var intervalNote: String { "95 % t interval of the mean over seeds" }

  func caption(_ text: String) -> Figure.Caption {
    let note = leakNote == nil ? "" : " " + leakText
    return Figure.Caption(
      text + note, sampleCount: experiment.seeds.count,
      interval: experiment.seeds.count > 1 ? intervalNote : nil)
  }

  private var leakText: String {
    let names = experiment.models.filter { experiment.hasSeenTestLabels($0) }
      .map(\.name)
    return "Seen test labels, so upper bounds only: "
      + names.joined(separator: ", ") + "."
  }

  func label(_ model: ModelSettings) -> String { marked(model.name) }

  func isValued(_ arm: ModelSettings) -> Bool {
    arm.plan.guidance?.filter.needsValues == true
  }

  // MARK: - Outcomes

  private func outcomeFigure(without collapsed: Set<String>) throws -> Figure {
    let shown = trained.filter { !collapsed.contains($0.name) }
    func panel(_ metric: Metric, _ title: String, scale: Double) throws -> Panel
    {
      .means(
        title,
        try shown.map {
          (label($0), try values(metric, of: $0.name).map { scale * $0 })
        })
    }
    return Figure(
      name: "outcomes", title: experiment.title,
      caption: caption(
        "Test accuracy and negative log-likelihood."
          + collapseText(trained, collapsed)),
      panels: [
        try panel(.accuracy, "test accuracy, %", scale: 100),
        try panel(.likelihood, "test NLL, nats", scale: 1),
      ], columns: 2,
      size: .init(width: 504, height: 90 + 16 * Double(shown.count)))
  }

  // MARK: - Curves

  private func curveFigure(
    _ group: Group, without collapsed: Set<String>
  ) throws -> Figure {
    func layers(_ column: String, scale: Double) throws -> [Layer] {
      try group.arms.enumerated().flatMap { style, arm in
        try curve(arm, column, scale: scale, style: style)
      }
    }
    return Figure(
      name: "curves" + group.suffix, title: title(group),
      caption: caption(
        "Test accuracy and NLL after each epoch."
          + collapseText(group.arms, collapsed)),
      panels: [
        Panel(
          x: Axis("epoch"),
          y: Axis(
            "test accuracy, %",
            range: try curveRange(
              group, .accuracy, scale: 100, without: collapsed)),
          layers: try layers("testAccuracy", scale: 100)),
        Panel(
          x: Axis("epoch"),
          y: Axis(
            "test NLL, nats",
            range: try curveRange(group, .likelihood, without: collapsed)),
          layers: try layers("testNLL", scale: 1)),
      ], columns: 2, size: .init(width: 504, height: 270), legend: .below)
  }

  /// The range of the means after the first tenth of the epochs, without arms
  /// that collapsed: one of those would flatten all others.
  private func curveRange(
    _ group: Group, _ metric: Metric, scale: Double = 1,
    without collapsed: Set<String>
  ) throws -> ClosedRange<Double>? {
    var means: [Double] = []
    for arm in group.arms where !collapsed.contains(arm.name) {
      let runs = try (metrics[arm.name] ?? []).map {
        try $0.column(metric.column)
      }
      let epochs = runs.map(\.count).min() ?? 0
      for epoch in epochs / 10..<max(epochs, epochs / 10) {
        means.append(scale * SampleSummary(runs.map { $0[epoch] }).mean)
      }
    }
    let shown = means.filter(\.isFinite)
    guard let low = shown.min(), let high = shown.max() else { return nil }
    let margin = max(0.04 * (high - low), 1e-6 * max(abs(low), 1))
    return low - margin...high + margin
  }

  /// Models whose accuracy is below half of the best.
  private func collapsedModels() throws -> Set<String> {
    let accuracies = try trained.map {
      SampleSummary(try values(.accuracy, of: $0.name)).mean
    }
    let best = accuracies.max() ?? 0
    return Set(
      zip(trained, accuracies).filter { $1 < best / 2 }.map { $0.0.name })
  }

  /// Names the models that a figure's axes leave out.
  private func collapseText(
    _ models: [ModelSettings], _ collapsed: Set<String>
  ) -> String {
    let names = models.map(\.name).filter(collapsed.contains)
    return names.isEmpty
      ? "" : " Outside the axes (collapsed): \(names.joined(separator: ", "))."
  }

  func title(_ group: Group) -> String {
    group.title.isEmpty
      ? experiment.title : experiment.title + ", " + group.title
  }

  /// Mean over the seeds and its interval, as far as all seeds reach.
  func curve(
    _ arm: ModelSettings, _ column: String, scale: Double, style: Int,
    label text: String? = nil
  ) throws -> [Layer] {
    let runs = try (metrics[arm.name] ?? []).map { try $0.column(column) }
    let epochs = runs.map(\.count).min() ?? 0
    let x = (0..<epochs).map { Double($0 + 1) }
    let summaries = (0..<epochs).map { e in
      SampleSummary(runs.map { scale * $0[e] })
    }
    let name = text ?? label(arm)
    var layers: [Layer] = []
    if runs.count > 1 {
      layers.append(
        .band(
          x: x, lower: summaries.map { $0.interval?.lowerBound ?? $0.mean },
          upper: summaries.map { $0.interval?.upperBound ?? $0.mean },
          of: name, style: style))
    }
    layers.append(
      .line(x: x, y: summaries.map(\.mean), label: name, style: style))
    return layers
  }

  private func countFigure(_ group: Group) throws -> Figure {
    let arms = group.arms.filter(isValued)
    let panels = try arms.map { arm in
      Panel(
        title: label(arm), x: Axis("epoch"), y: Axis("mixed samples"),
        layers: try curve(
          arm, "included", scale: 1, style: 0, label: "r̂ ≤ 0")
          + curve(arm, "excluded", scale: 1, style: 1, label: "r̂ > 0"))
    }
    return Figure(
      name: "counts" + group.suffix, title: title(group),
      caption: caption(
        "Mixed samples of each epoch with r̂ ≤ 0 (the student is no better "
          + "than its teacher) and r̂ > 0."), panels: panels,
      columns: min(panels.count, 3),
      size: .init(
        width: 504, height: 70 + 160 * Double((panels.count + 2) / 3)),
      legend: .below)
  }
}

extension Panel {
  /// The mean of each row of values as a point with its 95 % t interval.
  static func means(
    _ title: String, _ rows: [(name: String, values: [Double])]
  ) -> Panel {
    let summaries = rows.map { SampleSummary($0.values) }
    return Panel(
      x: Axis(title), y: Axis(""),
      layers: [
        .bars(
          names: rows.map(\.name),
          series: [
            .init(
              values: summaries.map(\.mean),
              lower: summaries.map { $0.interval?.lowerBound ?? $0.mean },
              upper: summaries.map { $0.interval?.upperBound ?? $0.mean },
              style: 0)
          ], direction: .horizontal, mark: .point)
      ], legend: .hidden)
  }
}

/// The name with everything but letters, digits, - and _ replaced by -.
func usableName(_ name: String) -> String {
  String(
    name.map {
      $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") ? $0 : "-"
    })
}
