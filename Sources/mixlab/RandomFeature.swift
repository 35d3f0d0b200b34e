import ArgumentParser
import Experiments

struct RandomFeature: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Closed-form mixup dynamics of a random-feature model.",
    discussion: """
      θ_t = θ* + e^(−ηKt)(θ₀ − θ*) + (I − e^(−ηKt)) θ_noise, K = ΦᵀΦ/m, the \
      gradient flow of 1/(2m)‖Φθ − ỹ‖² with rows φ(x̃_s) in Φ, mixed labels \
      ỹ and clean labels ỹ* = f(x̃): θ* = Φ⁺ỹ*, θ_noise = Φ⁺(ỹ − ỹ*) (Liu et \
      al. 2023, arXiv:2303.01475, Lemma 5.1, with clean labels in θ* and any \
      rank). With --steps also gradient descent, (I − ηK)ⁿ in place of the \
      exponential.

      Writes theta.npy [T, d], theta-star.npy, theta-noise.npy, \
      theta-limit.npy [d], spectrum.npy, theta-steps.npy [S, d], timing.json \
      and result.json (rank, conditionNumber, noiseNorm, \
      largestStableLearningRate, smallestRetainedEigenvalue, route).
      """)

  @Option(help: "Φ, .npy of shape [m, d]: a row for each mixed sample.")
  var designMatrix: String

  @Option(help: "Mixed labels ỹ, .npy of shape [m].")
  var labels: String

  @Option(help: "Clean labels f(x̃), .npy of shape [m].")
  var cleanLabels: String

  @Option(help: "θ₀, .npy of shape [d] (default: zeros).")
  var initial: String?

  @Option(parsing: .unconditional, help: "Step size η > 0.")
  var learningRate: Double

  @Option(help: "Times, .npy of shape [T], at least 0; inf is a time.")
  var times: String

  @Option(help: "Numbers of descent steps, .npy of shape [S].")
  var steps: String?

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard learningRate > 0, learningRate.isFinite else {
      throw ValidationError(
        "--learning-rate takes a number > 0, not \(learningRate).")
    }
  }

  func run() throws {
    try ArrayRandomFeature(
      designMatrix: designMatrix, labels: labels, cleanLabels: cleanLabels,
      initial: initial, learningRate: learningRate, times: times, steps: steps
    ).run(output: output.output, overwrite: output.overwrite)
  }
}
