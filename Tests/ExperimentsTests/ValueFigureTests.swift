import Testing

@testable import Experiments

@Suite("Figures of r̂")
struct ValueFigureTests {
  @Test("no bin of r̂ holds values from both sides of the cut")
  func binsAtZero() {
    for (low, high) in [(-3.0, 1.0), (-0.01, 5), (-7, 0.001), (-1, 1)] {
      let values = (0...1000).map { low + (high - low) * Double($0) / 1000 }
      let edges = ImageReport.edges(values, bins: 60)
      #expect(edges.count == 61 && edges.contains(0), "\(low) \(high)")
      #expect(edges.first ?? 0 <= low * 0.98 && edges.last ?? 0 >= high * 0.98)
      let zero = ImageReport.bin(0, edges)
      #expect(edges[zero + 1] == 0)
      #expect(ImageReport.bin(1e-12, edges) == zero + 1)
    }
  }
}
