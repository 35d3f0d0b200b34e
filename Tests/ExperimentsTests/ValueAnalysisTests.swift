import Foundation
import ImageData
import LinearAlgebra
import Networks
import Testing

@testable import Experiments

private let small = """
  kind: value-analysis
  name: small
  seeds: 2
  data: {source: digits, fraction: 0.1}
  network: {hidden: [8]}
  training: {epochs: 6, batch-size: 32}
  analysis: {samples: 200, tail: 20, pairs: 30, score-runs: 2, score-epoch: 2, window: 2}
  """

private func analysis(
  _ settings: [String] = []
) throws -> ValueAnalysisExperiment {
  var document = try ConfigurationDocument(text: small, name: "a.yaml")
  try document.override(with: settings)
  return try document.read(ValueAnalysisExperiment.init(reader:))
}

private func measure(
  _ experiment: ValueAnalysisExperiment, in path: String
) throws -> SeedReport<ValueAnalysisExperiment> {
  try experiment.run(
    in: RunContext(path: path, threads: 2, command: ["test"]))
  return try SeedReport(path: path)
}

@Suite("What the value of a mixed sample depends on: the experiment")
struct ValueAnalysisTests {
  @Test("Threads, resuming, configuration")
  func runs() throws {
    try SeedExperimentTests().checkRuns(analysis())
  }

