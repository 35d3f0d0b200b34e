import FeatureLearning
import LinearAlgebra
import Synthetic
import Testing

@Suite("A programmer's mistake stops the program")
struct PreconditionTests {
  @Test func weightsOfAnotherShape() async {
    await #expect(processExitsWith: .failure) {
      _ = PatchNetwork(
        classCount: 2, width: 3,
        weights: Matrix(rowCount: 5, columnCount: 4, repeating: 0))
    }
  }

  @Test func labelsBeyondTheClasses() async {
    await #expect(processExitsWith: .failure) {
      _ = PatchData(
        patches: Matrix(rowCount: 4, columnCount: 3, repeating: 0),
        patchCount: 2, labels: [0, 2])
    }
  }

  @Test func patchesOfAnotherDimension() async {
    await #expect(processExitsWith: .failure) {
      let network = PatchNetwork(
        classCount: 2, width: 1,
        weights: Matrix(rowCount: 2, columnCount: 4, repeating: 0))
      _ = network.logits(
        of: PatchData(
          patches: Matrix(rowCount: 2, columnCount: 3, repeating: 0),
          patchCount: 1, labels: [0, 1]))
    }
  }

  @Test func weightsOfTooFewPairs() async {
    await #expect(processExitsWith: .failure) {
      _ = PairSelection(sampleCount: 3, weights: [1, 1, 1])
    }
  }

  @Test func filterWithoutTeacher() async {
    await #expect(processExitsWith: .failure) {
      _ = FeatureRun(
        FeatureMethod.midpoint.guided(by: PairGuidance(filter: .low)),
        learningRate: 0.1, iterations: 1, recordInterval: 1)
    }
  }

  @Test func mixingWeightsBeyondOne() async {
    await #expect(processExitsWith: .failure) {
      _ = PairSelection(
        sampleCount: 1, weights: [1], mixingWeights: [1.5])
    }
  }
}
