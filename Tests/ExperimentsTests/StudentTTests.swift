import Testing

@testable import Experiments

/// Relative agreement asked for: 1000 roundings.
///
/// A continued fraction takes up
/// to some hundred steps of a handful each, and the exponential of logarithms
/// of the gamma function, which are up to 150 in size, loses as many more.
private let tolerance = 1000 * Double.ulpOfOne

@Suite("Student's t agrees with SciPy 1.17")
struct StudentTTests {
  @Test(
    "upper tails",
    arguments: [
      (1, 0.5, 0.3524163823495667), (2, 4.3, 0.025028577058545796),
      (1, 12.706204736432095, 0.02499999999949565),
      (3, 0.001, 0.49963244748473046), (4, 2.776, 0.02501138915998821),
      (9, 2.262, 0.025006422751227313), (29, 0.01, 0.49604488240161243),
      (29, 6.5, 2.0402019103667145e-07), (100, 1.98, 0.025225803416547697),
      (999, 3.0, 0.0013833882300738959),
      (100_000, 1.96, 0.02499928159715081),
      (10_000_000, 2.5, 0.006209673268289235),
      (5, 40.0, 9.205981085886477e-08),
    ])
  func upperTail(degrees: Double, t: Double, expected: Double) {
    let law = StudentT(degreesOfFreedom: degrees)
    #expect(abs(law.upperTail(t) / expected - 1) < tolerance)
    #expect(abs(law.upperTail(-t) + expected - 1) < tolerance)
    #expect(abs(law.twoSidedProbability(t) / (2 * expected) - 1) < tolerance)
  }

  @Test(
    "quantiles",
    arguments: [
      (1, 0.975, 12.706204736174694), (2, 0.975, 4.302652729749462),
      (3, 0.975, 3.1824463052837078), (4, 0.975, 2.7764451051977934),
      (9, 0.975, 2.262157162798205), (29, 0.975, 2.045229642132703),
      (30, 0.995, 2.7499956535672254), (100, 0.9, 1.290074761346516),
      (999, 0.975, 1.9623414611334493),
      (100_000, 0.975, 1.9599877075346095),
      (10_000_000, 0.999, 3.0902331211809115),
      (7, 0.999999, 14.241469651921154), (2.5, 0.975, 3.5746548420036817),
      (6, 0.025, -2.4469118511449794), (12, 1e-09, -15.894813362266058),
    ])
  func quantile(degrees: Double, probability: Double, expected: Double) {
    let value = StudentT(degreesOfFreedom: degrees).quantile(probability)
    #expect(abs(value / expected - 1) < tolerance)
  }

  @Test("one degree of freedom is Cauchy's law, two has a closed form")
  func closedForms() {
    for probability in stride(from: 0.05, to: 1, by: 0.1) {
      let one = StudentT(degreesOfFreedom: 1).quantile(probability)
      let two = StudentT(degreesOfFreedom: 2).quantile(probability)
      let centred = 2 * probability - 1
      let expected =
        centred
        / (2 * probability * (1 - probability)).squareRoot()
      #expect(abs(two - expected) <= tolerance * max(1, abs(expected)))
      // tan(π(p − ½)), checked through the distribution function.
      #expect(
        abs(
          StudentT(degreesOfFreedom: 1).upperTail(one) - (1 - probability))
          < tolerance)
    }
  }

  @Test("extremes stay numbers")
  func extremes() {
    let law = StudentT(degreesOfFreedom: 4)
    #expect(law.upperTail(.infinity) == 0)
    #expect(law.upperTail(-.infinity) == 1)
    #expect(law.upperTail(0) == 0.5)
    #expect(law.upperTail(.nan).isNaN)
    #expect(law.quantile(0.5) == 0)
    #expect(law.quantile(1e-300) < -1e70)
  }
}

@Suite("Summaries of repeated measurements")
struct SampleSummaryTests {
  let first = [0.912, 0.925, 0.907, 0.931, 0.918]
  let second = [0.905, 0.921, 0.909, 0.915, 0.911]

  @Test("mean, deviation and interval agree with SciPy")
  func summary() throws {
    let summary = SampleSummary(first)
    // Sums of five numbers near 1: a few units in the last place.
    let few = 16 * Double.ulpOfOne
    #expect(abs(summary.mean - 0.9186) < few)
    let deviation = try #require(summary.standardDeviation)
    #expect(abs(deviation / 0.009659192512834609 - 1) < tolerance)
    let interval = try #require(summary.interval)
    #expect(abs(interval.lowerBound - 0.9066065284050939) < tolerance)
    #expect(abs(interval.upperBound - 0.930593471594906) < tolerance)
  }

