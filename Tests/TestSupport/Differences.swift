/// The largest |a_i − b_i|; not a number where one of them is not, which
/// `max` would drop.
///
/// - Precondition: as many elements on both sides.
public func largestDifference(_ a: [Double], _ b: [Double]) -> Double {
  precondition(a.count == b.count, "\(a.count) numbers and \(b.count)")
  return zip(a, b).map { abs($0 - $1) }.largest
}

extension Sequence<Double> {
  /// The largest of numbers that are not negative, 0 of none; not a number
  /// where one of them is not.
  public var largest: Double {
    reduce(0) { $0.isNaN || $1.isNaN ? .nan : Swift.max($0, $1) }
  }
}
