import Foundation

/// The machine on which the times were taken.
enum Machine {
  /// Processor, logical cores, and the load that was there already.
  static var description: String {
    let facts = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)
    let model = facts?.split(separator: "\n")
      .first { $0.hasPrefix("model name") }?
      .split(separator: ":").last?
      .trimmingCharacters(in: .whitespaces)
    let load = try? String(contentsOfFile: "/proc/loadavg", encoding: .utf8)
    let average = load?.split(separator: " ").first ?? "unknown"
    return "\(model ?? "unknown processor"), "
      + "\(ProcessInfo.processInfo.activeProcessorCount) logical cores, "
      + "load before the start \(average)"
  }
}
