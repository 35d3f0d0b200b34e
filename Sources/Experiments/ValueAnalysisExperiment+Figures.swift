import Figures
import ImageTrain

extension ValueAnalysisExperiment {
  func figures(_ report: SeedReport<Self>) throws -> [Figure] {
    try Self.teachers.map { try groupFigure($0, report) }
      + [
        try correlationFigure(report), try weightFigure(report),
        try countFigure(report), try singleFigure(report),
      ]
  }

  private var drawn: String {
    "\(samples) mixed samples of \(data.source.name), λ uniform in 0…1"
  }

  /// The slides' figure: quantiles of λ and of EL2N in the ends and centres.
  private func groupFigure(
    _ teacher: ModelSettings.TrainingSet, _ report: SeedReport<Self>
  ) throws -> Figure {
    func panel(
      _ column: String, _ label: String, within bounds: ClosedRange<Double>
    ) throws -> Panel {
      Panel(
        x: Axis("share of the samples, %", range: 0...100),
        y: Axis(label, within: bounds),
        layers: try ValueGroups.names.enumerated().flatMap { style, group in
          report.curve(
            x: ValueAnalysisTables.probabilities.map { 100 * $0 },
            try rows(
              column, of: "quantiles", teacher, report, where: ["group": group]),
            label: group, style: style, within: bounds)
        })
    }
    let norms = 0...2.0.squareRoot()
    return Figure(
      name: "groups-\(teacher.rawValue)",
      title: "Ends and centres of r̂, teacher \(Self.label(teacher))",
      caption: report.caption(
        "Quantiles within the \(tail) mixed samples of lowest and highest r̂, "
          + "the \(tail) nearest to 0 on either side, and all \(samples) "
          + "(of \(data.source.name), λ uniform in 0…1): the weight of "
          + "the source with the higher EL2N, and EL2N of both sources, a mean "
          + "over \(scoreRuns) networks at epoch \(scoreEpoch)."),
      panels: [
        try panel("weight", "weight of the harder source", within: 0...1),
        try panel("higher", "EL2N, higher source", within: norms),
        try panel("lower", "EL2N, lower source", within: norms),
      ], columns: 3, size: .init(width: 620, height: 270), legend: .below,
      footnote: teacher == .whole ? Self.leakNote : nil)
  }

  private func correlationFigure(
    _ report: SeedReport<Self>
  ) throws -> Figure {
    func panel(_ column: String, _ title: String) throws -> Panel {
      var series: [Layer.BarSeries] = []
      for teacher in Self.teachers {
        for (kind, name) in [("signed", "r̂"), ("magnitude", "|r̂|")] {
          let summaries = try Self.scores.map {
            SampleSummary(
              try correlation(column, teacher, kind, $0, report))
          }
          let ends = summaries.map { $0.ends(within: -1...1) }
          series.append(
            .init(
              label: "\(name), teacher \(Self.label(teacher))",
              values: summaries.map(\.mean), lower: ends.map(\.lower),
              upper: ends.map(\.upper), style: series.count))
        }
      }
      return Panel(
        title: title, x: Axis("correlation with EL2N"), y: Axis(""),
        layers: [
          .bars(
            names: Self.scores.map(Self.words), series: series,
            direction: .horizontal, mark: .point)
        ],
        referenceLines: [
          .vertical(-margin), .vertical(0), .vertical(margin),
        ])
    }
    return Figure(
      name: "correlations", title: "r̂ and EL2N",
      caption: report.caption(
        "Correlation over \(drawn), with EL2N of the sources and of the mixed "
          + "sample: Spearman's, and the part of it that min(λ, 1 − λ) does not "
          + "explain. The outer lines are the margin within which a correlation "
          + "counts as none, ±\(ConfigurationValue.numberText(margin))."),
      panels: [
        try panel("spearman", "Spearman"),
        try panel("partial", "given min(λ, 1 − λ)"),
      ], columns: 2, size: .init(width: 620, height: 280), legend: .below,
      footnote: Self.leakNote)
  }

  private func weightFigure(_ report: SeedReport<Self>) throws -> Figure {
    let centres = (0..<Self.bins).map {
      (Double($0) + 0.5) / Double(Self.bins)
    }
    let binned = Panel(
      title: "networks", x: Axis("λ", range: 0...1),
      y: Axis("mean |r̂|, nats"),
      layers: try Self.teachers.enumerated().flatMap { style, teacher in
        report.curve(
          x: centres, try rows("magnitude", of: "weights", teacher, report),
          label: Self.sources[style].label, style: style,
          within: 0 ... .infinity)
      })
    let relative = Panel(
      title: "the same pairs at each λ", x: Axis("λ", range: 0...1),
      y: Axis("mean |r̂| over its mean over λ"),
      layers: try Self.sources.enumerated().flatMap { style, source in
        report.curve(
          x: PairValues.weights,
          try SourcePairs(source.name, report).relativeMagnitudes,
          label: source.label, style: style, within: 0 ... .infinity)
      }, referenceLines: [.horizontal(1)])
    return Figure(
      name: "weight", title: "|r̂| against λ",
      caption: report.caption(
        "Left: \(drawn), in \(Self.bins) bins. Right: \(pairs) pairs, each at "
          + "every λ, under networks and in Bayesian linear regression of "
          + "one-hot labels on pixels and on the student's last hidden "
          + "features, where r̂ is an exact quadratic in λ; the failure set "
          + "there is what the teacher 'train' gets wrong on test images."),
      panels: [binned, relative], columns: 2,
      size: .init(width: 560, height: 290), legend: .below,
      footnote: Self.leakNote)
  }

