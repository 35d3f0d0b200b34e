import Foundation
import Testing
import Valuation

@Suite("EL2N is the length of the error vector")
struct ErrorNormTests {
  /// Probabilities and norms are rounded to twelve digits: half a unit in the
  /// norm, and √2 times half a unit from the probability.
  @Test("Three samples of a two-class network, known to twelve digits")
  func known() {
    let probabilities = [0.506474638066, 0.443467759486, 0.515719817505]
    let expected = [0.697950260222, 0.627158119941, 0.684875602073]
    let labels: [Int32] = [0, 1, 0]
    let norms = errorNorms(
      logProbabilities: probabilities.flatMap { [log($0), log1p(-$0)] },
      first: labels, second: labels, weights: [1, 1, 1], classCount: 2)
    for (norm, value) in zip(norms, expected) {
      #expect(abs(norm - value) <= 2.5 * 0.5e-12)
    }
  }

  @Test("Mixed labels, by hand")
  func mixed() {
    // p = (½, ¼, ¼), ỹ = ¾e₀ + ¼e₂: the error is (−¼, ¼, 0).
    let norms = errorNorms(
      logProbabilities: [log(0.5), log(0.25), log(0.25)], first: [0],
      second: [2], weights: [0.75], classCount: 3)
    #expect(abs(norms[0] - 0.125.squareRoot()) <= 4 * Double.ulpOfOne)
  }

  @Test("From 0 for certainty in the right class to √2 in a wrong one")
  func range() {
    let norms = errorNorms(
      logProbabilities: [0, -.infinity, -.infinity, 0], first: [0, 0],
      second: [0, 0], weights: [1, 1], classCount: 2)
    #expect(norms == [0, 2.0.squareRoot()])
  }
}
