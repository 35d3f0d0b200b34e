import ArrayFiles
import LinearAlgebra

/// What a finished image experiment found, read from its folder.
///
/// Tables and figures depend on the folder alone, so that they can be made
/// again at any time.
public struct ImageReport: Sendable {
  /// The experiment, as it was resolved.
  public let experiment: ImageExperiment
  /// The run's folder.
  public let path: String
  /// Metrics of each model, seed by seed.
  let metrics: [String: [MetricsTable]]

  /// Reads a run's folder.
  ///
  /// - Throws: `ExperimentError.noRun` where the folder holds none,
  ///   `ExperimentError.unfinishedRun` where a model is not finished.
  public init(path: String) throws {
    self.path = path
    let experiment = try readConfiguration(
      ofRun: path, ImageExperiment.init(reader:))
    var metrics: [String: [MetricsTable]] = [:]
    for model in experiment.models where model.file == nil {
      metrics[model.name] = try experiment.seeds.map {
        let folder = experiment.folder(of: model, seed: $0, in: path)
        guard fileExists(folder.outcomeFile) else {
          if fileExists(folder.lastGoodFile) {
            throw ExperimentError.divergedRun(
              folder: path, model: model.name, seed: $0)
          }
          throw ExperimentError.unfinishedRun(
            folder: path, model: model.name, seed: $0)
        }
        return try MetricsTable(file: folder.metricsFile)
      }
    }
    self.experiment = experiment
    self.metrics = metrics
  }

  func folder(_ model: ModelSettings, seed: Int) -> ModelFolder {
    experiment.folder(of: model, seed: seed, in: path)
  }

  /// Models that were trained in the run.
  var trained: [ModelSettings] {
    experiment.models.filter { metrics[$0.name] != nil }
  }

  /// A metric of a model, seed by seed.
  public func values(_ metric: Metric, of model: String) throws -> [Double] {
    try (metrics[model] ?? []).map {
      try $0.value(of: metric, experiment.report)
    }
  }

  /// A column of `metrics.csv` of a model, seed by seed, at the epochs that
  /// stand for the runs.
  func values(inColumn column: String, of model: String) throws -> [Double] {
    try (metrics[model] ?? []).map {
      try $0.value(inColumn: column, experiment.report)
    }
  }

  // MARK: - Tables

  /// Accuracy, likelihood and calibration of each model.
  public func predictionTable() throws -> TextTable {
    var columns: [TextTable.Column] = [
      .init("model"), .init("teacher"), .init("accuracy %", .trailing),
    ]
    let stated = experiment.references.contains {
      $0.metric == .accuracy || $0.metric == .likelihood
    }
    if stated { columns.append(.init("stated", .trailing)) }
    columns.append(.init("NLL", .trailing))
    if stated { columns.append(.init("stated", .trailing)) }
    columns += [
      .init("ECE %", .trailing), .init("kept %", .trailing),
      .init("n", .trailing),
    ]
    if experiment.splitsFailures {
      columns += [
        .init("F_h %", .trailing), .init("untouched %", .trailing),
      ]
    }
    var table = TextTable(columns)
    for model in trained {
      var row = [
        marked(model.name),
        teacherText(of: model),
        try cell(.accuracy, model, scale: 100, digits: 2),
      ]
      if stated { row.append(reference(.accuracy, model, scale: 100)) }
      row.append(try cell(.likelihood, model, digits: 4))
      if stated { row.append(reference(.likelihood, model)) }
      row += [
        try cell(.calibration, model, scale: 100, digits: 2),
        try keptShare(of: model), "\(experiment.seeds.count)",
      ]
      if experiment.splitsFailures {
        for column in ["failureHoldoutAccuracy", "untouchedAccuracy"] {
          let values = try values(inColumn: column, of: model.name)
          row.append(Self.text(values.map { 100 * $0 }, digits: 2))
        }
      }
      table.append(row)
    }
    return table
  }

  private func teacherText(of model: ModelSettings) -> String {
    if let teacher = model.teacher { return marked(teacher) }
    if let replayed = model.replays { return "(\(marked(replayed)))" }
    guard let lag = model.plan.guidance?.selfTeacherLag else { return "" }
    return "itself, \(lag) epoch\(lag == 1 ? "" : "s") ago"
  }

  /// Parameter norm and mean input-gradient norm of each model.
  public func normTable() throws -> TextTable {
    let stated = experiment.references.contains {
      $0.metric == .parameterNorm || $0.metric == .inputGradientNorm
    }
    var columns: [TextTable.Column] = [.init("model")]
    for metric in [Metric.parameterNorm, .inputGradientNorm] {
      columns.append(.init(metric.title, .trailing))
      if stated { columns.append(.init("stated", .trailing)) }
    }
    columns.append(.init("n", .trailing))
    var table = TextTable(columns)
    for model in trained {
      var row = [
        marked(model.name)
      ]
      for metric in [Metric.parameterNorm, .inputGradientNorm] {
        row.append(try cell(metric, model, digits: 4))
        if stated { row.append(reference(metric, model)) }
      }
      row.append("\(experiment.seeds.count)")
      table.append(row)
    }
    return table
  }

  /// The line that explains `*`, where it is needed.
  public var leakNote: String? {
    experiment.models.contains { experiment.hasSeenTestLabels($0) }
      ? "* has seen test labels, directly or through its teacher: an upper "
        + "bound, not a result" : nil
  }

  func cell(
    _ metric: Metric, _ model: ModelSettings, scale: Double = 1, digits: Int
  ) throws -> String {
    Self.text(
      try values(metric, of: model.name).map { scale * $0 }, digits: digits)
  }

