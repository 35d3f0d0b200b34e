import CVectorMath
public import LinearAlgebra

extension Double: VectorScalar {
  /// Calls `cvm_combine_rows_f64`.
  public static func combineRows(
    _ out: UnsafeMutablePointer<Double>, from table: UnsafePointer<Double>,
    columns: Int, _ rows: RowCombinations, bias: UnsafePointer<Double>?
  ) {
    cvm_combine_rows_f64(
      out, table, Int64(columns), Int64(rows.count), rows.first, rows.second,
      rows.firstWeights, rows.secondWeights, bias)
  }

  /// Calls `cvm_fold_rows_f64`.
  public static func foldRows(
    _ rows: UnsafePointer<Double>, onto table: UnsafeMutablePointer<Double>,
    tableRows: Range<Int>, tableStride: Int, columns: Int,
    _ combinations: RowCombinations
  ) {
    cvm_fold_rows_f64(
      table, Int64(tableStride), Int64(tableRows.lowerBound),
      Int64(tableRows.upperBound), rows, Int64(columns),
      Int64(combinations.count), combinations.first, combinations.second,
      combinations.firstWeights, combinations.secondWeights)
  }

  /// Calls `cvm_gather_rows_f64`.
  public static func gatherRows(
    _ out: UnsafeMutablePointer<Double>, stride: Int,
    from table: UnsafePointer<Double>, columns: Int,
    indices: UnsafeBufferPointer<Int32>
  ) {
    guard let base = indices.baseAddress else { return }
    cvm_gather_rows_f64(
      out, Int64(stride), table, Int64(columns), Int64(indices.count), base)
  }

  /// Calls `cvm_add_bias_f64`.
  public static func addBias(
    _ values: UnsafeMutablePointer<Double>, bias: UnsafePointer<Double>,
    rows: Int,
    columns: Int
  ) {
    cvm_add_bias_f64(values, bias, Int64(rows), Int64(columns))
  }

  /// Calls `cvm_activate_f64`.
  public static func activate(
    _ activation: Activation, _ u: UnsafePointer<Double>,
    into z: UnsafeMutablePointer<Double>, count: Int
  ) {
    cvm_activate_f64(activation.code, u, z, Int64(count))
  }

  /// Calls `cvm_times_slope_f64`.
  public static func timesSlope(
    _ activation: Activation, _ u: UnsafePointer<Double>,
    gradient: UnsafePointer<Double>, into out: UnsafeMutablePointer<Double>,
    count: Int
  ) {
    cvm_times_slope_f64(activation.code, u, gradient, out, Int64(count))
  }

  /// Calls `cvm_add_times_curvature_f64`.
  public static func addTimesCurvature(
    _ activation: Activation, _ u: UnsafePointer<Double>,
    tangent: UnsafePointer<Double>, gradient: UnsafePointer<Double>,
    into out: UnsafeMutablePointer<Double>, count: Int
  ) {
    cvm_add_times_curvature_f64(
      activation.code, u, tangent, gradient, out, Int64(count))
  }

  /// Calls `cvm_log_softmax_f64`.
  public static func logSoftmax(
    _ logits: UnsafePointer<Double>, into out: UnsafeMutablePointer<Double>,
    rows: Int, columns: Int
  ) {
    cvm_log_softmax_f64(logits, out, Int64(rows), Int64(columns))
  }

  /// Calls `cvm_mixed_cross_entropy_f64`.
  public static func mixedCrossEntropy(
    _ logProbabilities: UnsafePointer<Double>, classes: Int,
    _ targets: MixedTargets, into losses: UnsafeMutablePointer<Double>
  ) {
    cvm_mixed_cross_entropy_f64(
      logProbabilities, Int64(targets.count), Int64(classes), targets.first,
      targets.second, targets.weights, losses)
  }

  /// Calls `cvm_cross_entropy_gradient_f64`.
  public static func crossEntropyGradient(
    _ logProbabilities: UnsafePointer<Double>,
    into out: UnsafeMutablePointer<Double>, classes: Int,
    _ targets: MixedTargets, scale: UnsafePointer<Double>
  ) {
    cvm_cross_entropy_gradient_f64(
      logProbabilities, out, Int64(targets.count), Int64(classes),
      targets.first, targets.second, targets.weights, scale)
  }

  /// Calls `cvm_mixed_squared_error_f64`.
  public static func mixedSquaredError(
    _ logits: UnsafePointer<Double>, classes: Int, _ targets: MixedTargets,
    mixesLosses: Bool, into losses: UnsafeMutablePointer<Double>
  ) {
    cvm_mixed_squared_error_f64(
      logits, Int64(targets.count), Int64(classes), targets.first,
      targets.second, targets.weights, mixesLosses ? 1 : 0, losses)
  }

