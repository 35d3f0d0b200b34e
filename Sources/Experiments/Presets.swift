/// Named experiments.
public enum Presets {
  /// The names, in the order in which they are listed.
  public static var names: [String] { texts.map(\.name) }

  /// The experiment of a name, or of a YAML file at the path.
  ///
  /// - Throws: `ExperimentError.unknownPreset` where it is neither, and
  ///   `ConfigurationError` for what is wrong in the text.
  public static func document(
    _ nameOrFile: String
  ) throws -> ConfigurationDocument {
    if let preset = texts.first(where: { $0.name == nameOrFile }) {
      return try ConfigurationDocument(
        text: preset.text, name: "preset \(preset.name)")
    }
    guard fileExists(nameOrFile) || nameOrFile.contains(".") else {
      throw ExperimentError.unknownPreset(
        nameOrFile, nearest: nearest(nameOrFile, in: names), known: names)
    }
    return try ConfigurationDocument(file: nameOrFile)
  }

  private static let texts: [(name: String, text: String)] =
    [
      ("digits-filter", digitsFilter),
      ("fashion-mnist-filter", fashionMNISTFilter),
      ("alignment", alignment), ("norms", norms),
    ] + randomFeature + expansion + featureLearning
    + [("feature-search", featureSearch)] + causes + valueAnalysis

  /// Methods of the patch network at the point of `figure-2`.
  private static let featureSearch = """
    kind: feature-search
    name: feature-search
    title: Methods that learn common and rare features
    seeds: [105, 106, 107, 108, 109]
    training: {iterations: 10000}
    search: {candidates: 54, seeds: [1, 3, 9], factor: 3}
    """

  /// MixupE's coefficients along training, of plain, mixup, MixupE and guided
  /// students.
  private static let alignment = """
    name: alignment
    title: What mixup's first-order term pushes, on digits
    seeds: 5
    data: {source: digits, fraction: 0.5}
    network: {hidden: [64, 32]}
    training: {epochs: 60, batch-size: 32}
    teachers:
      - {name: teacher, data: train, method: mixup}
    arms:
      - {name: plain, method: plain}
      - {name: mixup, method: mixup}
      - {name: mixupe, method: mixupe, weight: 1}
      - {name: guided-low, teacher: teacher, filter: low}
    record: {probe-every: 50, probe-images: 256, gradient-noise-every: 5}
    """

  /// The slides' ablation on the digits that ship.
  private static let digitsFilter = """
    name: digits-filter
    title: Teacher-guided mixup on handwritten digits
    seeds: 5
    data: {source: digits, fraction: 0.25}
    network: {hidden: [64, 32]}
    training: {epochs: 100, batch-size: 32}
    teachers:
      - {name: ideal, data: whole, method: mixup}
      - {name: train, data: train, method: mixup}
    arms:
      - {name: plain, method: plain}
      - {name: mixup, method: mixup}
      - {name: ideal-low, teacher: ideal, filter: low}
      - {name: ideal-high, teacher: ideal, filter: high}
      - {name: ideal-high-late, teacher: ideal, filter: high, guidance-start: 20}
      - {name: ideal-all, teacher: ideal, filter: all}
      - {name: ideal-random, replays: ideal-low, filter: random}
      - {name: ideal-matched, replays: ideal-low, filter: lambda-matched}
      - {name: train-low, teacher: train, filter: low}
      - {name: train-high, teacher: train, filter: high}
      - {name: train-high-late, teacher: train, filter: high, guidance-start: 20}
      - {name: train-all, teacher: train, filter: all}
      - {name: train-random, replays: train-low, filter: random}
      - {name: train-matched, replays: train-low, filter: lambda-matched}
    comparisons:
      - first: ideal-low
        second: ideal-high
        expect:
          - {metric: accuracy, positive: true, source: slides}
          - {metric: nll, positive: false, source: slides}
      - {first: ideal-low, second: ideal-high-late}
      - {first: ideal-low, second: ideal-random}
      - {first: ideal-low, second: ideal-matched}
      - {first: ideal-low, second: mixup}
      - {first: train-low, second: train-high}
      - {first: train-low, second: train-high-late}
      - {first: train-low, second: train-random}
      - {first: train-low, second: train-matched}
      - {first: train-low, second: mixup}
    """

