import Testing

@testable import Figures

@Suite("Every axis has finite, different ends around its values, and tics")
struct AxisLayoutTests {
  static let hostile: [[Double]] = [
    [], [.nan], [.infinity, -.infinity], [0], [-0.0], [5], [5, 5, 5], [-3e-7],
    [1e299, -1e299], [.leastNonzeroMagnitude, 0], [1, 1 + 1e-15], [0, 1e-12],
    [1e12, 1e12 + 1],
    [.nan, 2, .infinity, 3], [-1, 0, 1], [1, 100], [0.8123, 0.8234],
    [1e-200, 1e200],
  ]

  @Test(arguments: hostile, [Axis.Scale.linear, .logarithmic])
  func endsAndTics(values: [Double], scale: Axis.Scale) {
    for (margin, startsAtZero) in [(0.0, false), (0.04, false), (0.05, true)] {
      let side = Extent.Side(
        values: values, margin: margin, startsAtZero: startsAtZero)
      let layout = AxisLayout(Axis("", scale: scale), side, ticCount: 6)
      #expect(layout.lower.isFinite && layout.upper.isFinite)
      #expect(layout.lower < layout.upper)
      #expect(layout.lower <= layout.base && layout.base <= layout.upper)
      for value in values where scale.shows(value) {
        #expect(layout.lower <= value && value <= layout.upper)
      }
      if let tics = layout.tics, scale == .linear {
        #expect((2...40).contains(tics.count), "\(tics)")
      }
      #expect(layout.ticWidth >= 1)
    }
  }

  @Test func leftOutValuesAreCounted() {
    let values = [1, 0, -2, .nan, .infinity, 10]
    let layout = AxisLayout(
      Axis("", scale: .logarithmic), .init(values: values), ticCount: 5)
    #expect(layout.notFiniteCount == 2)
    #expect(layout.notPositiveCount == 2)
    #expect(layout.lower == 1 && layout.upper == 10)
  }

  @Test(arguments: [
    (100.0, 5.0, 20.0), (1, 5, 0.2), (0.04, 4, 0.01), (7, 7, 1), (99, 4, 20),
    (60_000, 6, 10_000), (3, 2, 2),
  ])
  func steps(span: Double, count: Double, expected: Double) {
    let step = AxisLayout.step(span, count: count)
    // One rounding in the power, one in the product.
    #expect(abs(step - expected) <= 4 * expected.ulp)
  }

  /// Five characters of 8 points, 0.6 as wide, and a gap of 6: 30 points, of
  /// which a step of 0.001 has a seventh of the axis.
  @Test func labelsThatTouchAreFewer() throws {
    func tics(_ length: Double) throws -> [Double] {
      let layout = AxisLayout(
        Axis("", range: 0.2405...0.2475), .init(values: [0.243]), ticCount: 5,
        length: length)
      return try #require(layout.tics).map(\.position)
    }
    let seven = [0.241, 0.242, 0.243, 0.244, 0.245, 0.246, 0.247]
    #expect(try tics(.infinity) == seven)
    #expect(try tics(7 * 30 + 1) == seven)
    #expect(try tics(7 * 30 - 1) == [0.242, 0.244, 0.246])
    // A single one would be no scale, whatever the room.
    #expect(try tics(1).count >= 2)
  }

  @Test func givenRangeStands() {
    let layout = AxisLayout(
      Axis("", range: 0.5...0.9), .init(values: [0, 1], margin: 0.1),
      ticCount: 5)
    #expect(layout.lower == 0.5 && layout.upper == 0.9)
  }

  @Test func chosenRangeKeepsWithinBounds() {
    let side = Extent.Side(values: [97, 99.9], margin: 0.1)
    let layout = AxisLayout(Axis("", within: 0...100), side, ticCount: 5)
    #expect(layout.upper == 100 && layout.lower < 97)
    // A value that should not be is shown all the same.
    let wrong = AxisLayout(
      Axis("", within: 0...100), .init(values: [50, 120]), ticCount: 5)
    #expect(wrong.upper >= 120)
  }

  @Test func aFractionOfADecadeHasTics() {
    let layout = AxisLayout(
      Axis("", scale: .logarithmic), .init(values: [2.6, 3.4]), ticCount: 5)
    #expect((layout.tics?.count ?? 0) > 2)
  }

  @Test func barsStartAtZero() {
    let layout = AxisLayout(
      Axis(""), .init(values: [3, 5], margin: 0.05, startsAtZero: true),
      ticCount: 5)
    #expect(layout.lower == 0 && layout.base == 0 && layout.upper > 5)
  }
}
