import ArgumentParser
import Foundation

/// The command: all workloads, all thread counts, tables, CSV, exit status.
@main
struct Versus: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "versus",
    abstract: "mixlab against PyTorch, JAX and NumPy, in turns.",
    discussion: """
      Exit status: 0 all targets met, 2 a target not met, 3 none not met but \
      some not measured (a worker was absent), 73 the CSV file could not be \
      written. Run it in the folder of the benchmarks.
      """)

  @Option(help: "Workloads to run.")
  var workload: [Workload] = Workload.allCases

  @Option(parsing: .upToNextOption, help: "Numbers of threads.")
  var threads: [Int] = [1, 2]

  @Option(help: "Rounds that count; one more is discarded.")
  var rounds = 7

  @Option(help: "Seconds of silence before each turn.")
  var pause = 0.1

  @Option(help: "The Python that has the peers.")
  var python = ".venv/bin/python"

  @Option(help: "Where every single time goes.")
  var csv = "results/versus.csv"

  func validate() throws {
    guard threads.allSatisfy({ $0 >= 1 }) else {
      throw ValidationError("--threads takes numbers from 1 up.")
    }
    guard rounds >= 1 else {
      throw ValidationError("--rounds must be at least 1.")
    }
    guard pause >= 0 else {
      throw ValidationError("--pause must not be negative.")
    }
  }

  func run() throws {
    // A worker that dies shows as a failed write, not as our own end.
    signal(SIGPIPE, SIG_IGN)
    show(Machine.description + "\n")
    var matches: [Match] = []
    var verdicts: [Bool?] = []
    for work in workload {
      for count in threads {
        let match = Match(
          work, threads: count, python: python, rounds: rounds, pause: pause
        ) { step in
          note("\(work.rawValue), threads \(count): \(step)")
        }
        let targets = Target.all(for: match)
        show(Report.table(match, targets))
        matches.append(match)
        verdicts += targets.map(\.isMet)
      }
    }
    try write(Report.csv(matches))
    if verdicts.contains(false) { throw ExitCode(2) }
    if verdicts.contains(nil) { throw ExitCode(3) }
  }

  private func write(_ text: String) throws {
    let file = URL(fileURLWithPath: csv)
    do {
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(),
        withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file, options: .atomic)
    } catch {
      note("cannot write \(csv): \(error.localizedDescription)")
      throw ExitCode(73)
    }
  }

  /// Unbuffered, so that an interrupted run keeps its tables.
  private func show(_ text: String) {
    FileHandle.standardOutput.write(Data("\(text)\n".utf8))
  }

  private func note(_ line: String) {
    FileHandle.standardError.write(Data("versus: \(line)\n".utf8))
  }
}
