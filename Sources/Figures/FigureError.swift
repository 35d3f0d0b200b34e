/// Why a figure could not be written or drawn.
public enum FigureError: Error, Equatable, CustomStringConvertible {
  /// The program that draws is not installed. Data and script are written.
  case gnuplotMissing(program: String)
  /// gnuplot ended with a status other than 0; `log` holds its own words.
  case gnuplot(status: Int32, log: String)
  /// gnuplot did not end within its time and was killed.
  case gnuplotTimedOut(script: String, seconds: Double)
  /// gnuplot could not be started for want of a resource.
  case gnuplotNotStarted(reason: String)
  /// gnuplot ended without complaint and without a figure.
  case emptyFigure(file: String)
  /// A file could not be written.
  case cannotWrite(file: String, reason: String)
  /// There is no script to draw again.
  case noScript(file: String)

  /// What was expected, what was found and what to do, in one line.
  public var description: String {
    switch self {
    case .gnuplotMissing(let program):
      """
      cannot draw: the program \(program) was not found; install the Debian \
      package gnuplot-nox; data and scripts are written: 'mixlab plot FOLDER' \
      draws those of a run later, 'mixlab plot NAME.gp' a single one
      """
    case .gnuplot(let status, let log):
      """
      gnuplot ended with status \(status): \
      \(log.isEmpty ? "it said nothing" : log); correct the script and run \
      gnuplot on it
      """
    case .gnuplotTimedOut(let script, let seconds):
      """
      gnuplot did not finish \(script) within \
      \(GnuplotText.short(seconds)) s and was killed; run gnuplot on it to see \
      where it stops
      """
    case .gnuplotNotStarted(let reason):
      "cannot start gnuplot: \(reason); free resources and draw again"
    case .emptyFigure(let file):
      """
      gnuplot left no figure in \(file), or an empty one; run gnuplot on the \
      script to see why
      """
    case .cannotWrite(let file, let reason):
      "cannot write \(file): \(reason); choose a folder that can be written"
    case .noScript(let file):
      "cannot read the gnuplot script \(file); name an existing .gp file"
    }
  }
}
