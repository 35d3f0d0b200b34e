import Figures
import VectorMath

extension ExpansionExperiment {
  /// A column for one network and method, row by row over the epochs.
  private func rows(
    _ column: String, _ activation: Activation, _ method: String,
    _ report: SeedReport<Self>
  ) throws -> [[Double]] {
    try report.rows(
      column, of: "expansion",
      where: ["activation": activation.rawValue, "method": method])
  }

  /// L_mix − L_std, R1 + R2 + R3 and the share of the one in the other.
  private func explained(
    _ activation: Activation, _ method: String, _ report: SeedReport<Self>
  ) throws -> (excess: [[Double]], sum: [[Double]], share: [[Double]]) {
    func column(_ name: String) throws -> [[Double]] {
      try rows(name, activation, method, report)
    }
    let (mixed, plain) = (try column("mixupLoss"), try column("standardLoss"))
    let remainder = try column("remainder")
    let excess = zip(mixed, plain).map { zip($0, $1).map { $0 - $1 } }
    let sum = zip(excess, remainder).map { zip($0, $1).map { $0 - $1 } }
    let share = zip(sum, excess).map { zip($0, $1).map { $0 / $1 } }
    return (excess, sum, share)
  }

  func tables(
    _ report: SeedReport<Self>
  ) throws -> [(name: String, table: TextTable)] {
    var table = TextTable([
      .init("activation"), .init("method"), .init("epoch", .trailing),
      .init("L_std", .trailing), .init("L_mix − L_std", .trailing),
      .init("R1", .trailing), .init("R2", .trailing), .init("R3", .trailing),
      .init("remainder", .trailing), .init("explained %", .trailing),
      .init("error ≤", .trailing), .init("n", .trailing),
    ])
    for activation in activations {
      for method in Self.methods {
        func column(_ name: String) throws -> [[Double]] {
          try rows(name, activation, method, report)
        }
        let (excess, _, share) = try explained(activation, method, report)
        let standard = try column("standardLoss")
        let terms = try ["r1", "r2", "r3", "remainder"].map(column)
        let errors = try column("mixupLossError")
        for (row, epoch) in measuredEpochs.enumerated() {
          func text(_ values: [[Double]], _ digits: Int) -> String {
            ImageReport.text(values[row], digits: digits)
          }
          table.append(
            [
              activation.rawValue, method, "\(epoch)", text(standard, 4),
              text(excess, 4),
            ] + terms.map { text($0, 4) } + [
              ImageReport.text(share[row].map { 100 * $0 }, digits: 1),
              JobProgress.short(errors[row].max() ?? .nan),
              "\(seeds.count)",
            ])
        }
      }
    }
    return [("expansion", table)]
  }

  /// All statements are about the last measured epoch.
  func claims(_ report: SeedReport<Self>) throws -> [Claim] {
    var claims: [Claim] = []
    for activation in activations {
      for method in Self.methods {
        let problem = "\(activation.rawValue), \(method)"
        func last(_ name: String) throws -> [Double] {
          try rows(name, activation, method, report).last ?? []
        }
        let explained = try explained(activation, method, report)
        let excess = explained.excess.last ?? []
        func claim(
          _ statement: String, _ source: String, _ first: [Double],
          minus second: [Double], isPositive: Bool
        ) {
          claims.append(
            Claim(
              problem: problem, statement: statement, source: source,
              comparison: PairedComparison(first, minus: second),
              expectsPositive: isPositive))
        }
        let zhang = "L. Zhang et al. 2021"
        let zeros = excess.map { _ in 0.0 }
        claim(
          "|remainder| − ½·|L_mix − L_std|", zhang,
          try last("remainder").map { abs($0) },
          minus: excess.map { abs($0) / 2 }, isPositive: false)
        claim(
          "R1 as a penalty on confidence", "derived", try last("r1"),
          minus: zeros, isPositive: true)
        claim(
          "|R1| − |R2 + R3|: gradient and curvature lead", "slides",
          try last("r1").map { abs($0) },
          minus: zip(try last("r2"), try last("r3")).map { abs($0 + $1) },
          isPositive: false)
      }
    }
    return claims
  }

  func figures(_ report: SeedReport<Self>) throws -> [Figure] {
    // Epoch 0 has no place on a logarithmic axis.
    let shown = measuredEpochs.indices.filter { measuredEpochs[$0] > 0 }
    let epochs = shown.map { Double(measuredEpochs[$0]) }
    func curve(
      _ values: [[Double]], _ label: String, _ style: Int
    ) -> [Layer] {
      report.curve(
        x: epochs, shown.map { values[$0] }, label: label, style: style)
    }
    let axis = Axis("epoch", scale: .logarithmic)
    let panels = try activations.flatMap { activation in
      try Self.methods.map { method in
        let explained = try explained(activation, method, report)
        var layers =
          curve(explained.excess, "L_mix − L_std", 0)
          + curve(explained.sum, "R1 + R2 + R3", 1)
        for (k, term) in ["R1", "R2", "R3"].enumerated() {
          layers += curve(
            try rows(term.lowercased(), activation, method, report), term,
            2 + k)
        }
        return Panel(
          title: "\(activation.rawValue), \(method) training", x: axis,
          y: Axis("nats"), layers: layers, referenceLines: [.horizontal(0)])
      }
    }
    let shares = try activations.map { activation in
      Panel(
        title: activation.rawValue, x: axis,
        y: Axis("(R1 + R2 + R3)/(L_mix − L_std)"),
        layers: try Self.methods.enumerated().flatMap { style, method in
          curve(
            try explained(activation, method, report).share, method, style)
        }, referenceLines: [.horizontal(1)])
    }
    let about =
      "Cross-entropy over all pairs of \(images) training images, λ ~ "
      + "Beta(\(concentration), \(concentration))."
    return [
      Figure(
        name: "expansion", title: "The mixup loss and its expansion",
        caption: report.caption(
          about + " L_mix − L_std integrated over λ; R1 to R3 exact. "
            + "L_mix − L_std and R1 + R2 + R3 differ by the remainder. Epoch 0 "
            + "is in the table."),
        panels: panels, columns: Self.methods.count,
        size: .init(
          width: 504, height: 60 + 190 * Double(activations.count)),
        legend: .below),
      Figure(
        name: "explained", title: "How much the expansion explains",
        caption: report.caption(
          about + " 1: the expansion is the whole difference between the "
            + "losses."),
        panels: shares, columns: min(activations.count, 2),
        size: .init(
          width: 504,
          height: 60 + 210 * Double((activations.count + 1) / 2)),
        legend: .below),
    ]
  }
}
