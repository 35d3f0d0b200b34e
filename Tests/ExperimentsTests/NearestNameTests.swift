import Experiments
import Testing

@Suite("The nearest known name")
struct NearestNameTests {
  let keys = ["learningRate", "alpha", "steps", "seed", "batchSize", "d"]

  @Test(
    "slips find their name",
    arguments: [
      ("learning_rate", "learningRate"), ("lernaingRate", "learningRate"),
      ("LEARNINGRATE", "learningRate"), ("alhpa", "alpha"),
      ("step", "steps"), ("sede", "seed"), ("batch-sizes", "batchSize"),
      ("D", "d"),
    ])
  func near(written: String, meant: String) {
    #expect(nearest(written, in: keys) == meant)
  }

  @Test(
    "others find nothing",
    arguments: ["", "x", "momentum", String(repeating: "a", count: 100_000)])
  func far(written: String) {
    #expect(nearest(written, in: keys) == nil)
  }

  @Test("a swap of neighbours is one slip, and the nearest wins")
  func swap() {
    #expect(nearest("abdc", in: ["abxx", "abcd"]) == "abcd")
    #expect(nearest("anything", in: []) == nil)
  }
}
