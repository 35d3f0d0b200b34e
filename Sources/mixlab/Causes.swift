public import ArgumentParser
import Experiments
import Figures
import ImageData
public import ImageTrain
import VectorMath

extension FailureInfluence: ExpressibleByArgument {}
extension CauseDeletion: ExpressibleByArgument {}

/// Options that `causes` and `repair` share.
struct FailureOptions: ParsableArguments {
  @Option(help: "Network file, as trained on the images.")
  var network: String

  @Option(help: "Activation between the layers.")
  var activation = Activation.relu

  @Option(help: "Data set, like digits or fashion-mnist:DIR.")
  var data: String?

  @OptionGroup var subset: SubsetOptions

  @Option(help: "In its place: training images, .npy of shape [n, …].")
  var images: String?

  @Option(help: "Training labels, .npy of shape [n], counted from 0.")
  var labels: String?

  @Option(help: "Test images, .npy of shape [m, …].")
  var testImages: String?

  @Option(help: "Test labels, .npy of shape [m].")
  var testLabels: String?

  @Option(
    parsing: .unconditional,
    help: "Count only wrong test samples of this class as failures.")
  var failureClass: Int?

  @Option(
    parsing: .unconditional,
    help: "Of these, only those that are taken for this class.")
  var takenFor: Int?

  @Option(help: "Indices of the failures among the test samples, .npy.")
  var failures: String?

  @Option(
    parsing: .unconditional,
    help: "Prior precision, as a share of the mean curvature.")
  var damping = 1.0

  @Option(
    parsing: .unconditional,
    help: "Most steps of an ascent (300 for EWC influence, else 50).")
  var steps: Int?

  @Option(
    parsing: .unconditional,
    help: "Seed of the split into queries and holdout.")
  var seed = 0

  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    let files = [images, labels, testImages, testLabels]
    guard
      data == nil
        ? files.allSatisfy({ $0 != nil }) && subset.given.isEmpty
        : files.allSatisfy({ $0 == nil })
    else {
      throw ValidationError(
        "Give either --data, with its shares, or --images, --labels, "
          + "--test-images and --test-labels.")
    }
    guard failures == nil || (failureClass == nil && takenFor == nil) else {
      throw ValidationError("Give --failures or --failure-class, not both.")
    }
    guard takenFor == nil || failureClass != nil else {
      throw ValidationError("--taken-for needs --failure-class.")
    }
    guard takenFor == nil || takenFor != failureClass else {
      throw ValidationError(
        "--taken-for takes another class than --failure-class.")
    }
    guard damping > 0, damping.isFinite else {
      throw ValidationError(
        "--damping takes a positive number, not \(damping).")
    }
    if let steps, steps < 1 {
      throw ValidationError("--steps takes at least 1, not \(steps).")
    }
    guard seed >= 0 else {
      throw ValidationError("--seed takes at least 0, not \(seed).")
    }
  }

  private func samples() throws -> FailureInputs.Samples {
    if let data {
      var document = ConfigurationDocument(command: "--data")
      try document.set(.data, to: data)
      try subset.add(to: &document)
      return .dataset(try DataSelection(document))
    }
    guard let images, let labels, let testImages, let testLabels else {
      preconditionFailure("one of both is given")
    }
    return .arrays(
      images: images, labels: labels, testImages: testImages,
      testLabels: testLabels)
  }

  /// - Parameter usualSteps: Where `--steps` is not given.
  func inputs(usualSteps: Int) throws -> FailureInputs {
    let selection: FailureSelection =
      switch (failureClass, takenFor) {
      case (let label?, let other?):
        .confusion(label: label, predicted: other)
      case (let label?, nil): .label(label)
      default: .wrong
      }
    return FailureInputs(
      network: network, activation: activation, samples: try samples(),
      failures: selection, failureList: failures, damping: damping,
      steps: steps ?? usualSteps, seed: seed, threads: threads.threads)
  }
}

struct Causes: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Training samples that made a network fail.",
    discussion: """
      r̃(z) = log p(z|θ̂) − log p(z|θ̂*) for every training sample z, where θ̂* is \
      the network moved toward half of its failures on the test samples (Tanno \
      et al. 2022, arXiv:2207.04806): for EWC influence the maximum of their \
      penalised likelihood, or where the ascent ends, as it may at a kink of \
      ReLU; stderr tells. r̃ > 0: a cause of failure. The other half \
      of the failures is set apart for 'mixlab repair' with the same --seed.

      The samples are a data set, cut and scaled as for the network's training \
      (\(ImageDataSource.forms.joined(separator: ", "))), or array files.

      Writes values.npy [n], causes.csv, queries.npy, holdout.npy, the figure \
      sheet (square images) and result.json.
      """)

  @OptionGroup var options: FailureOptions

  @Option(help: "How the network is moved toward the failures.")
  var influence = FailureInfluence.ewc

  @Option(
    parsing: .unconditional, help: "Learning rate of --influence fine-tuning.")
  var learningRate = 0.01

  @Option(
    parsing: .unconditional, help: "List the causes above this value.")
  var above: Double?

  @Option(parsing: .unconditional, help: "List this many causes.")
  var top: Int?

  @Option(
    parsing: .unconditional, help: "List this share of the training samples.")
  var share: Double?

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard [above != nil, top != nil, share != nil].count(where: { $0 }) <= 1
    else {
      throw ValidationError("Give one of --above, --top and --share.")
    }
    if let above, !above.isFinite {
      throw ValidationError("--above takes a finite number, not \(above).")
    }
    if let top, top < 1 {
      throw ValidationError("--top takes at least 1, not \(top).")
    }
    if let share, !(share > 0 && share <= 1) {
      throw ValidationError(
        "--share takes a number > 0 and up to 1, not \(share).")
    }
    guard learningRate > 0, learningRate.isFinite else {
      throw ValidationError(
        "--learning-rate takes a positive number, not \(learningRate).")
    }
  }

  func run() throws {
    let selection: CauseSelection =
      if let top { .top(top) } else if let share { .share(share) } else {
        .above(above ?? 0)
      }
    try ArrayCauses(
      inputs: options.inputs(usualSteps: influence.usualSteps),
      influence: influence, selection: selection,
      learningRate: learningRate
    ).run(
      output: output.output, overwrite: output.overwrite,
      formats: [.svg, .pdf, .png], note: complain)
    output.announce("Values, causes.csv and result.json")
  }
}
