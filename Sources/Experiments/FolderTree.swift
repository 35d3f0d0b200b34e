import Foundation

/// Removes a file or a folder with all that is in it, if it is there.
func removeFile(_ path: String) {
  try? FileManager.default.removeItem(atPath: path)
}

/// The names in a folder in ascending order; none where there is no folder.
func listFolder(_ path: String) -> [String] {
  ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
}

/// Whether something is at the path.
func fileExists(_ path: String) -> Bool {
  FileManager.default.fileExists(atPath: path)
}
