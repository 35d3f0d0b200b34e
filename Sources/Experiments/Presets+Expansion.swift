extension Presets {
  /// What mixup regularises, along training and in linear models.
  static let expansion: [(name: String, text: String)] = [
    ("expansion", expansionOnDigits), ("complexity", complexity),
    ("linear-evaluation", linearEvaluation),
  ]

  /// Lemma 3.1's expansion on the digits.
  private static let expansionOnDigits = """
    kind: expansion
    name: expansion
    title: How much of the mixup loss its expansion explains, on digits
    seeds: 5
    data: {source: digits}
    network: {hidden: [64, 32]}
    training: {epochs: 60, batch-size: 32}
    """

  /// Lemma 3.3 and Theorem 3.4 on Gaussian inputs.
  private static let complexity = """
    kind: complexity
    name: complexity
    title: Mixup's regulariser of linear models, and the class that it leaves
    seeds: 10
    """

  /// The setting that the slides suggest for Theorem 3.4.
  private static let linearEvaluation = """
    kind: linear-evaluation
    name: linear-evaluation
    title: Mixup at linear evaluation of contrastive features of digits
    seeds: 10
    data: {source: digits}
    """
}
