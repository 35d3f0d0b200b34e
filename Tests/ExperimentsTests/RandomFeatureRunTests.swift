import ArrayFiles
import Foundation
import LinearAlgebra
import Mixing
import RandomFeature
import Testing

@testable import Experiments

/// Small problems of every kind: a second in all.
private let small = """
  kind: random-feature
  name: small
  seeds: 3
  mixing: {pairs: unordered, weight: 0.5}
  training: {learning-rate: 0.05, descent-steps: 200, horizon: 1000,
             schedule-pieces: 4}
  times: {from: 1, to: 1e4, count: 9}
  label-noise: {samples: 200}
  problems:
    - {name: erf, samples: 8, features: {kind: erf, count: 12}}
    - {name: tanh, target: tanh, samples: 8, test-samples: 40,
       features: {kind: relu, count: 60}}
    - {name: linear, target: linear, dimension: 3, samples: 8,
       features: {kind: cos, count: 9}}
    - {name: square, target: quadratic, dimension: 2, samples: 8,
       features: {kind: polynomial, degree: 2}}
    - {name: digits, source: digits, teacher-epochs: 1, samples: 8,
       test-samples: 30, features: {kind: relu, count: 10}}
  """

private func study(
  _ settings: [String] = []
) throws -> RandomFeatureExperiment {
  var document = try ConfigurationDocument(text: small, name: "a.yaml")
  try document.override(with: settings)
  return try document.read(RandomFeatureExperiment.init(reader:))
}

private func measure(
  _ experiment: RandomFeatureExperiment, in path: String, threads: Int = 2,
  existing: RunFolder.Existing = .refuse
) throws {
  try experiment.run(
    in: RunContext(
      path: path, threads: threads, existing: existing, command: ["test"]))
  let report = try RandomFeatureReport(path: path)
  try report.writeTables()
  try report.writeFigures(formats: [])
  try report.writeResult(command: "run")
}

@Suite("A random-feature experiment")
struct RandomFeatureRunTests {
  @Test("its results do not depend on the threads")
  func threads() throws {
    let folder = try TemporaryFolder()
    let experiment = try study()
    for threads in 1...3 {
      try measure(experiment, in: folder.path("\(threads)"), threads: threads)
    }
    #expect(contents(of: folder.path("1")).count > 100)
    #expect(differences(folder.path("1"), folder.path("2")) == [])
    #expect(differences(folder.path("1"), folder.path("3")) == [])
  }

