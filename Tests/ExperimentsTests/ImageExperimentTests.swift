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
    - name: code
      method: mixupe
      variant: code-v3
      threshold: 0.5
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
    probe-every: 7
    probe-images: 30
    gradient-noise-every: 2
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

  @Test("Stated differences are those of the stated numbers")
  func statedDifferences() throws {
    for (name, count) in [("norms", 12), ("fashion-mnist-filter", 4)] {
      let experiment = try Presets.document(name)
        .read(ImageExperiment.init(reader:))
      func stated(_ model: String, _ metric: Metric) -> Double? {
        experiment.references.first {
          $0.model == model && $0.metric == metric
        }?.value
      }
      var checked = 0
      for pair in experiment.comparisons {
        for expected in pair.expectations {
          guard let first = stated(pair.first, expected.metric),
            let second = stated(pair.second, expected.metric),
            let difference = expected.stated
          else { continue }
          // Numbers of four digits after the point, below 32: exact but for
          // the rounding of each to binary.
          #expect(abs(first - second - difference) <= 4 * 32.0.ulp)
          #expect((difference > 0) == expected.isPositive)
          checked += 1
        }
      }
      #expect(checked == count)
    }
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
