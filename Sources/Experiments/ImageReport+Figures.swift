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
      let isTold = names.count > 1 || marked(name) != name
      return Group(
        suffix: names.count > 1
          ? "-" + usableName(name) + (isUnique ? "" : "-\(k)") : "",
        title: isTold ? "teacher \(marked(name))" : "",
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
  /// The sheets of extremes show images: without the data set, all others are
  /// drawn before its error is thrown.
  ///
  /// - Parameter formats: What is drawn.
  /// - Throws: `FigureError`; data and scripts of all figures are written
  ///   before the first is drawn.
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
      if !plain.isEmpty {
        figures.append(
          histogramFigure(
            group, plain, styles: try styles(group, without: collapsed)))
      }
      figures.append(weightFigure(group, first))
      shown.append((group, first))
    }
    figures += try sensitivityFigures()
    let images = Result {
      shown.isEmpty ? nil : try PreparedImages(experiment.data).train
    }
    if case .success(let train?) = images {
      for (_, samples) in shown {
        try checkSources(samples, imageCount: train.count)
      }
      figures += shown.map { extremesFigure($0.group, $0.samples, train) }
    }
    let drawn = try write(figures, formats)
    _ = try images.get()
    return drawn
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

  // MARK: - Words

  /// The words beside a figure.
  ///
  /// - Parameters:
  ///   - models: The models in the figure.
  ///   - hasIntervals: Whether it shows means over the seeds.
  func caption(
    _ text: String, of models: [ModelSettings], hasIntervals: Bool = false
  ) -> Figure.Caption {
    let names = models.filter { experiment.hasSeenTestLabels($0) }.map(\.name)
    let note =
      names.isEmpty
      ? ""
      : " Seen test labels, so upper bounds only: "
        + names.joined(separator: ", ") + "."
    return Figure.Caption(
      text + note, sampleCount: hasIntervals ? experiment.seeds.count : nil,
      interval: hasIntervals && experiment.seeds.count > 1
        ? "95 % t interval of the mean over seeds" : nil)
  }

  /// What the marks in a figure of these models mean.
  func footnote(_ models: [ModelSettings], _ more: String? = nil) -> String? {
    let hasStar = models.contains { experiment.hasSeenTestLabels($0) }
    let notes = [hasStar ? Self.leakFootnote : nil, more].compactMap { $0 }
    return notes.isEmpty ? nil : notes.joined(separator: "\n")
  }

  static let leakFootnote =
    "* has seen test labels: an upper bound, not a result"

  func label(_ model: ModelSettings) -> String { marked(model.name) }

  func isValued(_ arm: ModelSettings) -> Bool {
    arm.plan.guidance?.filter.needsValues == true
  }

  func title(_ group: Group) -> String {
    group.title.isEmpty
      ? experiment.title : experiment.title + ", " + group.title
  }

  // MARK: - Outcomes

  private func outcomeFigure(without collapsed: Set<String>) throws -> Figure {
    func panel(
      _ metric: Metric, _ title: String, scale: Double,
      within bounds: ClosedRange<Double>? = nil
    ) throws -> Panel {
      .means(
        title,
        try trained.map {
          Panel.MeanRow(
            name: label($0),
            values: try values(metric, of: $0.name).map { scale * $0 },
            isAside: collapsed.contains($0.name))
        }, within: bounds)
    }
    return Figure(
      name: "outcomes", title: experiment.title,
      caption: caption(
        "Test accuracy and negative log-likelihood.", of: trained,
        hasIntervals: true),
      panels: [
        try panel(.accuracy, "test accuracy, %", scale: 100, within: 0...100),
        try panel(.likelihood, "test NLL, nats", scale: 1),
      ], columns: 2,
      size: .init(width: 504, height: 112 + 16 * Double(trained.count)),
      footnote: footnote(
        trained,
        collapsed.isEmpty
          ? nil : "number with arrow: a collapsed arm, outside the axes"))
  }

  /// Models whose accuracy is below half of the best.
  func collapsedModels() throws -> Set<String> {
    let accuracies = try trained.map {
      SampleSummary(try values(.accuracy, of: $0.name)).mean
    }
    let best = accuracies.max() ?? 0
    return Set(
      zip(trained, accuracies).filter { $1 < best / 2 }.map { $0.0.name })
  }

  // MARK: - Counts

  private func countFigure(_ group: Group) throws -> Figure {
    let arms = group.arms.filter(isValued)
    let panels = try arms.map { arm in
      let (included, excluded) = try counts(arm)
      return Panel(
        title: label(arm), x: Axis("epoch"), y: Axis("mixed samples"),
        layers: curve(included, label: "r̂ ≤ 0, kept by low", style: 0)
          + curve(excluded, label: "r̂ > 0, kept by high", style: 1))
    }
    let rows = (panels.count + 2) / 3
    return Figure(
      name: "counts" + group.suffix, title: title(group),
      caption: caption(
        "Mixed samples of each epoch with r̂ ≤ 0 (the student is no better "
          + "than its teacher), which low keeps, and r̂ > 0, which high keeps. "
          + "Epochs in which no sample was valued are gaps.", of: arms,
        hasIntervals: true), panels: panels,
      columns: min(panels.count, 3),
      size: .init(width: 504, height: 84 + 160 * Double(rows)),
      legend: .below, footnote: footnote(arms))
  }

  /// Samples on each side of r̂ = 0 by seed and epoch; NaN where no sample was
  /// valued.
  private func counts(
    _ arm: ModelSettings
  ) throws -> (included: [[Double]], excluded: [[Double]]) {
    var result: (included: [[Double]], excluded: [[Double]]) = ([], [])
    for table in metrics[arm.name] ?? [] {
      let sides = zip(
        try table.column("included"), try table.column("excluded")
      ).map { $0 + $1 > 0 ? ($0, $1) : (.nan, .nan) }
      result.included.append(sides.map(\.0))
      result.excluded.append(sides.map(\.1))
    }
    return result
  }

  /// Mean over the runs and its interval, as far as all runs reach.
  func curve(
    _ runs: [[Double]], label: String, style: Int, opacity: Double = 0.18,
    within bounds: ClosedRange<Double>? = nil
  ) -> [Layer] {
    let epochs = runs.map(\.count).min() ?? 0
    let x = (0..<epochs).map { Double($0 + 1) }
    let summaries = (0..<epochs).map { e in SampleSummary(runs.map { $0[e] }) }
    var layers: [Layer] = []
    if runs.count > 1 {
      let ends = summaries.map { $0.ends(within: bounds) }
      layers.append(
        .band(
          x: x, lower: ends.map(\.lower), upper: ends.map(\.upper),
          of: label, style: style, opacity: opacity))
    }
    return layers + [
      .line(x: x, y: summaries.map(\.mean), label: label, style: style)
    ]
  }
}

