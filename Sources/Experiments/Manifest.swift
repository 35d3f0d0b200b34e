public import Foundation

/// Where a result comes from: all that is needed to make it again, and what
/// may differ between two runs that should agree.
///
/// Times stand here and in the timing files only, so that result files of
/// equal runs are equal.
public struct Manifest: Sendable, Equatable {
  /// The suite's version.
  public var version: String
  /// The command line, program name first.
  public var command: [String]
  /// The resolved configuration's `ConfigurationValue.identity`.
  public var configurationIdentity: String
  /// The root seeds, in the order in which they were used.
  public var seeds: [Int]
  /// When the run began.
  public var started: Date
  /// When it ended; nil while it runs.
  public var ended: Date?
  /// The source's commit, where it is known.
  public var revision: SourceRevision?
  /// The machine.
  public var host: HostFacts
  /// Threads by what they are for, like `jobs`, `blas`.
  public var threadCounts: [String: Int]
  /// Libraries by name, with version and kernel as they name themselves.
  public var libraries: [String: String]
  /// Wall times in seconds by job.
  public var wallTimes: [String: Double]

  /// Creates the manifest of a run that begins now, on this machine.
  public init(
    version: String, command: [String], configurationIdentity: String,
    seeds: [Int], threadCounts: [String: Int] = [:],
    libraries: [String: String] = [:], started: Date = Date(),
    revision: SourceRevision? = .ofRunningProgram(),
    host: HostFacts = .current()
  ) {
    self.version = version
    self.command = command
    self.configurationIdentity = configurationIdentity
    self.seeds = seeds
    self.threadCounts = threadCounts
    self.libraries = libraries
    self.started = started
    self.revision = revision
    self.host = host
    wallTimes = [:]
  }

  /// What is known of the toolchain: the compiler's version up to its minor
  /// number, and whether it optimised.
  public static var toolchain: String {
    #if compiler(>=6.4)
      let compiler = "Swift 6.4 or later"
    #elseif compiler(>=6.3)
      let compiler = "Swift 6.3"
    #else
      let compiler = "Swift 6.2"
    #endif
    #if DEBUG
      return compiler + ", debug"
    #else
      return compiler + ", release"
    #endif
  }

  /// The manifest as a mapping, the entries of its dictionaries sorted.
  public var value: ConfigurationValue {
    var source: ConfigurationValue = nil
    if let revision {
      source = [
        "commit": .string(revision.commit),
        "dirty": .bool(revision.isDirty),
      ]
    }
    return [
      "version": .string(version),
      "command": .strings(command),
      "configurationIdentity": .string(configurationIdentity),
      "seeds": .integers(seeds),
      "started": .string(Self.text(of: started)),
      "ended": ended.map { .string(Self.text(of: $0)) } ?? nil,
      "source": source,
      "toolchain": .string(Self.toolchain),
      "host": host.value,
      "threadCounts": Self.sorted(threadCounts) { .int($0) },
      "libraries": Self.sorted(libraries) { .string($0) },
      "wallTimes": Self.sorted(wallTimes) { .double($0) },
    ]
  }

  /// Writes the manifest as JSON, complete or not at all.
  ///
  /// - Throws: `FileError.cannotWrite`.
  public func write(to path: String) throws {
    try JSONDocument(value).write(to: path)
  }

  /// Universal time to the second, after ISO 8601.
  private static func text(of date: Date) -> String {
    date.formatted(.iso8601)
  }

  private static func sorted<Value>(
    _ dictionary: [String: Value],
    _ convert: (Value) -> ConfigurationValue
  ) -> ConfigurationValue {
    .mapping(
      dictionary.sorted { $0.key < $1.key }
        .map { ConfigurationValue.Entry($0.key, convert($0.value)) })
  }
}
