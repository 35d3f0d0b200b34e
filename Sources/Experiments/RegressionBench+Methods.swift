import LinearAlgebra
import Mixing
import RandomFeature
import Randomness
import Valuation

extension RegressionBench {
  // MARK: - Schedules

  /// Nodes of the quadrature over λ.
  private static var nodeCount: Int { 12 }

  /// The schedules that are compared, by the names of their columns.
  static var scheduleNames: [String] {
    ["constant", "easy", "hard", "easyHardEasy", "plain", "switched"]
  }

  /// Mixup with λ ~ Beta(α(s), α(s)) drawn anew at every step, in expectation:
  /// gradient flow on the expected loss over all pairs, piece by piece of
  /// constant α.
  func scheduleTable() throws -> CSVTable {
    let times =
      experiment.times.values.filter { $0 < experiment.horizon }
      + [experiment.horizon]
    var flows: [Double: MixupFlow] = [:]
    func expected(_ concentration: Double) throws -> MixupFlow {
      if let known = flows[concentration] { return known }
      let flow = try expectedFlow(concentration)
      flows[concentration] = flow
      return flow
    }
    func path(_ schedule: ConcentrationSchedule) throws -> [Double] {
      let pieces = experiment.schedulePieces
      let phases = try (0..<pieces).map { k in
        PiecewiseFlow.Phase(
          try expected(
            schedule.concentration(
              at: (Double(k) + 0.5) / Double(pieces))),
          lasting: experiment.horizon / Double(pieces))
      }
      return risks(
        PiecewiseFlow(phases, from: flow.initial).parameters(at: times))
    }
    let constant = try expected(1)
    let best = switchTime(from: constant)
    let columns = [
      risks(constant.parameters(at: times)), try path(.easy),
      try path(.hard), try path(.easyHardEasy),
      risks(plainFlow.parameters(at: times)),
      risks(
        PiecewiseFlow(
          [
            .init(constant, lasting: best.time),
            .init(plainFlow, lasting: .infinity),
          ], from: flow.initial
        ).parameters(at: times)),
    ]
    var table = CSVTable(header: ["time"] + Self.scheduleNames)
    for (t, time) in times.enumerated() {
      table.append([.double(time)] + columns.map { .double($0[t]) })
    }
    return table
  }

  /// The switch time with the smallest risk at the horizon.
  func switchTime(from flow: MixupFlow) -> StoppingTime {
    let end = experiment.horizon
    let range =
      min(experiment.times.from, end / 2)...end
    let best = StoppingTime(over: range) { times in
      risks(
        PiecewiseFlow.switching(
          from: flow, to: plainFlow, at: times.map { min($0, end) }, end: end))
    }
    return StoppingTime(time: min(best.time, end), risk: best.risk)
  }

  /// The flow of the expected loss over all ordered pairs and λ ~ Beta(α, α).
  ///
  /// Pairs (i, j) and (j, i) have the same law; each is taken once, twice as
  /// heavy.
  func expectedFlow(_ concentration: Double) throws -> MixupFlow {
    let rule = try GaussJacobi(
      alpha: concentration, beta: concentration, count: Self.nodeCount)
    let n = problem.inputs.rowCount
    let pair = 1 / Double(n * n)
    var samples = MixedSamples(first: [], second: [], weights: [])
    var weights: [Double] = []
    for i in 0..<Int32(n) {
      samples.first.append(i)
      samples.second.append(i)
      samples.weights.append(1)
      weights.append(pair)
      for j in (i + 1)..<Int32(max(n, Int(i) + 1)) {
        for (node, weight) in zip(rule.nodes, rule.weights) {
          samples.first.append(i)
          samples.second.append(j)
          samples.weights.append(node)
          weights.append(2 * pair * weight)
        }
      }
    }
    let design = MixedDesign(
      inputs: problem.inputs, samples: samples, map: problem.map,
      weights: weights)
    return MixupFlow(
      design: try SpectralDesign(design), rows: design,
      labels: design.mixedLabels(problem.labels),
      cleanLabels: design.cleanLabels(problem.target), initial: flow.initial,
      learningRate: experiment.learningRate)
  }

  // MARK: - Filters

  /// What teachers have learned; the student in the filter's "before" is the
  /// limit of unfiltered mixup.
  enum TeacherKind: String, CaseIterable {
    /// θ*: the clean labels of the mixed inputs.
    case clean
    /// The training inputs and the failures: the half of the pool on which the
    /// student errs most.
    case failures
    /// The pool alone, which the student has not seen.
    case heldOut = "held-out"
  }

  /// Filters by r̂ and recomputes the lemma on what is kept.
  func filterTable() throws -> CSVTable {
    var table = CSVTable(header: [
      "teacher", "filter", "keptShare", "noiseNorm", "limitRisk", "bestRisk",
      "bestTime",
    ])
    let student = mixed.predictions(flow.limit)
    let weights = mixed.samples.weights
    let isFixed = if case .beta = experiment.law { false } else { true }
    for teacher in TeacherKind.allCases {
      let valuation = MixedValuation(
        regressionLabels: mixedLabels, before: [student],
        after: [mixed.predictions(try teacherParameters(teacher))])
      var control = stream("filter-control/\(teacher.rawValue)")
      var trace = FilterTrace()
      func keeps(_ filter: SampleFilter) -> [Bool] {
        filter.keeps(
          values: valuation.values, studentLosses: valuation.lossBefore,
          weights: weights,
          replay: filter.replays ? trace.counts(ofStep: 0) : [],
          stream: &control)
      }
      trace.record(kept: keeps(.low), weights: weights)
      for filter in [SampleFilter.low, .high, .all, .random, .weightMatched]
      where filter != .weightMatched || !isFixed {
        let kept = keeps(filter)
        table.append(
          [.text(teacher.rawValue), .text(filter.rawValue)]
            + (try filtered(kept)).map { .double($0) })
      }
    }
    return table
  }

