public import LinearAlgebra
public import Networks
public import VectorMath

extension DenseNetwork<Double> {
  /// A patch network of squares as a dense one, on flattened patches.
  ///
  ///     F_k(x) = Σ_p Σ_r ⟨w_kr, x⁽ᵖ⁾⟩²
  ///
  /// One hidden unit for each class, filter and patch, with the filter at the
  /// patch's place and zeros elsewhere; the second layer sums a class's units.
  ///
  /// - Parameter weights: w_kr as rows, [classes·filters, d], class by class.
  /// - Precondition: as many rows as a multiple of the classes; at least one
  ///   patch.
  /// - Complexity: `patchCount` times as many products as the patch network
  ///   needs, for what is computed seldom.
  public init(
    squaredPatchWeights weights: Matrix<Double>, classCount: Int,
    patchCount: Int
  ) {
    precondition(
      classCount > 0 && patchCount > 0 && weights.rowCount > 0
        && weights.rowCount % classCount == 0,
      "\(weights.rowCount) filters for \(classCount) classes and "
        + "\(patchCount) patches")
    let filters = weights.rowCount / classCount
    let size = weights.columnCount
    let shape = DenseShape(
      sizes: [size * patchCount, weights.rowCount * patchCount, classCount],
      activation: .square)
    var parameters = [Double](repeating: 0, count: shape.parameterCount)
    let second = shape.weightOffset(ofLayer: 2)
    for row in 0..<weights.rowCount {
      for patch in 0..<patchCount {
        let unit = row * patchCount + patch
        for d in 0..<size {
          parameters[unit * shape.inputSize + patch * size + d] =
            weights[row, d]
        }
        parameters[second + row / filters * shape.sizes[1] + unit] = 1
      }
    }
    self.init(shape: shape, parameters: parameters)
  }
}
