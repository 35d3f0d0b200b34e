import ArrayFiles
import LinearAlgebra
import Mixing
import RandomFeature
import Synthetic

/// `mixlab random-feature` on generated data: draws a regression problem and
/// its mixed samples, writes them as arrays, and solves their dynamics.
public struct GeneratedRandomFeature: Sendable {
  /// The problem, its pairs, λ and step size; times and seeds are not used.
  public var experiment: RandomFeatureExperiment
  /// The seed of everything drawn.
  public var seed: Int
  /// A file of times, [T]; a grid in equal ratios with 0 and ∞ without.
  public var times: String?
  /// A file of numbers of descent steps, [S].
  public var steps: String?

  /// An analysis from an experiment with one problem.
  ///
  /// - Precondition: the experiment has one problem.
  public init(
    experiment: RandomFeatureExperiment, seed: Int, times: String? = nil,
    steps: String? = nil
  ) {
    precondition(experiment.problems.count == 1, "one problem is analysed")
    self.experiment = experiment
    self.seed = seed
    self.times = times
    self.steps = steps
  }

  /// Draws, computes, and writes to a folder what the array command reads and
  /// what it writes, `risk.csv`, and what the design is made of: `inputs.npy`
  /// [n, p], `pairs.npy`, `mixing-weights.npy`, and the map's
  /// `feature-weights.npy` [d, p] with `feature-phases.npy` [d] for cosines, or
  /// `feature-exponents.npy` [d, p].
  public func run(output: String, overwrite: Bool) throws {
    try OutputFolder.check(path: output, overwrite: overwrite)
    let settings = experiment.problems[0]
    var images: ImageTarget?
    if case .images(let source, let classIndex, let epochs) = settings.source {
      images = try ImageTarget(
        source, classIndex: classIndex, epochs: epochs, problem: settings.name)
    }
    let problem = try RegressionProblem(settings, seed: seed, images: images)
    let bench = try RegressionBench(
      problem, experiment, name: settings.name, seed: seed)
    let grid =
      try times.map { try readTimes($0) }
      ?? [0] + experiment.times.values + [.infinity]
    let result = try FlowAnalysis(
      labels: bench.mixedLabels, cleanLabels: bench.cleanLabels,
      initial: bench.flow.initial, learningRate: experiment.learningRate,
      times: grid, steps: try steps.map { try readSteps($0) }
    ).solve(bench.mixed)
    let curves = bench.curveTable(at: grid)
    let isFinite = curves.rows.allSatisfy { row in
      row.dropFirst().allSatisfy {
        if case .double(let value) = $0 { value.isFinite } else { true }
      }
    }
    guard result.isFinite, isFinite else {
      throw RandomFeatureError.notFinite(problem: settings.name)
    }
    let folder = try OutputFolder(path: output, overwrite: overwrite)
    let map = bench.mixed.map
    for (matrix, name) in [
      (bench.mixed.matrix, "design-matrix.npy"),
      (bench.mixed.inputs, "inputs.npy"),
      (map.weights, "feature-weights.npy"),
    ] where matrix.rowCount > 0 {
      try folder.write(
        ShapedArray(
          shape: [matrix.rowCount, matrix.columnCount],
          values: matrix.elements), as: name)
    }
    if !map.phases.isEmpty {
      try folder.write(
        ShapedArray(shape: [map.phases.count], values: map.phases),
        as: "feature-phases.npy")
    }
    if !map.exponents.isEmpty {
      try folder.write(
        ShapedArray(
          shape: [map.exponents.count, map.inputDimension],
          values: map.exponents.flatMap { $0 }), as: "feature-exponents.npy")
    }
    for (values, name) in [
      (bench.mixedLabels, "labels.npy"),
      (bench.cleanLabels, "clean-labels.npy"),
      (bench.flow.initial, "initial.npy"), (grid, "times.npy"),
      (bench.mixed.samples.weights, "mixing-weights.npy"),
    ] {
      try folder.write(
        ShapedArray(shape: [values.count], values: values), as: name)
    }
    try folder.write(
      ShapedArray(
        shape: [bench.mixed.rowCount, 2],
        values: bench.mixed.samples.first.indices.flatMap {
          [
            Int(bench.mixed.samples.first[$0]),
            Int(bench.mixed.samples.second[$0]),
          ]
        }), as: "pairs.npy")
    try result.writeArrays(folder)
    try folder.write(curves.text, as: "risk.csv")
    try JSONDocument([
      "decompose": .double(result.decomposeSeconds),
      "evaluate": .double(result.evaluateSeconds),
    ]).write(to: folder.file("timing.json"))
    var document = result.document(configuration: configuration)
    document.value["seed"] = .int(seed)
    document.value["isRiskExact"] = .bool(problem.isExact)
    document.value["cleanRisk"] = .double(
      problem.risk.value(of: bench.flow.cleanSolution))
    document.value["labelSquare"] = .double(problem.risk.labelSquare)
    let best = bench.best(bench.flow)
    document.value["bestTime"] = .double(best.time)
    document.value["bestRelativeRisk"] = .double(best.risk)
    try document.write(to: folder.file("result.json"))
  }

  private var configuration: ConfigurationValue {
    var value = experiment.problems[0].value
    value["mixing"] = experiment.value["mixing"] ?? nil
    value["learning-rate"] = .double(experiment.learningRate)
    value["start-deviation"] =
      experiment.startDeviation.map { .double($0) } ?? nil
    value["times"] = times.map { .string($0) } ?? nil
    value["steps"] = steps.map { .string($0) } ?? nil
    return value
  }
}

/// Times of a flow from a file: ≥ 0, ∞ allowed.
func readTimes(_ file: String) throws(FileError) -> [Double] {
  let values = try NPY.readNumbers(file, shape: [nil], allowing: .infinity)
    .values
  if let bad = values.firstIndex(where: { $0 < 0 }) {
    throw .malformed(
      file: file, expected: "times of at least 0",
      found: "\(values[bad]) at \(bad)")
  }
  return values
}

/// Numbers of steps from a file: ≥ 0.
func readSteps(_ file: String) throws(FileError) -> [Int] {
  let values = try NPY.readIntegers(file, shape: [nil]).values
  if let bad = values.firstIndex(where: { $0 < 0 }) {
    throw .malformed(
      file: file, expected: "numbers of steps of at least 0",
      found: "\(values[bad]) at \(bad)")
  }
  return values
}
