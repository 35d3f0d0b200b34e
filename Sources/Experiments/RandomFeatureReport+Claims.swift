import RealModule

extension RandomFeatureReport {
  /// All claims, corrected for each other.
  ///
  /// A time that is best on a seed would flatter that seed: stopping and
  /// switching times are the medians of the *other* seeds' best times.
  public func claims() throws -> [Claim] {
    Claim.corrected(
      try experiment.problems.flatMap { try claimsAbout($0.name) })
  }

  private func claimsAbout(_ problem: String) throws -> [Claim] {
    var claims: [Claim] = []
    func claim(
      _ statement: String, _ source: String, _ first: [Double],
      minus second: [Double], isPositive: Bool
    ) {
      // A seed without a value on one side leaves the claim.
      let pairs = zip(first, second).filter { ($0 - $1).isFinite }
      guard !pairs.isEmpty else { return }
      claims.append(
        Claim(
          problem: problem, statement: statement, source: source,
          comparison: PairedComparison(
            pairs.map(\.0), minus: pairs.map(\.1)),
          expectsPositive: isPositive))
    }
    let liu = "Liu et al. 2023"
    let slides = "slides"
    if experiment.seeds.count > 1 {
      let stopped = try atOthersBest("mixupRisk", "mixupBestTime", problem)
      let plainStopped = try atOthersBest(
        "plainRisk", "plainBestTime", problem)
      let limit = try values("mixupLimitRisk", problem)
      let plainLimit = try values("plainLimitRisk", problem)
      claim(
        "mixup: risk at ∞ − stopped", liu, limit, minus: stopped,
        isPositive: true)
      claim(
        "plain: risk at ∞ − stopped", liu, plainLimit, minus: plainStopped,
        isPositive: false)
      claim(
        "rise after stopping: mixup − plain", liu,
        zip(limit, stopped).map { $0 - $1 },
        minus: zip(plainLimit, plainStopped).map { $0 - $1 },
        isPositive: true)
      let switched = try switchedAtOthersBest(problem)
      claim(
        "at horizon: mixup − mixup, then plain", liu,
        try values("mixupHorizonRisk", problem), minus: switched,
        isPositive: true)
      claim(
        "at horizon: plain − mixup, then plain", liu,
        try values("plainHorizonRisk", problem), minus: switched,
        isPositive: true)
    }
    let easy = try values("easyHorizonRisk", problem)
    claim(
      "at horizon: easy − constant α", slides, easy,
      minus: try values("constantHorizonRisk", problem), isPositive: false)
    claim(
      "at horizon: easy − hard", slides, easy,
      minus: try values("hardHorizonRisk", problem), isPositive: false)
    let filters = try filterValues(problem)
    for teacher in RegressionBench.TeacherKind.allCases.map(\.rawValue) {
      for (column, what) in [
        ("noiseNorm", "‖θ_noise‖"), ("limitRisk", "risk at ∞"),
      ] {
        guard let low = filters["\(teacher) low \(column)"],
          let random = filters["\(teacher) random \(column)"]
        else { continue }
        claim(
          "\(what), \(teacher) teacher: low − random", slides, low,
          minus: random, isPositive: false)
      }
    }
    return claims
  }

  /// Values of the filters' table by "teacher filter column", seed by seed.
  private func filterValues(_ problem: String) throws -> [String: [Double]] {
    var values: [String: [Double]] = [:]
    for table in try tables("filters", problem) {
      let (teachers, filters) = (
        try table.texts("teacher"), try table.texts("filter")
      )
      for column in ["noiseNorm", "limitRisk"] {
        for (row, number) in try table.numbers(column).enumerated() {
          values["\(teachers[row]) \(filters[row]) \(column)", default: []]
            .append(number)
        }
      }
    }
    return values
  }

  /// A curve's value at the median of the other seeds' best times.
  private func atOthersBest(
    _ column: String, _ best: String, _ problem: String
  ) throws -> [Double] {
    let times = try values(best, problem)
    return try tables("curves", problem).enumerated().map { k, table in
      Self.value(
        of: try table.numbers(column), over: try table.numbers("time"),
        at: Self.medianOfOthers(times, k))
    }
  }

  private func switchedAtOthersBest(_ problem: String) throws -> [Double] {
    let times = try values("switchBestTime", problem)
    return try tables("switches", problem).enumerated().map { k, table in
      Self.value(
        of: try table.numbers("risk"), over: try table.numbers("switchTime"),
        at: min(Self.medianOfOthers(times, k), experiment.horizon))
    }
  }

  static func medianOfOthers(_ values: [Double], _ k: Int) -> Double {
    var others = values
    others.remove(at: k)
    return Statistics.median(others)
  }

  /// The value at `time` of a curve over ascending times, linear in log t
  /// between two of them; the first and last times may be 0 and ∞.
  static func value(
    of curve: [Double], over times: [Double], at time: Double
  ) -> Double {
    guard let after = times.firstIndex(where: { $0 >= time }) else {
      return curve.last ?? .nan
    }
    if times[after] == time || after == 0 { return curve[after] }
    let (low, high) = (times[after - 1], times[after])
    if low == 0 { return curve[after] }
    if high.isInfinite { return curve[after - 1] }
    let share = Double.log(time / low) / Double.log(high / low)
    return curve[after - 1] + share * (curve[after] - curve[after - 1])
  }
}
