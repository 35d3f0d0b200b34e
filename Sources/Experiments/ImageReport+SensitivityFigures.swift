import Figures

/// What probes and gradients showed along training.
extension ImageReport {
  /// A column of a sensitivity table over its first column, seed by seed.
  private func courses(
    _ name: String, _ column: String, of arm: ModelSettings
  ) throws -> (x: [Double], values: [[Double]])? {
    var x: [Double] = []
    var runs: [[Double]] = []
    for seed in experiment.seeds {
      let folder = folder(arm, seed: seed)
      guard let table = try folder.readSensitivity(name) else { return nil }
      let file = folder.sensitivityFile(name)
      x = try table.numbers(table.header[0], of: file)
      runs.append(try table.numbers(column, of: file))
    }
    // Runs of a budget may differ in length.
    let count = runs.map(\.count).min() ?? 0
    guard count > 0 else { return nil }
    return (
      Array(x.prefix(count)),
      (0..<count).map { row in runs.map { $0[row] } }
    )
  }

  private func curve(
    _ name: String, _ column: String, of arm: ModelSettings, label: String,
    style: Int, within bounds: ClosedRange<Double>? = nil
  ) throws -> [Layer] {
    guard let (x, values) = try courses(name, column, of: arm) else {
      return []
    }
    let summaries = values.map { SampleSummary($0) }
    var layers: [Layer] = []
    if experiment.seeds.count > 1 {
      let ends = summaries.map { $0.ends(within: bounds) }
      layers.append(
        .band(
          x: x, lower: ends.map(\.lower), upper: ends.map(\.upper), of: label,
          style: style, opacity: 0.12))
    }
    layers.append(
      .line(x: x, y: summaries.map(\.mean), label: label, style: style))
    return layers
  }

  /// Figures of the arms that were probed; none where nothing was measured.
  func sensitivityFigures() throws -> [Figure] {
    let probed = try experiment.arms.filter {
      try courses("probes", "alphaMinimum", of: $0) != nil
    }
    let noisy = try experiment.arms.filter {
      try courses("gradient-noise", "cleanNoise", of: $0) != nil
    }
    var figures: [Figure] = []
    if !probed.isEmpty { figures.append(try alignmentFigure(probed)) }
    if !noisy.isEmpty { figures.append(try noiseFigure(noisy)) }
    return figures
  }

  /// Layers of a column, arm by arm.
  private func panel(
    _ name: String, _ column: String, _ title: String, x: String,
    _ arms: [ModelSettings], within bounds: ClosedRange<Double>? = nil,
    scale: Axis.Scale = .linear, extra: [Layer] = [],
    lines: [Panel.ReferenceLine] = []
  ) throws -> Panel {
    Panel(
      x: Axis(x), y: Axis(title, scale: scale),
      layers: try arms.enumerated().flatMap { style, arm in
        try curve(
          name, column, of: arm, label: label(arm), style: style,
          within: bounds)
      } + extra, referenceLines: lines)
  }

  private func alignmentFigure(_ arms: [ModelSettings]) throws -> Figure {
    func of(
      _ column: String, _ title: String, within bounds: ClosedRange<Double>,
      lines: [Panel.ReferenceLine] = []
    ) throws -> Panel {
      try panel(
        "probes", column, title, x: "iteration", arms, within: bounds,
        lines: lines)
    }
    // The null model of the first arm stands for all: its residuals differ
    // from the others', its directions mean nothing.
    let null = try curve(
      "probes", "nullMinimum", of: arms[0],
      label: "\(label(arms[0])), random directions", style: 7, within: -1...0)
    var minimum = try of("alphaMinimum", "minimum of α", within: -1...0)
    minimum.layers += null
    let words =
      "α_{k,i} = (p_k − y_k)·cos∠(∇f_k(x_i), x̄ − x_i) on a fixed probe of "
      + "\(experiment.record.probe?.imageCount ?? 0) training images. Minimum "
      + "and 5 % quantile over classes and images; share of negative α; share "
      + "of images with q < 0, whose input gradients the term pushes up. A "
      + "negative minimum alone says little: residuals sum to zero, and random "
      + "directions have one too."
    let panels = [
      minimum,
      try of("alpha05", "5 % quantile of α", within: -1...1),
      try of(
        "negativeShare", "share of α < 0", within: 0...1,
        lines: [.horizontal(0.5)]),
      try of("pushedUpShare", "share of q < 0", within: 0...1),
    ]
    return Figure(
      name: "alignment", title: "What mixup's first-order term pushes",
      caption: caption(words, of: arms, hasIntervals: true), panels: panels,
      columns: 2, size: .init(width: 504, height: 440), legend: .below)
  }

  private func noiseFigure(_ arms: [ModelSettings]) throws -> Figure {
    func of(_ column: String, _ title: String) throws -> Panel {
      try panel(
        "gradient-noise", column, title, x: "epoch", arms, scale: .logarithmic)
    }
    let words =
      "‖∇L‖ and √(mean ‖∇L − g_i‖²) over all training images and parameters, "
      + "of the clean loss and of the loss of mixtures; mean ‖g_i‖² is the sum "
      + "of both squares."
    let panels = [
      try of("cleanGradientNorm", "‖∇L‖, clean"),
      try of("cleanNoise", "noise, clean"),
      try of("mixedGradientNorm", "‖∇L‖, mixed"),
      try of("mixedNoise", "noise, mixed"),
    ]
    return Figure(
      name: "gradient-noise", title: "Gradient norm and noise in training",
      caption: caption(words, of: arms, hasIntervals: true), panels: panels,
      columns: 2, size: .init(width: 504, height: 440), legend: .below)
  }
}
