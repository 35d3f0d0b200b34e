public import LinearAlgebra
public import Synthetic
internal import RealModule

/// The squared risk of a model that is linear in its features.
///
///     R(θ) = E(θᵀφ(X) − Y)² = θᵀGθ − 2θᵀg + τ
///     G = E[φφᵀ], d × d     g = E[φY], [d]     τ = E[Y²]
public struct QuadraticRisk: Sendable, Equatable {
  /// G.
  public let moment: Matrix<Double>
  /// g.
  public let cross: [Double]
  /// τ.
  public let labelSquare: Double

  /// A risk from its moments.
  public init(moment: Matrix<Double>, cross: [Double], labelSquare: Double) {
    precondition(
      moment.rowCount == cross.count && moment.columnCount == cross.count,
      "moments of \(moment.rowCount) × \(moment.columnCount) and "
        + "\(cross.count)")
    self.moment = moment
    self.cross = cross
    self.labelSquare = labelSquare
  }

  /// The mean over the rows of a sample.
  public init(rows: some DesignRows, labels: [Double], threads: Int = 1) {
    self.init(
      moment: rows.secondMoment(threads: threads),
      cross: rows.labelMoment(labels, threads: threads),
      labelSquare: labels.reduce(0) { $0 + $1 * $1 } / Double(labels.count))
  }

  /// The exact risk of erf features under an erf network and x ~ N(0, I).
  ///
  ///     E[erf(wᵀx) erf(w′ᵀx)] = (2/π) arcsin(2wᵀw′ / √((1 + 2‖w‖²)(1 + 2‖w′‖²)))
  ///
  /// - Source: Williams 1997, "Computing with infinite networks".
  /// - Precondition: features and target are erf on inputs of one dimension.
  public static func gaussianErf(
    map: FeatureMap, hidden: Matrix<Double>, output: [Double]
  ) -> QuadraticRisk {
    precondition(
      map.kind == .erf && map.inputDimension == hidden.columnCount
        && hidden.rowCount == output.count,
      "erf features of \(map.inputDimension) inputs, a network of "
        + "\(hidden.columnCount)")
    let across = arcsines(map.weights, hidden)
    let own = arcsines(hidden, hidden).multiplied(by: output)
    return QuadraticRisk(
      moment: arcsines(map.weights, map.weights),
      cross: across.multiplied(by: output),
      labelSquare: zip(own, output).reduce(0) { $0 + $1.0 * $1.1 })
  }

  private static func arcsines(
    _ left: Matrix<Double>, _ right: Matrix<Double>
  ) -> Matrix<Double> {
    func squares(_ matrix: Matrix<Double>) -> [Double] {
      (0..<matrix.rowCount).map { row in
        matrix.row(row).reduce(0) { $0 + $1 * $1 }
      }
    }
    let products = left.multiplied(by: right, transposingOther: true)
    let (a, b) = (squares(left), squares(right))
    return Matrix(rowCount: left.rowCount, columnCount: right.rowCount) {
      let norm = ((1 + 2 * a[$0]) * (1 + 2 * b[$1])).squareRoot()
      return 2 / Double.pi * Double.asin(2 * products[$0, $1] / norm)
    }
  }

  /// The exact risk of monomials under a quadratic form and x ~ N(0, I).
  ///
  ///     E[Π x_i^{e_i}] = Π (e_i − 1)!! where all e_i are even, otherwise 0
  ///
  /// - Source: Isserlis 1918.
  /// - Precondition: the map is polynomial and has the form's dimension.
  public static func gaussianPolynomial(
    map: FeatureMap, form: Matrix<Double>
  ) -> QuadraticRisk {
    let p = map.inputDimension
    precondition(
      map.kind == .polynomial && form.rowCount == p,
      "\(map.kind) features of \(p) inputs, a form of \(form.rowCount)")
    func moment(_ exponents: [Int]) -> Double {
      exponents.reduce(1) { product, e in
        e.isMultiple(of: 2)
          ? stride(from: e - 1, to: 1, by: -2).reduce(product) {
            $0 * Double($1)
          } : 0
      }
    }
    func sum(_ a: [Int], _ b: [Int]) -> [Int] { zip(a, b).map { $0 + $1 } }
    // xᵀQx as monomials with their coefficients.
    var terms: [(exponents: [Int], coefficient: Double)] = []
    for i in 0..<p {
      for j in 0..<p where form[i, j] != 0 {
        var exponents = [Int](repeating: 0, count: p)
        exponents[i] += 1
        exponents[j] += 1
        terms.append((exponents, form[i, j]))
      }
    }
    let features = map.exponents
    return QuadraticRisk(
      moment: Matrix(rowCount: features.count, columnCount: features.count) {
        moment(sum(features[$0], features[$1]))
      },
      cross: features.map { feature in
        terms.reduce(0) {
          $0 + $1.coefficient * moment(sum(feature, $1.exponents))
        }
      },
      labelSquare: terms.reduce(0) { total, a in
        terms.reduce(total) {
          $0 + a.coefficient * $1.coefficient
            * moment(sum(a.exponents, $1.exponents))
        }
      })
  }

  /// The exact risk where it is known: erf features of an erf network, and
  /// monomials of a quadratic form; nil otherwise.
  public init?(gaussian map: FeatureMap, _ target: RegressionTarget) {
    switch (map.kind, target) {
    case (.erf, .network(.erf, let hidden, let output)):
      self = .gaussianErf(map: map, hidden: hidden, output: output)
    case (.polynomial, .quadratic(let form)):
      self = .gaussianPolynomial(map: map, form: form)
    default: return nil
    }
  }

  // MARK: - Values

  /// R of each row of parameters, T × d.
  ///
  /// - Complexity: T·d² multiplications and additions.
  public func values(of parameters: Matrix<Double>) -> [Double] {
    let d = cross.count
    precondition(
      parameters.columnCount == d,
      "parameters of \(parameters.columnCount) for \(d) features")
    let images = parameters.multiplied(by: moment)
    return parameters.withUnsafeElements { theta in
      images.withUnsafeElements { image in
        (0..<parameters.rowCount).map { row in
          var sum = labelSquare
          for k in 0..<d {
            let at = row * d + k
            sum += theta[at] * (image[at] - 2 * cross[k])
          }
          return sum
        }
      }
    }
  }

  /// R(θ).
  public func value(of parameters: [Double]) -> Double {
    values(
      of: Matrix(
        rowCount: 1, columnCount: parameters.count, elements: parameters))[0]
  }

  /// Half of ∇R(θ): Gθ − g.
  public func halfGradient(at parameters: [Double]) -> [Double] {
    zip(moment.multiplied(by: parameters), cross).map { $0 - $1 }
  }
}
