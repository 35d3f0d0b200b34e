import ArgumentParser
import Experiments

struct Expand: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "What mixup regularises: R1, R2, R3 and the exact mixup loss.",
    discussion: """
      L_mix = L_std + R1 + R2 + R3 + remainder, softmax cross-entropy over all \
      n² ordered pairs, λ ~ Beta(α, β), a = 1 − λ under D̃ = \
      α/(α+β)·Beta(α+1, β) + β/(α+β)·Beta(β+1, α):

      R1 = E[a]/n Σ (p_i − y_i)ᵀJ_i(x̄ − x_i)
      R2 = E[a²]/2n Σ E_r Var_{p_i}(J_i(r − x_i))
      R3 = E[a²]/2n Σ E_r (p_i − y_i)ᵀ d²f(x_i + a(r − x_i))/da²

      (L. Zhang et al. 2021, arXiv:2010.04819, Lemma 3.1, for any number of \
      classes). R1 to R3 are exact sums; L_mix is integrated over λ by \
      quadrature, with a bound for its error. With --sampled-pairs L_mix and \
      the remainder are estimated, with standard errors, beside estimates of \
      all terms from the same pairs; what the quadrature adds to them is \
      quadratureError, and totalError is the sum of both.

      Writes timing.json and result.json (standardLoss, mixupLoss, \
      mixupLossError, quadratureNodes, r1, r2, r3, remainder).

      \(networkFileHelp)
      """)

  @Option(help: "Network, .npz.")
  var network: String

  @OptionGroup var samples: LabelledImageOptions

  @Option(
    name: [.long, .customLong("concentration")], parsing: .unconditional,
    help: "Concentration α > 0 of λ ~ Beta(α, β).")
  var betaAlpha: Double

  @Option(
    name: [.long, .customLong("second-concentration")],
    parsing: .unconditional, help: "Its second parameter β > 0 (default: α).")
  var betaBeta: Double?

  @Option(
    parsing: .unconditional,
    help: "Nodes of the quadrature over λ (default: as its error asks for).")
  var nodes: Int?

  @Option(
    parsing: .unconditional,
    help: "Estimate L_mix from so many random pairs (default: all pairs).")
  var sampledPairs: Int?

  @Option(parsing: .unconditional, help: "Seed of the sampled pairs.")
  var seed = 0

  @OptionGroup var output: OutputOptions
  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    for (name, value) in [
      ("--beta-alpha", betaAlpha), ("--beta-beta", betaBeta ?? betaAlpha),
    ] where !(value > 0 && value.isFinite) {
      throw ValidationError("\(name) takes a number > 0, not \(value).")
    }
    if let nodes, !(2...10_000).contains(nodes) {
      throw ValidationError("--nodes takes 2 to 10000, not \(nodes).")
    }
    if let sampledPairs, !(2...1_000_000_000).contains(sampledPairs) {
      throw ValidationError(
        "--sampled-pairs takes 2 to 1000000000, not \(sampledPairs).")
    }
    guard seed >= 0 else {
      throw ValidationError("--seed takes a number from 0 up, not \(seed).")
    }
  }

  func run() throws {
    try ArrayExpansion(
      network: network, activation: samples.activation,
      images: samples.images, labels: samples.labels,
      firstConcentration: betaAlpha,
      secondConcentration: betaBeta ?? betaAlpha,
      nodes: nodes, sampledPairs: sampledPairs, seed: seed,
      threads: threads.threads
    ).run(output: output.output, overwrite: output.overwrite)
    output.announce("result.json")
  }
}
