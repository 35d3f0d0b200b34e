import LinearAlgebra
import Mixing
import RandomFeature
import Randomness
import RealModule
import Valuation

/// eˣ.
func exponential(_ x: Double) -> Double { Double.exp(x) }

/// What one seed of one problem gives: tables, all risks relative to E[f(X)²].
struct RegressionMeasurement: Sendable {
  let curves: CSVTable
  let descent: CSVTable
  let modes: CSVTable
  let switches: CSVTable
  let schedules: CSVTable
  let filters: CSVTable
  let summary: CSVTable

  /// The tables with the names of their files.
  var tables: [(name: String, table: CSVTable)] {
    [
      ("curves", curves), ("descent", descent), ("modes", modes),
      ("switches", switches), ("schedules", schedules), ("filters", filters),
      ("summary", summary),
    ]
  }

  /// Measures a problem.
  init(
    _ problem: RegressionProblem, _ experiment: RandomFeatureExperiment,
    name: String, seed: Int
  ) throws {
    let bench = try RegressionBench(
      problem, experiment, name: name, seed: seed)
    curves = bench.curveTable()
    descent = bench.descentTable()
    modes = bench.modeTable()
    switches = bench.switchTable()
    schedules = try bench.scheduleTable()
    filters = try bench.filterTable()
    summary = bench.summaryTable(
      descent: descent, switches: switches, schedules: schedules)
  }
}

/// The designs and flows that all measurements of a problem share.
struct RegressionBench {
  let problem: RegressionProblem
  let experiment: RandomFeatureExperiment
  let unit: Double
  let deviation: Double
  let mixed: MixedDesign
  let mixedLabels: [Double]
  let cleanLabels: [Double]
  let plain: Matrix<Double>
  /// Mixup with λ drawn once.
  let flow: MixupFlow
  /// Plain training.
  let plainFlow: MixupFlow
  let noiseSquare: Double
  let momentNorm: Double
  private let rootSeed: UInt64
  private let scope: String

  init(
    _ problem: RegressionProblem, _ experiment: RandomFeatureExperiment,
    name: String, seed: Int
  ) throws {
    self.problem = problem
    self.experiment = experiment
    rootSeed = UInt64(seed)
    scope = "random-feature/\(name)"
    let d = problem.map.featureDimension
    let xi =
      experiment.startDeviation ?? 1 / Double(max(d, 1)).squareRoot()
    deviation = xi
    unit = problem.risk.labelSquare
    mixed = MixedDesign(
      inputs: problem.inputs,
      samples: Self.samples(
        experiment, count: problem.inputs.rowCount, rootSeed, scope),
      map: problem.map)
    mixedLabels = mixed.mixedLabels(problem.labels)
    cleanLabels = mixed.cleanLabels(problem.target)
    plain = problem.map.features(of: problem.inputs)
    var starts = RandomStream(rootSeed: rootSeed, name: scope + "/start")
    let initial = starts.normals(count: d).map { xi * $0 }
    flow = MixupFlow(
      design: try SpectralDesign(mixed), rows: mixed, labels: mixedLabels,
      cleanLabels: cleanLabels, initial: initial,
      learningRate: experiment.learningRate)
    plainFlow = MixupFlow(
      design: try SpectralDesign(plain), rows: plain, labels: problem.labels,
      cleanLabels: problem.labels, initial: initial,
      learningRate: experiment.learningRate)
    noiseSquare =
      zip(mixedLabels, cleanLabels)
      .reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      / Double(max(mixedLabels.count, 1))
    momentNorm = try problem.risk.momentNorm()
  }

  func stream(_ name: String) -> RandomStream {
    RandomStream(rootSeed: rootSeed, name: "\(scope)/\(name)")
  }

  private static func samples(
    _ experiment: RandomFeatureExperiment, count n: Int, _ rootSeed: UInt64,
    _ scope: String
  ) -> MixedSamples {
    var first: [Int32] = []
    var second: [Int32] = []
    switch experiment.pairs {
    case .all:
      for i in 0..<Int32(n) {
        for j in 0..<Int32(n) {
          first.append(i)
          second.append(j)
        }
      }
    case .unordered:
      for i in 0..<Int32(n) {
        for j in (i + 1)..<Int32(max(n, Int(i) + 1)) {
          first.append(i)
          second.append(j)
        }
      }
    case .drawn(let pairCount):
      var pairs = RandomStream(rootSeed: rootSeed, name: scope + "/pairing")
      for _ in 0..<pairCount {
        first.append(Int32(pairs.index(below: n)))
        second.append(Int32(pairs.index(below: n)))
      }
    }
    var lambdas = RandomStream(
      rootSeed: rootSeed, name: scope + "/mixing-weight")
    let weights = first.map { _ in
      switch experiment.law {
      case .none: 1.0
      case .fixed(let weight): weight
      case .beta(let a, let b): lambdas.beta(a, b)
      }
    }
    return MixedSamples(first: first, second: second, weights: weights)
  }

  /// Relative risks of rows of parameters.
  func risks(_ parameters: Matrix<Double>) -> [Double] {
    problem.risk.values(of: parameters).map { $0 / unit }
  }

  func distances(
    _ parameters: Matrix<Double>, from center: [Double]
  ) -> [Double] {
    (0..<parameters.rowCount).map { row in
      zip(parameters.row(row), center)
        .reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
    }
  }

