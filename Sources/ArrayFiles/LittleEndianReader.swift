/// Takes little-endian numbers off the front of some bytes.
struct LittleEndianReader {
  private let bytes: ArraySlice<UInt8>
  /// How many bytes were taken.
  private(set) var position = 0

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
  }

  /// The next `count` bytes; `nil`, and nothing taken, if there are fewer.
  mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
    guard count <= bytes.count - position else { return nil }
    let start = bytes.startIndex + position
    position += count
    return bytes[start..<(start + count)]
  }

  /// The next number; `nil`, and nothing taken, if there are too few bytes.
  mutating func read<Number: FixedWidthInteger>(
    _ type: Number.Type
  ) -> Number? {
    take(Number.bitWidth / 8)?.reversed().reduce(0) { number, byte in
      number << 8 | Number(truncatingIfNeeded: byte)
    }
  }
}
