internal import CLAPACKE
internal import RealModule

/// The Gauss rule for expectations over a Beta law.
///
///     E[g(λ)] = Σ weights[i]·g(nodes[i])   for λ ~ Beta(α, β) on [0, 1],
///
/// exact for polynomials g of degree up to 2·count − 1.
///
/// - Source: Golub and Welsch, "Calculation of Gauss quadrature rules", Math.
///   Comp. 23 (1969): the nodes are the eigenvalues of the Jacobi matrix J of
///   the orthogonal polynomials, the weights the squared first components of
///   its eigenvectors.
/// - Departs from the source: J is never formed. On [0, 1] it is B·Bᵀ with a
///   bidiagonal B whose squared entries are sums, products and quotients of
///   positive numbers, so that the squared singular values of B are the nodes
///   to high *relative* accuracy. LAPACK's `dbdsqr` rotates one row alongside,
///   which ends as the first components, in O(count²) altogether. Nodes crowd
///   at both ends, like 1/count², but only those near 0 are far apart in
///   relative terms; those above ½ are therefore found near 0, as the mirror
///   images of nodes of Beta(β, α).
/// - Numerics: for shapes from 0.01 to 100 and up to 200 nodes, each moment is
///   within 8·count·2⁻⁵² of the exact one; smaller weights than that have no
///   correct digits.
public struct GaussJacobi: Sendable, Equatable {
  /// The nodes, ascending, in [0, 1].
  public let nodes: [Double]

  /// The weights, of sum 1.
  public let weights: [Double]

  /// The rule with `count` nodes for λ ~ Beta(`alpha`, `beta`), whose density is
  /// proportional to λ^(alpha−1)·(1−λ)^(beta−1).
  ///
  /// - Precondition: `alpha` and `beta` are positive and finite, `count >= 1`.
  /// - Complexity: O(count²).
  public init(
    alpha: Double, beta: Double, count: Int
  ) throws(LinearAlgebraError) {
    precondition(
      alpha > 0 && beta > 0 && (alpha + beta).isFinite,
      "expected positive, finite shapes of the Beta law, got \(alpha) and "
        + "\(beta)")
    precondition(count >= 1, "expected at least 1 node, got \(count)")
    let lower = try Self.eigenpairs(alpha: alpha, beta: beta, count: count)
    let upper = try Self.eigenpairs(alpha: beta, beta: alpha, count: count)
    var nodes: [Double] = []
    var weights: [Double] = []
    for (near0, near1) in zip(lower, upper.reversed()) {
      let isLower = near0.value <= near1.value
      nodes.append(isLower ? near0.value : 1 - near1.value)
      weights.append((isLower ? near0 : near1).weight)
    }
    let total = weights.reduce(0, +)
    self.nodes = nodes
    self.weights = weights.map { $0 / total }
  }

  /// The eigenvalues of J, ascending, with the squared first components of its
  /// normalized eigenvectors.
  private static func eigenpairs(
    alpha: Double, beta: Double, count: Int
  ) throws(LinearAlgebraError) -> [(value: Double, weight: Double)] {
    OpenBLAS.prepare()
    // J has the diagonal u_k + d_k and the squared off-diagonal u_(k−1)·d_k,
    //   u_k = (k+s−1)(k+α) / ((2k+s−1)(2k+s)),   u_0 = α/s,
    //   d_k = k(k+β−1) / ((2k+s−2)(2k+s−1)),     d_0 = 0,   s = α + β.
    // Hence B is lower bidiagonal, with √u_k on the diagonal, √d_k beside it.
    let s = alpha + beta
    var diagonal = [(alpha / s).squareRoot()]
    var subdiagonal: [Double] = []
    for k in 1..<count {
      let j = Double(k - 1)
      let k = Double(k)
      let up = (j + s) / (k + j + s) * ((k + alpha) / (2 * k + s))
      let down = k / (2 * j + s) * ((j + beta) / (k + j + s))
      diagonal.append(up.squareRoot())
      subdiagonal.append(down.squareRoot())
    }
    var first = [Double](repeating: 0, count: count)
    first[0] = 1
    try checkLAPACK(
      LAPACKE_dbdsqr(
        columnMajor, LAPACKOption.lower, LAPACKInteger(count), 0, 1, 0,
        &diagonal, &subdiagonal, nil, 1, &first, 1, nil, 1),
      of: "dbdsqr")
    // Singular values come largest first.
    return zip(diagonal, first).reversed().map { ($0 * $0, $1 * $1) }
  }

  /// The sum Σ weights[i]·g(nodes[i]), which approximates E[g(λ)].
  @inlinable
  public func expectation<Failure: Error>(
    _ function: (Double) throws(Failure) -> Double
  ) throws(Failure) -> Double {
    var sum = 0.0
    for index in nodes.indices {
      sum += weights[index] * (try function(nodes[index]))
    }
    return sum
  }
}
