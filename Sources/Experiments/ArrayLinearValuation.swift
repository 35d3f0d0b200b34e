public import ArrayFiles
import LinearAlgebra
public import Valuation
import VectorMath

/// `mixlab valuate-linear`: the exact values of the samples of a Bayesian
/// linear regression from array files.
public struct ArrayLinearValuation: Sendable {
  /// Φ, [n, d].
  public var design: String
  /// Labels, [n].
  public var labels: String
  /// Φ of the failures, [f, d].
  public var failureDesign: String
  /// Labels of the failures, [f].
  public var failureLabels: String
  /// σ².
  public var noiseVariance: Double
  /// τ² of the prior N(0, τ²I).
  public var priorVariance: Double
  /// Indices into the design, [C]; nil: no set is removed.
  public var causes: String?
  /// Features, [N, d], and labels, [N], of further samples; nil: none.
  public var unlearned: (design: String, labels: String)?
  /// Threads that share the work.
  public var threads: Int

  /// A valuation from its files.
  public init(
    design: String, labels: String, failureDesign: String,
    failureLabels: String, noiseVariance: Double, priorVariance: Double,
    causes: String? = nil, unlearned: (design: String, labels: String)? = nil,
    threads: Int = 1
  ) {
    self.design = design
    self.labels = labels
    self.failureDesign = failureDesign
    self.failureLabels = failureLabels
    self.noiseVariance = noiseVariance
    self.priorVariance = priorVariance
    self.causes = causes
    self.unlearned = unlearned
    self.threads = threads
  }

  /// Reads, computes, and writes the file contract's results to a folder.
  ///
  /// Nothing is written unless all input is in order.
  public func run(output: String, overwrite: Bool) throws {
    let start = ContinuousClock.now
    let training = try readSamples(design, labels)
    guard training.labels.count > 0, training.design.columnCount > 0 else {
      throw FileError.malformed(
        file: design, expected: "at least one sample of one feature",
        found: "\(training.labels.count) × \(training.design.columnCount)")
    }
    let failures = try readSamples(
      failureDesign, failureLabels, features: training.design.columnCount)
    guard failures.labels.count > 0 else {
      throw FileError.malformed(
        file: failureDesign, expected: "at least one failure",
        found: "none: the model has no failures to explain")
    }
    let removed = try causes.map {
      try NPY.readIndices($0, below: training.labels.count)
    }
    let further = try unlearned.map {
      try readSamples(
        $0.design, $0.labels, features: training.design.columnCount)
    }
    try OutputFolder.check(path: output, overwrite: overwrite)
    let read = ContinuousClock.now
    let team = ThreadTeam(size: threads)
    let valuation = try LinearValuation(
      design: training.design, labels: training.labels,
      failureDesign: failures.design, failureLabels: failures.labels,
      noiseVariance: noiseVariance,
      prior: LinearPosterior(
        dimension: training.design.columnCount, variance: priorVariance),
      team: team)
    let arrays = [
      ("rhat.npy", valuation.values), ("rtilde.npy", valuation.meanValues),
      ("r.npy", valuation.removalValues),
    ]
    let computed = ContinuousClock.now
    var result: ConfigurationValue = [
      "command": "valuate-linear",
      "configuration": configuration,
      "version": .string(mixlabVersion),
      "blas": blasValue,
      "logEvidenceFailure": .double(valuation.logEvidence),
    ]
    if let removed {
      result["rExact"] = .double(
        try valuation.value(ofRemoving: removed, team: team))
      result["rhatSum"] = .double(
        removed.reduce(0) { $0 + arrays[0].1[$1] })
    }
    let values = further.map {
      valuation.values(ofUnlearned: $0.design, $0.labels)
    }
    try checkFinite(values ?? [])
    let table = values.map { self.table(of: $0) }
    if let table { result["undefinedCount"] = .int(table.undefinedCount) }
    let folder = try OutputFolder(path: output, overwrite: overwrite)
    for (name, values) in arrays {
      try folder.write(
        ShapedArray(shape: [values.count], values: values), as: name)
    }
    try table?.rows.write(to: folder.file("unlearned.csv"))
    try JSONDocument([
      "read": .double((read - start) / .seconds(1)),
      "compute": .double((computed - read) / .seconds(1)),
    ]).write(to: folder.file("timing.json"))
    try JSONDocument(
      result,
      notes: removed?.isEmpty == true
        ? ["rExact": "0: the set of causes is empty"] : [:]
    ).write(to: folder.file("result.json"))
  }

  /// Finite features can still overflow.
  private func checkFinite(
    _ values: [LinearValuation.UnlearnedValue]
  ) throws(FileError) {
    for (row, value) in values.enumerated() {
      let numbers = [
        value.value, value.meanValue, value.leverage, value.removal.value ?? 0,
      ]
      if let bad = numbers.first(where: { !$0.isFinite }) {
        throw .malformed(
          file: unlearned?.design ?? "",
          expected: "features whose values are finite",
          found: "\(bad) for row \(row)")
      }
    }
  }

  /// A row for each further sample; an r that does not exist is left empty,
  /// with the reason beside it.
  private func table(
    of values: [LinearValuation.UnlearnedValue]
  ) -> (rows: CSVTable, undefinedCount: Int) {
    var table = CSVTable(
      header: ["sample", "rhat", "rtilde", "r", "leverage", "note"])
    for (index, value) in values.enumerated() {
      table.append([
        .int(index), .double(value.value), .double(value.meanValue),
        value.removal.value.map { .double($0) } ?? .text(""),
        .double(value.leverage), .text(value.removal.reason ?? ""),
      ])
    }
    return (table, values.count { $0.removal.value == nil })
  }

  private func readSamples(
    _ design: String, _ labels: String, features: Int? = nil
  ) throws(FileError) -> (design: Matrix<Double>, labels: [Double]) {
    let array = try NPY.readNumbers(design, shape: [nil, features])
    let targets = try NPY.readNumbers(labels, shape: [array.shape[0]])
    return (
      Matrix(
        rowCount: array.shape[0], columnCount: array.shape[1],
        elements: array.values), targets.values
    )
  }

  private var configuration: ConfigurationValue {
    func optional(_ text: String?) -> ConfigurationValue {
      text.map { .string($0) } ?? .null
    }
    return [
      "design-matrix": .string(design), "labels": .string(labels),
      "failure-design": .string(failureDesign),
      "failure-labels": .string(failureLabels),
      "noise-variance": .double(noiseVariance),
      "prior-variance": .double(priorVariance), "causes": optional(causes),
      "unlearned-design": optional(unlearned?.design),
      "unlearned-labels": optional(unlearned?.labels),
    ]
  }
}

extension LinearValuationError: ExitStatusProviding {
  /// 65: other data or variances have to be given.
  public var exitStatus: ExitStatus { .badData }
}
