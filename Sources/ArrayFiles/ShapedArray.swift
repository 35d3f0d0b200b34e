/// Numbers in a shape: the values in C order, the last axis fastest.
public struct ShapedArray<Element: Sendable>: Sendable {
  /// The length of every axis; empty for a single number.
  public let shape: [Int]
  /// The values in C order.
  public let values: [Element]

  /// Makes an array of some values in a shape.
  ///
  /// - Precondition: the lengths are not negative and their product is the
  ///   number of values.
  public init(shape: [Int], values: [Element]) {
    precondition(
      shape.allSatisfy { $0 >= 0 } && shape.reduce(1, *) == values.count,
      "\(values.count) values in the shape \(shape)")
    self.shape = shape
    self.values = values
  }
}

extension ShapedArray: Equatable where Element: Equatable {}
