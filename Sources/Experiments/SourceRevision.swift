import Foundation

/// The commit of a checkout and whether files differ from it.
public struct SourceRevision: Sendable, Equatable {
  /// The commit's full hash.
  public var commit: String
  /// Whether tracked files were changed or files were added.
  public var isDirty: Bool

  /// Creates the revision.
  public init(commit: String, isDirty: Bool) {
    self.commit = commit
    self.isDirty = isDirty
  }

  /// The revision of the checkout that the running program was built in; nil
  /// for an installed program, or where `git` is missing or refuses.
  ///
  /// It is the checkout's state now, which differs from the program's where
  /// sources were changed since it was built; hence `isDirty`.
  public static func ofRunningProgram() -> SourceRevision? {
    guard
      let program = try? FileManager.default.destinationOfSymbolicLink(
        atPath: "/proc/self/exe")
    else { return nil }
    var folder = URL(fileURLWithPath: program).deletingLastPathComponent()
    while folder.path != "/" {
      let isPackage = FileManager.default.fileExists(
        atPath: folder.appendingPathComponent("Sources/Experiments").path)
      if isPackage { return SourceRevision(ofCheckout: folder.path) }
      folder.deleteLastPathComponent()
    }
    return nil
  }

  /// The revision of the checkout at `path`; nil where there is none, or
  /// where `git` is missing or refuses.
  public init?(ofCheckout path: String) {
    guard
      let commit = Self.git("rev-parse", "--verify", "HEAD", in: path)?
        .trimmingCharacters(in: .whitespacesAndNewlines),
      !commit.isEmpty,
      let changes = Self.git("status", "--porcelain", in: path)
    else { return nil }
    self.init(commit: commit, isDirty: !changes.isEmpty)
  }

  /// What `git` prints; nil where it cannot be started or fails.
  private static func git(
    _ arguments: String..., in path: String
  ) -> String? {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    // Reading must not leave a refreshed index behind in the checkout.
    process.arguments = ["git", "--no-optional-locks", "-C", path] + arguments
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return nil }
    let data = try? output.fileHandleForReading.readToEnd()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { return nil }
    return String(decoding: data ?? Data(), as: UTF8.self)
  }
}
