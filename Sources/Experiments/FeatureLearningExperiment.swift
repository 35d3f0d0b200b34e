import FeatureLearning
import ImageData
import LinearAlgebra
import RealModule
import Valuation

/// An experiment on common and rare features in the patch network: what each
/// method learns of both, iterate by iterate, on the same draws.
///
/// - Source: D. Zou et al. 2023 (arXiv:2303.08433).
public struct FeatureLearningExperiment: Sendable, Equatable {
  /// Name of the experiment, usable as a folder's name.
  public var name: String
  /// One line about it, for tables and figures.
  public var title: String
  /// Root seeds.
  public var seeds: [Int]
  /// Samples, network, descent.
  public var settings: PatchSettings
  /// The methods, in the order of their runs.
  public var methods: [PatchMethodSettings]

  /// The contribution to a logit from which the linear phase is over: there a
  /// residual has moved by a twentieth: the logistic slope ¼ times 0.1, of ½.
  static let linearBound = 0.1
}

extension FeatureLearningExperiment: SeedExperiment {
  /// Reads an experiment; every key that is not understood is an error.
  public init(reader: ConfigurationReader) throws {
    (name, title, seeds) = try reader.head(seeds: 5)
    settings = try PatchSettings(reader: reader)
    let list = try reader.required("methods")
    methods = []
    for entry in try list.elements(count: .atLeast(1)) {
      let method = try PatchMethodSettings(reader: entry)
      guard !methods.contains(where: { $0.name == method.name }) else {
        throw entry.error("expected another name than \(method.name)")
      }
      if let paired = method.replays {
        let other = methods.first { $0.name == paired }
        guard let guidance = other?.method.guidance else {
          throw entry.error(
            "expected replays to name an earlier method with a filter, found "
              + paired)
        }
        var replayed = guidance
        replayed.filter = method.method.guidance?.filter ?? guidance.filter
        guard replayed == method.method.guidance,
          other?.method.plainFrom == method.method.plainFrom
        else {
          throw entry.error(
            "expected period, guidance-start, guidance-stop, normalization and "
              + "plain-from of \(paired), whose counts it replays")
        }
      }
      if let stop = method.method.plainFrom, stop > settings.iterations {
        throw entry.error(
          "expected plain-from of \(method.name) at most the "
            + "\(settings.iterations) iterations, found \(stop); set "
            + "methods.\(method.name).plain-from too")
      }
      if let guidance = method.method.guidance {
        let end = method.method.plainFrom ?? settings.iterations
        guard guidance.startIteration < end else {
          throw entry.error(
            "expected guidance-start before iteration \(end), found "
              + "\(guidance.startIteration)")
        }
      }
      methods.append(method)
    }
  }

  /// The experiment with every default written out.
  public var value: ConfigurationValue {
    let parts = settings.values
    return resolved(
      kind: .featureLearning,
      [
        "data": parts.data, "network": parts.network,
        "training": parts.training,
        "methods": .list(methods.map(\.value)),
      ])
  }

  func load() throws -> (material: ImageDataset?, contents: [String]) {
    guard let images = try settings.images?.loadedForRun() else {
      return (nil, [])
    }
    return (images, [images.checksum])
  }

  func measure(
    seed: Int, _ material: ImageDataset?, cancellation: CancellationFlag
  ) throws -> [(name: String, table: CSVTable)] {
    var tables = FeatureTables()
    for factor in settings.factors {
      let bench = try PatchBench(
        settings, factor: factor, seed: seed, images: material,
        cancellation: cancellation)
      let probe = PatchProbe(bench)
      var teachers: [Int: PatchNetwork] = [:]
      for (index, entry) in methods.enumerated() {
        guard let kind = entry.teacher else { continue }
        // Teachers of methods that share their mixup are trained once.
        let twin = methods[..<index].firstIndex {
          $0.teacher == kind
            && (kind == .plain || $0.unguided == entry.unguided)
        }
        teachers[index] =
          try twin.flatMap { teachers[$0] }
          ?? named("teacher of \(entry.name)", seed) {
            try bench.teacher(kind, of: entry.method)
          }
      }
      var traces: [String: FilterTrace] = [:]
      var prefixes: [Int: Prefix] = [:]
      for (index, entry) in methods.enumerated() {
        let start = prefixes[index]
        var records = start?.records ?? []
        var probes = start?.probes ?? []
        let offset = start == nil ? 0 : entry.method.plainFrom ?? 0
        let stops = stops(after: index)
        func keep(_ record: FeatureRecord, _ network: () -> PatchNetwork) {
          var record = record
          record.iteration += offset
          if record.iteration.isMultiple(of: settings.testInterval)
            || record.iteration == settings.iterations
          {
            let network = network()
            record.testAccuracies = bench.tests.map { network.accuracy(on: $0) }
          }
          for (later, stop) in stops where stop == record.iteration {
            prefixes[later] = Prefix(
              records: records, probes: probes, network: network())
          }
          records.append(record)
          if let probe, probe.isDue(record.iteration) {
            probes.append(
              probe.cells(network(), iteration: record.iteration))
          }
        }
        let outcome = try named(entry.name, seed, offset: offset) {
          try bench.run(
            start == nil ? entry.method : .plain, from: start?.network,
            iterations: settings.iterations - offset,
            teachers: teachers[index].map { [$0] } ?? [],
            replay: entry.replays.flatMap { traces[$0] }
          ) { record, descent in keep(record) { descent.network } }
        }
        traces[entry.name] = outcome.trace
        try tables.append(records, probes, of: entry, bench)
      }
    }
    return tables.all
  }

