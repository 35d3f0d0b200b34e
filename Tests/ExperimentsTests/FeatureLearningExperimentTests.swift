import ArrayFiles
import FeatureLearning
import Foundation
import Mixing
import Testing

@testable import Experiments

private let small = """
  kind: feature-learning
  name: small
  seeds: 2
  data:
    samples: 20
    patches: 3
    dimension: 40
    rare-probability: 0.2
    test-samples: 20
  network: {width: 3, deviation: 0.05}
  training: {iterations: 60, record-every: 10, test-every: 30}
  methods:
    - {name: plain, method: plain}
    - {name: mixup, weight: 0.6}
    - {name: early, weight: 0.6, plain-from: 30}
    - {name: low, alpha: 1, teacher: whole, filter: low, period: 5}
    - {name: random, alpha: 1, replays: low, filter: random, period: 5}
    - {name: easy, schedule: easy}
    - {name: reg, method: regmixup, weight: 0.6}
    - {name: mixupe, method: mixupe, weight: 0.6, term-weight: 0.5}
  """

private func study(
  _ settings: [String] = []
) throws -> FeatureLearningExperiment {
  var document = try ConfigurationDocument(text: small, name: "a.yaml")
  try document.override(with: settings)
  return try document.read(FeatureLearningExperiment.init(reader:))
}

@Suite("Common and rare features as an experiment")
struct FeatureLearningExperimentTests {
  @Test("Threads, resuming, configuration, factors, patches of images")
  func runs() throws {
    try SeedExperimentTests().checkRuns(study())
    try SeedExperimentTests().checkRuns(
      study(["data.factors=[1, 2]", "training.iterations=40"]))
    try SeedExperimentTests().checkRuns(
      study([
        "data.source=digits", "data.patch-side=5", "data.dimension=25",
        "training.iterations=40",
      ]))
  }

