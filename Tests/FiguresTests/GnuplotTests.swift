import Foundation
import Testing

@testable import Figures

@Suite("Whatever gnuplot does, the caller learns it and lives")
struct GnuplotTests {
  @Test func missingProgramLosesNothing() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let missing = Gnuplot(program: "no-such-gnuplot")
    #expect(throws: FigureError.gnuplotMissing(program: "no-such-gnuplot")) {
      try smallFigure.write(to: folder.url, with: missing)
    }
    #expect(
      try folder.names() == ["small.caption.md", "small.csv", "small.gp"])
    let message = FigureError.gnuplotMissing(program: "gnuplot").description
    #expect(message.contains("gnuplot-nox"))
    // What was kept draws later.
    let drawn = try Figures.redraw(
      script: folder.url.appending(path: "small.gp"), formats: [.svg])
    #expect(drawn.map(\.lastPathComponent) == ["small.svg"])
  }

  @Test func failingScriptGivesGnuplotsWords() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let script = folder.url.appending(path: "it's mine.gp")
    try "set output output\nplot nosuch\n".write(
      to: script, atomically: true, encoding: .utf8)
    #expect {
      try Figures.redraw(script: script)
    } throws: { error in
      guard
        case FigureError.gnuplot(let status, let log)? =
          error as? FigureError
      else { return false }
      return status == 1 && log.contains("undefined variable: nosuch")
        && log.contains("it's mine.gp") && !log.contains("\n")
    }
    #expect(try folder.names() == ["it's mine.gp"])
  }

  @Test func failureKeepsTheEarlierDrawing() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    try smallFigure.write(to: folder.url)
    let before = try folder.text("small.svg")
    let broken = Gnuplot(program: try folder.program("exit 3"))
    #expect(throws: FigureError.gnuplot(status: 3, log: "")) {
      try smallFigure.write(to: folder.url, with: broken)
    }
    #expect(try folder.text("small.svg") == before)
  }

  @Test func programThatDrawsNothing() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let idle = Gnuplot(program: try folder.program("exit 0"))
    #expect(
      throws: FigureError.emptyFigure(
        file: folder.url.appending(path: "small.svg").path)
    ) { try smallFigure.write(to: folder.url, with: idle) }
    let touching = Gnuplot(
      program: try folder.program(": > .small.svg.partial"))
    #expect(throws: FigureError.self) {
      try smallFigure.write(to: folder.url, with: touching)
    }
  }

  @Test func hangingProgramIsKilled() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    // The child of the child holds the pipe open as well.
    let hanging = Gnuplot(
      program: try folder.program("sleep 30 & sleep 30"), timeout: 0.3)
    let start = ContinuousClock.now
    #expect(
      throws: FigureError.gnuplotTimedOut(script: "small.gp", seconds: 0.3)
    ) { try smallFigure.write(to: folder.url, with: hanging) }
    #expect(ContinuousClock.now - start < .seconds(10))
  }

  @Test func killedProgramGivesItsSignal() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let killed = Gnuplot(program: try folder.program("kill -9 $$"))
    #expect(throws: FigureError.gnuplot(status: 137, log: "")) {
      try smallFigure.write(to: folder.url, with: killed)
    }
  }

  @Test func programThatClosesItsEarsDoesNotKillUs() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let deaf = Gnuplot(
      program: try folder.program("exec <&-; sleep 0.05; exit 5"))
    for _ in 0..<5 {
      #expect(throws: FigureError.gnuplot(status: 5, log: "")) {
        try smallFigure.write(to: folder.url, with: deaf)
      }
    }
  }

  @Test func talkativeProgramIsReadToItsEnd() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let talking = Gnuplot(
      program: try folder.program("yes word | head -c 1000000; exit 4"))
    #expect {
      try smallFigure.write(to: folder.url, with: talking)
    } throws: { error in
      guard case FigureError.gnuplot(4, let log)? = error as? FigureError
      else { return false }
      return log.hasPrefix("word word") && log.utf8.count < 8192
    }
  }

  @Test func localeAndStartUpFilesDoNotMatter() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let asking = Gnuplot(
      program: try folder.program("echo \"$LC_ALL $*\"; exit 6"))
    #expect(throws: FigureError.gnuplot(status: 6, log: "C.UTF-8 -d")) {
      try smallFigure.write(to: folder.url, with: asking)
    }
    try "set title 'INTRUDER'\nset grid\n".write(
      to: folder.url.appending(path: ".gnuplot"), atomically: true,
      encoding: .utf8)
    let elsewhere = Gnuplot(
      program: try folder.program(
        "HOME='\(folder.url.path)' exec gnuplot \"$@\""))
    try smallFigure.write(to: folder.url, with: elsewhere)
    #expect(try folder.text("small.svg") == svg(smallFigure))
  }

  @Test func missingScript() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let script = folder.url.appending(path: "none.gp")
    #expect(throws: FigureError.noScript(file: script.path)) {
      try Figures.redraw(script: script)
    }
  }

  @Test func severalThreadsDrawAtOnce() async throws {
    let expected = try svg(smallFigure)
    try await withThrowingTaskGroup(of: String.self) { group in
      for _ in 0..<6 { group.addTask { try svg(smallFigure) } }
      for try await drawn in group { #expect(drawn == expected) }
    }
  }

  @Test func errorsAreOneLine() {
    let errors: [FigureError] = [
      .gnuplotMissing(program: "p"), .gnuplot(status: 1, log: "words"),
      .gnuplotTimedOut(script: "s", seconds: 60),
      .gnuplotNotStarted(reason: "r"), .emptyFigure(file: "f"),
      .cannotWrite(file: "f", reason: "r"), .noScript(file: "f"),
    ]
    for error in errors {
      #expect(!error.description.contains("\n"))
      #expect(!error.description.contains("  "))
    }
  }
}
