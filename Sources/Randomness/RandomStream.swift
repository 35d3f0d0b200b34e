/// A stream of random bits that is found again from its root seed, its name
/// and an index, with no state to store.
///
///     key     = mix(mix(rootSeed + streamVersion·φ) ⊕ FNV-1a(name))
///     counter = (block number, index), two little-endian 64-bit words
///     word 2b, 2b + 1 = the two halves of Philox4x32-10(counter with block b)
///
/// φ = 0x9E3779B97F4A7C15; `mix` is the finaliser of SplitMix64, a bijection,
/// so that under one name two root seeds never share a key. Streams with
/// different names or indices do not touch each other: drawing more from one
/// moves nothing in another. A training step takes the stream
/// `RandomStream(rootSeed: seed, name: "mixing-weights", index: step)`, and a
/// resumed run finds the same numbers.
///
/// - Source: Salmon et al. 2011 (Philox); Steele, Lea, Flood 2014 (the
///   finaliser, David Stafford's variant 13); Fowler, Noll, Vo (the hash).
/// - Complexity: O(length of the name) to make, one Philox block per two words.
public struct RandomStream: RandomNumberGenerator, Equatable, Sendable {
  /// The version of every algorithm between a root seed and a drawn number.
  ///
  /// It takes part in the key: whoever changes an algorithm of this module
  /// raises it, and every number moves at once instead of a few silently.
  public static let streamVersion: UInt64 = 1

  private let key: Philox4x32.Key
  private let index: UInt64
  private var blockNumber: UInt64 = 0
  /// The second half of the latest block while it is not drawn yet.
  private var spare: UInt64?

  /// Makes the stream at its first word.
  ///
  /// - Parameters:
  ///   - rootSeed: the seed of the whole run.
  ///   - name: what the numbers are for; its UTF-8 bytes are hashed.
  ///   - index: which stream of that name, e.g. the training step.
  public init(rootSeed: UInt64, name: String, index: UInt64 = 0) {
    let version = Self.streamVersion &* 0x9E37_79B9_7F4A_7C15
    let hash = mix(mix(rootSeed &+ version) ^ fowlerNollVo(name.utf8))
    key = Philox4x32.Key(
      UInt32(truncatingIfNeeded: hash), UInt32(truncatingIfNeeded: hash >> 32))
    self.index = index
  }

  /// The next 64 bits of the stream.
  public mutating func next() -> UInt64 {
    if let word = spare {
      spare = nil
      return word
    }
    let block = Philox4x32.block(
      counter: Philox4x32.Block(
        UInt32(truncatingIfNeeded: blockNumber),
        UInt32(truncatingIfNeeded: blockNumber >> 32),
        UInt32(truncatingIfNeeded: index),
        UInt32(truncatingIfNeeded: index >> 32)),
      key: key)
    blockNumber &+= 1
    spare = UInt64(block[3]) << 32 | UInt64(block[2])
    return UInt64(block[1]) << 32 | UInt64(block[0])
  }
}

/// The finaliser of SplitMix64: a bijection of 64-bit words.
private func mix(_ word: UInt64) -> UInt64 {
  var word = word
  word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
  word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
  return word ^ (word >> 31)
}

/// The 64-bit FNV-1a hash of some bytes.
private func fowlerNollVo(_ bytes: some Sequence<UInt8>) -> UInt64 {
  bytes.reduce(0xCBF2_9CE4_8422_2325) { hash, byte in
    (hash ^ UInt64(byte)) &* 0x100_0000_01B3
  }
}
