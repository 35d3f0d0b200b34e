import FeatureLearning
import LinearAlgebra
import Networks
import RealModule
import Sensitivity
import Testing
import VectorMath

@Suite("L. Zhang et al. 2021, Lemma 3.1: R1, R2 and R3 over all pairs")
struct LossExpansionTests {
  /// Roundings of the terms below, of some hundred products each, in ulp.
  private static let tolerance = 1024 * Double.ulpOfOne

  /// By an independent program, rounded to the digits shown.
  @Test(
    "A tanh network worked out elsewhere",
    arguments: [
      (1, 1, 0.609857291722, 0.016131068682, 0.021872493937, -0.002794118428),
      (
        20, 20, 0.636662335144, 0.023606441974, 0.032008527713,
        -0.004088953797
      ),
      (
        0.2, 0.2, 0.57534589113, 0.00691331515, 0.009373925973,
        -0.001197479326
      ),
      (2, 5, 0.614219483863, 0.017283287874, 0.023434814933, -0.002993698316),
    ])
  func vectors(
    _ a: Double, _ b: Double, _ loss: Double, _ r1: Double, _ r2: Double,
    _ r3: Double
  ) throws {
    let team = ThreadTeam(size: 1)
    let inputs = Study.tanh.inputs()
    let expansion = try LossExpansion(of: inputs, team: team)
    let terms = expansion.terms(
      DisplacementMoments(firstConcentration: a, secondConcentration: b))
    #expect(abs(expansion.standardLoss - 0.549209028533) <= 5e-12)
    #expect(abs(terms.firstOrder - r1) <= 5e-12)
    #expect(abs(terms.gradient - r2) <= 5e-12)
    #expect(abs(terms.curvature - r3) <= 5e-12)
    let mixup = try MixupLoss(
      of: inputs, firstConcentration: a, secondConcentration: b, team: team)
    #expect(abs(mixup.value - loss) <= 5e-12 + mixup.errorBound)
    #expect(mixup.errorBound <= MixupLoss.tolerance)
  }

