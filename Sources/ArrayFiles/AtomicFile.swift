import Glibc

/// A file in the making, which appears under its name only when complete.
///
/// The bytes go to a hidden file in the same folder, named after it with a
/// random suffix and `.partial`; `finish()` renames it. A value that is dropped
/// unfinished leaves nothing behind.
public struct AtomicFile: ~Copyable {
  private let path: String
  private let partialPath: String
  private let descriptor: Int32
  private var isFinished = false

  /// Begins a file that shall be found at `path`.
  ///
  /// - Throws: `FileError.cannotWrite` with the operating system's reason; also
  ///   when something other than a regular file stands there.
  public init(path: String) throws(FileError) {
    var status = stat()
    if stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFREG {
      throw .cannotWrite(
        file: path, reason: "something that is no regular file is there")
    }
    let nameStart =
      path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex
    let folder = path[..<nameStart]
    let suffix = String(UInt64.random(in: 0...UInt64.max), radix: 36)
    let partialPath = "\(folder).\(path[nameStart...]).\(suffix).partial"
    let descriptor = open(
      partialPath, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      throw .cannotWrite(file: path, reason: systemReason())
    }
    self.path = path
    self.partialPath = partialPath
    self.descriptor = descriptor
  }

  deinit {
    close(descriptor)
    if !isFinished { unlink(partialPath) }
  }

  /// Adds the bytes of some numbers, as they lie in memory.
  public mutating func write<Number: BitwiseCopyable>(
    _ numbers: [Number]
  ) throws(FileError) {
    let reason: String? = numbers.withUnsafeBytes { bytes in
      var rest = bytes[...]
      while !rest.isEmpty {
        let part = UnsafeRawBufferPointer(rebasing: rest)
        let length = Glibc.write(descriptor, part.baseAddress, part.count)
        if length < 0 && errno == EINTR { continue }
        guard length >= 0 else { return systemReason() }
        rest = rest.dropFirst(length)
      }
      return nil
    }
    if let reason { throw .cannotWrite(file: path, reason: reason) }
  }

  /// Adds a text in UTF-8.
  public mutating func write(_ text: String) throws(FileError) {
    try write(Array(text.utf8))
  }

  /// Puts the file under its name, in place of an older one.
  ///
  /// - Parameter synchronising: whether the bytes must have reached the disk
  ///   first, so that not even a power failure leaves an incomplete file.
  public consuming func finish(synchronising: Bool = false) throws(FileError) {
    if synchronising && fsync(descriptor) != 0 {
      throw .cannotWrite(file: path, reason: systemReason())
    }
    guard rename(partialPath, path) == 0 else {
      throw .cannotWrite(file: path, reason: systemReason())
    }
    isFinished = true
  }

  /// Writes a whole file of bytes.
  public static func write(
    _ bytes: [UInt8], to path: String
  ) throws(FileError) {
    var file = try AtomicFile(path: path)
    try file.write(bytes)
    try file.finish()
  }

  /// Writes a whole file of text in UTF-8.
  public static func write(
    _ text: String, to path: String
  ) throws(FileError) {
    try write(Array(text.utf8), to: path)
  }
}
