import ArrayFiles
import Foundation
import ImageData
import ImageTrain
import Networks
import Testing

@testable import Experiments

/// Every kind of model on 130 digits: seconds in all.
private let everyKind = """
  name: kinds
  seeds: 2
  data: {fraction: 0.1, validation: 0.2}
  network: {hidden: [12]}
  training: {epochs: 7, batch-size: 32}
  teachers:
    - {name: whole, data: whole}
    - {name: two, count: 2, training: {epochs: 2}}
  arms:
    - {name: plain, method: plain}
    - {name: low, teacher: whole, filter: low}
    - {name: random, replays: low, filter: random}
    - {name: shuffled, teacher: two, filter: shuffled}
    - {name: self, filter: low, self-teacher-lag: 2}
    - {name: regmixup, method: regmixup, mixing-stop: 4}
    - {name: mixupe, method: mixupe}
    - {name: equal, method: plain, budget: {equal: forward-passes, arm: low}}
  record: {norms-every: 3, save-at: [2], checkpoint-every: 2}
  """

@Suite("A run's results depend on its configuration alone")
struct ImageRunReproducibilityTests {
  @Test("1, 2 and 3 threads give the same bytes")
  func threads() throws {
    let folder = try TemporaryFolder()
    let kinds = try experiment(everyKind)
    for threads in 1...3 {
      try run(kinds, in: folder.path("\(threads)"), threads: threads)
    }
    #expect(contents(of: folder.path("1")).count > 60)
    #expect(differences(folder.path("1"), folder.path("2")) == [])
    #expect(differences(folder.path("1"), folder.path("3")) == [])
  }

  @Test("so they do where a single model has all threads")
  func singleModel() throws {
    let folder = try TemporaryFolder()
    let single = try experiment(
      everyKind.replacing("seeds: 2", with: "seeds: 1"),
      ["teachers=[]", "arms=[{name: mixup, training: {shards: 2}}]"])
    #expect(single.arms[0].plan.shards == 2)
    for threads in 1...3 {
      try run(single, in: folder.path("\(threads)"), threads: threads)
    }
    #expect(differences(folder.path("1"), folder.path("2")) == [])
    #expect(differences(folder.path("1"), folder.path("3")) == [])
  }

  @Test("stopped after any epoch and resumed, it gives the same bytes")
  func resume() throws {
    let folder = try TemporaryFolder()
    let kinds = try experiment(everyKind)
    try run(kinds, in: folder.path("whole"))
    // Two seeds of ten models of seven epochs, fewer for some.
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<4 {
      let epochs = Int.random(in: 1...100, using: &generator)
      let stop = StopAfter(epochs: epochs)
      let path = folder.path("\(epochs)")
      #expect(throws: Interrupted()) {
        try run(kinds, in: path, progress: stop, cancellation: stop.flag)
      }
      #expect(!fileExists(path + "/result.json"))
      // Stopped once more on the way.
      let again = StopAfter(epochs: 9)
      #expect(throws: Interrupted()) {
        try run(
          kinds, in: path, threads: 1, existing: .resume, progress: again,
          cancellation: again.flag)
      }
      try run(kinds, in: path, existing: .resume)
      #expect(
        differences(folder.path("whole"), path) == [],
        "stopped after \(epochs) epochs")
      try FileManager.default.removeItem(atPath: path)
    }
  }

  @Test("a finished run that is resumed trains nothing and stays as it is")
  func resumeFinished() throws {
    let folder = try TemporaryFolder()
    let single = try experiment(
      everyKind, ["teachers=[]", "arms=[{name: mixup, training: {shards: 2}}]"])
    try run(single, in: folder.path("a"))
    let before = contents(of: folder.path("a"))
    // As a kill leaves them between the last file and the tidying up.
    for name in ["checkpoint.npz", "metrics.partial.csv", ".x.1.partial"] {
      try AtomicFile.write("", to: folder.path("a/arms/mixup/seed-1/" + name))
    }
    let stop = StopAfter(epochs: 1)
    try run(
      single, in: folder.path("a"), existing: .resume, progress: stop,
      cancellation: stop.flag)
    #expect(contents(of: folder.path("a")) == before)
  }
}

