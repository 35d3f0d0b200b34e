/// What is wrong with a file, or with the place for one.
public enum FileError: Error, Equatable, Sendable {
  /// There is nothing at the path.
  case missing(file: String)
  /// The operating system does not let the file be read.
  case unreadable(file: String, reason: String)
  /// The file's contents are not what they should be.
  case malformed(file: String, expected: String, found: String)
  /// The operating system does not let the file be written.
  case cannotWrite(file: String, reason: String)
  /// An output folder holds files already.
  ///
  /// `isResumable`: they are those of a run that can go on.
  case folderNotEmpty(folder: String, isResumable: Bool = false)
}

extension FileError: ExitStatusProviding {
  /// 66 for what cannot be read, 65 for bad contents, 73 for what cannot be
  /// written.
  public var exitStatus: ExitStatus {
    switch self {
    case .missing, .unreadable: .noInput
    case .malformed: .badData
    case .cannotWrite, .folderNotEmpty: .cannotWrite
    }
  }
}

extension FileError: CustomStringConvertible {
  /// One line: the file, what was expected, what was found.
  public var description: String {
    switch self {
    case .missing(let file):
      "\(file): no such file; check the path"
    case .unreadable(let file, let reason):
      "\(file): cannot be read: \(reason)"
    case .malformed(let file, let expected, let found):
      "\(file): expected \(expected), found \(found)"
    case .cannotWrite(let file, let reason):
      "\(file): cannot be written: \(reason)"
    case .folderNotEmpty(let folder, let isResumable):
      "\(folder): expected a new or an empty folder, found files in it; "
        + "name another folder or replace them with --overwrite"
        + (isResumable
          ? ", or go on by --resume where they are those of an interrupted run"
          : "")
    }
  }
}

/// Some bytes from a file as one short printable line.
func excerpt(_ bytes: some Collection<UInt8>) -> String {
  let shown = bytes.prefix(80).map { byte in
    0x20 <= byte && byte < 0x7F
      ? String(UnicodeScalar(byte))
      : "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
  }
  return shown.joined() + (bytes.count > 80 ? "…" : "")
}
