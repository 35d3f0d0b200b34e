import Foundation
import Testing

/// The command line, as built beside these tests.
struct MixlabCommand {
  /// How a command ended and what it said.
  struct Outcome {
    var status: Int32
    var output: String
    var errors: String
  }

  /// The program stands in the folder of the test bundle, which is the running
  /// program.
  static let program = URL(filePath: "/proc/self/exe")
    .resolvingSymlinksInPath().deletingLastPathComponent()
    .appending(path: "mixlab")

  /// Runs a command to its end.
  ///
  /// - Parameters:
  ///   - arguments: the words after `mixlab`.
  ///   - path: the search path for programs, where it is not this process's.
  static func run(
    _ arguments: [String], path: String? = nil
  ) throws -> Outcome {
    let folder = try TemporaryFolder()
    let process = try process(
      arguments, output: folder.path("output"), errors: folder.path("errors"))
    if let path {
      process.environment = ProcessInfo.processInfo.environment
        .merging(["PATH": path]) { $1 }
    }
    try process.run()
    process.waitUntilExit()
    func text(_ name: String) throws -> String {
      try String(contentsOfFile: folder.path(name), encoding: .utf8)
    }
    return Outcome(
      status: process.terminationStatus, output: try text("output"),
      errors: try text("errors"))
  }

  private static func handle(_ path: String) throws -> FileHandle {
    if path == "/dev/null" { return .nullDevice }
    try Data().write(to: URL(filePath: path))
    return try FileHandle(forWritingTo: URL(filePath: path))
  }

  /// A process that is ready to run, its output in files.
  static func process(
    _ arguments: [String], output: String = "/dev/null",
    errors: String = "/dev/null"
  ) throws -> Process {
    try #require(
      FileManager.default.isExecutableFile(atPath: program.path),
      "no program at \(program.path); build all targets of the package")
    let process = Process()
    process.executableURL = program
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try handle(output)
    process.standardError = try handle(errors)
    return process
  }
}