@Suite("A run's folder")
struct ImageRunFolderTests {
  private func tiny(_ settings: [String] = []) throws -> ImageExperiment {
    try experiment(
      """
      name: tiny
      seeds: 1
      data: {fraction: 0.1}
      network: {hidden: [6]}
      training: {epochs: 2, batch-size: 64}
      arms:
        - {name: plain, method: plain}
        - {name: mixup}
      """, settings)
  }

  @Test("another configuration is not resumed")
  func otherConfiguration() throws {
    let folder = try TemporaryFolder()
    try run(tiny(), in: folder.path("a"))
    let before = contents(of: folder.path("a"))
    let error = try #require(throws: ExperimentError.self) {
      try run(
        tiny(["training.epochs=3"]), in: folder.path("a"), existing: .resume)
    }
    #expect(error.exitStatus == .badData)
    #expect(error.description.contains("arms[0].training.epochs"), "\(error)")
    #expect(contents(of: folder.path("a")) == before)
  }

  @Test("a folder with files in it is left alone")
  func notEmpty() throws {
    let folder = try TemporaryFolder()
    try AtomicFile.write("mine", to: folder.path("note"))
    let root = folder.path("")
    for existing in [RunFolder.Existing.refuse, .resume] {
      let error = try #require(throws: FileError.self) {
        try run(tiny(), in: root, existing: existing)
      }
      #expect(error == .folderNotEmpty(folder: root))
      #expect(error.exitStatus == .cannotWrite)
    }
    #expect(folder.names == ["note"])
  }

  @Test("overwriting leaves nothing of the run before, and strangers alone")
  func overwrite() throws {
    let folder = try TemporaryFolder()
    try run(tiny(), in: folder.path("a"))
    try run(tiny(["arms=[{name: other}]"]), in: folder.path("b"))
    try AtomicFile.write("mine", to: folder.path("a/note"))
    try run(
      tiny(["arms=[{name: other}]"]), in: folder.path("a"),
      existing: .overwrite)
    #expect(differences(folder.path("a"), folder.path("b")) == ["note"])
  }

  @Test("a folder that cannot be made is said to be so")
  func unwritable() throws {
    let error = try #require(throws: FileError.self) {
      try run(tiny(), in: "/dev/null/x")
    }
    #expect(error.exitStatus == .cannotWrite)
  }

  @Test("a run that diverges says where, and leaves what was finished")
  func diverges() throws {
    let folder = try TemporaryFolder()
    let wild = try tiny(["arms.mixup.training={learning-rate: 1e6}"])
    let error = try #require(throws: ExperimentError.self) {
      try run(wild, in: folder.path("a"), threads: 1)
    }
    guard
      case .training(
        "mixup", seed: 0, .diverged(let step, _, let rate, _), let kept) = error
    else {
      Issue.record("\(error)")
      return
    }
    #expect(error.exitStatus == .diverged)
    // By the end of the first epoch, if not in the second.
    #expect((1...6).contains(step) && rate >= 5e5)
    #expect(error.description.contains("at step \(step) "))
    #expect(error.description.contains("lower the learning rate"))
    #expect(kept == folder.path("a/arms/mixup/seed-0/network-last-good.npz"))
    #expect(fileExists(kept))
    let files = contents(of: folder.path("a"))
    #expect(files["arms/plain/seed-0/done.json"] != nil)
    #expect(files["arms/mixup/seed-0/done.json"] == nil)
    #expect(files["result.json"] == nil)
    let refusal = try #require(throws: ExperimentError.self) {
      try ImageReport(path: folder.path("a"))
    }
    #expect(
      refusal
        == .unfinishedRun(folder: folder.path("a"), model: "mixup", seed: 0))
    #expect(refusal.exitStatus == .noInput)
  }

  @Test("a damaged checkpoint is an error, not another result")
  func damaged() throws {
    let folder = try TemporaryFolder()
    let long = try tiny(["training.epochs=9", "record.checkpoint-every=1"])
    let stop = StopAfter(epochs: 3)
    #expect(throws: Interrupted()) {
      try run(
        long, in: folder.path("a"), threads: 1, progress: stop,
        cancellation: stop.flag)
    }
    let file = folder.path("a/arms/plain/seed-0/checkpoint.npz")
    let bytes = try FileBytes.read(file)
    try AtomicFile.write(Array(bytes.dropLast(40)), to: file)
    let error = try #require(throws: FileError.self) {
      try run(long, in: folder.path("a"), existing: .resume)
    }
    #expect(error.exitStatus == .badData)
  }
}

