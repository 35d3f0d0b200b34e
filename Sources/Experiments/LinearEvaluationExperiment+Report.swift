import Figures

extension LinearEvaluationExperiment {
  /// A column of the heads' table, by number of labels.
  private func column(
    _ name: String, _ features: String, _ head: String,
    _ report: SeedReport<Self>
  ) throws -> [[Double]] {
    try report.rows(
      name, of: "heads", where: ["features": features, "head": head])
  }

  private func rank(
    _ name: String, _ features: String, _ report: SeedReport<Self>
  ) throws -> [Double] {
    try report.rows(name, of: "ranks", where: ["features": features])[0]
  }

  func tables(
    _ report: SeedReport<Self>
  ) throws -> [(name: String, table: TextTable)] {
    var ranks = TextTable([
      .init("features"), .init("dimension", .trailing),
      .init("rank", .trailing), .init("effective rank", .trailing),
      .init("1/Σq²", .trailing), .init("n", .trailing),
    ])
    var heads = TextTable([
      .init("features"), .init("labelled", .trailing), .init("head"),
      .init("accuracy %", .trailing), .init("NLL", .trailing),
      .init("n", .trailing),
    ])
    for features in Self.features {
      ranks.append(
        [features]
          + (try [
            ("dimension", 0), ("rank", 1), ("effectiveRank", 1),
            ("participation", 1),
          ].map {
            ImageReport.text(try rank($0.0, features, report), digits: $0.1)
          }) + ["\(seeds.count)"])
      for (row, count) in labelled.enumerated() {
        for head in self.heads.map(\.name) {
          heads.append([
            features, "\(count)", head,
            ImageReport.text(
              try column("accuracy", features, head, report)[row].map {
                100 * $0
              }, digits: 2),
            ImageReport.text(
              try column("nll", features, head, report)[row], digits: 4),
            "\(seeds.count)",
          ])
        }
      }
    }
    return [("ranks", ranks), ("heads", heads)]
  }

  func claims(_ report: SeedReport<Self>) throws -> [Claim] {
    var claims: [Claim] = []
    func claim(
      _ problem: String, _ statement: String, _ first: [Double],
      minus second: [Double], isPositive: Bool
    ) {
      claims.append(
        Claim(
          problem: problem, statement: statement, source: "slides",
          comparison: PairedComparison(first, minus: second),
          expectsPositive: isPositive))
    }
    func share(_ features: String) throws -> [Double] {
      zip(
        try rank("effectiveRank", features, report),
        try rank("dimension", features, report)
      ).map { $0 / $1 }
    }
    claim(
      "features", "effective rank/dimension: contrastive − pixels",
      try share("contrastive"), minus: try share("pixels"), isPositive: false)
    for (row, count) in labelled.enumerated() {
      func value(
        _ name: String, _ features: String, _ head: String
      ) throws -> [Double] {
        try column(name, features, head, report)[row]
      }
      let problem = "contrastive, \(count) labels"
      let mixed = try value("accuracy", "contrastive", "mixup")
      claim(
        problem, "accuracy: mixup − plain", mixed,
        minus: try value("accuracy", "contrastive", "plain"),
        isPositive: true)
      // The best decay of each seed by its own test images flatters ridge.
      let decayed = try weightDecays.map {
        try value("accuracy", "contrastive", "ridge \($0)")
      }
      claim(
        problem, "accuracy: mixup − best ridge", mixed,
        minus: seeds.indices.map { k in decayed.map { $0[k] }.max() ?? .nan },
        isPositive: true)
      func gain(_ features: String) throws -> [Double] {
        zip(
          try value("accuracy", features, "mixup"),
          try value("accuracy", features, "plain")
        ).map { $0 - $1 }
      }
      claim(
        "\(count) labels", "gain by mixup: contrastive − pixels",
        try gain("contrastive"), minus: try gain("pixels"), isPositive: true)
    }
    return claims
  }

  func figures(_ report: SeedReport<Self>) throws -> [Figure] {
    let x = labelled.map { Double($0) }
    let accuracy = try Self.features.map { features in
      Panel(
        title: features, x: Axis("labelled images", scale: .logarithmic),
        y: Axis("test accuracy, %"),
        layers: try heads.map(\.name).enumerated().flatMap { style, head in
          report.curve(
            x: x,
            try column("accuracy", features, head, report).map {
              $0.map { 100 * $0 }
            }, label: head, style: style)
        })
    }
    // Below this an eigenvalue is not to be seen in any figure.
    let visible = 1e-6
    let spectra = Panel(
      x: Axis("number of the eigenvalue", scale: .logarithmic),
      y: Axis("share of the trace", scale: .logarithmic),
      layers: try Self.features.enumerated().flatMap { style, features in
        let shares = try report.rows(
          "share", of: "spectra", where: ["features": features])
        let shown = shares.prefix { $0.allSatisfy { $0 > visible } }
        return report.curve(
          x: shown.indices.map { Double($0 + 1) }, Array(shown),
          label: features, style: style, isPositive: true)
      })
    return [
      Figure(
        name: "heads", title: "Linear heads on frozen features",
        caption: report.caption(
          "Test accuracy of a linear head by the number of its labels: plain, "
            + "by mixup with λ ~ Beta(\(concentration), \(concentration)), "
            + "and with weight decay (ridge)."),
        panels: accuracy, columns: 3, size: .init(width: 560, height: 250),
        legend: .below),
      Figure(
        name: "spectra", title: "Covariance of the features",
        caption: report.caption(
          "Eigenvalues of the covariance of the features of "
            + data.source.name + " over the training images, as "
            + "shares of the trace, down to \(visible)."),
        panels: [spectra], size: .init(width: 360, height: 260),
        legend: .below),
    ]
  }
}
