import CVectorMath
public import LinearAlgebra

extension Float: VectorScalar {
  /// Calls `cvm_combine_rows_f32`.
  public static func combineRows(
    _ out: UnsafeMutablePointer<Float>, from table: UnsafePointer<Float>,
    columns: Int, _ rows: RowCombinations, bias: UnsafePointer<Float>?
  ) {
    cvm_combine_rows_f32(
      out, table, Int64(columns), Int64(rows.count), rows.first, rows.second,
      rows.firstWeights, rows.secondWeights, bias)
  }

  /// Calls `cvm_fold_rows_f32`.
  public static func foldRows(
    _ rows: UnsafePointer<Float>, onto table: UnsafeMutablePointer<Float>,
    tableRows: Range<Int>, tableStride: Int, columns: Int,
    _ combinations: RowCombinations
  ) {
    cvm_fold_rows_f32(
      table, Int64(tableStride), Int64(tableRows.lowerBound),
      Int64(tableRows.upperBound), rows, Int64(columns),
      Int64(combinations.count), combinations.first, combinations.second,
      combinations.firstWeights, combinations.secondWeights)
  }

  /// Calls `cvm_gather_rows_f32`.
  public static func gatherRows(
    _ out: UnsafeMutablePointer<Float>, stride: Int,
    from table: UnsafePointer<Float>, columns: Int,
    indices: UnsafeBufferPointer<Int32>
  ) {
    guard let base = indices.baseAddress else { return }
    cvm_gather_rows_f32(
      out, Int64(stride), table, Int64(columns), Int64(indices.count), base)
  }

  /// Calls `cvm_add_bias_f32`.
  public static func addBias(
    _ values: UnsafeMutablePointer<Float>, bias: UnsafePointer<Float>,
    rows: Int,
    columns: Int
  ) {
    cvm_add_bias_f32(values, bias, Int64(rows), Int64(columns))
  }

  /// Calls `cvm_activate_f32`.
  public static func activate(
    _ activation: Activation, _ u: UnsafePointer<Float>,
    into z: UnsafeMutablePointer<Float>, count: Int
  ) {
    cvm_activate_f32(activation.code, u, z, Int64(count))
  }

  /// Calls `cvm_times_slope_f32`.
  public static func timesSlope(
    _ activation: Activation, _ u: UnsafePointer<Float>,
    gradient: UnsafePointer<Float>, into out: UnsafeMutablePointer<Float>,
    count: Int
  ) {
    cvm_times_slope_f32(activation.code, u, gradient, out, Int64(count))
  }

  /// Calls `cvm_add_times_curvature_f32`.
  public static func addTimesCurvature(
    _ activation: Activation, _ u: UnsafePointer<Float>,
    tangent: UnsafePointer<Float>, gradient: UnsafePointer<Float>,
    into out: UnsafeMutablePointer<Float>, count: Int
  ) {
    cvm_add_times_curvature_f32(
      activation.code, u, tangent, gradient, out, Int64(count))
  }

  /// Calls `cvm_log_softmax_f32`.
  public static func logSoftmax(
    _ logits: UnsafePointer<Float>, into out: UnsafeMutablePointer<Float>,
    rows: Int, columns: Int
  ) {
    cvm_log_softmax_f32(logits, out, Int64(rows), Int64(columns))
  }

  /// Calls `cvm_mixed_cross_entropy_f32`.
  public static func mixedCrossEntropy(
    _ logProbabilities: UnsafePointer<Float>, classes: Int,
    _ targets: MixedTargets, into losses: UnsafeMutablePointer<Double>
  ) {
    cvm_mixed_cross_entropy_f32(
      logProbabilities, Int64(targets.count), Int64(classes), targets.first,
      targets.second, targets.weights, losses)
  }

  /// Calls `cvm_cross_entropy_gradient_f32`.
  public static func crossEntropyGradient(
    _ logProbabilities: UnsafePointer<Float>,
    into out: UnsafeMutablePointer<Float>, classes: Int,
    _ targets: MixedTargets, scale: UnsafePointer<Double>
  ) {
    cvm_cross_entropy_gradient_f32(
      logProbabilities, out, Int64(targets.count), Int64(classes),
      targets.first, targets.second, targets.weights, scale)
  }

  /// Calls `cvm_mixed_squared_error_f32`.
  public static func mixedSquaredError(
    _ logits: UnsafePointer<Float>, classes: Int, _ targets: MixedTargets,
    mixesLosses: Bool, into losses: UnsafeMutablePointer<Double>
  ) {
    cvm_mixed_squared_error_f32(
      logits, Int64(targets.count), Int64(classes), targets.first,
      targets.second, targets.weights, mixesLosses ? 1 : 0, losses)
  }