@Suite("Teachers and budgets")
struct TeacherTests {
  private func guided(
    _ teacher: String, _ data: String = "fraction: 0.2"
  ) throws -> ImageExperiment {
    try experiment(
      """
      name: guided
      seeds: 2
      data: {\(data)}
      network: {hidden: [10]}
      training: {epochs: 4, batch-size: 32}
      teachers: [\(teacher)]
      arms:
        - {name: low, teacher: t, filter: low}
        - {name: plain, method: plain}
      """)
  }

  @Test("a teacher that saw the test images marks all that it guided")
  func whole() throws {
    let folder = try TemporaryFolder()
    try run(guided("{name: t, data: whole}"), in: folder.path("a"))
    let report = try ImageReport(path: folder.path("a"))
    #expect(
      try report.predictionTable().rows.map(\.[0]) == ["t *", "low *", "plain"])
    #expect(report.leakNote != nil)
    let seeds = try CSVTable(file: folder.path("a/tables/seeds.csv"))
    #expect(
      try seeds.texts("hasSeenTestLabels", of: "seeds.csv") == [
        "true", "true", "true", "true", "false", "false",
      ])
    // Each figure with a star says what it means; all have their scripts, the
    // images' too.
    for name in [
      "outcomes", "curves", "counts", "rhat-histogram", "rhat-by-weight",
      "extremes",
    ] {
      let script = try String(
        contentsOfFile: folder.path("a/figures/\(name).gp"), encoding: .utf8)
      #expect(script.contains("an upper bound, not a result"), "\(name)")
      #expect(script.contains("t *") || script.contains("low *"), "\(name)")
    }
  }

  @Test("epochs without valued samples are gaps in the counts, not zeros")
  func gapsInCounts() throws {
    let folder = try TemporaryFolder()
    var late = try guided("{name: t}")
    late.arms[0].plan.guidance?.startEpoch = 2
    try run(late, in: folder.path("a"))
    let table = try CSVTable(file: folder.path("a/figures/counts.csv"))
    let counts = try table.texts("r̂ ≤ 0, kept by low", of: "counts.csv")
    #expect(counts.prefix(3).map { $0 == "nan" } == [true, true, false])
    let caption = try String(
      contentsOfFile: folder.path("a/figures/rhat-histogram.caption.md"),
      encoding: .utf8)
    #expect(!caption.contains("95 %"))
  }

  @Test("a split teacher learns half of the failures, the rest judges")
  func split() throws {
    let folder = try TemporaryFolder()
    try run(guided("{name: t, data: split}"), in: folder.path("a"))
    let report = try ImageReport(path: folder.path("a"))
    #expect(report.leakNote == nil)
    let table = try report.predictionTable()
    #expect(table.columns.map(\.title).suffix(2) == ["F_h %", "untouched %"])
    // The base model's failures and the untouched images are all that judge:
    // accuracy is the mean of the two parts by their sizes.
    for row in table.rows { #expect(!row.contains("–"), "\(row)") }
  }

  @Test("a holdout teacher sees none of the students' images")
  func holdout() throws {
    let settings = try guided(
      "{name: t, data: holdout}", "fraction: 0.2, holdout: 0.3")
    let images = try PreparedImages(settings.data)
    let held = try #require(images.holdout)
    func rows(_ set: ImageSet) -> Set<[UInt8]> {
      let size = set.shape.valueCount
      return Set(
        set.labels.indices.map {
          Array(set.pixels[$0 * size..<($0 + 1) * size])
        })
    }
    #expect(rows(images.train).isDisjoint(with: rows(held)))
    #expect(abs(Double(held.count) - 0.3 * 1297) <= 0.5)
    let folder = try TemporaryFolder()
    try run(settings, in: folder.path("a"))
    #expect(try ImageReport(path: folder.path("a")).leakNote == nil)
  }

  @Test("a teacher from a file guides as the one that was trained")
  func file() throws {
    let folder = try TemporaryFolder()
    let trained = try guided("{name: t}")
    var single = trained
    single.seeds = [0]
    try run(single, in: folder.path("a"))
    let network = folder.path("a/teachers/t/seed-0/network.npz")
    var read = try guided("{name: t, file: \(network), data: train}")
    read.seeds = [0]
    try run(read, in: folder.path("b"))
    let differing = differences(folder.path("a/arms"), folder.path("b/arms"))
    #expect(differing.allSatisfy { $0.hasSuffix("identity.txt") })
    let table = try ImageReport(path: folder.path("b")).predictionTable()
    #expect(table.rows.map(\.[0]) == ["low", "plain"])
    // Without a word on what the network has seen, it counts as leaking.
    let unknown = try guided("{name: t, file: \(network)}")
    #expect(unknown.arms.map(unknown.hasSeenTestLabels) == [true, false])
  }

  @Test("a network file of other sizes is refused")
  func wrongFile() throws {
    let folder = try TemporaryFolder()
    let network = DenseNetwork<Double>(
      shape: DenseShape(sizes: [3, 10], activation: .relu),
      parameters: [Double](repeating: 0, count: 40))
    try NetworkFile.write(network, to: folder.path("net.npz"))
    let error = try #require(throws: ExperimentError.self) {
      try run(
        guided("{name: t, file: \(folder.path("net.npz"))}"),
        in: folder.path("a"))
    }
    #expect(error.exitStatus == .badData)
    #expect(error.description.contains("64 inputs and 10 outputs, found 3"))
  }

  @Test("a teacher of two networks differs from either")
  func ensemble() throws {
    let folder = try TemporaryFolder()
    try run(guided("{name: t, count: 2}"), in: folder.path("two"))
    try run(guided("{name: t}"), in: folder.path("one"))
    let two = contents(of: folder.path("two/teachers/t/seed-0"))
    let one = contents(of: folder.path("one/teachers/t/seed-0"))
    #expect(two["network.npz"] == one["network.npz"])
    let second = try #require(two["network-1.npz"])
    #expect(second != two["network.npz"])
    #expect(one["network-1.npz"] == nil)
    let low = "arms/low/seed-0/network.npz"
    #expect(
      differences(folder.path("one"), folder.path("two")).contains(low))
  }

  @Test(
    "a budget is met within one step",
    arguments: [
      ("gradient-samples", "method: plain"),
      ("gradient-samples", "method: mixup"),
      ("gradient-samples", "method: regmixup"),
      ("gradient-samples", "method: regmixup, mixing-stop: 1"),
      ("forward-passes", "method: plain"),
      ("forward-passes", "method: mixupe"),
      ("forward-passes", "method: mixup, mixing: {pairing: all-pairs}"),
    ])
  func budgets(quantity: String, method: String) throws {
    // 130 images: the last batch of an epoch has 2 of 32.
    let settings = try experiment(
      """
      name: budget
      seeds: 1
      data: {fraction: 0.1}
      network: {hidden: [4]}
      training: {epochs: 5, batch-size: 32}
      teachers: [{name: t, training: {epochs: 2}}]
      arms:
        - {name: low, teacher: t, filter: low}
        - {name: equal, \(method), budget: {equal: \(quantity), arm: low}}
      """)
    let folder = try TemporaryFolder()
    try run(settings, in: folder.path("a"))
    func used(_ arm: String) throws -> Int {
      let outcome = try JSONDocument(
        file: folder.path("a/arms/\(arm)/seed-0/done.json"))
      let key =
        quantity == "forward-passes" ? "forwardSamples" : "gradientSamples"
      return Int(try #require(outcome.value[key]?.number))
    }
    let step = method.contains("all-pairs") ? 32 * 32 : 64
    #expect(abs(try used("equal") - used("low")) <= step / 2)
  }
}
