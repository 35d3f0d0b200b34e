import Foundation
import ImageTrain
import LinearAlgebra
import Randomness
import Testing
import Valuation
import VectorMath

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
  try experiment.measure(
    into: path, threads: 2, existing: .refuse, command: ["test"],
    progress: SilentProgress(), cancellation: CancellationFlag())
  return try SeedReport(path: path)
}

@Suite("What the value of a mixed sample depends on: statistics")
struct ValueStatisticsTests {
  @Test("Equal values share their mean rank")
  func ranks() {
    #expect(Statistics.ranks([30, 10, 20, 10, 10]) == [5, 2, 4, 2, 2])
    #expect(Statistics.ranks([]) == [])
    #expect(Statistics.ranks([7, 7]) == [1.5, 1.5])
  }

  @Test("Correlations of small tables by hand")
  func correlations() {
    // Deviations (−1, 0, 1) and (−2, 1, 1): 3/√(2·6).
    let bound = 8 * Double.ulpOfOne
    let found = Statistics.correlation([1, 2, 3], [0, 3, 3])
    #expect(abs(found - 3 / 12.0.squareRoot()) <= bound)
    // Ranks (1, 2, 3) and (1, 2.5, 2.5): deviations (−1, 0, 1) and
    // (−1.5, 0.75, 0.75): 2.25/√(2·3.375).
    let ranked = Statistics.rankCorrelation([1, 5, 90], [0, 3, 3])
    #expect(abs(ranked - 2.25 / 6.75.squareRoot()) <= bound)
    // Any rising map leaves ranks as they are.
    #expect(
      abs(Statistics.rankCorrelation([1, 2, 3, 4], [1, 10, 100, 1e9]) - 1)
        <= bound)
    #expect(Statistics.correlation([1, 2], [5, 5]).isNaN)
  }

  @Test(
    "The partial rank correlation from the three of untied ranks")
  func partial() {
    let (x, y, z) = (
      [1.0, 2, 3, 4, 5], [2.0, 1, 4, 3, 5], [1.0, 3, 2, 5, 4]
    )
    func rho(_ a: [Double], _ b: [Double]) -> Double {
      // 1 − 6Σd²/n(n² − 1), without ties.
      1 - 6 * zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / 120
    }
    let (xy, xz, yz) = (rho(x, y), rho(x, z), rho(y, z))
    let expected = (xy - xz * yz) / ((1 - xz * xz) * (1 - yz * yz)).squareRoot()
    #expect(
      abs(Statistics.partialRankCorrelation(x, y, given: z) - expected)
        <= 32 * Double.ulpOfOne)
  }

  @Test("R² of the values, of their mean, and of a worse prediction")
  func determination() {
    let values = [1.0, 2, 6]
    func found(_ predictions: [Double]) -> Double {
      Statistics.determination(of: values, by: predictions)
    }
    #expect(found(values) == 1)
    #expect(found([3, 3, 3]) == 0)
    // Errors (0, 0, 7) against deviations (−2, −1, 3).
    let worse: Double = 1 - 49 / 14.0
    #expect(found([1, 2, -1]) == worse)
  }

  @Test("An equivalence is borne out by an interval within the margin alone")
  func equivalence() {
    func claim(_ values: [Double], margin: Double = 0.1) -> Claim {
      Claim.corrected([
        Claim(
          problem: "", statement: "", source: "",
          comparison: PairedComparison(values, minus: values.map { _ in 0 }),
          expectation: .within(margin))
      ])[0]
    }
    let cases: [([Double], Verdict)] = [
      ([0.01, -0.02, 0.02, 0, 0.01], .supported),
      ([0.3, 0.31, 0.29, 0.3, 0.32], .refuted),
      ([-0.3, -0.31, -0.29, -0.3, -0.32], .refuted),
      ([0.09, 0.11, 0.1, 0.08, 0.12], .inconclusive),
      // Within on the mean, but too uncertain.
      ([0.2, -0.2, 0.15, -0.1, 0], .inconclusive),
      ([0.05, 0.05, 0.05], .inconclusive), ([0.01], .inconclusive),
    ]
    for (values, verdict) in cases {
      #expect(claim(values).verdict == verdict, "\(values)")
      // The verdict is where the 95 % interval lies.
      if let interval = PairedComparison(values, minus: values.map { _ in 0 })
        .summary.interval, Set(values).count > 1
      {
        let inside =
          interval.lowerBound > -0.1 && interval.upperBound < 0.1
        let outside =
          interval.lowerBound > 0.1 || interval.upperBound < -0.1
        #expect(inside == (verdict == .supported), "\(values)")
        #expect(outside == (verdict == .refuted), "\(values)")
      }
    }
    // On the interval's very end, p is 5 %.
    let values = [0.01, -0.02, 0.02, 0, 0.01]
    let summary = SampleSummary(values)
    let end = abs(summary.mean) + (summary.intervalHalfWidth ?? .nan)
    #expect(abs((claim(values, margin: end).pValue ?? 1) - 0.05) <= 1e-12)
  }

  @Test("Ends and centres of either side, which share no sample")
  func groups() {
    let values = [0.5, -3, 0, 2, -1, 7, -0.1, 0.2, 9]
    let members = ValueGroups(values, count: 2).members
    // 0 is no value above 0.
    #expect(
      members == [
        [1, 4], [6, 2], [7, 0], [5, 8], [1, 4, 6, 2, 7, 0, 3, 5, 8],
      ])
    // Of five above 0, two a group at the most.
    let wide = ValueGroups(values, count: 100).members
    #expect(wide[2] == [7, 0] && wide[3] == [5, 8])
    #expect(ValueGroups([1, 1, 1], count: 5).members[0] == [])
    // Of equal values the first in order is the lower.
    #expect(
      ValueGroups([-1, -1, -1, -1], count: 2).members.prefix(2)
        == [[0, 1], [2, 3]])
  }

  @Test("A mean over a window decides when something first holds")
  func firstEpoch() {
    let values = [-1.0, 3, -4, 1, 2, 2]
    #expect(FirstEpoch.whereMeanIsPositive(values, window: 1) == 2)
    #expect(FirstEpoch.whereMeanIsPositive(values, window: 2) == 2)
    #expect(FirstEpoch.whereMeanIsPositive(values, window: 3) == 6)
    #expect(FirstEpoch.whereMeanIsPositive([-1, 0], window: 1) == nil)
    #expect(FirstEpoch.whereMeanIsPositive([1], window: 2) == nil)
  }

  @Test("Quadratics in λ: exact, and what the two ends say of the rest")
  func pairValues() throws {
    var stream = RandomStream(rootSeed: 3, name: "problem")
    func matrix(_ rows: Int) -> Matrix<Double> {
      Matrix(
        rowCount: rows, columnCount: 4,
        elements: stream.normals(count: 4 * rows))
    }
    let valuation = try LinearValuation(
      design: matrix(12), labels: stream.normals(count: 12),
      failureDesign: matrix(3), failureLabels: stream.normals(count: 3),
      noiseVariance: 0.5, prior: LinearPosterior(dimension: 4, variance: 2),
      team: ThreadTeam(size: 1))
    let indices = [(0, 1), (3, 2), (5, 11)]
    let quadratics = indices.map { valuation.quadratic($0, $1) }
    let pairs = PairValues(quadratics: quadratics)
    let expected = pairs.expected
    for (k, weight) in PairValues.weights.enumerated() {
      for (p, (i, j)) in indices.enumerated() {
        let exact = valuation.value(ofMixing: i, j, weight: weight).value
        let q = quadratics[p]
        // Sums of three products, and the errors of e and s: 12 · 4 terms.
        let scale = abs(q.first) + abs(q.cross) + abs(q.second) + 1
        let bound = 256 * Double.ulpOfOne * scale
        #expect(abs(pairs.values[k][p] - exact) <= bound)
        // The quadratic is the weighted mean but for its bend.
        let bend =
          weight * (1 - weight) * (q.first + q.second - 2 * q.cross)
        #expect(abs(expected[k][p] - pairs.values[k][p] - bend) <= bound)
      }
    }
  }

  @Test("Where |r̂| of a pair is largest")
  func peaks() {
    func values(_ shapes: [(Double) -> Double]) -> PairValues {
      PairValues(PairValues.weights.map { w in shapes.map { $0(w) } })
    }
    let found = values([
      { -$0 * (1 - $0) }, { 1 - $0 }, { $0 }, { -abs($0 - 0.25) },
      { 1 - abs($0 - 0.7) }, { 1 - abs($0 - 0.75) },
    ])
    let third: Double = 2 / 6.0
    #expect(found.innerPeakShare == third)
    let all: Double = 10 / 20.0
    let means = values([{ $0 }, { -$0 }]).magnitudes
    #expect(means[PairValues.half] == all && means[0] == 0)
  }

  @Test("Pairs of different images, each λ in its own part of 0…1")
  func draws() {
    let samples = ValueAnalysisTrial.draw(500, of: 3, seed: 7)
    for s in 0..<500 {
      #expect(samples.first[s] != samples.second[s])
      #expect(samples.weights[s] >= Double(s) / 500)
      #expect(samples.weights[s] < Double(s + 1) / 500)
    }
    // Six ordered pairs, 83 of each: beyond 5 deviations of 8.3 with
    // probability 6·6e-7.
    var counts: [[Int32]: Int] = [:]
    for s in 0..<500 {
      counts[[samples.first[s], samples.second[s]], default: 0] += 1
    }
    #expect(counts.count == 6)
    #expect(counts.values.allSatisfy { abs(Double($0) - 83.3) < 42 })
  }
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
    try ImageExperimentRun(experiment: images, path: path, threads: 2)
      .train(existing: .refuse, command: ["test"])
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
