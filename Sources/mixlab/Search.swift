import ArgumentParser
import Experiments
import Foundation

struct Search: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Search for training methods.", subcommands: [SearchFeatures.self]
  )
}

struct SearchFeatures: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "features",
    abstract: "Search for methods that learn common and rare features.",
    discussion: """
      Methods drawn at random (λ fixed or from Beta laws, schedules, a plain \
      loss beside the mixed one, a stop of mixup, filters by teachers) go \
      through successive halving over seeds, ranked by Pareto fronts of common \
      against rare feature learning, Σ_r⟨w_{k,r}, f⟩² at the end of a budget of \
      iterations. Those left and all methods of the slides are then run on \
      fresh seeds; the front, every method on it, and whether one improves both \
      features over early-stopped mixup are reported.

      The same as `mixlab run feature-search`, whose keys --set changes.
      """)

  @Option(parsing: .unconditional, help: "Number of methods drawn.")
  var candidates: Int?

  @Option(
    parsing: .unconditional, help: "Budget: iterations of each run.")
  var iterations: Int?

  @Option(
    parsing: .unconditional,
    help: "Number of fresh seeds of the comparison, from 0 up.")
  var seeds: Int?

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Changes a setting, like data.rare-probability=0.2; repeatable.",
      valueName: "key=value"))
  var settings: [String] = []

  @OptionGroup var options: RunOptions

  func run() throws {
    var document = try Presets.document("feature-search")
    try document.override(with: settings, option: "--set")
    for (key, value, option) in [
      ("search.candidates", candidates, "--candidates"),
      ("training.iterations", iterations, "--iterations"),
      ("seeds", seeds, "--seeds"),
    ] {
      guard let value else { continue }
      try document.set(key, to: .int(value), option: "\(option) \(value)")
    }
    try options.perform(document, command: "search features")
  }
}
