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

/// Removes a run's folder that holds its configuration and empty folders alone.
func removeRunWithoutResults(_ path: String) {
  let files = (FileManager.default.enumerator(atPath: path) ?? .init())
    .compactMap { $0 as? String }
  func isFolder(_ name: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(
      atPath: path + "/" + name, isDirectory: &isFolder) && isFolder.boolValue
  }
  guard files.allSatisfy({ $0 == "configuration.yaml" || isFolder($0) }) else {
    return
  }
  removeFile(path)
}