  @Test("it goes on where it was stopped, to the same bytes")
  func resumed() throws {
    let folder = try TemporaryFolder()
    let experiment = try study(["problems=[{name: erf, samples: 8}]"])
    try measure(experiment, in: folder.path("whole"))
    let path = folder.path("cut")
    try measure(experiment, in: path)
    // What a kill leaves: a folder without its mark, and half of its files.
    removeFile(path + "/problems/erf/seed-1/complete.txt")
    removeFile(path + "/problems/erf/seed-1/modes.csv")
    removeFile(path + "/label-noise/seed-2")
    removeFile(path + "/result.json")
    #expect(throws: ExperimentError.self) {
      try RandomFeatureReport(path: path)
    }
    try measure(experiment, in: path, existing: .resume)
    #expect(differences(folder.path("whole"), path) == [])
    #expect(throws: ExperimentError.self) {
      try measure(
        try study(["training.learning-rate=0.06"]), in: path,
        existing: .resume)
    }
  }

  @Test("parts add up, and switches lie between their ends")
  func consistency() throws {
    let folder = try TemporaryFolder()
    try measure(try study(), in: folder.path("run"))
    let report = try RandomFeatureReport(path: folder.path("run"))
    for problem in report.experiment.problems.map(\.name) {
      for table in try report.tables("switches", problem) {
        let risks = try table.numbers("risk")
        let times = try table.numbers("switchTime")
        #expect(times.first == 0 && times.last == 1000)
        #expect(risks.allSatisfy { $0.isFinite })
      }
      let plain = try report.values("plainHorizonRisk", problem)
      let mixup = try report.values("mixupHorizonRisk", problem)
      for (k, table) in try report.tables("switches", problem).enumerated() {
        let risks = try table.numbers("risk")
        #expect(abs(risks[0] / plain[k] - 1) < 1e-9)
        let last = try #require(risks.last)
        #expect(abs(last / mixup[k] - 1) < 1e-9)
      }
      for table in try report.tables("curves", problem) {
        let (risk, decay, noise, shared) = (
          try table.numbers("mixupRisk"), try table.numbers("decay"),
          try table.numbers("noise"), try table.numbers("interaction")
        )
        let clean = risk[0] - decay[0] - noise[0] - shared[0]
        for t in risk.indices {
          let parts = clean + decay[t] + noise[t] + shared[t]
          let scale = 1 + abs(decay[t]) + abs(noise[t]) + abs(shared[t])
          #expect(abs(risk[t] - parts) < 1e-9 * scale)
        }
      }
    }
  }

  private func bench(_ name: String, _ settings: [String] = []) throws
    -> RegressionBench
  {
    let experiment = try study(settings)
    let problem = try #require(
      experiment.problems.first { $0.name == name })
    return try RegressionBench(
      RegressionProblem(problem, seed: 1, images: nil), experiment,
      name: name, seed: 1)
  }

  @Test(
    "descent that is really taken is the closed form of its steps",
    arguments: ["erf", "tanh", "linear", "square"])
  func descent(name: String) throws {
    let bench = try bench(name)
    let table = bench.descentTable()
    let steps = try table.integers("steps", of: name)
    let risks = try table.numbers("mixupRisk", of: name)
    // Steps of η are cut into equal parts with ημ₁ ≤ 1.
    let largest = try #require(bench.flow.design.eigenvalues.first)
    let parts = max((0.05 * largest).rounded(.up), 1)
    let closed = MixupFlow(
      design: bench.flow.design, rows: bench.mixed, labels: bench.mixedLabels,
      cleanLabels: bench.cleanLabels, initial: bench.flow.initial,
      learningRate: 0.05 / parts
    ).parameters(afterSteps: steps.map { $0 * Int(parts) })
    for (k, expected) in bench.risks(closed).enumerated() {
      // A rounding of some d ulps a step, in a contraction; risks are
      // differences of numbers of size 1 + |θ|²G.
      let theta = Array(closed.row(k))
      let size =
        1 + zip(
          bench.problem.risk.moment.multiplied(by: theta), theta
        ).reduce(0) { $0 + abs($1.0 * $1.1) } / bench.unit
      let roundings = Double(steps[k]) * parts * Double(theta.count)
      #expect(
        abs(risks[k] - expected) <= 16 * roundings * .ulpOfOne * size,
        "step \(steps[k])")
    }
  }

  /// E[x̃] = x̄ and E[x̃²] = E[λ² + (1 − λ)²] m₂ + 2E[λ(1 − λ)] x̄² over all n²
  /// pairs, with E[λ(1 − λ)] = α/(2(2α + 1)).
  @Test(
    "a schedule's flow descends the expected loss",
    arguments: [0.1, 1.0, 10])
  func expectedLoss(concentration: Double) throws {
    let bench = try bench(
      "line",
      [
        "problems=[{name: line, target: quadratic, dimension: 1, samples: 9, "
          + "features: {kind: polynomial, degree: 1}}]"
      ])
    let x = bench.problem.inputs.elements
    let n = Double(x.count)
    let mean = x.reduce(0, +) / n
    let square = x.reduce(0) { $0 + $1 * $1 } / n
    let mixing = concentration / (2 * (2 * concentration + 1))
    let expected = [
      1, mean, mean, (1 - 2 * mixing) * square + 2 * mixing * mean * mean,
    ]
    let design = try bench.expectedFlow(concentration).design
    for i in 0..<2 {
      for j in 0..<2 {
        let found = (0..<design.rank).reduce(0) {
          $0 + design.eigenvalues[$1] * design.modes[$1, i]
            * design.modes[$1, j]
        }
        // Sums over 9 + 36·12 rows of numbers of size 1 + m₂.
        #expect(
          abs(found - expected[2 * i + j])
            <= 441 * .ulpOfOne * (1 + square), "\(i), \(j)")
      }
    }
  }

  @Test("the best switch is no worse than any of a fine grid")
  func bestSwitch() throws {
    for name in ["erf", "linear", "square"] {
      let bench = try bench(name)
      let best = bench.switchTime(from: bench.flow)
      let times = (0...3000).map { 1000 * Double($0) / 3000 }
      let least = try #require(
        bench.risks(
          PiecewiseFlow.switching(
            from: bench.flow, to: bench.plainFlow, at: times, end: 1000)
        ).min())
      #expect(best.time >= 0 && best.time <= 1000)
      #expect(best.risk <= least * (1 + 1e-6), "\(name)")
    }
  }

  @Test("a filter keeps as many as its random control")
  func filters() throws {
    let folder = try TemporaryFolder()
    try measure(
      try study(["mixing={pairs: all, alpha: 1}"]), in: folder.path("run"))
    let report = try RandomFeatureReport(path: folder.path("run"))
    for table in try report.tables("filters", "erf") {
      let (teachers, filters, shares) = (
        try table.texts("teacher"), try table.texts("filter"),
        try table.numbers("keptShare")
      )
      func share(_ teacher: String, _ filter: String) -> Double? {
        zip(zip(teachers, filters), shares).first {
          $0.0.0 == teacher && $0.0.1 == filter
        }?.1
      }
      for teacher in ["clean", "failures", "held-out"] {
        let low = try #require(share(teacher, "low"))
        let high = try #require(share(teacher, "high"))
        #expect(abs(low + high - 1) < 1e-12)
        #expect(share(teacher, "random") == low)
        #expect(share(teacher, "lambda-matched") == low)
        #expect(share(teacher, "all") == 1)
      }
    }
  }

  @Test("times that were best on a seed do not flatter it")
  func medians() {
    #expect(RandomFeatureReport.medianOfOthers([1, 100, 3, 5], 1) == 3)
    let (curve, times) = ([5.0, 4, 2, 1], [0, 1, 10, Double.infinity])
    func value(_ t: Double) -> Double {
      RandomFeatureReport.value(of: curve, over: times, at: t)
    }
    #expect(value(0) == 5 && value(1) == 4 && value(.infinity) == 1)
    #expect(abs(value(10.0.squareRoot()) - 3) < 1e-12)
    #expect(value(0.5) == 4 && value(100) == 2)
  }

  @Test(
    "what is wrong is said at its place",
    arguments: [
      ("problems=[]", "problems: expected a list"),
      ("problems=[{name: a, target: cubic}]", "problems[0].target"),
      ("problems=[{name: a}, {name: a}]", "another problem is called 'a'"),
      ("problems=[{name: a, source: 'mnst:x'}]", "problems[0].source"),
      ("mixing={weight: 1.5}", "mixing.weight"),
      ("mixing={weight: 0.5, alpha: 1}", "give a weight or an alpha"),
      ("mixing={pairs: some}", "mixing.pairs"),
      ("mixing={pairs: 0}", "mixing.pairs"),
      ("training={learning-rate: 0}", "training.learning-rate"),
      ("training={horizn: 1}", "did you mean 'horizon'"),
      ("times={from: 10, to: 1, count: 3}", "times: expected 'to' above"),
    ])
  func complaints(setting: String, expected: String) {
    do {
      _ = try study([setting])
      Issue.record("no error")
    } catch {
      #expect("\(error)".contains(expected), "\(error)")
    }
  }

  @Test("a number of pairs and more images than there are")
  func data() throws {
    let drawn = try study(["mixing.pairs=50"])
    #expect(drawn.pairs == .drawn(50))
    let folder = try TemporaryFolder()
    do {
      try measure(
        try study(["problems=[{name: a, source: digits, samples: 1300}]"]),
        in: folder.path("many"))
      Issue.record("no error")
    } catch ExperimentError.share(let key, _) {
      #expect(key == "problems.a.samples")
    }
  }
}
