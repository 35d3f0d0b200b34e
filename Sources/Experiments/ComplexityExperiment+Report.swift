import Figures

extension ComplexityExperiment {
  /// A column of the complexities for one γ, rank by rank.
  private func complexity(
    _ column: String, _ gamma: Double, _ report: SeedReport<Self>
  ) throws -> [[Double]] {
    let gammas = try report.rows("gamma", of: "complexity")
    return zip(gammas, try report.rows(column, of: "complexity"))
      .filter { $0.0[0] == gamma }.map(\.1)
  }

  private func regulariser(
    _ column: String, _ family: String, _ report: SeedReport<Self>
  ) throws -> [[Double]] {
    try report.rows(column, of: "regulariser", where: ["family": family])
  }

  func tables(
    _ report: SeedReport<Self>
  ) throws -> [(name: String, table: TextTable)] {
    var models = TextTable([
      .init("model"), .init("α or λ", .trailing), .init("factor", .trailing),
      .init("Lemma 3.3", .trailing), .init("L̃_mix − L_std", .trailing),
      .init("R2", .trailing), .init("L_mix − L_std − R1", .trailing),
      .init("error ≤", .trailing), .init("n", .trailing),
    ])
    for family in ["logistic", "poisson"] {
      let strengths = try regulariser("strength", family, report)
      for (row, strength) in strengths.enumerated() {
        func text(_ column: String) throws -> String {
          let values = try regulariser(column, family, report)[row]
          return values.contains(.infinity)
            ? "∞" : ImageReport.text(values, digits: 4)
        }
        models.append([
          family, "\(strength[0])", try text("factor"),
          try text("rescaledRegulariser"), try text("rescaledExcess"),
          try text("unrescaledRegulariser"), try text("unrescaledExcess"),
          JobProgress.short(
            try ["rescaledError", "unrescaledError"].flatMap {
              try regulariser($0, family, report)[row]
            }.max() ?? .nan), "\(seeds.count)",
        ])
      }
    }
    var classes = TextTable([
      .init("γ", .trailing), .init("rank", .trailing), .init("ρ", .trailing),
      .init("ρ, estimated", .trailing), .init("mixup", .trailing),
      .init("signs ±", .trailing), .init("as printed", .trailing),
      .init("from squares", .trailing), .init("of the ellipsoid", .trailing),
      .init("ridge", .trailing), .init("signs ±", .trailing),
      .init("its bound", .trailing), .init("n", .trailing),
    ])
    for gamma in gammas {
      for (row, rank) in ranks.enumerated() {
        classes.append(
          ["\(gamma)", "\(rank)"]
            + (try [
              ("retentivity", 6), ("estimatedRetentivity", 6), ("mixup", 4),
              ("mixupError", 4), ("statedBound", 4), ("squaredBound", 4),
              ("ellipsoidBound", 4), ("ridge", 4), ("ridgeError", 4),
              ("ridgeBound", 4),
            ].map { column, digits in
              ImageReport.text(
                try complexity(column, gamma, report)[row], digits: digits)
            }) + ["\(seeds.count)"])
      }
    }
    return [("regulariser", models), ("complexity", classes)]
  }

  func claims(_ report: SeedReport<Self>) throws -> [Claim] {
    var claims: [Claim] = []
    func claim(
      _ problem: String, _ statement: String, _ source: String,
      _ first: [Double], minus second: [Double], isPositive: Bool
    ) {
      claims.append(
        Claim(
          problem: problem, statement: statement, source: source,
          comparison: PairedComparison(first, minus: second),
          expectsPositive: isPositive))
    }
    let zhang = "L. Zhang et al. 2021"
    for gamma in gammas {
      let problem = "γ = \(gamma)"
      func column(_ name: String) throws -> [[Double]] {
        try complexity(name, gamma, report)
      }
      let (mixup, stated) = (try column("mixup"), try column("statedBound"))
      let squared = try column("squaredBound")
      // The rank at which the bound is tightest, seed by seed.
      func largestRatio(_ bound: [[Double]]) -> [Double] {
        seeds.indices.map { seed in
          zip(mixup, bound).map { $0[seed] / $1[seed] }.max() ?? .nan
        }
      }
      let ones = seeds.map { _ in 1.0 }
      claim(
        problem, "complexity/printed bound − 1, any rank", zhang,
        largestRatio(stated), minus: ones, isPositive: false)
      claim(
        problem, "complexity/bound from squares − 1, any rank", "derived",
        largestRatio(squared), minus: ones, isPositive: false)
      let ridge = try column("ridge")
      let ridgeBound = try column("ridgeBound")
      // What is expected is said of low and of full rank, and of no other.
      var places: [(row: Int, name: String)] = []
      if ranks[0] < dimension { places.append((0, "lowest rank")) }
      if ranks[ranks.count - 1] == dimension {
        places.append((ranks.count - 1, "full rank"))
      }
      for (row, name) in places {
        let place = "\(name) \(ranks[row])"
        let isFull = ranks[row] == dimension
        claim(
          problem, "complexity, \(place): mixup − ridge", "slides",
          mixup[row], minus: ridge[row], isPositive: isFull)
        claim(
          problem, "bound, \(place): mixup − ridge", "slides",
          stated[row], minus: ridgeBound[row], isPositive: isFull)
        claim(
          problem, "bound from squares, \(place): mixup − ridge",
          "derived", squared[row], minus: ridgeBound[row], isPositive: isFull)
      }
    }
    for (family, sign) in [("logistic", "α"), ("poisson", "λ")] {
      let strengths = try regulariser("strength", family, report)
      let predicted = try regulariser("rescaledRegulariser", family, report)
      let measured = try regulariser("rescaledExcess", family, report)
      // The mildest law, where the lemma has its best chance; of an infinite
      // factor there is nothing to claim.
      let factors = try regulariser("factor", family, report).map { $0[0] }
      guard
        let row = factors.indices.min(by: { factors[$0] < factors[$1] }),
        factors[row].isFinite
      else { continue }
      claim(
        "\(family), \(sign) = \(strengths[row][0])",
        "|Lemma 3.3/(L̃_mix − L_std) − 1| − 0.1", zhang,
        zip(predicted[row], measured[row]).map { abs($0 / $1 - 1) },
        minus: seeds.map { _ in 0.1 }, isPositive: false)
    }
    return claims
  }

