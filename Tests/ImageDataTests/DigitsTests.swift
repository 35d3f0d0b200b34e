import Testing

@testable import ImageData

@Suite("The shipped digits")
struct DigitsTests {
  let digits: ImageDataset

  init() throws {
    digits = try ImageDataSource.digits.load()
  }

  @Test func thereAre1297And500Images() {
    #expect(digits.name == "digits")
    #expect(digits.train.count == 1297)
    #expect(digits.test.count == 500)
    #expect(digits.shape == ImageShape(channels: 1, height: 8, width: 8))
    #expect(digits.classNames == (0...9).map { "\($0)" })
    #expect(digits.train.maximumPixel == 16)
    #expect(digits.train.pixels.max() == 16)
    #expect(digits.test.pixels.max() == 16)
  }

  @Test func classCountsAreThoseOfTheSource() {
    // As numpy.bincount(load_digits().target) has them.
    let published = [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    let (train, test) = (digits.train.classCounts, digits.test.classCounts)
    #expect(zip(train, test).map { $0 + $1 } == published)
    for (size, count) in zip(published, test) {
      #expect((Double(size * 500) / 1797 - Double(count)).magnitude < 1)
    }
  }

  @Test func noPixelIsLost() {
    // As load_digits().images.sum() has it.
    let sum = (digits.train.pixels + digits.test.pixels)
      .reduce(0) { $0 + Int($1) }
    #expect(sum == 561_718)
  }

  @Test func theSplitNeverMoves() {
    #expect(
      MD5.hexDigest(of: digits.train.pixels)
        == "c1da91c9ebc42d8d208019795e28e285")
    #expect(
      MD5.hexDigest(of: digits.test.pixels)
        == "3bcad197f6f5094f9450ab4faa2385dd")
  }

  @Test func theFirstImageIsTheSourcesFirst() {
    let first: [UInt8] = [
      0, 0, 5, 13, 9, 1, 0, 0, 0, 0, 13, 15, 10, 15, 5, 0, 0, 3, 15, 2, 0,
      11, 8, 0, 0, 4, 12, 0, 0, 8, 8, 0, 0, 5, 8, 0, 0, 9, 8, 0, 0, 4, 11, 0,
      1, 12, 7, 0, 0, 2, 14, 5, 10, 12, 0, 0, 0, 0, 6, 13, 10, 0, 0, 0,
    ]
    let part =
      Array(digits.train.pixels.prefix(64)) == first
      ? digits.train : digits.test
    #expect(Array(part.pixels.prefix(64)) == first)
    #expect(part.labels[0] == 0)
  }
}
