internal import CLAPACKE

// How this module calls LAPACK.
//
// `Matrix` is row-major and LAPACK is column-major: the numbers of A, read by
// LAPACK, are Aᵀ. Asking LAPACKE for row-major order makes it transpose every
// matrix into fresh memory and back. The wrappers here ask for column-major
// order throughout and read the answer through the same transposition:
// a symmetric matrix is its own transpose, the SVD of Aᵀ is that of A with left
// and right exchanged, A = QR is Aᵀ = RᵀQᵀ (an LQ factorization), and the upper
// Cholesky factor of one order is the lower factor of the other. Only
// eigenvectors and least squares need a transposition, and do it themselves.

/// LAPACKE's `lapack_int`, a macro that Swift does not see.
typealias LAPACKInteger = Int32

/// Column-major order, for every call.
let columnMajor = LAPACK_COL_MAJOR

/// The one-letter options of LAPACK routines.
///
/// `upper` and `lower` are triangles in LAPACK's order: the other one in ours.
enum LAPACKOption {
  static let vectors = CChar(UInt8(ascii: "V"))
  static let noVectors = CChar(UInt8(ascii: "N"))
  static let thin = CChar(UInt8(ascii: "S"))
  static let indexRange = CChar(UInt8(ascii: "I"))
  static let left = CChar(UInt8(ascii: "L"))
  static let transpose = CChar(UInt8(ascii: "T"))
  static let noTranspose = CChar(UInt8(ascii: "N"))
  static let lower = CChar(UInt8(ascii: "L"))
  static let upper = CChar(UInt8(ascii: "U"))
}

/// Turns what a LAPACK routine returned into an outcome.
///
/// A negative value (an illegal argument, or no memory for the workspace) is a
/// mistake of this module and traps; a positive one is a property of the
/// numbers and throws `failure`, by default that the routine did not converge.
func checkLAPACK(
  _ info: LAPACKInteger, of routine: String,
  else failure: LinearAlgebraError? = nil
) throws(LinearAlgebraError) {
  precondition(
    info >= 0,
    info <= -1010
      ? "\(routine): no memory for its workspace"
      : "\(routine): argument \(-info) is illegal")
  guard info == 0 else {
    throw failure ?? .notConverged(routine: routine, info: Int(info))
  }
}

/// Throws where one of `elements` is NaN or infinite.
///
/// Some LAPACK routines do not come back from such input.
func requireFinite(
  _ elements: [Double], in operation: String
) throws(LinearAlgebraError) {
  // x − x is 0 for a finite x and NaN otherwise; the loop has no branch.
  var deviation = 0.0
  for element in elements { deviation += element - element }
  guard deviation == 0 else { throw .notFinite(operation: operation) }
}

/// The rank rule of this module: a singular value counts as zero where it is at
/// most this times the largest one.
///
/// By default max(m, n)·2⁻⁵², the size of the rounding errors in the matrix.
func rankTolerance(_ chosen: Double?, rows: Int, columns: Int) -> Double {
  let tolerance = chosen ?? Double(max(rows, columns)) * .ulpOfOne
  precondition(
    tolerance >= 0, "expected a tolerance of at least 0, got \(tolerance)")
  return tolerance
}
