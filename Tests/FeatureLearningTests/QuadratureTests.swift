import FeatureLearning
import LinearAlgebra
import Mixing
import Synthetic
import Testing
import VectorMath

@Suite("Expectations over λ are exact to the error stated")
struct QuadratureTests {
  @Test(
    "N nodes against 2N", arguments: [0.2, 1, 20], [0.1, 0.4, 0.9])
  func doubling(_ concentration: Double, _ scale: Double) throws {
    let problem = Problem(seed: 30, samples: 12, weightScale: scale)
    let descent = PatchDescent(
      problem.network, on: PatchSpace(problem.data), team: ThreadTeam(size: 1))
    let objective = PairObjective.mixup(.beta(concentration, concentration))
    let error = try descent.quadratureError(objective)
    // Asked for 10⁻¹² per pair; the constant in front is of order 10.
    #expect(error.loss <= 1e-11 * max(1, descent.largestLogit))
    #expect(error.slope <= 1e-10)
  }

  /// Two patches with margins (M/2)·T₂(t) along their segment, which oscillate
  /// most for their logits.
  @Test(
    "So they are for the margins that oscillate most",
    arguments: [0.3, 0.6, 1, 3, 10], [[Int32(0), 0], [0, 1]])
  func oscillating(_ margin: Double, _ labels: [Int32]) throws {
    let data = PatchData(
      patches: Matrix(rowCount: 2, columnCount: 2, elements: [1, 1, -1, 1]),
      patchCount: 1, labels: labels)
    let network = PatchNetwork(
      classCount: 2, width: 1,
      weights: Matrix(
        rowCount: 2, columnCount: 2,
        elements: [margin.squareRoot(), 0, 0, (margin / 2).squareRoot()]))
    let descent = PatchDescent(
      network, on: PatchSpace(data), team: ThreadTeam(size: 1))
    let error = try descent.quadratureError(.mixup(.beta(0.2, 0.2)))
    #expect(error.loss <= 1e-11 && error.slope <= 1e-10, "\(error)")
  }

  /// Labels of 1 are right by logits that leave a loss of e^(−M).
  @Test("A small loss keeps its digits", arguments: [12.25, 30.25, 42.25])
  func smallLoss(_ logit: Double) throws {
    let data = PatchData(
      patches: Matrix(rowCount: 1, columnCount: 1, elements: [1]),
      patchCount: 1, labels: [0])
    let network = PatchNetwork(
      classCount: 2, width: 1,
      weights: Matrix(
        rowCount: 2, columnCount: 1, elements: [logit.squareRoot(), 0]))
    let descent = PatchDescent(
      network, on: PatchSpace(data), team: ThreadTeam(size: 1))
    let exact = Double.log(onePlus: Double.exp(-logit))
    for objective in [PairObjective.plain, .mixup(.fixed(1))] {
      // A relative error of the logit, an ulp or two, times the logit.
      #expect(
        abs(try descent.loss(objective) / exact - 1) <= 8 * .ulpOfOne * logit)
    }
  }

  @Test("Larger logits and tighter tolerances take more nodes")
  func nodes() throws {
    let counts = try [0.2, 0.5, 1].map { scale in
      let problem = Problem(seed: 31, weightScale: scale)
      let descent = PatchDescent(
        problem.network, on: PatchSpace(problem.data),
        team: ThreadTeam(size: 1))
      _ = try descent.loss(.mixup(.beta(1, 1)))
      let tight = descent.nodeCount
      descent.quadratureTolerance = 1e-4
      _ = try descent.loss(.mixup(.beta(1, 1)))
      #expect(descent.nodeCount < tight)
      return tight
    }
    #expect(counts == counts.sorted())
    #expect(Set(counts).count == 3)
  }

  @Test("A loose rule is caught by twice its nodes")
  func loose() throws {
    let problem = Problem(seed: 32, weightScale: 0.5)
    let descent = PatchDescent(
      problem.network, on: PatchSpace(problem.data), team: ThreadTeam(size: 1))
    descent.quadratureTolerance = 0.9
    let error = try descent.quadratureError(.mixup(.beta(1, 1)))
    #expect(error.loss > 1e-9)
  }

  @Test("A narrow law is its mean, and a fixed λ has no error")
  func limits() throws {
    let problem = Problem(seed: 33)
    let descent = PatchDescent(
      problem.network, on: PatchSpace(problem.data), team: ThreadTeam(size: 1))
    let midpoint = try descent.loss(.mixup(.fixed(0.5)))
    // The difference is of the order of the variance 1/(4(2α + 1)).
    var last = Double.infinity
    for concentration in [10.0, 100, 1000] {
      let loss = try descent.loss(
        .mixup(.beta(concentration, concentration)))
      #expect(abs(loss - midpoint) <= 5 / concentration)
      #expect(abs(loss - midpoint) < last / 5)
      last = abs(loss - midpoint)
    }
    let error = try descent.quadratureError(.mixup(.fixed(0.3)))
    #expect(error.loss == 0 && error.slope == 0)
  }

  @Test("Logits beyond every rule are an error")
  func hopeless() throws {
    let problem = Problem(seed: 34, weightScale: 30)
    let descent = PatchDescent(
      problem.network, on: PatchSpace(problem.data), team: ThreadTeam(size: 1))
    #expect(throws: FeatureLearningError.self) {
      try descent.loss(.mixup(.beta(1, 1)))
    }
    #expect(try descent.loss(.mixup(.fixed(0.4))).isFinite)
  }
}
