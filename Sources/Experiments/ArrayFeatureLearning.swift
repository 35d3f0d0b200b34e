import ArrayFiles
public import FeatureLearning
import Foundation
import LinearAlgebra
import Synthetic
import VectorMath

/// `mixlab feature-learning`: exact full-batch descent of the patch network on
/// samples, features and initial weights from array files.
public struct ArrayFeatureLearning: Sendable {
  /// Patches, [n, P, d].
  public var patches: String
  /// Labels, [n], 0 or 1.
  public var labels: String
  /// Features v, u, v′, u′, [4, d].
  public var features: String
  /// Initial weights, [2, m, d].
  public var initial: String
  /// What is descended.
  public var method: FeatureMethod
  /// Step length.
  public var learningRate: Double
  /// Number of steps.
  public var iterations: Int
  /// Every so many iterates one is recorded.
  public var recordInterval: Int
  /// Threads that share the work.
  public var threads: Int

  /// A descent from its files and settings.
  public init(
    patches: String, labels: String, features: String, initial: String,
    method: FeatureMethod, learningRate: Double, iterations: Int,
    recordInterval: Int, threads: Int = 1
  ) {
    self.patches = patches
    self.labels = labels
    self.features = features
    self.initial = initial
    self.method = method
    self.learningRate = learningRate
    self.iterations = iterations
    self.recordInterval = recordInterval
    self.threads = threads
  }

  /// Reads, descends, and writes the file contract's results to a folder.
  ///
  /// Nothing is written unless all input is in order and the loss stays finite.
  public func run(
    output: String, overwrite: Bool,
    progress: any ProgressReporter = SilentProgress()
  ) throws {
    let start = ContinuousClock.now
    let data = try readSamples()
    let directions = try NPY.readNumbers(
      features, shape: [4, data.dimension])
    let network = try readNetwork(dimension: data.dimension)
    try checkResponses(data, network)
    let followed = Matrix(
      rowCount: 4, columnCount: data.dimension, elements: directions.values)
    try checkLearning(network.learning(of: followed))
    try OutputFolder.check(path: output, overwrite: overwrite)
    let read = ContinuousClock.now
    let space = PatchSpace(data)
    let prepared = ContinuousClock.now
    let run = FeatureRun(
      method, learningRate: learningRate, iterations: iterations,
      recordInterval: recordInterval)
    let job = method == .plain ? "erm" : "mixup"
    progress.report(.began(job: job, total: iterations))
    defer {
      progress.report(.ended(job: job))
      progress.report(.finished)
    }
    let outcome = try run(
      from: network, on: space, directions: followed,
      team: ThreadTeam(size: threads),
      advanced: { step in
        if step.isMultiple(of: 100) {
          progress.report(.advanced(job: job, step: step))
        }
      })
    let computed = ContinuousClock.now
    for record in outcome.records { try checkLearning(record.learning) }
    try write(
      outcome, to: OutputFolder(path: output, overwrite: overwrite),
      timing: [
        "read": .double((read - start) / .seconds(1)),
        "prepare": .double((prepared - read) / .seconds(1)),
        "compute": .double((computed - prepared) / .seconds(1)),
        "secondsPerStep": .double(
          (computed - prepared) / .seconds(1) / Double(max(iterations, 1))),
      ])
  }

  private func write(
    _ outcome: FeatureRun.Outcome, to folder: OutputFolder,
    timing: ConfigurationValue
  ) throws {
    let network = outcome.network
    try folder.write(
      ShapedArray(
        shape: [network.classCount, network.width, network.dimension],
        values: network.weights.elements), as: "weights.npy")
    var curve = CSVTable(
      header: [
        "iteration", "loss", "common_0", "rare_0", "common_1", "rare_1",
      ])
    for record in outcome.records {
      curve.append([
        .int(record.iteration), .double(record.loss),
        .double(record.learning[0, 0]), .double(record.learning[0, 2]),
        .double(record.learning[1, 1]), .double(record.learning[1, 3]),
      ])
    }
    try curve.write(to: folder.file("curve.csv"))
    try JSONDocument(timing).write(to: folder.file("timing.json"))
    let last = outcome.records.last
    try JSONDocument([
      "command": "feature-learning",
      "configuration": configuration,
      "version": .string(mixlabVersion),
      "blas": blasValue,
      "vectorInstructionSet": .string(vectorInstructionSet),
      "loss": .double(last?.loss ?? .nan),
      "trainingAccuracy": .double(last?.accuracy ?? .nan),
      "quadratureNodes": .int(outcome.largestNodeCount),
      "quadratureLossError": .double(outcome.quadratureError),
      "quadratureSlopeError": .double(outcome.slopeError),
    ]).write(to: folder.file("result.json"))
  }

  private var configuration: ConfigurationValue {
    var value: ConfigurationValue = [
      "patches": .string(patches), "labels": .string(labels),
      "features": .string(features), "initial": .string(initial),
      "method": .string(method == .plain ? "erm" : "mixup"),
    ]
    if method != .plain {
      switch method.weights {
      case .fixed(let weight): value["mixing-weight"] = .double(weight)
      case .beta(let schedule, _):
        value["beta"] = .double(schedule.concentration(at: 0))
      }
    }
    value["learning-rate"] = .double(learningRate)
    value["iterations"] = .int(iterations)
    value["record-every"] = .int(recordInterval)
    if let stop = method.plainFrom { value["switch-to-erm-at"] = .int(stop) }
    return value
  }

  private func readSamples() throws -> PatchData {
    let array = try NPY.readNumbers(patches, shape: [nil, nil, nil])
    guard array.shape.allSatisfy({ $0 > 0 }) else {
      throw FileError.malformed(
        file: patches, expected: "at least one sample of one patch",
        found: "shape \(array.shape)")
    }
    let integers = try NPY.readIntegers(labels, shape: [array.shape[0]])
    if let bad = integers.values.firstIndex(where: { $0 != 0 && $0 != 1 }) {
      throw FileError.malformed(
        file: labels, expected: "labels 0 and 1",
        found: "\(integers.values[bad]) at \(bad)")
    }
    return PatchData(
      patches: Matrix(
        rowCount: array.shape[0] * array.shape[1], columnCount: array.shape[2],
        elements: array.values),
      patchCount: array.shape[1], labels: integers.values.map { Int32($0) })
  }

  private func readNetwork(dimension: Int) throws -> PatchNetwork {
    let array = try NPY.readNumbers(initial, shape: [2, nil, dimension])
    guard array.shape[1] > 0 else {
      throw FileError.malformed(
        file: initial, expected: "at least one filter per class",
        found: "shape \(array.shape)")
    }
    return PatchNetwork(
      classCount: 2, width: array.shape[1],
      weights: Matrix(
        rowCount: 2 * array.shape[1], columnCount: dimension,
        elements: array.values))
  }

  /// Finite features and weights can still overflow together.
  private func checkLearning(_ learning: Matrix<Double>) throws {
    guard learning.elements.allSatisfy({ $0.isFinite }) else {
      throw FileError.malformed(
        file: features, expected: "features whose squared responses are finite",
        found: "an overflow")
    }
  }

  /// Finite patches and weights can still overflow together.
  private func checkResponses(
    _ data: PatchData, _ network: PatchNetwork
  ) throws {
    let logits = network.logits(of: data)
    guard let bad = logits.elements.firstIndex(where: { !$0.isFinite }) else {
      return
    }
    throw FileError.malformed(
      file: patches, expected: "finite logits under \(initial)",
      found: "\(logits.elements[bad]) for the sample \(bad / 2)")
  }
}
