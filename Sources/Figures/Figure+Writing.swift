public import Foundation

extension Figure {
  /// Writes the figure and draws it.
  ///
  /// `NAME.csv` (`NAME.1.csv`, `NAME.2.csv`, … where one table does not hold
  /// all), `NAME.gp` and `NAME.caption.md` are written first, each complete
  /// under its name or not at all: what cannot be drawn here can be drawn
  /// elsewhere by `gnuplot NAME.gp`. A data table of an earlier version that
  /// the figure no longer has is removed.
  ///
  /// - Parameters:
  ///   - folder: Where the files go; made if missing.
  ///   - formats: What to draw; `.svg` is byte-stable for equal data.
  ///   - gnuplot: The program that draws.
  /// - Returns: All files of the figure, data first, drawings last.
  /// - Throws: `FigureError`.
  @discardableResult
  public func write(
    to folder: URL, formats: [Gnuplot.Format] = [.svg],
    with gnuplot: Gnuplot = Gnuplot()
  ) throws(FigureError) -> [URL] {
    let script = FigureScript(self)
    let data = script.tables.files(name: name)
    let texts =
      data + [
        ("\(name).gp", script.text),
        ("\(name).caption.md", captionText(notes: script.notes)),
      ]
    var files: [URL] = []
    do {
      try FileManager.default.createDirectory(
        at: folder, withIntermediateDirectories: true)
    } catch {
      throw .cannotWrite(file: folder.path, reason: error.reason)
    }
    for (fileName, text) in texts {
      let file = folder.appending(path: fileName)
      try Self.write(text, to: file)
      files.append(file)
    }
    removeTables(from: folder, except: Set(data.map(\.name)))
    for format in formats {
      files.append(
        try gnuplot.draw(script: "\(name).gp", in: folder, format: format))
    }
    return files
  }

  /// Writes a file beside its place and renames it.
  ///
  /// The hidden name is the same every time, so that what a killed process
  /// leaves is gone with the next one.
  private static func write(_ text: String, to file: URL) throws(FigureError) {
    let partial = file.deletingLastPathComponent()
      .appending(path: ".\(file.lastPathComponent).partial")
    do {
      try Data(text.utf8).write(to: partial)
    } catch {
      throw .cannotWrite(file: file.path, reason: error.reason)
    }
    guard rename(partial.path, file.path) == 0 else {
      let reason = String(cString: strerror(errno))
      try? FileManager.default.removeItem(at: partial)
      throw .cannotWrite(file: file.path, reason: reason)
    }
  }

  /// The caption as Markdown: the title, the words, what is left out.
  func captionText(notes: [String]) -> String {
    var sentences: [String] = []
    if let title { sentences.append("**\(GnuplotText.oneLine(title)).**") }
    if let caption {
      sentences.append(caption.text)
      var facts: [String] = []
      if let count = caption.sampleCount { facts.append("n = \(count)") }
      if let interval = caption.interval { facts.append(interval) }
      if !facts.isEmpty {
        sentences.append(facts.joined(separator: "; ") + ".")
      }
    }
    return (sentences + notes).joined(separator: " ") + "\n"
  }

  /// Removes tables of an earlier version of this figure.
  private func removeTables(from folder: URL, except kept: Set<String>) {
    let stale =
      [name + ".csv"]
      + (1...9999).lazy.map { "\(name).\($0).csv" }
      .prefix {
        FileManager.default.fileExists(atPath: folder.appending(path: $0).path)
      }
    for file in stale where !kept.contains(file) {
      try? FileManager.default.removeItem(at: folder.appending(path: file))
    }
  }
}

/// Figures that are on disk already.
public enum Figures {
  /// Draws an existing script again, beside it.
  ///
  /// - Returns: The drawings, in the order of `formats`.
  /// - Throws: `FigureError`.
  @discardableResult
  public static func redraw(
    script: URL, formats: [Gnuplot.Format] = [.svg],
    with gnuplot: Gnuplot = Gnuplot()
  ) throws(FigureError) -> [URL] {
    let name = script.lastPathComponent
    guard
      FileManager.default.isReadableFile(atPath: script.path),
      !name.contains(where: \.isNewline)
    else { throw .noScript(file: script.path) }
    var drawings: [URL] = []
    for format in formats {
      drawings.append(
        try gnuplot.draw(
          script: name, in: script.deletingLastPathComponent(), format: format))
    }
    return drawings
  }
}

extension Error {
  /// The system's word for what went wrong with a file.
  fileprivate var reason: String {
    let error = self as NSError
    let underlying = error.userInfo[NSUnderlyingErrorKey] as? NSError
    return (underlying ?? error).localizedDescription
  }
}
