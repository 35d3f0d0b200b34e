import LinearAlgebra
import Networks
import Randomness
import RealModule
import Sensitivity
import TestSupport
import Testing
import VectorMath

/// −Σ_c y_c log p_c, by loops.
private func crossEntropy(
  _ network: NaiveNetwork, _ input: [Double], _ label: Int32
) -> Double {
  -network.logProbabilities(input)[Int(label)]
}

private func mix(
  _ study: Study, _ i: Int, _ j: Int, _ lambda: Double
) -> [Double] {
  zip(study.points.row(i), study.points.row(j)).map {
    lambda * $0 + (1 - lambda) * $1
  }
}

@Suite("The mixup loss over all ordered pairs")
struct MixupLossTests {
  private static let shapes: [(Double, Double)] = [
    (1, 1), (0.3, 0.3), (4, 4), (2.5, 0.7),
  ]

  @Test(
    "Naive sums over ordered pairs; the error is bounded", arguments: shapes,
    [Activation.tanh, .softplus, .square])
  func naive(_ shapes: (Double, Double), _ activation: Activation) throws {
    let study = Study([4, 6, 3], activation, count: 7)
    let network = NaiveNetwork(study.network)
    let rule = try GaussJacobi(alpha: shapes.0, beta: shapes.1, count: 64)
    var sum = 0.0
    for i in 0..<7 {
      for j in 0..<7 {
        sum += rule.expectation { lambda in
          let input = mix(study, i, j, lambda)
          return lambda * crossEntropy(network, input, study.labels[i])
            + (1 - lambda) * crossEntropy(network, input, study.labels[j])
        }
      }
    }
    let loss = try MixupLoss(
      of: study.inputs(), firstConcentration: shapes.0,
      secondConcentration: shapes.1,
      team: ThreadTeam(size: 2))
    #expect(abs(loss.value - sum / 49) <= loss.errorBound)
    #expect(loss.errorBound <= MixupLoss.tolerance)
    // A bound that anything would meet says nothing.
    let coarse = try MixupLoss(
      of: study.inputs(), firstConcentration: shapes.0,
      secondConcentration: shapes.1, nodes: 2,
      team: ThreadTeam(size: 2))
    #expect(coarse.errorBound > 1e-7)
    #expect(abs(coarse.value - sum / 49) <= coarse.errorBound)
  }

  /// The identity behind the expansion: keep the anchor's label, move the input.
  @Test(
    "Mixed labels at Beta(α, β) are anchors' labels at D̃", arguments: shapes)
  func identity(_ shapes: (Double, Double)) throws {
    let (a, b) = shapes
    let study = Study([4, 6, 3], .tanh, count: 6)
    let network = NaiveNetwork(study.network)
    let rule = try GaussJacobi(alpha: a, beta: b, count: 48)
    let tilted = [
      (a / (a + b), try GaussJacobi(alpha: a + 1, beta: b, count: 48)),
      (b / (a + b), try GaussJacobi(alpha: b + 1, beta: a, count: 48)),
    ]
    func square(_ input: [Double], _ label: (Int) -> Double) -> Double {
      network.logits(input).enumerated().reduce(0) {
        let error = $1.element - label($1.offset)
        return $0 + error * error / 2
      }
    }
    func hot(_ i: Int) -> (Int) -> Double {
      { $0 == Int(study.labels[i]) ? 1 : 0 }
    }
    var sums = (anchor: 0.0, squareAnchor: 0.0)
    var mixed = (entropy: 0.0, losses: 0.0, labels: 0.0, constant: 0.0)
    for i in 0..<6 {
      for j in 0..<6 {
        for (weight, rule) in tilted {
          sums.anchor +=
            weight
            * rule.expectation {
              crossEntropy(network, mix(study, i, j, $0), study.labels[i])
            }
          sums.squareAnchor +=
            weight
            * rule.expectation {
              square(mix(study, i, j, $0), hot(i))
            }
        }
        mixed.entropy += rule.expectation { l in
          let input = mix(study, i, j, l)
          return l * crossEntropy(network, input, study.labels[i])
            + (1 - l) * crossEntropy(network, input, study.labels[j])
        }
        mixed.losses += rule.expectation { l in
          let input = mix(study, i, j, l)
          return l * square(input, hot(i)) + (1 - l) * square(input, hot(j))
        }
        mixed.labels += rule.expectation { l in
          square(mix(study, i, j, l)) { l * hot(i)($0) + (1 - l) * hot(j)($0) }
        }
        // ½λ(1 − λ)‖y_i − y_j‖².
        if study.labels[i] != study.labels[j] {
          mixed.constant += rule.expectation { $0 * (1 - $0) }
        }
      }
    }
    // 36 pairs, 48 nodes, some 30 roundings of each loss.
    let bound = 36 * 128 * Double.ulpOfOne
    #expect(abs(sums.anchor - mixed.entropy) <= bound * 4)
    #expect(abs(sums.squareAnchor - mixed.losses) <= bound)
    #expect(abs(mixed.losses - mixed.labels - mixed.constant) <= bound)
    #expect(mixed.constant > 1)
  }

