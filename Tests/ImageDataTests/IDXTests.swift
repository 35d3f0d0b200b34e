import ArrayFiles
import Randomness
import Testing

@testable import ImageData

@Suite("Data sets of the MNIST family")
struct IDXTests {
  @Test func imagesAndLabelsAreRead() throws {
    let tiny = try TinyMNIST.load()
    #expect(tiny.train.shape == ImageShape(channels: 1, height: 2, width: 3))
    #expect(tiny.train.pixels == TinyMNIST.trainPixels)
    #expect(tiny.train.labels == [9, 0, 4])
    #expect(tiny.test.pixels == TinyMNIST.testPixels)
    #expect(tiny.test.labels == [4, 9])
    #expect(tiny.train.name == "mnist train")
    #expect(tiny.test.maximumPixel == 255)
  }

  @Test(arguments: [("-", ".gz"), (".", ""), (".", ".gz")])
  func otherNamesAndCompressedFilesAreRead(
    mark: String, suffix: String
  ) throws {
    let folder = try TemporaryFolder()
    for (name, bytes) in TinyMNIST.files {
      let other = name.replacing("-idx", with: "\(mark)idx") + suffix
      try folder.write(suffix == "" ? bytes : gzip(bytes), to: other)
    }
    let tiny = try ImageDataSource.fashionMNIST(folder: folder.path).load()
    #expect(tiny.train.pixels == TinyMNIST.trainPixels)
    #expect(tiny.test.labels == [4, 9])
    #expect(tiny.classNames[9] == "Ankle boot")
  }

  @Test func membersOfAGzipFileAreJoined() throws {
    let whole = idx([3, 2, 3], TinyMNIST.trainPixels)
    let joined = gzip(Array(whole.prefix(7))) + gzip(Array(whole.dropFirst(7)))
    let tiny = try TinyMNIST.load(
      replacing: ["train-images-idx3-ubyte": joined])
    #expect(tiny.train.pixels == TinyMNIST.trainPixels)
  }

  @Test func everyTruncationIsRefused() {
    let whole = idx([3, 2, 3], TinyMNIST.trainPixels)
    for bytes in [whole, gzip(whole)] {
      for count in bytes.indices {
        let error = #expect(throws: (any Error).self, "\(count) bytes") {
          try IDX(Array(bytes.prefix(count)), rank: 3, file: "cut")
        }
        let providing = error as? any ExitStatusProviding
        #expect(providing?.exitStatus == .badData)
      }
      #expect(throws: (any Error).self) {
        try IDX(bytes + [0], rank: 3, file: "longer")
      }
    }
  }

  @Test func everyFlippedBitOfAGzipFileIsNoticedOrHarmless() throws {
    let whole = idx([3, 2, 3], TinyMNIST.trainPixels)
    let bytes = gzip(whole)
    for bit in 0..<(8 * bytes.count) {
      var damaged = bytes
      damaged[bit / 8] ^= 1 << (bit % 8)
      // Flips in the header's time stamp and the like change nothing.
      if let read = try? IDX(damaged, rank: 3, file: "damaged") {
        #expect(read.values == TinyMNIST.trainPixels, "bit \(bit)")
      }
    }
  }

  @Test func aWrongMagicNumberIsNamed() throws {
    let labels = idx([3], TinyMNIST.trainLabels)
    let error = #expect(throws: ImageDataError.self) {
      try TinyMNIST.load(replacing: ["train-images-idx3-ubyte": labels])
    }
    guard case .wrongMagic(let file, 2051, 2049) = error else {
      Issue.record("unexpected \(String(describing: error))")
      return
    }
    #expect(file.hasSuffix("/train-images-idx3-ubyte"))
    #expect(error?.exitStatus == .badData)
  }

  @Test(arguments: [
    [0, 28, 28], [1, 0, 28], [0xFFFF_FFFF, 0xFFFF_FFFF, 0xFFFF_FFFF],
    [1 << 31, 1, 1], [1 << 16, 1 << 16, 1],
  ])
  func impossibleDimensionsAreRefusedBeforeAllocating(dimensions: [Int]) {
    for bytes in [idx(dimensions, []), gzip(idx(dimensions, []))] {
      #expect(
        throws: ImageDataError.badDimensions(
          file: "hostile", dimensions: dimensions)
      ) {
        try IDX(bytes, rank: 3, file: "hostile")
      }
    }
  }

  @Test func aHeaderThatPromisesMoreThanThereIsIsRefused() {
    let promise = idx([60_000, 28, 28], [1, 2, 3])
    #expect(
      throws: ImageDataError.wrongLength(
        file: "short", expected: 47_040_016, found: 19)
    ) {
      try IDX(promise, rank: 3, file: "short")
    }
    #expect(throws: ImageDataError.self) {
      try IDX(gzip(promise), rank: 3, file: "short")
    }
  }

  @Test func labelsMustBelongToTheImages() {
    #expect(throws: ImageDataError.self) {
      try TinyMNIST.load(
        replacing: ["train-labels-idx1-ubyte": idx([2], [1, 2])])
    }
    let error = #expect(throws: ImageDataError.self) {
      try TinyMNIST.load(
        replacing: ["t10k-labels-idx1-ubyte": idx([2], [9, 10])])
    }
    guard case .labelOutOfRange(_, 1, 10, 0...9) = error else {
      Issue.record("unexpected \(String(describing: error))")
      return
    }
  }

  @Test func trainingAndTestImagesMustAgreeInSize() {
    let error = #expect(throws: ImageDataError.self) {
      try TinyMNIST.load(
        replacing: [
          "t10k-images-idx3-ubyte": idx([2, 3, 2], TinyMNIST.testPixels)
        ])
    }
    guard case .shapeMismatch = error else {
      Issue.record("unexpected \(String(describing: error))")
      return
    }
  }

  @Test func randomDamageNeverTraps() {
    var stream = RandomStream(rootSeed: 5, name: "damage")
    let whole = idx([3, 2, 3], TinyMNIST.trainPixels)
    for bytes in [whole, gzip(whole)] {
      for _ in 0..<2000 {
        var damaged = bytes
        for _ in 0...stream.index(below: 4) {
          let value = UInt8(stream.index(below: 256))
          damaged[stream.index(below: damaged.count)] = value
        }
        if stream.index(below: 4) == 0 {
          damaged.removeLast(stream.index(below: damaged.count))
        }
        if let read = try? IDX(damaged, rank: 3, file: "damaged") {
          #expect(read.values.count == read.dimensions.reduce(1, *))
        }
      }
    }
  }
}
