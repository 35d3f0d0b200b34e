import Dispatch
import Foundation
import Synchronization

/// Shows progress to a person: live lines on a terminal, plain lines in a log.
///
/// Live lines, one per running job, are redrawn at most ten times a second and
/// are gone at the end. Plain lines come at most every five seconds, besides
/// notes and the ends of jobs that took longer than that.
public final class TerminalProgress: ProgressReporter {
  /// How progress is shown.
  public enum Style: Sendable, Equatable {
    /// Lines that are redrawn in place, at most this many.
    case live(lines: Int)
    /// Lines one after the other, without control sequences.
    case plain
  }

  private struct State {
    var jobs: [JobProgress] = []
    var drawnLines = 0
    var lastOutput = -Double.infinity
  }

  private let style: Style
  private let unit: String
  private let width: @Sendable () -> Int
  private let now: @Sendable () -> Double
  private let write: @Sendable (String) -> Void
  private let state = Mutex(State())

  /// Creates a reporter with its surroundings given.
  ///
  /// - Parameters:
  ///   - style: live or plain lines.
  ///   - unit: what is counted, in the plural.
  ///   - width: the terminal's current width in cells.
  ///   - now: seconds on a clock that never goes back.
  ///   - write: takes what is shown.
  public init(
    style: Style, unit: String = "steps",
    width: @escaping @Sendable () -> Int,
    now: @escaping @Sendable () -> Double,
    write: @escaping @Sendable (String) -> Void
  ) {
    self.style = style
    self.unit = unit
    self.width = width
    self.now = now
    self.write = write
  }

  /// The reporter for standard error, live only on a terminal.
  ///
  /// - Parameter unit: what is counted, in the plural.
  public static func standardError(unit: String) -> TerminalProgress {
    let environment = ProcessInfo.processInfo.environment
    return TerminalProgress(
      style: style(
        isTerminal: isatty(STDERR_FILENO) == 1, environment: environment),
      unit: unit,
      width: { terminalWidth(columns: environment["COLUMNS"]) },
      now: { Double(DispatchTime.now().uptimeNanoseconds) / 1e9 },
      write: writeToStandardError)
  }

  /// Live on a terminal that understands control sequences, unless `NO_COLOR`
  /// is set to anything, since who sets it wants plain text.
  static func style(
    isTerminal: Bool, environment: [String: String]
  ) -> Style {
    let terminal = environment["TERM"] ?? ""
    let isPlain =
      !isTerminal || terminal.isEmpty || terminal == "dumb"
      || environment["NO_COLOR"]?.isEmpty == false
    return isPlain ? .plain : .live(lines: 8)
  }

  /// Takes one event.
  public func report(_ event: ProgressEvent) {
    state.withLock { state in
      let time = now()
      switch event {
      case .began(let name, let step, let total):
        state.jobs.removeAll { $0.name == name }
        state.jobs.append(
          JobProgress(
            name: name, firstStep: step, total: total, start: time,
            unit: unit, step: step))
        refresh(&state, at: time)
      case .advanced(let name, let step, let loss):
        guard
          let index = state.jobs.firstIndex(where: { $0.name == name })
        else { return }
        state.jobs[index].step = step
        state.jobs[index].loss = loss ?? state.jobs[index].loss
        refresh(&state, at: time, job: state.jobs[index])
      case .ended(let name):
        guard
          let index = state.jobs.firstIndex(where: { $0.name == name })
        else { return }
        end(state.jobs.remove(at: index), &state, at: time)
      case .note(let text):
        clear(&state)
        write(oneLine(text) + "\n")
        draw(&state, at: time)
      case .finished:
        clear(&state)
        state.jobs = []
      }
    }
  }

  /// Shows the state where enough time has passed since the last output.
  private func refresh(
    _ state: inout State, at time: Double, job: JobProgress? = nil
  ) {
    switch style {
    case .live:
      guard time - state.lastOutput >= 0.1 else { return }
      draw(&state, at: time)
    case .plain:
      guard let job, time - state.lastOutput >= Self.plainInterval else {
        return
      }
      write(job.line(at: time) + "\n")
    }
    state.lastOutput = time
  }

  private func end(_ job: JobProgress, _ state: inout State, at time: Double) {
    switch style {
    case .live:
      if state.jobs.isEmpty {
        clear(&state)
      } else {
        refresh(&state, at: time)
      }
    case .plain:
      guard time - job.start >= Self.plainInterval else { return }
      let duration = JobProgress.duration(time - job.start)
      write(
        "\(oneLine(job.name)) ended after \(job.step) \(unit), \(duration)\n")
      state.lastOutput = time
    }
  }

  private static let plainInterval = 5.0

  // MARK: Live lines

  /// Draws the live lines over those drawn before, in one write.
  private func draw(_ state: inout State, at time: Double) {
    guard case .live(let limit) = style else { return }
    var lines = state.jobs.prefix(limit).map { $0.line(at: time) }
    if state.jobs.count > limit {
      lines[limit - 1] = "… and \(state.jobs.count - limit + 1) more"
    }
    // The last column stays free: some terminals wrap when it is filled.
    let width = max(width() - 1, 1)
    var text = Self.up(state.drawnLines)
    for line in lines {
      text += "\u{1b}[2K" + truncated(line, toWidth: width) + "\n"
    }
    write(text + "\u{1b}[J")
    state.drawnLines = lines.count
  }

  private func clear(_ state: inout State) {
    guard state.drawnLines > 0 else { return }
    write(Self.up(state.drawnLines) + "\u{1b}[J")
    state.drawnLines = 0
  }

  private static func up(_ lines: Int) -> String {
    lines > 0 ? "\u{1b}[\(lines)A\r" : ""
  }
}

/// The width of the terminal behind standard error; `columns` where it does
/// not tell, else 80.
private func terminalWidth(columns: String?) -> Int {
  var size = winsize()
  if ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 {
    return Int(size.ws_col)
  }
  return columns.flatMap { Int($0) }.map { max($0, 1) } ?? 80
}

/// Writes to standard error.
///
/// What cannot be written is dropped: work does not stop because nobody can read how
/// far it is.
private func writeToStandardError(_ text: String) {
  var bytes = Array(text.utf8)[...]
  while !bytes.isEmpty {
    let count = bytes.withUnsafeBytes {
      write(STDERR_FILENO, $0.baseAddress, $0.count)
    }
    if count < 0 && errno == EINTR { continue }
    if count <= 0 { return }
    bytes = bytes.dropFirst(count)
  }
}
