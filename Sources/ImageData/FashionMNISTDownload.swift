import ArrayFiles
import Foundation

/// Brings the four files of Fashion-MNIST into a folder.
///
/// A file that is there already is kept, one that was cut short is resumed, and
/// each appears under its name only when its MD5 sum is right.
///
/// - Source: Xiao, Rasul and Vollgraf 2017 (arXiv:1708.07747); the addresses
///   and the MD5 sums are those of the data set's own page.
public struct FashionMNISTDownload: Sendable {
  /// How far a file has come.
  public struct Progress: Equatable, Sendable {
    /// The file's name.
    public let file: String
    /// The bytes that are there.
    public let received: Int
    /// The bytes that the whole file has.
    public let total: Int
  }

  /// Where the data set's authors publish the files.
  public static let officialAddress =
    "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"

  private static let officialFiles = [
    RemoteFile(
      name: "train-images-idx3-ubyte.gz", size: 26_421_880,
      md5: "8d4fb7e6c68d591d4c3dfef9ec88bf0d"),
    RemoteFile(
      name: "train-labels-idx1-ubyte.gz", size: 29_515,
      md5: "25c81989df183df01b3e8a0aad5dffbe"),
    RemoteFile(
      name: "t10k-images-idx3-ubyte.gz", size: 4_422_102,
      md5: "bef4ecab320f06d8554ea6380940ec79"),
    RemoteFile(
      name: "t10k-labels-idx1-ubyte.gz", size: 5_148,
      md5: "bb300cfdad3c16e7a12a480ee83cd310"),
  ]

  private let address: String
  private let files: [RemoteFile]

  /// A download from an address: the official one, or a mirror's.
  public init(address: String = officialAddress) {
    self.init(address: address, files: Self.officialFiles)
  }

  /// A download of other files, for tests.
  init(address: String, files: [RemoteFile]) {
    self.address = address.hasSuffix("/") ? address : address + "/"
    self.files = files
  }

  /// Brings the files that are not there yet.
  ///
  /// - Parameters:
  ///   - folder: where to put them; it is made if it is not there.
  ///   - progress: called for each file at its start and as bytes arrive.
  /// - Throws: `DownloadError`; `FileError` where the folder cannot be written.
  ///   What has arrived stays in a file that ends in `.part`, from which the
  ///   next call goes on.
  public func fetch(
    into folder: String, progress: (Progress) -> Void
  ) async throws {
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw FileError.cannotWrite(
        file: folder, reason: error.localizedDescription)
    }
    for file in files {
      try await fetch(file, into: DataFolder(folder), progress: progress)
    }
  }

  private func fetch(
    _ file: RemoteFile, into folder: DataFolder,
    progress: (Progress) -> Void
  ) async throws {
    let path = folder.path(of: file.name)
    if FileManager.default.fileExists(atPath: path) {
      let found = MD5.hexDigest(of: try FileBytes.read(path))
      guard found == file.md5 else {
        throw DownloadError.otherFile(
          file: path, expected: file.md5, found: found)
      }
      progress(
        Progress(file: file.name, received: file.size, total: file.size))
      return
    }
    var part = try PartialFile(path: path + ".part")
    // No beginning of this file is longer than the file.
    if part.size > file.size { try part.clear() }
    if part.size < file.size {
      try await transfer(file, to: &part, in: folder, progress: progress)
    }
    let found = MD5.hexDigest(of: try FileBytes.read(part.path))
    guard found == file.md5 else {
      try part.clear()
      throw DownloadError.wrongContents(
        address: address + file.name, expected: file.md5, found: found)
    }
    try part.finish(as: path)
  }

  /// Appends to the part what it lacks.
  private func transfer(
    _ file: RemoteFile, to part: inout PartialFile, in folder: DataFolder,
    progress: (Progress) -> Void
  ) async throws {
    let source = address + file.name
    guard let url = URL(string: source) else {
      throw unreachable("not an address", folder)
    }
    do {
      for try await event in Transfer.events(of: url, from: part.size) {
        switch event {
        case .begins(part.size):
          break
        case .begins(0):
          // The server sends all of the file, not the rest.
          try part.clear()
        case .begins:
          try part.clear()
          throw DownloadError.refused(address: source, status: 206)
        case .bytes(let bytes):
          guard part.size + bytes.count <= file.size else {
            try part.clear()
            throw DownloadError.tooLong(address: source, expected: file.size)
          }
          try part.append(bytes)
        case .refused(let status):
          // The server's file ends before the rest that was asked for: what is
          // there does not belong to it, so the next call begins anew.
          if status == 416 { try part.clear() }
          throw DownloadError.refused(address: source, status: status)
        }
        progress(
          Progress(file: file.name, received: part.size, total: file.size))
      }
    } catch let error as URLError where part.size == 0 {
      throw unreachable(error.localizedDescription, folder)
    } catch is URLError {}
    guard part.size == file.size else {
      throw DownloadError.cutShort(
        address: source, received: part.size, expected: file.size)
    }
  }

  private func unreachable(
    _ reason: String, _ folder: DataFolder
  ) -> DownloadError {
    .unreachable(
      addresses: files.map { address + $0.name }, folder: folder.path,
      reason: reason)
  }
}

/// A file to fetch, and how to know that it is the right one.
struct RemoteFile: Sendable {
  let name: String
  let size: Int
  let md5: String
}
