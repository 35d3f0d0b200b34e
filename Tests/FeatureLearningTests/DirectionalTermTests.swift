import FeatureLearning
import Foundation
import LinearAlgebra
import Mixing
import Synthetic
import TestSupport
import Testing
import VectorMath

/// MixupE's term as its definition has it: sample by sample, the derivative
/// towards the mean sample by two evaluations of the network.
private struct DefinedTerm {
  let data: PatchData
  let penalty: DirectionalPenalty
  let displacement: Double

  /// Patches moved by `share` of the way from each sample to the mean.
  func logits(_ network: PatchNetwork, _ share: Double) -> Matrix<Double> {
    let (n, count) = (data.sampleCount, data.patchCount)
    let mean = Matrix(rowCount: count, columnCount: data.dimension) { p, c in
      (0..<n).reduce(0) { $0 + data.patches[$1 * count + p, c] / Double(n) }
    }
    return network.logits(
      of: PatchData(
        patches: Matrix(
          rowCount: n * count, columnCount: data.dimension
        ) { row, c in
          data.patches[row, c]
            + share * (mean[row % count, c] - data.patches[row, c])
        }, patchCount: count, labels: data.labels,
        classCount: data.classCount))
  }

  /// p of each sample.
  private func probabilities(_ network: PatchNetwork) -> Matrix<Double> {
    let f = logits(network, 0)
    return Matrix(rowCount: f.rowCount, columnCount: f.columnCount) { i, k in
      1 / f.row(i).reduce(0) { $0 + exp($1 - f[i, k]) }
    }
  }

  /// ηR; a residual that counts as constant is that of `source`.
  func value(_ network: PatchNetwork, residualsOf source: PatchNetwork)
    -> Double
  {
    let term = penalty.term
    let p = probabilities(term.hasConstantResidual ? source : network)
    let f = logits(network, 0)
    // F is quadratic: its derivative has no truncation error.
    let (up, down) = (logits(network, 1), logits(network, -1))
    return (0..<data.sampleCount).reduce(0.0) { sum, i in
      let q = (0..<data.classCount).reduce(0.0) { q, k in
        let residual = p[i, k] - (k == Int(data.labels[i]) ? 1 : 0)
        return term.surrogate == .directional
          ? q + residual * (up[i, k] - down[i, k]) / 2
          : q - residual * f[i, k]
      }
      if let threshold = term.threshold, q >= threshold { return sum }
      return sum + (term.isAbsolute ? abs(q) : q)
        * (term.isSubtracted ? -1 : 1)
    } * penalty.weight * displacement / Double(data.sampleCount)
  }
}

@Suite("MixupE, Eqs. (4) to (9), in the patch network")
struct DirectionalTermTests {
  static let terms: [DirectionalTerm] = [
    .paper(.directional), .paper(.homogeneous), .listing,
    .version1(threshold: 0.01), .version1(threshold: .infinity), .version2,
    .version3(threshold: 0.05), .version4,
  ]
  private let team = ThreadTeam(size: 2)

  private func objective(
    _ term: DirectionalTerm?, rescaled: Bool = false,
    law: MixingLaw = .fixed(0.7)
  ) -> PairObjective {
    PairObjective(
      plainWeight: 0, mixedWeight: 1, law: law,
      penalty: term.map {
        DirectionalPenalty(weight: 0.8, term: $0, rescaled: rescaled)
      })
  }

  private func descents(
    _ problem: Problem, _ network: PatchNetwork? = nil
  ) -> [PatchDescent] {
    [PatchSpace.Form.gram, .direct].flatMap { form in
      [true, false].map {
        PatchDescent(
          network ?? problem.network,
          on: PatchSpace(problem.data, form: form), team: team, usesMargins: $0)
      }
    }
  }

  @Test("Values are those of the definition", arguments: terms, [2, 3])
  func values(_ term: DirectionalTerm, _ classes: Int) throws {
    for law in [MixingLaw.fixed(0.7), .beta(1.5, 1.5), .beta(2, 0.7)] {
      let problem = Problem(seed: 50, samples: 9, classes: classes)
      let defined = DefinedTerm(
        data: problem.data,
        penalty: DirectionalPenalty(weight: 0.8, term: term, rescaled: false),
        displacement: law.meanDisplacement)
      let value = defined.value(
        problem.network, residualsOf: problem.network)
      #expect(value != 0)
      for descent in descents(problem) {
        let mixup = try descent.loss(objective(nil, law: law))
        for rescaled in [false, true] {
          let loss = try descent.loss(
            objective(term, rescaled: rescaled, law: law))
          // Terms of the losses' size.
          #expect(abs(loss - mixup - value) <= problem.rounding * mixup)
        }
      }
    }
  }

