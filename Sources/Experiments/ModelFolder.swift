import ArrayFiles
import ImageTrain
import Mixing
import Networks
import Valuation
import VectorMath

/// The folder of one model and seed, and what is stored in it.
///
///     metrics.csv       one line per epoch
///     timing.csv        seconds per epoch
///     probes.csv        α in training, where it was probed
///     gradient-noise.csv  gradient norm and noise, where measured
///     network.npz       the network at the end
///     trace.npy         kept samples per step and bin of |λ − ½|
///     samples-*/        the mixed samples of an epoch and their r̂
///     checkpoint.npz    where an unfinished run is taken up
///     identity.txt      what all this was computed from and with
///     done.json         last: the run is complete
struct ModelFolder: Sendable {
  let path: String

  private func file(_ name: String) -> String { path + "/" + name }

  var metricsFile: String { file("metrics.csv") }
  var outcomeFile: String { file("done.json") }
  func networkFile(_ member: Int) -> String { file(Self.networkName(member)) }

  /// The file of an ensemble's member, at the end or after an epoch.
  static func networkName(_ member: Int, epoch: Int? = nil) -> String {
    "network" + (member == 0 ? "" : "-\(member)")
      + (epoch.map { "-epoch-\($0)" } ?? "") + ".npz"
  }

  /// Makes the folder, and empties it where its contents were computed from
  /// another configuration or with other kernels.
  func prepare(identity: String) throws {
    let note = file("identity.txt")
    let stored = try ifPresent { try TextFile.read(note) }
    if stored != identity { removeFile(path) }
    _ = try OutputFolder(path: path, overwrite: true)
    try AtomicFile.write(identity, to: note)
  }

  // MARK: - Unfinished runs

  /// Writes everything that a resumed run needs.
  func writeCheckpoint(
    _ state: TrainingState, _ log: MetricsLog, _ sensitivity: SensitivityLog
  ) throws {
    try AtomicFile.write(log.metricsText, to: file("metrics.partial.csv"))
    try AtomicFile.write(log.timingText, to: file("timing.partial.csv"))
    try write(sensitivity, ".partial")
    func vector(_ values: [Double]) -> ShapedArray<Double> {
      ShapedArray(shape: [values.count], values: values)
    }
    let counters = [
      state.step, state.epoch, state.gradientSamples, state.forwardSamples,
    ]
    let counts = state.trace.counts.map { Int($0) }
    try NPZ.write(
      [
        NPZ.NamedArray("parameters", vector(state.parameters)),
        NPZ.NamedArray("velocity", vector(state.velocity)),
        NPZ.NamedArray(
          "counters", ShapedArray(shape: [4], values: counters)),
        NPZ.NamedArray(
          "trace", ShapedArray(shape: [counts.count], values: counts)),
      ], to: file("checkpoint.npz"))
  }

  /// Where an earlier attempt was left, if it left anything.
  func readCheckpoint(
    of plan: TrainingPlan, sampleCount: Int, parameterCount: Int
  ) throws -> (TrainingState, MetricsLog, SensitivityLog)? {
    let checkpoint = file("checkpoint.npz")
    guard let archive = try ifPresent({ try NPZ(path: checkpoint) })
    else { return nil }
    let counters = try archive.integers("counters", shape: [4]).values
    let epochs = plan.totalEpochs(sampleCount: sampleCount)
    guard (1...max(epochs, 1)).contains(counters[1]),
      counters[0]
        == min(
          counters[1] * plan.stepsPerEpoch(sampleCount: sampleCount),
          plan.totalSteps(sampleCount: sampleCount)),
      counters[2] >= 0, counters[3] >= 0
    else {
      throw FileError.malformed(
        file: checkpoint,
        expected: "steps, an epoch in 1...\(epochs) and counts of samples",
        found: "\(counters)")
    }
    let state = TrainingState(
      parameters: try archive.numbers("parameters", shape: [parameterCount])
        .values,
      velocity: try archive.numbers("velocity", shape: [parameterCount])
        .values, step: counters[0], epoch: counters[1],
      gradientSamples: counters[2], forwardSamples: counters[3],
      trace: try Self.trace(
        archive.integers("trace", shape: [nil]).values,
        stepCount: plan.guidedSteps(
          inFirst: counters[1], sampleCount: sampleCount), of: checkpoint))
    let metrics = file("metrics.partial.csv")
    guard
      let log = MetricsLog(
        metrics: try TextFile.read(metrics),
        timing: try TextFile.read(file("timing.partial.csv")),
        epochs: state.epoch)
    else {
      throw FileError.malformed(
        file: metrics, expected: "\(state.epoch) epochs, as the checkpoint has",
        found: "fewer")
    }
    func text(_ name: String) throws -> String? {
      try ifPresent { try TextFile.read(file(name)) }
    }
    return (
      state, log,
      SensitivityLog(
        probes: try text("probes.partial.csv"),
        noise: try text("gradient-noise.partial.csv"), step: state.step,
        epoch: state.epoch, isLast: state.epoch == epochs)
    )
  }