  /// Calls `cvm_squared_error_gradient_f32`.
  public static func squaredErrorGradient(
    _ logits: UnsafePointer<Float>, into out: UnsafeMutablePointer<Float>,
    classes: Int, _ targets: MixedTargets, scale: UnsafePointer<Double>
  ) {
    cvm_squared_error_gradient_f32(
      logits, out, Int64(targets.count), Int64(classes), targets.first,
      targets.second, targets.weights, scale)
  }

  /// Calls `cvm_column_sums_f32`.
  public static func columnSums(
    _ values: UnsafePointer<Float>, rows: Int, columns: Int,
    into out: UnsafeMutablePointer<Float>
  ) {
    cvm_column_sums_f32(values, Int64(rows), Int64(columns), out)
  }

  /// Calls `cvm_spread_groups_f32`.
  public static func spreadGroups(
    of table: UnsafePointer<Float>, factors: UnsafePointer<Float>,
    into out: UnsafeMutablePointer<Float>, groups: Int, repeats: Int,
    columns: Int
  ) {
    cvm_spread_groups_f32(
      table, factors, out, Int64(groups), Int64(repeats), Int64(columns))
  }

  /// Calls `cvm_row_square_norms_f32`.
  public static func rowSquareNorms(
    _ values: UnsafePointer<Float>, rows: Int, columns: Int,
    into out: UnsafeMutablePointer<Double>
  ) {
    cvm_row_square_norms_f32(values, Int64(rows), Int64(columns), out)
  }

  /// Calls `cvm_active_places_f32`.
  public static func activePlaces(
    of factors: UnsafePointer<Float>, groups: Int, columns: Int,
    into places: UnsafeMutablePointer<Int32>,
    _ counts: UnsafeMutablePointer<Int32>
  ) {
    cvm_active_places_f32(
      factors, Int64(groups), Int64(columns), places, counts)
  }

  /// Calls `cvm_panel_norms_f32`.
  public static func panelNorms(
    panels: UnsafePointer<Float>, columns: Int, isLower: Bool,
    of rows: GroupedRows<Float>, into out: UnsafeMutablePointer<Double>
  ) {
    cvm_panel_norms_f32(
      panels, Int64(rows.width), Int64(columns), isLower ? 1 : 0, rows.numbers,
      Int64(rows.groups), Int64(rows.repeats), rows.active?.places,
      rows.active?.counts, out)
  }

  /// Calls `cvm_panel_rows_f32`.
  public static func panelRows(
    panels: UnsafePointer<Float>, columns: Int, of rows: GroupedRows<Float>,
    factors: UnsafePointer<Float>, into out: UnsafeMutablePointer<Float>
  ) {
    cvm_panel_rows_f32(
      panels, Int64(rows.width), Int64(columns), rows.numbers,
      Int64(rows.groups), Int64(rows.repeats), rows.active?.places,
      rows.active?.counts, factors, out)
  }

  /// Calls `cvm_layer_rows_f32`.
  public static func layerRows(
    panels: UnsafePointer<Float>, inputs: Int, units: Int,
    of rows: UnsafePointer<Float>, stride: Int, count: Int,
    into out: UnsafeMutablePointer<Float>, outStride: Int
  ) {
    cvm_layer_rows_f32(
      panels, Int64(inputs), Int64(units), rows, Int64(stride), Int64(count),
      out, Int64(outStride))
  }

  /// Calls `cvm_layer_descent_f32`.
  public static func layerDescent(
    panels: UnsafeMutablePointer<Float>, velocity: UnsafeMutablePointer<Float>,
    inputs: Int, units: Int, window: Range<Int>, _ samples: LayerSamples<Float>,
    _ constants: DescentConstants
  ) {
    cvm_layer_descent_f32(
      panels, velocity, Int64(inputs), Int64(units), Int64(window.lowerBound),
      Int64(window.upperBound), samples.inputs, Int64(samples.inputStride),
      samples.gradients, Int64(samples.gradientStride), Int64(samples.count),
      constants.c)
  }

  /// Calls `cvm_layer_transpose_f32`.
  public static func layerTranspose(
    panels: UnsafePointer<Float>, inputs: Int, units: Int,
    unitRange: Range<Int>,
    inputRange: Range<Int>, into out: UnsafeMutablePointer<Float>
  ) {
    cvm_layer_transpose_f32(
      panels, Int64(inputs), Int64(units), Int64(unitRange.lowerBound),
      Int64(unitRange.upperBound), Int64(inputRange.lowerBound),
      Int64(inputRange.upperBound), out)
  }

  /// Calls `cvm_all_finite_f32`.
  public static func allFinite(
    _ values: UnsafePointer<Float>, count: Int
  ) -> Bool {
    cvm_all_finite_f32(values, Int64(count)) != 0
  }

  /// Calls `cvm_descend_f32`.
  public static func descend(
    _ parameters: UnsafeMutablePointer<Float>,
    velocity: UnsafeMutablePointer<Float>, gradient: UnsafePointer<Float>,
    count: Int, _ constants: DescentConstants
  ) {
    cvm_descend_f32(
      parameters, velocity, gradient, Int64(count), constants.c)
  }
}
