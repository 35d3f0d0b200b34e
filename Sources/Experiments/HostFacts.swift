import Foundation

/// The machine that a run was made on, as far as it tells.
public struct HostFacts: Sendable, Equatable {
  /// The operating system's kernel, like `Linux 6.1.0`.
  public var kernel: String
  /// The distribution, like `Debian GNU/Linux 12 (bookworm)`.
  public var operatingSystem: String
  /// The machine's architecture, like `x86_64`.
  public var architecture: String
  /// The processor's model; nil where the system does not name it.
  public var processor: String?
  /// The cores that this process may use.
  public var coreCount: Int

  /// Creates the facts.
  public init(
    kernel: String, operatingSystem: String, architecture: String,
    processor: String?, coreCount: Int
  ) {
    self.kernel = kernel
    self.operatingSystem = operatingSystem
    self.architecture = architecture
    self.processor = processor
    self.coreCount = coreCount
  }

  /// The facts of this machine.
  public static func current() -> HostFacts {
    var system = utsname()
    uname(&system)
    let information = try? String(
      contentsOfFile: "/proc/cpuinfo", encoding: .utf8)
    return HostFacts(
      kernel: text(of: system.sysname) + " " + text(of: system.release),
      operatingSystem: ProcessInfo.processInfo.operatingSystemVersionString,
      architecture: text(of: system.machine),
      processor: information.flatMap(processorModel),
      coreCount: ProcessInfo.processInfo.activeProcessorCount)
  }

  /// The first `model name` in the text of `/proc/cpuinfo`.
  static func processorModel(in text: String) -> String? {
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 1)
      if parts.count == 2,
        parts[0].trimmingCharacters(in: .whitespaces) == "model name"
      {
        return parts[1].trimmingCharacters(in: .whitespaces)
      }
    }
    return nil
  }

  /// The text in a fixed array of characters that ends at the first zero.
  private static func text<Characters>(of characters: Characters) -> String {
    withUnsafeBytes(of: characters) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
  }

  /// The facts as a mapping.
  public var value: ConfigurationValue {
    [
      "kernel": .string(kernel),
      "operatingSystem": .string(operatingSystem),
      "architecture": .string(architecture),
      "processor": processor.map { .string($0) } ?? nil,
      "coreCount": .int(coreCount),
    ]
  }
}
