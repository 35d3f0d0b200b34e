import ArrayFiles
import Glibc

/// Keeps other processes out of a folder for as long as it lives; a process
/// that dies lets go of it.
///
/// - Source: `flock(2)` on the folder itself, which leaves no file behind. File
///   systems that have no such locks let everybody in.
final class FolderLock {
  private let descriptor: Int32

  /// Takes the folder, which exists.
  ///
  /// - Throws: `ExperimentError.folderInUse` where another process has it.
  init(_ path: String) throws(ExperimentError) {
    descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    if flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK {
      close(descriptor)
      throw .folderInUse(path)
    }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
  }
}
