import ArrayFiles
import Foundation
import Testing

@testable import Experiments

/// A run of a few seconds with figures, as options of `mixlab train`.
private let quick = [
  "train", "--fraction", "0.1", "--hidden", "8", "--epochs", "3",
  "--batch-size", "64", "--seeds", "2", "--threads", "2",
]

@Suite("The command line")
struct CommandLineTests {
  @Test("what train writes, run repeats")
  func repeats() throws {
    let folder = try TemporaryFolder()
    let first = try MixlabCommand.run(
      quick + [
        "--teacher", "holdout", "--holdout", "0.2", "--filter", "high",
        "--guidance-start", "1", "--name", "first",
        "--output", folder.path("first"),
      ])
    #expect(first.status == 0, "\(first.errors)")
    #expect(first.output.contains("accuracy %"))
    let second = try MixlabCommand.run([
      "run", folder.path("first/configuration.yaml"), "--threads", "1",
      "--output", folder.path("second"),
    ])
    #expect(second.status == 0, "\(second.errors)")
    #expect(
      differences(folder.path("first"), folder.path("second"))
        == ["result.json"])
    let results = try ["first", "second"].map {
      try JSONDocument(file: folder.path($0 + "/result.json")).value
    }
    #expect(results.map { $0["command"] } == ["train", "run"])
    #expect(results[0]["models"] == results[1]["models"])
    for format in ["svg", "pdf", "png"] {
      #expect(fileExists(folder.path("first/figures/outcomes.\(format)")))
    }

    // The folder holds a run now.
    let refused = try MixlabCommand.run(
      quick + ["--name", "first", "--output", folder.path("first")])
    #expect(refused.status == 73)
    let other = try MixlabCommand.run(
      quick + ["--name", "first", "--output", folder.path("first"), "--resume"])
    #expect(other.status == 65)
    #expect(other.errors.contains("found another"), "\(other.errors)")

