public import ArrayFiles
public import LinearAlgebra

/// What a patch of a generated sample is.
public enum PatchRole: Int, CaseIterable, Sendable {
  /// Noise.
  case noise
  /// The common feature of the sample's class.
  case commonFeature
  /// The rare feature of the sample's class.
  case rareFeature
  /// A common feature of any class, weakened.
  case featureNoise
}

/// Samples of patches with what they were made of.
public struct FeaturePatches: Sendable, Equatable {
  /// The samples.
  public let data: PatchData
  /// The features, 2K × d: the common ones of class 0 to K − 1 (v, u), then the
  /// rare ones (v′, u′).
  public let features: Matrix<Double>
  /// The role of each patch, sample after sample.
  public let roles: [PatchRole]

  /// Samples from their parts.
  ///
  /// - Precondition: Two features per class of the patches' dimension, and a
  ///   role for each patch.
  public init(data: PatchData, features: Matrix<Double>, roles: [PatchRole]) {
    precondition(
      features.rowCount == 2 * data.classCount
        && features.columnCount == data.dimension
        && roles.count == data.patches.rowCount,
      "\(features.rowCount) × \(features.columnCount) features and "
        + "\(roles.count) roles for \(data.patches.rowCount) patches")
    self.data = data
    self.features = features
    self.roles = roles
  }

  /// Whether each sample has its class's rare feature.
  public var isRare: [Bool] {
    (0..<data.sampleCount).map { i in
      roles[i * data.patchCount..<(i + 1) * data.patchCount]
        .contains(.rareFeature)
    }
  }

  /// The positions of each sample's noise patches.
  public var noisePositions: [[Int]] {
    (0..<data.sampleCount).map { i in
      (0..<data.patchCount).filter {
        roles[i * data.patchCount + $0] == .noise
      }
    }
  }

  /// Writes `patches.npy` [n, P, d], `labels.npy` [n], `features.npy` [2K, d]
  /// and `roles.npy` [n, P] (the cases of ``PatchRole``, from 0).
  public func write(
    to folder: OutputFolder, prefix: String = ""
  ) throws(FileError) {
    let (n, p, d) = (data.sampleCount, data.patchCount, data.dimension)
    try folder.write(
      ShapedArray(shape: [n, p, d], values: data.patches.elements),
      as: prefix + "patches.npy")
    try folder.write(
      ShapedArray(shape: [n], values: data.labels.map { Int($0) }),
      as: prefix + "labels.npy")
    try folder.write(
      ShapedArray(
        shape: [features.rowCount, d], values: features.elements),
      as: prefix + "features.npy")
    try folder.write(
      ShapedArray(shape: [n, p], values: roles.map(\.rawValue)),
      as: prefix + "roles.npy")
  }

  /// Reads what `write(to:prefix:)` wrote.
  ///
  /// - Throws: `FileError` where a file is missing or does not fit the others.
  public init(
    folder: String, prefix: String = ""
  ) throws(FileError) {
    func file(_ name: String) -> String { folder + "/" + prefix + name }
    let array = try NPY.readNumbers(
      file("patches.npy"), shape: [nil, nil, nil])
    let (n, p, d) = (array.shape[0], array.shape[1], array.shape[2])
    guard n > 0, p > 0, d > 0 else {
      throw .malformed(
        file: file("patches.npy"), expected: "at least one patch",
        found: "shape \(array.shape)")
    }
    let features = try NPY.readNumbers(file("features.npy"), shape: [nil, d])
    let count = features.shape[0]
    guard count >= 4, count.isMultiple(of: 2) else {
      throw .malformed(
        file: file("features.npy"), expected: "two features for each class",
        found: "\(count)")
    }
    let labels = try NPY.readIntegers(file("labels.npy"), shape: [n]).values
    if let bad = labels.first(where: { $0 < 0 || $0 >= count / 2 }) {
      throw .malformed(
        file: file("labels.npy"), expected: "labels in 0 ..< \(count / 2)",
        found: "\(bad)")
    }
    let codes = try NPY.readIntegers(file("roles.npy"), shape: [n, p]).values
    if let bad = codes.first(where: { PatchRole(rawValue: $0) == nil }) {
      throw .malformed(
        file: file("roles.npy"),
        expected: "roles in 0 ..< \(PatchRole.allCases.count)",
        found: "\(bad)")
    }
    self.init(
      data: PatchData(
        patches: Matrix(
          rowCount: n * p, columnCount: d, elements: array.values),
        patchCount: p, labels: labels.map { Int32($0) },
        classCount: count / 2),
      features: Matrix(
        rowCount: count, columnCount: d, elements: features.values),
      roles: codes.compactMap { PatchRole(rawValue: $0) })
  }
}
