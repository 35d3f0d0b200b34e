import RealModule

/// The law that a mixing weight λ is drawn from at one moment of training.
public enum MixingLaw: Sendable, Equatable, CustomStringConvertible {
  /// No mixing: λ = 1.
  case none
  /// A point mass at the weight given.
  case fixed(Double)
  /// λ ~ Beta(α, β).
  case beta(Double, Double)

  /// The law in words without spaces or commas, as tables show it.
  public var description: String {
    switch self {
    case .none: "none"
    case .fixed(let weight): "fixed(\(weight))"
    case .beta(let a, let b): "beta(\(a) \(b))"
    }
  }

  /// E_{D̃}[1 − λ] = 2αβ/((α+β)(α+β+1)), the mean displacement from the anchor
  /// under the tilted law D̃ = α/(α+β)·Beta(α+1, β) + β/(α+β)·Beta(β+1, α).
  ///
  /// For a point mass at λ the same construction gives 2λ(1 − λ).
  ///
  /// - Source: L. Zhang et al. 2021 (arXiv:2010.04819), Lemma 3.1.
  public var meanDisplacement: Double {
    switch self {
    case .none: 0
    case .fixed(let weight): 2 * weight * (1 - weight)
    case .beta(let a, let b): 2 * a * b / ((a + b) * (a + b + 1))
    }
  }
}

/// How the concentration α of Beta(α, α) moves over training.
///
/// Progress s = step/steps runs from 0 at the first step towards 1. A large
/// concentration makes λ gather at ½, which is hard; a small one makes it
/// gather at 0 and 1, which is easy.
///
/// - Source: the slides name easy, hard and easy-hard-easy schedules with
///   α in (0, 10) and α = 1 half-way; the formulas are this project's choice.
public enum ConcentrationSchedule: Sendable, Equatable {
  /// α(s) = α.
  case constant(Double)
  /// α(s) = 10^(1 − 2s): 10 at first, 0.1 at the end.
  case easy
  /// α(s) = 10^(2s − 1): 0.1 at first, 10 at the end.
  case hard
  /// α(s) = 10^(1 − 2|2s − 1|): 0.1, 10 half-way, 0.1.
  case easyHardEasy
  /// Straight lines in log α between the points given, constant outside.
  case table([Point])

  /// A concentration at a moment.
  public struct Point: Sendable, Equatable {
    /// Progress in [0, 1].
    public var progress: Double
    /// α > 0.
    public var concentration: Double

    /// The concentration at a moment.
    public init(progress: Double, concentration: Double) {
      self.progress = progress
      self.concentration = concentration
    }
  }

  /// α at the progress given.
  ///
  /// - Precondition: a table has at least one point, in ascending order.
  public func concentration(at progress: Double) -> Double {
    switch self {
    case .constant(let value): value
    case .easy: Double.exp10(1 - 2 * progress)
    case .hard: Double.exp10(2 * progress - 1)
    case .easyHardEasy: Double.exp10(1 - 2 * abs(2 * progress - 1))
    case .table(let points): Self.interpolate(points, at: progress)
    }
  }

  /// The smallest and the largest α.
  ///
  /// - Precondition: a table has at least one point.
  public var extremes: [Double] {
    switch self {
    case .constant(let value): [value]
    case .easy, .hard, .easyHardEasy: [0.1, 10]
    case .table(let points):
      [
        points.map(\.concentration).min() ?? .nan,
        points.map(\.concentration).max() ?? .nan,
      ]
    }
  }

  private static func interpolate(_ points: [Point], at s: Double) -> Double {
    guard let after = points.firstIndex(where: { $0.progress >= s }) else {
      return points[points.count - 1].concentration
    }
    guard after > 0 else { return points[0].concentration }
    let (p, q) = (points[after - 1], points[after])
    let share = (s - p.progress) / (q.progress - p.progress)
    let (low, high) = (
      Double.log(p.concentration), Double.log(q.concentration)
    )
    return Double.exp(low + share * (high - low))
  }
}
