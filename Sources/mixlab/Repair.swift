import ArgumentParser
import Experiments
import ImageTrain

struct Repair: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Takes causes of failure out of a network.",
    discussion: """
      Deletes training samples from a network by EWC deletion, by a Newton \
      step, by fine-tuning or by retraining without them (Tanno et al. 2022, \
      arXiv:2207.04806). It is judged by the half of the failures that found no \
      causes, and by the test samples that were right.

      Fine-tuning and retraining follow a recipe of their own (SGD with \
      momentum and a cosine schedule), not the one that the network came from. \
      The rows 'control' show the same training with the causes: only the \
      difference to them is due to the causes. EWC deletion ends by a rule, \
      which is named on stderr.

      With a causes.csv, queries.npy and holdout.npy beside it must be the \
      split that --seed and the failure options make.

      Writes network.npz, effect.csv, queries.npy, holdout.npy and \
      result.json; prints the effect.
      """)

  @OptionGroup var options: FailureOptions

  @Option(help: "causes.csv of 'mixlab causes', or indices as .npy.")
  var causes: String

  @Option(help: "How the causes are taken out.")
  var deletion = CauseDeletion.ewc

  @Option(
    parsing: .unconditional, help: "Epochs of fine-tuning or retraining.")
  var epochs = 30

  @Option(
    parsing: .unconditional,
    help: "Learning rate of fine-tuning or retraining.")
  var learningRate = 0.01

  @Option(
    parsing: .unconditional, help: "Batch size of fine-tuning or retraining.")
  var batchSize = 64

  @OptionGroup var output: OutputOptions

  func validate() throws {
    for (option, value) in [("--epochs", epochs), ("--batch-size", batchSize)]
    where value < 1 {
      throw ValidationError("\(option) takes at least 1, not \(value).")
    }
    guard learningRate > 0, learningRate.isFinite else {
      throw ValidationError(
        "--learning-rate takes a positive number, not \(learningRate).")
    }
  }

  func run() throws {
    let (table, notes) = try ArrayRepair(
      inputs: options.inputs(usualSteps: 50), causes: causes,
      deletion: deletion,
      epochs: epochs, learningRate: learningRate, batchSize: batchSize
    ).run(output: output.output, overwrite: output.overwrite)
    print(table, terminator: "")
    notes.forEach(complain)
    output.announce("Network, effect.csv and result.json", by: complain)
  }
}
