import LinearAlgebra
import Networks
import Randomness
import Testing
import VectorMath

@testable import Sensitivity

@Suite("The expansion from a sample of the pairs")
struct SampledExpansionTests {
  @Test("Kinks: the quadrature's error is stated, and the two together hold")
  func kinks() throws {
    let study = Study([4, 8, 6, 3], .relu, count: 8)
    let team = ThreadTeam(size: 2)
    let inputs = study.inputs()
    let exact = try MixupLoss(
      of: inputs, firstConcentration: 1, secondConcentration: 1, team: team)
    func sample(nodes: Int) throws -> SampledExpansion {
      var stream = RandomStream(rootSeed: 4, name: "kinks")
      return try SampledExpansion(
        of: inputs,
        moments: DisplacementMoments(
          firstConcentration: 1, secondConcentration: 1),
        pairCount: 300_000, nodes: nodes, from: &stream, team: team)
    }
    let (few, many) = (try sample(nodes: 2), try sample(nodes: 24))
    for sample in [few, many] {
      // Two comparisons; 5 standard errors leave 1.2e-6 to chance.
      #expect(
        abs(sample.mixupLoss.value - exact.value)
          <= 5 * sample.mixupLoss.standardError + sample.quadratureError)
    }
    // The same pairs: their draws cancel, and what is left is the rule's.
    let difference = abs(few.mixupLoss.value - many.mixupLoss.value)
    #expect(difference <= few.quadratureError + many.quadratureError)
    #expect(difference > 0 && many.quadratureError < few.quadratureError / 20)
    #expect(
      few.firstOrderTerm == many.firstOrderTerm && few.curvatureTerm.value == 0)
  }

  @Test("Moments of a stream, cut anywhere, are those of its numbers")
  func moments() {
    var stream = RandomStream(rootSeed: 5, name: "moments")
    // An offset of 10⁶ deviations.
    let numbers = (0..<1000).map { _ in 1e6 + stream.normal() }
    let expected = SampleMean(numbers)
    for cuts in [[1000], [1, 0, 999], [300, 300, 400]] {
      var (whole, start) = (RunningMoments(), 0)
      for count in cuts {
        var part = RunningMoments()
        for number in numbers[start..<start + count] { part.add(number) }
        whole.add(part)
        start += count
      }
      let found = SampleMean(whole)
      // Each number rounds to an ulp of the mean; deviations are of order 1.
      let bound = 1000 * 1e6.ulp
      #expect(abs(found.value - expected.value) <= bound)
      #expect(
        abs(found.standardError / expected.standardError - 1) <= bound)
    }
  }
}
