import ArrayFiles
import ImageTrain

/// The lines of a run's `metrics.csv`, and of its `timing.csv` beside it.
///
/// Lines are kept as text, so that a resumed run writes the same bytes.
struct MetricsLog {
  /// The columns.
  ///
  /// `kept` and `dropped` are those of `EpochReport`. `included` and `excluded`
  /// count the valued samples with r̂ ≤ 0 and r̂ > 0, whatever the filter did
  /// with them; they are empty, like r̂'s mean and quantiles, where nothing was
  /// valued.
  static let columns = [
    "epoch", "learningRate", "trainingLoss", "law", "kept", "dropped",
    "skippedSteps", "included", "excluded", "testAccuracy", "testNLL",
    "testECE",
    "validationAccuracy", "validationNLL", "rhatMean", "rhat05", "rhat25",
    "rhat50", "rhat75", "rhat95", "gradientSamples", "forwardSamples",
    "parameterNorm", "inputGradientNorm", "failureHoldoutAccuracy",
    "untouchedAccuracy",
  ]

  private(set) var rows: [String] = []
  private(set) var seconds: [String] = []

  var metricsText: String {
    Self.columns.joined(separator: ",") + "\n" + rows.joined()
  }
  var timingText: String { "epoch,seconds\n" + seconds.joined() }

  init() {}

  /// The first `epochs` lines of logs that an earlier attempt wrote; nil where
  /// they hold fewer.
  init?(metrics: String, timing: String, epochs: Int) {
    func body(_ text: String) -> [String]? {
      let lines = text.split(separator: "\n").dropFirst().prefix(epochs)
      return lines.count == epochs ? lines.map { $0 + "\n" } : nil
    }
    guard let rows = body(metrics), let seconds = body(timing) else {
      return nil
    }
    self.rows = rows
    self.seconds = seconds
  }

  /// Adds an epoch.
  mutating func append(
    _ metrics: EpochMetrics, parts: [(name: String, indices: [Int])],
    seconds: Double
  ) {
    let report = metrics.report
    let sorted = report.values.sorted()
    func quantile(_ level: Double) -> CSVTable.Cell {
      sorted.isEmpty
        ? .text("") : .double(Statistics.quantile(sorted, at: level))
    }
    func optional(_ number: Double?) -> CSVTable.Cell {
      number.map { .double($0) } ?? .text("")
    }
    let cells: [CSVTable.Cell] =
      [
        .int(report.epoch), .double(report.learningRate),
        .double(report.loss), .text(report.law.description),
        .int(report.kept), .int(report.dropped), .int(report.skippedSteps),
        sorted.isEmpty ? .text("") : .int(sorted.count { $0 <= 0 }),
        sorted.isEmpty ? .text("") : .int(sorted.count { $0 > 0 }),
        .double(metrics.test.accuracy),
        .double(metrics.test.negativeLogLikelihood),
        .double(metrics.test.calibrationError()),
        optional(metrics.validation?.accuracy),
        optional(metrics.validation?.negativeLogLikelihood),
        optional(
          sorted.isEmpty
            ? nil : report.values.reduce(0, +) / Double(sorted.count)),
        quantile(0.05), quantile(0.25), quantile(0.5), quantile(0.75),
        quantile(0.95), .int(metrics.gradientSamples),
        .int(metrics.forwardSamples), optional(metrics.parameterNorm),
        optional(metrics.inputGradientNorm),
      ]
      + ["failureHoldout", "untouched"].map { name in
        optional(
          parts.first { $0.name == name }.flatMap {
            $0.indices.isEmpty ? nil : metrics.test.subset($0.indices).accuracy
          })
      }
    rows.append(CSVTable.line(cells.map(\.field)))
    self.seconds.append("\(report.epoch),\(seconds)\n")
  }
}

/// A run's metrics as they were written, column by column.
struct MetricsTable: Sendable {
  private let table: CSVTable
  private let name: String

  /// Reads `metrics.csv`.
  init(file path: String) throws {
    table = try CSVTable(file: path)
    name = path
    guard !table.rows.isEmpty else {
      throw FileError.malformed(
        file: path, expected: "at least one epoch", found: "none")
    }
  }

  /// The epochs, counted from 1.
  var epochs: [Double] {
    get throws { try table.numbers("epoch", of: name) }
  }

  /// A column; NaN where nothing was measured.
  func column(_ column: String) throws -> [Double] {
    try table.texts(column, of: name).map {
      if $0.isEmpty { return .nan }
      guard let number = Double($0) else {
        throw FileError.malformed(
          file: name, expected: "numbers in column \(column)", found: "'\($0)'")
      }
      return number
    }
  }

  /// The value that stands for the run.
  func value(of metric: Metric, _ reporting: Reporting) throws -> Double {
    // Norms are not measured in every epoch: their latest value stands.
    if metric == .parameterNorm || metric == .inputGradientNorm {
      return try column(metric.column).last { !$0.isNaN } ?? .nan
    }
    return try value(inColumn: metric.column, reporting)
  }

  /// A column's value at the epoch, or over the epochs, that stands for the
  /// run.
  func value(
    inColumn name: String, _ reporting: Reporting
  ) throws -> Double {
    let values = try column(name)
    switch reporting {
    case .last: return values[values.count - 1]
    case .medianOfLastTen: return Statistics.median(Array(values.suffix(10)))
    case .best:
      let validation = try column("validationAccuracy")
      let judge =
        validation.contains { !$0.isNaN }
        ? validation : try column("testAccuracy")
      let best = judge.indices.max { judge[$0] < judge[$1] }
      return values[best ?? values.count - 1]
    }
  }
}
