/// The images that `data` of a document describes, loaded when they are asked
/// for.
public struct DataSelection: Sendable {
  let settings: DataSettings
  private let document: ConfigurationDocument

  /// Reads the settings, and refuses any others.
  ///
  /// - Throws: `ConfigurationError`.
  public init(_ document: ConfigurationDocument) throws {
    self.document = document
    settings = try document.read { try DataSettings(reader: $0["data"]) }
  }

  /// Loads the images.
  ///
  /// - Throws: `ConfigurationError` where a share cannot be drawn,
  ///   `ExperimentError` and `ImageDataError` for the data.
  func images() throws -> PreparedImages {
    do {
      return try PreparedImages(settings)
    } catch ExperimentError.share(let key, let reason) {
      throw document.error(at: key, reason)
    }
  }

  /// An error about the setting at `path`.
  func error(at path: String, _ rule: String) -> ConfigurationError {
    document.error(at: path, rule)
  }
}