  /// The slides' ablation: 784-300-100-10 on 20 % of Fashion-MNIST, Methods 1
  /// (a teacher that has seen the test set) and 2 (one that has not).
  private static let fashionMNISTFilter = """
    name: fashion-mnist-filter
    title: Teacher-guided mixup on 20 % of Fashion-MNIST
    seeds: 5
    data: {source: "fashion-mnist:data/fashion-mnist", fraction: 0.2}
    network: {hidden: [300, 100]}
    training: {epochs: 100, batch-size: 128}
    teachers:
      - {name: method1-teacher, data: whole, method: mixup}
      - {name: method2-teacher, data: train, method: mixup}
    arms:
      - {name: plain, method: plain}
      - {name: mixup, method: mixup}
      - {name: method1-low, teacher: method1-teacher, filter: low}
      - {name: method1-high, teacher: method1-teacher, filter: high}
      - name: method1-high-late
        teacher: method1-teacher
        filter: high
        guidance-start: 20
      - name: method1-low-unmixed
        teacher: method1-teacher
        filter: low
        dropped: unmixed
      - name: method1-high-unmixed
        teacher: method1-teacher
        filter: high
        dropped: unmixed
      - {name: method1-all, teacher: method1-teacher, filter: all}
      - {name: method1-random, replays: method1-low, filter: random}
      - {name: method1-matched, replays: method1-low, filter: lambda-matched}
      - {name: method2-low, teacher: method2-teacher, filter: low}
      - {name: method2-high, teacher: method2-teacher, filter: high}
      - name: method2-high-late
        teacher: method2-teacher
        filter: high
        guidance-start: 20
      - name: method2-low-unmixed
        teacher: method2-teacher
        filter: low
        dropped: unmixed
      - name: method2-high-unmixed
        teacher: method2-teacher
        filter: high
        dropped: unmixed
      - {name: method2-all, teacher: method2-teacher, filter: all}
      - {name: method2-random, replays: method2-low, filter: random}
      - {name: method2-matched, replays: method2-low, filter: lambda-matched}
    references:
      - {model: method1-teacher, metric: accuracy, value: 0.9329}
      - {model: method1-teacher, metric: nll, value: 0.245}
      - {model: method2-teacher, metric: accuracy, value: 0.8727}
      - {model: method2-teacher, metric: nll, value: 0.397}
      - {model: plain, metric: accuracy, value: 0.8688}
      - {model: plain, metric: nll, value: 0.51}
    \(slidesNorms)
    comparisons:
      - first: method1-low
        second: method1-high
        expect:
          - {metric: accuracy, positive: true, stated: 0.01, source: slides}
          - {metric: nll, positive: false, stated: -0.04, source: slides}
      - first: method1-high
        second: plain
        expect:
          - {metric: accuracy, positive: false, source: slides}
          - {metric: nll, positive: true, source: slides}
      - first: method2-high
        second: plain
        expect:
          - {metric: accuracy, positive: false, source: slides}
          - {metric: nll, positive: true, source: slides}
    \(slidesMethod1Low)
    \(slidesMethod2Low)
      - {first: method2-low, second: method2-high}
      - {first: method1-low, second: method1-high-late}
      - {first: method1-low-unmixed, second: method1-high-unmixed}
      - {first: method1-high-unmixed, second: plain}
      - {first: method1-high-late, second: plain}
      - {first: method2-low, second: method2-high-late}
      - {first: method2-low-unmixed, second: method2-high-unmixed}
      - {first: method2-high-unmixed, second: plain}
      - {first: method2-high-late, second: plain}
      - {first: method1-low, second: method1-random}
      - {first: method1-low, second: method1-matched}
      - {first: method1-low, second: mixup}
      - {first: method2-low, second: method2-random}
      - {first: method2-low, second: method2-matched}
      - {first: method2-low, second: mixup}
    """
}
