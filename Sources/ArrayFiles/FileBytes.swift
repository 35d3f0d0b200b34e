import Glibc

/// Whole files as bytes.
public enum FileBytes {
  /// Reads a file in one piece.
  ///
  /// - Parameters:
  ///   - path: a regular file.
  ///   - limit: the largest size in bytes that is accepted.
  /// - Throws: `FileError` when there is no such file, when it cannot be read,
  ///   is no regular file, or is larger than `limit` or than the memory.
  public static func read(
    _ path: String, limit: Int = .max
  ) throws(FileError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      if errno == ENOENT { throw .missing(file: path) }
      throw .unreadable(file: path, reason: systemReason())
    }
    defer { close(descriptor) }

    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw .unreadable(file: path, reason: systemReason())
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      let isFolder = status.st_mode & S_IFMT == S_IFDIR
      throw .malformed(
        file: path, expected: "a regular file",
        found: isFolder ? "a folder" : "a pipe or a device")
    }
    let size = Int(status.st_size)
    let largest = min(limit, physicalMemory())
    guard size <= largest else {
      throw .malformed(
        file: path, expected: "at most \(largest) bytes",
        found: "\(size) bytes")
    }

    return try bytes(of: descriptor, path, at: 0, count: size)
  }

  /// Reads `count` bytes of an open regular file from `offset` on; several
  /// threads may read at once.
  static func bytes(
    of descriptor: Int32, _ path: String, at offset: Int, count: Int
  ) throws(FileError) -> [UInt8] {
    var failure: FileError?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while filled < count {
        let rest = UnsafeMutableBufferPointer(rebasing: buffer[filled...])
        let length = pread(
          descriptor, rest.baseAddress, rest.count, offset + filled)
        if length < 0 && errno == EINTR { continue }
        guard length > 0 else {
          failure =
            length < 0
            ? .unreadable(file: path, reason: systemReason())
            : .malformed(
              file: path, expected: "\(offset + count) bytes",
              found: "\(offset + filled) bytes: the file became shorter while "
                + "read")
          return
        }
        filled += length
      }
    }
    if let failure { throw failure }
    return bytes
  }
}

/// What the operating system says about the latest failure.
func systemReason() -> String {
  String(cString: strerror(errno))
}

/// The memory of the machine in bytes: nothing larger can be read.
func physicalMemory() -> Int {
  sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))
}
