import ArgumentParser
import Experiments

struct Align: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "What mixup does to each class's input gradient, from arrays.",
    discussion: """
      α_{k,i} = (p_k − y_k) · cos∠(∇ₓf_k(x_i), x̄ − x_i)
      q_i = (p − y)ᵀ J(x_i)(x̄ − x_i) = Σ_k α_{k,i} ‖∇ₓf_k(x_i)‖ ‖x̄ − x_i‖
      (Y. Zou et al. 2023, arXiv:2212.13381, Eqs. 4 and 6). To first order \
      mixup adds E[1 − λ]·mean q to the loss: where α_{k,i} < 0 it makes \
      ‖∇ₓf_k‖ larger. A negative α exists almost always, since residuals sum \
      to zero over the classes: look at the factors too.

      Writes alpha.npy, gradient-norms.npy (‖∇ₓf_k(x_i)‖), residual.npy and \
      cosine.npy (the factors of α) [n, K], q.npy [n], timing.json and \
      result.json (minimumAlpha, negativeFraction, meanQ, meanAbsoluteQ, \
      pushedUpFraction: q < 0, imagesAtMean). α of a zero gradient or of an \
      image that is the mean is 0.

      \(networkFileHelp)
      """)

  @Option(help: "Network, .npz.")
  var network: String

  @OptionGroup var samples: LabelledImageOptions

  @Option(help: "Mean image, .npy of shape [D]; that of the images if omitted.")
  var mean: String?

  @OptionGroup var output: OutputOptions
  @OptionGroup var threads: ThreadOptions

  func run() throws {
    try ArrayAlignment(
      network: network, activation: samples.activation,
      images: samples.images, labels: samples.labels,
      mean: mean, threads: threads.threads
    ).run(output: output.output, overwrite: output.overwrite)
    output.announce("Arrays and result.json")
  }
}
