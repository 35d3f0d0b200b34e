/// A search for training methods that learn both common and rare features.
///
/// Random methods go through `SuccessiveHalving` on some seeds; those at its end
/// and all methods of the slides are then measured on fresh seeds, so that
/// having been selected flatters nobody.
public struct FeatureSearchExperiment: Sendable, Equatable {
  /// Name of the experiment, usable as a folder's name.
  public var name: String
  /// One line about it, for tables and figures.
  public var title: String
  /// Root seeds of the comparison at the end.
  public var seeds: [Int]
  /// Samples, network, descent; only ends of runs are recorded.
  var settings: PatchSettings
  /// Number of methods drawn.
  var candidates: Int
  /// Seeds of the search are those from here on; apart from `seeds`.
  var searchSeed: Int
  /// How candidates are sorted out.
  var halving: SuccessiveHalving

  /// The methods drawn.
  func candidate(_ index: Int) -> FeatureCandidate {
    .drawn(
      index, iterations: settings.iterations, seed: UInt64(searchSeed))
  }

  /// The method that winners are compared with.
  static let reference = "early-stopped"
}

extension FeatureSearchExperiment {
  /// Reads an experiment; every key that is not understood is an error.
  public init(reader: ConfigurationReader) throws {
    (name, title, seeds) = try reader.head(seeds: 10)
    settings = try PatchSettings(reader: reader, recordsEndsAlone: true)
    guard settings.factors == [1] else {
      throw try reader.required("data").error(
        "expected no factors in a search, found \(settings.factors)")
    }
    let search = try reader["search"]
    candidates =
      try search?["candidates"]?.int(in: .within(1...100_000)) ?? 54
    searchSeed =
      try search?["seed"]?.int(in: .within(0...1_000_000_000)) ?? 1_000_000
    let counts =
      try search?["seeds"]?.ints(in: .within(1...1000), count: .atLeast(1))
      ?? [1, 3, 9]
    guard zip(counts, counts.dropFirst()).allSatisfy({ $0 < $1 }) else {
      throw try reader.required("search").required("seeds").error(
        "expected ascending numbers, found \(counts)")
    }
    halving = SuccessiveHalving(
      seedCounts: counts,
      factor: try search?["factor"]?.int(in: .within(2...100)) ?? 3)
    let used = searchSeed..<searchSeed + (counts.last ?? 1)
    if let both = seeds.first(where: used.contains) {
      throw try reader.required("search").error(
        "seed \(both) would both select and judge; expected seeds apart from "
          + "\(used)")
    }
  }

  /// The experiment with every default written out.
  public var value: ConfigurationValue {
    var value = resolved(kind: .featureSearch, [:])
    let parts = settings.values
    value["data"] = parts.data
    value["data"]?["factors"] = nil
    value["network"] = parts.network
    value["training"] = [
      "learning-rate": .double(settings.learningRate),
      "iterations": .int(settings.iterations),
    ]
    value["search"] = [
      "candidates": .int(candidates),
      "seed": .int(searchSeed),
      "seeds": .integers(halving.seedCounts),
      "factor": .int(halving.factor),
    ]
    return value
  }
}

extension FeatureSearchExperiment: RunnableExperiment {
  static var progressUnit: String { "runs" }
  static var parts: [String] { ["methods", "tables", "figures"] }

  func run(in context: RunContext) throws {
    try FeatureSearchRun(experiment: self, context: context).measure()
  }

  static func report(path: String) throws -> any RunReport {
    try FeatureSearchReport(path: path)
  }
}
