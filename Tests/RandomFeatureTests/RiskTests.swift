import LinearAlgebra
import Mixing
import RandomFeature
import RealModule
import Randomness
import Synthetic
import Testing

@Suite("Risk of features with known moments")
struct RiskTests {
  @Test("erf features: the value of the theory, by its formula")
  func arcsine() {
    // w = (0.5, −1), w′ = (1.2, 0.3): E[erf(wᵀx) erf(w′ᵀx)], x ~ N(0, I).
    let map = FeatureMap(
      .erf, weights: Matrix(rowCount: 1, columnCount: 2, elements: [0.5, -1]))
    let risk = QuadraticRisk.gaussianErf(
      map: map,
      hidden: Matrix(rowCount: 1, columnCount: 2, elements: [1.2, 0.3]),
      output: [1])
    #expect(abs(risk.cross[0] - 0.101_761_937_277) < 1e-12)
  }

  /// Exact moments against a sample's, in standard errors.
  @Test("Exact risks agree with samples", arguments: ["erf", "polynomial"])
  func sampled(_ kind: String) throws {
    var stream = RandomStream(rootSeed: 7, name: "risk-\(kind)")
    let p = 3
    let (map, target): (FeatureMap, RegressionTarget) =
      kind == "erf"
      ? (
        FeatureMap(
          .erf, inputDimension: p, featureDimension: 5, scale: 2,
          from: &stream),
        RegressionTarget(
          .erf, inputDimension: p, width: 4, gain: 2, from: &stream)
      )
      : (
        FeatureMap(monomialsUpToDegree: 2, inputDimension: p),
        .quadratic(
          form: Matrix(
            rowCount: 3, columnCount: 3,
            elements: [1, 0.3, 0, 0.3, -0.5, 0.2, 0, 0.2, 0.7]))
      )
    let exact = try #require(QuadraticRisk(gaussian: map, target))
    let theta = stream.normals(count: map.featureDimension)
    let count = 200_000
    let inputs = Matrix<Double>.gaussian(
      rowCount: count, columnCount: p, from: &stream)
    let errors = zip(
      map.features(of: inputs).multiplied(by: theta), target.values(of: inputs)
    ).map { ($0 - $1) * ($0 - $1) }
    let mean = errors.reduce(0, +) / Double(count)
    let variance =
      errors.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count - 1)
    // Five standard errors: chance alone fails once in two million.
    #expect(
      abs(exact.value(of: theta) - mean)
        < 5 * (variance / Double(count)).squareRoot())
    let sample = QuadraticRisk(
      rows: map.features(of: inputs), labels: target.values(of: inputs))
    #expect(abs(sample.value(of: theta) / mean - 1) < 1e-10)
  }

  @Test("Monomials of a quadratic form: moments by hand")
  func monomials() {
    let map = FeatureMap(monomialsUpToDegree: 2, inputDimension: 1)
    #expect(map.exponents == [[0], [1], [2]])
    let risk = QuadraticRisk.gaussianPolynomial(
      map: map, form: Matrix(rowCount: 1, columnCount: 1, elements: [1]))
    #expect(risk.moment.elements == [1, 0, 1, 0, 1, 0, 1, 0, 3])
    #expect(risk.cross == [1, 0, 3] && risk.labelSquare == 3)
    #expect(
      FeatureMap(monomialsUpToDegree: 2, inputDimension: 2).exponents
        == [[0, 0], [1, 0], [0, 1], [2, 0], [1, 1], [0, 2]])
  }

  /// c₀² + 2c₀c₂ + 3c₂² for θ_∞ = (c₀, 0, 1 + c₂) of infinitely many pairs.
  @Test(
    "x² under mixup: the excess risk of the limit",
    arguments: [(0.7, 0.233_350_323_280), (0.5, 0.25)])
  func quadraticLimit(weight: Double, excess: Double) {
    let v = weight * weight + (1 - weight) * (1 - weight)
    let c0 = weight * (1 - weight) / v
    let c2 =
      (Double.pow(weight, 3) + Double.pow(1 - weight, 3)) / (v * v) - 1
    let risk = QuadraticRisk.gaussianPolynomial(
      map: FeatureMap(monomialsUpToDegree: 2, inputDimension: 1),
      form: Matrix(rowCount: 1, columnCount: 1, elements: [1]))
    #expect(abs(risk.value(of: [c0, 0, 1 + c2]) - excess) < 1e-12)
    #expect(abs(risk.value(of: [0, 0, 1])) < 1e-15)
  }

  @Test("All pairs of n points approach that limit like 1/√n")
  func convergence() throws {
    let weight = 0.7
    let limit = Self.limit(weight: weight)
    var stream = RandomStream(rootSeed: 2, name: "limit")
    let sizes = [16, 32, 64, 128, 256]
    let seeds = 24
    let logs = try sizes.map { n -> (x: Double, y: Double) in
      var square = 0.0
      for _ in 0..<seeds {
        let (flow, _) = try quadraticFlow(
          stream.normals(count: n), weight: weight)
        let error = distance(flow.limit, limit)
        square += error * error
      }
      return (.log(Double(n)), .log(square / Double(seeds)) / 2)
    }
    // Root mean squares of 24 draws scatter by a seventh, their slope over
    // four doublings by less than 0.1.
    #expect(abs(slope(logs) + 0.5) < 0.25)
  }

  /// E‖θ_∞ − limit‖² is c/m + O(1/m²) where the m rows are independent.
  @Test("Independently drawn pairs approach it like 1/√m")
  func drawnPairs() throws {
    let weight = 0.7
    let limit = Self.limit(weight: weight)
    let seeds = 64
    let logs = try [128, 256, 512, 1024, 2048].map {
      m -> (x: Double, y: Double) in
      var square = 0.0
      for seed in 0..<seeds {
        var stream = RandomStream(
          rootSeed: UInt64(seed), name: "drawn", index: UInt64(m))
        // Point 2s with point 2s + 1: no point is in two pairs.
        let flow = try quadraticFlow(
          stream.normals(count: 2 * m),
          first: (0..<m).map { Int32(2 * $0) },
          second: (0..<m).map { Int32(2 * $0 + 1) }, weight: weight
        ).flow
        let error = distance(flow.limit, limit)
        square += error * error
      }
      return (.log(Double(m)), .log(square / Double(seeds)) / 2)
    }
    // A mean of 64 squares of three coordinates scatters by about a fifth, its
    // root by a tenth; with steps of log 2 the slope's deviation is a tenth
    // over √10·log 2, 0.046. Three of those, two sides: chance below 0.3 per
    // cent, and the seeds are fixed. −1 or −1/4 would be 5 away.
    #expect(abs(slope(logs) + 0.5) < 0.14)
  }

  /// (c₀, 0, 1 + c₂) for x² under mixup of standard normal inputs.
  static func limit(weight: Double) -> [Double] {
    let other = 1 - weight
    let v = weight * weight + other * other
    return [
      weight * other / v, 0,
      (Double.pow(weight, 3) + Double.pow(other, 3)) / (v * v),
    ]
  }

  /// The slope of the line of least squares.
  private func slope(_ points: [(x: Double, y: Double)]) -> Double {
    let count = Double(points.count)
    let meanX = points.reduce(0) { $0 + $1.x } / count
    let meanY = points.reduce(0) { $0 + $1.y } / count
    return points.reduce(0) { $0 + ($1.x - meanX) * ($1.y - meanY) }
      / points.reduce(0) { $0 + ($1.x - meanX) * ($1.x - meanX) }
  }

  /// f = x², φ = (1, x, x²), the given pairs or all n² ordered ones, η = 1.
  func quadraticFlow(
    _ points: [Double], first: [Int32]? = nil, second: [Int32]? = nil,
    weight: Double, initial: [Double]? = nil, learningRate: Double = 1
  ) throws -> (flow: MixupFlow, design: MixedDesign) {
    let n = points.count
    let inputs = Matrix(rowCount: n, columnCount: 1, elements: points)
    let first = first ?? (0..<n * n).map { Int32($0 / n) }
    let design = MixedDesign(
      inputs: inputs,
      samples: MixedSamples(
        first: first,
        second: second ?? (0..<n * n).map { Int32($0 % n) },
        weights: [Double](repeating: weight, count: first.count)),
      map: FeatureMap(monomialsUpToDegree: 2, inputDimension: 1))
    let target = RegressionTarget.quadratic(
      form: Matrix(rowCount: 1, columnCount: 1, elements: [1]))
    return (
      MixupFlow(
        design: try SpectralDesign(design), rows: design,
        labels: design.mixedLabels(target.values(of: inputs)),
        cleanLabels: design.cleanLabels(target.values(of:)),
        initial: initial, learningRate: learningRate), design
    )
  }

  /// Numbers of the theory page's vectors randomFeatureFlow and
  /// randomFeatureGradientDescent, given there to twelve decimals.
  @Test("The worked example: x = (−1, 0, 1, 2), λ = 0.7")
  func workedExample() throws {
    let (flow, design) = try quadraticFlow(
      [-1, 0, 1, 2], weight: 0.7, initial: [0.5, -0.5, 0.25])
    func expectClose(_ found: [Double], _ expected: [Double]) {
      #expect(
        zip(found, expected).allSatisfy { abs($0 - $1) < 2e-12 }, "\(found)")
    }
    expectClose(flow.cleanSolution, [0, 0, 1])
    expectClose(
      flow.noiseSolution, [0.664487185606, 0.293657232854, -0.293657232854])
    expectClose(
      flow.limit, [0.664487185606, 0.293657232854, 0.706342767146])
    #expect(
      zip(
        flow.design.eigenvalues, [3.43589353242, 0.53001187755, 0.20854459003]
      ).allSatisfy { abs($0 - $1) < 1e-11 })
    let errors = flow.parameters(at: [0, 1, 10, 100])
    for (row, expected) in [
      1.030776406404, 0.748261832013, 0.751375532919, 0.783589407964,
    ].enumerated() {
      let error = distance(errors.row(row), flow.cleanSolution)
      #expect(abs(error - expected) < 2e-12)
    }
    let (slow, _) = try quadraticFlow(
      [-1, 0, 1, 2], weight: 0.7, initial: [0.5, -0.5, 0.25],
      learningRate: 0.1)
    expectClose(
      Array(slow.parameters(afterSteps: [50]).row(0)),
      [0.649742363465, 0.181140914537, 0.781456398349])
    // Mean noise: 2λ(1 − λ)·var(x).
    let target = RegressionTarget.quadratic(
      form: Matrix(rowCount: 1, columnCount: 1, elements: [1]))
    let noise = zip(
      design.mixedLabels([1, 0, 1, 4]), design.cleanLabels(target.values(of:))
    ).map { $0 - $1 }
    #expect(abs(noise.reduce(0, +) / 16 - 0.525) < 1e-14)
  }
}
