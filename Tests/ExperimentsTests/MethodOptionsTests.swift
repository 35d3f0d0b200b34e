import ImageTrain
import Testing

@testable import Experiments

private typealias Given = [(option: MethodOption, text: String)]

private func read(_ given: Given) throws -> ImageExperiment {
  try MethodOptions(given).document().read(ImageExperiment.init(reader:))
}

@Suite("Options stand for a configuration")
struct MethodOptionsTests {
  @Test(
    "without options it is mixup on digits, with a configuration's defaults")
  func defaults() throws {
    let expected = try experiment(
      """
      name: digits-mixup
      title: mixup on digits
      seeds: 1
      arms: [{name: mixup}]
      """)
    #expect(try read([]) == expected)
  }

  @Test("every option has its key")
  func every() throws {
    let given: Given = [
      (.data, "mnist:a b"), (.fraction, "0.5"), (.validation, "0.1"),
      (.holdout, "0.2"), (.standardise, "true"), (.dataSeed, "9"),
      (.hidden, "7,6"), (.activation, "tanh"), (.initialization, "he"),
      (.precision, "double"), (.method, "regmixup"), (.weight, "2"),
      (.form, "halved"), (.concentration, "0.5"), (.ratio, "2"),
      (.scope, "batch"),
      (.pairing, "flip"), (.folded, "true"), (.mixingStop, "8"),
      (.teacher, "holdout"), (.teacherMethod, "plain"),
      (.teacherEpochs, "3"), (.filter, "shuffled"),
      (.normalization, "full"), (.dropped, "refilled"),
      (.guidanceStart, "1"), (.guidanceStop, "6"), (.epochs, "11"),
      (.batchSize, "64"), (.learningRate, "1e-2"),
      (.learningRateSchedule, "4,8"), (.factor, "0.5"), (.momentum, "0.5"),
      (.nesterov, "true"), (.weightDecay, "0"), (.loss, "squared-error"),
      (.mixed, "losses"), (.seeds, "3"), (.seed, "5"),
      (.normsEvery, "2"), (.saveAt, "3,5"), (.name, "b: c"),
    ]
    let expected = try experiment(
      """
      name: "b: c"
      title: regmixup-shuffled on mnist
      seeds: [5, 6, 7]
      data: {source: "mnist:a b", fraction: 0.5, validation: 0.1, holdout: 0.2,
        standardise: true, seed: 9}
      network: {hidden: [7, 6], activation: tanh, initialization: he,
        precision: double}
      mixing: {alpha: 0.5, ratio: 2, scope: batch, pairing: flip, folded: true}
      training: {epochs: 11, batch-size: 64, learning-rate: 0.01,
        learning-rate-schedule: {step: [4, 8], factor: 0.5}, momentum: 0.5,
        nesterov: true, weight-decay: 0, loss: squared-error, mixed: losses}
      teachers:
        - {name: teacher, data: holdout, method: plain, training: {epochs: 3}}
      arms:
        - {name: regmixup-shuffled, method: regmixup, weight: 2, form: halved,
          mixing-stop: 8, teacher: teacher, filter: shuffled,
          normalization: full, dropped: refilled, guidance-start: 1,
          guidance-stop: 6}
      record: {norms-every: 2, save-at: [3, 5]}
      """)
    #expect(try read(given) == expected)
    let others: Set<MethodOption> = [
      .surrogate, .variant, .threshold, .rescaled, .schedule, .mixingWeight,
      .selfTeacherLag, .probeEvery, .probeImages, .gradientNoiseEvery,
    ]
    #expect(
      Set(given.map(\.option)).union(others) == Set(MethodOption.allCases))
    let energy = try read([
      (.method, "mixupe"), (.surrogate, "homogeneous"), (.rescaled, "false"),
      (.schedule, "easy"), (.filter, "all"), (.selfTeacherLag, "4"),
      (.learningRateSchedule, "constant"), (.hidden, "none"),
    ])
    #expect(
      energy.arms[0].plan.objective
        == .mixupE(weight: 1e-3, term: .paper(.homogeneous), rescaled: false))
    #expect(energy.arms[0].plan.mixing.weights == .beta(.easy, ratio: 1))
    #expect(energy.arms[0].plan.guidance?.selfTeacherLag == 4)
    #expect(energy.arms[0].plan.optimizer.schedule == .constant)
    #expect(energy.network.hidden == [])
    #expect(
      try read([(.mixingWeight, "0.25")]).arms[0].plan.mixing.weights
        == .fixed(0.25))
    let probed = try read([
      (.method, "mixupe"), (.variant, "code-v3"), (.threshold, "1"),
      (.probeEvery, "50"), (.probeImages, "100"), (.gradientNoiseEvery, "5"),
    ])
    #expect(
      probed.arms[0].plan.objective
        == .mixupE(weight: 1e-3, term: .version3(threshold: 1), rescaled: true))
    #expect(
      probed.record.probe == ProbeSettings(interval: 50, imageCount: 100))
    #expect(probed.record.gradientNoiseEvery == 5)
    let file = try read([(.teacher, "dir/net.npz"), (.filter, "low")])
    #expect(file.teachers[0].file == "dir/net.npz")
  }

  @Test(
    "errors name the option and end with status 64",
    arguments: [
      ([(.epochs, "0")], "--epochs 0: expected a whole number in 1...1000000"),
      ([(.epochs, "null")], "--epochs null: expected a whole number"),
      (
        [(.concentration, "-1")],
        "--concentration -1: expected a number in 1e-06...1000000.0, found -1"
      ),
      (
        [(.concentration, "1"), (.schedule, "easy")],
        "--schedule easy: a schedule"
      ),
      ([(.method, "mixpu")], "--method mixpu: expected one of plain, mixup"),
      ([(.filter, "low")], "--filter low: filter 'low' needs a teacher"),
      ([(.filter, "random")], "--filter random: expected one of low, high"),
      (
        [(.filter, "lo")],
        "--filter lo: expected one of low, high, all, shuffled, found lo; did"
      ),
      ([(.teacher, "whole")], "--teacher whole: a teacher without a filter"),
      ([(.teacher, "wohle")], "--teacher wohle: expected one of train, whole"),
      (
        [(.teacher, "holdout"), (.filter, "low")],
        "--teacher holdout: a holdout teacher needs --holdout above 0"
      ),
      ([(.teacherEpochs, "3")], "--teacher-epochs 3: there is no --teacher"),
      (
        [(.teacher, "a.npz"), (.filter, "low"), (.teacherMethod, "plain")],
        "--teacher-method plain: a teacher from a file is not trained"
      ),
      ([(.factor, "0.5")], "--factor 0.5: only a step schedule has a factor"),
      (
        [(.learningRateSchedule, "5,x")],
        "--learning-rate-schedule 5,x: expected a whole number ≥ 1, found"
      ),
      ([(.hidden, "3,,4")], "--hidden 3,,4: expected a whole number"),
      ([(.seeds, "0")], "--seeds 0: expected a whole number in 1...10000"),
      ([(.seed, "1.5")], "--seed 1.5: expected a whole number"),
      ([(.name, "a/b")], "--name a/b: no name for a folder"),
      ([(.method, "")], "--method : expected one of"),
      (
        [(.fraction, "0.8"), (.holdout, "0.4")],
        "--holdout 0.4: expected fraction + holdout"
      ),
      ([(.guidanceStop, "4")], "--guidance-stop 4: there is no filter"),
    ] as [([(MethodOption, String)], String)])
  func errors(given: [(MethodOption, String)], expected: String) throws {
    let error = try #require(throws: ConfigurationError.self) {
      try read(given.map { (option: $0.0, text: $0.1) })
    }
    #expect(error.description.hasPrefix(expected), "\(error)")
    #expect(error.exitStatus == .usage)
    #expect(!error.description.contains("\n"))
  }
}