  /// More inputs than units, fewer, and one layer alone; curved or not.
  @Test(
    "The factored sums are the sums over pairs by jets",
    arguments: [
      ([5, 7, 4, 3], Activation.tanh, 20), ([5, 7, 4, 3], .softplus, 4),
      ([5, 7, 6, 4, 3], .square, 19), ([5, 7, 4, 3], .relu, 17),
      ([3, 9, 4], .gelu, 33), ([5, 3], .tanh, 11), ([4, 6, 3], .sigmoid, 2),
    ])
  func pairs(_ sizes: [Int], _ activation: Activation, _ count: Int) throws {
    let study = Study(sizes, activation, count: count)
    let expected = pairSums(study)
    let expansion = try LossExpansion(
      of: study.inputs(), team: ThreadTeam(size: 2))
    let scale = 1 + expected.variance + abs(expected.curvature)
    #expect(abs(expansion.slope - expected.slope) <= Self.tolerance * scale)
    #expect(
      abs(expansion.variance - expected.variance) <= Self.tolerance * scale)
    #expect(
      abs(expansion.curvature - expected.curvature) <= Self.tolerance * scale)
    #expect(expansion.variance > 0)
    #expect((expansion.curvature == 0) == (expected.curvature == 0))
  }

  /// tr[(diag p − ppᵀ)J(Σ̂ + (x̄−x)(x̄−x)ᵀ)Jᵀ], with the Jacobian by columns.
  @Test("R2 is a trace of Jacobians and the covariance of the inputs")
  func trace() throws {
    let study = Study([4, 6, 5, 3], .tanh, count: 9)
    let (n, size) = (9, 4)
    let mean = (0..<size).map { d in
      (0..<n).reduce(0) { $0 + study.points[$1, d] } / Double(n)
    }
    var sum = 0.0
    for i in 0..<n {
      let jets = LogitJets(
        of: study.network,
        at: Matrix(rowCount: size, columnCount: size) { study.points[i, $1] },
        along: .identity(size))
      let p = softmax(jets.values.row(0))
      let second = Matrix<Double>(rowCount: size, columnCount: size) { d, e in
        (0..<n).reduce(0) { sum, r in
          sum + (study.points[r, d] - mean[d]) * (study.points[r, e] - mean[e])
            / Double(n)
        } + (mean[d] - study.points[i, d]) * (mean[e] - study.points[i, e])
      }
      for c in 0..<3 {
        for k in 0..<3 {
          let weight = (c == k ? p[c] : 0) - p[c] * p[k]
          for d in 0..<size {
            for e in 0..<size {
              sum +=
                weight * jets.first[d, c] * second[d, e] * jets.first[e, k]
            }
          }
        }
      }
    }
    let expansion = try LossExpansion(
      of: study.inputs(), team: ThreadTeam(size: 1))
    let expected = sum / Double(n)
    #expect(
      abs(expansion.variance - expected) <= Self.tolerance * (1 + expected))
  }

  @Test(
    "A squared patch network: worked out elsewhere, closed form, dense form")
  func patches() throws {
    let weights = Matrix<Double>(
      rowCount: 4, columnCount: 3,
      elements: [
        0.3, 0.2, -0.5, -0.1, 0.4, 0.1, 0.1, -0.3, 0.4, 0.2, 0.6, -0.2,
      ])
    let points = Matrix<Double>(
      rowCount: 3, columnCount: 6,
      elements: [
        1, 0, 0, 0, 0.5, 0.2, 0, 1, 0, 0.1, 0, -0.4, 0, 0, 1, 0.3, -0.2, 0,
      ])
    let study = Study(
      DenseNetwork(squaredPatchWeights: weights, classCount: 2, patchCount: 2),
      points, [0, 1, 0])
    let team = ThreadTeam(size: 1)
    let dense = try LossExpansion(of: study.inputs(), team: team)
    let closed = LossExpansion(
      ofSquares: [
        Matrix(
          rowCount: 3, columnCount: 3,
          elements: [
            0.1484, 0.009, -0.1842, 0.009, 0.2554, -0.043, -0.1842, -0.043,
            0.2746,
          ]),
        Matrix(
          rowCount: 3, columnCount: 3,
          elements: [
            0.1225, 0.1265, -0.0219, 0.1265, 0.4825, -0.2595, -0.0219, -0.2595,
            0.2117,
          ]),
      ], labels: study.labels)
    for (alpha, r1, r2, r3, difference) in [
      (
        1.0, 0.032863247084, 0.003114184814, -0.007065621852, 0.026973979771
      ),
      (
        20, 0.048092556708, 0.004557343630, -0.010339934418, 0.039631920237
      ),
    ] {
      let moments = DisplacementMoments(
        firstConcentration: alpha, secondConcentration: alpha)
      for expansion in [dense, closed] {
        let terms = expansion.terms(moments)
        #expect(abs(terms.firstOrder - r1) <= 2e-12)
        #expect(abs(terms.gradient - r2) <= 2e-12)
        #expect(abs(terms.curvature - r3) <= 2e-12)
        let mixup = try MixupLoss(
          of: study.inputs(), firstConcentration: alpha,
          secondConcentration: alpha, team: team)
        #expect(
          abs(mixup.value - expansion.standardLoss - difference)
            <= 2e-12 + mixup.errorBound)
      }
    }
  }

  @Test("A linear network has R3 = 0, and its remainder is a third cumulant")
  func linear() throws {
    let study = Study([5, 3], .identity, count: 12)
    let team = ThreadTeam(size: 1)
    let inputs = study.inputs()
    let expansion = try LossExpansion(of: inputs, team: team)
    #expect(expansion.curvature == 0)
    // lse's third derivative along a line: the third central moment of D1.
    let jets = study.pairJets
    var third = 0.0
    for row in 0..<144 {
      let p = softmax(jets.values.row(row))
      let d = Array(jets.first.row(row))
      let mean = zip(p, d).reduce(0) { $0 + $1.0 * $1.1 }
      third += zip(p, d).reduce(0) {
        $0 + $1.0 * ($1.1 - mean) * ($1.1 - mean) * ($1.1 - mean)
      }
    }
    third /= 144
    let order = remainderOverCube(study, expansion, at: 0x1p-8)
    // The next term is of relative order a.
    let other = remainderOverCube(study, expansion, at: 0x1p-7)
    #expect(abs(order - third / 6) <= 2 * abs(order - other))
    #expect(abs(third) > 1e-3)
  }

  @Test("The same bits whatever the number of threads")
  func threads() throws {
    let study = Study([6, 8, 5, 3], .tanh, count: 75)
    let team = ThreadTeam(size: 3)
    let one = try LossExpansion(of: study.inputs(), team: ThreadTeam(size: 1))
    let three = try LossExpansion(of: study.inputs(threads: 3), team: team)
    #expect(one == three)
    let loss = try MixupLoss(
      of: study.inputs(), firstConcentration: 0.7, secondConcentration: 1.9,
      team: ThreadTeam(size: 1))
    #expect(
      try loss
        == MixupLoss(
          of: study.inputs(), firstConcentration: 0.7, secondConcentration: 1.9,
          team: team))
  }

  @Test("One input has nothing to mix with")
  func single() throws {
    let study = Study([4, 5, 3], .tanh, count: 1)
    let team = ThreadTeam(size: 1)
    let expansion = try LossExpansion(of: study.inputs(), team: team)
    #expect(expansion.slope == 0)
    #expect(expansion.variance == 0)
    #expect(expansion.curvature == 0)
    let loss = try MixupLoss(
      of: study.inputs(), firstConcentration: 1, secondConcentration: 1,
      team: team)
    #expect(abs(loss.value - expansion.standardLoss) <= loss.errorBound)
  }
}

/// The mean over pairs of [φ(a) − φ(0) − aφ′ − ½a²φ″]/a³.
func remainderOverCube(
  _ study: Study, _ expansion: LossExpansion, at a: Double
) -> Double {
  let n = study.points.rowCount
  var sum = 0.0
  for i in 0..<n {
    for r in 0..<n {
      let logits = study.network.logits(
        of: Matrix(rowCount: 1, columnCount: study.points.columnCount) {
          study.points[i, $1] + a * (study.points[r, $1] - study.points[i, $1])
        }
      ).elements
      let top = logits.max() ?? 0
      sum +=
        .log(logits.reduce(0) { $0 + .exp($1 - top) }) + top
        - logits[Int(study.labels[i])]
    }
  }
  let mean = sum / Double(n * n)
  return
    (mean - expansion.standardLoss - a * expansion.slope
    - a * a / 2 * (expansion.variance + expansion.curvature)) / (a * a * a)
}
