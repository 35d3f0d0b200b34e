import CGnuplot
import Foundation

/// The program that draws: where it is found and how long it may take.
public struct Gnuplot: Sendable, Equatable {
  /// A format of a drawn figure.
  public enum Format: String, Sendable, CaseIterable {
    /// Vector graphics for screens; byte-stable for equal data.
    case svg
    /// Vector graphics for papers; carries the date of its making.
    case pdf
    /// Pixels, 216 to the inch.
    case png
  }

  /// A name looked up in `PATH`, or a path.
  public let program: String
  /// The seconds after which a process that draws one file is killed.
  public let timeout: Double

  /// Makes a renderer; the defaults fit an installed gnuplot.
  public init(program: String = "gnuplot", timeout: Double = 60) {
    precondition(
      timeout > 0 && timeout < 1e6, "a time limit of \(timeout) s is none")
    self.program = program
    self.timeout = timeout
  }

  /// Draws a script that lies in `folder` and returns the figure's place.
  ///
  /// The figure appears under its final name only when it is complete.
  func draw(
    script: String, in folder: URL, format: Format
  ) throws(FigureError) -> URL {
    let stem = script.hasSuffix(".gp") ? String(script.dropLast(3)) : script
    let figure = folder.appending(path: "\(stem).\(format.rawValue)")
    let partial = ".\(stem).\(format.rawValue).partial"
    let drawn = folder.appending(path: partial)
    try? FileManager.default.removeItem(at: drawn)
    defer { try? FileManager.default.removeItem(at: drawn) }
    try run(
      """
      format = '\(format.rawValue)'
      output = \(GnuplotText.literal(partial))
      load \(GnuplotText.literal(script))

      """, script: script, in: folder)

    let size =
      try? drawn.resourceValues(forKeys: [.fileSizeKey]).fileSize
    guard let size, size > 0 else {
      throw .emptyFigure(file: figure.path)
    }
    guard rename(drawn.path, figure.path) == 0 else {
      throw .cannotWrite(
        file: figure.path, reason: String(cString: strerror(errno)))
    }
    return figure
  }

  private func run(
    _ commands: String, script: String, in folder: URL
  ) throws(FigureError) {
    var log = [CChar](repeating: 0, count: 8192)
    var status: Int32 = 0
    let outcome = cgnuplot_run(
      program, folder.path, commands, timeout, &log, log.count, &status)
    switch outcome {
    case CGNUPLOT_EXITED where status == 0:
      return
    case CGNUPLOT_EXITED where status == 127:
      // What a shell, standing in for gnuplot, says about a missing program.
      throw .gnuplotMissing(program: program)
    case CGNUPLOT_EXITED:
      throw .gnuplot(status: status, log: Self.words(of: log))
    case CGNUPLOT_MISSING:
      throw .gnuplotMissing(program: program)
    case CGNUPLOT_TIMED_OUT:
      throw .gnuplotTimedOut(script: script, seconds: timeout)
    default:
      throw .gnuplotNotStarted(reason: String(cString: strerror(status)))
    }
  }

  /// What gnuplot said, in one line.
  private static func words(of log: [CChar]) -> String {
    String(
      decoding: log.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)),
      as: UTF8.self
    )
    .split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }
}
