/// The exit statuses of the command line, after `sysexits.h`.
public enum ExitStatus: Int32, Sendable {
  /// Done; for claims: every claim is supported.
  case ok = 0
  /// A claim was refuted.
  case refuted = 2
  /// A claim could be neither supported nor refuted.
  case inconclusive = 3
  /// Unknown option, or an option's value out of range.
  case usage = 64
  /// Bad data in a file, configuration files included.
  case badData = 65
  /// A file or folder that should be read is not there.
  case noInput = 66
  /// A needed program is not installed.
  case missingProgram = 69
  /// The computation diverged.
  case diverged = 70
  /// Nothing can be written at the place asked for.
  case cannotWrite = 73
  /// Interrupted; what was finished is kept and the run can be resumed.
  case interrupted = 130
}

/// An error that knows the exit status that it ends a command with.
public protocol ExitStatusProviding: Error {
  /// The status that the process ends with when this error reaches the top.
  var exitStatus: ExitStatus { get }
}
