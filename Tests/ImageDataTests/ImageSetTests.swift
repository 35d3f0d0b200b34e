import LinearAlgebra
import Testing

@testable import ImageData

@Suite("Images as numbers")
struct ImageSetTests {
  /// Two images of two channels of 1 x 2 pixels.
  let set = ImageSet(
    name: "tiny", shape: ImageShape(channels: 2, height: 1, width: 2),
    classNames: ["a", "b", "c"], pixels: [0, 4, 8, 8, 16, 12, 8, 8],
    maximumPixel: 16, labels: [2, 0])

  @Test func scalingMapsFullIntensityToOne() {
    let expected: [Double] = [0, 0.25, 0.5, 0.5, 1, 0.75, 0.5, 0.5]
    #expect(set.scaled(as: Double.self).elements == expected)
    #expect(set.scaled(as: Float.self).elements == expected.map(Float.init))
    #expect(set.scaled(as: Float.self).rowCount == 2)
  }

  @Test func everyByteIsTheQuotientRoundedOnce() {
    let bytes = ImageSet(
      name: "bytes", shape: ImageShape(channels: 1, height: 16, width: 16),
      classNames: ["a"], pixels: Array(0...255), maximumPixel: 255,
      labels: [0])
    #expect(
      bytes.scaled(as: Float.self).elements
        == (0...255).map { Float($0) / 255 })
  }

  @Test func aSubsetKeepsOrderAndMayRepeat() {
    let subset = set.subset([1, 0, 1], named: "three")
    #expect(subset.name == "three")
    #expect(subset.labels == [0, 2, 0])
    #expect(subset.pixels == [16, 12, 8, 8, 0, 4, 8, 8, 16, 12, 8, 8])
    #expect(subset.classCounts == [2, 0, 1])
    #expect(set.subset([]).count == 0)
  }

  @Test func standardisationIsMeasuredPerChannel() {
    let standardisation = Standardisation(of: set)
    #expect(standardisation.means == [0.5, 0.5])
    // Channel 0: 0, 0.25, 1, 0.75 around 0.5: variance (0.25 + 0.0625) / 2.
    let deviation = 0.15625.squareRoot()
    #expect(standardisation.standardDeviations == [deviation, 0])
    let values = standardisation.applied(to: set, as: Double.self)
    // The second channel is constant: centred, not divided.
    let expected = [-0.5, -0.25, 0, 0, 0.5, 0.25, 0, 0]
    #expect(
      values.elements
        == expected.enumerated().map { index, centred in
          index % 4 < 2 ? centred / deviation : centred
        })
  }

  @Test func aStandardisedSetHasMeanZeroAndDeviationOne() throws {
    let train = try ImageDataSource.digits.load().train
    let values = Standardisation(of: train)
      .applied(to: train, as: Double.self).elements
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    let variance = values.reduce(0) { $0 + $1 * $1 } / count
    // A sum of n terms below 2 is off by at most n · ulp · 2 · n / n.
    let tolerance = count * 4 * Double.ulpOfOne
    #expect(mean.magnitude < tolerance)
    #expect((variance - 1).magnitude < tolerance)
  }

  @Test func mistakesOfTheProgramTrap() async {
    await #expect(processExitsWith: .failure) {
      _ = try ImageDataSource.digits.load().test.subset([500])
    }
    await #expect(processExitsWith: .failure) {
      _ = ImageSet(
        name: "short", shape: ImageShape(channels: 1, height: 1, width: 2),
        classNames: ["a"], pixels: [1], maximumPixel: 255, labels: [0])
    }
    await #expect(processExitsWith: .failure) {
      _ = ImageSet(
        name: "label", shape: ImageShape(channels: 1, height: 1, width: 1),
        classNames: ["a"], pixels: [1], maximumPixel: 255, labels: [1])
    }
    await #expect(processExitsWith: .failure) {
      _ = ControlledRounding.cells(rowTotals: [2, 1], columnTotals: [2])
    }
  }
}
