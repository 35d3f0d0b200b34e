import ArrayFiles
import Foundation
import LinearAlgebra
import Mixing
import RandomFeature
import Testing

@testable import Experiments

@Suite("mixlab random-feature")
struct RandomFeatureCommandTests {
  @Test("generated arrays, read again, give the same bytes")
  func generated() throws {
    let folder = try TemporaryFolder()
    let first = try MixlabCommand.run([
      "random-feature", "--set", "problem.target=tanh", "--set",
      "problem.features={kind: relu, count: 30}", "--seed", "4", "--output",
      folder.path("a"),
    ])
    #expect(first.status == 0, "\(first.errors)")
    let second = try MixlabCommand.run(
      [
        "random-feature", "--learning-rate", "0.1", "--output",
        folder.path("b"),
      ]
        + ["design-matrix", "labels", "clean-labels", "initial", "times"]
        .flatMap { ["--\($0)", folder.path("a/\($0).npy")] })
    #expect(second.status == 0, "\(second.errors)")
    for name in [
      "theta", "theta-star", "theta-noise", "theta-limit", "spectrum",
    ] {
      #expect(
        FileManager.default.contents(atPath: folder.path("a/\(name).npy"))
          == FileManager.default.contents(atPath: folder.path("b/\(name).npy")))
    }
  }

  @Test(
    "the design can be formed again from what it was made of",
    arguments: ["relu", "cos", "polynomial"])
  func ingredients(_ kind: String) throws {
    let folder = try TemporaryFolder()
    let features =
      kind == "polynomial"
      ? "{kind: polynomial, degree: 2}"
      : "{kind: \(kind), count: 9}"
    let outcome = try MixlabCommand.run([
      "random-feature", "--set", "problem.dimension=3", "--set",
      "problem.samples=6", "--set", "problem.features=\(features)", "--output",
      folder.path("out"),
    ])
    #expect(outcome.status == 0, "\(outcome.errors)")
    func numbers(_ name: String) throws -> ShapedArray<Double> {
      try NPY.readNumbers(folder.path("out/\(name).npy"))
    }
    func matrix(_ name: String) throws -> Matrix<Double> {
      let array = try numbers(name)
      return Matrix(
        rowCount: array.shape[0], columnCount: array.shape[1],
        elements: array.values)
    }
    let map: FeatureMap
    if kind == "polynomial" {
      map = FeatureMap(monomialsUpToDegree: 2, inputDimension: 3)
      #expect(
        try NPY.readIntegers(folder.path("out/feature-exponents.npy")).values
          == map.exponents.flatMap { $0 })
    } else {
      map = FeatureMap(
        kind == "cos" ? .cosine : .relu, weights: try matrix("feature-weights"),
        phases: kind == "cos" ? try numbers("feature-phases").values : [])
    }
    let pairs = try NPY.readIntegers(folder.path("out/pairs.npy")).values
    let design = MixedDesign(
      inputs: try matrix("inputs"),
      samples: MixedSamples(
        first: stride(from: 0, to: pairs.count, by: 2).map { Int32(pairs[$0]) },
        second: stride(from: 1, to: pairs.count, by: 2).map {
          Int32(pairs[$0])
        },
        weights: try numbers("mixing-weights").values),
      map: map)
    #expect(design.matrix == (try matrix("design-matrix")))
  }

  @Test("a design that is not held whole gives the same as one that is")
  func streamed() throws {
    let folder = try TemporaryFolder()
    let matrix = Matrix(rowCount: 700, columnCount: 11) {
      Double(($0 * 31 + $1 * 17) % 101) / 50 - 1
    }
    let path = folder.path("design.npy")
    try NPY.write(shape: [700, 11], values: matrix.elements, to: path)
    let design = StreamedDesign(try NPYRows(path))
    let (found, expected) = (
      try SpectralDesign(design), try SpectralDesign(matrix)
    )
    #expect(found == expected)
    let labels = (0..<700).map { Double($0 % 7) }
    #expect(design.labelMoment(labels) == matrix.labelMoment(labels))
    try design.checkRead()
    // The file is cut while it is open.
    let handle = try #require(FileHandle(forWritingAtPath: path))
    try handle.truncate(atOffset: 4000)
    _ = design.labelMoment(labels)
    #expect(throws: FileError.self) { try design.checkRead() }
  }

  @Test("descent above the stable step ends with status 70 and names it")
  func diverged() throws {
    let folder = try TemporaryFolder()
    try NPY.write(shape: [1], values: [100_000], to: folder.path("steps.npy"))
    let outcome = try MixlabCommand.run([
      "random-feature", "--learning-rate", "1000", "--steps",
      folder.path("steps.npy"), "--output", folder.path("out"),
    ])
    #expect(outcome.status == 70)
    #expect(outcome.errors.contains("it is stable below"))
    #expect(!fileExists(folder.path("out")))
  }
}
