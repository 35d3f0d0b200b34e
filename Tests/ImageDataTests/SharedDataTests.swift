import Testing

@testable import ImageData

@Suite("Real images, where they lie beside the package")
struct SharedDataTests {
  @Test(.enabled(if: SharedData.has("fashion-mnist")))
  func fashionMNISTHasItsPublishedStatistics() throws {
    let images = try ImageDataSource.fashionMNIST(
      folder: "\(SharedData.folder)/fashion-mnist"
    ).load()
    #expect(images.train.count == 60_000)
    #expect(images.test.count == 10_000)
    #expect(images.train.classCounts == [Int](repeating: 6000, count: 10))
    #expect(images.test.classCounts == [Int](repeating: 1000, count: 10))
    // Published to five decimals.
    let standardisation = Standardisation(of: images.train)
    #expect((standardisation.means[0] - 0.28604).magnitude <= 5e-6)
    #expect(
      (standardisation.standardDeviations[0] - 0.35302).magnitude <= 5e-6)
    #expect(images.train.labels.prefix(4) == [9, 0, 0, 3])
  }

  @Test(.enabled(if: SharedData.has("mnist")))
  func mnistIsReadWithTheCountsOfItsHeader() throws {
    let images = try ImageDataSource.mnist(
      folder: "\(SharedData.folder)/mnist"
    ).load()
    #expect(images.train.count == 12_000)
    #expect(images.test.count == 3000)
    #expect(images.train.classCounts.min() == 1048)
    #expect(images.train.classCounts.max() == 1351)
    #expect(images.train.labels.prefix(5) == [5, 0, 4, 1, 9])
  }

  @Test(.enabled(if: SharedData.has("cifar-10-batches-bin")))
  func cifar10IsBalanced() throws {
    let images = try ImageDataSource.cifar10(
      folder: "\(SharedData.folder)/cifar-10-batches-bin"
    ).load()
    #expect(images.train.classCounts == [Int](repeating: 1000, count: 10))
    #expect(images.test.classCounts == [Int](repeating: 200, count: 10))
    #expect(images.classNames.first == "airplane")
    // The full set's means and deviations. Both vary by about 0.12 between
    // images, so by 0.0012 between draws of 10,000: eight times that.
    let standardisation = Standardisation(of: images.train)
    let published = zip([0.4914, 0.4822, 0.4465], [0.2470, 0.2435, 0.2616])
    for (channel, expected) in published.enumerated() {
      let (mean, deviation) = expected
      #expect((standardisation.means[channel] - mean).magnitude < 0.01)
      #expect(
        (standardisation.standardDeviations[channel] - deviation).magnitude
          < 0.01)
    }
  }

  @Test(.enabled(if: SharedData.has("cifar-100-binary")))
  func cifar100IsBalanced() throws {
    let images = try ImageDataSource.cifar100(
      folder: "\(SharedData.folder)/cifar-100-binary"
    ).load()
    #expect(images.train.classCounts == [Int](repeating: 50, count: 100))
    #expect(images.test.classCounts == [Int](repeating: 10, count: 100))
    #expect(images.classNames.last == "worm")
  }

  @Test(.enabled(if: SharedData.has("stl10_binary")))
  func stl10StandsUpright() throws {
    let images = try ImageDataSource.stl10(
      folder: "\(SharedData.folder)/stl10_binary"
    ).load()
    #expect(images.train.count == 49)
    #expect(images.test.count == 17)
    #expect(images.classNames.first == "airplane")
    #expect(images.train.shape.valueCount == 27_648)
  }
}
