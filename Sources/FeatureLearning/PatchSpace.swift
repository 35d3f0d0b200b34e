import LinearAlgebra
public import Synthetic
import VectorMath

/// What a descent needs of its samples, prepared once: the distinct patches and
/// how a change of the residuals moves the responses to them.
///
/// The responses S of the filters to the patches X are all that the loss sees,
/// and a step of descent with ∂L/∂S = T moves them by
///
///     S ← S − η·K·T,   K = X·Xᵀ      (Gram form)
///     W ← W − η·Xᵀ·T,  S = X·W       (direct form)
///
/// Equal patches are kept once, and K falls apart into blocks where patches are
/// orthogonal, as the generator's noise is to its features.
///
/// - Numerics: Two patches count as orthogonal where their inner product is
///   within its own rounding error, 2·√d·2⁻⁵²·‖a‖·‖b‖, of zero.
/// - Complexity: U²·d/2 operations once, for U distinct patches; per step and
///   channel U² in the Gram form (the sum of the blocks' squares) and 2·U·d in
///   the direct form.
public final class PatchSpace: Sendable {
  /// How responses follow from residuals.
  public enum Form: Sendable, Equatable {
    /// The cheaper of the two: Gram where U < 2d and no inner product of a
    /// patch with itself leaves the range of numbers.
    case automatic
    /// Through the inner products of the patches.
    case gram
    /// Through the weights.
    case direct
  }

  /// One block of mutually dependent patches; in the direct form there is one
  /// block, of all of them.
  struct Block: Sendable {
    /// Which distinct patches.
    let range: Range<Int>
    let kind: Kind

    enum Kind: Sendable {
      /// K, symmetric.
      case gram(PanelMatrix<Double>)
      /// Xᵀ for the responses and X for the gradient.
      case direct(
        responses: PanelMatrix<Double>, gradient: PanelMatrix<Double>)
    }
  }

  /// The samples.
  public let data: PatchData
  /// The distinct patches, `distinctCount × dimension`, block after block.
  let distinct: Matrix<Double>
  /// The distinct patch at position p of sample i, at index p·n + i.
  let indices: [Int32]
  /// The positions of distinct patch u: members[starts[u] ..< starts[u + 1]].
  let starts: [Int32]
  let members: [Int32]
  /// Whether distinct patch p·n + i is patch p of sample i.
  let isIdentity: Bool
  let blocks: [Block]

  /// Number of distinct patches.
  public var distinctCount: Int { distinct.rowCount }

  /// Sizes of the blocks that K falls apart into, and whether each is kept as
  /// its Gram matrix.
  public var blockSizes: [(size: Int, isGram: Bool)] {
    blocks.map { block in
      if case .gram = block.kind { return (block.range.count, true) }
      return (block.range.count, false)
    }
  }

  /// The most distinct patches whose Gram matrix is kept: 512 MiB, and as much
  /// again for each of two copies while it is put in order and packed.
  static let largestGram = 8192

  /// Prepares samples.
  public init(_ data: PatchData, form: Form = .automatic) {
    self.data = data
    var (first, indices) = Self.distinctPatches(of: data)
    let count = first.count
    let usesGram =
      switch form {
      case .automatic:
        count < 2 * data.dimension && count <= Self.largestGram
          && first.allSatisfy { Self.hasSquare(data.patches.row($0)) }
      case .gram: true
      case .direct: false
      }
    func rows(_ chosen: [Int]) -> Matrix<Double> {
      Matrix(
        rowCount: chosen.count, columnCount: data.dimension,
        elements: chosen.flatMap { data.patches.row($0) })
    }
    var distinct = rows(first)
    var ranges = [0..<count]
    var gram: Matrix<Double>?
    if usesGram {
      let full = distinct.gram()
      let groups = Self.dependentGroups(full, dimension: data.dimension)
      if groups.count > 1 {
        let order = groups.flatMap { $0 }
        var place = [Int32](repeating: 0, count: count)
        for (new, old) in order.enumerated() { place[old] = Int32(new) }
        indices = indices.map { place[Int($0)] }
        first = order.map { first[$0] }
        distinct = rows(first)
        ranges = []
        for group in groups {
          let start = ranges.last?.upperBound ?? 0
          ranges.append(start..<start + group.count)
        }
        gram = Matrix(rowCount: count, columnCount: count) {
          full[order[$0], order[$1]]
        }
      } else {
        gram = full
      }
    }
    self.distinct = distinct
    self.indices = indices
    isIdentity = indices.enumerated().allSatisfy { Int($1) == $0 }
    (starts, members) = Self.positions(of: indices, distinctCount: count)
    blocks = Self.pack(ranges, distinct, gram)
  }

