import ImageTrain
import Mixing
import Testing
import Valuation
import VectorMath

@testable import Experiments

/// An experiment that gives every key of a configuration a value of its own.
private let everything = """
  name: everything
  title: "All, of: it"
  seeds: [3, 1, 4]
  data:
    source: "fashion-mnist:a b/c"
    fraction: 0.3
    validation: 0.1
    holdout: 0.2
    standardise: true
    seed: 7
  network:
    hidden: [5, 4, 3]
    activation: gelu
    initialization: glorot
    precision: double
  mixing: {alpha: 0.25, ratio: 3, scope: batch, pairing: roll, folded: true}
  training:
    epochs: 17
    batch-size: 33
    shards: 3
    learning-rate: 0.0123
    learning-rate-schedule: {step: [5, 9], factor: 0.3}
    momentum: 0.8
    nesterov: true
    weight-decay: 0
    loss: squared-error
    mixed: losses
  teachers:
    - {name: whole, data: whole, count: 2, mixing: {schedule: hard}}
    - {name: split, data: split, method: plain, training: {epochs: 2}}
    - {name: holdout, data: holdout}
    - {name: file, file: some where.npz}
  arms:
    - {name: plain, method: plain}
    - {name: fixed, mixing: {weight: 0.3}}
    - name: table
      mixing: {schedule: [[0, 0.1], [0.5, 10], [1, 0.2]], ratio: 2}
    - name: halved
      method: regmixup
      weight: 2
      form: halved
      mixing-stop: 9
    - name: energy
      method: mixupe
      weight: 0.01
      surrogate: homogeneous
      rescaled: false
      training: {loss: cross-entropy}
    - name: low
      teacher: whole
      filter: low
      normalization: full
      dropped: unmixed
      guidance-start: 2
      guidance-stop: 8
    - name: random
      replays: low
      filter: random
      dropped: unmixed
      guidance-start: 2
      guidance-stop: 8
    - {name: self, filter: high, dropped: refilled, self-teacher-lag: 3}
    - {name: longer, budget: {equal: gradient-samples, arm: low}}
    - {name: as-far, budget: {equal: forward-passes, arm: low}}
  comparisons:
    - first: low
      second: plain
      expect:
        - {metric: nll, positive: false, stated: -0.25, source: "a: b"}
        - {metric: accuracy, positive: true}
    - {first: low, second: random}
  references:
    - {model: low, metric: input-gradient, value: 1e-5}
  record:
    norms-every: 3
    save-at: [1, 9]
    samples: false
    checkpoint-every: 4
  report: median-of-last-10
  """

private let small = """
  name: small
  data: {fraction: 0.1}
  teachers:
    - {name: t, data: whole}
  arms:
    - {name: low, teacher: t, filter: low}
    - {name: random, replays: low, filter: random}
  """

private func isWrittenBack(_ experiment: ImageExperiment) throws -> Bool {
  let text = experiment.value.yaml
  let again = try ConfigurationDocument(text: text, name: "written")
    .read(ImageExperiment.init(reader:))
  return again == experiment && again.value.yaml == text
}

@Suite("An experiment that is written and read is the same experiment")
struct ImageExperimentRoundTripTests {
  @Test("presets", arguments: Presets.names)
  func presets(name: String) throws {
    let experiment = try Presets.document(name).read(Experiment.init(reader:))
    let text = experiment.value.yaml
    let again = try ConfigurationDocument(text: text, name: "written")
      .read(Experiment.init(reader:))
    #expect(again == experiment && again.value.yaml == text)
  }

