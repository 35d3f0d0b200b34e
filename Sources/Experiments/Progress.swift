import Foundation

/// What long work tells about itself.
public enum ProgressEvent: Sendable, Equatable {
  /// A job begins, or resumes after `step` steps; `total` where it is known.
  case began(job: String, step: Int = 0, total: Int? = nil)
  /// A job has done `step` steps and stands at `loss`.
  case advanced(job: String, step: Int, loss: Double? = nil)
  /// A job is over, finished or failed.
  case ended(job: String)
  /// Something that the user should read even though work goes on.
  case note(String)
  /// All work is over.
  case finished
}

/// Takes what long work tells about itself, from any thread.
public protocol ProgressReporter: Sendable {
  /// Takes one event; it returns at once.
  func report(_ event: ProgressEvent)
}

/// Keeps silent.
public struct SilentProgress: ProgressReporter {
  /// Creates the reporter.
  public init() {}

  /// Does nothing.
  public func report(_ event: ProgressEvent) {}
}

/// How far one job has come.
struct JobProgress: Sendable {
  let name: String
  let firstStep: Int
  let total: Int?
  let start: Double
  /// What a step is, in the plural.
  var unit = "steps"
  var step: Int
  var loss: Double?

  /// Steps per second since the job began here; nil before the first.
  func rate(at now: Double) -> Double? {
    step > firstStep && now > start
      ? Double(step - firstStep) / (now - start) : nil
  }

  /// One line, like `mixup 24/100 24%  12.5 epochs/s  0:06 left  loss 0.42`.
  func line(at now: Double) -> String {
    var parts = [oneLine(name) + " \(step)"]
    if let total, total > 0 {
      let percent = 100 * Double(step) / Double(total)
      parts[0] += "/\(total) \(Int(min(max(percent, 0), 100)))%"
    }
    if let rate = rate(at: now) {
      parts.append("\(Self.short(rate)) \(unit)/s")
      if let total, total > step {
        let seconds = Double(total - step) / rate
        parts.append("\(Self.duration(seconds)) left")
      }
    }
    if let loss { parts.append("loss \(Self.short(loss))") }
    return parts.joined(separator: "  ")
  }

  /// Four significant digits.
  static func short(_ number: Double) -> String {
    guard number.isFinite else { return "\(number)" }
    return String(format: "%.4g", number)
  }

  /// `m:ss`, `h:mm:ss`, or days for what takes longer.
  static func duration(_ seconds: Double) -> String {
    guard seconds < 100 * 86_400 else { return "over 100 days" }
    let whole = Int(max(seconds, 0).rounded(.up))
    let (hours, minutes) = (whole / 3600, whole / 60 % 60)
    if hours >= 48 { return "\(hours / 24) days" }
    return hours > 0
      ? String(format: "%d:%02d:%02d", hours, minutes, whole % 60)
      : String(format: "%d:%02d", minutes, whole % 60)
  }
}
