/// What a layer asks of the two axes.
struct Extent {
  /// What a layer asks of one axis.
  struct Side {
    /// All coordinates, drawable or not.
    var values: [Double] = []
    /// The part of the span left free at each end.
    var margin = 0.0
    /// Whether lengths start at 0, which must then be seen.
    var startsAtZero = false
    /// Names in place of numbers at 1, 2 and so on.
    var categories: [String]?

    mutating func join(_ other: Side) {
      values += other.values
      margin = max(margin, other.margin)
      startsAtZero = startsAtZero || other.startsAtZero
      categories = categories ?? other.categories
    }
  }

  var x: Side
  var y: Side
}
