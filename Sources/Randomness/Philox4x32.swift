/// The counter-based generator Philox4x32-10: a keyed bijection of 128-bit
/// blocks whose outputs for consecutive counters pass as independent.
///
///     (c₀, c₁, c₂, c₃) ← (hi(M₁c₂) ⊕ c₁ ⊕ k₀, lo(M₁c₂),
///                          hi(M₀c₀) ⊕ c₃ ⊕ k₁, lo(M₀c₀)),   ten times,
///     (k₀, k₁)         ← (k₀ + W₀, k₁ + W₁)                  between rounds
///
/// - Source: Salmon, Moraes, Dror, Shaw 2011, "Parallel random numbers: as easy
///   as 1, 2, 3", Section 4.3; known answers from its library Random123.
enum Philox4x32 {
  typealias Block = SIMD4<UInt32>
  typealias Key = SIMD2<UInt32>

  /// The block that `key` maps `counter` to.
  static func block(counter: Block, key: Key) -> Block {
    var block = round(counter, key)
    var roundKey = key
    for _ in 1..<10 {
      roundKey &+= Key(0x9E37_79B9, 0xBB67_AE85)  // golden ratio, √3 − 1
      block = round(block, roundKey)
    }
    return block
  }

  private static func round(_ block: Block, _ key: Key) -> Block {
    let first = UInt64(block[0]) &* 0xD251_1F53
    let second = UInt64(block[2]) &* 0xCD9E_8D57
    return Block(
      UInt32(truncatingIfNeeded: second >> 32) ^ block[1] ^ key[0],
      UInt32(truncatingIfNeeded: second),
      UInt32(truncatingIfNeeded: first >> 32) ^ block[3] ^ key[1],
      UInt32(truncatingIfNeeded: first))
  }
}
