import ArrayFiles
import Foundation
import ImageData
import ImageTrain
import Networks
import Testing

@testable import Experiments

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

  @Test(
    "a split teacher learns half of the failures, the rest judges",
    arguments: Reporting.allCases)
  func split(_ reporting: Reporting) throws {
    let folder = try TemporaryFolder()
    var settings = try guided(
      "{name: t, data: split, training: {epochs: 9, learning-rate: 0.5}}",
      "fraction: 0.2, validation: 0.2")
    settings.report = reporting
    try run(settings, in: folder.path("a"))
    let report = try ImageReport(path: folder.path("a"))
    #expect(report.leakNote == nil)
    let table = try report.predictionTable()
    #expect(table.columns.map(\.title).suffix(2) == ["F_h %", "untouched %"])
    // The base model's failures and the untouched images are all that judge:
    // accuracy is the mean of the two parts by their sizes.
    for row in table.rows { #expect(!row.contains("–"), "\(row)") }
    // A median of sums is no sum of medians.
    if reporting == .medianOfLastTen { return }
    for model in ["t", "low", "plain"] {
      let whole = try report.values(.accuracy, of: model)
      let held = try report.values(
        inColumn: "failureHoldoutAccuracy", of: model)
      let untouched = try report.values(
        inColumn: "untouchedAccuracy", of: model)
      for (k, seed) in settings.seeds.enumerated() {
        let base = try MetricsTable(
          file: folder.path("a/teachers/t/base-seed-\(seed)/metrics.csv"))
        let accuracy = try #require(try base.column("testAccuracy").last)
        let failures = (500 * (1 - accuracy)).rounded()
        let learned = (failures / 2).rounded(.down)
        let right =
          held[k] * (failures - learned) + untouched[k] * (500 - failures)
        // Four roundings of numbers of at most 500.
        #expect(
          abs(whole[k] - right / (500 - learned)) <= 4 * Double.ulpOfOne)
      }
    }
  }

  @Test("the ideal teacher's low filter beats its high filter in NLL")
  func idealTeacher() throws {
    // The preset's teacher and two of its arms, for fewer epochs.
    var document = try Presets.document("digits-filter")
    try document.override(with: [
      "seeds=[0, 1, 2]", "training.epochs=30", "comparisons=[]",
      "teachers=[{name: ideal, data: whole, method: mixup}]",
      "arms=[{name: ideal-low, teacher: ideal, filter: low}, "
        + "{name: ideal-high, teacher: ideal, filter: high}]",
    ])
    let folder = try TemporaryFolder()
    let path = folder.path("a")
    try document.read(Experiment.init(reader:)).run(
      in: RunContext(path: path, threads: 2, command: ["test"]))
    let report = try ImageReport(path: path)
    let difference = PairedComparison(
      try report.values(.likelihood, of: "ideal-low"),
      minus: try report.values(.likelihood, of: "ideal-high"))
    #expect(difference.differences.count == 3)
    #expect(difference.summary.mean < 0, "\(difference.differences)")
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
    // Nothing was made for a run that could not begin.
    #expect(folder.names == ["net.npz"])
    let missing = try #require(throws: FileError.self) {
      try run(
        guided("{name: t, file: \(folder.path("no.npz"))}"),
        in: folder.path("a"))
    }
    #expect(missing.exitStatus == .noInput)
    #expect(folder.names == ["net.npz"])
  }

  @Test("results of another teacher file are not taken over")
  func otherFile() throws {
    let folder = try TemporaryFolder()
    let file = folder.path("net.npz")
    func write(_ value: Double) throws {
      let shape = DenseShape(sizes: [64, 10], activation: .relu)
      try NetworkFile.write(
        DenseNetwork<Double>(
          shape: shape,
          parameters: (0..<shape.parameterCount).map {
            Double($0 % 7) * value
          }), to: file)
    }
    let settings = try guided("{name: t, file: \(file)}")
    try write(0.01)
    try run(settings, in: folder.path("a"))
    try write(0.5)
    try run(settings, in: folder.path("a"), existing: .resume)
    try run(settings, in: folder.path("b"))
    #expect(differences(folder.path("a"), folder.path("b")) == [])
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
