public import ArgumentParser
import Experiments
public import ImageTrain
public import VectorMath

extension Activation: ExpressibleByArgument {}
extension Precision: ExpressibleByArgument {}

struct Valuate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "First-order values r̂ of mixed samples, from array files.",
    discussion: """
      r̂(z̃) = mean over --after of H(ỹ, p(x̃)) − mean over --before of the same,
      with x̃ = λx_i + (1 − λ)x_j and H = −λ log p_{y_i} − (1 − λ) log p_{y_j}.
      r̂ > 0: learning the failure set conflicts with the mixed sample
      (Tanno et al. 2022, arXiv:2207.04806, Eq. 6, for mixed labels).

      Writes rhat.npy, loss-before.npy, loss-after.npy [N], timing.json and \
      result.json (includedCount: r̂ ≤ 0, excludedCount, meanRhat).

      --all-pairs --mixing-weight L values all n² ordered pairs (i, j) at one \
      λ and writes rhat.npy [n, n] and the same counts, not the losses. Some \
      rows at a time are in memory; the first layer is computed once per \
      image, for W(λx_i + (1 − λ)x_j) = λWx_i + (1 − λ)Wx_j.

      \(networkFileHelp)
      """)

  @Option(help: "Network before learning the failures; repeatable.")
  var before: [String] = []

  @Option(help: "Network after learning the failures; repeatable.")
  var after: [String] = []

  @OptionGroup var samples: LabelledImageOptions

  @Option(help: "Pairs of image indices, .npy of shape [N, 2].")
  var pairs: String?

  @Option(help: "λ of each pair, .npy of shape [N], in [0, 1].")
  var mixingWeights: String?

  @Flag(help: "All ordered pairs, in place of --pairs.")
  var allPairs = false

  @Option(parsing: .unconditional, help: "λ of all pairs, in [0, 1].")
  var mixingWeight: Double?

  @Option(help: "Number type of the arithmetic.")
  var precision = Precision.double

  @OptionGroup var output: OutputOptions
  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    guard !before.isEmpty, !after.isEmpty else {
      throw ValidationError(
        "Give at least one network each with --before and --after.")
    }
    _ = try mixes
  }

  private var mixes: ArrayValuation.Mixes {
    get throws {
      switch (pairs, mixingWeights, allPairs, mixingWeight) {
      case (let pairs?, let weights?, false, nil):
        return .files(pairs: pairs, mixingWeights: weights)
      case (nil, nil, true, let weight?):
        guard (0...1).contains(weight) else {
          throw ValidationError(
            "--mixing-weight takes a number in [0, 1], not \(weight).")
        }
        return .all(mixingWeight: weight)
      default:
        throw ValidationError(
          "Give either --pairs with --mixing-weights or --all-pairs with "
            + "--mixing-weight.")
      }
    }
  }

  func run() throws {
    try ArrayValuation(
      before: before, after: after, activation: samples.activation,
      images: samples.images, labels: samples.labels, mixes: mixes,
      precision: precision,
      threads: threads.threads
    ).run(output: output.output, overwrite: output.overwrite)
    output.announce("Arrays and result.json")
  }
}