  @Test("An early-stopped method goes on from the mixup that it shares")
  func sharedPrefix() throws {
    let experiment = try study()
    let tables = try experiment.measure(
      seed: 0, nil, cancellation: CancellationFlag())
    let curves = try #require(tables.first { $0.name == "curves" }).table
    func values(_ method: String, _ column: String) throws -> [Double] {
      zip(
        try curves.texts("method", of: "c"),
        try curves.numbers(column, of: "c")
      ).filter { $0.0 == method }.map(\.1)
    }
    for column in ["common_0", "rare_1", "noise_0", "accuracy"] {
      let (mixup, early) = (
        try values("mixup", column), try values("early", column)
      )
      #expect(mixup.count == 7 && early.count == 7)
      #expect(mixup[..<3] == early[..<3])
      // The iterate where the ways part is read from weights that were put
      // together again: sums of some 10² products round anew.
      #expect(
        abs(mixup[3] - early[3]) <= 1e3 * Double.ulpOfOne * abs(mixup[3]))
    }
    #expect(try values("early", "iteration") == [0, 10, 20, 30, 40, 50, 60])
    #expect(
      try values("mixup", "common_0")[4] != values("early", "common_0")[4])
    // The same as the engine's own early stop, run in one go. Every step moves
    // what is learnt by η·(rate ≤ ½)·(rounding of some 10³ terms).
    let bench = try PatchBench(experiment.settings, seed: 0)
    let whole = try bench.run(experiment.methods[2].method)
    let last = try #require(whole.records.last)
    let early = try values("early", "common_0")[6]
    #expect(abs(last.learning[0, 0] / early - 1) <= 60 * 1e3 * 2.0.ulp)
    // A filter drops something, and its control as much.
    let shares = try values("low", "keptShare")
    #expect(shares.contains { $0 < 1 })
    #expect(try values("random", "keptShare") == shares)
  }

  @Test("A filter works between its start and its stop alone")
  func guidanceWindow() throws {
    let list = """
      methods=[{name: low, weight: 0.6, teacher: whole, filter: low, \
      guidance-start: 20, guidance-stop: 40, normalization: full}]
      """
    let experiment = try study([list])
    try SeedExperimentTests().checkRuns(experiment)
    #expect(
      experiment.methods[0].method.guidance
        == PairGuidance(
          filter: .low, normalization: .full, startIteration: 20,
          stopIteration: 40))
    let curves = try #require(
      try experiment.measure(seed: 0, nil, cancellation: CancellationFlag())
        .first { $0.name == "curves" }
    ).table
    let shares = try curves.numbers("keptShare", of: "c")
    #expect(shares[0] == 1 && shares[1] == 1 && shares[4...] == [1, 1, 1])
    #expect(shares[2...3].contains { $0 < 1 })
  }

  @Test("Curves end with what the method's own run has learned")
  func ends() throws {
    let experiment = try study()
    let tables = try experiment.measure(
      seed: 1, nil, cancellation: CancellationFlag())
    let curves = try #require(tables.first { $0.name == "curves" }).table
    let run = try PatchBench(experiment.settings, seed: 1).run(.plain)
    let found = PatchBench.learning(try #require(run.records.last))
    for k in 0..<2 {
      #expect(
        try curves.numbers("common_\(k)", of: "c")[6] == found.common[k])
      #expect(try curves.numbers("rare_\(k)", of: "c")[6] == found.rare[k])
    }
  }

  @Test("A step that is too large says so and leaves no seed behind")
  func divergence() throws {
    let folder = try TemporaryFolder()
    let experiment = try study([
      "training.learning-rate=100", "training.iterations=3000",
    ])
    #expect(throws: ExperimentError.self) {
      try experiment.run(
        in: RunContext(
          path: folder.path("run"), threads: 1, command: ["test"]))
    }
    #expect(!fileExists(folder.path("run")))
  }

  /// The second half of an early-stopped method counts iterates from the start
  /// of the whole, and says whose they are.
  @Test("A divergence names its method, seed and iterate")
  func namedDivergence() throws {
    func failure(_ methods: String) throws -> ExperimentError {
      let experiment = try study([
        "methods=[\(methods)]", "seeds=[3]", "training.learning-rate=0.35",
        "training.record-every=1", "training.iterations=100",
        "data.patches=4", "data.dimension=12", "data.rare-probability=0.3",
        "data.noise-square=20", "network.width=2", "network.deviation=0.5",
      ])
      let error = #expect(throws: ExperimentError.self) {
        try experiment.measure(
          seed: 3, nil, cancellation: CancellationFlag())
      }
      return try #require(error)
    }
    let early = "{name: early, weight: 0.6, plain-from: 5}"
    guard
      case .descent("early", 3, .diverged(let whole, _, let first?, _)) =
        try failure(early),
      case .descent("early", 3, .diverged(let shared, _, let second?, _)) =
        try failure("{name: mixup, weight: 0.6}, " + early)
    else {
      Issue.record("expected early to diverge")
      return
    }
    // The loss that it is compared with is that of its own first iterate.
    #expect(abs(whole - shared) <= 1 && first == second && first >= 5)
  }

  @Test(
    "Settings that make no sense are refused",
    arguments: [
      "data.patches=1", "data.rare-probability=0", "data.rare-probability=1",
      "data.feature-norms=[1, 0, 1, 1]", "data.feature-norms=[1, 1]",
      "data.dimension=4", "data.samples=21", "data.test-samples=3",
      "data.source=nowhere", "data.factors=[1, 1]", "training.iterations=0",
      "training.test-every=15", "training.learning-rate=0",
      "methods=[{name: a, method: mixup}]",
      "methods=[{name: a, method: plain, weight: 0.6}]",
      "methods=[{name: a, weight: 0.6, alpha: 1}]",
      "methods=[{name: a, weight: 0.6, filter: low}]",
      "methods=[{name: a, weight: 0.6, teacher: plain}]",
      "methods=[{name: a, weight: 0.6, filter: random, replays: b}]",
      "methods=[{name: a, weight: 0.6}, {name: a, weight: 0.7}]",
      "methods=[{name: a, weight: 0.6, plain-from: 1000}]",
      "methods=[{name: a, weight: 0.6, guidance-start: 5}]",
      "methods=[{name: a, weight: 0.6, normalization: full}]",
      """
      methods=[{name: a, weight: 0.6, teacher: plain, filter: low, \
      guidance-start: 60}]
      """,
      """
      methods=[{name: a, weight: 0.6, teacher: plain, filter: low, \
      guidance-start: 9, guidance-stop: 9}]
      """,
      """
      methods=[{name: a, weight: 0.6, teacher: plain, filter: low}, \
      {name: b, weight: 0.6, replays: a, filter: random, guidance-start: 9}]
      """,
      "methods=[{name: a, weight: 0.6, term-weight: 1}]",
      "methods=[{name: a, weight: 0.6, rescaled: true}]",
      "methods=[{name: a, method: mixupe, weight: 0.6, term-weight: 0}]",
      "methods=[{name: a, method: mixupe, weight: 0.6, threshold: 1}]",
      "methods=[{name: a, method: mixupe, term-weight: 1}]",
      """
      methods=[{name: a, method: mixupe, weight: 0.6, teacher: plain, \
      filter: low}]
      """,
      "methods=[]", "colour=red",
    ])
  func refused(_ setting: String) {
    #expect(throws: ConfigurationError.self) { try study([setting]) }
  }

  @Test("A method mixupe is what its keys say, and stays it when written")
  func mixupE() throws {
    let experiment = try study([
      """
      methods=[{name: a, method: mixupe, weight: 0.6}, {name: b, \
      method: mixupe, alpha: 2, term-weight: 3, variant: code-v1, \
      threshold: 0.5, rescaled: false}, {name: c, method: mixupe, weight: 0.7, \
      surrogate: homogeneous, plain-from: 30}]
      """
    ])
    #expect(
      experiment.methods.map(\.method.penalty) == [
        DirectionalPenalty(
          weight: 1e-3, term: .paper(.directional), rescaled: true),
        DirectionalPenalty(
          weight: 3, term: .version1(threshold: 0.5), rescaled: false),
        DirectionalPenalty(
          weight: 1e-3, term: .paper(.homogeneous), rescaled: true),
      ])
    #expect(
      experiment.methods[1].method.weights == .beta(.constant(2), ratio: 1))
    #expect(experiment.methods[2].method.plainFrom == 30)
    let again = try ConfigurationDocument(
      text: experiment.value.yaml, name: "again.yaml"
    ).read(FeatureLearningExperiment.init(reader:))
    #expect(again == experiment)
    // Nothing is predicted of it, and it is not mixup.
    let tables = try study().measure(
      seed: 0, nil, cancellation: CancellationFlag())
    let rates = try #require(tables.first { $0.name == "rates" }).table
    #expect(!(try rates.texts("method", of: "rates").contains("mixupe")))
    let curves = try #require(tables.first { $0.name == "curves" }).table
    func losses(_ method: String) throws -> [Double] {
      zip(
        try curves.texts("method", of: "c"), try curves.numbers("loss", of: "c")
      ).filter { $0.0 == method }.map(\.1)
    }
    #expect(try losses("mixupe").count == losses("mixup").count)
    #expect(try losses("mixupe").last != losses("mixup").last)
  }

  @Test("Both ways to give the noise agree, and not both at once")
  func noise() throws {
    let scale = try study(["data.noise-scale=0.5"]).settings
    let square = try study(["data.noise-square=10"]).settings
    #expect(scale == square)
    #expect(throws: ConfigurationError.self) {
      try study(["data.noise-scale=0.5", "data.noise-square=10"])
    }
  }

  @Test("The presets can be read")
  func presets() throws {
    for (name, _) in Presets.featureLearning {
      let experiment = try Presets.document(name)
        .read(FeatureLearningExperiment.init(reader:))
      #expect(experiment.name == name)
    }
  }
}

