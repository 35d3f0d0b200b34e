import ArrayFiles
import Foundation
import ImageData
import ImageTrain
import Networks
import Randomness
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
    - {name: refilled, teacher: whole, filter: shuffled, dropped: refilled}
    - {name: unmixed, teacher: whole, filter: high, dropped: unmixed}
    - name: partners
      teacher: whole
      filter: low
      mixing: {pairing: independent}
    - name: pairs
      teacher: whole
      filter: low
      training: {epochs: 3, batch-size: 8}
      mixing: {pairing: all-pairs}
  record:
    norms-every: 3
    save-at: [2]
    checkpoint-every: 2
    probe-every: 3
    probe-images: 20
    gradient-noise-every: 2
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
      ["teachers=[]", "arms=[{name: mixup, training: {batch-size: 40}}]"])
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
    // Two seeds of fourteen models of seven epochs, fewer for some.
    var stream = RandomStream(rootSeed: 1, name: "kill-epochs")
    for _ in 0..<4 {
      let epochs = 1 + stream.index(below: 150)
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
      everyKind, ["teachers=[]", "arms=[{name: mixup}]"])
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

@Suite("Probes along a run")
struct ProbeRunTests {
  @Test("have a line every so many steps and one at the end, and move nothing")
  func lines() throws {
    let folder = try TemporaryFolder()
    let words = ["arms=[{name: mixup, method: mixup}]", "seeds=1"]
    let more = [
      "record.probe-every=2", "record.probe-images=9",
      "record.gradient-noise-every=3",
    ]
    try run(tiny(words), in: folder.path("without"))
    try run(tiny(words + more), in: folder.path("with"))
    let part = "/arms/mixup/seed-0/"
    func text(_ name: String) throws -> String {
      try String(contentsOfFile: folder.path(name), encoding: .utf8)
    }
    #expect(
      try text("with" + part + "metrics.csv")
        == text("without" + part + "metrics.csv"))
    #expect(!fileExists(folder.path("without" + part + "probes.csv")))
    let table = try CSVTable(file: folder.path("with" + part + "probes.csv"))
    let steps = try table.numbers("step", of: "probes.csv")
    #expect(steps.first == 0)
    #expect(
      steps.dropLast().allSatisfy { $0.truncatingRemainder(dividingBy: 2) == 0 }
    )
    #expect(steps == steps.sorted() && Set(steps).count == steps.count)
    let noise = try CSVTable(
      file: folder.path("with" + part + "gradient-noise.csv"))
    #expect(
      try noise.numbers("cleanNoise", of: "gradient-noise.csv")
        .allSatisfy { $0 > 0 })
    let minima = try table.numbers("alphaMinimum", of: "probes.csv")
    let medians = try table.numbers("alpha50", of: "probes.csv")
    #expect(zip(minima, medians).allSatisfy { $0 < $1 })
  }
}

@Suite("A run's folder")
struct ImageRunFolderTests {
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
        == .divergedRun(folder: folder.path("a"), model: "mixup", seed: 0))
    #expect(refusal.exitStatus == .noInput)
    #expect(!refusal.description.contains("--resume"))
  }

  @Test("an arm that diverges keeps no other from its end")
  func divergesAlone() throws {
    let folder = try TemporaryFolder()
    let wild = try tiny([
      "seeds=2",
      "arms=[{name: wild, training: {learning-rate: 1e6}}, "
        + "{name: after, method: plain}, {name: equal, method: plain, "
        + "budget: {equal: forward-passes, arm: wild}}]",
    ])
    let error = try #require(throws: ExperimentError.self) {
      try run(wild, in: folder.path("a"), threads: 1)
    }
    #expect(error.exitStatus == .diverged)
    #expect(error.description.hasPrefix("wild, seed 0: "))
    #expect(!error.description.contains("--resume"))
    let done = contents(of: folder.path("a")).keys
      .filter { $0.hasSuffix("done.json") }.sorted()
    #expect(
      done == ["arms/after/seed-0/done.json", "arms/after/seed-1/done.json"])
  }

  @Test("results of other images are not taken over")
  func otherImages() throws {
    let folder = try TemporaryFolder()
    let data = folder.path("data")
    try writeMNIST(to: data, seed: 1)
    let settings = try tiny(
      ["data.source=mnist:\(data)", "data.fraction=1", "training.epochs=1"])
    try run(settings, in: folder.path("a"))
    let before = contents(of: folder.path("a"))
    try run(settings, in: folder.path("a"), existing: .resume)
    #expect(contents(of: folder.path("a")) == before)
    try writeMNIST(to: data, seed: 2)
    try run(settings, in: folder.path("a"), existing: .resume)
    try run(settings, in: folder.path("b"))
    #expect(differences(folder.path("a"), folder.path("b")) == [])
    #expect(
      before["arms/plain/seed-0/network.npz"]
        != contents(of: folder.path("a"))["arms/plain/seed-0/network.npz"])
  }

  @Test("a plan that no memory holds is refused before anything is written")
  func memory() throws {
    let folder = try TemporaryFolder()
    let vast = try tiny([
      "network.hidden=[100000, 100000, 100000, 100000]",
      "arms.mixup.mixing={pairing: all-pairs}",
      "arms.mixup.training={batch-size: 1000000}",
    ])
    let error = try #require(throws: ExperimentError.self) {
      try run(vast, in: folder.path("a"))
    }
    #expect(error.exitStatus == .badData)
    #expect(error.description.contains("its buffers take"), "\(error)")
    #expect(!fileExists(folder.path("a")))
    // All pairs of the 130 images: 130² rows of 6 + 10 units, thrice.
    let images = try PreparedImages(tiny().data)
    let pairs = try tiny([
      "arms.mixup.mixing={pairing: all-pairs}",
      "arms.mixup.training={batch-size: 1000}",
    ])
    try pairs.checkMemory(images, available: 8_000_000)
    #expect(throws: ExperimentError.self) {
      try pairs.checkMemory(images, available: 3_000_000)
    }
    try tiny().checkMemory(images, available: 1_000_000)
  }

  @Test("what was not measured in an epoch is an empty cell")
  func emptyCells() throws {
    let folder = try TemporaryFolder()
    try run(
      tiny([
        "teachers=[{name: t}]", "training.epochs=4",
        "arms=[{name: low, teacher: t, filter: low, guidance-start: 1, "
          + "guidance-stop: 2, mixing-stop: 3}]",
      ]), in: folder.path("a"))
    let file = folder.path("a/arms/low/seed-0/metrics.csv")
    let table = try CSVTable(file: file)
    for column in ["included", "excluded", "rhatMean", "rhat50"] {
      let isEmpty = try table.texts(column, of: file).map(\.isEmpty)
      #expect(isEmpty == [true, false, true, true], "\(column)")
    }
    // Without a filter all mixed samples are kept, and in plain epochs none
    // is mixed.
    let kept = try table.numbers("kept", of: file)
    let included = try table.texts("included", of: file)
    #expect(kept[0] == 130 && kept[2] == 130 && kept[3] == 0)
    #expect(Double(included[1]) == kept[1])
  }
}
