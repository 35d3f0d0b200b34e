import Randomness
import Testing

@Suite("A law without a number stops the program")
struct PreconditionTests {
  @Test func emptyRange() async {
    await #expect(processExitsWith: .failure) {
      var stream = RandomStream(rootSeed: 0, name: "")
      _ = stream.index(below: 0)
    }
  }

  @Test func concentrationZero() async {
    await #expect(processExitsWith: .failure) {
      var stream = RandomStream(rootSeed: 0, name: "")
      _ = stream.beta(1, 0)
    }
  }

  @Test func shapeNaN() async {
    await #expect(processExitsWith: .failure) {
      var stream = RandomStream(rootSeed: 0, name: "")
      _ = stream.gamma(shape: .nan)
    }
  }
}
