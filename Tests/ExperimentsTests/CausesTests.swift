import ArrayFiles
import Foundation
import ImageTrain
import LinearAlgebra
import Randomness
import Testing

@testable import Experiments

private let smallCauses = """
  kind: causes
  name: small
  seeds: 2
  data: {source: digits, fraction: 0.2}
  network: {hidden: [8]}
  training: {epochs: 6, batch-size: 32}
  causes: {steps: 5, score-runs: 2, score-epoch: 2}
  """

@Suite("Causes of failure: failures, detection, effects, commands")
struct CausesTests {
  @Test("The experiment: threads, resuming, configuration")
  func runs() throws {
    let document = try ConfigurationDocument(text: smallCauses, name: "a.yaml")
    try SeedExperimentTests().checkRuns(
      document.read(CausesExperiment.init(reader:)))
  }

  private func causes(_ settings: [String]) throws -> CausesExperiment {
    var document = try ConfigurationDocument(text: smallCauses, name: "a.yaml")
    try document.override(with: settings)
    return try document.read(CausesExperiment.init(reader:))
  }

  @Test("Input noise: threads, resuming, configuration")
  func noisyRuns() throws {
    try SeedExperimentTests().checkRuns(
      causes(["causes.corruption=inputs", "causes.noise=1"]))
  }

  @Test("Noise is on the share asked for of the classes asked for, and nowhere")
  func inputNoise() throws {
    let count = 60
    let images = LabelledImages(
      pixels: Matrix<Double>(rowCount: count, columnCount: 50, repeating: 0.5),
      labels: (0..<count).map { Int32($0 % 3) }, classCount: 3)
    let (noisy, flags) = CausesExperiment.Corruption.inputs(
      share: 0.3, classes: 2, deviation: 2
    ).applied(to: images, seed: 4)
    #expect(noisy.labels == images.labels)
    let hit = flags.indices.filter { flags[$0] }
    // 30 % of 20 images in each of two classes.
    #expect(hit.count == 12 && Set(hit.map { $0 % 3 }).count == 2)
    var square = 0.0
    for i in 0..<count {
      let changes = noisy.pixels.row(i).map { $0 - 0.5 }
      #expect(changes.contains { $0 != 0 } == flags[i])
      square += changes.reduce(0) { $0 + $1 * $1 }
    }
    // 600 squares of variance 4 each: 5 deviations of 4·√(2/600).
    #expect(abs(square / 600 - 4) < 1.2)
    let (same, none) = CausesExperiment.Corruption.labels(share: 0.1)
      .applied(to: images, seed: 4)
    #expect(same.pixels.elements == images.pixels.elements)
    #expect(none.count { $0 } == 6)
    for i in 0..<count {
      #expect((same.labels[i] != images.labels[i]) == none[i])
    }
  }

  @Test(
    "Keys of another corruption, and shares that are none, are refused",
    arguments: [
      ["causes.corruption=pixels"], ["causes.noise=1"],
      ["causes.noisy-classes=2"],
      ["causes.corruption=inputs", "causes.flipped=0.1"],
      ["causes.corruption=inputs", "causes.noise=0"],
      ["causes.corruption=inputs", "causes.noisy=1.5"],
      ["causes.corruption=inputs", "causes.noisy-classes=0"],
    ])
  func refusedCorruption(_ settings: [String]) {
    #expect(throws: ConfigurationError.self) { try causes(settings) }
  }

  @Test("More noisy classes than there are is an error of the data")
  func tooManyClasses() throws {
    let experiment = try causes([
      "causes.corruption=inputs", "causes.noisy-classes=11",
    ])
    #expect(throws: ExperimentError.self) { _ = try experiment.load() }
    // The default writes what it always wrote.
    let labels = try causes([])
    #expect(labels.value["causes"]?["corruption"] == nil)
    #expect(labels.value["causes"]?["flipped"] == .double(0.1))
  }

  @Test(
    "Shares that round to no image, and late score epochs, are refused",
    arguments: [
      "causes.flipped=0.001", "causes.deleted=0.001", "causes.score-epoch=7",
    ])
  func emptyShares(_ setting: String) throws {
    let key = try #require(setting.split(separator: "=").first)
    do {
      _ = try causes([setting]).load()
      Issue.record("\(setting) passed")
    } catch let error as ExperimentError {
      #expect(error.description.hasPrefix(key))
      #expect(error.description.contains("rounds to none"))
    } catch let error as ConfigurationError {
      #expect(key == "causes.score-epoch", "\(error)")
    }
  }

