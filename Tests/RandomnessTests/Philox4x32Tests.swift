import Testing

@testable import Randomness

@Suite("Philox4x32-10 gives Random123's published known answers")
struct Philox4x32Tests {
  @Test(arguments: [
    (
      Philox4x32.Block(repeating: 0), Philox4x32.Key(repeating: 0),
      Philox4x32.Block(0x6627_E8D5, 0xE169_C58D, 0xBC57_AC4C, 0x9B00_DBD8)
    ),
    (
      Philox4x32.Block(repeating: .max), Philox4x32.Key(repeating: .max),
      Philox4x32.Block(0x408F_276D, 0x41C8_3B0E, 0xA20B_C7C6, 0x6D54_51FD)
    ),
    // The digits of π.
    (
      Philox4x32.Block(0x243F_6A88, 0x85A3_08D3, 0x1319_8A2E, 0x0370_7344),
      Philox4x32.Key(0xA409_3822, 0x299F_31D0),
      Philox4x32.Block(0xD16C_FE09, 0x94FD_CCEB, 0x5001_E420, 0x2412_6EA1)
    ),
  ])
  func knownAnswer(
    counter: Philox4x32.Block, key: Philox4x32.Key, expected: Philox4x32.Block
  ) {
    #expect(Philox4x32.block(counter: counter, key: key) == expected)
  }
}