  /// Calls `cvm_squared_error_gradient_f64`.
  public static func squaredErrorGradient(
    _ logits: UnsafePointer<Double>, into out: UnsafeMutablePointer<Double>,
    classes: Int, _ targets: MixedTargets, scale: UnsafePointer<Double>
  ) {
    cvm_squared_error_gradient_f64(
      logits, out, Int64(targets.count), Int64(classes), targets.first,
      targets.second, targets.weights, scale)
  }

  /// Calls `cvm_column_sums_f64`.
  public static func columnSums(
    _ values: UnsafePointer<Double>, rows: Int, columns: Int,
    into out: UnsafeMutablePointer<Double>
  ) {
    cvm_column_sums_f64(values, Int64(rows), Int64(columns), out)
  }

  /// Calls `cvm_spread_groups_f64`.
  public static func spreadGroups(
    of table: UnsafePointer<Double>, factors: UnsafePointer<Double>,
    into out: UnsafeMutablePointer<Double>, groups: Int, repeats: Int,
    columns: Int
  ) {
    cvm_spread_groups_f64(
      table, factors, out, Int64(groups), Int64(repeats), Int64(columns))
  }

  /// Calls `cvm_row_square_norms_f64`.
  public static func rowSquareNorms(
    _ values: UnsafePointer<Double>, rows: Int, columns: Int,
    into out: UnsafeMutablePointer<Double>
  ) {
    cvm_row_square_norms_f64(values, Int64(rows), Int64(columns), out)
  }

  /// Calls `cvm_active_places_f64`.
  public static func activePlaces(
    of factors: UnsafePointer<Double>, groups: Int, columns: Int,
    into places: UnsafeMutablePointer<Int32>,
    _ counts: UnsafeMutablePointer<Int32>
  ) {
    cvm_active_places_f64(
      factors, Int64(groups), Int64(columns), places, counts)
  }

  /// Calls `cvm_panel_norms_f64`.
  public static func panelNorms(
    panels: UnsafePointer<Double>, columns: Int, isLower: Bool,
    of rows: GroupedRows<Double>, into out: UnsafeMutablePointer<Double>
  ) {
    cvm_panel_norms_f64(
      panels, Int64(rows.width), Int64(columns), isLower ? 1 : 0, rows.numbers,
      Int64(rows.groups), Int64(rows.repeats), rows.active?.places,
      rows.active?.counts, out)
  }

  /// Calls `cvm_panel_rows_f64`.
  public static func panelRows(
    panels: UnsafePointer<Double>, columns: Int, of rows: GroupedRows<Double>,
    factors: UnsafePointer<Double>, into out: UnsafeMutablePointer<Double>
  ) {
    cvm_panel_rows_f64(
      panels, Int64(rows.width), Int64(columns), rows.numbers,
      Int64(rows.groups), Int64(rows.repeats), rows.active?.places,
      rows.active?.counts, factors, out)
  }

  /// Calls `cvm_layer_rows_f64`.
  public static func layerRows(
    panels: UnsafePointer<Double>, inputs: Int, units: Int,
    of rows: UnsafePointer<Double>, stride: Int, count: Int,
    into out: UnsafeMutablePointer<Double>, outStride: Int
  ) {
    cvm_layer_rows_f64(
      panels, Int64(inputs), Int64(units), rows, Int64(stride), Int64(count),
      out, Int64(outStride))
  }

  /// Calls `cvm_layer_descent_f64`.
  public static func layerDescent(
    panels: UnsafeMutablePointer<Double>,
    velocity: UnsafeMutablePointer<Double>, inputs: Int, units: Int,
    window: Range<Int>, _ samples: LayerSamples<Double>,
    _ constants: DescentConstants
  ) {
    cvm_layer_descent_f64(
      panels, velocity, Int64(inputs), Int64(units), Int64(window.lowerBound),
      Int64(window.upperBound), samples.inputs, Int64(samples.inputStride),
      samples.gradients, Int64(samples.gradientStride), Int64(samples.count),
      constants.c)
  }

  /// Calls `cvm_layer_transpose_f64`.
  public static func layerTranspose(
    panels: UnsafePointer<Double>, inputs: Int, units: Int,
    unitRange: Range<Int>,
    inputRange: Range<Int>, into out: UnsafeMutablePointer<Double>
  ) {
    cvm_layer_transpose_f64(
      panels, Int64(inputs), Int64(units), Int64(unitRange.lowerBound),
      Int64(unitRange.upperBound), Int64(inputRange.lowerBound),
      Int64(inputRange.upperBound), out)
  }

  /// Calls `cvm_all_finite_f64`.
  public static func allFinite(
    _ values: UnsafePointer<Double>, count: Int
  ) -> Bool {
    cvm_all_finite_f64(values, Int64(count)) != 0
  }

  /// Calls `cvm_descend_f64`.
  public static func descend(
    _ parameters: UnsafeMutablePointer<Double>,
    velocity: UnsafeMutablePointer<Double>, gradient: UnsafePointer<Double>,
    count: Int, _ constants: DescentConstants
  ) {
    cvm_descend_f64(
      parameters, velocity, gradient, Int64(count), constants.c)
  }
}