  /// Whether ‖x‖² is finite and keeps its digits.
  private static func hasSquare(_ patch: ArraySlice<Double>) -> Bool {
    let square = patch.reduce(0) { $0 + $1 * $1 }
    if square.isFinite && square >= .leastNormalMagnitude / .ulpOfOne {
      return true
    }
    return patch.allSatisfy { $0 == 0 }
  }

  private static func pack(
    _ ranges: [Range<Int>], _ distinct: Matrix<Double>, _ gram: Matrix<Double>?
  ) -> [Block] {
    ranges.map { range in
      let (size, start) = (range.count, range.lowerBound)
      if let gram {
        return gram.withUnsafeElements { gram in
          let order = distinct.rowCount
          let panels = PanelMatrix(rowCount: size, columnCount: size) {
            gram[(start + $0) * order + start + $1]
          }
          return Block(range: range, kind: .gram(panels))
        }
      }
      return distinct.withUnsafeElements { patches in
        let dimension = distinct.columnCount
        return Block(
          range: range,
          kind: .direct(
            responses: PanelMatrix(rowCount: dimension, columnCount: size) {
              patches[(start + $1) * dimension + $0]
            },
            gradient: PanelMatrix(rowCount: size, columnCount: dimension) {
              patches[(start + $0) * dimension + $1]
            }))
      }
    }
  }

  /// The rows that stand for the distinct patches, and the distinct patch at
  /// each position p·n + i.
  private static func distinctPatches(
    of data: PatchData
  ) -> (first: [Int], indices: [Int32]) {
    var known: [UInt64: [Int32]] = [:]
    var first: [Int] = []
    var indices: [Int32] = []
    indices.reserveCapacity(data.patches.rowCount)
    for p in 0..<data.patchCount {
      for i in 0..<data.sampleCount {
        let row = i * data.patchCount + p
        let patch = data.patches.row(row)
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for number in patch {
          hash = (hash ^ number.bitPattern) &* 0x100_0000_01B3
          hash ^= hash >> 32
        }
        let twin = known[hash]?.first {
          data.patches.row(first[Int($0)]).elementsEqual(patch)
        }
        if let twin {
          indices.append(twin)
        } else {
          known[hash, default: []].append(Int32(first.count))
          indices.append(Int32(first.count))
          first.append(row)
        }
      }
    }
    return (first, indices)
  }

  /// The groups of patches that are not orthogonal to each other, each in
  /// ascending order, by their first patch.
  private static func dependentGroups(
    _ gram: Matrix<Double>, dimension: Int
  ) -> [[Int]] {
    let count = gram.rowCount
    let tolerance =
      2 * Double(dimension).squareRoot() * Double.ulpOfOne
    var parent = Array(0..<count)
    func root(_ u: Int) -> Int {
      var u = u
      while parent[u] != u {
        parent[u] = parent[parent[u]]
        u = parent[u]
      }
      return u
    }
    gram.withUnsafeElements { gram in
      let norms = (0..<count).map { gram[$0 * count + $0].squareRoot() }
      for u in 0..<count {
        for v in (u + 1)..<max(count, u + 1)
        where abs(gram[u * count + v]) > tolerance * norms[u] * norms[v] {
          let (a, b) = (root(u), root(v))
          if a != b { parent[max(a, b)] = min(a, b) }
        }
      }
    }
    var groups: [Int: [Int]] = [:]
    for u in 0..<count { groups[root(u), default: []].append(u) }
    return groups.sorted { $0.key < $1.key }.map(\.value)
  }

  private static func positions(
    of indices: [Int32], distinctCount: Int
  ) -> (starts: [Int32], members: [Int32]) {
    var starts = [Int32](repeating: 0, count: distinctCount + 1)
    for u in indices { starts[Int(u) + 1] += 1 }
    for u in 0..<distinctCount { starts[u + 1] += starts[u] }
    var next = starts
    var members = [Int32](repeating: 0, count: indices.count)
    for (position, u) in indices.enumerated() {
      members[Int(next[Int(u)])] = Int32(position)
      next[Int(u)] += 1
    }
    return (starts, members)
  }
}
