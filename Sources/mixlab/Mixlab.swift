import ArgumentParser
import ArrayFiles
import Experiments
import Foundation
import LinearAlgebra

/// The command line: one file per verb, and nothing else here than how they
/// begin and end.
struct Mixlab: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mixlab",
    abstract: "Mixup training and data valuation, predicted and measured.",
    discussion: """
      Results go to files, their tables to stdout, talk to stderr. Exit \
      statuses: \
      0 done, 64 usage, 65 bad data, 66 no input, 69 a needed program is \
      missing, 70 the computation diverged, 73 cannot write, 130 interrupted \
      (resumable).
      """,
    version: mixlabVersion,
    subcommands: [
      Run.self, Train.self, RandomFeatureCommand.self,
      FeatureLearningCommand.self, Valuate.self, ValuateLinear.self,
      Scores.self, Causes.self, Repair.self, Align.self, Expand.self,
      ExpandLinear.self, Search.self, Generate.self, Plot.self, Compare.self,
      Data.self, Doctor.self,
    ])
}

@main
enum Main {
  static func main() async {
    // Before the first BLAS call, and before there are other threads.
    OpenBLAS.prepare()
    do {
      let arguments = Array(CommandLine.arguments.dropFirst())
      try checkVerbs(arguments)
      var command = try Mixlab.parseAsRoot(arguments)
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
      guard fflush(nil) == 0 else {
        complain("standard output: cannot be written")
        exit(ExitStatus.cannotWrite.rawValue)
      }
    } catch let error as any ExitStatusProviding {
      complain("\(error)")
      exit(error.exitStatus.rawValue)
    } catch {
      Mixlab.exit(withError: error)
    }
  }

  /// The parser takes `mixlab NONSENSE --help` for a call for help.
  private static func checkVerbs(_ arguments: [String]) throws {
    var words = arguments[...]
    if words.first == "help" { words.removeFirst() }
    var command: any ParsableCommand.Type = Mixlab.self
    while !command.configuration.subcommands.isEmpty,
      let word = words.popFirst(), !word.hasPrefix("-")
    {
      let verbs = command.configuration.subcommands
      guard let verb = verbs.first(where: { $0._commandName == word }) else {
        throw UnknownVerb(word: word, known: verbs.map { $0._commandName })
      }
      command = verb
    }
  }
}

/// A first word that is no verb.
struct UnknownVerb: ExitStatusProviding, CustomStringConvertible {
  let word: String
  let known: [String]

  var exitStatus: ExitStatus { .usage }
  var description: String {
    let meant = nearest(word, in: known).map { "; did you mean '\($0)'?" } ?? ""
    return "unknown command '\(word)'\(meant) "
      + "(commands: \(known.joined(separator: ", ")))"
  }
}

/// Talks to the user, on stderr.
func complain(_ text: String) {
  FileHandle.standardError.write(Foundation.Data("mixlab: \(text)\n".utf8))
}

/// Options of every verb that writes a folder.
struct OutputOptions: ParsableArguments {
  @Option(
    name: .long, help: "Folder for the results; made if it is missing.")
  var output: String

  @Flag(help: "Write to the folder even if it holds files.")
  var overwrite = false

  /// Says what was written and where; a verb with a table on stdout says it
  /// by `complain`.
  func announce(_ files: String, by say: (String) -> Void = { print($0) }) {
    say("\(files): \(output)")
  }
}

/// The option that says how many threads work.
struct ThreadOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Threads that work side by side; results do not depend on it.",
      valueName: "n"))
  var threads = ProcessInfo.processInfo.activeProcessorCount

  func validate() throws {
    guard (1...1024).contains(threads) else {
      throw ValidationError("--threads takes 1 to 1024, not \(threads).")
    }
  }
}
