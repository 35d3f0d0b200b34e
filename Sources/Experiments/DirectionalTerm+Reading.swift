import Mixing

extension DirectionalTerm {
  /// The names of MixupE's forms in configurations.
  enum Variant: String, CaseIterable {
    case paper, listing
    case codeVersion1 = "code-v1"
    case codeVersion2 = "code-v2"
    case codeVersion3 = "code-v3"
    case codeVersion4 = "code-v4"
  }

  /// The name of the form.
  var variant: Variant {
    switch self {
    case .paper: .paper
    case .listing: .listing
    case .version1: .codeVersion1
    case .version2: .codeVersion2
    case .version3: .codeVersion3
    case .version4: .codeVersion4
    }
  }

  /// The weight of the term where none is given.
  static let defaultWeight = 1e-3

  /// Refuses the keys of a term in another method than `mixupe`.
  static func refuseKeys(in reader: ConfigurationReader) throws {
    for key in ["surrogate", "variant", "threshold", "rescaled"] {
      if let key = try reader[key] {
        throw key.error("only mixupe has a directional term")
      }
    }
  }

  /// Reads the keys of the method `mixupe`, apart from its weight.
  static func read(
    _ reader: ConfigurationReader
  ) throws -> (term: DirectionalTerm, rescaled: Bool) {
    (
      try DirectionalTerm(
        variant: reader["variant"], surrogate: reader["surrogate"],
        threshold: reader["threshold"]),
      try reader["rescaled"]?.bool() ?? true
    )
  }

  /// Written back to where it was read from.
  func write(to value: inout ConfigurationValue, rescaled: Bool) {
    value["variant"] = .string(variant.rawValue)
    if case .paper(let surrogate) = self {
      value["surrogate"] = .string(surrogate.rawValue)
    }
    if let threshold { value["threshold"] = .double(threshold) }
    value["rescaled"] = .bool(rescaled)
  }

  private init(
    variant: ConfigurationReader?, surrogate: ConfigurationReader?,
    threshold: ConfigurationReader?
  ) throws {
    let name = try variant?.choice(of: Variant.self) ?? .paper
    let limit =
      try threshold?.double(in: .any) ?? DirectionalTerm.defaultThreshold
    self =
      switch name {
      case .paper: .paper(try surrogate?.choice() ?? .directional)
      case .listing: .listing
      case .codeVersion1: .version1(threshold: limit)
      case .codeVersion2: .version2
      case .codeVersion3: .version3(threshold: limit)
      case .codeVersion4: .version4
      }
    if let surrogate, name != .paper {
      throw surrogate.error(
        "variant '\(name.rawValue)' is made of "
          + "\(self.surrogate == .directional ? "q" : "q̂"); only variant "
          + "'paper' has a surrogate")
    }
    if let threshold, self.threshold == nil {
      throw threshold.error(
        "only variants code-v1 and code-v3 have a threshold")
    }
  }
}
