import RealModule

/// The MD5 digest, which data sets are published with: a check against damage
/// in transport, not against an adversary.
///
/// - Source: RFC 1321, Section 3.
public enum MD5 {
  /// The digest of the bytes as 32 lower-case hexadecimal digits.
  public static func hexDigest(of bytes: [UInt8]) -> String {
    var state: SIMD4<UInt32> = [
      0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476,
    ]
    let whole = bytes.count / 64 * 64
    digest(bytes[..<whole], into: &state)
    digest(padded(bytes[whole...], total: bytes.count)[...], into: &state)
    var text = ""
    for index in 0..<4 {
      for shift in stride(from: UInt32(0), to: 32, by: 8) {
        let byte = state[index] >> shift & 0xFF
        text += (byte < 16 ? "0" : "") + String(byte, radix: 16)
      }
    }
    return text
  }

  /// The last incomplete block with a one bit, zeros and the length in bits.
  private static func padded(
    _ tail: ArraySlice<UInt8>, total: Int
  ) -> [UInt8] {
    var block = Array(tail) + [0x80]
    while block.count % 64 != 56 {
      block.append(0)
    }
    let bits = UInt64(total) &* 8
    for shift in stride(from: UInt64(0), to: 64, by: 8) {
      block.append(UInt8(truncatingIfNeeded: bits >> shift))
    }
    return block
  }

  /// Works whole blocks of 64 bytes into the state.
  private static func digest(
    _ bytes: ArraySlice<UInt8>, into state: inout SIMD4<UInt32>
  ) {
    var words = [UInt32](repeating: 0, count: 16)
    for first in stride(from: bytes.startIndex, to: bytes.endIndex, by: 64) {
      for word in 0..<16 {
        let at = first + 4 * word
        words[word] =
          UInt32(bytes[at]) | UInt32(bytes[at + 1]) << 8
          | UInt32(bytes[at + 2]) << 16 | UInt32(bytes[at + 3]) << 24
      }
      var (a, b, c, d) = (state[0], state[1], state[2], state[3])
      for step in 0..<64 {
        let mixed: UInt32
        let word: Int
        switch step / 16 {
        case 0: (mixed, word) = (b & c | ~b & d, step)
        case 1: (mixed, word) = (b & d | c & ~d, (5 * step + 1) % 16)
        case 2: (mixed, word) = (b ^ c ^ d, (3 * step + 5) % 16)
        default: (mixed, word) = (c ^ (b | ~d), 7 * step % 16)
        }
        let sum = a &+ mixed &+ words[word] &+ sines[step]
        let turn = turns[step / 16 * 4 + step % 4]
        (a, d, c) = (d, c, b)
        b = b &+ (sum << turn | sum >> (32 - turn))
      }
      state &+= [a, b, c, d]
    }
  }

  /// ⌊2³²·|sin(i + 1)|⌋.
  private static let sines = (1...64).map { step in
    UInt32(0x1p32 * Double.sin(Double(step)).magnitude)
  }

  /// By how many bits each step turns, four to a round.
  private static let turns: [UInt32] = [
    7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21,
  ]
}