  var searchRange: ClosedRange<Double> {
    experiment.times.from...experiment.times.to
  }

  /// The best time to stop a flow, and its relative risk.
  func best(_ flow: MixupFlow) -> StoppingTime {
    StoppingTime(over: searchRange) { risks(flow.parameters(at: $0)) }
  }

  // MARK: - Through time

  func curveTable() -> CSVTable {
    curveTable(at: [0] + experiment.times.values + [.infinity])
  }

  /// The closed forms at each time.
  func curveTable(at times: [Double]) -> CSVTable {
    let path = RiskPath(flow, at: times, under: problem.risk)
    let mean = flow.meanRisk(
      at: times, under: problem.risk, startDeviation: deviation)
    let bound = flow.riskBound(
      at: times, cleanRisk: path.cleanRisk, momentNorm: momentNorm,
      noiseSquare: noiseSquare, startDeviation: deviation)
    let errors = distances(
      flow.parameters(at: times), from: flow.cleanSolution)
    let plainRisks = risks(plainFlow.parameters(at: times))
    var table = CSVTable(header: [
      "time", "mixupRisk", "decay", "noise", "interaction", "meanRisk",
      "bound", "plainRisk", "mixupError",
    ])
    for (t, time) in times.enumerated() {
      table.append(
        [
          time, path.risk[t] / unit, path.decay[t] / unit,
          path.noise[t] / unit, path.interaction[t] / unit, mean[t] / unit,
          (path.cleanRisk + bound[t]) / unit, plainRisks[t], errors[t],
        ].map { .double($0) })
    }
    return table
  }

  /// Gradient descent, step by step, looked at in equal ratios.
  func descentTable() -> CSVTable {
    var table = CSVTable(header: [
      "steps", "mixupRisk", "plainRisk", "mixupError", "mixupPredicted",
      "plainPredicted",
    ])
    let marks = Self.marks(upTo: experiment.descentSteps)
    guard !marks.isEmpty else { return table }
    let mixup = descend(
      flow, moment: mixed.secondMoment(),
      labels: mixed.labelMoment(mixedLabels),
      marks)
    let plainPath = descend(
      plainFlow, moment: plain.secondMoment(),
      labels: plain.labelMoment(problem.labels), marks)
    let errors = distances(mixup, from: flow.cleanSolution)
    let (mixupRisks, plainRisks) = (risks(mixup), risks(plainPath))
    let times = marks.map(Double.init)
    let predicted = risks(flow.parameters(at: times))
    let plainPredicted = risks(plainFlow.parameters(at: times))
    for (k, steps) in marks.enumerated() {
      table.append([
        .int(steps), .double(mixupRisks[k]), .double(plainRisks[k]),
        .double(errors[k]), .double(predicted[k]), .double(plainPredicted[k]),
      ])
    }
    return table
  }

  private static func marks(upTo last: Int) -> [Int] {
    var marks: [Int] = []
    var mark = 1.0
    while mark <= Double(last) {
      if marks.last != Int(mark) { marks.append(Int(mark)) }
      mark *= 1.2
    }
    return marks
  }

  /// θ ← θ − η(Kθ − Φᵀỹ/m), as a program would do it.
  ///
  /// Where a step of η would overshoot, ημ₁ > 1, it is taken in the smallest
  /// number of equal parts that do not.
  private func descend(
    _ flow: MixupFlow, moment: Matrix<Double>, labels: [Double], _ marks: [Int]
  ) -> Matrix<Double> {
    var theta = flow.initial
    var rows: [Double] = []
    var step = 0
    let largest = flow.design.eigenvalues.first ?? 0
    let parts = max((flow.learningRate * largest).rounded(.up), 1)
    let rate = flow.learningRate / parts
    for mark in marks {
      while step < mark * Int(parts) {
        let image = moment.multiplied(by: theta)
        for k in theta.indices { theta[k] -= rate * (image[k] - labels[k]) }
        step += 1
      }
      rows += theta
    }
    return Matrix(
      rowCount: marks.count, columnCount: theta.count, elements: rows)
  }

  func modeTable() -> CSVTable {
    var table = CSVTable(header: [
      "mode", "eigenvalue", "startError", "noise", "clean", "boundOptimum",
      "zeroCrossing", "meanOptimum",
    ])
    let reports = flow.modeReports(
      startDeviation: deviation, noiseSquare: noiseSquare)
    for (k, mode) in reports.enumerated() {
      table.append(
        [.int(k)]
          + [
            mode.eigenvalue, mode.startError, mode.noise, mode.clean,
            mode.boundOptimum, mode.zeroCrossing ?? .nan,
            mode.meanOptimum ?? .nan,
          ].map { .double($0) })
    }
    return table
  }

  // MARK: - Switches

  func switchTable() -> CSVTable {
    var table = CSVTable(header: ["switchTime", "risk"])
    let times =
      [0] + experiment.times.values.filter { $0 < experiment.horizon }
      + [experiment.horizon]
    let ends = risks(
      PiecewiseFlow.switching(
        from: flow, to: plainFlow, at: times, end: experiment.horizon))
    for (time, risk) in zip(times, ends) {
      table.append([.double(time), .double(risk)])
    }
    return table
  }
}