  @Test("Kinks: split segments, many nodes, and a bound that holds")
  func kinks() throws {
    for (a, b) in Self.shapes {
      let study = Study([4, 8, 6, 3], .relu, count: 8)
      let team = ThreadTeam(size: 2)
      let split = try MixupLoss(
        of: study.inputs(), firstConcentration: a, secondConcentration: b,
        team: team)
      #expect(split.errorBound <= MixupLoss.tolerance)
      var errors: [Double] = []
      for nodes in [6, 24, 384] {
        let loss = try MixupLoss(
          of: study.inputs(), firstConcentration: a, secondConcentration: b,
          nodes: nodes, team: team)
        errors.append(abs(loss.value - split.value))
        #expect(errors[errors.count - 1] <= loss.errorBound + split.errorBound)
      }
      #expect(errors[2] > 0 && errors[2] < errors[0] / 50)
    }
  }

  @Test(
    "Kinks under concentrated laws, against dense sums",
    arguments: [
      (2, 1e4), (50, 1000), (1000, 2), (400, 400), (520, 520), (1e4, 1e4),
    ] as [(Double, Double)])
  func concentrated(_ shapes: (Double, Double)) throws {
    let (p, q) = shapes
    let study = Study([4, 8, 6, 3], .relu, count: 4)
    let network = NaiveNetwork(study.network)
    let logBeta = Double.logGamma(p) + .logGamma(q) - .logGamma(p + q)
    let mean = p / (p + q)
    let deviation = (mean * (1 - mean) / (p + q + 1)).squareRoot()
    // Tails beyond fall below e⁻⁴⁰. Points crowd at the ends, so that a sum
    // over even steps sees no end.
    let low = max(0, mean - 12 * deviation)
    let high = min(1, mean + 40 * deviation)
    let count = 40_000
    var (sum, largest, total) = (0.0, 0.0, 0.0)
    for step in 0..<count {
      let t = (Double(step) + 0.5) / Double(count)
      let l = low + (high - low) * t * t * t * (10 - 15 * t + 6 * t * t)
      let weight =
        (high - low) * 30 * t * t * (1 - t) * (1 - t) / Double(count)
        * .exp((p - 1) * .log(l) + (q - 1) * .log(onePlus: -l) - logBeta)
      total += weight
      guard weight > 0 else { continue }
      for i in 0..<4 {
        for j in 0..<4 {
          let input = mix(study, i, j, l)
          let loss =
            l * crossEntropy(network, input, study.labels[i])
            + (1 - l) * crossEntropy(network, input, study.labels[j])
          sum += weight * loss / 16
          largest = max(largest, loss)
        }
      }
    }
    // A kink costs a step's square, in deviations, of the largest loss.
    let step = 1.875 * (high - low) / deviation / Double(count)
    #expect(abs(total - 1) <= step * step)
    let loss = try MixupLoss(
      of: study.inputs(), firstConcentration: p, secondConcentration: q,
      team: ThreadTeam(size: 2))
    #expect(abs(loss.value - sum) <= loss.errorBound + step * step * largest)
    #expect(loss.errorBound <= MixupLoss.tolerance)
  }

  @Test("Logits with a common offset round more, and the bound says so")
  func offset() throws {
    let study = Study([4, 6, 3], .tanh, count: 7)
    var network = study.network
    for k in network.shape.biasOffset(ofLayer: 2)..<network.parameters.count {
      network.parameters[k] += 0x1p20
    }
    let team = ThreadTeam(size: 1)
    func loss(_ study: Study) throws -> MixupLoss {
      try MixupLoss(
        of: study.inputs(), firstConcentration: 1, secondConcentration: 1,
        nodes: 48, team: team)
    }
    let (plain, shifted) = (
      try loss(study), try loss(Study(network, study.points, study.labels))
    )
    #expect(abs(plain.value - shifted.value) <= shifted.errorBound)
    #expect(plain.value != shifted.value)
    // Three classes' logits, each of an ulp.
    #expect(shifted.errorBound > 3 * 0x1p20.ulp)
  }

  @Test("A sample of pairs estimates all of it within its standard errors")
  func sample() throws {
    for (a, b) in [(1.0, 1.0), (2.5, 0.7)] {
      let study = Study([5, 8, 6, 3], .tanh, count: 40)
      let team = ThreadTeam(size: 2)
      let inputs = study.inputs()
      let moments = DisplacementMoments(
        firstConcentration: a, secondConcentration: b)
      let exact = try LossExpansion(of: inputs, team: team)
      let terms = exact.terms(moments)
      let loss = try MixupLoss(
        of: inputs, firstConcentration: a, secondConcentration: b, team: team)
      var stream = RandomStream(rootSeed: 3, name: "sample")
      let sample = try SampledExpansion(
        of: inputs, moments: moments, pairCount: 4_000, nodes: 12,
        from: &stream, team: team)
      let remainder =
        loss.value - exact.standardLoss - terms.firstOrder - terms.gradient
        - terms.curvature
      // Six comparisons, twice; 4.5 standard errors are exceeded by chance
      // with probability 8e-5 in all.
      for (estimate, value) in [
        (sample.standardLoss, exact.standardLoss),
        (sample.mixupLoss, loss.value),
        (sample.firstOrderTerm, terms.firstOrder),
        (sample.gradientTerm, terms.gradient),
        (sample.curvatureTerm, terms.curvature),
        (sample.remainder, remainder),
      ] {
        #expect(abs(estimate.value - value) <= 4.5 * estimate.standardError)
        #expect(estimate.standardError > 0)
      }
      #expect(
        sample.remainder.standardError < sample.firstOrderTerm.standardError)
      var again = RandomStream(rootSeed: 3, name: "sample")
      #expect(
        try sample
          == SampledExpansion(
            of: inputs, moments: moments, pairCount: 4_000, nodes: 12,
            from: &again, team: ThreadTeam(size: 1)))
    }
  }
}
