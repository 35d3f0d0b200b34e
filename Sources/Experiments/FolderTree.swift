import Foundation

/// Removes a file or a folder with all that is in it, if it is there.
func removeFile(_ path: String) {
  try? FileManager.default.removeItem(atPath: path)
}

/// Removes what killed processes left of files in the making: hidden files
/// that end in `.partial`, in a folder and all below it.
func removePartialFiles(in path: String) {
  guard let names = FileManager.default.enumerator(atPath: path) else { return }
  for case let name as String in names {
    let file = name.split(separator: "/").last ?? ""
    if file.hasPrefix(".") && file.hasSuffix(".partial") {
      removeFile(path + "/" + name)
    }
  }
}

/// The names in a folder in ascending order; none where there is no folder.
func listFolder(_ path: String) -> [String] {
  ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
}

/// Whether something is at the path.
func fileExists(_ path: String) -> Bool {
  FileManager.default.fileExists(atPath: path)
}
