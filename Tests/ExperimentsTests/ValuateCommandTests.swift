import ArrayFiles
import Experiments
import Foundation
import Testing

@Suite("The command valuate-linear, on arrays from files")
struct ValuateLinearCommandTests {
  private let folder: TemporaryFolder

  /// φ = (1, x): the example of docs/exact-valuation.md.
  init() throws {
    folder = try TemporaryFolder()
    try write("d", line: [0, 1, 2, 3, -1])
    try write("y", [0.1, 0.9, 2.2, 2.0, -1.2])
    try write("f", line: [2.5, -2])
    try write("t", [2.6, -1.9])
    try write("c", [3, 4])
  }

  private func write(_ name: String, line x: [Double]) throws {
    try NPY.write(
      shape: [x.count, 2], values: x.flatMap { [1, $0] },
      to: folder.path(name + ".npy"))
  }

  private func write(_ name: String, _ values: [some StoredNumber]) throws {
    try NPY.write(
      shape: [values.count], values: values, to: folder.path(name + ".npy"))
  }

  private func run(
    _ more: [String] = [], noise: String = "0.25", prior: String = "2",
    output: String = "out"
  ) throws -> MixlabCommand.Outcome {
    try MixlabCommand.run(
      [
        "valuate-linear", "--design-matrix", folder.path("d.npy"), "--labels",
        folder.path("y.npy"), "--failure-design", folder.path("f.npy"),
        "--failure-labels", folder.path("t.npy"), "--noise-variance", noise,
        "--prior-variance", prior, "--output", folder.path(output),
      ] + more)
  }

  private func numbers(_ name: String) throws -> [Double] {
    try NPY.readNumbers(folder.path("out/\(name).npy"), shape: [nil]).values
  }

  private func number(_ key: String) throws -> Double {
    let document = try JSONDocument(file: folder.path("out/result.json"))
    guard case .double(let value) = document.value[key] else { return .nan }
    return value
  }

  @Test("The example by hand, to the twelve digits that are stated")
  func example() throws {
    let outcome = try run(["--causes", folder.path("c.npy")])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let stated: [(String, [Double])] = [
      (
        "r",
        [
          -0.083446803500, -0.053293946326, -0.489958624232, 0.135990718596,
          -0.571864210327,
        ]
      ),
      (
        "rhat",
        [
          -0.058231734203, -0.043572263840, -0.307089205862, 0.359550974043,
          -0.225158960820,
        ]
      ),
      (
        "rtilde",
        [
          0.001496949482, -0.017388591949, -0.264187994788, 0.469432275278,
          -0.081622714365,
        ]
      ),
    ]
    // Half a unit of the last digit, and rounding far below it.
    let bound = 0.51e-12
    for (name, values) in stated {
      for (found, value) in zip(try numbers(name), values) {
        #expect(abs(found - value) <= bound, "\(name)")
      }
    }
    for (key, value) in [
      ("rExact", -0.182465865984), ("rhatSum", 0.134392013223),
      ("logEvidenceFailure", -1.397061260333),
    ] { #expect(abs(try number(key) - value) <= bound, "\(key)") }
  }

  @Test("To remove no sample is worth 0, and no mistake")
  func noCauses() throws {
    try write("c", [Int]())
    let outcome = try run(["--causes", folder.path("c.npy")])
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(try number("rExact") == 0 && number("rhatSum") == 0)
    let result = try JSONDocument(file: folder.path("out/result.json"))
    #expect(result.notes["rExact"]?.contains("empty") == true)
  }

  @Test("A mixed sample of samples 2 and 4, and one whose leverage is above 1")
  func unlearned() throws {
    // λ = 0.7 and ½: x̃ = 1.1 and 0.5 with labels 1.18 and 0.5.
    try write("u", line: [1.1, 0.5, 20])
    try write("v", [0.7 * 2.2 - 0.3 * 1.2, 0.5, 1])
    let outcome = try run([
      "--unlearned-design", folder.path("u.npy"), "--unlearned-labels",
      folder.path("v.npy"),
    ])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let file = folder.path("out/unlearned.csv")
    let table = try CSVTable(file: file)
    let values = try table.numbers("rhat", of: file)
    #expect(abs(values[0] - -0.100646877663) <= 0.51e-12)
    #expect(abs(values[1] - -0.049620208715) <= 0.51e-12)
    // r̂ exists where r does not; the reason stands in the last column.
    #expect(values[2].isFinite)
    let (removals, notes) = (
      try table.texts("r", of: file), try table.texts("note", of: file)
    )
    #expect(removals[2] == "" && removals[0] != "" && notes[0] == "")
    #expect(notes[2].hasPrefix("leverage 35."))
    #expect(notes[2].contains(">= 1"))
    let document = try JSONDocument(file: folder.path("out/result.json"))
    #expect(document.value["undefinedCount"] == .int(1))
  }

  @Test("Features whose values overflow are refused, with their row")
  func overflow() throws {
    try write("u", line: [0.5, 1e200])
    try write("v", [0.5, 1])
    let outcome = try run([
      "--unlearned-design", folder.path("u.npy"), "--unlearned-labels",
      folder.path("v.npy"),
    ])
    #expect(outcome.status == 65, "\(outcome.errors)")
    #expect(outcome.errors.contains("u.npy"))
    #expect(outcome.errors.contains("for row 1"))
    #expect(!FileManager.default.fileExists(atPath: folder.path("out")))
  }

  @Test("The same bytes on every number of threads")
  func threads() throws {
    for threads in ["1", "3"] {
      let outcome = try run(
        ["--threads", threads], output: "out\(threads)")
      #expect(outcome.status == 0, "\(outcome.errors)")
    }
    for name in ["rhat.npy", "rtilde.npy", "r.npy", "result.json"] {
      #expect(
        FileManager.default.contents(atPath: folder.path("out1/" + name))
          == FileManager.default.contents(atPath: folder.path("out3/" + name)))
    }
  }

