import Foundation

/// A contender's process, which waits on its stdin between its turns.
final class Worker {
  let contender: Contender
  private let process = Process()
  private let toWorker = Pipe()
  private let fromWorker = Pipe()
  private let log: URL
  private var unread = Data()

  /// Starts the process and waits until it says `ready`.
  init(_ contender: Contender) throws {
    self.contender = contender
    log = FileManager.default.temporaryDirectory
      .appendingPathComponent("versus-\(UUID().uuidString).log")
    try Data().write(to: log)
    process.executableURL = URL(fileURLWithPath: contender.command[0])
    process.arguments = Array(contender.command.dropFirst())
    process.environment = Self.environment
    process.standardInput = toWorker
    process.standardOutput = fromWorker
    process.standardError = try FileHandle(forWritingTo: log)
    guard FileManager.default.isExecutableFile(atPath: contender.command[0])
    else { throw WorkerError.notBuilt(program: contender.command[0]) }
    try process.run()
    let greeting = try nextLine()
    guard greeting == "ready" else {
      throw WorkerError.unexpected(line: greeting, expected: "ready")
    }
  }

  /// Ours, without settings that would choose a library's kernels or threads
  /// for it: every worker is to choose its best by itself.
  private static let environment = ProcessInfo.processInfo.environment
    .filter { name, _ in
      !["OPENBLAS_", "GOTO_", "MKL_", "OMP_", "GOMP_", "KMP_", "XLA_"]
        .contains(where: name.hasPrefix)
    }

  /// One pass of the workload.
  func turn() throws -> Turn {
    try send("go")
    let line = try nextLine()
    let numbers = line.split(separator: " ").map { Double($0) }
    guard let first = numbers.first, let seconds = first, seconds > 0 else {
      throw WorkerError.unexpected(line: line, expected: "seconds")
    }
    return Turn(
      seconds: seconds, check: numbers.count > 1 ? numbers[1] : nil)
  }

  /// What the worker wrote to its stderr, its last line that is not empty.
  private var complaint: String? {
    guard let text = try? String(contentsOf: log, encoding: .utf8) else {
      return nil
    }
    return text.split(whereSeparator: \.isNewline).last.map(String.init)
  }

  private func send(_ command: String) throws {
    do {
      try toWorker.fileHandleForWriting.write(
        contentsOf: Data("\(command)\n".utf8))
    } catch {
      throw WorkerError.ended(complaint: complaint)
    }
  }

  private func nextLine() throws -> String {
    let newline = UInt8(ascii: "\n")
    while true {
      if let end = unread.firstIndex(of: newline) {
        let line = String(decoding: unread[..<end], as: UTF8.self)
        unread = Data(unread[(end + 1)...])
        return line
      }
      let more = fromWorker.fileHandleForReading.availableData
      if more.isEmpty { throw WorkerError.ended(complaint: complaint) }
      unread += more
    }
  }

  deinit {
    // Fails where the worker is gone already, which is what is wanted.
    try? send("quit")
    try? toWorker.fileHandleForWriting.close()
    if process.isRunning { process.waitUntilExit() }
    try? FileManager.default.removeItem(at: log)
  }
}

/// What a worker answers to `go`.
struct Turn {
  let seconds: Double
  /// Mean loss, share kept or mean r̂: what was computed, not how fast.
  let check: Double?
}

/// Why a worker has no time in the table.
enum WorkerError: Error, CustomStringConvertible {
  case notBuilt(program: String)
  case ended(complaint: String?)
  case unexpected(line: String, expected: String)

  var description: String {
    switch self {
    case .notBuilt(let program):
      "\(program) is not there; ./run builds and installs what it can"
    case .ended(let complaint):
      "ended early: \(complaint ?? "nothing on its stderr")"
    case .unexpected(let line, let expected):
      "expected \(expected), found \"\(line)\""
    }
  }
}
