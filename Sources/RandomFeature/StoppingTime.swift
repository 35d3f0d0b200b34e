internal import RealModule

/// The time of a smallest risk.
public struct StoppingTime: Sendable, Equatable {
  /// The time; 0 or infinite where the risk is smallest at an end.
  public let time: Double
  /// The risk there.
  public let risk: Double

  /// A time with its risk.
  public init(time: Double, risk: Double) {
    self.time = time
    self.risk = risk
  }

  /// Searches t = 0, a logarithmic grid, and t = ∞, then refines around the
  /// best point of the grid by golden sections, to a relative 10⁻⁶ in time.
  ///
  /// A risk with several minima may hide one between two points of the grid;
  /// 40 points a decade are much finer than the e-folds of a mode.
  ///
  /// - Parameters:
  ///   - range: The grid's ends, positive and finite.
  ///   - risk: The risk at each of some times.
  public init(
    over range: ClosedRange<Double>, _ risk: ([Double]) -> [Double]
  ) {
    precondition(
      range.lowerBound > 0 && range.upperBound.isFinite,
      "expected positive, finite times, got \(range)")
    let grid = Self.grid(range)
    let times = [0] + grid + [.infinity]
    let risks = risk(times)
    var best = 0
    for k in risks.indices where risks[k] < risks[best] { best = k }
    guard best > 0, best < times.count - 1 else {
      time = times[best]
      self.risk = risks[best]
      return
    }
    // Neighbours on the grid, in log t.
    var low = Double.log(best > 1 ? times[best - 1] : times[best])
    var high = Double.log(
      best < times.count - 2 ? times[best + 1] : times[best])
    let ratio = (5.0.squareRoot() - 1) / 2
    func value(_ x: Double) -> Double { risk([Double.exp(x)])[0] }
    var left = high - ratio * (high - low)
    var right = low + ratio * (high - low)
    var (leftRisk, rightRisk) = (value(left), value(right))
    while high - low > 1e-6 {
      if leftRisk <= rightRisk {
        (high, right, rightRisk) = (right, left, leftRisk)
        left = high - ratio * (high - low)
        leftRisk = value(left)
      } else {
        (low, left, leftRisk) = (left, right, rightRisk)
        right = low + ratio * (high - low)
        rightRisk = value(right)
      }
    }
    let refined = Double.exp((low + high) / 2)
    let refinedRisk = risk([refined])[0]
    time = refinedRisk <= risks[best] ? refined : times[best]
    self.risk = min(refinedRisk, risks[best])
  }

  /// Times in equal ratios, 40 a decade.
  static func grid(_ range: ClosedRange<Double>) -> [Double] {
    let decades = Double.log10(range.upperBound / range.lowerBound)
    let count = max(Int((40 * decades).rounded(.up)), 1)
    return (0...count).map {
      range.lowerBound
        * Double.pow(
          range.upperBound / range.lowerBound, Double($0) / Double(count))
    }
  }
}
