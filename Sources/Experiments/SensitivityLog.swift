import ImageTrain
import Sensitivity

/// What was measured between and after the epochs of a run: the lines of its
/// `probes.csv` and `gradient-noise.csv`.
///
/// Lines are kept as text, so that a resumed run writes the same bytes.
struct SensitivityLog {
  /// The columns of `probes.csv`.
  ///
  /// α, its null model with random directions, q, mean cosines, norms: quantiles
  /// and means over the probe's images and classes. Shares count values below
  /// zero.
  static let probeColumns = [
    "step", "alphaMinimum", "alpha05", "alpha25", "alpha50", "alpha75",
    "alpha95", "negativeShare", "nullMinimum", "null05", "null95",
    "nullNegativeShare", "meanQ", "meanAbsoluteQ", "pushedUpShare",
    "nullPushedUpShare", "trueClassCosine", "otherClassCosine",
    "inputGradientNorm", "parameterNorm",
  ]
  /// The columns of `gradient-noise.csv`.
  ///
  /// The deviation is that of GraNd over the samples.
  static let noiseColumns =
    ["epoch"]
    + ["clean", "mixed"].flatMap { loss in
      ["GradientNorm", "Noise", "MeanGraNd", "GraNdDeviation"].map { loss + $0 }
    }

  private var probes: [(step: Int, line: String)] = []
  private var noise: [(epoch: Int, line: String)] = []

  /// The text of `probes.csv`; nil where nothing was measured.
  var probeText: String? { Self.text(Self.probeColumns, probes.map(\.line)) }
  /// The text of `gradient-noise.csv`.
  var noiseText: String? { Self.text(Self.noiseColumns, noise.map(\.line)) }

  private static func text(_ columns: [String], _ lines: [String]) -> String? {
    lines.isEmpty
      ? nil : CSVTable.line(columns) + lines.joined()
  }

  init() {}

  /// The lines of an earlier attempt up to where its checkpoint stands: what
  /// was measured before step `step`, or at the end of a complete run.
  init(probes: String?, noise: String?, step: Int, epoch: Int, isLast: Bool) {
    func lines(_ text: String?) -> [(Int, String)] {
      (text ?? "").split(separator: "\n").dropFirst().compactMap { line in
        Int(line.prefix { $0 != "," }).map { ($0, line + "\n") }
      }
    }
    self.probes = lines(probes).filter { $0.0 < step || isLast }
    self.noise = lines(noise).filter { $0.0 <= epoch }
  }

  /// Adds what an epoch measured.
  mutating func append(_ metrics: EpochMetrics) {
    for record in metrics.report.probes {
      probes.append((record.step, Self.line(record)))
    }
    if let measured = metrics.gradientNoise {
      let epoch = metrics.report.epoch
      let cells = [measured.clean, measured.mixed].flatMap {
        [$0.gradientNorm, $0.noise, $0.meanNorm, $0.normDeviation]
      }
      noise.append(
        (
          epoch,
          CSVTable.line(
            [CSVTable.Cell.int(epoch).field]
              + cells.map { CSVTable.Cell.double($0).field })
        ))
    }
  }

  private static func line(_ record: ProbeRecord) -> String {
    let numbers = probeNumbers(
      record.alignment, nullModel: record.nullModel,
      parameterNorm: record.parameterNorm)
    return CSVTable.line(
      [CSVTable.Cell.int(record.step).field]
        + numbers.map { CSVTable.Cell.double($0).field })
  }

  /// The columns of `probes.csv` after the first.
  static func probeNumbers(
    _ found: Alignment, nullModel null: Alignment, parameterNorm: Double
  ) -> [Double] {
    let alpha = found.coefficients.elements.sorted()
    let nullAlpha = null.coefficients.elements.sorted()
    let cosines = found.meanCosines
    let norms = found.lossGradientNorms ?? []
    return [alpha[0]]
      + [0.05, 0.25, 0.5, 0.75, 0.95].map {
        Statistics.quantile(sorted: alpha, at: $0)
      } + [found.negativeShare, nullAlpha[0]]
      + [0.05, 0.95].map { Statistics.quantile(sorted: nullAlpha, at: $0) } + [
        null.negativeShare, found.meanDirectionalDerivative,
        found.meanAbsoluteDirectionalDerivative, found.pushedUpShare,
        null.pushedUpShare, cosines.trueClass, cosines.others,
        norms.reduce(0, +) / Double(max(norms.count, 1)), parameterNorm,
      ]
  }
}
