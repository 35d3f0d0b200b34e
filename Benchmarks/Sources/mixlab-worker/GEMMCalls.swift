import LinearAlgebra
import VectorMath

/// The matrix products of a mixup epoch and nothing else, as OpenBLAS does
/// them at these very shapes.
///
/// What a loop around OpenBLAS cannot beat; mixlab has kernels of its own. With
/// several threads, each works on its share of the batch.
struct GEMMCalls {
  private let team: ThreadTeam
  private let room: UnsafeMutablePointer<Float>
  private let size = 1 << 19

  init(_ team: ThreadTeam) {
    self.team = team
    room = .allocate(capacity: 6 * size)
    for k in 0..<6 * size { room[k] = Float(k % 97) / 97 }
  }

  func run() {
    let full = Sizes.imageCount / Sizes.batch
    for _ in 0..<full { step(Sizes.batch) }
    let rest = Sizes.imageCount - full * Sizes.batch
    if rest > 0 { step(rest) }
  }

  private func step(_ batch: Int) {
    let layers = Sizes.layers
    let (x, weights, out) = (room, room + 2 * size, room + 4 * size)
    let pieces = team.size
    team.forEach(pieces) { piece in
      let rows = cut(batch, piece, of: pieces)
      for l in 1..<layers.count {
        Float.gemm(
          transposeA: false, transposeB: true, rows: rows.count,
          columns: layers[l], inner: layers[l - 1], alpha: 1,
          x + rows.lowerBound * layers[l - 1], strideA: layers[l - 1],
          weights, strideB: layers[l - 1], beta: 0,
          out + rows.lowerBound * layers[l], strideC: layers[l])
      }
      for l in 2..<layers.count {
        Float.gemm(
          transposeA: false, transposeB: false, rows: rows.count,
          columns: layers[l - 1], inner: layers[l], alpha: 1,
          x + rows.lowerBound * layers[l], strideA: layers[l], weights,
          strideB: layers[l - 1], beta: 0,
          out + rows.lowerBound * layers[l - 1], strideC: layers[l - 1])
      }
    }
    team.forEach(pieces) { piece in
      for l in 1..<layers.count {
        let units = cut(layers[l], piece, of: pieces)
        Float.gemm(
          transposeA: true, transposeB: false, rows: units.count,
          columns: layers[l - 1], inner: batch, alpha: 1,
          x + units.lowerBound, strideA: layers[l], weights,
          strideB: layers[l - 1], beta: 0,
          out + units.lowerBound * layers[l - 1], strideC: layers[l - 1])
      }
    }
  }
}
