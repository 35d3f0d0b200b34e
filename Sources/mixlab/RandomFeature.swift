import ArgumentParser
import Experiments
import RandomFeature
import Synthetic

struct RandomFeatureCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "random-feature",
    abstract: "Closed-form mixup dynamics of a random-feature model.",
    discussion: """
      θ_t = θ* + e^(−ηKt)(θ₀ − θ*) + (I − e^(−ηKt)) θ_noise, K = ΦᵀΦ/m, the \
      gradient flow of 1/(2m)‖Φθ − ỹ‖² with rows φ(x̃_s) in Φ, mixed labels \
      ỹ and clean labels ỹ* = f(x̃): θ* = Φ⁺ỹ*, θ_noise = Φ⁺(ỹ − ỹ*) (Liu et \
      al. 2023, arXiv:2303.01475, Lemma 5.1, with clean labels in θ* and any \
      rank). With --steps also gradient descent, (I − ηK)ⁿ in place of the \
      exponential.

      On arrays (--design-matrix, --labels, --clean-labels, --times) or, \
      without --design-matrix, on a generated problem: x ~ N(0, I), a drawn \
      target and features; the arrays are written too, with inputs.npy, \
      pairs.npy, mixing-weights.npy and feature-weights.npy (phases, exponents) \
      that they are made of, and risk.csv with the risk, its parts, its mean \
      over starts and its bound.

      Writes theta.npy [T, d], theta-star.npy, theta-noise.npy, \
      theta-limit.npy [d], spectrum.npy, theta-steps.npy [S, d], timing.json \
      and result.json (rank, conditionNumber, noiseNorm, \
      largestStableLearningRate, smallestRetainedEigenvalue, route).
      """)

  @Option(help: "Φ, .npy of shape [m, d]: a row for each mixed sample.")
  var designMatrix: String?

  @Option(help: "Mixed labels ỹ, .npy of shape [m].")
  var labels: String?

  @Option(help: "Clean labels f(x̃), .npy of shape [m].")
  var cleanLabels: String?

  @Option(help: "θ₀, .npy of shape [d] (default: zeros).")
  var initial: String?

  @Option(
    parsing: .unconditional, help: "Step size η > 0 (generated: 0.1).")
  var learningRate: Double?

  @Option(help: "Times, .npy of shape [T], at least 0; inf is a time.")
  var times: String?

  @Option(help: "Numbers of descent steps, .npy of shape [S].")
  var steps: String?

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      """
      Generated data: a key of the problem, of mixing or of training, like \
      problem.target=tanh, problem.features.kind=relu, \
      problem.features.count=200, problem.dimension=10, problem.samples=20, \
      mixing.pairs=all, mixing.weight=0.7, mixing.alpha=1, \
      training.start-deviation=0.1; repeatable.
      """, valueName: "key=value"))
  var settings: [String] = []

  @Option(parsing: .unconditional, help: "Seed of generated data.")
  var seed = 0

  @OptionGroup var output: OutputOptions

  private var isGenerated: Bool { designMatrix == nil }

  func validate() throws {
    if let learningRate, !(learningRate > 0 && learningRate.isFinite) {
      throw ValidationError(
        "--learning-rate takes a number > 0, not \(learningRate).")
    }
    let parts = ["problem", "mixing", "training", "times"]
    for setting in settings
    where !parts.contains(where: { setting.hasPrefix($0 + ".") }) {
      throw ValidationError(
        "--set takes keys below \(parts.joined(separator: ", ")), not "
          + "'\(setting)'.")
    }
    guard seed >= 0 else {
      throw ValidationError("--seed takes a number from 0 up, not \(seed).")
    }
    if isGenerated {
      guard labels == nil, cleanLabels == nil, initial == nil else {
        throw ValidationError(
          "--labels, --clean-labels and --initial go with --design-matrix.")
      }
      return
    }
    guard labels != nil, cleanLabels != nil, times != nil, learningRate != nil
    else {
      throw ValidationError(
        "--design-matrix goes with --labels, --clean-labels, --times and "
          + "--learning-rate.")
    }
    guard settings.isEmpty else {
      throw ValidationError("--set is for generated data.")
    }
  }

  func run() throws {
    if let designMatrix, let labels, let cleanLabels, let times,
      let learningRate
    {
      try ArrayRandomFeature(
        designMatrix: designMatrix, labels: labels, cleanLabels: cleanLabels,
        initial: initial, learningRate: learningRate, times: times,
        steps: steps
      ).run(output: output.output, overwrite: output.overwrite)
    } else {
      try runGenerated()
    }
    output.announce("Arrays and result.json")
  }

  private func runGenerated() throws {
    var document = ConfigurationDocument(command: "random-feature")
    try document.set(
      "problems", to: [["name": "generated"]], option: "random-feature")
    for key in ["name", "kind"] {
      try document.set(
        key, to: "random-feature", option: "random-feature")
    }
    if let learningRate {
      try document.set(
        "training.learning-rate", to: .double(learningRate),
        option: "--learning-rate \(learningRate)")
    }
    try document.override(
      with: settings.map {
        $0.hasPrefix("problem.")
          ? "problems[0]." + $0.dropFirst("problem.".count) : $0
      }, option: "--set")
    try GeneratedRandomFeature(
      experiment: document.read(RandomFeatureExperiment.init(reader:)),
      seed: seed, times: times, steps: steps
    ).run(output: output.output, overwrite: output.overwrite)
  }
}
