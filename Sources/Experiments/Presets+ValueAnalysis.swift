extension Presets {
  static let valueAnalysis: [(name: String, text: String)] = [
    ("value-analysis", digitsAnalysis),
    ("value-analysis-fashion-mnist", fashionMNISTAnalysis),
  ]

  /// The slides' analyses of r̂ on the teachers and students of
  /// `digits-filter`.
  ///
  /// They look at ResNets on DTD after 580 of 600 epochs; here it is a dense
  /// network on digits at the end of training.
  private static let digitsAnalysis = """
    kind: value-analysis
    name: value-analysis
    title: What the value of a mixed sample depends on, on digits
    seeds: 5
    data: {source: digits, fraction: 0.25}
    network: {hidden: [64, 32]}
    training: {epochs: 100, batch-size: 32}
    """

  /// The same on the teachers and students of `fashion-mnist-filter`.
  private static let fashionMNISTAnalysis = """
    kind: value-analysis
    name: value-analysis-fashion-mnist
    title: What the value of a mixed sample depends on, on Fashion-MNIST
    seeds: 5
    data: {source: "fashion-mnist:data/fashion-mnist", fraction: 0.2}
    network: {hidden: [300, 100]}
    training: {epochs: 100, batch-size: 128}
    """
}
