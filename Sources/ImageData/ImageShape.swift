/// The size of an image: its channels, its height and its width in pixels.
public struct ImageShape: Hashable, Sendable, CustomStringConvertible {
  /// The number of channels: 1 for grey, 3 for red, green and blue.
  public let channels: Int
  /// The number of rows.
  public let height: Int
  /// The number of columns.
  public let width: Int

  /// A shape from its three lengths.
  ///
  /// - Precondition: all three are positive.
  public init(channels: Int, height: Int, width: Int) {
    precondition(
      channels > 0 && height > 0 && width > 0,
      "image of \(channels) x \(height) x \(width)")
    self.channels = channels
    self.height = height
    self.width = width
  }

  /// The number of pixels in one channel, `height * width`.
  public var planeCount: Int { height * width }

  /// The number of values in one image, `channels * height * width`.
  public var valueCount: Int { channels * planeCount }

  /// The three lengths as in "3x32x32".
  public var description: String { "\(channels)x\(height)x\(width)" }
}
