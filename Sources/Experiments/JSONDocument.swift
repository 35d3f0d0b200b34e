import ArrayFiles

/// A result file: ordered keys, numbers that read back to the same bits.
///
/// A number that is not finite is written as `null`, and the key `notes` at
/// the end says why: it maps the number's place (`arms[0].loss`) to a reason.
public struct JSONDocument: Sendable, Equatable {
  /// The content, a mapping without `notes`.
  public var value: ConfigurationValue
  /// Reasons and remarks by the place they belong to.
  public var notes: [String: String]

  /// Creates a document.
  ///
  /// - Precondition: `value` is a mapping that has no key `notes`.
  public init(
    _ value: ConfigurationValue, notes: [String: String] = [:]
  ) {
    precondition(
      value.entries != nil && value["notes"] == nil,
      "a document is a mapping, and 'notes' is its own key")
    self.value = value
    self.notes = notes
  }

  /// Reads the file at `path`.
  ///
  /// - Throws: `FileError` where it cannot be read, `ConfigurationError`
  ///   with the line where it is malformed.
  public init(file path: String) throws {
    try self.init(text: TextFile.read(path), name: path)
  }

  /// Reads `text`; `name` stands in messages, like a file's name.
  ///
  /// It is read as YAML, of which JSON is a part; keys given twice are
  /// refused.
  public init(text: String, name: String) throws {
    let document = try ConfigurationDocument(text: text, name: name)
    notes = try document.read { reader in
      guard reader.isMapping else {
        throw reader.error("expected a mapping at the top")
      }
      _ = reader.value()
      var notes: [String: String] = [:]
      for (key, note) in try reader["notes"]?.entries() ?? [] {
        notes[key] = try note.string()
      }
      return notes
    }
    value = document.value
    value["notes"] = nil
  }

  /// The document as JSON, ending in a newline.
  public var text: String {
    var reasons = notes
    Self.explain(value, path: "", in: &reasons)
    guard !reasons.isEmpty else { return value.json }
    var complete = value
    complete["notes"] = .mapping(
      reasons.sorted { $0.key < $1.key }.map { .init($0, .string($1)) })
    return complete.json
  }

  /// Writes the document to `path`, complete or not at all.
  ///
  /// - Throws: `FileError.cannotWrite`.
  public func write(to path: String) throws {
    try AtomicFile.write(text, to: path)
  }

  /// Adds a reason for every number that is not finite and has none.
  private static func explain(
    _ value: ConfigurationValue, path: String,
    in reasons: inout [String: String]
  ) {
    switch value {
    case .double(let number) where !number.isFinite:
      if reasons[path] == nil {
        reasons[path] =
          number.isNaN
          ? "not a number" : number > 0 ? "+infinity" : "-infinity"
      }
    case .list(let elements):
      for (index, element) in elements.enumerated() {
        explain(element, path: "\(path)[\(index)]", in: &reasons)
      }
    case .mapping(let entries):
      for entry in entries {
        explain(
          entry.value,
          path: path.isEmpty ? entry.key : "\(path).\(entry.key)",
          in: &reasons)
      }
    default: break
    }
  }
}
