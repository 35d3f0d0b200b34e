import Figures
import RandomFeature

/// Figures of the single modes of a flow.
extension RandomFeatureReport {
  func spectrumFigure() throws -> Figure {
    let seed = experiment.seeds[0]
    return figure(
      "modes", "Modes of the mixup design",
      caption(
        "Seed \(seed). Above: each mode's start error |a| and noise |b|. Below: "
          + "the time at which the bound of a mode is smallest, the time at "
          + "which the error of this start vanishes, and the time of the "
          + "smallest mean error over starts; modes without the latter two "
          + "have no point.", seeds: false),
      panelsPerRow: names.count,
      try names.map { try spectrumPanel($0, times: false) }
        + names.map { try spectrumPanel($0, times: true) })
  }

  private func spectrumPanel(_ problem: String, times: Bool) throws -> Panel {
    let table = try tables("modes", problem)[0]
    let x = try table.numbers("eigenvalue")
    func points(_ column: String, _ label: String, _ style: Int) throws -> Layer
    {
      .points(
        x: x, y: try table.numbers(column).map { abs($0) }, label: label,
        style: style)
    }
    return Panel(
      title: times ? nil : problem,
      x: Axis("eigenvalue μ of K", scale: .logarithmic),
      y: Axis(times ? "best time, steps" : "amplitude", scale: .logarithmic),
      layers: times
        ? [
          try points("boundOptimum", "bound smallest", 2),
          try points("zeroCrossing", "this start's error 0", 0),
          try points("meanOptimum", "mean error smallest", 1),
        ]
        : [
          try points("startError", "start |a|", 4),
          try points("noise", "noise |b|", 3),
        ])
  }

  /// One U-shaped and one monotone mode, for one start and for the mean.
  func shapeFigure() throws -> Figure {
    let problem = experiment.problems[0]
    let table = try tables("modes", problem.name)[0]
    let (mu, a, b, clean) = (
      try table.numbers("eigenvalue"), try table.numbers("startError"),
      try table.numbers("noise"), try table.numbers("clean")
    )
    let (zero, mean) = (
      try table.numbers("zeroCrossing"), try table.numbers("meanOptimum")
    )
    let xi =
      experiment.startDeviation
      ?? 1 / Double(max(problem.dimensionOfFeatures, 1)).squareRoot()
    func reports() -> [ModeReport] {
      mu.indices.map {
        ModeReport(
          eigenvalue: mu[$0], startError: a[$0], noise: b[$0],
          clean: clean[$0], boundOptimum: .nan,
          zeroCrossing: zero[$0].isNaN ? nil : zero[$0],
          meanOptimum: mean[$0].isNaN ? nil : mean[$0])
      }
    }
    let modes = reports()
    // In the unit of each mode's own time, ημ_k t.
    let s = (0...240).map { power(10, -2 + 4 * Double($0) / 240) }
    func curves(
      _ isShaped: (ModeReport) -> Bool,
      _ value: (ModeReport, Double) -> Double
    ) -> [(label: String, style: Int, values: [Double])] {
      var result: [(label: String, style: Int, values: [Double])] = []
      for (shaped, label, style) in [
        (true, "U-shaped", 0), (false, "monotone", 1),
      ] {
        // The mode with the most noise of its kind shows it best.
        guard
          let mode = modes.filter({ isShaped($0) == shaped })
            .max(by: { abs($0.noise) < abs($1.noise) })
        else { continue }
        let unit = max(value(mode, 0), .leastNormalMagnitude)
        result.append(
          (
            label, style,
            s.map {
              value(mode, $0 / (experiment.learningRate * mode.eigenvalue))
                / unit
            }
          ))
      }
      return result
    }
    let (single, averaged) = (
      curves(\.isUShaped) {
        $0.squaredError(at: $1, learningRate: experiment.learningRate)
      },
      curves(\.isMeanUShaped) {
        $0.meanSquaredError(
          at: $1, learningRate: experiment.learningRate, startDeviation: xi)
      }
    )
    // One range for both, so that heights can be compared.
    let highest = (single + averaged).flatMap(\.values).filter(\.isFinite)
      .max()
    let axis = Axis(
      "squared error, start = 1", range: 0...1.05 * max(highest ?? 1, 1))
    func panel(
      _ title: String, _ curves: [(label: String, style: Int, values: [Double])]
    ) -> Panel {
      Panel(
        title: title, x: Axis("time of the mode, ημt", scale: .logarithmic),
        y: axis,
        layers: curves.map {
          .line(x: s, y: $0.values, label: $0.label, style: $0.style)
        })
    }
    return figure(
      "shapes", "When a mode's error is U-shaped",
      caption(
        "Problem \(problem.name), seed \(experiment.seeds[0]). One start: "
          + "U-shaped where start error and noise have opposite signs. Mean "
          + "over starts: U-shaped where 0 < b(b + θ*) < ξ² + (b + θ*)², with "
          + "the mode's own θ* and noise b. Of each kind the mode with the most "
          + "noise; μ is its eigenvalue.", seeds: false),
      [panel("one start", single), panel("mean over starts", averaged)])
  }
}

extension RegressionProblemSettings {
  /// Number of features.
  var dimensionOfFeatures: Int {
    guard features == .polynomial else { return featureCount }
    let p: Int
    switch source {
    case .generated(_, let dimension, _, _): p = dimension
    case .images: return 0
    }
    return FeatureMap(monomialsUpToDegree: featureCount, inputDimension: p)
      .featureDimension
  }
}