  private func teacherParameters(_ kind: TeacherKind) throws -> [Double] {
    switch kind {
    case .clean: return flow.cleanSolution
    case .heldOut: return try fit(problem.pool, problem.poolLabels)
    case .failures:
      let errors = zip(
        problem.map.features(of: problem.pool).multiplied(by: flow.limit),
        problem.poolLabels
      ).map { abs($0 - $1) }
      let worst = errors.indices.sorted {
        errors[$0] != errors[$1] ? errors[$0] > errors[$1] : $0 < $1
      }.prefix(errors.count / 2)
      let failures = problem.pool.rows(Array(worst))
      return try fit(
        Matrix(
          rowCount: problem.inputs.rowCount + failures.rowCount,
          columnCount: problem.inputs.columnCount,
          elements: problem.inputs.elements + failures.elements),
        problem.labels + worst.map { problem.poolLabels[$0] })
    }
  }

  /// The least-squares fit of smallest norm.
  private func fit(
    _ inputs: Matrix<Double>, _ labels: [Double]
  ) throws -> [Double] {
    let rows = problem.map.features(of: inputs)
    let design = try SpectralDesign(rows)
    let solutions = design.solutions(
      rows,
      Matrix(rowCount: labels.count, columnCount: 1, elements: labels))
    return design.vector(Array(solutions.row(0)))
  }

  /// Share kept, ‖θ_noise‖, risk at t = ∞, smallest risk and its time.
  private func filtered(_ kept: [Bool]) throws -> [Double] {
    let share = Double(kept.count { $0 }) / Double(kept.count)
    guard kept.contains(true) else { return [0, .nan, .nan, .nan, .nan] }
    let design = mixed.keeping(kept)
    func chosen(_ labels: [Double]) -> [Double] {
      zip(labels, kept).filter(\.1).map(\.0)
    }
    let flow = MixupFlow(
      design: try SpectralDesign(design), rows: design,
      labels: chosen(mixedLabels), cleanLabels: chosen(cleanLabels),
      initial: self.flow.initial, learningRate: experiment.learningRate)
    let noise = flow.noiseSolution
    let best = best(flow)
    return [
      share, Double.nrm2(noise.count, noise),
      risks(flow.parameters(at: [.infinity]))[0], best.risk, best.time,
    ]
  }

  // MARK: - Summary

  /// One line of numbers that claims are made of.
  func summaryTable(
    descent: CSVTable, switches: CSVTable, schedules: CSVTable
  ) -> CSVTable {
    let mixupBest = best(flow)
    let plainBest = best(plainFlow)
    let ends: [Double] = [experiment.horizon, .infinity]
    let mixupEnds = risks(flow.parameters(at: ends))
    let plainEnds = risks(plainFlow.parameters(at: ends))
    let switched = switchTime(from: flow)
    let noise = flow.noiseSolution
    let modes = flow.modeReports(
      startDeviation: deviation, noiseSquare: noiseSquare)
    func share(_ isCounted: (ModeReport) -> Bool) -> Double {
      modes.isEmpty
        ? .nan : Double(modes.count { isCounted($0) }) / Double(modes.count)
    }
    func last(_ name: String) -> Double {
      guard let column = schedules.header.firstIndex(of: name),
        case .double(let value)? = schedules.rows.last?[column]
      else { return .nan }
      return value
    }
    let columns: [(String, Double)] =
      [
        ("mixupBestTime", mixupBest.time), ("mixupBestRisk", mixupBest.risk),
        ("mixupHorizonRisk", mixupEnds[0]), ("mixupLimitRisk", mixupEnds[1]),
        ("plainBestTime", plainBest.time), ("plainBestRisk", plainBest.risk),
        ("plainHorizonRisk", plainEnds[0]), ("plainLimitRisk", plainEnds[1]),
        ("switchBestTime", switched.time), ("switchBestRisk", switched.risk),
        ("noiseNorm", Double.nrm2(noise.count, noise)),
        ("cleanRisk", problem.risk.value(of: flow.cleanSolution) / unit),
        ("rank", Double(flow.design.rank)),
        ("conditionNumber", flow.design.conditionNumber ?? .nan),
        ("modesUShaped", share(\.isUShaped)),
        ("modesMeanUShaped", share(\.isMeanUShaped)),
        ("measuredBestTime", measuredBest(descent)),
        ("descentGap", descentGap(descent)),
      ]
      + Self.scheduleNames.filter { $0 != "plain" }
      .map { ("\($0)HorizonRisk", last($0)) }
    var table = CSVTable(header: columns.map(\.0))
    table.append(columns.map { .double($0.1) })
    return table
  }

  /// The number of steps with the smallest measured risk; NaN where none was
  /// taken.
  private func measuredBest(_ descent: CSVTable) -> Double {
    var best = (steps: Double.nan, risk: Double.infinity)
    for row in descent.rows {
      if case .int(let steps) = row[0], case .double(let risk) = row[1],
        risk < best.risk
      {
        best = (Double(steps), risk)
      }
    }
    return best.steps
  }

  /// The largest difference between descent and flow, relative to the risk.
  private func descentGap(_ descent: CSVTable) -> Double {
    descent.rows.reduce(0) { gap, row in
      guard case .double(let measured) = row[1],
        case .double(let predicted) = row[4]
      else { return gap }
      let own = abs(measured - predicted) / predicted
      // `max` would drop what is not a number.
      return gap.isNaN || own.isNaN ? .nan : max(gap, own)
    }
  }
}
