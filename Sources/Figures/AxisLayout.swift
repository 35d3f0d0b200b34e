import Foundation

/// An axis with its ends and tics decided.
///
/// Deciding them here rather than in gnuplot keeps the frames of a grid
/// aligned and every range finite: no data, one point and equal values
/// included.
struct AxisLayout {
  let axis: Axis
  let lower: Double
  let upper: Double
  /// Tics at given places, or `nil` for one per decade.
  let tics: [Tic]?
  /// Whether the tics are names and not numbers.
  let isCategorical: Bool
  /// Values that have no place on the axis because they are not finite.
  let notFiniteCount: Int
  /// Values that have no place on the axis because it is logarithmic.
  let notPositiveCount: Int

  struct Tic: Equatable {
    let position: Double
    /// The text, or `nil` where gnuplot prints the number.
    let label: String?
  }

  /// - Parameters:
  ///   - ticCount: about how many tics have room.
  ///   - length: the points that the tics' labels stand side by side on.
  init(
    _ axis: Axis, _ side: Extent.Side, ticCount: Double,
    length: Double = .infinity
  ) {
    self.axis = axis
    let shown = side.values.filter(axis.scale.shows)
    let notFinite = side.values.count {
      !(abs($0) < Axis.Scale.bound)
    }
    notFiniteCount = notFinite
    notPositiveCount = side.values.count - shown.count - notFinite
    isCategorical = side.categories != nil

    var ends: (lower: Double, upper: Double)
    if let range = axis.range {
      ends = Self.opened(range.lowerBound, range.upperBound, axis.scale)
    } else if let low = shown.min(), let high = shown.max() {
      ends = Self.ends(low, high, side, axis.scale, ticCount: ticCount)
    } else {
      ends = axis.scale == .logarithmic ? (1, 10) : (0, 1)
    }
    if axis.range == nil, let bounds = axis.bounds,
      shown.allSatisfy(bounds.contains)
    {
      ends = (
        max(ends.lower, bounds.lowerBound), min(ends.upper, bounds.upperBound)
      )
    }
    (lower, upper) = ends
    tics =
      if let names = side.categories {
        names.enumerated().map {
          Tic(position: Double($0.offset + 1), label: $0.element)
        }
      } else {
        Self.tics(
          ends.lower, ends.upper, axis.scale, count: ticCount, length: length)
      }
  }

  /// The place where bars and filled areas start.
  var base: Double {
    axis.scale == .logarithmic ? lower : min(max(0, lower), upper)
  }

  /// The gnuplot expression of a column's drawable values; others are gaps.
  func shown(_ column: Int) -> String {
    axis.scale == .logarithmic
      ? "(positive($\(column)))" : "(finite($\(column)))"
  }

  /// The expression of a column's heights, `base` in place of gaps.
  func height(_ column: Int) -> String {
    let test =
      axis.scale == .logarithmic
      ? "$\(column)>=1e-300&&$\(column)<1e300" : "abs($\(column))<1e300"
    return "(valid(\(column))&&\(test)?$\(column):\(GnuplotText.number(base)))"
  }

  /// The widest tic label, in characters.
  var ticWidth: Double {
    guard let tics else { return lower < 1 ? 4 : 3 }
    return tics.map { tic in
      if let label = tic.label {
        return Double(GnuplotText.lines(of: label).map(\.count).max() ?? 0)
      }
      return Self.width(of: tic.position)
    }.max() ?? 1
  }

  /// The characters that gnuplot prints a number with.
  private static func width(of number: Double) -> Double {
    // It prints 1.2e+07 as 1.2×10⁷, with small digits on top.
    let parts = String(format: "%g", number).split(separator: "e")
    return Double(parts[0].count) + (parts.count > 1 ? 4.2 : 0)
  }
}

extension AxisLayout {
  /// The 1, 2 or 5 times a power of ten that cuts `span` into about `count`
  /// parts.
  static func step(_ span: Double, count: Double) -> Double {
    let raw = span / max(count, 1)
    let power = pow(10, floor(log10(raw)))
    // Bounds between neighbours: their geometric means.
    for (factor, bound) in [
      (1.0, 2.0.squareRoot()), (2, 10.0.squareRoot()), (5, 50.0.squareRoot()),
    ]
    where raw < bound * power {
      return factor * power
    }
    return 10 * power
  }

