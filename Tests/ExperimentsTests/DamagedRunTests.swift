import ArrayFiles
import Foundation
import Testing

@testable import Experiments

@Suite("Damaged files of an unfinished run")
struct DamagedRunTests {
  @Test("a damaged checkpoint is an error, not another result")
  func damaged() throws {
    let folder = try TemporaryFolder()
    let long = try tiny(["training.epochs=9", "record.checkpoint-every=1"])
    let stop = StopAfter(epochs: 3)
    #expect(throws: Interrupted()) {
      try run(
        long, in: folder.path("a"), threads: 1, progress: stop,
        cancellation: stop.flag)
    }
    let file = folder.path("a/arms/plain/seed-0/checkpoint.npz")
    let bytes = try FileBytes.read(file)
    try AtomicFile.write(Array(bytes.dropLast(40)), to: file)
    let error = try #require(throws: FileError.self) {
      try run(long, in: folder.path("a"), existing: .resume)
    }
    #expect(error.exitStatus == .badData)
  }

  @Test("a folder in which another process works is left alone")
  func inUse() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("a")
    try run(tiny(), in: path)
    let before = contents(of: path)
    do {
      let lock = try FolderLock(path)
      for existing in [RunFolder.Existing.overwrite, .resume, .refuse] {
        #expect(throws: ExperimentError.folderInUse(path)) {
          try run(tiny(), in: path, existing: existing)
        }
      }
      #expect(contents(of: path) == before)
      withExtendedLifetime(lock) {}
    }
    try run(tiny(), in: path, existing: .overwrite)
    #expect(contents(of: path) == before)
  }

  private func stopped(
    in path: String, _ settings: ImageExperiment
  ) throws {
    let stop = StopAfter(epochs: 3)
    #expect(throws: Interrupted()) {
      try run(
        settings, in: path, threads: 1, progress: stop,
        cancellation: stop.flag)
    }
  }

  @Test(
    "counters that no run leaves in a checkpoint are an error",
    arguments: [
      [-1, 3, 130, 130], [9, -3, 130, 130], [9, 3, -1, 130], [9, 3, 130, -1],
      [9, 10, 130, 130], [8, 3, 130, 130], [.max, .max, 0, 0], [0, 0, 0, 0],
    ])
  func badCounters(counters: [Int]) throws {
    let folder = try TemporaryFolder()
    let long = try tiny(["training.epochs=9", "record.checkpoint-every=1"])
    try stopped(in: folder.path("a"), long)
    try damage(
      folder.path("a/arms/plain/seed-0/checkpoint.npz"), "counters", counters)
    let error = try #require(throws: FileError.self) {
      try run(long, in: folder.path("a"), existing: .resume)
    }
    #expect(error.exitStatus == .badData)
    #expect(error.description.contains("checkpoint.npz"), "\(error)")
  }

  /// Writes other numbers in the place of an array of an archive.
  private func damage(
    _ file: String, _ name: String, _ values: [Int]
  ) throws {
    let archive = try NPZ(path: file)
    var arrays = [
      NPZ.NamedArray(name, ShapedArray(shape: [values.count], values: values))
    ]
    for other in ["parameters", "velocity"] {
      arrays.append(
        NPZ.NamedArray(other, try archive.numbers(other, shape: [nil])))
    }
    for other in ["counters", "trace"] where other != name {
      arrays.append(
        NPZ.NamedArray(other, try archive.integers(other, shape: [nil])))
    }
    try NPZ.write(arrays, to: file)
  }

  @Test(
    "a trace that is none is an error, where it is resumed and replayed",
    arguments: [
      [Int](repeating: 0, count: 10), [1, 2, 3], [-1] + [Int](0..<59),
      [Int(Int32.max) + 1] + [Int](repeating: 0, count: 59), [],
    ])
  func badTrace(counts: [Int]) throws {
    let folder = try TemporaryFolder()
    let settings = try tiny([
      "teachers=[{name: t}]", "record.checkpoint-every=1",
      "arms=[{name: low, teacher: t, filter: low}, "
        + "{name: random, replays: low, filter: random}]",
    ])
    try run(settings, in: folder.path("a"))
    // Two epochs of three steps.
    let trace = folder.path("a/arms/low/seed-0/trace.npy")
    #expect(try NPY.readIntegers(trace).values.count == 60)
    let steps = counts.count.isMultiple(of: 10) ? counts.count / 10 : 0
    try NPY.write(
      ShapedArray(
        shape: steps > 0 ? [steps, 10] : [counts.count], values: counts),
      to: trace)
    let error = try #require(throws: FileError.self) {
      try run(settings, in: folder.path("a"), existing: .resume)
    }
    #expect(error.exitStatus == .badData)
    // So it is in a checkpoint.
    var long = settings
    for k in long.arms.indices { long.arms[k].plan.epochs = 9 }
    long.teachers[0].plan.epochs = 1
    try stopped(in: folder.path("b"), long)
    try damage(
      folder.path("b/arms/low/seed-0/checkpoint.npz"), "trace", counts)
    let other = try #require(throws: FileError.self) {
      try run(long, in: folder.path("b"), existing: .resume)
    }
    #expect(other.exitStatus == .badData)
  }

  @Test("samples of images that there are none of are an error")
  func badSamples() throws {
    let folder = try TemporaryFolder()
    let settings = try tiny([
      "teachers=[{name: t}]", "arms=[{name: low, teacher: t, filter: low}]",
    ])
    try run(settings, in: folder.path("a"))
    let pairs = folder.path("a/arms/low/seed-0/samples-epoch-2/pairs.npy")
    let good = try NPY.readIntegers(pairs)
    for bad in [-1, 130, Int(Int32.max) + 1] {
      try NPY.write(
        ShapedArray(
          shape: good.shape,
          values: Array(good.values.dropLast()) + [bad]),
        to: pairs)
      let error = try #require(throws: FileError.self) {
        try ImageReport(path: folder.path("a")).writeFigures(formats: [])
      }
      #expect(error.exitStatus == .badData)
    }
  }
}