  @Test("Precision, recall and average precision by hand")
  func detection() {
    let found = Detection([true, false, true, false, false])
    #expect(found.precision(at: 0.2) == 1)
    let twoThirds: Double = 2 / 3.0
    #expect(found.precision(at: 0.6) == twoThirds)
    #expect(found.recall(at: 0.4) == 0.5)
    #expect(found.recall(at: 1) == 1)
    // Culprits at places 1 and 3.
    let mean: Double = (1 + 2.0 / 3) / 2
    #expect(found.averagePrecision == mean)
  }

  @Test("Wilson's interval: its ends are the shares that the test rejects")
  func wilson() {
    for (count, total) in [(0, 4), (3, 10), (10, 10)] {
      let proportion = Proportion(count: count, total: total)
      let z = 1.959963984540054
      for end in [
        proportion.interval.lowerBound, proportion.interval.upperBound,
      ] where end > 0 && end < 1 {
        // (p̂ − p)² = z² p(1 − p)/n.
        let distance = proportion.share - end
        let allowed = z * z * end * (1 - end) / Double(total)
        #expect(abs(distance * distance - allowed) <= 16 * Double.ulpOfOne)
      }
      #expect(proportion.interval.contains(proportion.share))
    }
    #expect(Proportion(count: 0, total: 4).interval.upperBound < 0.5)
    #expect(Proportion(count: 0, total: 3).interval.upperBound > 0.5)
  }

  private let labels: [Int32] = [0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2, 2, 2]
  private let predicted: [Int32] = [1, 1, 1, 2, 1, 0, 0, 0, 0, 1, 2, 2, 2]

  private func failures(_ selection: FailureSelection) throws -> FailureSet {
    var stream = RandomStream(rootSeed: 1, name: "split")
    return try FailureSet(
      selection, predicted: predicted, labels: labels, stream: &stream)
  }

  @Test("Queries and holdout part the failures, class by class")
  func split() throws {
    let set = try failures(.wrong)
    #expect(Set(set.queries).isDisjoint(with: set.holdout))
    #expect((set.queries + set.holdout).sorted() == Array(0...8))
    #expect(set.queries.count == 4 && set.right == [9, 10, 11, 12])
    // 4·5/9 of class 0, rounded up or down.
    let first = set.queries.count { $0 < 5 }
    #expect(first == 2 || first == 3)
  }