  @Test("a paired comparison agrees with SciPy's ttest_rel")
  func paired() throws {
    let comparison = PairedComparison(first, minus: second)
    let statistic = try #require(comparison.statistic)
    let pValue = try #require(comparison.pValue)
    #expect(abs(statistic / 2.2003653253520925 - 1) < tolerance)
    #expect(abs(pValue / 0.09261494236219506 - 1) < tolerance)
    let interval = try #require(comparison.summary.interval)
    #expect(abs(interval.lowerBound + 0.0016755902070137033) < tolerance)
    #expect(abs(interval.upperBound - 0.014475590207013715) < tolerance)
    let swapped = PairedComparison(second, minus: first)
    #expect(swapped.pValue == pValue)
  }

  @Test("one value has no spread and no interval")
  func single() {
    let summary = SampleSummary([3])
    #expect(summary.mean == 3)
    #expect(summary.standardDeviation == nil)
    #expect(summary.interval == nil)
    let comparison = PairedComparison([3], minus: [2])
    #expect(comparison.statistic == nil)
    #expect(comparison.pValue == nil)
  }

  @Test("a common offset costs no digits")
  func offset() throws {
    let summary = SampleSummary([1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16])
    #expect(summary.mean == 1e9 + 10)
    #expect(summary.standardDeviation == 30.0.squareRoot())
  }

  @Test("equal differences say nothing", arguments: [0.0, 0.5, 0.1, 1e-3])
  func degenerate(difference: Double) {
    // 0.1 and 0.001 are added with different roundings.
    let comparison = PairedComparison(
      [0.3, 2, 4].map { $0 + difference }, minus: [0.3, 2, 4])
    #expect(comparison.statistic == nil && comparison.pValue == nil)
    #expect(
      Verdict(
        mean: comparison.summary.mean, correctedPValue: comparison.pValue,
        expectsPositive: true) == .inconclusive)
  }

  @Test("a spread of some roundings is one")
  func smallSpread() {
    let comparison = PairedComparison(
      [1, 1 + 8 * Double.ulpOfOne, 1 + 16 * Double.ulpOfOne], minus: [0, 0, 0])
    #expect(comparison.pValue != nil)
  }

  @Test(
    "values that are not finite leave no interval",
    arguments: [Double.nan, .infinity, -.infinity])
  func notFinite(bad: Double) {
    let summary = SampleSummary([1, bad, 2])
    #expect(!summary.mean.isFinite)
    #expect(summary.interval == nil)
    let comparison = PairedComparison([1, bad, 2], minus: [1, 1, 1])
    #expect(comparison.pValue == nil)
  }

  @Test("values without a summary are a mistake of the caller")
  func preconditions() async {
    await #expect(processExitsWith: .failure) { _ = SampleSummary([]) }
    await #expect(processExitsWith: .failure) {
      _ = PairedComparison([1, 2], minus: [1])
    }
    await #expect(processExitsWith: .failure) {
      _ = StudentT(degreesOfFreedom: 0)
    }
  }
}

@Suite("Order statistics and Holm's correction")
struct StatisticsTests {
  @Test(
    "quantiles agree with NumPy",
    arguments: [
      (0.0, 1.2), (0.1, 1.6), (0.25, 2.275), (0.5, 3.75), (0.75, 5.225),
      (0.9, 7.6), (1.0, 9.7),
    ])
  func quantiles(probability: Double, expected: Double) {
    let values = [3.1, 1.2, 5.5, 4.4, 2.0, 9.7]
    let quantile = Statistics.quantile(values, at: probability)
    #expect(abs(quantile - expected) <= 4 * expected.ulp)
  }

  @Test("medians")
  func medians() {
    #expect(Statistics.median([5]) == 5)
    #expect(Statistics.median([3, 1, 2]) == 2)
    #expect(Statistics.median([1, .infinity, 2, 0]) == 1.5)
    #expect(Statistics.median([1, .nan]).isNaN)
  }

  @Test("Holm multiplies by what is left and never decreases")
  func holm() {
    #expect(Statistics.holmCorrected([]) == [])
    #expect(Statistics.holmCorrected([0.04]) == [0.04])
    // R: p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm") is .03 .06 .06 .02.
    let corrected = Statistics.holmCorrected([0.01, 0.04, 0.03, 0.005])
    for (value, expected) in zip(corrected, [0.03, 0.06, 0.06, 0.02]) {
      #expect(abs(value - expected) <= 2 * expected.ulp)
    }
    #expect(Statistics.holmCorrected([0.9, 0.8, 1]) == [1, 1, 1])
  }
}
