internal import CLAPACKE
internal import COpenBLAS
public import RealModule

extension Float: BLASScalar {
  /// Matrix product, by `cblas_sgemm`.
  public static func gemm(
    transposeA: Bool, transposeB: Bool, rows: Int, columns: Int, inner: Int,
    alpha: Float, _ a: UnsafePointer<Float>, strideA: Int,
    _ b: UnsafePointer<Float>, strideB: Int,
    beta: Float, _ c: UnsafeMutablePointer<Float>, strideC: Int
  ) {
    OpenBLAS.prepare()
    guard rows > 0, columns > 0 else { return }
    guard inner > 0 else {
      scale(rows: rows, columns: columns, by: beta, c, stride: strideC)
      return
    }
    cblas_sgemm(
      CblasRowMajor, CBLAS_TRANSPOSE(transposeA), CBLAS_TRANSPOSE(transposeB),
      Int32(rows), Int32(columns), Int32(inner),
      alpha, a, Int32(strideA), b, Int32(strideB), beta, c, Int32(strideC))
  }

  /// Matrix-vector product, by `cblas_sgemv`.
  public static func gemv(
    transpose: Bool, rows: Int, columns: Int,
    alpha: Float, _ a: UnsafePointer<Float>, strideA: Int,
    _ x: UnsafePointer<Float>, beta: Float, _ y: UnsafeMutablePointer<Float>
  ) {
    OpenBLAS.prepare()
    guard rows > 0, columns > 0 else {
      let count = transpose ? columns : rows
      scale(rows: 1, columns: count, by: beta, y, stride: count)
      return
    }
    cblas_sgemv(
      CblasRowMajor, CBLAS_TRANSPOSE(transpose), Int32(rows), Int32(columns),
      alpha, a, Int32(strideA), x, 1, beta, y, 1)
  }

  /// Product with the own transpose, by `cblas_ssyrk`.
  public static func syrk(
    transpose: Bool, order: Int, inner: Int,
    alpha: Float, _ a: UnsafePointer<Float>, strideA: Int,
    beta: Float, _ c: UnsafeMutablePointer<Float>, strideC: Int
  ) {
    OpenBLAS.prepare()
    guard order > 0 else { return }
    if inner > 0 {
      cblas_ssyrk(
        CblasRowMajor, CblasUpper, CBLAS_TRANSPOSE(transpose),
        Int32(order), Int32(inner),
        alpha, a, Int32(strideA), beta, c, Int32(strideC))
    } else {
      scale(rows: order, columns: order, by: beta, c, stride: strideC)
    }
    mirrorUpperTriangle(order: order, c, stride: strideC)
  }

  /// Inner product, by `cblas_sdot`.
  public static func dot(
    _ count: Int, _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>
  ) -> Float {
    OpenBLAS.prepare()
    return cblas_sdot(Int32(count), x, 1, y, 1)
  }

  /// Euclidean norm, by `cblas_snrm2`.
  public static func nrm2(_ count: Int, _ x: UnsafePointer<Float>) -> Float {
    OpenBLAS.prepare()
    return cblas_snrm2(Int32(count), x, 1)
  }

  /// Scaled addition, by `cblas_saxpy`.
  public static func axpy(
    _ count: Int, alpha: Float, _ x: UnsafePointer<Float>,
    _ y: UnsafeMutablePointer<Float>
  ) {
    OpenBLAS.prepare()
    cblas_saxpy(Int32(count), alpha, x, 1, y, 1)
  }

  /// Strided copy, by `cblas_scopy`.
  public static func copy(
    _ count: Int, _ x: UnsafePointer<Float>, strideX: Int,
    _ y: UnsafeMutablePointer<Float>, strideY: Int
  ) {
    OpenBLAS.prepare()
    cblas_scopy(Int32(count), x, Int32(strideX), y, Int32(strideY))
  }

  /// Householder reflections, by `sgeqrf` on Aᵀ.
  public static func reflectToLower(
    rows: Int, columns: Int, _ a: UnsafeMutablePointer<Float>
  ) -> Bool {
    OpenBLAS.prepare()
    guard rows > 0, columns > 0 else { return true }
    // x − x is 0 for a finite x and NaN otherwise; the loop has no branch.
    var deviation: Float = 0
    for i in 0..<rows * columns { deviation += a[i] - a[i] }
    guard deviation == 0 else { return false }
    var scales = [Float](repeating: 0, count: min(rows, columns))
    let info = LAPACKE_sgeqrf(
      columnMajor, LAPACKInteger(columns), LAPACKInteger(rows), a,
      LAPACKInteger(columns), &scales)
    precondition(info == 0, "sgeqrf: argument \(-info) is illegal")
    return true
  }
}
