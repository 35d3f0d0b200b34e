/// A configuration as it was written: YAML text with the place of every value
/// remembered, and overrides laid over it.
///
/// Anchors, aliases and merge keys (`<<`) are understood. Plain scalars are
/// read after the core schema of YAML 1.2: `true` and `false` are the only
/// truth values (`no` and `off` are text), and a whole number has no leading
/// zero. Tags other than `!!str` are refused.
public struct ConfigurationDocument: Sendable {
  private var root: ConfigurationNode

  /// Reads `text`; `name` stands in messages, like a file's name.
  ///
  /// - Throws: `ConfigurationError` where the text is not such YAML.
  public init(text: String, name: String) throws {
    root = try ConfigurationNode(
      yaml: text, origin: .file(name, line: 1))
  }

  /// Reads the file at `path`.
  ///
  /// - Throws: `FileError` where it cannot be read, `ConfigurationError`
  ///   where it is not such YAML.
  public init(file path: String) throws {
    try self.init(text: TextFile.read(path), name: path)
  }

  /// Lays settings such as `training.steps=100` over the document, in order.
  ///
  /// The path's parts are joined by dots; an element of a list is named by its
  /// index (`arms[2].alpha` or `arms.2.alpha`) or by its `name`
  /// (`arms.mixup.alpha`). The value is YAML. A key that the document lacks is
  /// added; whether it means anything is found out when the document is read.
  ///
  /// - Parameter option: how the settings were given, for messages.
  /// - Throws: `ConfigurationError` with exit status 64.
  public mutating func override(
    with settings: [String], option: String = "--set"
  ) throws {
    for setting in settings {
      try root.override(
        with: setting, origin: .override("\(option) \(setting)"))
    }
  }

  /// What `body` makes of the document, which must read every key in it.
  ///
  ///     let settings = try document.read(TrainingSettings.init(reader:))
  ///
  /// - Throws: what `body` throws, else a `ConfigurationError` for the first
  ///   key that it did not ask for.
  public func read<Result>(
    _ body: (ConfigurationReader) throws -> Result
  ) throws -> Result {
    let reader = ConfigurationReader(node: root, path: "")
    let result = try body(reader)
    try reader.finish()
    return result
  }

  /// An empty document that options fill; `command` stands in messages about
  /// what none of them gave.
  public init(command: String) {
    root = ConfigurationNode(value: [:], origin: .option(command))
  }

  /// Puts a value that an option gave at a place such as `arms[0].alpha`.
  ///
  /// - Parameter option: the option with its value, for messages.
  /// - Throws: `ConfigurationError` where the place is inside something else
  ///   than a mapping or a list.
  public mutating func set(
    _ path: String, to value: ConfigurationValue, option: String
  ) throws {
    try root.set(path, to: value, origin: .option(option))
  }

  /// An error about the value at `path`, for what is found out only when the
  /// document is put to use; where there is none, about what should hold it.
  public func error(at path: String, _ rule: String) -> ConfigurationError {
    ConfigurationError(
      origin: root.origin(ofValueAt: path), path: path, problem: .rule(rule))
  }

  /// The document as plain values.
  public var value: ConfigurationValue { root.value }
}