  /// Mean ± half the 95 % interval; a dash where a seed has no value.
  static func text(_ values: [Double], digits: Int) -> String {
    guard !values.isEmpty, !values.contains(where: \.isNaN) else { return "–" }
    let summary = SampleSummary(values)
    let mean = fixed(summary.mean, digits)
    guard let half = summary.intervalHalfWidth else { return mean }
    return mean + " ± " + fixed(half, digits)
  }

  private func reference(
    _ metric: Metric, _ model: ModelSettings, scale: Double = 1
  ) -> String {
    let value = experiment.references.first {
      $0.model == model.name && $0.metric == metric
    }
    return value.map { fixed(scale * $0.value, metric == .accuracy ? 2 : 4) }
      ?? ""
  }

  /// Share of mixed samples that entered the loss, over the whole run.
  private func keptShare(of model: ModelSettings) throws -> String {
    guard model.plan.guidance != nil else { return "" }
    let shares = try (metrics[model.name] ?? []).map { table in
      let kept = try table.column("kept").reduce(0, +)
      let dropped = try table.column("dropped").reduce(0, +)
      return 100 * kept / max(kept + dropped, 1)
    }
    return Self.text(shares, digits: 1)
  }

  // MARK: - Comparisons

  /// The pairs that are compared: those asked for, or each arm with the first.
  var comparisons: [ComparisonSettings] {
    if !experiment.comparisons.isEmpty { return experiment.comparisons }
    return experiment.arms.dropFirst().map {
      ComparisonSettings(
        first: $0.name, second: experiment.arms[0].name, expectations: [])
    }
  }

  /// A paired difference, with what was expected of it.
  public struct Difference: Sendable {
    /// The arms.
    public let first: String
    /// The arm that is subtracted.
    public let second: String
    /// The metric.
    public let metric: Metric
    /// Seeds, differences, interval, p-value.
    public let comparison: PairedComparison
    /// p-value after Holm's correction over all differences of the report.
    public var correctedPValue: Double?
    /// What was expected, where something was.
    public let expectation: ComparisonSettings.Expectation?

    /// Whether the differences bear the expectation out, at 5 % after Holm's
    /// correction over the whole report.
    public var verdict: Verdict? {
      expectation.map {
        Verdict(
          mean: comparison.summary.mean, correctedPValue: correctedPValue,
          expectsPositive: $0.isPositive)
      }
    }
  }

  /// Paired differences over the seeds.
  public func differences() throws -> [Difference] {
    var result: [Difference] = []
    for pair in comparisons {
      let metrics =
        [Metric.accuracy, .likelihood]
        + pair.expectations.map(\.metric).filter {
          $0 != .accuracy && $0 != .likelihood
        }
      for metric in metrics {
        result.append(
          Difference(
            first: pair.first, second: pair.second, metric: metric,
            comparison: PairedComparison(
              try values(metric, of: pair.first),
              minus: try values(metric, of: pair.second)),
            expectation: pair.expectations.first { $0.metric == metric }))
      }
    }
    let known = result.indices.filter {
      result[$0].comparison.pValue != nil
    }
    let corrected = Statistics.holmCorrected(
      known.compactMap { result[$0].comparison.pValue })
    for (k, p) in zip(known, corrected) { result[k].correctedPValue = p }
    return result
  }

  /// The name, with a star where the model has seen test labels.
  func marked(_ name: String) -> String {
    experiment.model(name).map(experiment.hasSeenTestLabels) == true
      ? name + " *" : name
  }

  /// The differences as a table.
  public func comparisonTable() throws -> TextTable {
    var table = TextTable([
      .init("difference"), .init("metric"), .init("mean ± 95 %", .trailing),
      .init("p (Holm)", .trailing), .init("stated", .trailing),
      .init("expected"), .init("verdict"), .init("n", .trailing),
    ])
    for difference in try differences() {
      let scale = difference.metric == .accuracy ? 100.0 : 1
      table.append([
        "\(marked(difference.first)) − \(marked(difference.second))",
        difference.metric == .accuracy ? "accuracy %" : difference.metric.title,
        Self.text(
          difference.comparison.differences.map { scale * $0 },
          digits: difference.metric == .accuracy ? 2 : 4),
        difference.correctedPValue.map { significant($0) } ?? "–",
        difference.expectation?.stated.map {
          fixed(scale * $0, difference.metric == .accuracy ? 2 : 4)
        } ?? "",
        difference.expectation.map { $0.isPositive ? "> 0" : "< 0" } ?? "",
        difference.verdict?.rawValue ?? "",
        "\(difference.comparison.differences.count)",
      ])
    }
    return table
  }
}

/// A number with a fixed number of digits after the point.
func fixed(_ value: Double, _ digits: Int) -> String {
  guard value.isFinite else { return "\(value)" }
  var power = 1.0
  for _ in 0..<digits { power *= 10 }
  let scaled = (abs(value) * power).rounded()
  guard scaled < 1e15 else { return "\(value)" }
  let whole = Int(scaled)
  let sign = value < 0 && whole > 0 ? "−" : ""
  guard digits > 0 else { return sign + "\(whole)" }
  let text = String(whole)
  let padded =
    String(repeating: "0", count: max(0, digits + 1 - text.count))
    + text
  return sign + padded.dropLast(digits) + "." + padded.suffix(digits)
}

/// A p-value with two significant digits.
func significant(_ p: Double) -> String {
  if p >= 0.0995 { return fixed(p, 2) }
  if p >= 0.00095 { return fixed(p, p >= 0.00995 ? 3 : 4) }
  return "< 0.001"
}