  @Test(
    "Gradients are those of differences of the definition", arguments: terms,
    [2, 3])
  func gradients(_ term: DirectionalTerm, _ classes: Int) throws {
    let problem = Problem(seed: 51, samples: 9, classes: classes)
    let defined = DefinedTerm(
      data: problem.data,
      penalty: DirectionalPenalty(weight: 0.8, term: term, rescaled: false),
      displacement: MixingLaw.fixed(0.7).meanDisplacement)
    for descent in descents(problem) {
      let mixup = try descent.gradient(objective(nil)).elements
      let gradient = try descent.gradient(objective(term)).elements
      for index in stride(from: 0, to: gradient.count, by: 5) {
        let quotient = DifferenceQuotient(
          at: problem.network.weights.elements[index], operations: 100,
          magnitude: 2
        ) { value in
          var moved = problem.network
          moved.weights.withUnsafeMutableElements { $0[index] = value }
          return defined.value(moved, residualsOf: problem.network)
        }
        #expect(
          abs(gradient[index] - mixup[index] - quotient.value)
            <= quotient.bound)
      }
    }
  }

  /// Degree 2: Jx = 2F.
  @Test("Centred data: q = 2q̂, in value and gradient", arguments: [2, 3])
  func homogeneous(_ classes: Int) throws {
    let half = Problem(seed: 52, samples: 6, classes: classes)
    let rows = half.data.patches.rowCount
    var problem = half
    problem.data = PatchData(
      patches: Matrix(
        rowCount: 2 * rows, columnCount: half.data.dimension
      ) { row, c in
        half.data.patches[row % rows, c] * (row < rows ? 1 : -1)
      }, patchCount: half.data.patchCount,
      labels: half.data.labels + half.data.labels, classCount: classes)
    for (directional, homogeneous) in [
      (DirectionalTerm.paper(.directional), .paper(.homogeneous)),
      // Opposite signs, and both without an absolute value.
      (.version1(threshold: .infinity), .version4),
    ] as [(DirectionalTerm, DirectionalTerm)] {
      let factor = homogeneous.isSubtracted ? -2.0 : 2
      for descent in descents(problem) {
        func part(_ term: DirectionalTerm) throws -> (Double, [Double]) {
          (
            try descent.loss(objective(term))
              - descent.loss(objective(nil)),
            zip(
              try descent.gradient(objective(term)).elements,
              try descent.gradient(objective(nil)).elements
            ).map { $0 - $1 }
          )
        }
        let (q, surrogate) = (try part(directional), try part(homogeneous))
        #expect(abs(q.0) > 1e6 * problem.rounding)
        // Differences of sums of order one.
        #expect(abs(q.0 - factor * surrogate.0) <= 4 * problem.rounding)
        #expect(
          zip(q.1, surrogate.1).allSatisfy {
            abs($0 - factor * $1) <= 4 * problem.rounding
          })
      }
    }
  }

  @Test("Rescaled, the gradient is that of the sum times |L_mix|/|L|")
  func rescaling() throws {
    let problem = Problem(seed: 53)
    for term in [DirectionalTerm.paper(.directional), .version4] {
      for descent in descents(problem) {
        let mixup = try descent.loss(objective(nil))
        let loss = try descent.loss(objective(term))
        let factor = mixup / loss
        #expect(abs(factor - 1) > 1e-3)
        let raw = try descent.gradient(objective(term)).elements
        let scaled = try descent.gradient(
          objective(term, rescaled: true)
        ).elements
        #expect(
          relativeDifference(scaled, raw.map { factor * $0 })
            <= problem.rounding)
      }
    }
  }

  @Test("Confident samples keep the sign and the digits of q")
  func confident() throws {
    // All samples right by a difference of 100: p_y is 1 in doubles. Degree 2
    // brings each to it by its length.
    var problem = Problem(seed: 54, samples: 6)
    let count = problem.data.patchCount
    let raw = problem.network.logits(of: problem.data)
    problem.data = PatchData(
      patches: Matrix(
        rowCount: 6 * count, columnCount: problem.data.dimension
      ) { row, c in
        let i = row / count
        return problem.data.patches[row, c]
          * (100 / abs(raw[i, 0] - raw[i, 1])).squareRoot()
      }, patchCount: count,
      labels: (0..<6).map { raw[$0, 0] > raw[$0, 1] ? 0 : 1 }, classCount: 2)
    let logits = problem.network.logits(of: problem.data)
    for term in [DirectionalTerm.paper(.directional), .listing] {
      let penalty = DirectionalPenalty(weight: 1, term: term, rescaled: false)
      let defined = DefinedTerm(
        data: problem.data, penalty: penalty,
        displacement: MixingLaw.fixed(0.7).meanDisplacement)
      let (up, down) = (
        defined.logits(problem.network, 1),
        defined.logits(problem.network, -1)
      )
      var (expected, size) = (0.0, 0.0)
      for i in 0..<6 {
        let own = Int(problem.data.labels[i])
        let residual = exp(logits[i, 1 - own] - logits[i, own])
        #expect(0 < residual && residual < .ulpOfOne)
        let difference =
          term.surrogate == .homogeneous
          ? logits[i, own] - logits[i, 1 - own]
          : (up[i, 1 - own] - down[i, 1 - own] - up[i, own] + down[i, own]) / 2
        expected += residual * abs(difference)
        // Logits round, and residuals by as much in proportion.
        size +=
          residual * (abs(difference) + 1)
          * (1 + up.row(i).reduce(0) { $0 + abs($1) })
      }
      let share = defined.displacement / 6
      // So heavy that mixup's loss is lost beside it.
      var heavy = penalty
      heavy.weight = 1e20 / (share * expected)
      for descent in descents(problem) {
        let loss = try descent.loss(
          PairObjective(
            plainWeight: 0, mixedWeight: 1, law: .fixed(0.7), penalty: heavy))
        #expect(
          abs(loss / heavy.weight - share * expected)
            <= problem.rounding * share * size)
      }
    }
  }

  @Test("The number of threads changes no bit", arguments: [2, 3])
  func threads(_ classes: Int) throws {
    let problem = Problem(
      seed: 55, samples: 131, patches: 2, dimension: 4, width: 1,
      classes: classes)
    let space = PatchSpace(problem.data)
    let gradients = try [1, 3].map { threads in
      try PatchDescent(
        problem.network, on: space, team: ThreadTeam(size: threads)
      ).gradient(objective(.paper(.directional), rescaled: true))
    }
    #expect(gradients[0] == gradients[1])
  }

  @Test("A run of MixupE ends with a smaller mean |q| than mixup's")
  func run() throws {
    let problem = Problem(seed: 56, samples: 12, weightScale: 0.3)
    let penalty = DirectionalPenalty(
      weight: 1, term: .paper(.directional), rescaled: true)
    func meanAbsolute(_ method: FeatureMethod) throws -> Double {
      let outcome = try FeatureRun(
        method, learningRate: 0.1, iterations: 60, recordInterval: 20
      )(
        from: problem.network, on: PatchSpace(problem.data),
        directions: Matrix(rowCount: 1, columnCount: 6, repeating: 1),
        team: team)
      return DefinedTerm(
        data: problem.data, penalty: penalty, displacement: 1
      ).value(outcome.network, residualsOf: outcome.network)
    }
    let mixup = try meanAbsolute(.mixup(weight: 0.6))
    let mixupE = try meanAbsolute(
      .mixupE(weights: .fixed(0.6), penalty: penalty))
    #expect(mixupE < 0.9 * mixup)
    // Without mixing there is nothing to counter.
    let unmixed = FeatureMethod.mixupE(weights: .fixed(1), penalty: penalty)
    #expect(try meanAbsolute(unmixed) == meanAbsolute(.mixup(weight: 1)))
  }

  @Test func withSelection() async {
    await #expect(processExitsWith: .failure) {
      let problem = Problem(seed: 57)
      var objective = PairObjective(
        plainWeight: 0, mixedWeight: 1, law: .fixed(0.7),
        penalty: DirectionalPenalty(
          weight: 1, term: .listing, rescaled: false))
      objective.selection = PairSelection(
        sampleCount: 7, weights: [Double](repeating: 1, count: 49))
      _ = try PatchDescent(
        problem.network, on: PatchSpace(problem.data),
        team: ThreadTeam(size: 1)
      ).loss(objective)
    }
  }
}
