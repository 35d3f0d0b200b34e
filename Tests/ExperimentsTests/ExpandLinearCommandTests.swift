import ArrayFiles
import Experiments
import Foundation
import Testing

@Suite("The command expand-linear, on arrays from files")
struct ExpandLinearCommandTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    // Scores −1, 0, 1 about their mean.
    try NPY.write(
      shape: [3, 2], values: [0, 5, 1, 5, 2, 5], to: folder.path("x.npy"))
    try NPY.write(shape: [2], values: [1, 3], to: folder.path("t.npy"))
  }

  private func run(_ more: [String]) throws -> MixlabCommand.Outcome {
    try MixlabCommand.run(
      [
        "expand-linear", "--inputs", folder.path("x.npy"), "--parameters",
        folder.path("t.npy"), "--output", folder.path("out"),
      ] + more)
  }

  private func number(_ key: String) throws -> Double {
    let document = try JSONDocument(file: folder.path("out/result.json"))
    guard case .double(let value) = document.value[key] else { return .nan }
    return value
  }

  /// λ = ½: c = 1, A(s_i + s_r) over the nine pairs.
  @Test("Three inputs and a fixed weight, by hand")
  func byHand() throws {
    let outcome = try run(["--family", "poisson", "--mixing-weight", "0.5"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let mean = (exp(-1.0) + 1 + exp(1.0)) / 3
    #expect(abs(try number("factor") - 1) <= 1e-15)
    #expect(abs(try number("meanCurvature") - mean) <= 4 * mean.ulp)
    #expect(abs(try number("spread") - 2.0 / 3) <= 1e-15)
    #expect(abs(try number("regulariser") - mean / 3) <= 8 * mean.ulp)
    let excess = mean * mean - mean
    #expect(abs(try number("excess") - excess) <= 32 * mean.ulp)
  }

  @Test("An infinite factor is refused, and what is finite is offered")
  func infinite() throws {
    let outcome = try run(["--concentration", "1"])
    #expect(outcome.status == 64)
    #expect(outcome.errors.contains("infinite"))
    #expect(outcome.errors.contains("not rescaled"))
    #expect(
      !FileManager.default.fileExists(atPath: folder.path("out")))
    let plain = try run(["--concentration", "1", "--unrescaled"])
    #expect(plain.status == 0, "\(plain.errors)")
    #expect(abs(try number("factor") - 1.0 / 6) <= 1e-15)
    #expect(try number("regulariser") > 0)
    let poisson = try run(
      ["--concentration", "8", "--family", "poisson", "--overwrite"])
    #expect(poisson.status == 64)
    #expect(poisson.errors.contains("fixed mixing weight"))
  }

  @Test(
    "Options that make no sense are usage errors",
    arguments: [
      [], ["--concentration", "0"], ["--mixing-weight", "1"],
      ["--concentration", "2", "--mixing-weight", "0.5"],
      ["--mixing-weight", "0.5", "--second-concentration", "2"],
      ["--concentration", "2", "--family", "probit"],
    ])
  func usage(_ words: [String]) throws {
    let outcome = try run(words)
    #expect(outcome.status == 64)
    #expect(!outcome.errors.isEmpty)
  }

  @Test("Parameters of another size are bad data")
  func badData() throws {
    try NPY.write(shape: [3], values: [1, 3, 4], to: folder.path("t.npy"))
    let outcome = try run(["--concentration", "2"])
    #expect(outcome.status == 65)
    #expect(outcome.errors.contains("t.npy"))
  }
}
