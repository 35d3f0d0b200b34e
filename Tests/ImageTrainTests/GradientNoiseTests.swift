import ImageData
import ImageTrain
import LinearAlgebra
import Mixing
import Networks
import Randomness
import Sensitivity
import Testing
import VectorMath

@Suite("Gradient norm and noise in training")
struct GradientNoiseMeasurementTests {
  @Test("The mixed ‖∇L‖ is that of the mixup loss, not of its mixtures' noise")
  func mixedNorm() throws {
    let count = 24
    var stream = RandomStream(rootSeed: 4, name: "noise-images")
    let images = ImageSet(
      name: "random", shape: ImageShape(channels: 1, height: 2, width: 3),
      classNames: ["a", "b"],
      pixels: (0..<count * 6).map { _ in UInt8(stream.index(below: 256)) },
      maximumPixel: 255, labels: (0..<count).map { Int32($0 % 2) })
    let task = TrainingTask(
      plan: TrainingPlan(
        objective: .mixup,
        mixing: MixingPlan(weights: .beta(.constant(1), ratio: 1)),
        batchSize: 8, epochs: 40),
      shape: DenseShape(sizes: [6, 8, 2], activation: .relu), train: images,
      test: images, streams: TrainingStreams(rootSeed: 1, scope: "noise"),
      gradientNoiseEvery: 40)
    var found: GradientNoise?
    var network: DenseNetwork<Double>?
    try task.run(team: ThreadTeam(size: 1)) { step in
      found = step.metrics.gradientNoise?.mixed ?? found
      network = step.network()
    }
    let mixed = try #require(found)
    // All ordered pairs, λ at the middles of 64 even steps.
    let all = (0..<count * count * 64).map { $0 }
    let exact = GradientNoise(
      of: try #require(network), images: images.scaled(),
      labels: images.labels,
      samples: MixedSamples(
        first: all.map { Int32($0 / 64 / count) },
        second: all.map { Int32($0 / 64 % count) },
        weights: all.map { (Double($0 % 64) + 0.5) / 64 }),
      team: ThreadTeam(size: 1))
    let samples = Double(TrainingTask.mixturesForNoise)
    let error = exact.noise / samples.squareRoot()
    // ‖∇L + e‖² with a deviation e: five of them, and their square.
    let bound = 10 * exact.gradientNorm * error + 25 * error * error
    let square = exact.gradientNorm * exact.gradientNorm
    #expect(abs(mixed.gradientNorm * mixed.gradientNorm - square) <= bound)
    // One permutation would be further off.
    #expect(exact.noise * exact.noise / Double(count) > bound)
  }
}