  /// A descent whose error says whose it is.
  private func named<Value>(
    _ method: String, _ seed: Int, offset: Int = 0,
    _ descend: () throws -> Value
  ) throws -> Value {
    do {
      return try descend()
    } catch let error as FeatureLearningError {
      throw ExperimentError.descent(
        method: method, seed: seed, error.shifted(by: offset))
    }
  }

  /// What an early-stopped method shares with a method before it.
  private struct Prefix {
    var records: [FeatureRecord]
    var probes: [[CSVTable.Cell]]
    var network: PatchNetwork
  }

  /// Later methods that are the method at `index` until a recorded iterate,
  /// and plain training from there on.
  private func stops(after index: Int) -> [(index: Int, stop: Int)] {
    guard methods[index].method.plainFrom == nil,
      methods[index].method.guidance == nil
    else { return [] }
    return methods.indices.dropFirst(index + 1).compactMap { later in
      var method = methods[later].method
      guard let stop = method.plainFrom,
        stop.isMultiple(of: settings.recordInterval),
        stop < settings.iterations
      else { return nil }
      method.plainFrom = nil
      let isFirst = !methods[..<index].contains { $0.method == method }
      return method == methods[index].method && isFirst ? (later, stop) : nil
    }
  }
}

extension PatchMethodSettings {
  /// Whether the linearised descent predicts it: a filter changes the loss
  /// from the first step on, and a directional term bends it there.
  var hasPredictedRates: Bool {
    method.guidance == nil && method.penalty == nil
  }

  /// The method without its filter and its end.
  var unguided: FeatureMethod {
    var method = method
    method.guidance = nil
    method.plainFrom = nil
    return method
  }
}

/// What a seed measures, as tables.
private struct FeatureTables {
  private var curves = CSVTable(
    header: [
      "factor", "method", "iteration", "loss", "common_0", "rare_0",
      "common_1", "rare_1", "noise_0", "noise_1", "accuracy",
      "memorisation_0", "memorisation_1", "keptShare", "quadratureError",
      "slopeError",
    ])
  private var tests = CSVTable(
    header: ["factor", "method", "iteration", "all", "common", "rare"])
  private var rates = CSVTable(
    header: [
      "factor", "method", "direction", "predictedRate", "measuredRate",
      "predictedIteration", "measuredIteration",
    ])
  private var probes = CSVTable(
    header: ["factor", "method"] + PatchProbe.columns)

  var all: [(name: String, table: CSVTable)] {
    [("curves", curves), ("tests", tests), ("rates", rates)]
      + (probes.rows.isEmpty ? [] : [("probes", probes)])
  }

  mutating func append(
    _ records: [FeatureRecord], _ probed: [[CSVTable.Cell]],
    of entry: PatchMethodSettings, _ bench: PatchBench
  ) throws {
    let names: [CSVTable.Cell] = [.int(bench.factor), .text(entry.name)]
    for row in probed { probes.append(names + row) }
    for record in records {
      let (common, rare) = PatchBench.learning(record)
      let noise = bench.noiseLearning(record)
      curves.append(
        names + [
          .int(record.iteration), .double(record.loss), .double(common[0]),
          .double(rare[0]), .double(common[1]), .double(rare[1]),
          .double(noise[0]), .double(noise[1]), .double(record.accuracy),
          .double(record.memorisation[0]), .double(record.memorisation[1]),
          .double(record.keptShare), .double(record.quadratureError),
          .double(record.slopeError),
        ])
      if !record.testAccuracies.isEmpty {
        tests.append(
          names + [.int(record.iteration)]
            + record.testAccuracies.map { .double($0) })
      }
    }
    guard entry.hasPredictedRates else { return }
    let predicted = try bench.rates(of: entry.method)
    let learnt = records.map { PatchBench.learning($0) }
    for (name, predicted, values) in [
      ("common", predicted.common, learnt.map(\.common)),
      ("rare", predicted.rare, learnt.map(\.rare)),
      ("noise", predicted.noise, records.map { bench.noiseLearning($0) }),
    ] {
      for k in 0..<2 {
        append(
          names + [.text("\(name)_\(k)")], rate: predicted[k],
          values: values.map { $0[k] }, iterations: records.map(\.iteration),
          learningRate: bench.settings.learningRate)
      }
    }
  }

  private mutating func append(
    _ names: [CSVTable.Cell], rate: Double, values: [Double],
    iterations: [Int], learningRate: Double
  ) {
    let bound = FeatureLearningExperiment.linearBound
    var (measured, predictedSteps) = (Double.nan, Double.infinity)
    if values.count > 1, values[0] > 0 {
      let steps = Double(iterations[1])
      measured =
        (Double.exp(Double.log(values[1] / values[0]) / (2 * steps)) - 1)
        / learningRate
      if rate > 0 {
        // What begins above the bound was never in the linear phase.
        predictedSteps = max(
          FeatureRates.steps(
            toGrowBy: bound / values[0], rate: rate, learningRate: learningRate),
          0)
      }
    }
    let departure = values.firstIndex { $0 > bound }
      .map { Double(iterations[$0]) }
    rates.append(
      names + [
        .double(rate), .double(measured), .double(predictedSteps),
        .double(departure ?? .infinity),
      ])
  }
}
