import ArrayFiles
import Experiments
import Foundation
import Testing

@Suite("The command feature-learning, on arrays from files")
struct FeatureLearningCommandTests {
  private struct Files {
    let folder: TemporaryFolder

    init() throws {
      folder = try TemporaryFolder()
      func write(_ name: String, _ shape: [Int], _ values: [Double]) throws {
        try NPY.write(shape: shape, values: values, to: folder.path(name))
      }
      // The three samples of the theory's test vectors.
      try write(
        "x.npy", [3, 2, 3],
        [1, 0, 0, 0, 0.5, 0.2, 0, 1, 0, 0.1, 0, -0.4, 0, 0, 1, 0.3, -0.2, 0])
      try NPY.write(shape: [3], values: [0, 1, 0], to: folder.path("y.npy"))
      try write(
        "v.npy", [4, 3], [1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 0])
      try write(
        "w.npy", [2, 2, 3],
        [0.3, 0.2, -0.5, -0.1, 0.4, 0.1, 0.1, -0.3, 0.4, 0.2, 0.6, -0.2])
    }

    /// The words of a good command, with some options in place of others.
    func words(
      _ changes: [String: String?] = [:], output: String = "out"
    ) -> [String] {
      var options = [
        ("patches", folder.path("x.npy")), ("labels", folder.path("y.npy")),
        ("features", folder.path("v.npy")), ("initial", folder.path("w.npy")),
        ("method", "mixup"), ("mixing-weight", "0.7"),
        ("learning-rate", "0.1"), ("iterations", "20"),
        ("record-every", "8"), ("output", folder.path(output)),
      ]
      for (key, value) in changes {
        options.removeAll { $0.0 == key }
        if let value { options.append((key, value)) }
      }
      return ["feature-learning"] + options.flatMap { ["--\($0.0)", $0.1] }
    }
  }

