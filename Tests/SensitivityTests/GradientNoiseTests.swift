import LinearAlgebra
import Mixing
import Networks
import Randomness
import TestSupport
import Testing
import VectorMath

@testable import Sensitivity

@Suite("J. Zhang 2022: gradient norm and noise over a whole set")
struct GradientNoiseTests {
  /// Gradients of single samples, by a pass for each.
  private func gradients(
    _ problem: Problem, _ samples: MixedSamples
  ) -> [[Double]] {
    let shape = problem.network.shape
    let pass = DensePass<Double>(shape: shape, capacity: 1, backward: true)
    return (0..<samples.count).map { s in
      let weight = samples.weights[s]
      let (a, b) = (Int(samples.first[s]), Int(samples.second[s]))
      let x = zip(problem.images.row(a), problem.images.row(b)).map {
        weight * $0 + (1 - weight) * $1
      }
      pass.firstLayer(of: x, rows: 0..<1, problem.network.parameters)
      pass.forward(rows: 0..<1, problem.network.parameters)
      let logp = NaiveNetwork(problem.network).logProbabilities(x)
      for (k, value) in logp.enumerated() {
        pass.gradient(shape.layerCount)[k] =
          Double.exp(value)
          - (k == Int(problem.labels[a]) ? weight : 0)
          - (k == Int(problem.labels[b]) ? 1 - weight : 0)
      }
      pass.backward(rows: 0..<1, problem.network.parameters)
      return (1...shape.layerCount).flatMap { layer -> [Double] in
        let delta = (0..<shape.sizes[layer]).map { pass.gradient(layer)[$0] }
        let input =
          layer == 1
          ? x
          : (0..<shape.sizes[layer - 1]).map {
            pass.activation(layer - 1)[$0]
          }
        return delta.flatMap { d in input.map { d * $0 } } + delta
      }
    }
  }

  private func norm(_ vector: [Double]) -> Double {
    vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
  }

  private func samples(_ count: Int, of images: Int, mixed: Bool)
    -> MixedSamples
  {
    var stream = RandomStream(rootSeed: 2, name: "noise-samples")
    return MixedSamples(
      first: (0..<count).map { Int32($0 % images) },
      second: (0..<count).map { Int32(($0 * 5 + 2) % images) },
      weights: (0..<count).map { _ in mixed ? stream.uniform(in: 0...1) : 1 })
  }

  @Test(
    "mean ‖g_i‖² = GradNorm² + Noise², each by single gradients",
    arguments: [false, true], [Activation.relu, .tanh])
  func identity(mixed: Bool, activation: Activation) {
    let problem = Problem(
      sizes: [8, 7, 5, 3], activation, count: 40, seed: 11)
    let samples = samples(600, of: 40, mixed: mixed)
    let found = GradientNoise(
      of: problem.network, images: problem.images, labels: problem.labels,
      samples: samples, team: ThreadTeam(size: 2))
    let all = gradients(problem, samples)
    let n = Double(all.count)
    let mean = all[0].indices.map { j in all.reduce(0) { $0 + $1[j] } / n }
    let noise =
      (all.reduce(0) { sum, g in
        sum + zip(g, mean).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      } / n).squareRoot()
    let norms = all.map(norm)
    let square = norms.reduce(0) { $0 + $1 * $1 } / n
    let average = norms.reduce(0, +) / n
    let spread =
      (norms.reduce(0) { $0 + ($1 - average) * ($1 - average) } / n)
      .squareRoot()
    // Sums of n terms; a root doubles no relative error, and no value here is
    // below a hundredth of the scale.
    let tolerance = 100 * (n + problem.operations) * .ulpOfOne * square
    #expect(abs(found.gradientNorm - norm(mean)) <= tolerance)
    #expect(abs(found.noise - noise) <= tolerance)
    #expect(abs(found.meanNorm - average) <= tolerance)
    #expect(abs(found.normDeviation - spread) <= tolerance)
    #expect(
      abs(
        found.gradientNorm * found.gradientNorm + found.noise * found.noise
          - square) <= tolerance)
    #expect(found.normDeviation <= found.noise)
  }

  @Test("The number of threads changes no bit")
  func threads() {
    let problem = Problem(sizes: [8, 9, 4], .relu, count: 50, seed: 12)
    let samples = samples(3000, of: 50, mixed: true)
    func noise(_ threads: Int) -> GradientNoise {
      GradientNoise(
        of: problem.network, images: problem.images, labels: problem.labels,
        samples: samples, team: ThreadTeam(size: threads))
    }
    #expect(noise(1) == noise(3))
  }
}
