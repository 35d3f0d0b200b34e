/// Rows of numbers, one group behind the other; the rows of a group are zero at
/// the same places.
///
/// Gradients at a layer of ReLUs are such rows: the classes of one image share
/// the units that are off, half of them or more, whose products are not taken.
public struct GroupedRows<Scalar: VectorScalar> {
  /// [groups, repeats, width].
  public let numbers: UnsafePointer<Scalar>
  /// Length of a row.
  public let width: Int
  /// Number of groups.
  public let groups: Int
  /// Rows of a group.
  public let repeats: Int
  /// Where a group is not zero; nil where that is not known.
  public let active: ActivePlaces?

  /// Rows of a group each, with the places given.
  public init(
    _ numbers: UnsafePointer<Scalar>, width: Int, groups: Int, repeats: Int,
    active: ActivePlaces?
  ) {
    precondition(
      groups >= 0 && repeats > 0,
      "\(groups) groups of \(repeats) rows")
    precondition(
      active.map { $0.width == width && $0.groups == groups } ?? true,
      "places of other groups")
    self.numbers = numbers
    self.width = width
    self.groups = groups
    self.repeats = repeats
    self.active = active
  }
}

/// The places of each group of rows that are not zero.
public final class ActivePlaces {
  /// The most groups.
  public let capacity: Int
  /// The groups whose places were found.
  public private(set) var groups = 0
  /// Length of their rows.
  public private(set) var width = 0
  private let largestWidth: Int
  let places: UnsafeMutablePointer<Int32>
  let counts: UnsafeMutablePointer<Int32>

  /// Room for the places of rows of up to `width`.
  public init(capacity: Int, width: Int) {
    self.capacity = capacity
    largestWidth = width
    places = .allocate(capacity: max(capacity * width, 1))
    counts = .allocate(capacity: max(capacity, 1))
  }

  deinit {
    places.deallocate()
    counts.deallocate()
  }

  /// Finds where the factors that made the rows of each group are not zero.
  ///
  /// - Parameter factors: [groups, width].
  public func find<Scalar: VectorScalar>(
    in factors: UnsafePointer<Scalar>, groups: Int, width: Int
  ) {
    precondition(
      groups <= capacity && width <= largestWidth,
      "\(groups) groups of \(width) for \(capacity) of \(largestWidth)")
    (self.groups, self.width) = (groups, width)
    Scalar.activePlaces(
      of: factors, groups: groups, columns: width, into: places, counts)
  }
}
