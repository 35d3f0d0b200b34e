import CZlib

/// How a deflated stream is wrapped.
enum DeflateFormat: Int32 {
  /// Not at all, as in a zip archive. The value is zlib's `windowBits`.
  case raw = -15
  /// As one member of a gzip file, with CRC-32 and length behind it.
  case gzip = 31
}

/// How the inflating of a stream came to its end.
enum InflateOutcome: Equatable {
  /// The stream ended; its last byte stands before this index of the input.
  case ended(Int)
  /// The output reached the limit and there is more to come.
  case limitReached
  /// The input ended before the stream did.
  case truncated
  /// zlib refused the stream.
  case corrupt(String)
}

/// Inflates one stream.
///
/// - Parameters:
///   - input: begins with the stream, and may go on behind it.
///   - format: how the stream is wrapped.
///   - output: what the inflated bytes are added to.
///   - limit: the largest size that `output` may reach.
func inflate(
  _ input: ArraySlice<UInt8>,
  _ format: DeflateFormat,
  to output: inout [UInt8],
  limit: Int
) -> InflateOutcome {
  // zlib keeps the address of its stream: it must not move.
  let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
  stream.initialize(to: z_stream())
  defer { stream.deallocate() }
  let status = inflateInit2_(
    stream, format.rawValue, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
  guard status == Z_OK else { return .corrupt("zlib begins with \(status)") }
  defer { inflateEnd(stream) }

  let chunkSize = 1 << 16
  return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: chunkSize) {
    chunk in
    input.withUnsafeBufferPointer { input in
      var position = 0
      while true {
        // zlib counts input in 32 bits: longer input comes in pieces.
        let available = min(input.count - position, 1 << 30)
        // One byte beyond the limit tells that there is more to come.
        let room = min(chunkSize - 1, limit - output.count) + 1
        stream.pointee.next_in = UnsafeMutablePointer(
          mutating: input.baseAddress.map { $0 + position })
        stream.pointee.avail_in = UInt32(available)
        stream.pointee.next_out = chunk.baseAddress
        stream.pointee.avail_out = UInt32(room)
        let status = CZlib.inflate(stream, Z_NO_FLUSH)

        position += available - Int(stream.pointee.avail_in)
        let count = room - Int(stream.pointee.avail_out)
        let fitting = min(count, limit - output.count)
        output.append(contentsOf: chunk[..<fitting])
        if fitting < count { return .limitReached }
        switch status {
        case Z_STREAM_END:
          return .ended(position)
        case Z_OK:
          continue
        case Z_BUF_ERROR:
          return .truncated
        default:
          let message = stream.pointee.msg.map { String(cString: $0) }
          return .corrupt(message ?? "zlib status \(status)")
        }
      }
    }
  }
}

/// The CRC-32 of zip and gzip.
func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
  bytes.withUnsafeBufferPointer { bytes in
    UInt32(crc32_z(0, bytes.baseAddress, bytes.count))
  }
}
