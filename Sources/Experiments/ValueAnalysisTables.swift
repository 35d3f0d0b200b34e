import ImageTrain
import Mixing

/// The tables of one seed of a value analysis, filled as it is measured.
///
///     models.csv        accuracy and NLL of teachers and students, and when
///                       students overtake them
///     epochs.csv        signs of r̂ and test metrics, epoch by epoch
///     samples.csv       the mixed samples with r̂ and EL2N
///     groups.csv        means over the ends and centres of r̂
///     quantiles.csv     the quantiles there
///     correlations.csv  of r̂ and |r̂| with EL2N
///     weights.csv       mean |r̂| in bins of λ
///     pairs.csv         the same pairs at each λ: |r̂|, and what r̂ of the two
///                       images alone says
///     peaks.csv         where |r̂| of a pair is largest
struct ValueAnalysisTables {
  private typealias Study = ValueAnalysisExperiment

  /// The probabilities of the quantiles.
  static let probabilities = (0...20).map { Double($0) / 20 }

  private let samples: MixedSamples
  private let tail: Int
  /// EL2N of the samples' sources and of the samples.
  private let first: [Double]
  private let second: [Double]
  private let mixed: [Double]

  private var models = CSVTable(header: [
    "teacher", "teacherAccuracy", "teacherNLL", "studentAccuracy",
    "studentNLL", "accuracyEpoch", "nllEpoch", "countEpoch",
  ])
  private var epochs = CSVTable(header: [
    "teacher", "epoch", "negative", "positive", "meanValue", "accuracy", "nll",
  ])
  private var valued = CSVTable(header: [
    "teacher", "first", "second", "weight", "value", "firstEL2N",
    "secondEL2N", "mixedEL2N",
  ])
  private var groups = CSVTable(header: [
    "teacher", "group", "count", "value", "weight", "nearness", "higher",
    "lower", "mixed",
  ])
  private var quantiles = CSVTable(header: [
    "teacher", "group", "probability", "weight", "higher", "lower",
  ])
  private var correlations = CSVTable(header: [
    "teacher", "value", "score", "pearson", "spearman", "partial",
  ])
  private var weights = CSVTable(header: [
    "teacher", "weight", "count", "magnitude", "value",
  ])
  private var pairs = CSVTable(header: [
    "source", "weight", "magnitude", "first", "second", "expected",
    "determination",
  ])
  private var peaks = CSVTable(header: ["source", "innerPeaks"])

  init(samples: MixedSamples, scores: EarlyScores, tail: Int) {
    self.samples = samples
    self.tail = tail
    first = samples.first.map { scores.errors[Int($0)] }
    second = samples.second.map { scores.errors[Int($0)] }
    mixed = scores.mixedErrors
  }

  /// A student's course under a teacher, and the teacher's own quality.
  ///
  /// What never comes counts as one epoch after the last.
  mutating func append(
    _ course: [EpochMetrics], _ set: ModelSettings.TrainingSet,
    teacher: Evaluation, window: Int
  ) {
    let counts = course.map { metrics in
      let above = metrics.report.values.count { $0 > 0 }
      return (below: metrics.report.values.count - above, above: above)
    }
    for (metrics, count) in zip(course, counts) {
      let values = metrics.report.values
      epochs.append([
        .text(set.rawValue), .int(metrics.report.epoch), .int(count.below),
        .int(count.above),
        .double(values.reduce(0, +) / Double(values.count)),
        .double(metrics.test.accuracy),
        .double(metrics.test.negativeLogLikelihood),
      ])
    }
    func moment(_ lead: [Double]) -> CSVTable.Cell {
      .int(
        FirstEpoch.whereMeanIsPositive(lead, window: window)
          ?? course.count + 1)
    }
    let last = course[course.count - 1].test
    let (accuracy, loss) = (teacher.accuracy, teacher.negativeLogLikelihood)
    models.append([
      .text(set.rawValue), .double(accuracy), .double(loss),
      .double(last.accuracy), .double(last.negativeLogLikelihood),
      moment(course.map { $0.test.accuracy - accuracy }),
      moment(course.map { loss - $0.test.negativeLogLikelihood }),
      moment(counts.map { Double($0.above - $0.below) }),
    ])
  }