  func figures(_ report: SeedReport<Self>) throws -> [Figure] {
    let x = ranks.map { Double($0) }
    let classes = try gammas.map { gamma in
      func curve(_ column: String, _ label: String, _ style: Int) throws
        -> [Layer]
      {
        report.curve(
          x: x, try complexity(column, gamma, report), label: label,
          style: style, isPositive: true)
      }
      func points(_ column: String, _ label: String, _ style: Int) throws
        -> Layer
      {
        let values = try complexity(column, gamma, report)
        return .points(
          x: x, y: values.map { SampleSummary($0).mean }, label: label,
          style: style)
      }
      return Panel(
        title: "γ = \(gamma)", x: Axis("rank of Σ", scale: .logarithmic),
        y: Axis("Rademacher complexity", scale: .logarithmic),
        layers: try curve("statedBound", "mixup, bound as printed", 0)
          + curve("squaredBound", "mixup, bound from squares", 2)
          + curve("ridgeBound", "ridge, bound", 1)
          + [
            points("mixup", "mixup, measured", 0),
            points("ridge", "ridge, measured", 1),
          ])
    }
    func models(
      _ family: String, _ axis: Axis, _ title: String
    ) throws -> [Panel] {
      let strengths = try regulariser("strength", family, report).map { $0[0] }
      return try [
        ("rescaled", "inputs over λ", "Lemma 3.3", "L̃_mix − L_std"),
        ("unrescaled", "inputs as they are", "R2", "L_mix − L_std − R1"),
      ].map { column, kind, predicted, measured in
        let regularisers = try regulariser(
          column + "Regulariser", family, report)
        let shown = regularisers.indices.filter {
          regularisers[$0].allSatisfy(\.isFinite)
        }
        return Panel(
          title: "\(title), \(kind)", x: axis,
          y: Axis("nats", scale: .logarithmic),
          layers: report.curve(
            x: shown.map { strengths[$0] }, shown.map { regularisers[$0] },
            label: "second order: Lemma 3.3, or R2", style: 0,
            isPositive: true)
            + report.curve(
              x: strengths, try regulariser(column + "Excess", family, report),
              label: "the loss itself", style: 1, isPositive: true))
      }
    }
    return [
      Figure(
        name: "complexity",
        title: "What mixup and ridge leave of linear models",
        caption: report.caption(
          "Rademacher complexity of {E[A″(θᵀx)]·θᵀΣθ ≤ γ, ‖θ‖ ≤ "
            + "\(radius)} (mixup, logistic A) and of {‖θ‖² ≤ γ} (ridge) over "
            + "\(samples) inputs x ~ N(0, Σ), Σ = (\(dimension)/rank)·P, with "
            + "the bounds of Theorem 3.4 and its squared condition. Points: "
            + "means over \(signDraws) draws of the signs."),
        panels: classes, columns: min(gammas.count, 2),
        size: .init(
          width: 504, height: 100 + 230 * Double((gammas.count + 1) / 2)),
        legend: .below),
      Figure(
        name: "regulariser",
        title: "The regulariser of linear models and what it approximates",
        caption: report.caption(
          "Left: inputs rescaled by 1/λ, Lemma 3.3 against L̃_mix − L_std; it "
            + "is infinite for α ≤ 1, where no line is drawn. Right: inputs as "
            + "mixup makes them, R2 against L_mix − L_std − R1. "
            + "\(modelSamples) inputs, scores of deviation \(scoreDeviation) "
            + "(logistic) and a third of it (Poisson)."),
        panels: try models(
          "logistic", Axis("α of Beta(α, α)", scale: .logarithmic), "logistic")
          + models("poisson", Axis("λ, fixed"), "Poisson"), columns: 2,
        size: .init(width: 504, height: 440), legend: .below),
    ]
  }
}