    let compared = try MixlabCommand.run([
      "compare", folder.path("first"), folder.path("second"),
      "--output", folder.path("both"),
    ])
    #expect(compared.status == 0, "\(compared.errors)")
    #expect(compared.output.contains("first/mixup-high − second/mixup-high"))
    #expect(contents(of: folder.path("both"))["outcomes.svg"] != nil)
  }

  @Test("a killed run is resumed to the same bytes", arguments: [3, 40])
  func killed(files: Int) throws {
    let folder = try TemporaryFolder()
    let file = folder.path("a.yaml")
    try """
    name: killed
    seeds: 2
    data: {fraction: 0.3}
    network: {hidden: [24]}
    training: {epochs: 60, batch-size: 32}
    teachers:
      - {name: t}
    arms:
      - {name: plain, method: plain}
      - {name: low, teacher: t, filter: low}
      - {name: random, replays: low, filter: random}
    record: {checkpoint-every: 1}
    """.write(toFile: file, atomically: true, encoding: .utf8)
    let arguments = ["run", file, "--threads", "2", "--output"]
    let process = try MixlabCommand.process(
      arguments + [folder.path("killed")])
    try process.run()
    // Checkpoints come and go; the files that stay grow with the run.
    let deadline = Date() + 60
    while contents(of: folder.path("killed")).count < files, Date() < deadline,
      process.isRunning
    {
      Thread.sleep(forTimeInterval: 0.002)
    }
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    #expect(
      process.terminationReason == .uncaughtSignal,
      "the run ended before it was killed")
    let resumed = try MixlabCommand.run(
      arguments + [folder.path("killed"), "--resume"])
    #expect(resumed.status == 0, "\(resumed.errors)")
    let whole = try MixlabCommand.run(arguments + [folder.path("whole")])
    #expect(whole.status == 0, "\(whole.errors)")
    #expect(differences(folder.path("killed"), folder.path("whole")) == [])
  }

  @Test("without gnuplot, all but the drawings is there, and the status is 69")
  func noGnuplot() throws {
    let folder = try TemporaryFolder()
    let outcome = try MixlabCommand.run(
      quick + ["--output", folder.path("a")], path: folder.path("empty"))
    #expect(outcome.status == 69, "\(outcome.errors)")
    #expect(outcome.errors.contains("gnuplot-nox"))
    #expect(outcome.errors.contains("mixlab plot FOLDER"))
    #expect(outcome.output.contains("accuracy %"))
    let files = contents(of: folder.path("a"))
    for name in [
      "result.json", "tables/prediction.csv", "tables/seeds.csv",
      "figures/outcomes.gp", "figures/curves.gp",
    ] { #expect(files[name] != nil, "\(name)") }
    #expect(files["figures/outcomes.svg"] == nil)
    // It can be drawn later.
    let later = try MixlabCommand.run(
      ["plot", folder.path("a"), "--format", "svg"])
    #expect(later.status == 0, "\(later.errors)")
    #expect(contents(of: folder.path("a"))["figures/outcomes.svg"] != nil)
  }

  @Test(
    "statuses say what went wrong",
    arguments: [
      (["trian"], 64, "did you mean 'train'?"),
      (["trian", "--help"], 64, "did you mean 'train'?"),
      (["nonsense", "--help"], 64, "unknown command 'nonsense'"),
      (["help", "comapre"], 64, "did you mean 'compare'?"),
      (["data", "ifno", "--help"], 64, "did you mean 'info'?"),
      (["train", "--nonsense"], 64, "--nonsense"),
      (
        ["train", "--concentration", "0"], 64,
        "--concentration 0: expected a number in 1e-06"
      ),
      (["train", "--save-at", "101"], 64, "--save-at 101: expected epochs in"),
      (
        ["train", "--concentration", "-1"], 64,
        "--concentration -1: expected a number in"
      ),
      (["train", "--seed", "-1"], 64, "--seed -1: expected a whole number"),
      (["run", "digits-filter", "--seeds", "-1"], 64, "--seeds -1"),
      (["train", "--threads", "-1"], 64, "--threads takes 1 to 1024, not -1"),
      (["train", "--filter", "low"], 64, "--filter low: "),
      (["train", "--fraction", "0.002"], 64, "--fraction 0.002: "),
      (["train", "--resume", "--overwrite"], 64, "exclude each other"),
      (["train", "--threads", "0"], 64, "--threads"),
      (["train", "--data", "mnist:/nowhere"], 66, "/nowhere"),
      (["train", "--output", "/dev/null/x"], 73, "/dev/null/x"),
      (["train", "--learning-rate", "1e6"], 70, "lower the learning rate"),
      (["run", "nowhere.yaml"], 66, "nowhere.yaml"),
      (["run", "digits-fliter"], 66, "did you mean 'digits-filter'?"),
      (
        ["run", "digits-filter", "--set", "data.fraction=0.001"], 64,
        "--set data.fraction=0.001: data.fraction: "
      ),
      (
        ["run", "digits-filter", "--set", "training.epcohs=3"], 64,
        "did you mean 'epochs'?"
      ),
      (
        ["run", "fashion-mnist-filter"], 66,
        "--data fashion-mnist:DIR, where 'mixlab data fetch fashion-mnist DIR'"
      ),
      (["compare", "/"], 66, "expected a run's folder"),
      (["compare"], 64, "runs"),
      (["data", "info", "mnits"], 64, "no data set 'mnits'; the nearest is"),
      (["data", "info", "nope"], 64, "no data set 'nope'; there are digits,"),
      (
        ["data", "export", "digits", "--output", "x", "--part", "holdout"], 64,
        "no holdout part of a share of 0; ask for one with --holdout"
      ),
      (["data", "fetch", "fashion-mnist", "/dev/null/x"], 73, "/dev/null/x"),
      (
        ["data", "preview", "digits", "--output", "/dev/null/x"], 73,
        "/dev/null/x"
      ),
    ])
  func statuses(arguments: [String], status: Int, words: String) throws {
    let folder = try TemporaryFolder()
    var arguments = arguments
    if ["train", "run"].contains(arguments[0]),
      !arguments.contains("--output"), arguments.count > 1
    {
      arguments += ["--output", folder.path("out")]
    }
    let outcome = try MixlabCommand.run(arguments)
    #expect(outcome.status == Int32(status), "\(outcome.errors)")
    #expect(outcome.errors.contains(words), "\(outcome.errors)")
    #expect(outcome.output.isEmpty)
  }

  @Test("verbs without a table say what they have written, and where")
  func announcements() throws {
    let folder = try TemporaryFolder()
    let (x, y) = (folder.path("x.npy"), folder.path("y.npy"))
    let (net, theta) = (folder.path("net.npz"), folder.path("theta.npy"))
    try NPY.write(shape: [4, 2], values: [1, 0, 0, 2, -1, 1, 3, -1.5], to: x)
    try NPY.write(shape: [4], values: [0, 1, 0, 1], to: y)
    try NPY.write(shape: [2], values: [1, -0.5], to: theta)
    try NPZ.write(
      [.init("0.weight", ShapedArray(shape: [2, 2], values: [1, 0, 0.5, 2]))],
      to: net)
    let samples = ["--images", x, "--labels", y]
    let made = ["patches", "labels", "features", "initial"].flatMap {
      ["--" + $0, folder.path("generate/\($0).npy")]
    }
    for (verb, words) in [
      ("generate", ["--samples", "4", "--dimension", "8"]),
      (
        "feature-learning",
        made + [
          "--method", "erm", "--learning-rate", "0.01", "--iterations", "2",
          "--record-every", "1",
        ]
      ),
      ("random-feature", ["--set", "problem.features.count=9"]),
      ("align", ["--network", net] + samples),
      ("scores", ["--network", net] + samples),
      ("expand", ["--network", net, "--beta-alpha", "1"] + samples),
      (
        "expand-linear",
        ["--inputs", x, "--parameters", theta, "--concentration", "4"]
      ),
      (
        "valuate",
        ["--before", net, "--after", net, "--all-pairs", "--mixing-weight"]
          + ["0.5"] + samples
      ),
      (
        "valuate-linear",
        [
          "--design-matrix", x, "--labels", y, "--failure-design", x,
          "--failure-labels", y, "--noise-variance", "1", "--prior-variance",
          "1",
        ]
      ),
      ("data export", ["digits", "--fraction", "0.05"]),
    ] {
      let place = folder.path(verb)
      let outcome = try MixlabCommand.run(
        verb.split(separator: " ").map(String.init) + words
          + ["--output", place])
      #expect(outcome.status == 0, "\(verb): \(outcome.errors)")
      #expect(outcome.output.hasSuffix("result.json: \(place)\n"), "\(verb)")
      #expect(outcome.output.split(separator: "\n").count == 1, "\(verb)")
      #expect(fileExists(place + "/result.json"))
    }
  }

  @Test("help names formulas and sources")
  func help() throws {
    let outcome = try MixlabCommand.run(["train", "--help"])
    #expect(outcome.status == 0)
    for words in [
      "mean H(ỹ, p(x̃))", "arXiv:1710.09412", "arXiv:2206.14502",
      "arXiv:2212.13381", "arXiv:2207.04806", "--guidance-start",
      "--no-rescaled",
    ] { #expect(outcome.output.contains(words), "\(words)") }
  }

  @Test("data sets are described and shown")
  func data() throws {
    let folder = try TemporaryFolder()
    let info = try MixlabCommand.run(["data", "info", "digits"])
    #expect(info.status == 0)
    for words in ["1x8x8", "1297", "500", "0.3048"] {
      #expect(info.output.contains(words), "\(words) in\n\(info.output)")
    }
    let preview = try MixlabCommand.run([
      "data", "preview", "digits", "--count", "2",
      "--output", folder.path("sheet"),
    ])
    #expect(preview.status == 0, "\(preview.errors)")
    #expect(contents(of: folder.path("sheet"))["preview.png"] != nil)
  }
}
