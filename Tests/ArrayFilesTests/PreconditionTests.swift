import ArrayFiles
import Testing

@Suite("A programmer's mistake stops the program")
struct PreconditionTests {
  @Test func shapeAndCountDisagree() async {
    await #expect(processExitsWith: .failure) {
      _ = ShapedArray(shape: [2, 3], values: [1.0, 2, 3])
    }
  }

  @Test func twoArraysOfOneName() async {
    await #expect(processExitsWith: .failure) {
      let array = ShapedArray(shape: [1], values: [1.0])
      // An error that is thrown must not pass for the precondition.
      try? NPZ.write(
        [NPZ.NamedArray("a", array), NPZ.NamedArray("a", array)],
        to: "/nowhere/a.npz")
    }
  }
}
