extension Presets {
  /// Common and rare features in the patch network.
  static let featureLearning: [(name: String, text: String)] = [
    ("figure-2", figure2), ("figure-2-guided", figure2Guided),
    ("figure-2-schedules", figure2Schedules), ("figure-2-sizes", figure2Sizes),
    ("figure-2-images", figure2Images), ("alignment-patches", alignmentPatches),
  ]

  /// Figure 2 of mixup's theory of rare features, at this project's own point:
  /// the source's sizes are not stated anywhere found.
  ///
  /// - Source: D. Zou et al. 2023 (arXiv:2303.08433).
  private static let figure2 = """
    kind: feature-learning
    name: figure-2
    title: Mixup learns rare features, plain training does not
    seeds: 5
    training: {iterations: 20000}
    methods:
      - {name: plain, method: plain}
      - {name: mixup, method: mixup, weight: 0.6}
      - {name: early-stopped, method: mixup, weight: 0.6, plain-from: 10000}
    """

  /// The slides' last figure: guided mixup, with its controls.
  private static let figure2Guided = """
    kind: feature-learning
    name: figure-2-guided
    title: Guided mixup and rare features
    seeds: 5
    training: {iterations: 10000}
    methods:
      - {name: plain, method: plain}
      - {name: mixup, method: mixup, weight: 0.6}
      - {name: early-stopped, method: mixup, weight: 0.6, plain-from: 5000}
      - {name: low, weight: 0.6, teacher: mixup, filter: low, period: 10}
      - {name: high, weight: 0.6, teacher: mixup, filter: high, period: 10}
      - {name: all, weight: 0.6, teacher: mixup, filter: all, period: 10}
      - {name: random, weight: 0.6, replays: low, filter: random, period: 10}
      - name: lambda-matched
        weight: 0.6
        replays: low
        filter: lambda-matched
        period: 10
      - {name: low-plain, weight: 0.6, teacher: plain, filter: low, period: 10}
      - {name: high-plain, weight: 0.6, teacher: plain, filter: high, period: 10}
      - {name: low-whole, weight: 0.6, teacher: whole, filter: low, period: 10}
      - {name: high-whole, weight: 0.6, teacher: whole, filter: high, period: 10}
    """

  /// The slides' second hypothesis: an easy schedule stops mixup smoothly.
  private static let figure2Schedules = """
    kind: feature-learning
    name: figure-2-schedules
    title: Schedules of mixup's concentration and rare features
    seeds: 5
    training: {iterations: 5000}
    methods:
      - {name: plain, method: plain}
      - {name: constant, method: mixup, alpha: 1}
      - {name: early-stopped, method: mixup, alpha: 1, plain-from: 2500}
      - {name: easy, method: mixup, schedule: easy}
      - {name: hard, method: mixup, schedule: hard}
      - {name: easy-hard-easy, method: mixup, schedule: easy-hard-easy}
    """

  /// n and d grow together, and with them rare count, σ_p²d and common count.
  private static let figure2Sizes = """
    kind: feature-learning
    name: figure-2-sizes
    title: Common and rare features as sizes grow
    seeds: 3
    data: {factors: [1, 2, 3]}
    training: {iterations: 10000}
    methods:
      - {name: plain, method: plain}
      - {name: mixup, method: mixup, weight: 0.6}
      - {name: early-stopped, method: mixup, weight: 0.6, plain-from: 5000}
    """

  /// The four features planted on patches of real digits.
  private static let figure2Images = """
    kind: feature-learning
    name: figure-2-images
    title: Common and rare features planted on patches of digits
    seeds: 5
    data: {source: digits, patch-side: 8, dimension: 64}
    training: {iterations: 20000}
    methods:
      - {name: plain, method: plain}
      - {name: mixup, method: mixup, weight: 0.6}
      - {name: early-stopped, method: mixup, weight: 0.6, plain-from: 10000}
    """

  /// MixupE's coefficients along training in the patch network, at the point
  /// of `figure-2`.
  private static let alignmentPatches = """
    kind: feature-learning
    name: alignment-patches
    title: What mixup's first-order term pushes, on generated patches
    seeds: 5
    training: {iterations: 3000, record-every: 20, probe-every: 20}
    methods:
      - {name: plain, method: plain}
      - {name: mixup, method: mixup, weight: 0.6}
      - {name: early-stopped, method: mixup, weight: 0.6, plain-from: 1500}
      - {name: mixupe, method: mixupe, weight: 0.6, term-weight: 1}
      - {name: low, weight: 0.6, teacher: mixup, filter: low, period: 10}
    """
}
