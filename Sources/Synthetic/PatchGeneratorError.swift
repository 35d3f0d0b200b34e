public import ArrayFiles

/// Why patches cannot be generated.
public enum PatchGeneratorError: ExitStatusProviding, Equatable,
  CustomStringConvertible
{
  /// A number is outside its range.
  case option(String, expected: String, found: String)
  /// A sample has no room for its feature and its feature noise.
  case tooFewPatches(found: Int, needed: Int)
  /// The features have another shape.
  case featureShape(rows: Int, columns: Int, found: [Int])
  /// A feature is zero or a combination of the others.
  case dependentFeatures(rank: Int, count: Int)
  /// The images are too small for patches of this side.
  case imageSize(side: Int, height: Int, width: Int)
  /// The patches of the images are all alike once the features are taken out.
  case flatImages

  /// One line: what was expected, what was found, what to do.
  public var description: String {
    switch self {
    case .option(let name, let expected, let found):
      "\(name): expected \(expected), found \(found)"
    case .tooFewPatches(let found, let needed):
      "patch count: expected at least \(needed), one for the feature and one "
        + "for each feature-noise patch, found \(found); take more patches or "
        + "less feature noise"
    case .featureShape(let rows, let columns, let found):
      "features: expected shape [\(rows), \(columns)], found \(found)"
    case .dependentFeatures(let rank, let count):
      "features: expected \(count) linearly independent ones, found rank "
        + "\(rank); leave out zero and repeated features"
    case .imageSize(let side, let height, let width):
      "patch side: expected at most \(min(height, width)) for images of "
        + "\(height) × \(width), found \(side)"
    case .flatImages:
      "images: expected patches that differ, found none; take other images or "
        + "larger patches"
    }
  }

  /// 65 for features and images, 64 for options.
  public var exitStatus: ExitStatus {
    switch self {
    case .option, .tooFewPatches, .imageSize: .usage
    case .featureShape, .dependentFeatures, .flatImages: .badData
    }
  }
}
