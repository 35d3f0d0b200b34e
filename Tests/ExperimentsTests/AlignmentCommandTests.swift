import ArrayFiles
import Experiments
import Foundation
import Networks
import Testing
import VectorMath

@Suite("The command align, on arrays from files")
struct AlignmentCommandTests {
  private struct Files {
    let folder: TemporaryFolder

    init() throws {
      folder = try TemporaryFolder()
      // The theory's vector tanhAlignment.
      try NetworkFile.write(
        DenseNetwork<Double>(
          shape: DenseShape(sizes: [2, 3, 2], activation: .tanh),
          parameters: [
            0.8, -0.4, 0.3, 0.9, -0.6, 0.5, 0.1, -0.2, 0.05, 0.7, -0.5, 0.4,
            -0.3, 0.8, 0.6, 0.05, -0.1,
          ]), to: folder.path("net.npz"))
      try NPY.write(
        shape: [4, 1, 2], values: [1, 0.5, -0.5, 1.2, 0.3, -1, -0.8, -0.7],
        to: folder.path("x.npy"))
      try NPY.write(
        shape: [4], values: [0, 1, 0, 1], to: folder.path("y.npy"))
    }

    func words(_ changes: [String: String] = [:]) -> [String] {
      var options = [
        "network": folder.path("net.npz"), "activation": "tanh",
        "images": folder.path("x.npy"), "labels": folder.path("y.npy"),
        "output": folder.path("out"),
      ]
      options.merge(changes) { $1 }
      return ["align"]
        + options.sorted { $0.key < $1.key }.flatMap { ["--\($0)", $1] }
    }

    func numbers(_ name: String, _ shape: [Int?]) throws -> [Double] {
      try NPY.readNumbers(folder.path("out/\(name).npy"), shape: shape).values
    }
  }

  @Test("Arrays, their product, and the results")
  func outputs() throws {
    let files = try Files()
    let outcome = try MixlabCommand.run(files.words())
    #expect(outcome.status == 0, "\(outcome.errors)")
    let alpha = try files.numbers("alpha", [4, 2])
    #expect(abs(alpha[0] + 0.176126422083) <= 2e-12)  // as the vector states
    #expect(abs(alpha[7] + 0.068849429758) <= 2e-12)
    let residual = try files.numbers("residual", [4, 2])
    let cosine = try files.numbers("cosine", [4, 2])
    #expect(zip(residual, cosine).map { $0 * $1 } == alpha)
    let q = try files.numbers("q", [4])
    #expect(try files.numbers("gradient-norms", [4, 2]).count == 8)
    let result = try JSONDocument(file: files.folder.path("out/result.json"))
    #expect(result.value["command"] == "align")
    #expect(result.value["negativeFraction"] == 0.375)
    #expect(result.value["pushedUpFraction"] == 0.5)
    #expect(result.value["minimumAlpha"] == .double(alpha[0]))
    #expect(result.value["meanQ"] == .double(q.reduce(0, +) / 4))
    #expect(
      result.value["meanAbsoluteQ"]
        == .double(q.map { abs($0) }.reduce(0, +) / 4))
  }

  @Test("A mean from a file; an image that is the mean; a single image")
  func means() throws {
    let files = try Files()
    try NPY.write(
      shape: [2], values: [0.3, -1], to: files.folder.path("m.npy"))
    var outcome = try MixlabCommand.run(
      files.words(["mean": files.folder.path("m.npy")]))
    #expect(outcome.status == 0, "\(outcome.errors)")
    let alpha = try files.numbers("alpha", [4, 2])
    #expect(alpha[4] == 0 && alpha[5] == 0 && alpha[0] != 0)
    try NPY.write(
      shape: [1, 2], values: [0.3, -1], to: files.folder.path("one.npy"))
    try NPY.write(shape: [1], values: [1], to: files.folder.path("l.npy"))
    outcome = try MixlabCommand.run(
      files.words([
        "images": files.folder.path("one.npy"),
        "labels": files.folder.path("l.npy"),
        "output": files.folder.path("single"),
      ]))
    #expect(outcome.status == 0, "\(outcome.errors)")
    let single = try NPY.readNumbers(files.folder.path("single/alpha.npy"))
    #expect(single.values == [0, 0])
    let result = try JSONDocument(
      file: files.folder.path("single/result.json"))
    #expect(result.value["imagesAtMean"] == 1)
    #expect(result.value["minimumAlpha"] == .double(0))
  }

  @Test("What is refused, with what status, leaves nothing behind")
  func refusals() throws {
    let files = try Files()
    func file(_ name: String, _ shape: [Int], _ values: [Double]) throws
      -> String
    {
      try NPY.write(
        shape: shape, values: values, to: files.folder.path(name))
      return files.folder.path(name)
    }
    let huge = files.folder.path("huge.npz")
    try NetworkFile.write(
      DenseNetwork<Double>(
        shape: DenseShape(sizes: [2, 1, 2], activation: .relu),
        parameters: [1e300, 1e300, 0, 1e300, -1e300, 0, 0]), to: huge)
    let bad: [(changes: [String: String], status: Int32, word: String)] = [
      (["mean": try file("long.npy", [3], [0, 0, 0])], 65, "long.npy"),
      (["mean": try file("rank.npy", [1, 2], [0, 0])], 65, "rank.npy"),
      (["mean": try file("nan.npy", [2], [0, .nan])], 65, "nan.npy"),
      (["mean": files.folder.path("nowhere.npy")], 66, "nowhere.npy"),
      (["labels": try file("few.npy", [3], [0, 1, 0])], 65, "few.npy"),
      (
        ["images": try file("flat.npy", [8], .init(repeating: 1, count: 8))],
        65, "flat.npy"
      ),
      (
        [
          "images": try file(
            "wide.npy", [4, 3], .init(repeating: 1, count: 12))
        ],
        65, "wide.npy"
      ),
      (["network": huge, "activation": "relu"], 65, "overflow"),
      (["activation": "step"], 64, "step"),
      (["network": files.folder.path("x.npy")], 65, "x.npy"),
    ]
    for (changes, status, word) in bad {
      let outcome = try MixlabCommand.run(files.words(changes))
      #expect(outcome.status == status, "\(changes): \(outcome.errors)")
      #expect(outcome.errors.contains(word), "\(outcome.errors)")
      #expect(
        !FileManager.default.fileExists(atPath: files.folder.path("out")))
    }
  }

  @Test("Help says what is computed and what cannot be detected")
  func help() throws {
    let outcome = try MixlabCommand.run(["align", "--help"])
    #expect(outcome.status == 0)
    for words in ["2212.13381", "cannot be detected", "alpha.npy"] {
      #expect(
        outcome.output.replacingOccurrences(
          of: "\\s+", with: " ", options: .regularExpression
        ).contains(words))
    }
  }
}
