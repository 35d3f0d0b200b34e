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

  /// Reads, computes, and writes the file contract's results to a folder.
  ///
  /// Nothing is written unless all input is in order. A design of more than
  /// half a gigabyte is read in blocks, anew for each pass over it.
  ///
  /// - Throws: `FileError`; `RandomFeatureError.diverged` where gradient
  ///   descent leaves the numbers' range.
  public func run(output: String, overwrite: Bool) throws {
    let start = ContinuousClock.now
    let design = try DesignFile(designMatrix)
    let (m, d) = (design.rowCount, design.featureDimension)
    let mixed = try NPY.readNumbers(labels, shape: [m]).values
    let clean = try NPY.readNumbers(cleanLabels, shape: [m]).values
    let analysis = FlowAnalysis(
      labels: mixed, cleanLabels: clean,
      initial: try initial.map { try NPY.readNumbers($0, shape: [d]).values }
        ?? [Double](repeating: 0, count: d),
      learningRate: learningRate, times: try readTimes(times),
      steps: try steps.map { try readSteps($0) })
    try OutputFolder.check(path: output, overwrite: overwrite)
    let read = ContinuousClock.now
    let result: FlowAnalysis.Result
    do {
      result = try analysis.solve(design)
      try design.checkRead()
    } catch let error as LinearAlgebraError {
      try design.checkRead()
      throw FileError.malformed(
        file: designMatrix, expected: "a design whose squares are numbers",
        found: error.description)
    }
    guard result.isFinite else {
      // Finite files can still overflow together.
      throw FileError.malformed(
        file: "\(designMatrix), \(labels), \(cleanLabels)",
        expected: "numbers of which the solution stays finite",
        found: "an overflow")
    }
    let folder = try OutputFolder(path: output, overwrite: overwrite)
    try result.writeArrays(folder)
    try JSONDocument([
      "read": .double((read - start) / .seconds(1)),
      "decompose": .double(result.decomposeSeconds),
      "evaluate": .double(result.evaluateSeconds),
    ]).write(to: folder.file("timing.json"))
    try result.document(configuration: configuration)
      .write(to: folder.file("result.json"))
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
}

extension RandomFeatureError: ExitStatusProviding {
  /// 70: the computation diverged.
  public var exitStatus: ExitStatus { .diverged }
}
