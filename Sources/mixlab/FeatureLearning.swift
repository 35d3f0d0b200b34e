import ArgumentParser
import Experiments
import FeatureLearning

/// The two losses of the command.
enum PatchLoss: String, CaseIterable, ExpressibleByArgument {
  case erm
  case mixup
}

struct FeatureLearningCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "feature-learning",
    abstract: "Exact descent of the patch network, from array files.",
    discussion: """
      F_k(x) = Σ_p Σ_r ⟨w_{k,r}, x^(p)⟩² with softmax cross-entropy ℓ; \
      full-batch gradient descent on

        erm    (1/n) Σ_i ℓ(x_i, y_i)
        mixup  (1/n²) Σ_ij E[ℓ(λx_i + (1 − λ)x_j, λy_i + (1 − λ)y_j)] over all \
      ordered pairs, i = j included; λ is fixed, or λ ~ Beta(A, A) with the \
      expectation by Gauss-Jacobi quadrature

      (D. Zou et al. 2023, arXiv:2303.08433). Class 0 has the features v and \
      v', class 1 u and u'.

      Writes weights.npy [2, m, d], curve.csv (common_0 = Σ_r ⟨w_{0,r}, v⟩², \
      rare_0 with v', common_1 and rare_1 with class 1 and u, u'), timing.json \
      and result.json (loss, trainingAccuracy, quadratureNodes, \
      quadratureLossError and quadratureSlopeError against twice the nodes).
      """)

  @Option(help: "Patches, .npy of shape [n, P, d].")
  var patches: String

  @Option(help: "Labels, .npy of shape [n], 0 or 1.")
  var labels: String

  @Option(help: "Features, .npy of shape [4, d]: rows v, u, v', u'.")
  var features: String

  @Option(help: "Initial weights, .npy of shape [2, m, d].")
  var initial: String

  @Option(help: "What is descended: erm or mixup.")
  var method: PatchLoss

  @Option(parsing: .unconditional, help: "mixup with this fixed λ, in [0, 1].")
  var mixingWeight: Double?

  @Option(
    name: [.long, .customLong("concentration")], parsing: .unconditional,
    help: """
      mixup with λ ~ Beta(A, A) of this concentration A, 0.001 to 10000.
      """)
  var beta: Double?

  @Option(parsing: .unconditional, help: "Step length.")
  var learningRate: Double

  @Option(parsing: .unconditional, help: "Number of steps.")
  var iterations: Int

  @Option(
    parsing: .unconditional,
    help: "Every so many iterates one is recorded, and the last.")
  var recordEvery: Int

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "mixup: the update from this iterate on is one of erm.",
      valueName: "iterate"))
  var switchToErmAt: Int?

  @OptionGroup var output: OutputOptions
  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    if method == .erm {
      guard mixingWeight == nil, beta == nil, switchToErmAt == nil else {
        throw ValidationError(
          "--mixing-weight, --beta and --switch-to-erm-at are for "
            + "--method mixup.")
      }
    } else if (mixingWeight == nil) == (beta == nil) {
      throw ValidationError(
        "--method mixup takes either --mixing-weight or --beta.")
    }
    if let mixingWeight, !(0...1).contains(mixingWeight) {
      throw ValidationError(
        "--mixing-weight takes 0 to 1, not \(mixingWeight).")
    }
    if let beta, !(1e-3...1e4).contains(beta) {
      throw ValidationError("--beta takes 0.001 to 10000, not \(beta).")
    }
    guard learningRate > 0, learningRate.isFinite else {
      throw ValidationError(
        "--learning-rate takes a positive number, not \(learningRate).")
    }
    guard iterations >= 0 else {
      throw ValidationError("--iterations takes 0 or more, not \(iterations).")
    }
    guard recordEvery >= 1 else {
      throw ValidationError(
        "--record-every takes 1 or more, not \(recordEvery).")
    }
    if let switchToErmAt, switchToErmAt < 0 {
      throw ValidationError(
        "--switch-to-erm-at takes 0 or more, not \(switchToErmAt).")
    }
  }

  func run() throws {
    var feature = FeatureMethod.plain
    if let mixingWeight { feature = .mixup(weight: mixingWeight) }
    if let beta { feature = .mixup(concentration: .constant(beta)) }
    feature.plainFrom = switchToErmAt
    try ArrayFeatureLearning(
      patches: patches, labels: labels, features: features, initial: initial,
      method: feature, learningRate: learningRate, iterations: iterations,
      recordInterval: recordEvery, threads: threads.threads
    ).run(
      output: output.output, overwrite: output.overwrite,
      progress: TerminalProgress.standardError(unit: "steps"))
    output.announce("Weights, curve and result.json")
  }
}
