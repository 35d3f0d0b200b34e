public import LinearAlgebra

/// The mean and standard deviation of each channel, and the map that makes
/// them 0 and 1.
///
///     z = (x − mean_c) / standardDeviation_c,   x = pixel / maximumPixel
///
/// Measured on the training set and applied to every set, so that nothing of
/// the test images enters the training.
public struct Standardisation: Equatable, Sendable {
  /// The mean of each channel, in [0, 1].
  public let means: [Double]
  /// The standard deviation of each channel over all its pixels (divisor n).
  public let standardDeviations: [Double]

  /// Measures the channels of a set.
  ///
  /// - Numerics: from a histogram of the pixel values, so that the only
  ///   rounding is that of 256 terms, whatever the number of images.
  /// - Precondition: the set is not empty.
  public init(of set: ImageSet) {
    precondition(set.count > 0, "no images to standardise by")
    let maximum = Double(set.maximumPixel)
    let size = Double(set.count * set.shape.planeCount)
    var means: [Double] = []
    var deviations: [Double] = []
    for histogram in Self.histograms(of: set) {
      var mean = 0.0
      for (pixel, occurrences) in histogram.enumerated() {
        mean += Double(occurrences) / size * (Double(pixel) / maximum)
      }
      var variance = 0.0
      for (pixel, occurrences) in histogram.enumerated() {
        let distance = Double(pixel) / maximum - mean
        variance += Double(occurrences) / size * distance * distance
      }
      means.append(mean)
      deviations.append(variance.squareRoot())
    }
    self.means = means
    self.standardDeviations = deviations
  }

  /// The standardised pixels of a set, one image a row.
  ///
  /// A channel whose pixels were all equal when measured has no scale: it is
  /// centred and not divided.
  ///
  /// - Shape: `count × (channels · height · width)`.
  /// - Precondition: the set has as many channels as the measured one.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func applied<Scalar: BLASScalar>(
    to set: ImageSet, as scalar: Scalar.Type = Scalar.self
  ) -> Matrix<Scalar> {
    precondition(
      set.shape.channels == means.count,
      "\(means.count) channels measured, \(set.shape.channels) in the set")
    let maximum = Double(set.maximumPixel)
    let tables = zip(means, standardDeviations).map { mean, deviation in
      (0...255).map { pixel in
        let centred = Double(pixel) / maximum - mean
        return Scalar(deviation > 0 ? centred / deviation : centred)
      }
    }
    var elements: [Scalar] = []
    elements.reserveCapacity(set.pixels.count)
    let plane = set.shape.planeCount
    for first in stride(from: 0, to: set.pixels.count, by: plane) {
      let table = tables[first / plane % means.count]
      for pixel in set.pixels[first..<(first + plane)] {
        elements.append(table[Int(pixel)])
      }
    }
    return Matrix(
      rowCount: set.count, columnCount: set.shape.valueCount,
      elements: elements)
  }

  /// How often each pixel value occurs, for each channel.
  private static func histograms(of set: ImageSet) -> [[Int]] {
    var histograms = [[Int]](
      repeating: [Int](repeating: 0, count: 256), count: set.shape.channels)
    let plane = set.shape.planeCount
    for channel in histograms.indices {
      for image in 0..<set.count {
        let first = image * set.shape.valueCount + channel * plane
        for pixel in set.pixels[first..<(first + plane)] {
          histograms[channel][Int(pixel)] += 1
        }
      }
    }
    return histograms
  }
}
