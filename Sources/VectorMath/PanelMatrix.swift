import CVectorMath

/// A matrix packed once for many products with thin matrices.
///
///     out[c, j] = base[c, j] + Σ_k coefficients[k, c]·matrix[k, j]
///
/// It lies in panels of 8 columns, so that a product reads it from end to end
/// and keeps its sums in registers: 2 to 3 times the rate of a general product,
/// which packs the matrix anew on each call.
///
/// - Complexity: One multiplication and addition per element and channel.
public final class PanelMatrix: Sendable {
  /// Number of rows, the length of the sums.
  public let rowCount: Int
  /// Number of columns.
  public let columnCount: Int
  /// Columns of a panel.
  public static let panelWidth = 8

  /// Never written after `init`.
  private nonisolated(unsafe) let panels: UnsafeMutableRawPointer

  private var numbers: UnsafeMutablePointer<Double> {
    panels.assumingMemoryBound(to: Double.self)
  }

  /// Packs the matrix with these elements.
  ///
  /// - Precondition: the counts are not negative.
  public init(
    rowCount: Int, columnCount: Int, _ element: (Int, Int) -> Double
  ) {
    precondition(
      rowCount >= 0 && columnCount >= 0,
      "expected counts of at least 0, got \(rowCount) × \(columnCount)")
    self.rowCount = rowCount
    self.columnCount = columnCount
    let width = Self.panelWidth
    let panelCount = (columnCount + width - 1) / width
    panels = UnsafeMutableRawPointer.allocate(
      byteCount: max(panelCount * rowCount * width, 1) * 8, alignment: 64)
    for panel in 0..<panelCount {
      let start = numbers + panel * rowCount * width
      for k in 0..<rowCount {
        for j in 0..<width {
          let column = panel * width + j
          start[k * width + j] = column < columnCount ? element(k, column) : 0
        }
      }
    }
  }

  deinit {
    panels.deallocate()
  }

  /// Writes the product for the columns in `range`.
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
    cvm_panel_product(
      numbers, coefficients, Int64(rowCount), Int64(channels),
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
