import Randomness
import VectorMath

/// Numbers uniform in [−scale, scale], rounded to the type.
func numbers<Scalar: VectorScalar>(
  _ count: Int, scale: Double = 1, from stream: inout RandomStream,
  as type: Scalar.Type = Scalar.self
) -> [Scalar] {
  (0..<count).map { _ in Scalar(stream.uniform(in: -scale...scale)) }
}

/// Rows mixed of the rows of a table, held in arrays.
struct Combinations {
  var first: [Int32]
  var second: [Int32]
  var firstWeights: [Double]
  var secondWeights: [Double]

  var count: Int { first.count }

  init(
    first: [Int32], second: [Int32], firstWeights: [Double],
    secondWeights: [Double]
  ) {
    self.first = first
    self.second = second
    self.firstWeights = firstWeights
    self.secondWeights = secondWeights
  }

  /// Random pairs with weights in [−1, 1]; every third weight is zero.
  init(_ count: Int, tableRows: Int, from stream: inout RandomStream) {
    first = (0..<count).map { _ in Int32(stream.index(below: tableRows)) }
    second = (0..<count).map { _ in Int32(stream.index(below: tableRows)) }
    firstWeights = (0..<count).map { r in
      r % 3 == 2 ? 0 : stream.uniform(in: -1...1)
    }
    secondWeights = (0..<count).map { r in
      r % 3 == 1 ? 0 : stream.uniform(in: -1...1)
    }
  }

  func withPointers<Result>(_ body: (RowCombinations) -> Result) -> Result {
    first.withUnsafeBufferPointer { a in
      second.withUnsafeBufferPointer { b in
        firstWeights.withUnsafeBufferPointer { p in
          secondWeights.withUnsafeBufferPointer { q in
            body(
              RowCombinations(
                count: count, first: a.baseAddress!, second: b.baseAddress!,
                firstWeights: p.baseAddress!, secondWeights: q.baseAddress!))
          }
        }
      }
    }
  }
}

/// Mixed labels, held in arrays.
struct Targets {
  var first: [Int32]
  var second: [Int32]
  var weights: [Double]

  /// Random classes; the weights run through 0, 1, ½ and random ones.
  init(_ count: Int, classes: Int, from stream: inout RandomStream) {
    first = (0..<count).map { _ in Int32(stream.index(below: classes)) }
    second = (0..<count).map { _ in Int32(stream.index(below: classes)) }
    weights = (0..<count).map { r in
      switch r % 5 {
      case 0: 0
      case 1: 1
      case 2: 0.5
      default: stream.uniform()
      }
    }
  }

  init(first: [Int32], second: [Int32], weights: [Double]) {
    self.first = first
    self.second = second
    self.weights = weights
  }

  func withPointers<Result>(_ body: (MixedTargets) -> Result) -> Result {
    first.withUnsafeBufferPointer { a in
      second.withUnsafeBufferPointer { b in
        weights.withUnsafeBufferPointer { w in
          body(
            MixedTargets(
              count: first.count, first: a.baseAddress!,
              second: b.baseAddress!, weights: w.baseAddress!))
        }
      }
    }
  }

  /// The mixed label of a row.
  func label(_ row: Int, classes: Int) -> [Double] {
    var label = [Double](repeating: 0, count: classes)
    label[Int(first[row])] += weights[row]
    label[Int(second[row])] += 1 - weights[row]
    return label
  }
}

/// The rounding of a type's sum of `terms` products, relative to the sum of
/// their absolute values: half an ulp for each weight, product and addition,
/// doubled because the sum compared with has its own.
func rounding<Scalar: VectorScalar>(_ terms: Int, _: Scalar.Type) -> Double {
  Double(terms + 3) * Double(Scalar.ulpOfOne)
}
