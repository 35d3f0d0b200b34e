import ArrayFiles
import LinearAlgebra
import VectorMath

extension ImageReport {
  /// The tables as text for a terminal.
  public func text() throws -> String {
    let comparisons = try comparisonTable()
    return [
      experiment.title + "\n", try predictionTable().text, try normTable().text,
      comparisons.rows.isEmpty ? nil : comparisons.text,
      leakNote.map { $0 + "\n" },
    ].compactMap { $0 }.joined(separator: "\n")
  }

  /// Writes the tables as CSV, Markdown and text.
  public func writeTables() throws {
    let folder = try OutputFolder(path: path + "/tables", overwrite: true)
    for (name, table) in [
      ("prediction", try predictionTable()), ("norms", try normTable()),
      ("differences", try comparisonTable()),
    ] {
      try folder.write(table, as: name, note: leakNote)
    }
    try writeSeedTable(folder)
  }

  /// One line per model and seed: what the tables are made of.
  private func writeSeedTable(_ folder: OutputFolder) throws {
    var table = CSVTable(
      header: ["model", "seed", "hasSeenTestLabels"]
        + Metric.allCases.map(\.column))
    for model in trained {
      for (k, seed) in experiment.seeds.enumerated() {
        table.append(
          [
            .text(model.name), .int(seed),
            .text("\(experiment.hasSeenTestLabels(model))"),
          ]
            + (try Metric.allCases.map {
              .double(try values($0, of: model.name)[k])
            }))
      }
    }
    try folder.write(table.text, as: "seeds.csv")
  }

  /// Writes `result.json`, which says that the run is complete.
  ///
  /// - Parameter command: the verb that was run.
  public func writeResult(command: String) throws {
    var models: ConfigurationValue = [:]
    for model in trained {
      var one: ConfigurationValue = [
        "hasSeenTestLabels": .bool(experiment.hasSeenTestLabels(model))
      ]
      for metric in Metric.allCases {
        one[metric.column] = summary(try values(metric, of: model.name))
      }
      models[model.name] = one
    }
    let differences = try differences().map {
      var one: ConfigurationValue = [
        "first": .string($0.first), "second": .string($0.second),
        "hasSeenTestLabels": .bool(
          marked($0.first) != $0.first || marked($0.second) != $0.second),
        "metric": .string($0.metric.rawValue),
        "difference": summary($0.comparison.differences),
      ]
      if let p = $0.correctedPValue { one["pHolm"] = .double(p) }
      if let expectation = $0.expectation {
        one["expectedPositive"] = .bool(expectation.isPositive)
        if let stated = expectation.stated { one["stated"] = .double(stated) }
        one["source"] = .string(expectation.source)
      }
      if let verdict = $0.verdict { one["verdict"] = .string(verdict.rawValue) }
      return one
    }
    try experiment.writeResult(
      ["models": models, "differences": .list(differences)],
      command: command, in: path)
  }

  private func summary(_ values: [Double]) -> ConfigurationValue {
    guard !values.isEmpty else { return ["n": 0] }
    let summary = SampleSummary(values)
    return [
      "mean": .double(summary.mean),
      "halfWidth95": summary.intervalHalfWidth.map { .double($0) } ?? nil,
      "n": .int(summary.count),
      "values": .numbers(values),
    ]
  }
}

/// The BLAS that results were computed with, as results name it.
public var blasValue: ConfigurationValue {
  [
    "version": .string(OpenBLAS.status.version),
    "kernel": .string(OpenBLAS.status.kernel),
    "vectorKernels": .string(vectorInstructionSet),
  ]
}