  /// Writes what was measured of gradients, where something was.
  private func write(_ log: SensitivityLog, _ suffix: String = "") throws {
    for (text, name) in [
      (log.probeText, "probes"), (log.noiseText, "gradient-noise"),
    ] {
      if let text {
        try AtomicFile.write(text, to: file(name + suffix + ".csv"))
      }
    }
  }

  /// A table of what was measured of gradients; nil where nothing was.
  func readSensitivity(_ name: String) throws -> CSVTable? {
    try ifPresent { try CSVTable(file: sensitivityFile(name)) }
  }

  func sensitivityFile(_ name: String) -> String { file(name + ".csv") }

  /// The network that a run that diverged had reached, if it did.
  var lastGoodFile: String { file("network-last-good.npz") }

  /// Keeps what a run had reached before it diverged.
  ///
  /// - Returns: The network's file.
  func writeLastGood(
    _ network: DenseNetwork<Double>, _ log: MetricsLog
  ) throws -> String {
    try AtomicFile.write(log.metricsText, to: file("metrics.partial.csv"))
    try NetworkFile.write(network, to: lastGoodFile)
    return lastGoodFile
  }

  // MARK: - Results

  func write(_ network: DenseNetwork<Double>, as name: String) throws {
    try NetworkFile.write(network, to: file(name))
  }

  /// Writes the samples that were valued in an epoch, as `mixlab valuate`
  /// reads them, with the network that valued the first batch.
  func writeSamples(
    _ report: EpochReport, networkBefore: DenseNetwork<Double>
  ) throws {
    let folder = try OutputFolder(
      path: file("samples-epoch-\(report.epoch)"), overwrite: true)
    let samples = report.samples
    let pairs = zip(samples.first, samples.second).flatMap {
      [Int($0), Int($1)]
    }
    let count = samples.count
    try folder.write(
      ShapedArray(shape: [count, 2], values: pairs), as: "pairs.npy")
    try folder.write(
      ShapedArray(shape: [count], values: samples.weights),
      as: "mixing-weights.npy")
    try folder.write(
      ShapedArray(shape: [count], values: report.values), as: "rhat.npy")
    try folder.write(
      ShapedArray(shape: [count], values: report.steps), as: "steps.npy")
    try NetworkFile.write(
      networkBefore, to: folder.file("network-before.npz"))
  }

  /// Writes what is left at the end and marks the run as complete.
  func finish(
    _ log: MetricsLog, _ sensitivity: SensitivityLog, trace: FilterTrace,
    _ outcome: Consumption
  ) throws {
    try AtomicFile.write(log.metricsText, to: file("metrics.csv"))
    try AtomicFile.write(log.timingText, to: file("timing.csv"))
    try write(sensitivity)
    if trace.stepCount > 0 {
      try NPY.write(
        ShapedArray(
          shape: [trace.stepCount, FilterTrace.binCount],
          values: trace.counts.map { Int($0) }), to: file("trace.npy"))
    }
    let value: ConfigurationValue = [
      "gradientSamples": .int(outcome.gradientSamples),
      "forwardSamples": .int(outcome.forwardSamples),
    ]
    try AtomicFile.write(value.json, to: outcomeFile)
    removeLeftovers()
  }