  @Test("Bad input ends with 65, one line that says why, and no results")
  func badInput() throws {
    func expectRefused(_ reason: String, _ more: [String] = []) throws {
      let outcome = try run(more)
      #expect(outcome.status == 65, "\(reason): \(outcome.status)")
      #expect(outcome.errors.contains(reason), "\(outcome.errors)")
      #expect(outcome.errors.split(separator: "\n").count == 1)
      #expect(
        !FileManager.default.fileExists(
          atPath: folder.path("out/result.json")))
    }
    try write("f", line: [])
    try write("t", [Double]())
    try expectRefused("the model has no failures to explain")
    try write("f", line: [2.5, -2])
    try expectRefused("t.npy")
    try write("t", [2.6, -1.9])
    for (causes, reason) in [
      ([5], "expected indices in 0 ..< 5"), ([-1], "expected indices"),
      ([2, 2], "2 twice"),
    ] {
      try write("c", causes)
      try expectRefused(reason, ["--causes", folder.path("c.npy")])
    }
    try NPY.write(
      shape: [2, 3], values: [1, 2, 3, 4, 5, 6], to: folder.path("f.npy"))
    try expectRefused("f.npy")
    try write("f", line: [2.5, .nan])
    try expectRefused("f.npy")
    try write("f", line: [2.5, -2])
    try write("d", line: [])
    try write("y", [Double]())
    try expectRefused("expected at least one sample of one feature")
  }

  @Test("Variances that are none are usage errors")
  func usage() throws {
    for (noise, prior) in [
      ("0", "2"), ("-1", "2"), ("nan", "2"), ("0.25", "0"), ("0.25", "inf"),
    ] {
      let outcome = try run(noise: noise, prior: prior)
      #expect(outcome.status == 64, "\(noise) \(prior)")
    }
    let half = try run(["--unlearned-design", folder.path("f.npy")])
    #expect(half.status == 64)
    #expect(half.errors.contains("go together"))
  }
}