@Suite("The command generate")
struct GenerateCommandTests {
  @Test("Files that the descent reads; composition; images; the same bytes")
  func files() throws {
    let folder = try TemporaryFolder()
    func generate(_ name: String, _ words: [String]) throws {
      let outcome = try MixlabCommand.run(
        ["generate", "--samples", "20", "--output", folder.path(name)]
          + words)
      #expect(outcome.status == 0, "\(outcome.errors)")
    }
    try generate("a", ["--dimension", "30"])
    try generate("b", ["--dimension", "30"])
    #expect(differences(folder.path("a"), folder.path("b")) == [])
    for (composition, own, other) in [("rare", 2, 1), ("common", 1, 2)] {
      try generate(
        composition, ["--dimension", "30", "--composition", composition])
      let roles = try NPY.readIntegers(
        folder.path(composition + "/roles.npy"), shape: [20, 4]
      ).values
      #expect(roles.count { $0 == own } == 20)
      #expect(!roles.contains(other))
    }
    try generate("digits", ["--images", "digits", "--patch-side", "4"])
    _ = try NPY.readNumbers(
      folder.path("digits/patches.npy"), shape: [20, 4, 16])
    let a = folder.path("a")
    let outcome = try MixlabCommand.run([
      "feature-learning", "--patches", a + "/patches.npy", "--labels",
      a + "/labels.npy", "--features", a + "/features.npy", "--initial",
      a + "/initial.npy", "--method", "erm", "--learning-rate", "0.01",
      "--iterations", "5", "--record-every", "5", "--output",
      folder.path("run"),
    ])
    #expect(outcome.status == 0, "\(outcome.errors)")
  }

