import CVectorMath

/// A block of pairs of samples, some rows i with some columns j, and where the
/// sums over it go.
///
/// A pair (i, j) stands for both of its orders, x_ij = λx_i + (1 − λ)x_j and
/// x_ji. With F(x_ij) = λ²a_i + 2λ(1 − λ)A_ij + (1 − λ)²a_j for each class, and
/// the residual G = softmax(F) − (λ·y_i + (1 − λ)·y_j), a block computes
///
///     coupling[i, j]  = E[λ(1 − λ)(G_ij + G_ji)]
///     rowSums[i]     += Σ_j E[λ²G_ij + (1 − λ)²G_ji]
///     columnSums[j]  += Σ_i E[(1 − λ)²G_ij + λ²G_ji]
///
/// where E is a rule over λ, or the pair's own λ. A block on the diagonal holds
/// every pair twice: it has no `columnSums`, and its loss counts one order.
public struct PairBlock {
  /// The most columns of a block.
  public static let maximumColumns = Int(CVM_PAIR_COLUMNS)
  /// The most classes.
  public static let maximumClasses = Int(CVM_PAIR_CLASSES)

  private var block: cvm_pair_block

  /// The pairs of a block and what is known of them.
  ///
  /// - Parameters:
  ///   - gram: A_ij, `stride` between rows, `classStride` between classes.
  ///   - rowNorms: a_i, `normStride` between classes; so for `columnNorms`.
  ///   - coupling: Where the coupling goes, strides as of `gram`; may be `gram`.
  public init(
    rows: Int, columns: Int, classes: Int, gram: UnsafePointer<Double>,
    stride: Int, classStride: Int, rowNorms: UnsafePointer<Double>,
    columnNorms: UnsafePointer<Double>, normStride: Int,
    rowLabels: UnsafePointer<Int32>, columnLabels: UnsafePointer<Int32>,
    coupling: UnsafeMutablePointer<Double>,
    rowSums: UnsafeMutablePointer<Double>,
    columnSums: UnsafeMutablePointer<Double>?
  ) {
    precondition(
      columns <= Self.maximumColumns && classes <= Self.maximumClasses,
      "a block of \(columns) columns and \(classes) classes, at most "
        + "\(Self.maximumColumns) and \(Self.maximumClasses)")
    block = cvm_pair_block()
    block.rows = Int64(rows)
    block.columns = Int64(columns)
    block.classes = Int64(classes)
    block.gram = gram
    block.stride = Int64(stride)
    block.class_stride = Int64(classStride)
    block.row_norms = rowNorms
    block.column_norms = columnNorms
    block.norm_stride = Int64(normStride)
    block.row_labels = rowLabels
    block.column_labels = columnLabels
    block.coupling = coupling
    block.row_sums = rowSums
    block.column_sums = columnSums
  }

  /// Takes E as Σ weights[q]·(value at lambdas[q]).
  public mutating func setRule(
    nodes: Int, lambdas: UnsafePointer<Double>, weights: UnsafePointer<Double>
  ) {
    block.nodes = Int64(nodes)
    block.lambdas = lambdas
    block.node_weights = weights
  }

  /// Takes each pair's own λ in both orders, `stride` between rows.
  public mutating func setLambdas(
    forward: UnsafePointer<Double>, backward: UnsafePointer<Double>,
    stride: Int
  ) {
    block.forward_lambdas = forward
    block.backward_lambdas = backward
    block.pair_stride = Int64(stride)
  }

  /// Weights each pair in both orders, `stride` between rows.
  public mutating func setWeights(
    forward: UnsafePointer<Double>, backward: UnsafePointer<Double>,
    stride: Int
  ) {
    block.forward_weights = forward
    block.backward_weights = backward
    block.pair_stride = Int64(stride)
  }

  /// Adds the weighted losses of the block to a number as well.
  public mutating func addLosses(to sum: UnsafeMutablePointer<Double>) {
    block.loss = sum
  }

  /// Computes a block of two classes, with one sigmoid per pair and node.
  ///
  /// `gram` and norms are those of class 0 minus those of class 1; the sums are
  /// of class 0, and class 1 has the same with the other sign.
  ///
  /// - Precondition: The block has two classes.
  public func addMargins() {
    precondition(
      block.classes == 2, "margins of \(block.classes) classes, expected 2")
    withUnsafePointer(to: block) { cvm_pair_margins($0) }
  }

  /// Computes a block of any number of classes.
  public func addLogits() {
    withUnsafePointer(to: block) { cvm_pair_logits($0) }
  }
}
