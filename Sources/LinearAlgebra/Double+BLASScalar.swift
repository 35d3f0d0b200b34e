internal import CLAPACKE
internal import COpenBLAS
public import RealModule

extension Double: BLASScalar {
  /// Matrix product, by `cblas_dgemm`.
  public static func gemm(
    transposeA: Bool, transposeB: Bool, rows: Int, columns: Int, inner: Int,
    alpha: Double, _ a: UnsafePointer<Double>, strideA: Int,
    _ b: UnsafePointer<Double>, strideB: Int,
    beta: Double, _ c: UnsafeMutablePointer<Double>, strideC: Int
  ) {
    OpenBLAS.prepare()
    guard rows > 0, columns > 0 else { return }
    guard inner > 0 else {
      scale(rows: rows, columns: columns, by: beta, c, stride: strideC)
      return
    }
    cblas_dgemm(
      CblasRowMajor, CBLAS_TRANSPOSE(transposeA), CBLAS_TRANSPOSE(transposeB),
      Int32(rows), Int32(columns), Int32(inner),
      alpha, a, Int32(strideA), b, Int32(strideB), beta, c, Int32(strideC))
  }

  /// Matrix-vector product, by `cblas_dgemv`.
  public static func gemv(
    transpose: Bool, rows: Int, columns: Int,
    alpha: Double, _ a: UnsafePointer<Double>, strideA: Int,
    _ x: UnsafePointer<Double>, beta: Double, _ y: UnsafeMutablePointer<Double>
  ) {
    OpenBLAS.prepare()
    guard rows > 0, columns > 0 else {
      let count = transpose ? columns : rows
      scale(rows: 1, columns: count, by: beta, y, stride: count)
      return
    }
    cblas_dgemv(
      CblasRowMajor, CBLAS_TRANSPOSE(transpose), Int32(rows), Int32(columns),
      alpha, a, Int32(strideA), x, 1, beta, y, 1)
  }

  /// Product with the own transpose, by `cblas_dsyrk`.
  public static func syrk(
    transpose: Bool, order: Int, inner: Int,
    alpha: Double, _ a: UnsafePointer<Double>, strideA: Int,
    beta: Double, _ c: UnsafeMutablePointer<Double>, strideC: Int
  ) {
    OpenBLAS.prepare()
    guard order > 0 else { return }
    if inner > 0 {
      cblas_dsyrk(
        CblasRowMajor, CblasUpper, CBLAS_TRANSPOSE(transpose),
        Int32(order), Int32(inner),
        alpha, a, Int32(strideA), beta, c, Int32(strideC))
    } else {
      scale(rows: order, columns: order, by: beta, c, stride: strideC)
    }
    mirrorUpperTriangle(order: order, c, stride: strideC)
  }

  /// Inner product, by `cblas_ddot`.
  public static func dot(
    _ count: Int, _ x: UnsafePointer<Double>, _ y: UnsafePointer<Double>
  ) -> Double {
    OpenBLAS.prepare()
    return cblas_ddot(Int32(count), x, 1, y, 1)
  }

  /// Euclidean norm, by `cblas_dnrm2`.
  public static func nrm2(_ count: Int, _ x: UnsafePointer<Double>) -> Double {
    OpenBLAS.prepare()
    return cblas_dnrm2(Int32(count), x, 1)
  }

  /// Scaled addition, by `cblas_daxpy`.
  public static func axpy(
    _ count: Int, alpha: Double, _ x: UnsafePointer<Double>,
    _ y: UnsafeMutablePointer<Double>
  ) {
    OpenBLAS.prepare()
    cblas_daxpy(Int32(count), alpha, x, 1, y, 1)
  }

  /// Strided copy, by `cblas_dcopy`.
  public static func copy(
    _ count: Int, _ x: UnsafePointer<Double>, strideX: Int,
    _ y: UnsafeMutablePointer<Double>, strideY: Int
  ) {
    OpenBLAS.prepare()
    cblas_dcopy(Int32(count), x, Int32(strideX), y, Int32(strideY))
  }

  /// Householder reflections, by `dgeqrf` on Aᵀ.
  public static func reflectToLower(
    rows: Int, columns: Int, _ a: UnsafeMutablePointer<Double>
  ) -> Bool {
    OpenBLAS.prepare()
    guard rows > 0, columns > 0 else { return true }
    // x − x is 0 for a finite x and NaN otherwise; the loop has no branch.
    var deviation: Double = 0
    for i in 0..<rows * columns { deviation += a[i] - a[i] }
    guard deviation == 0 else { return false }
    var scales = [Double](repeating: 0, count: min(rows, columns))
    let info = LAPACKE_dgeqrf(
      columnMajor, LAPACKInteger(columns), LAPACKInteger(rows), a,
      LAPACKInteger(columns), &scales)
    precondition(info == 0, "dgeqrf: argument \(-info) is illegal")
    return true
  }
}
