import ImageData
import ImageTrain
import Mixing
import Networks
import Valuation
import VectorMath

extension ImageExperiment {
  /// Reads an experiment; every key that is not understood is an error.
  public init(reader: ConfigurationReader) throws {
    (name, title, seeds) = try reader.head(seeds: 5)
    data = try DataSettings(reader: reader["data"])
    network = try NetworkSettings(reader: reader["network"])
    let mixing = try MixingPlan(reader: reader["mixing"], base: MixingPlan())
    let plan = try TrainingPlan(
      reader: reader["training"],
      base: TrainingPlan(objective: .plain, mixing: mixing))
    teachers = []
    arms = []
    for element in try reader["teachers"]?.elements() ?? [] {
      let model = try ModelSettings(
        reader: element, base: plan, isTeacher: true, earlier: teachers)
      if model.trainingSet == .holdout && data.holdout == 0 {
        throw try element.required("data").error(
          "a holdout teacher needs data.holdout > 0")
      }
      // One base model finds the failures that are split for all.
      if model.trainingSet == .split,
        let base = teachers.first(where: { $0.trainingSet == .split }),
        base.plan != model.plan
      {
        throw try element.required("data").error(
          "the failures of '\(base.name)' are split for all models: a second "
            + "split teacher needs the same method and training")
      }
      teachers.append(model)
    }
    for element in try reader.required("arms").elements(count: .atLeast(1)) {
      let model = try ModelSettings(
        reader: element, base: plan, isTeacher: false,
        earlier: teachers + arms, arms: arms.map(\.name))
      arms.append(model)
    }
    // A network from a file is not trained here and so has no metrics.
    let modelNames = (teachers + arms).filter { $0.file == nil }.map(\.name)
    comparisons = try (reader["comparisons"]?.elements() ?? []).map {
      try ComparisonSettings(reader: $0, models: modelNames)
    }
    references = try (reader["references"]?.elements() ?? []).map {
      ReferenceValue(
        model: try $0.required("model").name(among: modelNames, "a model"),
        metric: try $0.required("metric").choice(),
        value: try $0.required("value").double())
    }
    record = try RecordSettings(reader: reader["record"])
    report = try reader["report"]?.choice() ?? .last
    if report == .best && data.validation == 0 {
      throw try reader.required("report").error(
        "the best epoch is chosen by validation images; set data.validation")
    }
    let trained = models.filter { $0.file == nil }
    let epochs = trained.map(\.plan.epochs).max() ?? 0
    // How long an arm with a budget trains is not known beforehand.
    if let late = record.saveAt.first(where: { $0 > epochs }),
      trained.allSatisfy({ $0.budget == nil })
    {
      throw try reader.required("record").required("save-at").error(
        "expected epochs in 1...\(epochs), as models train, found \(late)")
    }
  }
}

extension DataSettings {
  init(reader: ConfigurationReader?) throws {
    let text = try reader?["source"]?.string() ?? "digits"
    do {
      source = try ImageDataSource(parsing: text)
    } catch {
      throw try reader?["source"]?.error(error.description) ?? error
    }
    fraction = try reader?["fraction"]?.double(in: .positive) ?? 1
    validation =
      try reader?["validation"]?.double(in: .within(0..<1)) ?? 0
    holdout = try reader?["holdout"]?.double(in: .within(0..<1)) ?? 0
    standardise = try reader?["standardise"]?.bool() ?? false
    seed = try reader?["seed"]?.int(in: .atLeast(0)) ?? 0
    if fraction + holdout > 1,
      let key = try reader?["holdout"] ?? reader?["fraction"]
    {
      throw key.error(
        "expected fraction + holdout of at most 1, found \(fraction) + "
          + "\(holdout)")
    }
  }
}

extension NetworkSettings {
  init(reader: ConfigurationReader?) throws {
    hidden =
      try reader?["hidden"]?.ints(in: .within(1...100_000)) ?? [300, 100]
    activation = try reader?["activation"]?.choice() ?? .relu
    initialization = try reader?["initialization"]?.choice() ?? .pytorch
    precision = try reader?["precision"]?.choice() ?? .float
  }
}

extension RecordSettings {
  init(reader: ConfigurationReader?) throws {
    normsEvery = try reader?["norms-every"]?.int(in: .atLeast(1)) ?? 10
    saveAt = try reader?["save-at"]?.ints(in: .atLeast(1)) ?? []
    samples = try reader?["samples"]?.bool() ?? true
    checkpointEvery =
      try reader?["checkpoint-every"]?.int(in: .atLeast(1)) ?? 10
    let images = try reader?["probe-images"]
    let imageCount = try images?.int(in: .within(1...1_000_000)) ?? 256
    probe = try reader?["probe-every"].map {
      ProbeSettings(
        interval: try $0.int(in: .atLeast(1)), imageCount: imageCount)
    }
    if let images, probe == nil {
      throw images.error(
        "there is no probe that it belongs to; set probe-every")
    }
    gradientNoiseEvery =
      try reader?["gradient-noise-every"]?.int(in: .atLeast(1))
  }
}

extension ComparisonSettings {
  init(reader: ConfigurationReader, models: [String]) throws {
    func model(_ key: String) throws -> String {
      let value = try reader.required(key)
      return try value.name(among: models, "a trained model")
    }
    first = try model("first")
    second = try model("second")
    expectations = try (reader["expect"]?.elements() ?? []).map {
      Expectation(
        metric: try $0.required("metric").choice(),
        isPositive: try $0.required("positive").bool(),
        stated: try $0["stated"]?.double(),
        source: try $0["source"]?.string() ?? "")
    }
    if Set(expectations.map(\.metric)).count < expectations.count {
      throw try reader.required("expect").error(
        "expected one expectation per metric")
    }
  }
}

extension ConfigurationReader {
  /// A text that is one of the names given.
  func name(among names: [String], _ what: String) throws -> String {
    let text = try string()
    guard names.contains(text) else {
      let meant = nearest(text, in: names).map { "; did you mean '\($0)'?" }
      let known =
        names.isEmpty
        ? ", of which there is none" : " (\(names.joined(separator: ", ")))"
      throw error(
        "expected \(what) that is defined before it\(known), found '\(text)'"
          + (meant ?? ""))
    }
    return text
  }
}
