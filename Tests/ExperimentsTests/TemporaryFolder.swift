import Foundation

/// A folder of a test's own, removed at the end.
final class TemporaryFolder {
  private let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory
      .appendingPathComponent("mixlab-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
      at: url, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(at: url)
  }

  func path(_ name: String) -> String {
    url.appendingPathComponent(name).path
  }

  var names: [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: url.path))?
      .sorted() ?? []
  }
}
