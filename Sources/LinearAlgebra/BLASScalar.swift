public import RealModule

/// A number that OpenBLAS computes with: `Float` or `Double`.
///
/// The requirements are the eight routines that everything else is built from,
/// on raw pointers. All matrices are row-major: element (i, j) of a matrix with
/// stride s is at `i * s + j`, and s is at least the row length. A dimension of
/// zero is legal everywhere. Where `beta` is zero, the output is not read: it
/// may be uninitialised or hold NaN. Input and output must not overlap.
public protocol BLASScalar: BinaryFloatingPoint, Real, Sendable {
  /// Matrix product, C ← alpha·op(A)·op(B) + beta·C.
  ///
  /// - Shapes: op(A) is `rows × inner`, op(B) is `inner × columns`, C is
  ///   `rows × columns`; op(X) is Xᵀ where its `transpose` is true.
  static func gemm(
    transposeA: Bool, transposeB: Bool, rows: Int, columns: Int, inner: Int,
    alpha: Self, _ a: UnsafePointer<Self>, strideA: Int,
    _ b: UnsafePointer<Self>, strideB: Int,
    beta: Self, _ c: UnsafeMutablePointer<Self>, strideC: Int)

  /// Matrix-vector product, y ← alpha·op(A)·x + beta·y.
  ///
  /// - Shapes: A is stored as `rows × columns`, whatever `transpose` says; x has
  ///   `columns` elements and y `rows`, exchanged where `transpose` is true.
  static func gemv(
    transpose: Bool, rows: Int, columns: Int,
    alpha: Self, _ a: UnsafePointer<Self>, strideA: Int,
    _ x: UnsafePointer<Self>, beta: Self, _ y: UnsafeMutablePointer<Self>)

  /// Product of a matrix with its own transpose, C ← alpha·A·Aᵀ + beta·C, or
  /// alpha·Aᵀ·A + beta·C where `transpose` is true.
  ///
  /// Half the work of `gemm`. Both triangles of C are written; where `beta` is
  /// not zero, only the upper one is read.
  ///
  /// - Shapes: A is stored as `order × inner`, or `inner × order` where
  ///   `transpose` is true; C is `order × order`.
  static func syrk(
    transpose: Bool, order: Int, inner: Int,
    alpha: Self, _ a: UnsafePointer<Self>, strideA: Int,
    beta: Self, _ c: UnsafeMutablePointer<Self>, strideC: Int)

  /// Inner product, Σ xᵢyᵢ over `count` elements.
  static func dot(
    _ count: Int, _ x: UnsafePointer<Self>, _ y: UnsafePointer<Self>
  ) -> Self

  /// Euclidean norm of `count` elements, without overflow of the squares.
  static func nrm2(_ count: Int, _ x: UnsafePointer<Self>) -> Self

  /// Scaled addition, y ← alpha·x + y over `count` elements.
  static func axpy(
    _ count: Int, alpha: Self, _ x: UnsafePointer<Self>,
    _ y: UnsafeMutablePointer<Self>)

  /// Copy of `count` elements that lie `strideX` apart to places `strideY`
  /// apart.
  static func copy(
    _ count: Int, _ x: UnsafePointer<Self>, strideX: Int,
    _ y: UnsafeMutablePointer<Self>, strideY: Int)

  /// Householder reflections from the right that make A lower triangular (or
  /// trapezoidal), in place; what lies above the diagonal is of no use then.
  ///
  /// - Returns: false, with A as it was, where an element is NaN or infinite.
  static func reflectToLower(
    rows: Int, columns: Int, _ a: UnsafeMutablePointer<Self>
  ) -> Bool
}