  @Test("every option")
  func options() throws {
    let all = try experiment(everything)
    #expect(try isWrittenBack(all))
    // The values are read, not only kept.
    #expect(all.seeds == [3, 1, 4])
    #expect(all.data.source == .fashionMNIST(folder: "a b/c"))
    #expect(all.network.hidden == [5, 4, 3])
    let low = try #require(all.model("low")?.plan.guidance)
    #expect(low.startEpoch == 2 && low.stopEpoch == 8)
    #expect(low.dropped == .unmixed && low.normalization == .full)
    #expect(all.model("halved")?.plan.mixingStopEpoch == 9)
    #expect(all.model("energy")?.plan.loss == .crossEntropy)
    #expect(
      all.model("plain")?.plan.loss == .squaredError(mixesLosses: true))
    #expect(all.model("whole")?.count == 2)
    #expect(all.model("as-far")?.budget?.quantity == .forwardSamples)
    #expect(
      all.model("low")?.plan.optimizer.schedule
        == .step(epochs: [5, 9], factor: 0.3))
  }

  @Test("every name of every choice")
  func choices() throws {
    func check<Choice: CaseIterable & RawRepresentable<String>>(
      _: Choice.Type, _ setting: String, with others: [String] = []
    ) throws {
      for choice in Choice.allCases {
        let changed = try experiment(
          small, others + ["\(setting)=\(choice.rawValue)"])
        #expect(try isWrittenBack(changed), "\(setting) \(choice)")
        #expect(changed.value.yaml.contains(choice.rawValue))
      }
    }
    try check(Pairing.self, "mixing.pairing")
    try check(MixingScope.self, "mixing.scope")
    try check(Activation.self, "network.activation")
    try check(Precision.self, "network.precision")
    try check(Reporting.self, "report", with: ["data.validation=0.2"])
    try check(Guidance.Normalization.self, "arms.low.normalization")
    for filter in SampleFilter.allCases {
      let place = filter.replays ? "random" : "low"
      let changed = try experiment(
        small, ["arms.\(place).filter=\(filter.rawValue)"])
      #expect(try isWrittenBack(changed), "\(filter)")
    }
    for schedule in ["easy", "hard", "easy-hard-easy"] {
      #expect(
        try isWrittenBack(experiment(small, ["mixing.schedule=\(schedule)"])))
    }
  }

  @Test("every key that is written is understood by name")
  func keys() throws {
    var keys: Set<String> = []
    func collect(_ value: ConfigurationValue) {
      for entry in value.entries ?? [] {
        keys.insert(entry.key)
        collect(entry.value)
      }
      for element in value.elements ?? [] { collect(element) }
    }
    collect(try experiment(everything).value)
    collect(try experiment(small).value)
    // The example is meant to hold all keys that reading knows.
    let error = try #require(throws: ConfigurationError.self) {
      try experiment(everything, ["arms[0].nonsense=1"])
    }
    guard case .unknownKey(_, let known) = error.problem else {
      Issue.record("\(error)")
      return
    }
    let missing = Set(known).subtracting(keys)
    #expect(missing.isEmpty, "keys that are never written: \(missing)")
  }
}

@Suite("What is wrong with an experiment is said at its line")
struct ImageExperimentErrorTests {
  private static func arms(_ lines: String) -> String {
    "name: a\nteachers:\n- {name: t}\narms:\n- {name: low, teacher: t, "
      + "filter: low}\n" + lines
  }

  @Test(
    "types, ranges, keys",
    arguments: [
      (
        "name: a\nseads: 3\narms: [{name: b}]",
        "a.yaml:2: seads: unknown key; did you mean 'seeds'?"
      ),
      (
        "name: a\narms:\n- name: b\n  filtre: low",
        "a.yaml:4: arms[0].filtre: unknown key; did you mean 'filter'?"
      ),
      (
        "name: a\ntraining:\n  epochs: 1.5\narms: [{name: b}]",
        "a.yaml:3: training.epochs: expected a whole number"
      ),
      (
        "name: a\nmixing: {alpha: 0}\narms: [{name: b}]",
        "a.yaml:2: mixing.alpha: expected a number > 0.0, found 0"
      ),
      (
        "name: a\narms:\n- name: b\n  mixing:\n    alpha: -1",
        "a.yaml:5: arms[0].mixing.alpha: expected a number > 0.0, found -1"
      ),
      (
        "name: a\nmixing: {schedule: [[0, 1], [0, 2]]}\narms: [{name: b}]",
        "a.yaml:2: mixing.schedule: expected ascending progress"
      ),
      (
        "name: a\nmixing:\n  alpha: 1\n  weight: 0.5\narms: [{name: b}]",
        "a.yaml:4: mixing.weight: a fixed weight goes without alpha"
      ),
      (
        "name: a\ndata: {source: mnits}\narms: [{name: b}]",
        "a.yaml:2: data.source: no data set 'mnits'; the nearest is 'mnist'"
      ),
      (
        "name: a\ndata:\n  fraction: 0.7\n  holdout: 0.5\narms: [{name: b}]",
        "a.yaml:4: data.holdout: expected fraction + holdout of at most 1"
      ),
      ("name: a\narms: []", "a.yaml:2: arms: expected a list"),
      ("name: a", "a.yaml:1: the key 'arms' is missing"),
      ("arms: [{name: b}]", "a.yaml:1: the key 'name' is missing"),
      (
        "name: ../a\narms: [{name: b}]", "a.yaml:1: name: no name for a folder"
      ),
      (
        "name: a\nseeds: [1, 1]\narms: [{name: b}]",
        "a.yaml:2: seeds: expected different seeds"
      ),
      (
        "name: a\ntraining: {mixed: losses}\narms: [{name: b}]",
        "a.yaml:2: training.mixed: for cross-entropy, mixing labels and"
      ),
    ])
  func values(text: String, expected: String) {
    let found = complaint(text)
    #expect(found.hasPrefix(expected), "\(found)")
    #expect(!found.contains("\n"))
  }

