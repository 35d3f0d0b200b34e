/// One axis of a panel.
public struct Axis: Sendable, Equatable {
  /// How values become lengths.
  public enum Scale: Sendable, Equatable {
    /// Equal differences are equally long.
    case linear
    /// Equal ratios are equally long; values ≤ 0 are not drawn.
    case logarithmic
  }

  /// The quantity and its unit.
  public var label: String
  /// How values become lengths.
  public let scale: Scale
  /// The values shown; `nil` shows all that is drawn.
  public let range: ClosedRange<Double>?
  /// The values that there can be, such as 0 to 100 %: a range that is chosen
  /// from the data keeps within them.
  public let bounds: ClosedRange<Double>?

  /// Makes an axis.
  ///
  /// - Precondition: the ends of `range` are finite, and positive on a
  ///   logarithmic axis.
  public init(
    _ label: String, scale: Scale = .linear,
    range: ClosedRange<Double>? = nil, within bounds: ClosedRange<Double>? = nil
  ) {
    if let range {
      precondition(
        scale.shows(range.lowerBound) && scale.shows(range.upperBound),
        "a \(scale) axis cannot show \(range)")
    }
    self.label = label
    self.scale = scale
    self.range = range
    self.bounds = bounds
  }
}

extension Axis.Scale {
  /// Values from here on count as infinite: sums and differences of smaller
  /// ones stay finite.
  static let bound = 1e300

  /// Whether the value has a place on the axis.
  func shows(_ value: Double) -> Bool {
    switch self {
    case .linear: abs(value) < Self.bound
    case .logarithmic: value >= 1 / Self.bound && value < Self.bound
    }
  }
}