  /// Removes what a run needs no more once it is complete, files in the making
  /// that a kill cut short included.
  func removeLeftovers() {
    for name in [
      "checkpoint.npz", "metrics.partial.csv", "timing.partial.csv",
      "probes.partial.csv", "gradient-noise.partial.csv",
    ] { removeFile(file(name)) }
    for name in listFolder(path)
    where name.hasPrefix(".") && name.hasSuffix(".partial") {
      removeFile(file(name))
    }
  }

  /// What a run consumed in all.
  struct Consumption {
    var gradientSamples: Int
    var forwardSamples: Int
  }

  /// What a complete run consumed; nil where none is complete.
  func readOutcome() throws -> Consumption? {
    try ifPresent {
      try ConfigurationDocument(file: outcomeFile).read {
        Consumption(
          gradientSamples: try $0.required("gradientSamples")
            .int(in: .nonNegative),
          forwardSamples: try $0.required("forwardSamples")
            .int(in: .nonNegative))
      }
    }
  }

  /// Seconds of training, evaluation included, over all epochs.
  func readSeconds() throws -> Double {
    let timing = file("timing.csv")
    return try CSVTable(file: timing).numbers("seconds", of: timing)
      .reduce(0, +)
  }

  /// The trace of a complete run, which was filtered in so many steps.
  func readTrace(stepCount: Int) throws -> FilterTrace {
    if stepCount == 0 { return FilterTrace() }
    let name = file("trace.npy")
    return try Self.trace(
      NPY.readIntegers(name, shape: [nil, FilterTrace.binCount]).values,
      stepCount: stepCount, of: name)
  }

  /// The trace that numbers from a file are.
  private static func trace(
    _ counts: [Int], stepCount: Int, of file: String
  ) throws -> FilterTrace {
    let trace: FilterTrace
    do throws(FilterTraceError) {
      trace = try FilterTrace(counts: counts)
    } catch {
      throw FileError.malformed(
        file: file, expected: error.expected, found: error.found)
    }
    guard trace.stepCount == stepCount else {
      throw FileError.malformed(
        file: file, expected: "counts of \(stepCount) filtered steps",
        found: "\(trace.stepCount)")
    }
    return trace
  }

  /// r̂, λ and sources of the last epoch whose samples were kept.
  func readSamples() throws -> (values: [Double], samples: MixedSamples)? {
    let folders = listFolder(path).filter { $0.hasPrefix("samples-epoch-") }
    let last = folders.max {
      (Int($0.dropFirst(14)) ?? 0) < (Int($1.dropFirst(14)) ?? 0)
    }
    guard let last else { return nil }
    let name = file(last + "/pairs.npy")
    let pairs = try NPY.readIntegers(name, shape: [nil, 2])
    let indices = 0...Int(Int32.max)
    if let bad = pairs.values.first(where: { !indices.contains($0) }) {
      throw FileError.malformed(
        file: name, expected: "indices in \(indices)", found: "\(bad)")
    }
    let count = pairs.shape[0]
    return (
      try NPY.readNumbers(file(last + "/rhat.npy"), shape: [count]).values,
      MixedSamples(
        first: (0..<count).map { Int32(pairs.values[2 * $0]) },
        second: (0..<count).map { Int32(pairs.values[2 * $0 + 1]) },
        weights: try NPY.readNumbers(
          file(last + "/mixing-weights.npy"), shape: [count]
        ).values)
    )
  }
}

/// What `read` gives, or nil where there is no such file.
func ifPresent<Value>(_ read: () throws -> Value) throws -> Value? {
  do {
    return try read()
  } catch let error as FileError {
    guard case .missing = error else { throw error }
    return nil
  }
}