  /// r̂ of the samples under a finished student.
  mutating func append(_ values: [Double], _ set: ModelSettings.TrainingSet) {
    let teacher = CSVTable.Cell.text(set.rawValue)
    let higher = zip(first, second).map { max($0, $1) }
    let lower = zip(first, second).map { min($0, $1) }
    let ofHarder = samples.weights.indices.map {
      first[$0] >= second[$0] ? samples.weights[$0] : 1 - samples.weights[$0]
    }
    let nearness = samples.weights.map { min($0, 1 - $0) }
    for s in values.indices {
      valued.append([
        teacher, .int(Int(samples.first[s])), .int(Int(samples.second[s])),
        .double(samples.weights[s]), .double(values[s]), .double(first[s]),
        .double(second[s]), .double(mixed[s]),
      ])
    }
    let members = ValueGroups(values, count: tail).members
    for (name, indices) in zip(ValueGroups.names, members) {
      func mean(_ column: [Double]) -> CSVTable.Cell {
        .double(
          indices.reduce(0) { $0 + column[$1] } / Double(indices.count))
      }
      groups.append(
        [teacher, .text(name), .int(indices.count)]
          + [values, ofHarder, nearness, higher, lower, mixed].map(mean))
      let columns = [ofHarder, higher, lower].map { column in
        indices.map { column[$0] }.sorted()
      }
      for probability in Self.probabilities {
        quantiles.append(
          [teacher, .text(name), .double(probability)]
            + columns.map {
              .double(
                $0.isEmpty
                  ? .nan : Statistics.quantile(sorted: $0, at: probability))
            })
      }
    }
    let magnitudes = values.map { abs($0) }
    for (kind, column) in [("signed", values), ("magnitude", magnitudes)] {
      for (score, other) in zip(Study.scores, [higher, lower, mixed]) {
        correlations.append([
          teacher, .text(kind), .text(score),
          .double(Statistics.correlation(column, other)),
          .double(Statistics.rankCorrelation(column, other)),
          .double(
            Statistics.partialRankCorrelation(column, other, given: nearness)),
        ])
      }
    }
    var bins = [[Int]](repeating: [], count: Study.bins)
    for (s, weight) in samples.weights.enumerated() {
      bins[min(Int(weight * Double(Study.bins)), Study.bins - 1)].append(s)
    }
    for (bin, members) in bins.enumerated() {
      let count = Double(members.count)
      weights.append([
        teacher, .double((Double(bin) + 0.5) / Double(Study.bins)),
        .int(members.count),
        .double(members.reduce(0) { $0 + magnitudes[$1] } / count),
        .double(members.reduce(0) { $0 + values[$1] } / count),
      ])
    }
  }

  /// The same pairs at each λ, under a network or in a linear model.
  mutating func append(_ values: PairValues, of source: String) {
    let expected = values.expected
    let (ones, zeros) = (
      values.values[values.values.count - 1], values.values[0]
    )
    let magnitudes = values.magnitudes
    for (k, weight) in PairValues.weights.enumerated() {
      let found = values.values[k]
      pairs.append([
        .text(source), .double(weight), .double(magnitudes[k]),
        .double(Statistics.correlation(found, ones)),
        .double(Statistics.correlation(found, zeros)),
        .double(Statistics.correlation(found, expected[k])),
        .double(Statistics.determination(of: found, by: expected[k])),
      ])
    }
    peaks.append([.text(source), .double(values.innerPeakShare)])
  }

  /// All tables.
  ///
  /// - Parameter failures: Test images that the leak-free teacher gets wrong.
  func all(failures: Int) -> [(name: String, table: CSVTable)] {
    var size = CSVTable(header: ["failures"])
    size.append([.int(failures)])
    return [
      ("models", models), ("epochs", epochs), ("samples", valued),
      ("groups", groups), ("quantiles", quantiles),
      ("correlations", correlations), ("weights", weights), ("pairs", pairs),
      ("peaks", peaks), ("failures", size),
    ]
  }
}
