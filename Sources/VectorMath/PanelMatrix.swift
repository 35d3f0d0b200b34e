import CVectorMath

/// A matrix A packed once for many products with thin matrices.
///
/// It lies in panels of 64 bytes' columns, so that a product reads it from end
/// to end and keeps its sums in registers: for few rows 2 to 3 times the rate of
/// a general product, which packs the matrix anew on each call.
public final class PanelMatrix<Scalar: VectorScalar>: Sendable {
  /// Number of rows, the length of the sums.
  public let rowCount: Int
  /// Number of columns.
  public let columnCount: Int
  /// Whether a panel begins at its own diagonal.
  public let isLower: Bool
  private static var panelWidth: Int { CacheLines<Scalar>.width }

  /// Never written after `init`.
  private nonisolated(unsafe) let panels: UnsafeMutablePointer<Scalar>

  /// Packs the matrix with these elements.
  ///
  /// - Parameter isLower: Whether A is lower triangular: the elements above the
  ///   diagonal are 0, and few of them are read.
  /// - Precondition: the counts are not negative; a lower triangular matrix has
  ///   no more columns than rows.
  public init(
    rowCount: Int, columnCount: Int, isLower: Bool = false,
    _ element: (Int, Int) -> Scalar
  ) {
    precondition(
      rowCount >= 0 && columnCount >= 0
        && (!isLower || columnCount <= rowCount),
      "expected counts of at least 0, and columns up to the rows of a "
        + "triangle, got \(rowCount) × \(columnCount)")
    self.rowCount = rowCount
    self.columnCount = columnCount
    self.isLower = isLower
    let width = Self.panelWidth
    let firsts = stride(from: 0, to: columnCount, by: width)
    func top(_ first: Int) -> Int { isLower ? first : 0 }
    let count = firsts.reduce(0) { $0 + (rowCount - top($1)) * width }
    panels = CacheLines<Scalar>.allocate(count)
    var next = panels
    for first in firsts {
      for row in top(first)..<rowCount {
        for column in first..<first + width {
          next.pointee = column < columnCount ? element(row, column) : 0
          next += 1
        }
      }
    }
  }

  deinit {
    panels.deallocate()
  }

  /// Writes ‖Aᵀv‖² of rows v, squares in double precision; no product is
  /// written.
  ///
  /// - Complexity: one multiplication and addition for each element of A (about
  ///   half of them where A is lower triangular) at a place where the row's
  ///   group is not zero.
  public func writeSquareNorms(
    of rows: GroupedRows<Scalar>, into out: UnsafeMutablePointer<Double>
  ) {
    precondition(
      rows.width == rowCount, "rows of \(rows.width) for \(rowCount)")
    Scalar.panelNorms(
      panels: panels, columns: columnCount, isLower: isLower, of: rows,
      into: out)
  }

  /// Writes Aᵀv of rows v, element by element times the factors of the row's
  /// group.
  ///
  /// - Parameter factors: [groups, columnCount].
  /// - Precondition: A is not packed as lower triangular.
  public func writeRows(
    of rows: GroupedRows<Scalar>, factors: UnsafePointer<Scalar>,
    into out: UnsafeMutablePointer<Scalar>
  ) {
    precondition(
      rows.width == rowCount && !isLower,
      "rows of \(rows.width) for \(rowCount), lower: \(isLower)")
    Scalar.panelRows(
      panels: panels, columns: columnCount, of: rows, factors: factors,
      into: out)
  }
}

extension PanelMatrix where Scalar == Double {
  /// Writes the product for the columns in `range`.
  ///
  ///     out[c, j] = base[c, j] + Σ_k coefficients[k, c]·A[k, j]
  ///
  /// - Parameters:
  ///   - range: Begins at the start of a panel; ends at the end of one or at
  ///     the last column.
  ///   - coefficients: `rowCount × channels`.
  ///   - base: `channels × columns` with `stride` between rows, or nil for 0.
  ///   - out: As `base`, which it may be.
  public func multiply(
    columns range: Range<Int>, coefficients: UnsafePointer<Double>,
    channels: Int, base: UnsafePointer<Double>?,
    into out: UnsafeMutablePointer<Double>, stride: Int
  ) {
    precondition(
      range.lowerBound.isMultiple(of: Self.panelWidth)
        && 0 <= range.lowerBound && range.upperBound <= columnCount
        && (range.upperBound.isMultiple(of: Self.panelWidth)
          || range.upperBound == columnCount),
      "columns \(range) of \(columnCount) do not begin and end with panels")
    precondition(!isLower, "panels that begin at their diagonal")
    cvm_panel_product(
      panels, coefficients, Int64(rowCount), Int64(channels),
      Int64(range.lowerBound), Int64(range.upperBound), base, out,
      Int64(stride))
  }
}

extension Double {
  /// out[i] = e^x[i], within 1 ulp on [−708, 709] and clamped outside.
  public static func exponentials(
    _ x: UnsafePointer<Double>, into out: UnsafeMutablePointer<Double>,
    count: Int
  ) {
    cvm_exp_f64(x, out, Int64(count))
  }

  /// out[i] = e^x[i] − 1, within 3 ulp on [−708, 709] and clamped outside.
  public static func exponentialsMinusOne(
    _ x: UnsafePointer<Double>, into out: UnsafeMutablePointer<Double>,
    count: Int
  ) {
    cvm_expm1_f64(x, out, Int64(count))
  }

  /// out[i] = log(1 + e^x[i]), within 3 ulp.
  public static func softplus(
    _ x: UnsafePointer<Double>, into out: UnsafeMutablePointer<Double>,
    count: Int
  ) {
    cvm_softplus_f64(x, out, Int64(count))
  }
}
