public import LinearAlgebra

/// Flows in sequence, each of which starts where the one before ended.
///
/// A switch from mixup to plain training is two of them; a schedule of mixing
/// laws is one per piece, with its design's decomposition.
public struct PiecewiseFlow: Sendable {
  /// A flow, of which the start is not used, and how long it lasts.
  public struct Phase: Sendable {
    /// The flow.
    public let flow: MixupFlow
    /// Its length in time; the last may be infinite.
    public let duration: Double

    /// A phase.
    ///
    /// - Precondition: a length of at least 0.
    public init(_ flow: MixupFlow, lasting duration: Double) {
      precondition(duration >= 0, "a phase lasts \(duration)")
      self.flow = flow
      self.duration = duration
    }
  }

  /// The phases, each with the start it really has.
  private let phases: [(flow: MixupFlow, begin: Double, end: Double)]

  /// Chains the phases from `initial` on.
  ///
  /// - Precondition: at least one phase; all have equally many features, and
  ///   only the last may be infinite.
  public init(_ phases: [Phase], from initial: [Double]) {
    precondition(!phases.isEmpty, "a flow of no phases")
    var chained: [(flow: MixupFlow, begin: Double, end: Double)] = []
    var (state, time) = (initial, 0.0)
    for phase in phases {
      precondition(time.isFinite, "a phase after an infinite one")
      let flow = phase.flow.restarted(from: state)
      let end = time + phase.duration
      chained.append((flow, time, end))
      state = Array(flow.parameters(at: [phase.duration]).row(0))
      time = end
    }
    self.phases = chained
  }

  /// θ_t at each time, T × d; beyond the last phase's end the last flow goes
  /// on.
  ///
  /// - Precondition: no time is negative or NaN.
  public func parameters(at times: [Double]) -> Matrix<Double> {
    let d = phases[0].flow.design.featureDimension
    var elements = [Double](repeating: 0, count: times.count * d)
    for (index, phase) in phases.enumerated() {
      let isLast = index == phases.count - 1
      let chosen = times.indices.filter {
        let time = times[$0]
        precondition(time >= 0, "a time is negative or not a number")
        return time >= phase.begin && (isLast || time < phase.end)
      }
      let found = phase.flow.parameters(
        at: chosen.map { times[$0] - phase.begin })
      for (row, t) in chosen.enumerated() {
        elements.replaceSubrange(t * d..<(t + 1) * d, with: found.row(row))
      }
    }
    return Matrix(rowCount: times.count, columnCount: d, elements: elements)
  }

  /// θ at the time `end` of two flows in sequence, for each switch time, T × d.
  ///
  /// - Parameters:
  ///   - first: The flow before the switch, with its start.
  ///   - second: The flow after it, of which the start is not used.
  ///   - switches: Switch times, at most `end` each.
  ///   - end: The time looked at; may be infinite.
  public static func switching(
    from first: MixupFlow, to second: MixupFlow, at switches: [Double],
    end: Double
  ) -> Matrix<Double> {
    precondition(
      switches.allSatisfy { $0 >= 0 && $0 <= end },
      "a switch outside of 0 to \(end)")
    let starts = first.parameters(at: switches)
    let d = starts.columnCount
    var elements: [Double] = []
    elements.reserveCapacity(switches.count * d)
    for (row, time) in switches.enumerated() {
      let rest = time == end ? 0 : end - time
      elements +=
        second.restarted(from: Array(starts.row(row)))
        .parameters(at: [rest]).elements
    }
    return Matrix(rowCount: switches.count, columnCount: d, elements: elements)
  }
}
