import Testing

@testable import Figures

@Suite("Shapes that do not fit are refused where the value is made")
struct PreconditionTests {
  @Test func shapes() async {
    await #expect(processExitsWith: .failure) {
      _ = Layer.line(x: [1, 2], y: [1])
    }
    await #expect(processExitsWith: .failure) {
      _ = Layer.points(x: [1], y: [1], lower: [0])
    }
    await #expect(processExitsWith: .failure) {
      _ = Layer.histogram(edges: [0, 1, 1], series: [])
    }
    await #expect(processExitsWith: .failure) {
      _ = Layer.density(
        xEdges: [0, 1], yEdges: [0, 1, 2], values: [1], valueAxis: Axis("v"))
    }
    await #expect(processExitsWith: .failure) {
      _ = Axis("x", scale: .logarithmic, range: 0...1)
    }
    await #expect(processExitsWith: .failure) {
      _ = Figure(name: "../up", panels: [])
    }
  }
}
