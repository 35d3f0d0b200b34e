import ArrayFiles
import Foundation
import ImageTrain
import Randomness
import Testing

@testable import Experiments

/// `causes` and `repair` as a user meets them, beyond the sunny day.
@Suite("causes and repair: the split, controls, notes, refusals")
struct RepairTests {
  private let files: CausesTests.Files
  private let causes: String

  init() throws {
    files = try CausesTests.Files()
    causes = files.folder.path("causes/causes.csv")
  }

  private func find(_ more: [String] = ["--share", "0.1"]) throws
    -> MixlabCommand.Outcome
  {
    try MixlabCommand.run(
      files.words(
        "causes", ["--output", files.folder.path("causes")] + more))
  }

  private func repair(_ more: [String]) throws -> MixlabCommand.Outcome {
    try MixlabCommand.run(
      files.words(
        "repair", ["--output", files.folder.path("repaired")] + more))
  }

  private func exists(_ name: String) -> Bool {
    FileManager.default.fileExists(atPath: files.folder.path(name))
  }

  private func text(_ name: String) throws -> String {
    try String(contentsOfFile: files.folder.path(name), encoding: .utf8)
  }

  @Test("Causes are judged by the failures that did not find them")
  func sameSplit() throws {
    #expect(try find().status == 0)
    for other in [["--seed", "1"], ["--seed", "2"]] {
      let found = try repair(["--causes", causes] + other)
      #expect(found.status == 65, "\(found.errors)")
      #expect(found.errors.contains("make another split"))
      #expect(found.errors.split(separator: "\n").count == 1)
      #expect(!exists("repaired"))
    }
    #expect(try repair(["--causes", causes]).status == 0)
    // Indices alone do not tell who found them: the halves are stated.
    try NPY.write(shape: [1], values: [3], to: files.folder.path("c.npy"))
    let bare = try repair([
      "--causes", files.folder.path("c.npy"), "--seed", "1", "--overwrite",
    ])
    #expect(bare.status == 0, "\(bare.errors)")
    let halves = try ["queries", "holdout"].map {
      try NPY.readIndices(
        files.folder.path("repaired/\($0).npy"), below: 60)
    }
    #expect(Set(halves[0]).isDisjoint(with: halves[1]))
    #expect(
      try NPY.readIndices(files.folder.path("causes/queries.npy"), below: 60)
        != halves[0])
  }

  /// Gives failures of one half the pixels of the first of their class there,
  /// which leaves all of them wrong: the split stays as it is.
  private func collapse(_ half: String) throws {
    let indices = try NPY.readIndices(
      files.folder.path("causes/\(half).npy"), below: 60)
    let (images, labels) = (
      files.folder.path("test-x.npy"), files.folder.path("test-y.npy")
    )
    var pixels = try NPY.readNumbers(images, shape: [60, 4]).values
    let classes = try NPY.readIntegers(labels, shape: [60]).values
    for index in indices {
      let first = try #require(
        indices.first { classes[$0] == classes[index] })
      for k in 0..<4 { pixels[4 * index + k] = pixels[4 * first + k] }
    }
    try NPY.write(shape: [60, 4], values: pixels, to: images)
  }

  @Test("Nothing that is found or repaired depends on the holdout's images")
  func leaks() throws {
    func results() throws -> [Data?] {
      #expect(try find(["--share", "0.1", "--overwrite"]).status == 0)
      #expect(try repair(["--causes", causes, "--overwrite"]).status == 0)
      return [
        "causes/queries.npy", "causes/holdout.npy", "causes/values.npy",
        "causes/causes.csv", "repaired/network.npz",
      ].map { FileManager.default.contents(atPath: files.folder.path($0)) }
    }
    let first = try results()
    try collapse("holdout")
    let second = try results()
    #expect(second == first)
    // The queries', which leave the split too, move all the rest.
    try collapse("queries")
    let third = try results()
    #expect(third[..<2] == first[..<2])
    #expect(zip(third, first).dropFirst(2).allSatisfy { $0 != $1 })
  }

  @Test("Training without the causes stands beside training with them")
  func control() throws {
    #expect(try find().status == 0)
    let found = try repair([
      "--causes", causes, "--deletion", "retraining", "--epochs", "2",
    ])
    #expect(found.output.contains("control: holdout failures that are right"))
    // stdout has the table.
    let place = files.folder.path("repaired")
    #expect(found.errors.hasSuffix("effect.csv and result.json: \(place)\n"))
    let result = try text("repaired/result.json")
    for key in [
      "control", "momentum", "schedule", "weightDecay", "initialization",
    ] {
      #expect(result.contains("\"\(key)\":"), "\(key)")
    }
  }

  @Test("How an ascent and a deletion ended is said")
  func ends() throws {
    let found = try find(["--top", "100", "--steps", "1"])
    #expect(found.status == 0)
    #expect(found.errors.contains("ended before the maximum, after 1 steps"))
    #expect(found.errors.contains("there are 60 training samples"))
    let result = try text("causes/result.json")
    #expect(result.contains("\"top\": 100"))
    try NPY.write(shape: [1], values: [3], to: files.folder.path("c.npy"))
    let deleted = try repair(["--causes", files.folder.path("c.npy")])
    #expect(deleted.errors.contains("EWC deletion ended after"))
    #expect(try text("repaired/result.json").contains("\"ended\":"))
    let none = try find(["--above", "1e9", "--overwrite"])
    #expect(none.errors.contains("no cause is listed"))
    let negative = try find(["--above", "-1", "--overwrite"])
    #expect(negative.status == 0, "\(negative.errors)")
  }

  @Test("Without gnuplot all but the drawing is there")
  func noGnuplot() throws {
    let found = try MixlabCommand.run(
      files.words("causes", ["--output", files.folder.path("causes")]),
      path: files.folder.path("empty"))
    #expect(found.status == 69, "\(found.errors)")
    #expect(found.errors.contains("'mixlab plot NAME.gp'"))
    for name in ["result.json", "causes.csv", "sheet.gp"] {
      #expect(exists("causes/" + name), "\(name)")
    }
  }

  @Test("result.json comes last, after the drawings")
  func order() throws {
    let found = try find()
    #expect(found.status == 0)
    #expect(
      found.output
        == "Values, causes.csv and result.json: "
        + files.folder.path("causes") + "\n")
    func written(_ name: String) throws -> Date {
      let file = files.folder.path("causes/" + name)
      let facts = try FileManager.default.attributesOfItem(atPath: file)
      return try #require(facts[.modificationDate] as? Date)
    }
    let result = try written("result.json")
    for name in ["causes.csv", "sheet.gp", "sheet.svg", "sheet.png"] {
      #expect(try written(name) <= result, "\(name)")
    }
  }

  @Test("An option's error names it, what it takes and what it was given")
  func options() throws {
    func check(
      _ verb: String, _ option: String, _ value: String, _ text: String
    )
      throws
    {
      let outcome = try MixlabCommand.run(
        files.words(
          verb,
          [option, value, "--output", files.folder.path("out")]
            + (verb == "repair" ? ["--causes", "c.npy"] : [])))
      #expect(outcome.status == 64)
      #expect(
        outcome.errors.contains("\(option) takes \(text), not \(value)."),
        "\(outcome.errors)")
      #expect(!exists("out"))
    }
    try check("causes", "--share", "1.5", "a number > 0 and up to 1")
    try check("causes", "--share", "nan", "a number > 0 and up to 1")
    try check("causes", "--top", "0", "at least 1")
    try check("causes", "--above", "inf", "a finite number")
    for verb in ["causes", "repair"] {
      try check(verb, "--learning-rate", "-1.0", "a positive number")
      try check(verb, "--damping", "0.0", "a positive number")
      try check(verb, "--steps", "0", "at least 1")
      try check(verb, "--seed", "-1", "at least 0")
    }
    try check("repair", "--epochs", "0", "at least 1")
    try check("repair", "--batch-size", "0", "at least 1")
  }

  /// Of a pixel that is 0 in all training samples no weight has a curvature
  /// but the damping, and the failures pull at it.
  @Test(
    "A damping that gives no answer is to be raised",
    arguments: [
      ("1e-30", "ewc"), ("1e-300", "ewc"), ("5e-324", "ewc"),
      ("5e-324", "linear"),
    ])
  func damping(_ damping: String, _ influence: String) throws {
    let images = files.folder.path("train-x.npy")
    var pixels = try NPY.readNumbers(images, shape: [60, 4]).values
    for sample in 0..<60 { pixels[4 * sample + 3] = 0 }
    try NPY.write(shape: [60, 4], values: pixels, to: images)
    let found = try find(["--damping", damping, "--influence", influence])
    #expect(found.status == 65)
    #expect(found.errors.contains("--damping \(damping): "), "\(found.errors)")
    #expect(found.errors.contains("; raise it"), "\(found.errors)")
    #expect(found.errors.split(separator: "\n").count == 1)
    #expect(!exists("causes"))
  }

  @Test("Refusals name the cause, and come before the work")
  func refusals() throws {
    try NPY.write(shape: [2], values: [3, 3], to: files.folder.path("c.npy"))
    for (words, status, reason) in [
      (["--failure-class", "7"], 65, "expected a class in 0 ..< 2, found 7"),
      (["--failure-class", "-1"], 65, "expected a class in 0 ..< 2, found -1"),
      (["--seed", "-1"], 64, "--seed takes at least 0"),
      (
        ["--failure-class", "1", "--taken-for", "1"], 64,
        "another class than --failure-class"
      ),
      (["--damping", "1e308"], 65, "lower it"),
      (["--damping", "1e100"], 65, "lets the failures move the weights"),
      (["--failures", files.folder.path("c.npy")], 65, "3 twice"),
    ] {
      let found = try find(words)
      #expect(found.status == Int32(status), "\(words)")
      #expect(found.errors.contains(reason), "\(found.errors)")
      #expect(!exists("causes"))
    }
    let twice = try repair(["--causes", files.folder.path("c.npy")])
    #expect(twice.status == 65 && twice.errors.contains("3 twice"))
    try NPY.write(shape: [1], values: [3], to: files.folder.path("c.npy"))
    for rate in ["1e6", "1e300"] {
      let wild = try repair([
        "--causes", files.folder.path("c.npy"), "--deletion", "retraining",
        "--learning-rate", rate,
      ])
      #expect(wild.status == 70, "\(rate)")
      #expect(wild.errors.contains("lower --learning-rate"))
      #expect(!wild.errors.contains("is kept"))
      #expect(!exists("repaired"))
    }
    // The folder is looked at before files that are not there.
    try "mine".write(
      toFile: files.folder.path("mine"), atomically: true, encoding: .utf8)
    for verb in ["causes", "repair"] {
      let full = try MixlabCommand.run(
        files.words(
          verb,
          ["--output", files.folder.path("")]
            + (verb == "repair" ? ["--causes", "none.csv"] : [])
        ).map { $0.replacingOccurrences(of: "net.npz", with: "none.npz") })
      #expect(full.status == 73, "\(full.errors)")
      #expect(!full.errors.contains("--resume"))
    }
  }

  @Test("A data set is what its exported arrays are")
  func dataset() throws {
    let folder = files.folder
    var stream = RandomStream(rootSeed: 5, name: "network")
    try NPZ.write(
      [
        .init(
          "0.weight",
          ShapedArray(shape: [10, 64], values: stream.normals(count: 640)))
      ], to: folder.path("digits.npz"))
    let subset = ["--fraction", "0.1", "--standardise", "--data-seed", "3"]
    for part in ["train", "test"] {
      let exported = try MixlabCommand.run(
        ["data", "export", "digits", "--part", part, "--output"]
          + [folder.path(part)] + subset)
      #expect(exported.status == 0, "\(exported.errors)")
    }
    let network = ["--network", folder.path("digits.npz")]
    let arrays = [
      ("images", "train/images"), ("labels", "train/labels"),
      ("test-images", "test/images"), ("test-labels", "test/labels"),
    ].flatMap { ["--" + $0, folder.path($1 + ".npy")] }
    for (name, samples) in [
      ("arrays", arrays), ("dataset", ["--data", "digits"] + subset),
    ] {
      let found = try MixlabCommand.run(
        ["causes", "--share", "0.1", "--output", folder.path(name + "-causes")]
          + network + samples)
      #expect(found.status == 0, "\(found.errors)")
      let repaired = try MixlabCommand.run(
        ["repair", "--causes", folder.path(name + "-causes/causes.csv")]
          + ["--output", folder.path(name + "-repaired")] + network + samples)
      #expect(repaired.status == 0, "\(repaired.errors)")
    }
    for name in [
      "causes/values.npy", "causes/causes.csv", "causes/holdout.npy",
      "repaired/network.npz", "repaired/effect.csv",
    ] {
      let bytes = FileManager.default.contents(
        atPath: folder.path("dataset-" + name))
      #expect(bytes != nil, "\(name)")
      #expect(
        bytes
          == FileManager.default.contents(
            atPath: folder.path("arrays-" + name)), "\(name)")
    }
    let result = try JSONDocument(
      file: folder.path("dataset-causes/result.json")
    ).value["configuration"]
    #expect(result?["data"]?["fraction"] == .double(0.1))
    #expect(result?["images"] == nil)
    for (samples, status, reason) in [
      (["--data", "digits"] + arrays, 64, "Give either --data"),
      (arrays + ["--fraction", "0.5"], 64, "Give either --data"),
      ([], 64, "Give either --data"),
      (["--data", "digits", "--fraction", "0"], 64, "--fraction 0"),
      (["--data", "digits", "--fraction", "1e-6"], 64, "--fraction 1e-6"),
      (["--data", "digit"], 64, "the nearest is 'digits'"),
      (["--data", "mnist:" + folder.path("none")], 66, "none"),
    ] {
      let found = try MixlabCommand.run(
        ["causes", "--output", folder.path("out")] + network + samples)
      #expect(found.status == Int32(status), "\(found.errors)")
      #expect(found.errors.contains(reason), "\(found.errors)")
      #expect(!exists("out"))
    }
    let narrow = try MixlabCommand.run([
      "causes", "--output", folder.path("out"), "--network",
      folder.path("net.npz"), "--data", "digits",
    ])
    #expect(narrow.status == 65)
    #expect(narrow.errors.contains("expected a network of 64 inputs"))
  }
}
