public import Randomness

/// Draws from labelled samples in which every class keeps its share.
///
/// A class of n_c among n samples has the share t · n_c / n in a part of t
/// samples, which is rarely a whole number. Every part here gets of every class
/// its share rounded up or down, so that it is off by less than one sample, and
/// the parts have exactly the sizes asked for.
///
/// Indices come back in ascending order. Which samples of a class are drawn is
/// uniformly random: each class, from 0 up, takes one permutation from the
/// stream. Classes without samples have no share and are passed over.
public enum Stratified {
  /// A fraction of the samples, with at least one of every class.
  ///
  /// It has `fraction · n` samples, rounded to the nearest whole number (halves
  /// up); where the shares are rounded, the largest remainders go up, and among
  /// equal ones those of the lower classes.
  ///
  /// - Throws: `ImageDataError.fractionOutOfRange` unless it is in (0, 1];
  ///   `ImageDataError.emptyClass` where a class would get no sample.
  public static func fraction(
    _ fraction: Double, of labels: [Int32],
    using stream: inout RandomStream
  ) throws(ImageDataError) -> [Int] {
    guard 0 < fraction && fraction <= 1 else {
      throw .fractionOutOfRange(fraction)
    }
    let members = members(of: labels)
    let quota = members.map { fraction * Double($0.count) }
    let total = Int((fraction * Double(labels.count)).rounded())
    let allotment = largestRemainders(of: quota, total: total)
    for (label, samples) in members.enumerated()
    where !samples.isEmpty && allotment[label] == 0 {
      throw .emptyClass(
        label: label, sampleCount: samples.count, fraction: fraction)
    }
    return draw(
      allotment.map { [$0] }, partCount: 1, from: members, using: &stream)[0]
  }

  /// Disjoint parts of the given sizes: training, validation, holdout.
  ///
  /// Samples beyond the sum of the sizes are in no part.
  ///
  /// - Throws: `ImageDataError.tooManySamples` where the sizes sum to more than
  ///   there are labels.
  /// - Precondition: no size is negative.
  public static func split(
    _ labels: [Int32], counts: [Int], using stream: inout RandomStream
  ) throws(ImageDataError) -> [[Int]] {
    precondition(counts.allSatisfy { $0 >= 0 }, "parts of \(counts) samples")
    let asked = counts.reduce(0, +)
    guard asked <= labels.count else {
      throw .tooManySamples(asked: asked, present: labels.count)
    }
    let members = members(of: labels)
    let allotment = ControlledRounding.cells(
      rowTotals: members.map(\.count),
      columnTotals: counts + [labels.count - asked])
    let parts = draw(
      allotment, partCount: counts.count + 1, from: members, using: &stream)
    return Array(parts.dropLast())
  }

  /// Disjoint parts that are the given fractions of the samples.
  ///
  /// Part sizes are rounded by largest remainders, so that fractions that sum
  /// to 1 leave no sample out.
  ///
  /// - Throws: `ImageDataError.fractionOutOfRange` where a fraction is outside
  ///   [0, 1] or the sum exceeds 1 by more than rounding.
  public static func split(
    _ labels: [Int32], fractions: [Double], using stream: inout RandomStream
  ) throws(ImageDataError) -> [[Int]] {
    for fraction in fractions where !(0...1).contains(fraction) {
      throw .fractionOutOfRange(fraction)
    }
    // Each addition rounds a sum of at most 1.
    let sum = fractions.reduce(0, +)
    guard sum <= 1 + Double(fractions.count) * Double.ulpOfOne else {
      throw .fractionOutOfRange(sum)
    }
    let size = Double(labels.count)
    let counts = largestRemainders(
      of: fractions.map { $0 * size },
      total: min(labels.count, Int((sum * size).rounded())))
    return try split(labels, counts: counts, using: &stream)
  }

  /// The number of labels of each class.
  ///
  /// - Precondition: the labels are in `0 ..< classCount`.
  public static func classCounts(
    of labels: [Int32], classCount: Int
  ) -> [Int] {
    var counts = [Int](repeating: 0, count: classCount)
    for label in labels {
      counts[Int(label)] += 1
    }
    return counts
  }

  /// The indices of each class in ascending order.
  private static func members(of labels: [Int32]) -> [[Int]] {
    precondition(labels.allSatisfy { $0 >= 0 }, "a negative label")
    let classCount = Int(labels.max() ?? -1) + 1
    var members = [[Int]](repeating: [], count: classCount)
    for (index, label) in labels.enumerated() {
      members[Int(label)].append(index)
    }
    return members
  }

  /// Gives each part its number of every class, `allotment[class][part]`.
  private static func draw(
    _ allotment: [[Int]], partCount: Int, from members: [[Int]],
    using stream: inout RandomStream
  ) -> [[Int]] {
    var parts = [[Int]](repeating: [], count: partCount)
    for (samples, counts) in zip(members, allotment) {
      let order = stream.permutation(of: samples.count)
      var drawn = 0
      for (part, count) in counts.enumerated() {
        parts[part] += order[drawn..<(drawn + count)].map { samples[$0] }
        drawn += count
      }
    }
    return parts.map { $0.sorted() }
  }

  /// Whole numbers that sum to `total`: each quota rounded down, and one more
  /// for those with the largest remainders, the first among equals.
  ///
  /// - Precondition: `total` is within one half of the quotas' sum, up to
  ///   rounding.
  private static func largestRemainders(
    of quotas: [Double], total: Int
  ) -> [Int] {
    var counts = quotas.map { Int($0) }
    let order = quotas.indices.sorted { first, second in
      let (left, right) = (
        quotas[first] - Double(counts[first]),
        quotas[second] - Double(counts[second])
      )
      return left != right ? left > right : first < second
    }
    for index in order.prefix(total - counts.reduce(0, +)) {
      counts[index] += 1
    }
    return counts
  }
}
