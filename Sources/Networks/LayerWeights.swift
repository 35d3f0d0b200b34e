public import VectorMath

/// The weights and biases of a dense network, as a pass multiplies by them.
public protocol LayerWeights<Scalar> {
  /// The number type.
  associatedtype Scalar: VectorScalar
  /// out[r] = W_l·rows[r]; [count, sizes[l − 1]] to [count, sizes[l]].
  func multiply(
    layer: Int, _ rows: UnsafePointer<Scalar>, count: Int,
    into out: UnsafeMutablePointer<Scalar>)
  /// out[r] = W_lᵀ·rows[r]; [count, sizes[l]] to [count, sizes[l − 1]].
  func multiplyTransposed(
    layer: Int, _ rows: UnsafePointer<Scalar>, count: Int,
    into out: UnsafeMutablePointer<Scalar>)
  /// b_l.
  func bias(ofLayer layer: Int) -> UnsafePointer<Scalar>
}

/// Parameters as `DenseShape` lays them out, multiplied by BLAS.
struct FlatWeights<Scalar: VectorScalar>: LayerWeights {
  let shape: DenseShape
  let parameters: UnsafePointer<Scalar>

  func multiply(
    layer: Int, _ rows: UnsafePointer<Scalar>, count: Int,
    into out: UnsafeMutablePointer<Scalar>
  ) {
    let (width, before) = (shape.sizes[layer], shape.sizes[layer - 1])
    Scalar.gemm(
      transposeA: false, transposeB: true, rows: count, columns: width,
      inner: before, alpha: 1, rows, strideA: before,
      parameters + shape.weightOffset(ofLayer: layer), strideB: before,
      beta: 0, out, strideC: width)
  }

  func multiplyTransposed(
    layer: Int, _ rows: UnsafePointer<Scalar>, count: Int,
    into out: UnsafeMutablePointer<Scalar>
  ) {
    let (width, before) = (shape.sizes[layer], shape.sizes[layer - 1])
    Scalar.gemm(
      transposeA: false, transposeB: false, rows: count, columns: before,
      inner: width, alpha: 1, rows, strideA: width,
      parameters + shape.weightOffset(ofLayer: layer), strideB: before,
      beta: 0, out, strideC: before)
  }

  func bias(ofLayer layer: Int) -> UnsafePointer<Scalar> {
    parameters + shape.biasOffset(ofLayer: layer)
  }
}
