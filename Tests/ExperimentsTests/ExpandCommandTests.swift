import ArrayFiles
import Experiments
import Foundation
import Testing

@Suite("The command expand, on arrays from files")
struct ExpandCommandTests {
  private struct Files {
    let folder: TemporaryFolder

    init() throws {
      folder = try TemporaryFolder()
      // The 2-3-2 tanh network of the theory's test vectors.
      try NPZ.write(
        [
          .init(
            "0.weight",
            ShapedArray(
              shape: [3, 2], values: [0.8, -0.4, 0.3, 0.9, -0.6, 0.5])),
          .init(
            "0.bias", ShapedArray(shape: [3], values: [0.1, -0.2, 0.05])),
          .init(
            "2.weight",
            ShapedArray(
              shape: [2, 3], values: [0.7, -0.5, 0.4, -0.3, 0.8, 0.6])),
          .init("2.bias", ShapedArray(shape: [2], values: [0.05, -0.1])),
        ], to: folder.path("net.npz"))
      try NPY.write(
        shape: [4, 2], values: [1, 0.5, -0.5, 1.2, 0.3, -1, -0.8, -0.7],
        to: folder.path("x.npy"))
      try NPY.write(
        shape: [4], values: [0, 1, 0, 1], to: folder.path("y.npy"))
    }

    /// The words of a good command, with some options in place of others.
    func words(
      _ changes: [String: String?] = [:], output: String = "out"
    ) -> [String] {
      var options = [
        ("network", folder.path("net.npz")), ("activation", "tanh"),
        ("images", folder.path("x.npy")), ("labels", folder.path("y.npy")),
        ("beta-alpha", "2"), ("beta-beta", "5"),
        ("output", folder.path(output)),
      ]
      for (key, value) in changes {
        options.removeAll { $0.0 == key }
        if let value { options.append((key, value)) }
      }
      return ["expand"] + options.flatMap { ["--\($0.0)", $0.1] }
    }
  }

