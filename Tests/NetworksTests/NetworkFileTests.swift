import ArrayFiles
import Foundation
import Networks
import Testing
import VectorMath

@Suite("Network files")
final class NetworkFileTests {
  private let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent(
      "networks-" + UUID().uuidString)
    try FileManager.default.createDirectory(
      at: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  private func file(_ name: String = "network.npz") -> String {
    folder.appendingPathComponent(name).path
  }

  private func array(
    _ name: String, _ shape: [Int], _ value: Double = 1
  ) -> NPZ.NamedArray {
    let count = shape.reduce(1, *)
    return NPZ.NamedArray(
      name,
      ShapedArray(
        shape: shape, values: [Double](repeating: value, count: count)))
  }

  /// The error of reading an archive of the arrays given.
  private func failure(of arrays: [NPZ.NamedArray]) throws -> FileError? {
    try NPZ.write(arrays, to: file())
    return failure(of: file())
  }

  private func failure(of path: String) -> FileError? {
    do throws(FileError) {
      _ = try NetworkFile.read(path, activation: .relu)
      return nil
    } catch { return error }
  }

  @Test("What is written is read, in either precision")
  func roundTrip() throws {
    for sizes in [[3, 2], [4, 5, 6, 3]] {
      let network = network(sizes, .gelu)
      try NetworkFile.write(network, to: file())
      #expect(try NetworkFile.read(file(), activation: .gelu) == network)
      let single = DenseNetwork<Float>(network)
      try NetworkFile.write(single, to: file("single.npz"))
      let read = try NetworkFile.read(file("single.npz"), activation: .gelu)
      #expect(DenseNetwork<Float>(read) == single)
    }
  }

  @Test("The names are those of torch.nn.Sequential")
  func names() throws {
    try NetworkFile.write(network([4, 5, 6, 3], .relu), to: file())
    #expect(
      try NPZ(path: file()).names == [
        "0.weight", "0.bias", "2.weight", "2.bias", "4.weight", "4.bias",
      ])
  }

  @Test(
    "Layers come in natural order, whatever the archive's",
    arguments: [
      ["0", "2", "4", "10"], ["layers.0", "layers.2", "layers.9", "layers.10"],
      ["fc1", "fc2", "fc10", "head"],
      ["1", "2", "x", "x99999999999999999999999"],
    ])
  func order(_ prefixes: [String]) throws {
    // All layers 2 × 2, so that only the numbers show the order.
    for order in [[3, 1, 0, 2], [2, 3, 1, 0], [0, 1, 2, 3]] {
      try NPZ.write(
        order.flatMap { k in
          [
            array(prefixes[k] + ".bias", [2], -Double(k + 1)),
            array(prefixes[k] + ".weight", [2, 2], Double(k + 1)),
          ]
        }, to: file())
      let network = try NetworkFile.read(file(), activation: .tanh)
      #expect(network.shape.sizes == [2, 2, 2, 2, 2])
      #expect(network.shape.activation == .tanh)
      let expected: [Double] = (1...4).flatMap { k in
        [Double](repeating: Double(k), count: 4)
          + [Double](repeating: -Double(k), count: 2)
      }
      #expect(network.parameters == expected)
    }
  }

  @Test("A missing bias means none")
  func missingBias() throws {
    try NPZ.write(
      [
        array("0.weight", [3, 2]), array("2.weight", [1, 3]),
        array("2.bias", [1], 5),
      ], to: file())
    let network = try NetworkFile.read(file(), activation: .relu)
    #expect(network.shape.sizes == [2, 3, 1])
    #expect(
      network.parameters == [1, 1, 1, 1, 1, 1, 0, 0, 0, 1, 1, 1, 5])
  }

  @Test("Layers that do not chain are named")
  func broken() throws {
    let error = try failure(of: [
      array("0.weight", [3, 2]), array("2.weight", [4, 5]),
    ])
    #expect(error?.exitStatus == .badData)
    let text = error?.description ?? ""
    #expect(text.contains("2.weight of 3 columns"))
    #expect(text.contains("5 columns") && text.contains(file()))
  }

  @Test("Arrays that belong to no dense network are refused")
  func strangers() throws {
    let layer = array("0.weight", [3, 2])
    let cases: [[NPZ.NamedArray]] = [
      [], [layer, array("0.running_mean", [3])], [layer, array("2.bias", [3])],
      [array("0.bias", [3])], [array("weight", [3, 2])],
      [array("0.weight", [3])], [array("0.weight", [3, 2, 1])],
      [layer, array("0.bias", [2])], [layer, array("0.bias", [3, 1])],
      [array("0.weight", [0, 2])], [array("0.weight", [2, 0])],
      [array("0.weight", [1, 2], .nan)],
      [array("0.weight", [1, 2], .infinity)],
      [layer, array("0.bias", [3], -.infinity)],
    ]
    for (k, arrays) in cases.enumerated() {
      #expect(
        try failure(of: arrays)?.exitStatus == .badData, "case \(k)")
    }
  }

  @Test("A missing file, an empty one and every truncation are refused")
  func damage() throws {
    #expect(failure(of: file("none.npz"))?.exitStatus == .noInput)
    try NetworkFile.write(network([2, 2], .relu), to: file())
    let whole = try Data(contentsOf: URL(fileURLWithPath: file()))
    let cut = file("cut.npz")
    for count in 0..<whole.count {
      try whole.prefix(count).write(to: URL(fileURLWithPath: cut))
      #expect(failure(of: cut)?.exitStatus == .badData, "\(count) bytes")
    }
  }

  @Test("No place to write is an error")
  func unwritable() {
    do throws(FileError) {
      try NetworkFile.write(
        network([2, 2], .relu), to: file("none/network.npz"))
      Issue.record("written where no folder is")
    } catch { #expect(error.exitStatus == .cannotWrite) }
  }
}
