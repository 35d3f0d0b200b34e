public import ArrayFiles
import LinearAlgebra
public import RandomFeature

/// `mixlab random-feature` on arrays: the closed-form mixup dynamics of a
/// random-feature model.
///
///     θ_t = θ* + e^(−ηKt)(θ₀ − θ*) + (I − e^(−ηKt)) θ_noise,   K = ΦᵀΦ/m
public struct ArrayRandomFeature: Sendable {
  /// φ(x̃_s) as rows, [m, d].
  public var designMatrix: String
  /// Mixed labels ỹ, [m].
  public var labels: String
  /// Clean labels f(x̃), [m].
  public var cleanLabels: String
  /// θ₀, [d]; zeros without.
  public var initial: String?
  /// Step size η.
  public var learningRate: Double
  /// Times of the flow, [T], ≥ 0 or infinite.
  public var times: String
  /// Numbers of steps of gradient descent, [S], ≥ 0.
  public var steps: String?

  /// An analysis from its files.
  ///
  /// - Precondition: the learning rate is positive and finite.
  public init(
    designMatrix: String, labels: String, cleanLabels: String,
    initial: String? = nil, learningRate: Double, times: String,
    steps: String? = nil
  ) {
    precondition(learningRate > 0 && learningRate.isFinite)
    self.designMatrix = designMatrix
    self.labels = labels
    self.cleanLabels = cleanLabels
    self.initial = initial
    self.learningRate = learningRate
    self.times = times
    self.steps = steps
  }

  /// Threads of all that is computed; fixed, since last bits depend on those
  /// of a decomposition.
  private static let threads = 2

  /// Reads, computes, and writes the file contract's results to a folder.
  ///
  /// Nothing is written unless all input is in order.
  ///
  /// - Throws: `FileError`; `RandomFeatureError.diverged` where gradient
  ///   descent leaves the numbers' range.
  public func run(output: String, overwrite: Bool) throws {
    let clock = ContinuousClock()
    var marks = [clock.now]
    let design = try readDesign()
    let (m, d) = (design.rowCount, design.columnCount)
    let mixed = try NPY.readNumbers(labels, shape: [m]).values
    let clean = try NPY.readNumbers(cleanLabels, shape: [m]).values
    let start =
      try initial.map { try NPY.readNumbers($0, shape: [d]).values }
      ?? [Double](repeating: 0, count: d)
    let moments = try readTimes()
    let counts = try readSteps()
    marks.append(clock.now)
    let spectral: SpectralDesign
    do {
      spectral = try SpectralDesign(design, threads: Self.threads)
    } catch {
      throw FileError.malformed(
        file: designMatrix, expected: "a design whose squares are numbers",
        found: error.description)
    }
    marks.append(clock.now)
    let flow = MixupFlow(
      design: spectral, rows: design, labels: mixed, cleanLabels: clean,
      initial: start, learningRate: learningRate)
    let parameters = flow.parameters(at: moments, threads: Self.threads)
    let descent = counts.map {
      flow.parameters(afterSteps: $0, threads: Self.threads)
    }
    if let descent, let bad = firstDiverged(descent) {
      throw RandomFeatureError.diverged(
        steps: counts?[bad] ?? 0, learningRate: learningRate,
        largestStable: spectral.largestStableLearningRate ?? .infinity)
    }
    let noise = flow.noiseSolution
    let results: [(Matrix<Double>, String)] =
      [(parameters, "theta.npy")]
      + (descent.map { [($0, "theta-steps.npy")] } ?? [])
    let vectors = [
      (flow.cleanSolution, "theta-star.npy"), (noise, "theta-noise.npy"),
      (flow.limit, "theta-limit.npy"), (spectral.spectrum, "spectrum.npy"),
    ]
    try checkFinite(results.map(\.0.elements) + vectors.map(\.0))
    marks.append(clock.now)
    let folder = try OutputFolder(path: output, overwrite: overwrite)
    for (matrix, name) in results {
      try folder.write(
        ShapedArray(
          shape: [matrix.rowCount, d], values: matrix.elements), as: name)
    }
    for (vector, name) in vectors {
      try folder.write(
        ShapedArray(shape: [vector.count], values: vector), as: name)
    }
    let seconds = zip(marks, marks.dropFirst()).map { ($1 - $0) / .seconds(1) }
    try JSONDocument([
      "read": .double(seconds[0]), "decompose": .double(seconds[1]),
      "evaluate": .double(seconds[2]),
    ]).write(to: folder.file("timing.json"))
    try document(spectral, noise: noise)
      .write(to: folder.file("result.json"))
  }