  private func number(
    _ key: String, _ document: JSONDocument
  ) throws -> Double {
    switch try #require(document.value[key]) {
    case .double(let value): value
    case .int(let value): Double(value)
    default: .nan
    }
  }

  @Test("All of the contract's numbers, worked out elsewhere")
  func results() throws {
    let files = try Files()
    let outcome = try MixlabCommand.run(files.words())
    #expect(outcome.status == 0, "\(outcome.errors)")
    let result = try JSONDocument(file: files.folder.path("out/result.json"))
    for (key, value) in [
      ("standardLoss", 0.549209028533), ("mixupLoss", 0.614219483863),
      ("r1", 0.017283287874), ("r2", 0.023434814933),
      ("r3", -0.002993698316), ("remainder", 0.027286050839),
    ] {
      // The file's own error is below 10⁻⁹ and in fact below the rounding.
      #expect(abs(try number(key, result) - value) <= 5e-12)
    }
    #expect(try number("mixupLossError", result) <= 1e-9)
    #expect(try number("quadratureNodes", result) >= 2)
    #expect(result.value["command"] == "expand")
    #expect(
      FileManager.default.fileExists(
        atPath: files.folder.path("out/timing.json")))
  }

  @Test("β is α where it is not given; the same bytes with more threads")
  func defaults() throws {
    let files = try Files()
    for (output, changes) in [
      ("one", ["beta-alpha": "0.7", "beta-beta": nil, "threads": "1"]),
      ("three", ["beta-alpha": "0.7", "beta-beta": "0.7", "threads": "3"]),
      // The word that other verbs have for it.
      ("word", ["beta-alpha": nil, "beta-beta": nil, "concentration": "0.7"]),
    ] as [(String, [String: String?])] {
      let outcome = try MixlabCommand.run(
        files.words(changes, output: output))
      #expect(outcome.status == 0, "\(outcome.errors)")
    }
    let contents = ["one", "three", "word"].map {
      FileManager.default.contents(
        atPath: files.folder.path($0 + "/result.json"))
    }
    #expect(contents[0] != nil && Set(contents).count == 1)
  }

  @Test("Sampled pairs: estimates with standard errors about the exact terms")
  func sampled() throws {
    let files = try Files()
    func run(_ nodes: String?, output: String) throws -> JSONDocument {
      let outcome = try MixlabCommand.run(
        files.words(
          ["sampled-pairs": "2000", "seed": "3", "nodes": nodes],
          output: output))
      #expect(outcome.status == 0, "\(outcome.errors)")
      return try JSONDocument(
        file: files.folder.path(output + "/result.json"))
    }
    let result = try run(nil, output: "out")
    #expect(abs(try number("r1", result) - 0.017283287874) <= 5e-12)
    #expect(result.notes["mixupLoss"] != nil)
    let sampled = JSONDocument(try #require(result.value["sampled"]))
    let quadrature = try number("quadratureError", sampled)
    // Of the same pairs: what fewer nodes change is no more than both state.
    let coarse = JSONDocument(
      try #require(run("4", output: "coarse").value["sampled"]))
    let coarseError = try number("quadratureError", coarse)
    #expect(quadrature < coarseError)
    let losses = try [sampled, coarse].map {
      try number("value", JSONDocument(#require($0.value["mixupLoss"])))
    }
    #expect(losses[0] != losses[1])
    #expect(abs(losses[0] - losses[1]) <= quadrature + coarseError)
    for (key, value) in [
      ("mixupLoss", 0.614219483863), ("r1", 0.017283287874),
      ("r2", 0.023434814933), ("r3", -0.002993698316),
      ("remainder", 0.027286050839),
    ] {
      let estimate = JSONDocument(try #require(sampled.value[key]))
      // Five of them; 4.5 standard errors leave 4e-5 to chance.
      let error = try number("standardError", estimate)
      #expect(error > 0)
      #expect(abs(try number("value", estimate) - value) <= 4.5 * error)
      if key == "mixupLoss" || key == "remainder" {
        #expect(try number("totalError", estimate) == error + quadrature)
      } else {
        #expect(estimate.value["totalError"] == nil)
      }
    }
  }

  @Test("One image has nothing to mix with, and is no mistake")
  func oneImage() throws {
    let files = try Files()
    try NPY.write(
      shape: [1, 2], values: [1, 0.5], to: files.folder.path("x.npy"))
    try NPY.write(shape: [1], values: [0], to: files.folder.path("y.npy"))
    let outcome = try MixlabCommand.run(files.words())
    #expect(outcome.status == 0, "\(outcome.errors)")
    let result = try JSONDocument(file: files.folder.path("out/result.json"))
    for key in ["r1", "r2", "r3"] { #expect(try number(key, result) == 0) }
    // Two routes with roundings of their own.
    let difference =
      try number("mixupLoss", result) - number("standardLoss", result)
    #expect(abs(difference) <= (try number("mixupLossError", result)))
  }

  @Test(
    "Options that make no sense are usage errors",
    arguments: [
      ["beta-alpha": "0"], ["beta-alpha": "-1"], ["beta-alpha": "inf"],
      ["sampled-pairs": "1"],
      ["seed": "-1"], ["beta-beta": "0"], ["beta-beta": "nan"], ["nodes": "1"],
      ["activation": "cosine"], ["threads": "0"], ["beta-alpha": nil],
    ] as [[String: String?]])
  func usage(_ changes: [String: String?]) throws {
    let files = try Files()
    let outcome = try MixlabCommand.run(files.words(changes))
    #expect(outcome.status == 64)
    #expect(!outcome.errors.isEmpty)
    #expect(
      !FileManager.default.fileExists(atPath: files.folder.path("out")))
  }

  @Test("A network that overflows is bad data, and named")
  func overflow() throws {
    let files = try Files()
    try NPY.write(
      shape: [4, 2], values: [Double](repeating: 1e300, count: 8),
      to: files.folder.path("x.npy"))
    let outcome = try MixlabCommand.run(files.words(["activation": "square"]))
    #expect(outcome.status == 65)
    #expect(outcome.errors.contains("net.npz"))
    #expect(
      !FileManager.default.fileExists(atPath: files.folder.path("out")))
  }
}
