public import ArgumentParser
import Experiments
import Mixing
public import Sensitivity

extension LinearModelExpansion.Family: ExpressibleByArgument {}

struct ExpandLinear: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "expand-linear",
    abstract: "Mixup's regulariser of a logistic or Poisson model.",
    discussion: """
      A(θᵀx) − y·θᵀx with A = log(1 + eˢ) or eˢ, scores s_i = θᵀ(x_i − x̄), \
      λ ~ D̃ = α/(α+β)·Beta(α+1, β) + β/(α+β)·Beta(β+1, α):

      inputs rescaled by 1/λ (L. Zhang et al. 2021, arXiv:2010.04819, Lemma \
      3.3): L̃_mix − L_std ≈ ½·E[(1−λ)²/λ²]·mean A″(s_i)·θᵀΣ̂θ; the factor is \
      infinite unless α > 1 and β > 1, and a Poisson model needs a fixed λ.
      --unrescaled: L_mix − L_std − R1 ≈ R2 = ½·E[(1−λ)²]·mean over pairs of \
      A″(s_i)(s_r − s_i)², finite for every law.

      Writes result.json (factor, meanCurvature, spread, regulariser; excess, \
      the loss itself by quadrature, and excessError). Labels stand in neither \
      side.
      """)

  @Option(help: "logistic or poisson.")
  var family = LinearModelExpansion.Family.logistic

  @Option(help: "Inputs, .npy of shape [n, p].")
  var inputs: String

  @Option(help: "θ, .npy of shape [p].")
  var parameters: String

  @Option(
    parsing: .unconditional, help: "Concentration α > 0 of λ ~ Beta(α, β).")
  var concentration: Double?

  @Option(
    parsing: .unconditional, help: "Its second parameter β > 0 (default: α).")
  var secondConcentration: Double?

  @Option(parsing: .unconditional, help: "A fixed λ in (0, 1) instead.")
  var mixingWeight: Double?

  @Flag(help: "Leave the inputs as mixup makes them.")
  var unrescaled = false

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard (concentration == nil) != (mixingWeight == nil) else {
      throw ValidationError("Give either --concentration or --mixing-weight.")
    }
    guard secondConcentration == nil || concentration != nil else {
      throw ValidationError(
        "--second-concentration goes with --concentration.")
    }
    for (name, value) in [
      ("--concentration", concentration),
      ("--second-concentration", secondConcentration),
    ] {
      if let value, !(value > 0 && value.isFinite) {
        throw ValidationError("\(name) takes a number > 0, not \(value).")
      }
    }
    if let mixingWeight, !(mixingWeight > 0 && mixingWeight < 1) {
      throw ValidationError(
        "--mixing-weight takes a number between 0 and 1, not \(mixingWeight).")
    }
  }

  func run() throws {
    let first = concentration ?? 1
    let law =
      mixingWeight.map { MixingLaw.fixed($0) }
      ?? .beta(first, secondConcentration ?? first)
    try ArrayLinearExpansion(
      family: family, inputs: inputs, parameters: parameters, law: law,
      isRescaled: !unrescaled
    ).run(output: output.output, overwrite: output.overwrite)
    output.announce("result.json")
  }
}
