import ArrayFiles

/// The folder of a run with its configuration.
public struct RunFolder {
  let path: String
  let configuration: ConfigurationValue

  /// How an existing folder is treated.
  public enum Existing: Sendable {
    /// A folder with files in it is refused.
    case refuse
    /// What an earlier run left is removed.
    case overwrite
    /// A run of the same configuration is taken up.
    case resume
  }

  /// Makes the folder, or takes an existing one as asked.
  ///
  /// - Parameters:
  ///   - parts: Folders that a run of this kind leaves.
  ///   - isSame: Whether a stored configuration is that of this run.
  func prepare(
    _ existing: Existing, parts: [String],
    isSame: (ConfigurationDocument) throws -> Bool
  ) throws {
    let stored = path + "/configuration.yaml"
    switch existing {
    case .refuse:
      if fileExists(stored) {
        throw FileError.folderNotEmpty(folder: path, isResumable: true)
      }
      _ = try OutputFolder(path: path)
    case .overwrite:
      // Folders of these names without a configuration may be somebody's own;
      // results in them are told apart by their identity.
      if fileExists(stored) {
        for name in parts { removeFile(path + "/" + name) }
        removePartialFiles(in: path)
      }
      _ = try OutputFolder(path: path, overwrite: true)
    case .resume:
      removePartialFiles(in: path)
      if fileExists(stored) {
        let document = try ConfigurationDocument(file: stored)
        guard try isSame(document) else {
          throw ExperimentError.otherRun(
            folder: path,
            difference: document.value.firstDifference(from: configuration)
              ?? "its defaults")
        }
        _ = try OutputFolder(path: path, overwrite: true)
      } else {
        _ = try OutputFolder(path: path)
      }
    }
    try AtomicFile.write(configuration.yaml, to: stored)
  }
}