  private func document(
    _ design: SpectralDesign, noise: [Double]
  ) -> JSONDocument {
    let isZero = design.rank == 0
    let why = "the design is zero: θ stays at its start"
    return JSONDocument(
      [
        "command": "random-feature",
        "configuration": configuration,
        "version": .string(mixlabVersion),
        "blas": blasValue,
        "route": .string(design.route.rawValue),
        "rank": .int(design.rank),
        "conditionNumber": .double(design.conditionNumber ?? .nan),
        "smallestRetainedEigenvalue": .double(
          design.eigenvalues.last ?? .nan),
        "noiseNorm": .double(Double.nrm2(noise.count, noise)),
        "largestStableLearningRate": .double(
          design.largestStableLearningRate ?? .infinity),
      ],
      notes: isZero
        ? [
          "conditionNumber": why, "smallestRetainedEigenvalue": why,
          "largestStableLearningRate": "every step size is stable: " + why,
        ] : [:])
  }

  private var configuration: ConfigurationValue {
    [
      "design-matrix": .string(designMatrix), "labels": .string(labels),
      "clean-labels": .string(cleanLabels),
      "initial": initial.map { .string($0) } ?? nil,
      "learning-rate": .double(learningRate), "times": .string(times),
      "steps": steps.map { .string($0) } ?? nil,
    ]
  }

  // MARK: - Reading

  private func readDesign() throws(FileError) -> Matrix<Double> {
    let array = try NPY.readNumbers(designMatrix, shape: [nil, nil])
    guard array.shape[0] > 0, array.shape[1] > 0 else {
      throw .malformed(
        file: designMatrix, expected: "at least one row and one feature",
        found: "shape \(array.shape)")
    }
    return Matrix(
      rowCount: array.shape[0], columnCount: array.shape[1],
      elements: array.values)
  }

  private func readTimes() throws(FileError) -> [Double] {
    let values = try NPY.readNumbers(
      times, shape: [nil], allowing: .infinity
    ).values
    if let bad = values.firstIndex(where: { $0 < 0 }) {
      throw .malformed(
        file: times, expected: "times of at least 0",
        found: "\(values[bad]) at \(bad)")
    }
    return values
  }

  private func readSteps() throws(FileError) -> [Int]? {
    guard let steps else { return nil }
    let values = try NPY.readIntegers(steps, shape: [nil]).values
    if let bad = values.firstIndex(where: { $0 < 0 }) {
      throw .malformed(
        file: steps, expected: "numbers of steps of at least 0",
        found: "\(values[bad]) at \(bad)")
    }
    return values
  }

  private func firstDiverged(_ descent: Matrix<Double>) -> Int? {
    (0..<descent.rowCount).first { row in
      !descent.row(row).allSatisfy { $0.isFinite }
    }
  }

  /// Finite files can still overflow together.
  private func checkFinite(_ arrays: [[Double]]) throws(FileError) {
    guard arrays.allSatisfy({ $0.allSatisfy { $0.isFinite } }) else {
      throw .malformed(
        file: "\(designMatrix), \(labels), \(cleanLabels)",
        expected: "numbers of which the solution stays finite",
        found: "an overflow")
    }
  }
}

extension RandomFeatureError: ExitStatusProviding {
  /// 70: the computation diverged.
  public var exitStatus: ExitStatus { .diverged }
}