  @Test(
    "rules between keys",
    arguments: [
      (
        "- name: b\n  filter: low",
        "a.yaml:7: arms[1].filter: filter 'low' needs a teacher"
      ),
      (
        "- name: b\n  teacher: tt\n  filter: low",
        "a.yaml:7: arms[1].teacher: expected a teacher that is defined before"
      ),
      (
        "- name: b\n  teacher: t",
        "a.yaml:7: arms[1].teacher: a teacher without a filter does nothing"
      ),
      (
        "- name: b\n  method: plain\n  teacher: t\n  filter: low",
        "a.yaml:9: arms[1].filter: a filter needs mixed samples"
      ),
      (
        "- name: b\n  filter: random",
        "a.yaml:7: arms[1].filter: filter 'random' replays an arm with a filter"
      ),
      (
        "- name: b\n  filter: random\n  replays: t",
        "a.yaml:8: arms[1].replays: expected an arm that is defined before it"
          + " (low), found 't'"
      ),
      (
        "- name: b\n  filter: random\n  replays: low\n  mixing: {alpha: 2}",
        "a.yaml:8: arms[1].replays: 'low' can be replayed by an arm with the"
      ),
      (
        "- name: b\n  filter: random\n  replays: low\n  guidance-start: 2",
        "a.yaml:8: arms[1].replays: 'low' can be replayed by an arm with the"
      ),
      (
        "- name: b\n  filter: random\n  replays: low\n"
          + "  training: {batch-size: 7}",
        "a.yaml:8: arms[1].replays: 'low' can be replayed by an arm with the"
      ),
      (
        "- name: b\n  normalization: full",
        "a.yaml:7: arms[1].normalization: there is no filter"
      ),
      (
        "- name: b\n  guidance-start: 3",
        "a.yaml:7: arms[1].guidance-start: there is no filter"
      ),
      (
        "- name: b\n  teacher: t\n  filter: low\n  dropped: refilled\n"
          + "  mixing: {pairing: independent}",
        "a.yaml:9: arms[1].dropped: refilling needs a pairing within"
      ),
      (
        "- name: b\n  filter: low\n  teacher: t\n  self-teacher-lag: 1",
        "a.yaml:9: arms[1].self-teacher-lag: a student that teaches itself"
      ),
      (
        "- name: b\n  teacher: t\n  filter: low\n"
          + "  budget: {equal: forward-passes, arm: low}",
        "a.yaml:9: arms[1].budget: how many samples a filter keeps"
      ),
      (
        "- name: b\n  method: mixupe\n  training: {loss: squared-error}",
        "a.yaml:7: arms[1].method: mixupe is defined for cross-entropy"
      ),
      (
        "- name: b\n  weight: 2",
        "a.yaml:7: arms[1].weight: only regmixup and mixupe have a weight"
      ),
      (
        "- name: b\n  form: paper",
        "a.yaml:7: arms[1].form: only regmixup has a form"
      ),
      (
        "- name: b\n  method: regmixup\n  rescaled: true",
        "a.yaml:8: arms[1].rescaled: only mixupe has a directional term"
      ),
      ("- name: low", "a.yaml:6: arms[1].name: another model is called 'low'"),
      (
        "comparisons:\n- {first: low, second: hihg}",
        "a.yaml:7: comparisons[0].second: expected a trained model that is defined"
      ),
    ])
  func rules(lines: String, expected: String) {
    let found = complaint(Self.arms(lines))
    #expect(found.hasPrefix(expected), "\(found)")
    #expect(!found.contains("\n"))
  }

  @Test("a holdout teacher needs images that are held out")
  func holdout() throws {
    let text =
      "name: a\nteachers:\n- name: t\n  data: holdout\narms: "
      + "[{name: b}]"
    #expect(
      complaint(text)
        == "a.yaml:4: teachers[0].data: a holdout teacher needs data.holdout > 0"
    )
    #expect(throws: Never.self) {
      try experiment(text, ["data.fraction=0.5", "data.holdout=0.25"])
    }
  }

  @Test(
    "a share that leaves a class without images is refused",
    arguments: [
      ("fraction: 0.002", "data.fraction"),
      ("holdout: 0.002, fraction: 0.5", "data.holdout"),
      ("fraction: 0.1, validation: 0.01", "data.validation"),
      ("fraction: 0.02, validation: 0.9", "data.validation"),
    ])
  func shares(data: String, key: String) throws {
    let text = "name: a\ndata: {\(data)}\narms: [{name: b}]"
    let folder = try TemporaryFolder()
    let error = try #require(throws: ExperimentError.self) {
      try run(experiment(text), in: folder.path("run"))
    }
    guard case .share(key, let reason) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(reason.contains("leaves class"))
    #expect(error.exitStatus == .badData)
    #expect(folder.names.isEmpty)
    let place = try ConfigurationDocument(text: text, name: "a.yaml")
      .error(at: key, reason)
    #expect(place.description.hasPrefix("a.yaml:2: \(key): "))
  }
}
