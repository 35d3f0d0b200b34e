/// The numbers that a setting may take.
public struct ValueRange<Bound: Numeric & Comparable & Sendable>: Sendable {
  private let lower: Bound?
  private let upper: Bound?
  private let includesLower: Bool
  private let includesUpper: Bool

  private init(
    lower: Bound? = nil, upper: Bound? = nil,
    includesLower: Bool = true, includesUpper: Bool = true
  ) {
    self.lower = lower
    self.upper = upper
    self.includesLower = includesLower
    self.includesUpper = includesUpper
  }

  /// Any number.
  public static var any: Self { Self() }

  /// Numbers > 0.
  public static var positive: Self { .above(0) }

  /// Numbers ≥ 0.
  public static var nonNegative: Self { .atLeast(0) }

  /// Numbers in 0...1.
  public static var unit: Self { .within(0...1) }

  /// Numbers > `bound`.
  public static func above(_ bound: Bound) -> Self {
    Self(lower: bound, includesLower: false)
  }

  /// Numbers ≥ `bound`.
  public static func atLeast(_ bound: Bound) -> Self {
    Self(lower: bound)
  }

  /// Numbers ≤ `bound`.
  public static func atMost(_ bound: Bound) -> Self {
    Self(upper: bound)
  }

  /// Numbers in `range`, both ends included.
  public static func within(_ range: ClosedRange<Bound>) -> Self {
    Self(lower: range.lowerBound, upper: range.upperBound)
  }

  /// Numbers between the two, both excluded.
  public static func between(_ lower: Bound, and upper: Bound) -> Self {
    Self(
      lower: lower, upper: upper, includesLower: false, includesUpper: false)
  }

  /// Numbers ≥ the first, where it is included, and below the second.
  public static func within(_ range: Range<Bound>) -> Self {
    Self(
      lower: range.lowerBound, upper: range.upperBound, includesUpper: false)
  }

  /// Whether `number` lies in the range; NaN never does.
  public func contains(_ number: Bound) -> Bool {
    guard number == number else { return false }
    let isAbove = lower.map { includesLower ? number >= $0 : number > $0 }
    let isBelow = upper.map { includesUpper ? number <= $0 : number < $0 }
    return isAbove ?? true && isBelow ?? true
  }
}

extension ValueRange: CustomStringConvertible {
  /// The range as it follows "a number" in a sentence, like " > 0".
  public var description: String {
    switch (lower, upper) {
    case (let lower?, let upper?):
      includesLower && includesUpper
        ? " in \(lower)...\(upper)"
        : " \(includesLower ? "≥" : ">") \(lower)"
          + " and \(includesUpper ? "≤" : "<") \(upper)"
    case (let lower?, nil): " \(includesLower ? "≥" : ">") \(lower)"
    case (nil, let upper?): " \(includesUpper ? "≤" : "<") \(upper)"
    case (nil, nil): ""
    }
  }
}
