import ArrayFiles
import Testing

@testable import ImageData

@Suite("Data sets of fixed-size records")
struct RecordTests {
  static let cifarNames = Array((0...9).map { "class \($0)\n" }.joined().utf8)

  /// A record whose byte i, counted over the three planes, is i + first.
  static func record(labels: [UInt8], first: UInt8) -> [UInt8] {
    labels + (0..<3072).map { UInt8(truncatingIfNeeded: $0) &+ first }
  }

  /// Writes five batches of one record, a test batch of two, and the names.
  static func writeCIFAR10(to folder: TemporaryFolder) throws {
    for batch in 1...5 {
      try folder.write(
        record(labels: [UInt8(batch)], first: UInt8(batch)),
        to: "data_batch_\(batch).bin")
    }
    try folder.write(
      record(labels: [9], first: 7) + record(labels: [0], first: 8),
      to: "test_batch.bin")
    try folder.write(cifarNames + [0x0A], to: "batches.meta.txt")
  }

  @Test func cifar10IsReadBatchAfterBatch() throws {
    let folder = try TemporaryFolder()
    try Self.writeCIFAR10(to: folder)
    let images = try ImageDataSource.cifar10(folder: folder.path).load()
    #expect(images.train.labels == [1, 2, 3, 4, 5])
    #expect(images.test.labels == [9, 0])
    #expect(images.classNames[3] == "class 3")
    #expect(images.shape == ImageShape(channels: 3, height: 32, width: 32))
    #expect(images.train.pixels[2 * 3072] == 3)
    #expect(images.train.pixels[2 * 3072 + 1024 + 5] == 3 + 5)
    #expect(images.test.pixels.count == 2 * 3072)
  }

  @Test func cifar100UsesTheFineLabel() throws {
    let folder = try TemporaryFolder()
    let names = (0...99).map { "fine \($0)\n" }.joined()
    try folder.write(Array(names.utf8), to: "fine_label_names.txt")
    try folder.write(
      Self.record(labels: [19, 99], first: 1)
        + Self.record(labels: [0, 42], first: 2), to: "train.bin")
    try folder.write(Self.record(labels: [7, 13], first: 3), to: "test.bin")
    let images = try ImageDataSource.cifar100(folder: folder.path).load()
    #expect(images.train.labels == [99, 42])
    #expect(images.test.labels == [13])
    #expect(images.train.pixels[3072] == 2)
    #expect(images.classNames.count == 100)
  }

  @Test func cifar100CoarseLabelsRunToNineteen() throws {
    let folder = try TemporaryFolder()
    try folder.write(Self.record(labels: [19, 99], first: 1), to: "train.bin")
    try folder.write(Self.record(labels: [20, 5], first: 1), to: "test.bin")
    #expect(
      throws: ImageDataError.labelOutOfRange(
        file: "\(folder.path)/test.bin", index: 0, label: 20, expected: 0...19)
    ) {
      try ImageDataSource.cifar100(folder: folder.path).load()
    }
  }

  @Test func subsetsOfCIFAR10AreRead() throws {
    let folder = try TemporaryFolder()
    let path = folder.path
    let empty = #expect(throws: ImageDataError.self) {
      try ImageDataSource.cifar10(folder: path).load()
    }
    #expect(empty?.description.contains("data_batch_5.bin") == true)
    try folder.write(Self.record(labels: [3], first: 1), to: "data_batch_2.bin")
    try folder.write(Self.record(labels: [4], first: 1), to: "test_batch.bin")
    let images = try ImageDataSource.cifar10(folder: path).load()
    #expect(images.train.labels == [3])
    // Without their names classes have numbers.
    #expect(images.classNames == (0...9).map { "\($0)" })
  }

  @Test func stl10TurnsColumnsIntoRowsAndLabelsFromOneIntoFromZero() throws {
    let folder = try TemporaryFolder()
    // In the file, pixel (row, column) of a plane is at 96 · column + row.
    var planes = [UInt8](repeating: 0, count: 27_648)
    planes[96 * 5 + 2] = 11
    planes[9216 + 96 * 95] = 22
    planes[2 * 9216 + 95] = 33
    try folder.write(Self.cifarNames, to: "class_names.txt")
    for part in ["train", "test"] {
      try folder.write(planes + planes, to: "\(part)_X.bin")
      try folder.write([1, 10], to: "\(part)_y.bin")
    }
    let images = try ImageDataSource.stl10(folder: folder.path).load()
    #expect(images.train.labels == [0, 9])
    let second = images.train.pixels.suffix(27_648)
    let base = second.startIndex
    #expect(second[base + 2 * 96 + 5] == 11)
    #expect(second[base + 9216 + 95] == 22)
    #expect(second[base + 2 * 9216 + 95 * 96] == 33)
    #expect(second.reduce(0) { $0 + Int($1) } == 66)
  }

  @Test(arguments: [0, 1, 3072, 3074, 6145])
  func filesOfPartialRecordsAreRefused(size: Int) throws {
    let folder = try TemporaryFolder()
    try Self.writeCIFAR10(to: folder)
    try folder.write(
      [UInt8](repeating: 0, count: size), to: "data_batch_4.bin")
    #expect(
      throws: ImageDataError.partialRecord(
        file: "\(folder.path)/data_batch_4.bin", recordSize: 3073, found: size)
    ) {
      try ImageDataSource.cifar10(folder: folder.path).load()
    }
  }

  @Test func labelsOutOfRangeAreRefused() throws {
    let folder = try TemporaryFolder()
    try Self.writeCIFAR10(to: folder)
    let record = Self.record(labels: [9], first: 0)
    try folder.write(
      record + Self.record(labels: [10], first: 0), to: "test_batch.bin")
    #expect(
      throws: ImageDataError.labelOutOfRange(
        file: "\(folder.path)/test_batch.bin", index: 1, label: 10,
        expected: 0...9)
    ) {
      try ImageDataSource.cifar10(folder: folder.path).load()
    }
  }

  @Test(arguments: [0, 11] as [UInt8])
  func stl10LabelsRunFromOneToTen(label: UInt8) throws {
    let folder = try TemporaryFolder()
    try folder.write(Self.cifarNames, to: "class_names.txt")
    for part in ["train", "test"] {
      try folder.write(
        [UInt8](repeating: 0, count: 27_648), to: "\(part)_X.bin")
      try folder.write([label], to: "\(part)_y.bin")
    }
    #expect(
      throws: ImageDataError.labelOutOfRange(
        file: "\(folder.path)/train_y.bin", index: 0, label: Int(label),
        expected: 1...10)
    ) {
      try ImageDataSource.stl10(folder: folder.path).load()
    }
    try folder.write([1, 1], to: "train_y.bin")
    #expect(
      throws: ImageDataError.countMismatch(
        images: 1, imageFile: "\(folder.path)/train_X.bin", labels: 2,
        file: "\(folder.path)/train_y.bin")
    ) {
      try ImageDataSource.stl10(folder: folder.path).load()
    }
  }

  @Test(arguments: ["", "a\nb\n", "x\nx\nc\nd\ne\nf\ng\nh\ni\nj\n"])
  func classNamesMustBeOneDifferentNameAClass(text: String) throws {
    let folder = try TemporaryFolder()
    try Self.writeCIFAR10(to: folder)
    try folder.write(Array(text.utf8), to: "batches.meta.txt")
    let error = #expect(throws: ImageDataError.self) {
      try ImageDataSource.cifar10(folder: folder.path).load()
    }
    guard case .badClassNames(_, 10, _) = error else {
      Issue.record("unexpected \(String(describing: error))")
      return
    }
  }
}
