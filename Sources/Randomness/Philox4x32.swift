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
    // Numbers of their own stay in registers where lanes of a vector do not.
    var (c0, c1, c2, c3) = (counter[0], counter[1], counter[2], counter[3])
    var (k0, k1) = (key[0], key[1])
    for _ in 0..<10 {
      let first = UInt64(c0) &* 0xD251_1F53
      let second = UInt64(c2) &* 0xCD9E_8D57
      c0 = UInt32(truncatingIfNeeded: second >> 32) ^ c1 ^ k0
      c1 = UInt32(truncatingIfNeeded: second)
      c2 = UInt32(truncatingIfNeeded: first >> 32) ^ c3 ^ k1
      c3 = UInt32(truncatingIfNeeded: first)
      k0 &+= 0x9E37_79B9  // golden ratio
      k1 &+= 0xBB67_AE85  // √3 − 1
    }
    return Block(c0, c1, c2, c3)
  }
}