  @Test("Weights, curve, times and results")
  func outputs() throws {
    let files = try Files()
    let outcome = try MixlabCommand.run(files.words())
    #expect(outcome.status == 0, "\(outcome.errors)")
    let weights = try NPY.readNumbers(
      files.folder.path("out/weights.npy"), shape: [2, 2, 3])
    #expect(abs(weights.values[0] - 0.37813392691) <= 2e-12)
    let curve = try String(
      contentsOfFile: files.folder.path("out/curve.csv"), encoding: .utf8)
    let lines = curve.split(separator: "\n")
    #expect(lines[0] == "iteration,loss,common_0,rare_0,common_1,rare_1")
    #expect(
      lines.dropFirst().map { $0.prefix { $0 != "," } } == [
        "0", "8", "16", "20",
      ])
    // ⟨w₀₁, v⟩² + ⟨w₀₂, v⟩² = 0.3² + 0.1² and so on, at the beginning.
    let first = lines[1].split(separator: ",").compactMap { Double($0) }
    for (value, expected) in zip(first[2...], [0.1, 0.26, 0.45, 0.68]) {
      #expect(abs(value - expected) <= 1e-15)
    }
    let result = try JSONDocument(file: files.folder.path("out/result.json"))
    #expect(result.value["command"] == "feature-learning")
    #expect(result.value["quadratureNodes"] == 1)
    #expect(
      FileManager.default.fileExists(
        atPath: files.folder.path("out/timing.json")))
  }

  @Test("The same files whatever the number of threads")
  func threads() throws {
    let files = try Files()
    // Three blocks of 64 samples, so that there is something to share out.
    let n = 150
    func wave(_ count: Int) -> [Double] {
      (0..<count).map { (index: Int) -> Double in sin(Double(index * index)) }
    }
    try NPY.write(
      shape: [n, 2, 3], values: wave(n * 6), to: files.folder.path("x.npy"))
    try NPY.write(
      shape: [n], values: (0..<n).map { $0 % 2 },
      to: files.folder.path("y.npy"))
    for threads in ["1", "3"] {
      let outcome = try MixlabCommand.run(
        files.words(
          ["mixing-weight": nil, "beta": "0.7", "threads": threads],
          output: threads))
      #expect(outcome.status == 0, "\(outcome.errors)")
    }
    for name in ["weights.npy", "curve.csv", "result.json"] {
      let contents = ["1", "3"].map {
        FileManager.default.contents(
          atPath: files.folder.path($0 + "/" + name))
      }
      #expect(contents[0] != nil && contents[0] == contents[1])
    }
  }

  @Test("A place that cannot be written to is refused before the descent")
  func refusedPlaces() throws {
    let files = try Files()
    try FileManager.default.createDirectory(
      atPath: files.folder.path("full"), withIntermediateDirectories: true)
    try AtomicFile.write("x", to: files.folder.path("full/file"))
    for (output, status) in [("full", 73), ("full/file/x", 73)] {
      let start = ContinuousClock.now
      let outcome = try MixlabCommand.run(
        files.words(["iterations": "1000000000"], output: output))
      #expect(outcome.status == status, "\(outcome.errors)")
      // The descent itself would take hours.
      #expect(ContinuousClock.now - start < .seconds(30))
    }
    #expect(
      !FileManager.default.fileExists(
        atPath: files.folder.path("full/weights.npy")))
    let outcome = try MixlabCommand.run(
      files.words(output: "full") + ["--overwrite"])
    #expect(outcome.status == 0, "\(outcome.errors)")
  }

  @Test("Features that overflow are bad data")
  func overflow() throws {
    let files = try Files()
    try NPY.write(
      shape: [4, 3], values: [Double](repeating: 1e200, count: 12),
      to: files.folder.path("v.npy"))
    let outcome = try MixlabCommand.run(files.words())
    #expect(outcome.status == 65)
    #expect(outcome.errors.contains("v.npy"))
  }

  @Test(
    "Options that make no sense are usage errors",
    arguments: [
      ["mixing-weight": "1.5"], ["mixing-weight": nil], ["beta": "1"],
      ["mixing-weight": nil, "beta": "0"], ["method": "erm"],
      ["method": "cutmix"], ["learning-rate": "0"], ["learning-rate": "nan"],
      ["iterations": "-1"], ["record-every": "0"],
      ["switch-to-erm-at": "-2"], ["threads": "0"],
    ] as [[String: String?]])
  func usage(_ changes: [String: String?]) throws {
    let files = try Files()
    let outcome = try MixlabCommand.run(files.words(changes))
    #expect(outcome.status == 64)
    #expect(!outcome.errors.isEmpty)
    #expect(
      !FileManager.default.fileExists(atPath: files.folder.path("out")))
  }

  @Test("Arrays that do not fit are bad data")
  func badData() throws {
    let files = try Files()
    func bad<Number: StoredNumber>(
      _ option: String, _ shape: [Int], _ values: [Number]
    ) throws {
      let path = files.folder.path("bad.npy")
      try NPY.write(shape: shape, values: values, to: path)
      let outcome = try MixlabCommand.run(files.words([option: path]))
      #expect(outcome.status == 65, "\(option) \(shape): \(outcome.errors)")
      #expect(outcome.errors.contains("bad.npy"))
      #expect(
        !FileManager.default.fileExists(atPath: files.folder.path("out")))
    }
    try bad("patches", [3, 6], [Double](repeating: 1, count: 18))
    try bad("patches", [0, 2, 3], [Double]())
    try bad("patches", [3, 2, 3], [Double](repeating: 1e200, count: 18))
    try bad("patches", [3, 2, 3], [Double](repeating: .nan, count: 18))
    try bad("labels", [3], [0, 2, 1])
    try bad("labels", [3], [0, -1, 1])
    try bad("labels", [2], [0, 1])
    try bad("labels", [3], [0.0, 1, 0])
    try bad("features", [3, 3], [Double](repeating: 1, count: 9))
    try bad("features", [4, 2], [Double](repeating: 1, count: 8))
    try bad("initial", [2, 0, 3], [Double]())
    try bad("initial", [3, 2, 3], [Double](repeating: 1, count: 18))
    let missing = try MixlabCommand.run(
      files.words(["patches": files.folder.path("nowhere.npy")]))
    #expect(missing.status == 66)
  }

  @Test("A step that is too large ends with status 70 and leaves nothing")
  func divergence() throws {
    let files = try Files()
    let outcome = try MixlabCommand.run(
      files.words(["learning-rate": "100", "iterations": "3000"]))
    #expect(outcome.status == 70)
    #expect(outcome.errors.contains("diverges at iteration"))
    #expect(outcome.errors.contains("the curvature suggests at most"))
    #expect(!FileManager.default.fileExists(atPath: files.folder.path("out")))
  }
}