  private func countFigure(_ report: SeedReport<Self>) throws -> Figure {
    let epochs = (1...plan.epochs).map { Double($0) }
    func shares(
      _ column: String, _ teacher: ModelSettings.TrainingSet
    ) throws -> [[Double]] {
      let below = try rows("negative", of: "epochs", teacher, report)
      let above = try rows("positive", of: "epochs", teacher, report)
      return zip(below, above).map { below, above in
        zip(below, above).map {
          100 * (column == "negative" ? $0 : $1) / ($0 + $1)
        }
      }
    }
    func panels(_ teacher: ModelSettings.TrainingSet) throws -> [Panel] {
      func median(_ name: String) throws -> Double? {
        let epoch = Statistics.median(
          try rows(name, of: "models", teacher, report)[0])
        return epoch <= Double(plan.epochs) ? epoch : nil
      }
      let moments = try ["accuracyEpoch", "nllEpoch"].map(median)
      // Words of lines that are near each other would lie on each other.
      let areNear =
        if let first = moments[0], let second = moments[1] {
          abs(first - second) < 0.2 * Double(plan.epochs)
        } else { false }
      func overtaking(_ isNamed: Bool) -> [Panel.ReferenceLine] {
        let words =
          areNear ? ["accuracy and NLL", nil] : ["accuracy", "NLL"]
        return zip(moments, words).compactMap { moment, words in
          moment.map { .vertical($0, label: isNamed ? words : nil) }
        }
      }
      func test(
        _ column: String, _ own: String, _ scale: Double, _ label: String
      ) throws -> Panel {
        let course = try rows(column, of: "epochs", teacher, report).map {
          $0.map { scale * $0 }
        }
        let level = try rows(own, of: "models", teacher, report)[0].map {
          scale * $0
        }
        // The first quarter would flatten the rest.
        let shown = course.dropFirst(plan.epochs / 4).flatMap { $0 } + level
        let (low, high) = (shown.min() ?? 0, shown.max() ?? 1)
        let range =
          high > low
          ? low - 0.04 * (high - low)...high + 0.04 * (high - low) : nil
        return Panel(
          x: Axis("epoch"), y: Axis(label, range: range),
          layers: report.curve(x: epochs, course, label: "student", style: 0)
            + report.curve(
              x: [1, Double(plan.epochs)], [level, level],
              label: "teacher", style: 1), referenceLines: overtaking(false))
      }
      let signs =
        report.curve(
          x: epochs, try shares("negative", teacher), label: "r̂ ≤ 0", style: 2,
          within: 0...100)
        + report.curve(
          x: epochs, try shares("positive", teacher), label: "r̂ > 0", style: 3,
          within: 0...100)
      return [
        Panel(
          title: "teacher \(Self.label(teacher))", x: Axis("epoch"),
          y: Axis("mixed samples, %", within: 0...100), layers: signs,
          referenceLines: overtaking(true)),
        try test("accuracy", "teacherAccuracy", 100, "test accuracy, %"),
        try test("nll", "teacherNLL", 1, "test NLL, nats"),
      ]
    }
    return Figure(
      name: "counts", title: "Signs of r̂ along training",
      caption: report.caption(
        "Left: share of the mixed samples of each epoch on which the student's "
          + "loss is at least the teacher's (r̂ ≤ 0) and below it (r̂ > 0). "
          + "Then test accuracy and NLL of the student beside the finished "
          + "teacher's. Vertical lines: the median epoch at which the student, "
          + "in the mean over \(window) epochs, overtakes its teacher in the "
          + "quantity named, where it does."),
      panels: try Self.teachers.flatMap(panels), columns: 3,
      size: .init(width: 640, height: 420), legend: .below,
      footnote: Self.leakNote)
  }

  private func singleFigure(_ report: SeedReport<Self>) throws -> Figure {
    func panel(
      _ title: String, _ column: (SourcePairs) -> [[Double]],
      range: ClosedRange<Double>?
    ) throws -> Panel {
      Panel(
        x: Axis("λ", range: 0...1), y: Axis(title, range: range),
        layers: try Self.sources.enumerated().flatMap { style, source in
          report.curve(
            x: PairValues.weights,
            column(try SourcePairs(source.name, report)), label: source.label,
            style: style)
        }, referenceLines: [.horizontal(0)])
    }
    return Figure(
      name: "singles", title: "Does r̂ of two images predict their mixture's?",
      caption: report.caption(
        "λ·r̂(z_i) + (1 − λ)·r̂(z_j) beside r̂ of the mixture, over \(pairs) "
          + "pairs: correlation (left), and the share of the spread that it "
          + "explains as it stands, nothing fitted (right; below 0 the mean "
          + "of all pairs predicts better)."),
      panels: [
        try panel("correlation", \.expected, range: nil),
        try panel("R²", \.determination, range: nil),
      ], columns: 2, size: .init(width: 560, height: 290), legend: .below,
      footnote: Self.leakNote)
  }
}
