import FeatureLearning
import Foundation
import LinearAlgebra
import Synthetic
import Testing

@testable import Experiments

private func study(
  _ settings: [String] = []
) throws -> FeatureLearningExperiment {
  var document = try ConfigurationDocument(
    text: """
      kind: feature-learning
      name: small
      seeds: 3
      data:
        samples: 20
        patches: 3
        dimension: 40
        rare-probability: 0.2
        test-samples: 20
      network: {width: 3, deviation: 0.05}
      training: {iterations: 60, record-every: 10, test-every: 30}
      methods:
        - {name: plain, method: plain}
        - {name: mixup, weight: 0.6}
        - {name: early, weight: 0.6, plain-from: 30}
        - {name: low, weight: 0.6, teacher: mixup, filter: low}
        - {name: mixupe, method: mixupe, weight: 0.6, term-weight: 1}
      """, name: "a.yaml")
  try document.override(with: settings)
  return try document.read(FeatureLearningExperiment.init(reader:))
}

private func tables(
  _ experiment: FeatureLearningExperiment
) throws -> [String: CSVTable] {
  let found = try experiment.measure(
    seed: 1, nil, cancellation: CancellationFlag())
  return Dictionary(
    uniqueKeysWithValues: found.map { ($0.name, $0.table) })
}

private func column(
  _ name: String, _ method: String, _ table: CSVTable
) throws -> [Double] {
  zip(try table.texts("method", of: "p"), try table.numbers(name, of: "p"))
    .filter { $0.0 == method }.map(\.1)
}

@Suite("MixupE, Eq. (6), along the training of the patch network")
struct PatchProbeTests {
  @Test("Off, nothing is written; on, nothing else moves; threads, resuming")
  func neutrality() throws {
    let (off, on) = (try study(), try study(["training.probe-every=20"]))
    #expect(!off.value.yaml.contains("probe"))
    let (without, with) = (try tables(off), try tables(on))
    #expect(Set(without.keys) == ["curves", "tests", "rates"])
    #expect(Set(with.keys).subtracting(without.keys) == ["probes"])
    for (name, table) in without { #expect(with[name]?.text == table.text) }
    let probes = try #require(with["probes"])
    for method in ["plain", "mixup", "early", "low", "mixupe"] {
      #expect(
        try column("iteration", method, probes) == [0, 20, 40, 60])
    }
    // What early-stopped mixup shares with mixup, and what it does not.
    for name in ["alphaMinimum", "meanQ", "nullMinimum", "parameterNorm"] {
      let mixup = try column(name, "mixup", probes)
      let early = try column(name, "early", probes)
      #expect(mixup[..<2] == early[..<2])
      #expect(mixup[2] != early[2])
    }
    try SeedExperimentTests().checkRuns(on)
    try SeedExperimentTests().checkRuns(
      study([
        "training.probe-every=40", "data.factors=[1, 2]",
        "training.iterations=50", "training.test-every=50",
      ]))
  }

