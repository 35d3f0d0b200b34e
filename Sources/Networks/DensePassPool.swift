import Synchronization
public import VectorMath

/// Passes of one size that threads borrow from each other, so that a repeated
/// computation takes memory only the first time.
public final class DensePassPool<Scalar: VectorScalar>: Sendable {
  private let shape: DenseShape
  /// Rows of each pass.
  public let capacity: Int
  private let backward: Bool
  private let idle = Mutex<[DensePass<Scalar>]>([])

  /// A pool that makes passes as they are needed.
  public init(shape: DenseShape, capacity: Int = 512, backward: Bool = false) {
    self.shape = shape
    self.capacity = capacity
    self.backward = backward
  }

  /// Lends a pass to `body`.
  public func withPass<Result>(
    _ body: (DensePass<Scalar>) throws -> Result
  ) rethrows -> Result {
    let pass =
      idle.withLock { $0.popLast() }
      ?? DensePass(shape: shape, capacity: capacity, backward: backward)
    defer { idle.withLock { $0.append(pass) } }
    return try body(pass)
  }
}
