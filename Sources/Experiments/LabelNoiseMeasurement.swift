import Mixing
import RandomFeature
import Randomness
import Synthetic

/// How often hard labels of mixed samples are wrong, on Gaussian classes,
/// beside the bounds of Liu et al.'s theorem on label noise.
struct LabelNoiseMeasurement: Sendable {
  /// Columns of the table, one row per seed.
  static let columns = [
    "disagreement", "independentDisagreement", "totalVariation",
    "largestDifference", "statedBound",
  ]

  /// Means over mixed samples, in the order of the columns.
  let means: [Double]

  /// Draws classes, pairs, λ and labels.
  ///
  /// Ỹ and Ỹ* are drawn as alike as they can be; independently drawn ones
  /// disagree more.
  init(
    _ settings: RandomFeatureExperiment.LabelNoiseSettings, law: MixingLaw,
    seed: Int
  ) {
    func stream(_ name: String) -> RandomStream {
      RandomStream(rootSeed: UInt64(seed), name: "label-noise/\(name)")
    }
    var centers = stream("centers")
    let classes = GaussianClasses(
      classCount: settings.classes, inputDimension: settings.dimension,
      separation: settings.separation, from: &centers)
    var (inputs, lambdas, labels) = (
      stream("inputs"), stream("mixing-weight"), stream("labels")
    )
    var sums = [Double](repeating: 0, count: Self.columns.count)
    for _ in 0..<settings.samples {
      let (x, y) = (
        classes.input(from: &inputs), classes.input(from: &inputs)
      )
      let weight =
        switch law {
        case .none: 1.0
        case .fixed(let weight): weight
        case .beta(let a, let b): lambdas.beta(a, b)
        }
      func mix(_ a: [Double], _ b: [Double]) -> [Double] {
        zip(a, b).map { weight * $0 + (1 - weight) * $1 }
      }
      let clean = classes.probabilities(at: mix(x, y))
      let mixed = mix(
        classes.probabilities(at: x), classes.probabilities(at: y))
      let noise = LabelNoise(clean: clean, mixed: mixed)
      let drawn = LabelNoise.maximalCoupling(
        clean: clean, mixed: mixed, using: &labels)
      let values = [
        drawn.mixed == drawn.clean ? 0 : 1, noise.independentDisagreement,
        noise.totalVariation, noise.largestDifference,
        noise.largestDifference / 2,
      ]
      for k in sums.indices { sums[k] += values[k] }
    }
    means = sums.map { $0 / Double(settings.samples) }
  }

  /// The means as a table of one row.
  var table: CSVTable {
    var table = CSVTable(header: Self.columns)
    table.append(means.map { .double($0) })
    return table
  }
}
