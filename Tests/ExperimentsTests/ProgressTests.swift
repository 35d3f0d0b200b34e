import Synchronization
import Testing

@testable import Experiments

/// A terminal and a clock under a test's control.
private final class Screen: Sendable {
  private let text = Mutex("")
  private let time = Mutex(0.0)

  func reporter(_ style: TerminalProgress.Style, width: Int = 60)
    -> TerminalProgress
  {
    TerminalProgress(
      style: style, width: { width }, now: { self.time.withLock(\.self) },
      write: { output in self.text.withLock { $0 += output } })
  }

  func pass(_ seconds: Double) { time.withLock { $0 += seconds } }
  var all: String { text.withLock(\.self) }

  /// What a person sees: the lines after all control sequences took effect.
  var visible: [String] {
    var lines = [""]
    var row = 0
    var rest = all[...]
    while let character = rest.popFirst() {
      switch character {
      case "\n":
        row += 1
        if row == lines.count { lines.append("") }
      case "\r": continue
      case "\u{1b}":
        rest.removeFirst()
        let digits = rest.prefix { $0.isNumber }
        rest = rest.dropFirst(digits.count)
        switch rest.popFirst() {
        case "A": row -= Int(digits) ?? 1
        case "K": lines[row] = ""
        case "J": lines.replaceSubrange(row..., with: [""])
        default: lines.append("unknown control sequence")
        }
      default: lines[row].append(character)
      }
    }
    return lines.filter { !$0.isEmpty }
  }
}

@Suite("Progress")
struct ProgressTests {
  @Test("live lines show step, rate, time left and loss, then go")
  func live() {
    let screen = Screen()
    let progress = screen.reporter(.live(lines: 4))
    progress.report(.began(job: "mixup", total: 100))
    screen.pass(2)
    progress.report(.advanced(job: "mixup", step: 20, loss: 0.123456))
    #expect(
      screen.visible
        == ["mixup 20/100 20%  10 steps/s  0:08 left  loss 0.1235"])
    progress.report(.began(job: "erm", step: 0))
    screen.pass(1)
    progress.report(.advanced(job: "erm", step: 5))
    #expect(screen.visible.count == 2)
    #expect(screen.visible[1] == "erm 5  5 steps/s")
    progress.report(.note("disk is\nfull"))
    #expect(screen.visible.first == "disk is\\nfull")
    #expect(screen.visible.count == 3)
    progress.report(.ended(job: "mixup"))
    progress.report(.ended(job: "erm"))
    #expect(screen.visible == ["disk is\\nfull"])
    progress.report(.finished)
    #expect(screen.visible == ["disk is\\nfull"])
  }

  @Test("a resumed job's rate counts from where it resumed")
  func resumed() {
    let screen = Screen()
    let progress = screen.reporter(.live(lines: 4))
    progress.report(.began(job: "a", step: 900, total: 1000))
    screen.pass(10)
    progress.report(.advanced(job: "a", step: 950))
    #expect(screen.visible == ["a 950/1000 95%  5 steps/s  0:10 left"])
  }

  @Test("it redraws at most ten times a second")
  func throttled() {
    let screen = Screen()
    let progress = screen.reporter(.live(lines: 4))
    progress.report(.began(job: "a", total: 10_000))
    for step in 1...10_000 {
      screen.pass(0.001)
      progress.report(.advanced(job: "a", step: step))
    }
    let draws = screen.all.split(separator: "\u{1b}[2K").count
    #expect(draws >= 90 && draws <= 101)
  }

  @Test("lines keep to the width and to their number")
  func bounds() {
    let screen = Screen()
    let progress = screen.reporter(.live(lines: 3), width: 20)
    for job in 0..<10 {
      screen.pass(1)
      progress.report(
        .began(job: "a long name, \(job) \u{1b}[31m", total: 5))
    }
    #expect(screen.visible.count == 3)
    #expect(screen.visible.allSatisfy { displayWidth($0) <= 19 })
    #expect(screen.visible.last == "… and 8 more")
    progress.report(.finished)
    #expect(screen.visible.isEmpty)
  }

  @Test("plain lines come seldom and hold no control characters")
  func plain() {
    let screen = Screen()
    let progress = screen.reporter(.plain)
    progress.report(.began(job: "a\u{1b}[2J", total: 1000))
    for step in 1...1000 {
      screen.pass(0.02)
      progress.report(.advanced(job: "a\u{1b}[2J", step: step, loss: .nan))
    }
    progress.report(.ended(job: "a\u{1b}[2J"))
    progress.report(.note("done"))
    let lines = screen.all.split(separator: "\n")
    #expect(lines.count >= 4 && lines.count <= 7, "\(lines)")
    #expect(lines.last == "done")
    #expect(!screen.all.contains("\u{1b}"))
  }

  @Test("events for jobs that did not begin change nothing")
  func unknown() {
    let screen = Screen()
    let progress = screen.reporter(.live(lines: 3))
    progress.report(.advanced(job: "x", step: 3))
    progress.report(.ended(job: "x"))
    progress.report(.finished)
    #expect(screen.all.isEmpty)
    SilentProgress().report(.finished)
  }

  @Test(
    "live only on a terminal that can",
    arguments: [
      (true, ["TERM": "xterm"], true), (false, ["TERM": "xterm"], false),
      (true, ["TERM": "dumb"], false), (true, [:], false),
      (true, ["TERM": "xterm", "NO_COLOR": "1"], false),
      (true, ["TERM": "xterm", "NO_COLOR": ""], true),
    ])
  func styles(isTerminal: Bool, environment: [String: String], live: Bool) {
    let style = TerminalProgress.style(
      isTerminal: isTerminal, environment: environment)
    #expect((style != .plain) == live)
  }

  @Test(
    "durations",
    arguments: [
      (0.0, "0:00"), (59.2, "1:00"), (3599.0, "59:59"), (3661, "1:01:01"),
      (200_000, "2 days"), (Double.infinity, "over 100 days"), (-1, "0:00"),
    ])
  func durations(seconds: Double, expected: String) {
    #expect(JobProgress.duration(seconds) == expected)
  }

  @Test("hostile counts do not trap")
  func hostile() {
    let job = JobProgress(
      name: "", firstStep: 5, total: 0, start: 1, step: -3, loss: .infinity)
    #expect(job.line(at: 0) == " -3  loss inf")
    let over = JobProgress(
      name: "a", firstStep: 0, total: 2, start: 0, step: .max, loss: nil)
    #expect(over.line(at: 1).hasPrefix("a 9223372036854775807/2 100%"))
  }
}
