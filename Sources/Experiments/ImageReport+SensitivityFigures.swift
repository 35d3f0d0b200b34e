import Figures
import ImageTrain

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

  private func alignmentFigure(_ arms: [ModelSettings]) throws -> Figure {
    try Experiments.alignmentFigure(
      on: "a fixed probe of \(experiment.record.probe?.imageCount ?? 0) "
        + "training images",
      noun: "image", x: "iteration", names: arms.map(label),
      caption: { caption($0, of: arms, hasIntervals: true) },
      curve: { column, model, label, style, bounds in
        try curve(
          "probes", column, of: arms[model], label: label, style: style,
          within: bounds)
      })
  }

  private func noiseFigure(_ arms: [ModelSettings]) throws -> Figure {
    func of(_ column: String, _ title: String) throws -> Panel {
      Panel(
        x: Axis("epoch"), y: Axis(title, scale: .logarithmic),
        layers: try arms.enumerated().flatMap { style, arm in
          try curve(
            "gradient-noise", column, of: arm, label: label(arm), style: style)
        })
    }
    let words =
      "‖∇L‖ and √(mean ‖∇L − g_i‖²) over all parameters, of the clean loss "
      + "over all training images and of the mixup loss over "
      + "\(TrainingTask.mixturesForNoise) mixtures or more, whose own noise is "
      + "a part of the mixed ‖∇L‖: its square is about noise² over their number "
      + "too large. Mean ‖g_i‖² is the sum of both squares."
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
