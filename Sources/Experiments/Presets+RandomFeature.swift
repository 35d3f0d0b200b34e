extension Presets {
  /// Over-training with mixup on random features.
  static let randomFeature: [(name: String, text: String)] = [
    ("over-training", overTraining),
    ("over-training-fashion-mnist", overTrainingFashionMNIST),
    ("liu-toy", liuToy), ("liu-toy-erf", liuToyErf),
    ("quadratic", quadratic),
  ]

  /// What the presets share that set real beside generated data.
  private static let generatedAndDigits = """
    seeds: 20
    mixing: {pairs: unordered, weight: 0.5}
    training: {learning-rate: 0.1, horizon: 1e5}
    problems:
      - {name: generated, target: erf, features: {kind: erf, count: 100}}
      - name: digits
        source: digits
        class: 0
        samples: 40
        test-samples: 500
        features: {kind: cos, count: 200}
    """

  /// Generated and real data side by side.
  private static let overTraining = """
    kind: random-feature
    name: over-training
    title: Over-training with mixup on random features
    \(generatedAndDigits)
    """

  /// The same with Fashion-MNIST beside the digits.
  private static let overTrainingFashionMNIST = """
    kind: random-feature
    name: over-training-fashion-mnist
    title: Over-training with mixup on random features of real images
    \(generatedAndDigits)
      - name: fashion-mnist
        source: "fashion-mnist:data/fashion-mnist"
        class: 0
        teacher-epochs: 3
        samples: 40
        test-samples: 2000
        features: {kind: cos, count: 200}
    """

  /// The toy of Liu and others, 2023.
  ///
  /// Tanh teacher and student, 20 points in ten
  /// dimensions, the 190 midpoints. Their widths and starts are not stated;
  /// teacher width 10 and ξ = 1/√d are choices.
  private static let liuToy = """
    kind: random-feature
    name: liu-toy
    title: Tanh teacher and student after Liu et al. 2023
    seeds: 20
    mixing: {pairs: unordered, weight: 0.5}
    training: {learning-rate: 0.1, horizon: 1e5}
    problems:
      - name: tanh
        target: tanh
        features: {kind: tanh, count: 100}
        test-samples: 5000
    """

  /// The toy with erf in place of tanh, which makes the risk exact.
  private static let liuToyErf = """
    kind: random-feature
    name: liu-toy-erf
    title: Erf teacher and student, exact risk
    seeds: 20
    mixing: {pairs: unordered, weight: 0.5}
    training: {learning-rate: 0.1, horizon: 1e5}
    problems:
      - {name: erf, target: erf, features: {kind: erf, count: 100}}
    """

  /// A quadratic target, whose limits are known in closed form.
  private static let quadratic = """
    kind: random-feature
    name: quadratic
    title: A quadratic target with monomial features, exact risk
    seeds: 20
    mixing: {pairs: all, weight: 0.7}
    training: {learning-rate: 0.1, horizon: 1e5}
    problems:
      - name: one-dimension
        target: quadratic
        dimension: 1
        features: {kind: polynomial, degree: 2}
      - name: three-dimensions
        target: quadratic
        dimension: 3
        samples: 40
        features: {kind: polynomial, degree: 2}
    """
}
