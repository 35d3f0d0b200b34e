import Mixing
import Randomness
import Testing

@testable import Experiments

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
        "a.yaml:2: mixing.alpha: expected a number in 1e-06...1000000.0, found 0"
      ),
      (
        "name: a\narms:\n- name: b\n  mixing:\n    alpha: -1",
        "a.yaml:5: arms[0].mixing.alpha: expected a number in "
          + "1e-06...1000000.0, found -1"
      ),
      (
        "name: a\nmixing: {alpha: 1e160}\narms: [{name: b}]",
        "a.yaml:2: mixing.alpha: expected a number in 1e-06...1000000.0"
      ),
      (
        "name: a\nmixing: {ratio: 1e-301}\narms: [{name: b}]",
        "a.yaml:2: mixing.ratio: expected a number in 1e-06...1000000.0"
      ),
      (
        "name: a\nmixing: {alpha: 1e4, ratio: 1e4}\narms: [{name: b}]",
        "a.yaml:2: mixing.ratio: expected ratio · alpha in 1e-06...1000000.0, "
          + "found 10000.0 · 10000.0"
      ),
      (
        "name: a\nmixing:\n  ratio: 2e5\narms:\n- name: b\n"
          + "  mixing: {schedule: hard}",
        "a.yaml:6: arms[0].mixing.schedule: expected ratio · alpha in"
      ),
      (
        "name: a\nmixing: {schedule: [[0, 1], [1, 1e7]]}\narms: [{name: b}]",
        "a.yaml:2: mixing.schedule[1]: expected [progress in 0...1, alpha in "
          + "1e-06...1000000.0]"
      ),
      (
        "name: a\ntraining: {epochs: 9}\nrecord:\n  save-at: [3, 10]\n"
          + "arms: [{name: b}]",
        "a.yaml:4: record.save-at: expected epochs in 1...9, as models train, "
          + "found 10"
      ),
      (
        "name: a\ntraining: {epochs: 3}\nteachers: [{name: t}]\narms:\n"
          + "- name: b\n  teacher: t\n  filter: high\n  guidance-start: 20\n"
          + "  mixing-stop: 2",
        "a.yaml:7: arms[0].filter: no epoch is guided: epochs are 0...2, "
          + "guidance-start is 20, mixing-stop is 2"
      ),
      (
        "name: a\nteachers:\n- {name: s, data: split}\n- name: t\n"
          + "  data: split\n  method: plain\narms: [{name: b}]",
        "a.yaml:5: teachers[1].data: the failures of 's' are split for all"
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

  @Test("split teachers of one base model, and saving late with a budget")
  func allowed() throws {
    let text = """
      name: a
      training: {epochs: 4}
      teachers:
        - {name: s, data: split}
        - {name: t, data: split, count: 2}
      record: {save-at: [4]}
      arms: [{name: b}]
      """
    #expect(try experiment(text).record.saveAt == [4])
    // The budget decides how long the arm trains.
    let late = try experiment(
      text,
      [
        "record.save-at=[9]",
        "arms=[{name: b}, {name: c, method: plain, "
          + "budget: {equal: forward-passes, arm: b}}]",
      ])
    #expect(late.record.saveAt == [9])
  }

  @Test("λ's law at the ends of what is legal gives numbers")
  func extremeLaws() throws {
    let ends = ["1e-6", "1e6"]
    for alpha in ends {
      for ratio in ends + ["1"] {
        let text = "name: a\nmixing: {alpha: \(alpha), ratio: \(ratio)}\n"
        guard
          let plan = try? experiment(text + "arms: [{name: b}]").arms[0].plan
        else { continue }
        var (pairs, lambdas) = (
          RandomStream(rootSeed: 1, name: "pairs"),
          RandomStream(rootSeed: 1, name: "lambdas")
        )
        let batch = plan.mixing.draw(
          batch: Array(0..<100)[...], population: [], progress: 0,
          pairs: &pairs, lambdas: &lambdas)
        #expect(batch.weights.allSatisfy { (0...1).contains($0) })
        let displacement = plan.mixing.law(at: 0).meanDisplacement
        #expect((0...0.5).contains(displacement))
      }
    }
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