@Suite("The command valuate --all-pairs, on arrays from files")
struct AllPairsCommandTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    for (name, slope) in [("a", 1.0), ("b", -0.5)] {
      try NPZ.write(
        [
          .init(
            "0.weight",
            ShapedArray(shape: [2, 2], values: [slope, 0.3, -0.2, 1])),
          .init("0.bias", ShapedArray(shape: [2], values: [0.1, 0])),
          .init(
            "2.weight",
            ShapedArray(shape: [3, 2], values: [1, 0, 0, slope, 0.5, -1])),
          .init("2.bias", ShapedArray(shape: [3], values: [0, 0.2, 0])),
        ], to: folder.path(name + ".npz"))
    }
    try NPY.write(
      shape: [4, 2], values: [1.0, 0, 0, 1, -1, 2, 0.5, 0.5],
      to: folder.path("x.npy"))
    try NPY.write(shape: [4], values: [0, 1, 2, 1], to: folder.path("y.npy"))
  }

  private func run(
    _ mixes: [String], output: String = "out"
  ) throws -> MixlabCommand.Outcome {
    try MixlabCommand.run(
      [
        "valuate", "--before", folder.path("a.npz"), "--after",
        folder.path("b.npz"), "--images", folder.path("x.npy"), "--labels",
        folder.path("y.npy"), "--output", folder.path(output),
      ] + mixes)
  }

  @Test("A network that overflows leaves no folder, and an old result")
  func overflow() throws {
    let pairs = ["--all-pairs", "--mixing-weight", "0.3"]
    #expect(try run(pairs, output: "old").status == 0)
    let old = FileManager.default.contents(
      atPath: folder.path("old/result.json"))
    try NPY.write(
      shape: [4, 2], values: [1.7e308, 1.7e308, 0, 1, -1, 2, 0.5, 0.5],
      to: folder.path("x.npy"))
    #expect(try run(pairs).status == 65)
    #expect(!FileManager.default.fileExists(atPath: folder.path("out")))
    #expect(try run(pairs + ["--overwrite"], output: "old").status == 65)
    #expect(
      FileManager.default.contents(atPath: folder.path("old/result.json"))
        == old)
  }

  @Test("All pairs are the listed ones, in the order of their indices")
  func pairs() throws {
    let all = try run(["--all-pairs", "--mixing-weight", "0.3"])
    #expect(all.status == 0, "\(all.errors)")
    let found = try NPY.readNumbers(
      folder.path("out/rhat.npy"), shape: [4, 4]
    ).values
    try NPY.write(
      shape: [16, 2], values: (0..<16).flatMap { [$0 / 4, $0 % 4] },
      to: folder.path("p.npy"))
    try NPY.write(
      shape: [16], values: [Double](repeating: 0.3, count: 16),
      to: folder.path("l.npy"))
    let listed = try run(
      [
        "--pairs", folder.path("p.npy"), "--mixing-weights",
        folder.path("l.npy"),
      ], output: "listed")
    #expect(listed.status == 0, "\(listed.errors)")
    let one = try NPY.readNumbers(
      folder.path("listed/rhat.npy"), shape: [16]
    ).values
    for (a, b) in zip(found, one) {
      // Two layers of two products each, then logarithms of sums: the losses
      // stay below 8.
      #expect(abs(a - b) <= 64 * Double.ulpOfOne * 8)
    }
    #expect(Set(found).count == 16)
    let (first, second) = try (
      JSONDocument(file: folder.path("out/result.json")).value,
      JSONDocument(file: folder.path("listed/result.json")).value
    )
    for key in ["includedCount", "excludedCount"] {
      #expect(first[key] == second[key])
    }
    #expect(
      !FileManager.default.fileExists(
        atPath: folder.path("out/loss-before.npy")))
  }

  @Test(
    "A λ that is none, or pairs given twice, are usage errors",
    arguments: [
      ["--all-pairs"], ["--all-pairs", "--mixing-weight", "1.5"],
      ["--all-pairs", "--mixing-weight", "-0.1"],
      ["--all-pairs", "--mixing-weight", "nan"], ["--mixing-weight", "0.5"],
      ["--all-pairs", "--mixing-weight", "0.5", "--pairs", "p.npy"], [],
    ])
  func usage(_ words: [String]) throws {
    let outcome = try run(words)
    #expect(outcome.status == 64, "\(words)")
    #expect(!outcome.errors.isEmpty)
    #expect(!FileManager.default.fileExists(atPath: folder.path("out")))
  }

  @Test("Images that do not fit end with 65 and one line that says why")
  func badInput() throws {
    func expectRefused(_ file: String) throws {
      let outcome = try run(["--all-pairs", "--mixing-weight", "0.5"])
      #expect(outcome.status == 65, "\(outcome.errors)")
      #expect(outcome.errors.contains(file), "\(outcome.errors)")
      #expect(outcome.errors.split(separator: "\n").count == 1)
      #expect(!FileManager.default.fileExists(atPath: folder.path("out")))
    }
    try NPY.write(shape: [3], values: [0, 1, 2], to: folder.path("y.npy"))
    try expectRefused("y.npy")
    try NPY.write(shape: [4], values: [0, 1, 3, 1], to: folder.path("y.npy"))
    try expectRefused("y.npy")
    try NPY.write(shape: [4], values: [0, 1, 2, 1], to: folder.path("y.npy"))
    try NPY.write(
      shape: [4, 3], values: [Double](repeating: 1, count: 12),
      to: folder.path("x.npy"))
    try expectRefused("a.npz")
    try NPY.write(shape: [0, 2], values: [Double](), to: folder.path("x.npy"))
    try NPY.write(shape: [0], values: [Int](), to: folder.path("y.npy"))
    try expectRefused("x.npy")
  }
}
