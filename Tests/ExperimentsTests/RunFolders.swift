import ArrayFiles
import Foundation
import Randomness
import Synchronization

@testable import Experiments

/// An experiment from YAML text.
func experiment(_ text: String, _ settings: [String] = []) throws
  -> ImageExperiment
{
  var document = try ConfigurationDocument(text: text, name: "a.yaml")
  try document.override(with: settings)
  return try document.read(ImageExperiment.init(reader:))
}

/// Two arms on 130 digits: a fraction of a second.
func tiny(_ settings: [String] = []) throws -> ImageExperiment {
  try experiment(
    """
    name: tiny
    seeds: 1
    data: {fraction: 0.1}
    network: {hidden: [6]}
    training: {epochs: 2, batch-size: 64}
    arms:
      - {name: plain, method: plain}
      - {name: mixup}
    """, settings)
}

/// What reading the text says is wrong.
func complaint(_ text: String) -> String {
  do {
    _ = try experiment(text)
    return "no error"
  } catch {
    return "\(error)"
  }
}

/// Writes 60 training and 20 test images of 4 × 4 random pixels as MNIST's
/// files.
func writeMNIST(to folder: String, seed: UInt64) throws {
  var stream = RandomStream(rootSeed: seed, name: "pixels")
  try FileManager.default.createDirectory(
    atPath: folder, withIntermediateDirectories: true)
  for (part, count) in [("train", 60), ("t10k", 20)] {
    func header(_ rank: UInt8, _ sizes: [UInt8]) -> [UInt8] {
      [0, 0, 8, rank] + sizes.flatMap { [0, 0, 0, $0] }
    }
    try AtomicFile.write(
      header(3, [UInt8(count), 4, 4])
        + (0..<16 * count).map { _ in UInt8(stream.index(below: 256)) },
      to: "\(folder)/\(part)-images-idx3-ubyte")
    try AtomicFile.write(
      header(1, [UInt8(count)]) + (0..<count).map { UInt8($0 % 10) },
      to: "\(folder)/\(part)-labels-idx1-ubyte")
  }
}

/// Runs an experiment with its tables and result, without drawings.
func run(
  _ experiment: ImageExperiment, in path: String, threads: Int = 2,
  existing: RunFolder.Existing = .refuse,
  progress: any ProgressReporter = SilentProgress(),
  cancellation: CancellationFlag = CancellationFlag()
) throws {
  try experiment.run(
    in: RunContext(
      path: path, threads: threads, existing: existing, command: ["test"],
      progress: progress, cancellation: cancellation))
  let report = try ImageReport(path: path)
  try report.writeTables()
  try report.writeFigures(formats: [])
  try report.writeResult(command: "run")
}

/// The files below a folder with their bytes, without those that hold times
/// and without PDF, which carries a date.
func contents(of folder: String) -> [String: [UInt8]] {
  var files: [String: [UInt8]] = [:]
  let names = FileManager.default.enumerator(atPath: folder)
  while let name = names?.nextObject() as? String {
    let last = name.split(separator: "/").last ?? ""
    if ["timing.csv", "manifest.json"].contains(last)
      || name.hasSuffix(".pdf")
    {
      continue
    }
    if let data = FileManager.default.contents(atPath: folder + "/" + name) {
      files[name] = Array(data)
    }
  }
  return files
}

/// The names of files that two folders do not share byte by byte.
func differences(_ first: String, _ second: String) -> [String] {
  let (a, b) = (contents(of: first), contents(of: second))
  return Set(a.keys).union(b.keys).filter { a[$0] != b[$0] }.sorted()
}

/// Raises a flag when so many epochs are over, whatever their jobs.
final class StopAfter: ProgressReporter {
  let flag = CancellationFlag()
  private let left: Atomic<Int>

  init(epochs: Int) { left = Atomic(epochs) }

  func report(_ event: ProgressEvent) {
    guard case .advanced = event else { return }
    if left.subtract(1, ordering: .relaxed).newValue == 0 { flag.raise() }
  }
}
