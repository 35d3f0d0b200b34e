import ArgumentParser
import Experiments

struct Scores: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "EL2N and GraNd scores of images, from array files.",
    discussion: """
      EL2N = ‖softmax(f(x)) − onehot(y)‖₂ and GraNd = ‖∇_θ CE(x, y)‖₂ over all \
      weights and biases, as means over the networks given (Paul et al. 2021, \
      arXiv:2107.07075, who take ten or more runs at an early epoch).

      Writes el2n.npy, grand.npy [n] and result.json.

      \(networkFileHelp)
      """)

  @Option(help: "Network, .npz; repeatable.")
  var network: [String] = []

  @OptionGroup var samples: LabelledImageOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    guard !network.isEmpty else {
      throw ValidationError("Give at least one network with --network.")
    }
  }

  func run() throws {
    try ArrayScores(
      networks: network, activation: samples.activation,
      images: samples.images, labels: samples.labels, threads: threads.threads
    ).run(output: output.output, overwrite: output.overwrite)
    output.announce("Arrays and result.json")
  }
}