extension SampleSummary {
  /// The ends of the interval, cut off where there can be no value; the mean
  /// where there is no interval.
  func ends(
    within bounds: ClosedRange<Double>? = nil
  ) -> (lower: Double, upper: Double) {
    guard let interval else { return (mean, mean) }
    guard let bounds else { return (interval.lowerBound, interval.upperBound) }
    return (
      max(interval.lowerBound, bounds.lowerBound),
      min(interval.upperBound, bounds.upperBound)
    )
  }
}

extension Panel {
  /// What was measured of one arm.
  struct MeanRow {
    var name: String
    var values: [Double]
    /// Whether the axis need not reach it, as it would flatten all others.
    var isAside = false
  }

  /// The mean of each row of values as a point with its 95 % t interval.
  ///
  /// - Parameter bounds: The values that there can be.
  static func means(
    _ label: String, title: String? = nil, _ rows: [MeanRow],
    within bounds: ClosedRange<Double>? = nil
  ) -> Panel {
    let summaries = rows.map { SampleSummary($0.values) }
    let ends = summaries.map { $0.ends(within: bounds) }
    var range: ClosedRange<Double>?
    let shown = zip(rows, ends).filter { !$0.0.isAside }.map(\.1)
      .filter { $0.lower.isFinite && $0.upper.isFinite }
    if rows.contains(where: \.isAside),
      let low = shown.map(\.lower).min(), let high = shown.map(\.upper).max()
    {
      let margin = max(0.06 * (high - low), 1e-6 * max(abs(low), 1))
      range =
        max(
          low - margin, bounds?.lowerBound ?? -.infinity)...min(
          high + margin, bounds?.upperBound ?? .infinity)
    }
    return Panel(
      title: title, x: Axis(label, range: range, within: bounds), y: Axis(""),
      layers: [
        .bars(
          names: rows.map(\.name),
          series: [
            .init(
              values: summaries.map(\.mean), lower: ends.map(\.lower),
              upper: ends.map(\.upper), style: 0)
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
