import Figures

/// Accuracy and likelihood through training.
extension ImageReport {
  /// One curve: an arm, and those whose curves lie exactly on it.
  private struct Course {
    var arm: ModelSettings
    var others: [ModelSettings] = []
    var style: Int
  }

  /// Collapsed arms stand below with their numbers: their curves would flatten
  /// all others, and their bands cover them.
  func curveFigure(
    _ group: Group, without collapsed: Set<String>
  ) throws -> Figure {
    let courses = try courses(group, without: collapsed)
    let shown = courses.flatMap { [$0.arm] + $0.others }
    let aside = group.arms.filter { collapsed.contains($0.name) }
    func panel(
      _ metric: Metric, _ title: String, scale: Double,
      within bounds: ClosedRange<Double>? = nil
    ) throws -> Panel {
      Panel(
        x: Axis("epoch"),
        y: Axis(title, range: try range(courses, metric, scale, bounds)),
        layers: try courses.flatMap { course in
          curve(
            try runs(course.arm, metric, scale),
            label: ([course.arm] + course.others).map { label($0) }
              .joined(separator: " = "),
            style: course.style, opacity: 0.1, within: bounds)
        })
    }
    let notes = try aside.map { arm in
      let (accuracy, likelihood) = (
        SampleSummary(try values(.accuracy, of: arm.name)).mean,
        SampleSummary(try values(.likelihood, of: arm.name)).mean
      )
      return "\(label(arm)) (\(fixed(100 * accuracy, 1)) %, "
        + "\(fixed(likelihood, 1)) nats)"
    }
    // One arm a line keeps the words within the figure.
    let more =
      notes.isEmpty
      ? nil
      : "outside the axes: " + notes.joined(separator: ",\n")
    let same = courses.filter { !$0.others.isEmpty }.map { course in
      " \(course.others.map(\.name).joined(separator: ", ")) and "
        + "\(course.arm.name) make the same draws and drop nothing: one curve."
    }.joined()
    let words = footnote(shown + aside, more)
    let lines = words?.split(separator: "\n").count ?? 0
    return Figure(
      name: "curves" + group.suffix, title: title(group),
      caption: caption(
        "Test accuracy and NLL after each epoch; the axes show the means after "
          + "the first tenth of the epochs." + same
          + (notes.isEmpty
            ? ""
            : " Collapsed, outside the axes: "
              + notes.joined(separator: ", ") + "."),
        of: shown + aside, hasIntervals: true),
      panels: [
        try panel(.accuracy, "test accuracy, %", scale: 100, within: 0...100),
        try panel(.likelihood, "test NLL, nats", scale: 1),
      ], columns: 2,
      size: .init(width: 504, height: 290 + 10 * Double(lines)), legend: .below,
      footnote: words)
  }

  /// The looks of a group's arms, the same in each of its figures.
  ///
  /// Only arms that are drawn use one up: the dashes, which grey print needs,
  /// repeat after nine.
  func styles(
    _ group: Group, without collapsed: Set<String>
  ) throws -> [String: Int] {
    var styles: [String: Int] = [:]
    for course in try courses(group, without: collapsed) {
      for arm in [course.arm] + course.others {
        styles[arm.name] = course.style
      }
    }
    return styles
  }

  private func runs(
    _ arm: ModelSettings, _ metric: Metric, _ scale: Double = 1
  ) throws -> [[Double]] {
    try (metrics[arm.name] ?? []).map { table in
      try table.column(metric.column).map { scale * $0 }
    }
  }

  private func courses(
    _ group: Group, without collapsed: Set<String>
  ) throws -> [Course] {
    var result: [Course] = []
    var drawn: [[[[Double]]]] = []
    for arm in group.arms
    where !collapsed.contains(arm.name) {
      let mine = try [Metric.accuracy, .likelihood].map { try runs(arm, $0) }
      if let known = drawn.firstIndex(of: mine) {
        result[known].others.append(arm)
      } else {
        result.append(Course(arm: arm, style: result.count))
        drawn.append(mine)
      }
    }
    return result
  }

  /// The range of the means after the first tenth of the epochs.
  private func range(
    _ courses: [Course], _ metric: Metric, _ scale: Double,
    _ bounds: ClosedRange<Double>?
  ) throws -> ClosedRange<Double>? {
    var means: [Double] = []
    for course in courses {
      let runs = try runs(course.arm, metric, scale)
      let epochs = runs.map(\.count).min() ?? 0
      for epoch in epochs / 10..<max(epochs, epochs / 10) {
        means.append(SampleSummary(runs.map { $0[epoch] }).mean)
      }
    }
    let shown = means.filter(\.isFinite)
    guard let low = shown.min(), let high = shown.max() else { return nil }
    let margin = max(0.04 * (high - low), 1e-6 * max(abs(low), 1))
    return max(
      low - margin, bounds?.lowerBound ?? -.infinity)...min(
        high + margin, bounds?.upperBound ?? .infinity)
  }
}
