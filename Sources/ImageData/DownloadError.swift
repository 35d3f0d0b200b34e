public import ArrayFiles

/// Why a data set could not be downloaded.
public enum DownloadError: ExitStatusProviding, Equatable {
  /// No connection came about.
  case unreachable(addresses: [String], folder: String, reason: String)
  /// The server answered with a status other than success.
  case refused(address: String, status: Int)
  /// The connection ended before the file did.
  case cutShort(address: String, received: Int, expected: Int)
  /// The server sends more bytes than the file has.
  case tooLong(address: String, expected: Int)
  /// What arrived is not the published file.
  case wrongContents(address: String, expected: String, found: String)
  /// Another file already has the name.
  case otherFile(file: String, expected: String, found: String)

  /// 66 for what cannot be had, 65 for what is not right, 73 for what stands
  /// in the way.
  public var exitStatus: ExitStatus {
    switch self {
    case .unreachable, .refused, .cutShort: .noInput
    case .tooLong, .wrongContents: .badData
    case .otherFile: .cannotWrite
    }
  }
}

extension DownloadError: CustomStringConvertible {
  /// What was expected, what was found and what to do, in one line.
  public var description: String {
    switch self {
    case .unreachable(let addresses, let folder, let reason):
      "no connection (\(reason)); where there is one, download "
        + addresses.joined(separator: " ") + " and put the files, as they "
        + "are, into \(folder)"
    case .refused(let address, let status):
      "\(address): expected the file, found HTTP status \(status); "
        + "name another address or get the file by hand"
    case .cutShort(let address, let received, let expected):
      "\(address): expected \(expected) bytes, found \(received); "
        + "run the command again to go on from there"
    case .tooLong(let address, let expected):
      "\(address): expected \(expected) bytes, found more; "
        + "name another address or get the file by hand"
    case .wrongContents(let address, let expected, let found):
      "\(address): expected the MD5 sum \(expected), found \(found); "
        + "what arrived was removed, run the command again"
    case .otherFile(let file, let expected, let found):
      "\(file): expected no file or one with the MD5 sum \(expected), found "
        + "\(found); move it away or name another folder"
    }
  }
}
