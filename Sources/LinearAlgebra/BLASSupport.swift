internal import COpenBLAS

extension CBLAS_TRANSPOSE {
  /// The option of BLAS for "as stored" or "transposed".
  init(_ transpose: Bool) {
    self = transpose ? CblasTrans : CblasNoTrans
  }
}

/// C ← factor·C, what a product with a contracted length of zero comes to.
///
/// BLAS itself leaves it out in some routines. A factor of zero does not read C.
func scale<Scalar: BLASScalar>(
  rows: Int, columns: Int, by factor: Scalar,
  _ c: UnsafeMutablePointer<Scalar>, stride: Int
) {
  for row in 0..<rows {
    let start = c + row * stride
    for column in 0..<columns {
      start[column] = factor == 0 ? 0 : factor * start[column]
    }
  }
}

/// Copies the upper triangle of a square matrix into its lower one.
///
/// In blocks, because one of the two is walked through with a large stride.
func mirrorUpperTriangle<Scalar: BLASScalar>(
  order: Int, _ c: UnsafeMutablePointer<Scalar>, stride: Int
) {
  let block = 32
  for top in Swift.stride(from: 0, to: order, by: block) {
    for left in Swift.stride(from: 0, through: top, by: block) {
      for row in top..<min(top + block, order) {
        for column in left..<min(left + block, row) {
          c[row * stride + column] = c[column * stride + row]
        }
      }
    }
  }
}
