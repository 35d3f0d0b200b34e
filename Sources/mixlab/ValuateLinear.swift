import ArgumentParser
import Experiments

struct ValuateLinear: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "valuate-linear",
    abstract: "Exact values of training samples in Bayesian linear regression.",
    discussion: """
      y = φᵀθ + ε, ε ~ N(0, σ²), θ ~ N(0, τ²I); training set D, failures F \
      (Tanno et al. 2022, arXiv:2207.04806, Eqs. 2, 6 and 7).

      r(C) = log p(F|D∖C) − log p(F|D)   > 0: the model explains F better \
      without C
      r̂(z) = E_{θ|D} log p(z|θ) − E_{θ|D,F} log p(z|θ)   first order of r; \
      adds up
      r̃(z) = the same at the posterior means alone
      With e = y − φᵀm and s = φᵀΣφ/σ² given D, e′ and s′ given D and F:
      r̃ = (e′² − e²)/2σ², r̂ = r̃ + (s′ − s)/2, \
      r(z) = G(e′, s′) − G(e, s), G = e²/(2σ²(1 − s)) − ½ln(1 − s).

      Writes rhat.npy, rtilde.npy and r.npy [n] (r: leave-one-out), \
      timing.json and result.json (logEvidenceFailure = log p(F|D); with \
      --causes also rExact = r(C), by learning D∖C, and rhatSum).

      With --unlearned-design also unlearned.csv, the same of samples that \
      were not learned, such as mixed ones: r takes exp(−loss) for a \
      likelihood and is left out, with the reason, where s >= 1.
      """)

  @Option(help: "Features of the training set, .npy of shape [n, d].")
  var designMatrix: String

  @Option(help: "Its labels, .npy of shape [n].")
  var labels: String

  @Option(help: "Features of the failures, .npy of shape [f, d].")
  var failureDesign: String

  @Option(help: "Their labels, .npy of shape [f].")
  var failureLabels: String

  @Option(parsing: .unconditional, help: "σ² > 0.")
  var noiseVariance: Double

  @Option(parsing: .unconditional, help: "τ² > 0.")
  var priorVariance: Double

  @Option(help: "Indices of the samples C, .npy of shape [c], none twice.")
  var causes: String?

  @Option(help: "Features of further samples, .npy of shape [N, d].")
  var unlearnedDesign: String?

  @Option(help: "Their labels, .npy of shape [N].")
  var unlearnedLabels: String?

  @OptionGroup var output: OutputOptions
  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    for (name, value) in [
      ("--noise-variance", noiseVariance), ("--prior-variance", priorVariance),
    ] {
      guard value > 0 && value.isFinite else {
        throw ValidationError("\(name) takes a number > 0, not \(value).")
      }
    }
    guard (unlearnedDesign == nil) == (unlearnedLabels == nil) else {
      throw ValidationError(
        "--unlearned-design and --unlearned-labels go together.")
    }
  }

  func run() throws {
    var unlearned: (design: String, labels: String)?
    if let unlearnedDesign, let unlearnedLabels {
      unlearned = (unlearnedDesign, unlearnedLabels)
    }
    try ArrayLinearValuation(
      design: designMatrix, labels: labels, failureDesign: failureDesign,
      failureLabels: failureLabels, noiseVariance: noiseVariance,
      priorVariance: priorVariance, causes: causes, unlearned: unlearned,
      threads: threads.threads
    ).run(output: output.output, overwrite: output.overwrite)
    output.announce("Arrays and result.json")
  }
}