  @Test(
    "Options that make no sense leave nothing behind",
    arguments: [
      (["--patches", "1"], 64), (["--rare-probability", "0"], 64),
      (["--rare-probability", "1"], 64), (["--samples", "3"], 64),
      (["--feature-norms", "1,0,1,1"], 65), (["--feature-norms", "1,1"], 64),
      (["--dimension", "4"], 64), (["--noise-scale", "-1"], 64),
      (["--feature-norms", "-1,1,1,1"], 64), (["--patches", "\(Int.max)"], 64),
      (["--feature-noise", "\(Int.max)"], 64), (["--width", "\(Int.max)"], 64),
      (["--dimension", "\(Int.max)"], 64),
      (["--noise-scale", "1", "--noise-square", "1"], 64),
      (["--images", "digits", "--patch-side", "9"], 64),
      (["--images", "digits", "--dimension", "63"], 64),
      (["--features", "/nowhere.npy"], 66),
    ] as [([String], Int32)])
  func refused(_ words: [String], _ status: Int32) throws {
    let folder = try TemporaryFolder()
    let outcome = try MixlabCommand.run(
      ["generate", "--output", folder.path("out")] + words)
    #expect(outcome.status == status, "\(outcome.errors)")
    #expect(!outcome.errors.isEmpty)
    #expect(!fileExists(folder.path("out")))
  }

  @Test("Features from a file that depend on each other are bad data")
  func dependent() throws {
    let folder = try TemporaryFolder()
    var rows = [Double](repeating: 0, count: 4 * 30)
    for row in 0..<4 { rows[row * 30 + row % 3] = 1 }
    try NPY.write(shape: [4, 30], values: rows, to: folder.path("v.npy"))
    let outcome = try MixlabCommand.run([
      "generate", "--dimension", "30", "--features", folder.path("v.npy"),
      "--output", folder.path("out"),
    ])
    #expect(outcome.status == 65)
    #expect(outcome.errors.contains("independent"))
    #expect(!fileExists(folder.path("out")))
  }
}
