import Randomness
import Testing

@testable import ImageData

@Suite("Stratified parts keep every class's share")
struct StratifiedTests {
  /// Labels of up to 12 classes of very different sizes, some of them empty.
  static func labels(seed: UInt64) -> [Int32] {
    var stream = RandomStream(rootSeed: seed, name: "labels")
    let classCount = 1 + stream.index(below: 12)
    let sizes = (0..<classCount).map { _ in
      stream.index(below: 1 << (1 + stream.index(below: 8)))
    }
    var labels = sizes.enumerated().flatMap { label, size in
      [Int32](repeating: Int32(label), count: size)
    }
    stream.shuffle(&labels)
    return labels
  }

  @Test(arguments: 0..<UInt64(200))
  func splitsAreDisjointCoverAndAreOffByLessThanOne(seed: UInt64) throws {
    let labels = Self.labels(seed: seed)
    var stream = RandomStream(rootSeed: seed, name: "parts")
    let cuts = (0..<(1 + stream.index(below: 4)))
      .map { _ in stream.index(below: labels.count + 1) }.sorted()
    let counts = zip([0] + cuts, cuts + [labels.count]).map { $1 - $0 }
    let parts = try Stratified.split(labels, counts: counts, using: &stream)

    #expect(parts.map(\.count) == counts)
    #expect(parts.flatMap { $0 }.sorted() == Array(labels.indices))
    let sizes = Stratified.classCounts(of: labels, classCount: 12)
    for part in parts {
      #expect(part == part.sorted())
      let inPart = Stratified.classCounts(
        of: part.map { labels[$0] }, classCount: 12)
      for (size, found) in zip(sizes, inPart) where !labels.isEmpty {
        // found = size · part / n rounded up or down, in whole numbers.
        let share = size * part.count
        #expect(found >= share / labels.count)
        #expect(found <= (share + labels.count - 1) / labels.count)
      }
    }
  }

  @Test func samplesBeyondTheSizesAreInNoPart() throws {
    let labels = Self.labels(seed: 1)
    let size = labels.count / 4
    var stream = RandomStream(rootSeed: 1, name: "parts")
    let parts = try Stratified.split(
      labels, counts: [size, size], using: &stream)
    #expect(parts.map(\.count) == [size, size])
    #expect(Set(parts[0] + parts[1]).count == 2 * size)
  }

  @Test func fractionsThatSumToOneLeaveNoSampleOut() throws {
    for seed in 0..<UInt64(50) {
      let labels = Self.labels(seed: seed)
      var stream = RandomStream(rootSeed: seed, name: "parts")
      // 0.7 + 0.2 + 0.1 is not 1 in binary.
      let parts = try Stratified.split(
        labels, fractions: [0.7, 0.2, 0.1], using: &stream)
      #expect(parts.flatMap { $0 }.sorted() == Array(labels.indices))
    }
  }

  @Test func aFractionFollowsTheLargestRemainders() throws {
    // Shares 1.2, 1.8, 1.5 and 0.5, which sum to 5.
    let sizes = [12, 18, 15, 5]
    let labels = sizes.enumerated().flatMap { label, size in
      [Int32](repeating: Int32(label), count: size)
    }
    var stream = RandomStream(rootSeed: 3, name: "fraction")
    #expect(
      throws: ImageDataError.emptyClass(
        label: 3, sampleCount: 5, fraction: 0.1)
    ) {
      try Stratified.fraction(0.1, of: labels, using: &stream)
    }
    let chosen = try Stratified.fraction(
      0.1, of: Array(labels.prefix(45)), using: &stream)
    // 4.5 rounds to 5: whole parts 1, 1, 1, then the classes of 0.8 and 0.5.
    let counts = Stratified.classCounts(
      of: chosen.map { labels[$0] }, classCount: 3)
    #expect(counts == [1, 2, 2])
    #expect(chosen == chosen.sorted())
  }

  @Test(arguments: 0..<UInt64(100))
  func aFractionIsOffByLessThanOneInEveryClass(seed: UInt64) throws {
    let labels = Self.labels(seed: seed)
    var stream = RandomStream(rootSeed: seed, name: "fraction")
    let fraction = stream.uniformOpen()
    let sizes = Stratified.classCounts(of: labels, classCount: 12)
    let chosen: [Int]
    do {
      chosen = try Stratified.fraction(fraction, of: labels, using: &stream)
    } catch {
      guard case .emptyClass(let label, let count, _) = error else {
        Issue.record(error)
        return
      }
      #expect(sizes[label] == count)
      #expect(fraction * Double(count) < 1)
      return
    }
    #expect(Set(chosen).count == chosen.count)
    #expect(chosen.count == Int((fraction * Double(labels.count)).rounded()))
    let found = Stratified.classCounts(
      of: chosen.map { labels[$0] }, classCount: 12)
    for (size, count) in zip(sizes, found) {
      #expect((Double(size) * fraction - Double(count)).magnitude < 1)
      #expect(size == 0 || count > 0)
    }
  }

  @Test func ofNoSamplesEveryPartIsEmpty() throws {
    var stream = RandomStream(rootSeed: 1, name: "a")
    #expect(try Stratified.fraction(0.5, of: [], using: &stream) == [])
    #expect(
      try Stratified.split([], fractions: [0.5, 0.5], using: &stream)
        == [[], []])
  }

  @Test func everySampleIsDrawnEquallyOften() throws {
    // 4,000 draws of 3 of 10: a sample appears 1,200 times, with a standard
    // deviation of √(4000 · 0.3 · 0.7) = 29. Six of those among 10 samples:
    // probability 2·10⁻⁸ for a right program.
    var stream = RandomStream(rootSeed: 11, name: "uniform")
    var appearances = [Int](repeating: 0, count: 10)
    for _ in 0..<4000 {
      let labels = [Int32](repeating: 0, count: 10)
      for index in try Stratified.fraction(0.3, of: labels, using: &stream) {
        appearances[index] += 1
      }
    }
    for count in appearances {
      #expect(abs(count - 1200) < 174)
    }
  }

  @Test func theSameStreamDrawsTheSameSamples() throws {
    let labels = Self.labels(seed: 5)
    var first = RandomStream(rootSeed: 1, name: "a")
    var second = first
    var other = RandomStream(rootSeed: 2, name: "a")
    let draw = try Stratified.split(
      labels, fractions: [0.5], using: &first)
    #expect(
      try draw == Stratified.split(labels, fractions: [0.5], using: &second))
    #expect(
      try draw != Stratified.split(labels, fractions: [0.5], using: &other))
  }

  @Test(arguments: [0, -0.1, 1.01, .nan, .infinity])
  func aFractionOutOfRangeIsRefused(fraction: Double) {
    var stream = RandomStream(rootSeed: 1, name: "a")
    #expect(throws: ImageDataError.self) {
      try Stratified.fraction(fraction, of: [0, 1], using: &stream)
    }
  }

  @Test func partsThatAreTooLargeAreRefused() {
    var stream = RandomStream(rootSeed: 1, name: "a")
    #expect(throws: ImageDataError.tooManySamples(asked: 3, present: 2)) {
      try Stratified.split([0, 1], counts: [2, 1], using: &stream)
    }
    #expect(throws: ImageDataError.self) {
      try Stratified.split([0, 1], fractions: [0.9, 0.2], using: &stream)
    }
    #expect(throws: ImageDataError.self) {
      try Stratified.split([0, 1], fractions: [.nan], using: &stream)
    }
  }
}