  /// The ends around drawable values from `low` to `high`.
  private static func ends(
    _ low: Double, _ high: Double, _ side: Extent.Side, _ scale: Axis.Scale,
    ticCount: Double
  ) -> (Double, Double) {
    switch scale {
    case .logarithmic:
      let (low, high) = opened(low, high, scale)
      // By logarithms: the ratio of the ends may be no finite number.
      let margin = pow(10, side.margin * decades(low, high))
      if side.margin == 0 { return (low, high) }
      let lowest = max(low / margin, 1 / Axis.Scale.bound)
      let highest = min(high * margin, Axis.Scale.bound)
      return (
        rounded(lowest, to: hundredth(of: lowest), .down),
        rounded(highest, to: hundredth(of: highest), .up)
      )
    case .linear:
      let base = side.startsAtZero ? 0 : low
      let (low, high) = opened(min(low, base), max(high, base), scale)
      if side.margin == 0 { return (low, high) }
      let margin = side.margin * (high - low)
      let unit = step(high - low, count: ticCount) / 5
      // A side on which bars start keeps its zero without a margin.
      return (
        side.startsAtZero && low == 0
          ? 0 : rounded(low - margin, to: unit, .down),
        side.startsAtZero && high == 0
          ? 0 : rounded(high + margin, to: unit, .up)
      )
    }
  }

  /// Ends with something between them: equal ones are moved apart.
  private static func opened(
    _ low: Double, _ high: Double, _ scale: Axis.Scale
  ) -> (Double, Double) {
    switch scale {
    case .logarithmic:
      return high > low * (1 + 1e-9) ? (low, high) : (low / 2, high * 2)
    case .linear:
      // gnuplot cannot place tics closer than about 1e-12 of their size.
      let size = max(abs(low), abs(high))
      if high - low > 1e-9 * size, high - low > 1e-290 { return (low, high) }
      let half = size > 1e-290 ? size / 10 : 1
      return (low - half, high + half)
    }
  }

  /// The unit that leaves three digits of a positive value.
  private static func hundredth(of value: Double) -> Double {
    pow(10, floor(log10(value)) - 2)
  }

  private static func decades(_ lower: Double, _ upper: Double) -> Double {
    log10(upper) - log10(lower)
  }

  private static func rounded(
    _ value: Double, to unit: Double, _ rule: FloatingPointRoundingRule
  ) -> Double {
    let multiple = (value / unit).rounded(rule) * unit
    // Cut off what binary multiples of a decimal unit leave behind.
    // Adding 0 turns −0 into 0.
    return (Double(String(format: "%.12g", multiple)) ?? multiple) + 0
  }

  private static func tics(
    _ lower: Double, _ upper: Double, _ scale: Axis.Scale, count: Double,
    length: Double
  ) -> [Tic]? {
    switch scale {
    case .linear:
      func positions(_ count: Double) -> [Double] {
        let step = step(upper - lower, count: count)
        let first = (lower / step - 1e-6).rounded(.up)
        let last = (upper / step + 1e-6).rounded(.down)
        return stride(from: first, through: last, by: 1).map {
          rounded($0 * step, to: step, .toNearestOrEven)
        }
      }
      func isCrowded(_ positions: [Double]) -> Bool {
        let widest = positions.map(width(of:)).max() ?? 0
        let room = (positions[1] - positions[0]) / (upper - lower) * length
        return widest * 0.6 * FigureLayout.TypeSize.tics + 6 > room
      }
      var found: [Double] = []
      // An axis with a single tic has no scale: refine until there are two.
      for refinement in [1.0, 2, 4] where found.count < 2 {
        found = positions(count * refinement)
      }
      // Long labels touch each other: coarsen while there are two.
      for part in [0.7, 0.5, 0.35, 0.25] where found.count > 2 {
        guard isCrowded(found) else { break }
        let fewer = positions(count * part)
        if fewer.count >= 2 { found = fewer }
      }
      return found.map { Tic(position: $0, label: nil) }
    case .logarithmic:
      let decades = decades(lower, upper)
      if decades > 2.5 { return nil }
      let factors: [Double] = decades > 1 ? [1, 2, 5] : [1, 2, 3, 5, 7]
      let powers = Int(floor(log10(lower)))...Int(ceil(log10(upper)))
      let found = powers.flatMap { power in
        factors.map { $0 * pow(10, Double(power)) }
      }
      .filter { $0 >= lower && $0 <= upper }
      .map { Tic(position: $0, label: nil) }
      // Within a fraction of a decade, equal steps say more.
      return found.count > 2
        ? found : tics(lower, upper, .linear, count: count, length: length)
    }
  }
}

extension AxisLayout {
  /// How far along the axis a drawable value stands, from 0 to 1.
  func fraction(of value: Double) -> Double {
    axis.scale == .logarithmic
      ? Self.decades(lower, value) / Self.decades(lower, upper)
      : (value - lower) / (upper - lower)
  }
}