  @Test("Tables agree with the samples that they sum up, and with each other")
  func tables() throws {
    let folder = try TemporaryFolder()
    let experiment = try analysis()
    let report = try measure(experiment, in: folder.path("run"))
    for teacher in ["train", "whole"] {
      func rows(
        _ column: String, of table: String, _ more: [String: String] = [:]
      ) throws -> [[Double]] {
        try report.rows(
          column, of: table, where: more.merging(["teacher": teacher]) { $1 })
      }
      let (values, weights) = (
        try rows("value", of: "samples"), try rows("weight", of: "samples")
      )
      let scores = try ["firstEL2N", "secondEL2N", "mixedEL2N"].map {
        try rows($0, of: "samples")
      }
      for seed in 0..<2 {
        let value = values.map { $0[seed] }
        #expect(value.count == 200)
        let higher = zip(scores[0], scores[1]).map { max($0[seed], $1[seed]) }
        let found = try rows(
          "spearman", of: "correlations",
          ["value": "signed", "score": "higher"])[0][seed]
        #expect(found == Statistics.rankCorrelation(value, higher))
        // EL2N lies in 0…√2.
        #expect(
          scores.allSatisfy {
            $0.allSatisfy { 0...2.0.squareRoot() ~= $0[seed] }
          })
        let lowest = try rows("value", of: "groups", ["group": "lowest"])[0]
        let count = try rows("count", of: "groups", ["group": "lowest"])[0]
        let mean =
          value.sorted().prefix(Int(count[seed])).reduce(0, +) / count[seed]
        #expect(
          abs(lowest[seed] - mean) <= 200 * Double.ulpOfOne * abs(mean))
        // The middle bins of λ hold the middle samples.
        let middle = weights.indices.filter {
          weights[$0][seed] >= 0.5 && weights[$0][seed] < 0.55
        }
        let magnitude = try rows("magnitude", of: "weights")[10][seed]
        let sum = middle.reduce(0) { $0 + abs(value[$1]) }
        #expect(middle.count == 10 && magnitude == sum / 10)
        // Every epoch values every image's mixture once.
        let negative = try rows("negative", of: "epochs")
        let positive = try rows("positive", of: "epochs")
        #expect(negative.count == 6)
        let totals = zip(negative, positive).map { $0[seed] + $1[seed] }
        #expect(Set(totals).count == 1)
      }
    }
    // The images alone say everything of themselves.
    for source in ["train", "whole", "pixels", "hidden"] {
      let share = try report.rows(
        "determination", of: "pairs", where: ["source": source])
      #expect(share[0] == [1, 1] && share[20] == [1, 1])
    }
  }

  @Test("Bins and groups without samples are gaps, and leave claims open")
  func gaps() throws {
    let folder = try TemporaryFolder()
    // 21 parts of 0…1 cannot fill 20 bins for every seed.
    let report = try measure(
      analysis([
        "seeds=6", "analysis.samples=21", "analysis.pairs=2",
        "training.epochs=1", "analysis.score-epoch=1", "analysis.window=1",
      ]), in: folder.path("run"))
    let counts = try report.rows(
      "count", of: "weights", where: ["teacher": "train"])
    #expect(counts.joined().contains(0))
    // What a seed without a sample above 0 leaves.
    let file = folder.path("run/seeds/seed-0/groups.csv")
    let table = try CSVTable(file: file)
    var emptied = CSVTable(header: table.header)
    for row in table.rows {
      emptied.append(
        row[1] == .text("highest")
          ? [row[0], row[1], .int(0)]
            + row.dropFirst(3).map { _ in .double(.nan) }
          : row)
    }
    try emptied.write(to: file)
    try report.writeTables()
    try report.writeFigures(formats: [])
    try report.writeResult(command: "run")
    let claims = try report.experiment.claims(report)
    #expect(
      claims.contains { $0.comparison.summary.mean.isNaN }
        && claims.allSatisfy {
          !$0.comparison.summary.mean.isNaN || $0.verdict == .inconclusive
        })
  }

  @Test("Teacher and student are those of an image experiment")
  func sameModels() throws {
    let folder = try TemporaryFolder()
    let report = try measure(analysis(), in: folder.path("run"))
    let text = """
      name: images
      seeds: 2
      data: {source: digits, fraction: 0.1}
      network: {hidden: [8]}
      training: {epochs: 6, batch-size: 32}
      teachers:
        - {name: train, data: train, method: mixup}
        - {name: whole, data: whole, method: mixup}
      arms:
        - {name: train-low, teacher: train, filter: low}
        - {name: whole-low, teacher: whole, filter: low}
      """
    let images = try ConfigurationDocument(text: text, name: "b.yaml")
      .read(ImageExperiment.init(reader:))
    let path = folder.path("images")
    try images.run(
      in: RunContext(path: path, threads: 2, command: ["test"]))
    for teacher in ["train", "whole"] {
      for (kind, column) in [
        ("arms/\(teacher)-low", "studentNLL"),
        ("teachers/\(teacher)", "teacherNLL"),
      ] {
        let found = try report.rows(
          column, of: "models", where: ["teacher": teacher])[0]
        for seed in 0..<2 {
          let file = "\(path)/\(kind)/seed-\(seed)/metrics.csv"
          let stored = try CSVTable(file: file).numbers("testNLL", of: file)
          // The teacher is evaluated in double precision here: floats of
          // losses to within ulp · layers · width.
          let last = try #require(stored.last)
          let bound =
            column == "studentNLL" ? 0 : 1024 * Double(Float.ulpOfOne) * last
          #expect(abs(found[seed] - last) <= bound)
        }
      }
    }
    // r̂ of the first samples, from the stored networks and mixed pixels.
    let set = try PreparedImages(images.data).train
    let (pixels, sources) = (set.scaled() as Matrix<Double>, set.labels)
    for teacher in ["train", "whole"] {
      let networks = try [
        "teachers/\(teacher)", "arms/\(teacher)-low",
      ].map {
        try NetworkFile.read(
          "\(path)/\($0)/seed-0/network.npz", activation: .relu)
      }
      func column(_ name: String) throws -> [Double] {
        try report.rows(
          name, of: "samples", where: ["teacher": teacher]
        ).map { $0[0] }
      }
      let (first, second) = (try column("first"), try column("second"))
      let (weights, values) = (try column("weight"), try column("value"))
      for s in stride(from: 0, to: 200, by: 20) {
        let (i, j, weight) = (Int(first[s]), Int(second[s]), weights[s])
        let mixed = Matrix(rowCount: 1, columnCount: pixels.columnCount) {
          weight * pixels[i, $1] + (1 - weight) * pixels[j, $1]
        }
        let losses = networks.map { network in
          let logits = network.logits(of: mixed).row(0)
          let norm = log(logits.reduce(0) { $0 + exp($1) })
          return norm - weight * logits[Int(sources[i])]
            - (1 - weight) * logits[Int(sources[j])]
        }
        // Two layers of sums of 64 and 8 terms, logits below 16.
        let bound = 1024 * Double.ulpOfOne * 16
        #expect(abs(values[s] - (losses[0] - losses[1])) <= bound)
      }
    }
  }

  @Test("A measurement made wrong on purpose turns the verdict")
  func mutation() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("run")
    let report = try measure(analysis(["seeds=4"]), in: path)
    func verdict(_ statement: String) throws -> Verdict? {
      Claim.corrected(
        try report.experiment.claims(report).filter {
          $0.statement.hasPrefix(statement) && $0.problem == "teacher train"
        })[0].verdict
    }
    func rewrite(
      _ name: String, _ column: String, _ value: (Int, Int) -> Double
    ) throws {
      for seed in 0..<4 {
        let file = path + "/seeds/seed-\(seed)/\(name).csv"
        let table = try CSVTable(file: file)
        let place = try #require(table.header.firstIndex(of: column))
        var changed = CSVTable(header: table.header)
        for (k, var row) in table.rows.enumerated() {
          row[place] = .double(value(seed, k))
          changed.append(row)
        }
        try changed.write(to: file)
      }
    }
    let none = "ρ of r̂ with EL2N of the higher source"
    for (level, expected) in [
      (0.0, Verdict.supported), (0.5, .refuted), (-0.5, .refuted),
      (0.1, .inconclusive),
    ] {
      try rewrite("correlations", "spearman") { seed, _ in
        level + 0.01 * (Double(seed) - 1.5)
      }
      #expect(try verdict(none) == expected, "\(level)")
    }
    let peak = "mean |r̂|: λ in 0.45"
    for (sign, expected) in [(1.0, Verdict.supported), (-1, .refuted)] {
      try rewrite("weights", "magnitude") { seed, row in
        let distance = abs(Double(row % 20) - 9.5) / 10
        return (2 - sign * distance) * (1 + 0.01 * Double(seed))
      }
      #expect(try verdict(peak) == expected)
    }
    // A student that overtakes late refutes the slides' order.
    for (epoch, expected) in [(1.0, Verdict.supported), (7, .refuted)] {
      try rewrite("models", "countEpoch") { seed, _ in 4 + Double(seed % 2) }
      try rewrite("models", "accuracyEpoch") { _, _ in epoch }
      #expect(try verdict("epoch: #(−) < #(+)") == expected)
    }
  }

  @Test(
    "Settings that make no sense are refused",
    arguments: [
      "analysis.filter=random", "analysis.samples=10", "analysis.pairs=201",
      "analysis.pairs=1", "analysis.score-epoch=7", "analysis.window=7",
      "analysis.margin=0", "analysis.tail=0", "linear.noise-variance=0",
      "linear.prior-variance=-1", "network.hidden=[]", "analysis.colour=red",
      "training.epochs=0",
    ])
  func refused(_ setting: String) {
    #expect(throws: ConfigurationError.self) { try analysis([setting]) }
  }
}
