/// What MixupE's term is made of.
public enum DirectionalSurrogate: String, CaseIterable, Sendable {
  /// q = (p − y)ᵀ J_f(x) (x̄ − x).
  case directional
  /// q̂ = (y − p)ᵀ f(x): q = L·q̂ for centred data and networks that are
  /// homogeneous of degree L, 1 without biases and 2 in the patch network.
  case homogeneous
}

/// MixupE's term in the forms of the paper, its supplement and its public code.
///
///     R = ±(E[1 − λ]/n) Σ_{i counted} q̃_i or |q̃_i|
///
/// | form | q̃ | absolute value | counted | sign | residual p − y |
/// |---|---|---|---|---|---|
/// | paper | either | yes | all | + | gradient flows |
/// | listing | q̂ | yes | all | + | gradient flows |
/// | version 1 | q | no | q < t | + | constant |
/// | version 2 | q | yes | all | + | constant |
/// | version 3 | q̂ | no | q̂ < t | − | gradient flows |
/// | version 4 | q̂ | no | all | − | constant |
///
/// The paper leaves open whether the gradient flows through the residual. With
/// q̂ the paper's form is that of the listing; version 2 has the values of the
/// paper's with q and another gradient. For centred data and degree 1, where
/// q = q̂, versions 1 and 3 have opposite signs, and only version 2 and the
/// listing are Eq. (7).
///
/// - Source: Y. Zou et al. 2023 (arXiv:2212.13381), Eq. (7) and the supplement;
///   github.com/oneHuster/MixupE, mixup.py, for the versions.
public enum DirectionalTerm: Sendable, Equatable {
  /// Eq. (7).
  case paper(DirectionalSurrogate)
  /// The supplement's listing.
  case listing
  /// The code's first version.
  case version1(threshold: Double)
  /// The code's second version.
  case version2
  /// The code's third version, which its README uses with threshold 1.
  case version3(threshold: Double)
  /// The code's fourth version.
  case version4

  /// The code's default threshold.
  public static let defaultThreshold = -1.0

  /// q or q̂.
  public var surrogate: DirectionalSurrogate {
    switch self {
    case .paper(let surrogate): surrogate
    case .version1, .version2: .directional
    case .listing, .version3, .version4: .homogeneous
    }
  }

  /// Whether |q̃| is summed and not q̃.
  public var isAbsolute: Bool {
    switch self {
    case .paper, .listing, .version2: true
    case .version1, .version3, .version4: false
    }
  }

  /// Only samples with q̃ below it count.
  public var threshold: Double? {
    switch self {
    case .version1(let threshold), .version3(let threshold): threshold
    case .paper, .listing, .version2, .version4: nil
    }
  }

  /// Whether the term is subtracted.
  public var isSubtracted: Bool {
    switch self {
    case .version3, .version4: true
    case .paper, .listing, .version1, .version2: false
    }
  }

  /// The slope of a sample's part of the sum in q̃: ±1, or 0 where it does not
  /// count; of |q̃| at 0 that from above, one of its subgradients.
  public func slope(at value: Double) -> Double {
    if let threshold, value >= threshold { return 0 }
    let sign = isSubtracted ? -1.0 : 1
    return isAbsolute && value < 0 ? -sign : sign
  }

  /// Whether no gradient flows through the residual p − y.
  public var hasConstantResidual: Bool {
    switch self {
    case .version1, .version2, .version4: true
    case .paper, .listing, .version3: false
    }
  }
}
