import Foundation
import Randomness
import Testing
import VectorMath

@Suite("Exponentials, softplus and packed products in double")
struct PairKernelTests {
  /// The C library's own exponential is within 1 ulp, ours within 1: 2 apart,
  /// and an ulp is at most 2⁻⁵² of the number.
  @Test("e^x over the whole range")
  func exponentials() {
    var stream = RandomStream(rootSeed: 1, name: "exp")
    for scale in [1e-9, 1, 30, 707] {
      let x = numbers(1003, scale: scale, from: &stream, as: Double.self)
      var out = [Double](repeating: 0, count: x.count)
      Double.exponentials(x, into: &out, count: x.count)
      for (x, y) in zip(x, out) {
        #expect(abs(y - exp(x)) <= 2 * Double.ulpOfOne * exp(x))
      }
    }
    var ends = [Double](repeating: 0, count: 4)
    Double.exponentials([-1e300, 0, 1e300, .nan], into: &ends, count: 4)
    #expect(ends[0] < exp(-707.9) && ends[0] > 0)
    #expect(ends[1] == 1)
    #expect(ends[2] > exp(708.9) && ends[2].isFinite)
    #expect(ends[3].isNaN)
  }

  /// The C library's own is within 1 ulp, ours within 3.
  @Test("e^x − 1 keeps its digits near 0")
  func exponentialsMinusOne() {
    var stream = RandomStream(rootSeed: 3, name: "expm1")
    for scale in [1e-300, 1e-9, 0.3, 1, 30, 707] {
      let x = numbers(1003, scale: scale, from: &stream, as: Double.self)
      var out = [Double](repeating: 0, count: x.count)
      Double.exponentialsMinusOne(x, into: &out, count: x.count)
      for (x, y) in zip(x, out) {
        #expect(abs(y - expm1(x)) <= 4 * Double.ulpOfOne * abs(expm1(x)))
      }
    }
    var ends = [Double](repeating: 7, count: 4)
    Double.exponentialsMinusOne(
      [-.infinity, 0, -40, .nan], into: &ends, count: 4)
    #expect(ends[0] == -1)
    #expect(ends[1] == 0)
    #expect(ends[2] == -1)
    #expect(ends[3].isNaN)
  }

  /// 3 ulp of ours and 3 of the reference's sum and logarithm.
  @Test("log(1 + e^x) keeps its digits at both ends")
  func softplus() {
    var stream = RandomStream(rootSeed: 2, name: "softplus")
    for scale in [0.1, 5, 40, 700] {
      let x = numbers(1001, scale: scale, from: &stream, as: Double.self)
      var out = [Double](repeating: 0, count: x.count)
      Double.softplus(x, into: &out, count: x.count)
      for (x, y) in zip(x, out) {
        let exact = max(x, 0) + log1p(exp(-abs(x)))
        #expect(abs(y - exact) <= 6 * Double.ulpOfOne * exact)
      }
    }
  }

  @Test(
    "Packed products are products",
    arguments: [1, 2, 3, 5, 6, 11, 20, 23, 24, 25, 50], [1, 7, 8, 9, 70])
  func panels(_ channels: Int, _ columns: Int) {
    var stream = RandomStream(
      rootSeed: UInt64(channels), name: "panels", index: UInt64(columns))
    let inner = 37
    let matrix = numbers(inner * columns, from: &stream, as: Double.self)
    let factors = numbers(inner * channels, from: &stream, as: Double.self)
    let base = numbers(channels * columns, from: &stream, as: Double.self)
    let panels = PanelMatrix(rowCount: inner, columnCount: columns) {
      matrix[$0 * columns + $1]
    }
    for usesBase in [false, true] {
      var out = [Double](repeating: .nan, count: channels * columns)
      let middle = min(columns, 8)
      for range in [0..<middle, middle..<columns] where !range.isEmpty {
        base.withUnsafeBufferPointer { base in
          panels.multiply(
            columns: range, coefficients: factors, channels: channels,
            base: usesBase ? base.baseAddress : nil, into: &out,
            stride: columns)
        }
      }
      for c in 0..<channels {
        for j in 0..<columns {
          var sum = usesBase ? base[c * columns + j] : 0
          var size = abs(sum)
          for k in 0..<inner {
            let term = factors[k * channels + c] * matrix[k * columns + j]
            sum += term
            size += abs(term)
          }
          let bound = rounding(inner, Double.self) * size
          #expect(abs(out[c * columns + j] - sum) <= bound)
        }
      }
    }
  }
}
