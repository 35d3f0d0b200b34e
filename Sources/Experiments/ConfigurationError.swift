public import ArrayFiles

/// What is wrong with a configuration, and where.
public struct ConfigurationError: Error, Equatable, CustomStringConvertible,
  ExitStatusProviding
{
  /// Where a value was written.
  public enum Origin: Sendable, Equatable {
    /// In a file, or a preset by its name, at a line counted from 1.
    case file(String, line: Int)
    /// In an option such as `--set a.b=1`, given here as a whole.
    case override(String)
    /// In an option that stands for one key, such as `--epochs 5`, or in the
    /// command whose options leave it out.
    case option(String)
  }

  /// What is wrong there.
  public enum Problem: Sendable, Equatable {
    /// The text is not YAML, or not such YAML as a configuration may hold.
    case syntax(String)
    /// A key stands twice in its mapping.
    case duplicateKey(String)
    /// Nothing reads this key.
    case unknownKey(nearest: String?, known: [String])
    /// A key that must be given is not; the unread key may be meant for it.
    case missingKey(String, nearest: String?)
    /// The value has the wrong type or is out of range.
    case wrongValue(expected: String, found: String)
    /// The values do not fit each other.
    case rule(String)
  }

  /// Where the value was written.
  public let origin: Origin
  /// The value's place in the tree, like `arms[2].alpha`; "" is the root.
  public let path: String
  /// What is wrong.
  public let problem: Problem

  /// Creates the error.
  public init(origin: Origin, path: String, problem: Problem) {
    self.origin = origin
    self.path = path
    self.problem = problem
  }

  /// One line: where, what was expected, what was found.
  public var description: String {
    let place =
      switch origin {
      case .file(let name, let line): "\(name):\(line)"
      case .override(let option), .option(let option): option
      }
    // An option of its own says by its name what the path would.
    var subject = path.isEmpty ? "" : "\(path): "
    if case .option = origin { subject = "" }
    return oneLine("\(place): \(subject)\(problem)")
  }

  /// 64 for an option, 65 for a file.
  public var exitStatus: ExitStatus {
    switch origin {
    case .file: .badData
    case .override, .option: .usage
    }
  }
}

extension ConfigurationError.Problem: CustomStringConvertible {
  /// The problem in words.
  public var description: String {
    switch self {
    case .syntax(let reason): reason
    case .duplicateKey(let key): "the key '\(key)' is given twice"
    case .unknownKey(let nearest, let known):
      "unknown key\(nearest.map { "; did you mean '\($0)'?" } ?? ";") "
        + (known.isEmpty
          ? "no key is known here"
          : "known are \(known.joined(separator: ", "))")
    case .missingKey(let key, let nearest):
      "the key '\(key)' is missing"
        + (nearest.map { "; is '\($0)' meant to be it?" } ?? "")
    case .wrongValue(let expected, let found):
      "expected \(expected), found \(found)"
    case .rule(let text): text
    }
  }
}
