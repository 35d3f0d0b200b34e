import ArgumentParser
import Experiments

/// Which images of a data set are used, and how they are scaled.
struct SubsetOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: "Share of the training images that is used (default: 1).")
  var fraction: String?

  @Option(
    parsing: .unconditional,
    help: "Share of these set apart to choose runs (default: 0).")
  var validation: String?

  @Option(
    parsing: .unconditional,
    help: "Share kept for a holdout teacher (default: 0).")
  var holdout: String?

  @Flag(help: "Standardise each channel by the training images.")
  var standardise = false

  @Option(parsing: .unconditional, help: "Seed of the subsets (default: 0).")
  var dataSeed: String?

  /// The options that were given.
  var given: [(option: MethodOption, text: String)] {
    let all: [(MethodOption, String?)] = [
      (.fraction, fraction), (.validation, validation), (.holdout, holdout),
      (.standardise, standardise ? "true" : nil), (.dataSeed, dataSeed),
    ]
    return all.compactMap { option, text in text.map { (option, $0) } }
  }

  /// Puts them at their keys.
  func add(to document: inout ConfigurationDocument) throws {
    for (option, text) in given { try document.set(option, to: text) }
  }
}