  @Test(
    "The last probe is what differences of the trained network's logits say")
  func differences() throws {
    let experiment = try study(["training.probe-every=30"])
    let probes = try #require(try tables(experiment)["probes"])
    let bench = try PatchBench(experiment.settings, seed: 1)
    let network = try bench.run(.plain).network
    let data = bench.train.data
    let (n, count, d) = (data.sampleCount, data.patchCount, data.dimension)
    func logits(_ shift: (_ row: Int, _ column: Int) -> Double)
      -> Matrix<Double>
    {
      network.logits(
        of: PatchData(
          patches: Matrix(rowCount: n * count, columnCount: d) {
            data.patches[$0, $1] + shift($0, $1)
          }, patchCount: count, labels: data.labels))
    }
    // F is quadratic: (F(x + δ) − F(x − δ))/2 is its derivative along δ, with
    // no truncation. Rounding: `operations` of F's size.
    var largest = 0.0
    func derivatives(_ shift: (Int, Int) -> Double) -> Matrix<Double> {
      let (up, down) = (logits(shift), logits { -shift($0, $1) })
      largest = max(
        largest, up.elements.max() ?? 0, down.elements.max() ?? 0)
      return Matrix(rowCount: n, columnCount: 2) {
        (up[$0, $1] - down[$0, $1]) / 2
      }
    }
    func toMean(_ row: Int, _ column: Int) -> Double {
      let sum = (0..<n).reduce(0.0) {
        $0 + data.patches[$1 * count + row % count, column]
      }
      return sum / Double(n) - data.patches[row, column]
    }
    let along = derivatives(toMean)
    let values = logits { _, _ in 0 }
    let residuals = Matrix(rowCount: n, columnCount: 2) { i, k in
      1 / (1 + exp(values[i, 1 - k] - values[i, k]))
        - (Int(data.labels[i]) == k ? 1 : 0)
    }
    var squares = Matrix(rowCount: n, columnCount: 2, repeating: 0.0)
    var lossSquares = [Double](repeating: 0, count: n)
    for p in 0..<count {
      for c in 0..<d {
        let found = derivatives { $0 % count == p && $1 == c ? 1 : 0 }
        for i in 0..<n {
          var loss = 0.0
          for k in 0..<2 {
            squares[i, k] += found[i, k] * found[i, k]
            loss += residuals[i, k] * found[i, k]
          }
          lossSquares[i] += loss * loss
        }
      }
    }
    let distances = (0..<n).map { i in
      (i * count..<(i + 1) * count).reduce(0.0) { sum, row in
        (0..<d).reduce(sum) { $0 + toMean(row, $1) * toMean(row, $1) }
      }.squareRoot()
    }
    let q = (0..<n).map { i in
      (0..<2).reduce(0.0) { $0 + residuals[i, $1] * along[i, $1] }
    }
    let alpha = (0..<2 * n).map { e in
      let (i, k) = (e / 2, e % 2)
      return residuals[i, k] * along[i, k]
        / (squares[i, k].squareRoot() * distances[i])
    }
    func mean(_ values: [Double]) -> Double {
      values.reduce(0, +) / Double(values.count)
    }
    // A logit sums P·m squares of sums of d terms; a norm P·d differences.
    let bound =
      Double(count * (3 + d) + n) * Double.ulpOfOne * largest
      * Double(count * d).squareRoot()
    let smallest =
      zip(squares.elements, (0..<2 * n).map { distances[$0 / 2] })
      .map { $0.squareRoot() * $1 }.min() ?? 0
    #expect(smallest > 0)
    func last(_ name: String) throws -> Double {
      try #require(try column(name, "plain", probes).last)
    }
    #expect(abs(try last("meanQ") - mean(q)) <= bound)
    #expect(abs(try last("meanAbsoluteQ") - mean(q.map { abs($0) })) <= bound)
    #expect(
      abs(
        try last("inputGradientNorm")
          - mean(lossSquares.map { $0.squareRoot() }))
        <= bound)
    #expect(
      abs(try last("alphaMinimum") - (alpha.min() ?? 0))
        <= bound / min(smallest, 1))
    // No sign within the rounding: the shares are equal.
    let margin = q.reduce(Double.infinity) { min($0, abs($1)) }
    #expect(margin > bound)
    #expect(
      try last("pushedUpShare") == Double(q.count { $0 < 0 }) / Double(n))
    #expect(
      abs(
        try last("parameterNorm")
          - network.weights.elements.reduce(0) { $0 + $1 * $1 }.squareRoot())
        <= 240 * Double.ulpOfOne * (try last("parameterNorm")))
    // Degree 2: Jx = 2F, and so q = (p − y)ᵀJx̄ − 2(p − y)ᵀF.
    let atSample = derivatives { data.patches[$0, $1] }
    for i in 0..<n {
      for k in 0..<2 {
        #expect(abs(atSample[i, k] - 2 * values[i, k]) <= bound)
      }
    }
  }

  @Test("Tables, claims and a figure; none without a probe")
  func report() throws {
    let folder = try TemporaryFolder()
    for (name, settings) in [
      ("off", []), ("on", ["training.probe-every=30"]),
    ] as [(String, [String])] {
      try study(settings).run(
        in: RunContext(
          path: folder.path(name), threads: 1, command: ["test"]))
      let report = try SeedReport<FeatureLearningExperiment>(
        path: folder.path(name))
      let text = try report.text()
      let figures = try report.experiment.figures(report).map(\.name)
      #expect(text.contains("share of q < 0") == (name == "on"))
      #expect(text.contains("mean |q|: mixupe − mixup") == (name == "on"))
      #expect(
        figures
          == ["features", "memorisation"]
          + (name == "on" ? ["alignment"] : []))
    }
  }

  @Test("An interval between records is refused")
  func refused() {
    for setting in ["training.probe-every=15", "training.probe-every=0"] {
      #expect(throws: ConfigurationError.self) { try study([setting]) }
    }
  }
}
