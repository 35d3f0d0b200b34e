import ArgumentParser
import Experiments

struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train one method, given by options.",
    discussion: """
      What each method descends, with x̃ = λx_i + (1 − λ)x_j, the mixed label \
      ỹ = λy_i + (1 − λ)y_j and H the cross-entropy:

        plain     mean H(y, p(x))
        mixup     mean H(ỹ, p(x̃))
                  (Zhang et al. 2018, arXiv:1710.09412)
        regmixup  mean H(y, p(x)) + weight · mean H(ỹ, p(x̃)); half of it with
                  --form halved
                  (Pinto et al. 2022, arXiv:2206.14502)
        mixupe    mean H(ỹ, p(x̃)) + weight · (E[1 − λ]/n) Σ|q(x_i)| with
                  q = (p − y)ᵀ J_f(x) (x̄ − x), or q̂ = (y − p)ᵀ f(x) with
                  --surrogate homogeneous
                  (Zou et al. 2023, arXiv:2212.13381, Eqs. 7 to 9)

      With --filter, the mixed samples are valued by a teacher first,
      r̂(z̃) = H(ỹ, p_teacher(x̃)) − H(ỹ, p_student(x̃)); `low` keeps r̂ ≤ 0,
      `high` keeps r̂ > 0, `all` keeps everything, `shuffled` permutes r̂ first
      (after Tanno et al. 2022, arXiv:2207.04806, Eq. 6).

      The folder gets a configuration.yaml that `mixlab run` repeats the run
      from, and otherwise all that `mixlab run` writes.
      """)

  @Option(help: "Data set, like fashion-mnist:DIR (default: digits).")
  var data: String?

  @OptionGroup var subset: SubsetOptions

  @Option(
    parsing: .unconditional,
    help: "Sizes of the hidden layers, or none (default: 300,100).")
  var hidden: String?

  @Option(
    help: """
      relu, tanh, softplus, square, sigmoid, gelu or identity (default: relu).
      """)
  var activation: String?

  @Option(help: "First weights: pytorch, he or glorot (default: pytorch).")
  var initialization: String?

  @Option(help: "float or double (default: float).")
  var precision: String?

  @Option(help: "plain, mixup, regmixup or mixupe (default: mixup).")
  var method: String?

  @Option(
    parsing: .unconditional,
    help: "Weight of regmixup's (1) or mixupe's (0.001) second term.")
  var weight: String?

  @Option(
    help: "regmixup: paper or halved (default: paper)."
  )
  var form: String?

  @Option(help: "mixupe: directional or homogeneous (default: directional).")
  var surrogate: String?

  @Option(
    help: """
      mixupe: paper, the supplement's listing, or the public code's code-v1 to \
      code-v4 (default: paper).
      """)
  var variant: String?

  @Option(
    parsing: .unconditional,
    help: "mixupe code-v1, code-v3: only terms below it count (default: -1).")
  var threshold: String?

  @Flag(
    inversion: .prefixedNo,
    help: "mixupe: scale the term to the size of the mixed loss.")
  var rescaled: Bool?

  @Option(
    parsing: .unconditional,
    help: "Concentration α of λ ~ Beta(α, ratio·α) (default: 1).")
  var concentration: String?

  @Option(
    parsing: .unconditional,
    help: "Second over first parameter of the law of λ (default: 1).")
  var ratio: String?

  @Option(
    help:
      "Course of the concentration in its place: easy, hard or easy-hard-easy.")
  var schedule: String?

  @Option(parsing: .unconditional, help: "A fixed λ in place of Beta.")
  var mixingWeight: String?

  @Option(help: "One λ per batch or per sample (default: sample).")
  var scope: String?

  @Option(
    help: """
      permutation, independent, flip, roll or all-pairs (default: permutation).
      """)
  var pairing: String?

  @Flag(help: "Replace λ by max(λ, 1 − λ).")
  var folded = false

  @Option(
    parsing: .unconditional, help: "First epoch without mixing, counted from 0."
  )
  var mixingStop: String?

  @Option(
    help: ArgumentHelp(
      """
      What the teacher is trained on: train, whole (with the test images: an \
      upper bound), split (with half of the failures) or holdout; or its \
      network file.
      """, valueName: "set|FILE.npz"))
  var teacher: String?

  @Option(help: "The teacher's method (default: mixup).")
  var teacherMethod: String?

  @Option(
    parsing: .unconditional,
    help: "The teacher's epochs (default: as --epochs).")
  var teacherEpochs: String?

  @Option(
    parsing: .unconditional,
    help: "The student of so many epochs ago is the teacher.")
  var selfTeacherLag: String?

  @Option(help: "low, high, all or shuffled; needs a teacher.")
  var filter: String?

  @Option(
    help: "A filtered batch's loss is divided by kept or full (default: kept).")
  var normalization: String?

  @Option(
    help: """
      What replaces dropped samples: masked (nothing), refilled or unmixed \
      (default: masked).
      """)
  var dropped: String?

  @Option(
    parsing: .unconditional,
    help: "First epoch with guidance, counted from 0 (default: 0).")
  var guidanceStart: String?

  @Option(parsing: .unconditional, help: "First epoch without guidance again.")
  var guidanceStop: String?

  @Option(parsing: .unconditional, help: "Epochs (default: 100).")
  var epochs: String?

  @Option(parsing: .unconditional, help: "Images per step (default: 128).")
  var batchSize: String?

  @Option(
    parsing: .unconditional, help: "Initial learning rate (default: 0.1).")
  var learningRate: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "constant, cosine, or the epochs of its steps (default: cosine).",
      valueName: "constant|cosine|EPOCH,…"))
  var learningRateSchedule: String?

  @Option(parsing: .unconditional, help: "Factor of each step (default: 0.1).")
  var factor: String?

  @Option(parsing: .unconditional, help: "Momentum (default: 0.9).")
  var momentum: String?

  @Flag(help: "Nesterov's momentum.")
  var nesterov = false

  @Option(
    parsing: .unconditional, help: "Coefficient of ½‖θ‖² (default: 0.0001).")
  var weightDecay: String?

  @Option(help: "cross-entropy or squared-error (default: cross-entropy).")
  var loss: String?

  @Option(help: "squared-error: labels or losses are mixed (default: labels).")
  var mixed: String?

  @Option(
    parsing: .unconditional,
    help: "Number of seeds, from --seed up (default: 1).")
  var seeds: String?

  @Option(parsing: .unconditional, help: "The first root seed (default: 0).")
  var seed: String?

  @Option(
    parsing: .unconditional,
    help: "Norms are measured every so many epochs (default: 10).")
  var normsEvery: String?

  @Option(
    parsing: .unconditional,
    help: """
      What mixup does to input gradients is measured every so many steps \
      (default: never).
      """)
  var probeEvery: String?

  @Option(
    parsing: .unconditional,
    help: "Training images that it is measured on (default: 256).")
  var probeImages: String?

  @Option(
    parsing: .unconditional,
    help: """
      Gradient norm and noise over the training set are measured every so \
      many epochs (default: never).
      """)
  var gradientNoiseEvery: String?

  @Option(
    parsing: .unconditional,
    help: "Epochs at which networks are saved, like 10,50.")
  var saveAt: String?

  @Option(help: "Name of the run (default: from data and method).")
  var name: String?

  @OptionGroup var options: RunOptions

  func run() throws {
    let document = try MethodOptions(
      subset.given
        + given.compactMap { option, text in
          text.map { (option, $0) }
        }
    ).document()
    try options.perform(document, command: "train")
  }

  private var given: [(option: MethodOption, text: String?)] {
    func flag(_ isSet: Bool) -> String? { isSet ? "true" : nil }
    return [
      (.data, data), (.hidden, hidden), (.activation, activation),
      (.initialization, initialization), (.precision, precision),
      (.method, method), (.weight, weight), (.form, form),
      (.surrogate, surrogate), (.variant, variant),
      (.threshold, threshold), (.rescaled, rescaled.map { "\($0)" }),
      (.concentration, concentration), (.ratio, ratio), (.schedule, schedule),
      (.mixingWeight, mixingWeight), (.scope, scope), (.pairing, pairing),
      (.folded, flag(folded)), (.mixingStop, mixingStop),
      (.teacher, teacher), (.teacherMethod, teacherMethod),
      (.teacherEpochs, teacherEpochs), (.selfTeacherLag, selfTeacherLag),
      (.filter, filter), (.normalization, normalization),
      (.dropped, dropped), (.guidanceStart, guidanceStart),
      (.guidanceStop, guidanceStop),
      (.epochs, epochs), (.batchSize, batchSize),
      (.learningRate, learningRate),
      (.learningRateSchedule, learningRateSchedule), (.factor, factor),
      (.momentum, momentum), (.nesterov, flag(nesterov)),
      (.weightDecay, weightDecay), (.loss, loss), (.mixed, mixed),
      (.seeds, seeds), (.seed, seed),
      (.normsEvery, normsEvery), (.probeEvery, probeEvery),
      (.probeImages, probeImages),
      (.gradientNoiseEvery, gradientNoiseEvery), (.saveAt, saveAt),
      (.name, name),
    ]
  }
}
