import ImageTrain
import LinearAlgebra
import Mixing
import Networks
import Randomness
import TestSupport
import Testing
import Valuation
import VectorMath

@Suite("A network predicts mixed samples as if they were formed")
struct PredictorTests {
  private let images = randomImages(40, pixels: 7)

  private func samples(_ count: Int) -> MixedSamples {
    var stream = RandomStream(rootSeed: 3, name: "samples")
    return MixedSamples(
      first: (0..<count).map { _ in Int32(stream.index(below: 40)) },
      second: (0..<count).map { _ in Int32(stream.index(below: 40)) },
      weights: (0..<count).map { s in
        s % 9 == 0 ? 0 : s % 9 == 1 ? 1 : stream.uniform()
      })
  }

  @Test("Log-probabilities of mixtures", arguments: Activation.allCases)
  func mixtures(_ activation: Activation) {
    check(activation, [7, 9, 5, 3], Float.self)
    check(activation, [7, 9, 5, 3], Double.self)
    check(activation, [7, 3], Double.self)
  }

  private func check<Scalar: VectorScalar>(
    _ activation: Activation, _ sizes: [Int], _: Scalar.Type
  ) {
    let network = randomNetwork(sizes, activation)
    let naive = NaiveNetwork(network)
    let predictor = DenseNetworkPredictor(
      network: DenseNetwork<Scalar>(network),
      images: Matrix<Scalar>(images.pixels), team: ThreadTeam(size: 2))
    let samples = samples(1100)
    // A range that begins within the samples and exceeds a block.
    let range = 13..<1090
    var out = [Scalar](repeating: .nan, count: range.count * 3)
    predictor.logProbabilities(of: samples, in: range, into: &out)
    let unit = Double(Scalar.ulpOfOne)
    for (row, s) in range.enumerated() {
      let weight = samples.weights[s]
      let input = zip(
        images.pixels.row(Int(samples.first[s])),
        images.pixels.row(Int(samples.second[s]))
      ).map { weight * $0 + (1 - weight) * $1 }
      let exact = naive.logProbabilities(input)
      // The mixed products differ from the products of the mixture by the
      // rounding of both sources: as if the inputs were of size one each.
      let bounds = naive.roundingBounds(
        zip(
          images.pixels.row(Int(samples.first[s])),
          images.pixels.row(Int(samples.second[s]))
        ).map { max(abs($0), abs($1)) }, unit: unit)
      let bound =
        4 * (bounds.max() ?? 0) + 11 * unit * (1 + abs(exact.min() ?? 0))
      for c in 0..<3 {
        #expect(abs(Double(out[3 * row + c]) - exact[c]) <= bound, "\(s)")
      }
    }
  }

  @Test("The bytes do not depend on the team that multiplied the images")
  func teams() {
    let network = randomNetwork([7, 9, 3], .relu)
    let samples = samples(50)
    let results = [1, 2, 3].map { size in
      let predictor = DenseNetworkPredictor(
        network: network, images: images.pixels, team: ThreadTeam(size: size))
      var out = [Double](repeating: .nan, count: 150)
      predictor.logProbabilities(of: samples, in: 0..<50, into: &out)
      return out
    }
    #expect(results[0] == results[1] && results[0] == results[2])
  }

  @Test("Images of another size stop the program")
  func misfit() async {
    await #expect(processExitsWith: .failure) {
      _ = DenseNetworkPredictor(
        network: randomNetwork([6, 3], .relu),
        images: Matrix<Double>(rowCount: 1, columnCount: 7, repeating: 0),
        team: ThreadTeam(size: 1))
    }
  }
}
