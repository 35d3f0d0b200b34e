import ImageTrain

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

  /// Reads a form and what it leaves open.
  init(
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