  @Test("Failure sets that cannot be judged are errors of the data")
  func refused() throws {
    #expect(throws: FailureError.self) { try failures(.label(2)) }
    do {
      _ = try failures(.label(2))
    } catch let error as FailureError {
      #expect(error.description.contains("the model has no failures"))
      #expect(error.exitStatus == .badData)
    }
    #expect(
      throws: FailureError.tooFew(
        "test samples of class 0 that are taken for 1", count: 4)
    ) {
      try failures(.confusion(label: 0, predicted: 1))
    }
    #expect(throws: FailureError.notWrong(file: "f", index: 9)) {
      try failures(.list([0, 9], file: "f"))
    }
  }

  @Test("Failures that were not selected count in the accuracy")
  func otherFailures() throws {
    // Sample 8 is wrong too and is not listed.
    let set = try failures(.list(Array(0...7), file: "f"))
    #expect(set.others == [8] && set.queries.count == 4)
    let same = RepairEffect(set, predicted: predicted, labels: labels)
    #expect(same.accuracy == Proportion(count: 4, total: 9))
    #expect(same.others == Proportion(count: 0, total: 1))
    let all = RepairEffect(set, predicted: labels, labels: labels)
    #expect(all.accuracy == Proportion(count: 9, total: 9))
    #expect(all.others == Proportion(count: 1, total: 1))
    #expect(try failures(.wrong).others.isEmpty)
  }

  @Test("Success is of the holdout, damage of samples that were right")
  func effects() throws {
    let set = try failures(.wrong)
    func effect(_ changed: [Int], to label: (Int) -> Int32) -> RepairEffect {
      var now = predicted
      for index in changed { now[index] = label(index) }
      return RepairEffect(set, predicted: now, labels: labels)
    }
    // Queries have found the causes, and count nowhere.
    let queries = effect(set.queries) { labels[$0] }
    #expect(queries == effect([]) { labels[$0] })
    #expect(queries.success == Proportion(count: 0, total: 5))
    #expect(queries.accuracy == Proportion(count: 4, total: 9))
    let holdout = effect(Array(set.holdout.prefix(2))) { labels[$0] }
    #expect(holdout.success == Proportion(count: 2, total: 5))
    #expect(holdout.damage == Proportion(count: 0, total: 4))
    #expect(holdout.accuracy == Proportion(count: 6, total: 9))
    let right = effect([9, 10, 11]) { _ in 0 }
    #expect(right.damage == Proportion(count: 3, total: 4))
    #expect(right.accuracy == Proportion(count: 1, total: 9))
  }

  // MARK: - Commands

  struct Files {
    let folder: TemporaryFolder

    /// Softmax regression of two blobs on a line, with some labels swapped in
    /// training and a test set that crosses the border.
    init() throws {
      folder = try TemporaryFolder()
      try NPZ.write(
        [
          .init(
            "0.weight",
            ShapedArray(
              shape: [2, 4], values: [1, 0, 0, 0.5, -1, 0, 0.2, 0])),
          .init("0.bias", ShapedArray(shape: [2], values: [0.3, 0])),
        ], to: folder.path("net.npz"))
      var stream = RandomStream(rootSeed: 1, name: "files")
      func write(_ name: String, count: Int) throws {
        var (pixels, labels): ([Double], [Int]) = ([], [])
        for i in 0..<count {
          labels.append(i % 2)
          pixels += (0..<4).map { k in
            stream.normal() + (k == 0 ? (i % 2 == 0 ? 0.5 : -0.5) : 0)
          }
        }
        try NPY.write(
          shape: [count, 4], values: pixels, to: folder.path(name + "-x.npy"))
        try NPY.write(
          shape: [count], values: labels, to: folder.path(name + "-y.npy"))
      }
      try write("train", count: 60)
      try write("test", count: 60)
    }

    func words(_ verb: String, _ more: [String] = []) -> [String] {
      [
        verb, "--network", folder.path("net.npz"), "--images",
        folder.path("train-x.npy"), "--labels", folder.path("train-y.npy"),
        "--test-images", folder.path("test-x.npy"), "--test-labels",
        folder.path("test-y.npy"),
      ] + more
    }
  }

  @Test("causes, then repair by each deletion, on every number of threads")
  func commands() throws {
    let files = try Files()
    for threads in ["1", "3"] {
      let found = try MixlabCommand.run(
        files.words(
          "causes",
          [
            "--output", files.folder.path("causes\(threads)"), "--share", "0.1",
            "--threads", threads,
          ]))
      #expect(found.status == 0, "\(found.errors)")
    }
    let path = files.folder.path("causes1")
    for name in ["values.npy", "causes.csv", "queries.npy", "result.json"] {
      #expect(
        FileManager.default.contents(atPath: path + "/" + name)
          == FileManager.default.contents(
            atPath: files.folder.path("causes3/" + name)))
    }
    let table = try CSVTable(file: path + "/causes.csv")
    let values = try NPY.readNumbers(path + "/values.npy", shape: [60]).values
    let listed = try table.numbers("value", of: "causes.csv")
    #expect(listed == Array(values.sorted(by: >).prefix(6)))
    for deletion in ["ewc", "newton", "fine-tuning", "retraining"] {
      let repair = try MixlabCommand.run(
        files.words(
          "repair",
          [
            "--causes", path + "/causes.csv", "--deletion", deletion,
            "--epochs", "2", "--output", files.folder.path(deletion),
          ]))
      #expect(repair.status == 0, "\(repair.errors)")
      #expect(
        FileManager.default.fileExists(
          atPath: files.folder.path(deletion + "/network.npz")))
    }
  }

  @Test("Bad input ends with 65 and one line that says why")
  func badInput() throws {
    let files = try Files()
    try NPY.write(
      shape: [1], values: [60], to: files.folder.path("beyond.npy"))
    // A network that is never wrong on one class.
    try NPZ.write(
      [
        .init(
          "0.weight",
          ShapedArray(
            shape: [2, 4], values: [0.1, 0, 0, 0, 0, 0, 0, 0])),
        .init("0.bias", ShapedArray(shape: [2], values: [9, 0])),
      ], to: files.folder.path("net0.npz"))
    let output = ["--output", files.folder.path("out")]
    for (words, reason) in [
      (
        files.words("causes", output + ["--failure-class", "0"]).map {
          $0.replacingOccurrences(of: "net.npz", with: "net0.npz")
        }, "the model has no failures"
      ),
      (
        files.words(
          "causes", output + ["--failures", files.folder.path("beyond.npy")]),
        "expected indices in 0 ..< 60"
      ),
      (
        files.words(
          "repair", output + ["--causes", files.folder.path("beyond.npy")]),
        "expected indices in 0 ..< 60"
      ),
    ] {
      let outcome = try MixlabCommand.run(words)
      #expect(outcome.status == 65, "\(words)")
      #expect(outcome.errors.contains(reason), "\(outcome.errors)")
      #expect(outcome.errors.split(separator: "\n").count == 1)
      #expect(
        !FileManager.default.fileExists(atPath: files.folder.path("out")))
    }
    let usage = try MixlabCommand.run(
      files.words("causes", output + ["--damping", "0"]))
    #expect(usage.status == 64)
  }
}
