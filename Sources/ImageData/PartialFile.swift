import ArrayFiles
import Glibc

/// A file that grows, over several runs if need be, until it is complete.
///
/// One that is dropped while it is empty leaves nothing behind.
struct PartialFile: ~Copyable {
  /// The path while the file is incomplete.
  let path: String
  /// The bytes that are there.
  private(set) var size: Int
  private let descriptor: Int32

  /// Opens the file at `path`, or makes it.
  init(path: String) throws(FileError) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw Self.failure(path) }
    self.path = path
    self.descriptor = descriptor
    size = lseek(descriptor, 0, SEEK_END)
  }

  deinit {
    close(descriptor)
    if size == 0 { unlink(path) }
  }

  /// Adds bytes at the end.
  mutating func append(_ bytes: [UInt8]) throws(FileError) {
    let written = bytes.withUnsafeBytes { buffer in
      var rest = buffer[...]
      while !rest.isEmpty {
        let part = UnsafeRawBufferPointer(rebasing: rest)
        let count = write(descriptor, part.baseAddress, part.count)
        if count < 0 && errno == EINTR { continue }
        guard count >= 0 else { return false }
        rest = rest.dropFirst(count)
      }
      return true
    }
    guard written else { throw Self.failure(path) }
    size += bytes.count
  }

  /// Drops all bytes.
  mutating func clear() throws(FileError) {
    guard ftruncate(descriptor, 0) == 0, lseek(descriptor, 0, SEEK_SET) == 0
    else { throw Self.failure(path) }
    size = 0
  }

  /// Gives the file, now complete, its name.
  consuming func finish(as name: String) throws(FileError) {
    guard rename(path, name) == 0 else { throw Self.failure(name) }
  }

  private static func failure(_ path: String) -> FileError {
    .cannotWrite(file: path, reason: String(cString: strerror(errno)))
  }
}
