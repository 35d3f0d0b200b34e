/// What removing samples from the training set does to the log evidence of the
/// failure set, where that is defined.
public enum RemovalValue: Sendable, Equatable {
  /// r, in nats.
  case defined(Double)

  /// Taking out the samples' likelihood leaves no distribution: their leverage
  /// is at least 1.
  ///
  /// A training sample's leverage is always below 1. A mixed sample was never
  /// learned, and its leverage can be anything.
  case undefined(leverage: Double)

  /// r where it is defined.
  public var value: Double? {
    if case .defined(let value) = self { value } else { nil }
  }

  /// Why there is no value; nil where there is one.
  public var reason: String? {
    guard case .undefined(let leverage) = self else { return nil }
    return "leverage \(leverage) >= 1: the posterior without this sample's "
      + "likelihood has no finite mass"
  }
}
