import FeatureLearning
import LinearAlgebra
import Mixing
import Randomness
import Synthetic
import Testing
import VectorMath

@Suite("Symmetries of the patch network and its losses")
struct InvarianceTests {
  let problem = Problem(seed: 20, samples: 8, width: 3)
  let objective = PairObjective.mixup(.fixed(0.7))
  let directions = Matrix(rowCount: 2, columnCount: 6) {
    $0 == 0 ? ($1 == 0 ? 1 : 0) : ($1 == 4 ? 0.5 : 0.25)
  }

  /// Losses along a run, and what was learnt of two directions at its end.
  private func trace(
    _ data: PatchData, _ network: PatchNetwork, _ directions: Matrix<Double>,
    _ objective: PairObjective
  ) throws -> (losses: [Double], learning: Matrix<Double>) {
    let descent = PatchDescent(
      network, on: PatchSpace(data), team: ThreadTeam(size: 1))
    var losses: [Double] = []
    for _ in 0..<20 {
      let loss = try descent.step(
        objective, learningRate: 0.05, measuring: true)
      losses.append(loss ?? .nan)
    }
    return (losses, descent.network.learning(of: directions))
  }

  private func compare(
    _ data: PatchData, _ network: PatchNetwork,
    directions turned: Matrix<Double>? = nil, isSame: Bool = true,
    objective other: PairObjective? = nil, swapsClasses: Bool = false
  ) throws {
    let before = try trace(
      problem.data, problem.network, directions, other ?? objective)
    let after = try trace(
      data, network, turned ?? directions, other ?? objective)
    var learning = after.learning.elements
    if swapsClasses { learning = [2, 3, 0, 1].map { learning[$0] } }
    let difference = max(
      relativeDifference(after.losses, before.losses),
      relativeDifference(learning, before.learning.elements))
    // Twenty steps' rounding, against at least a thousand times as much.
    let bound = 20 * problem.rounding
    #expect(isSame ? difference <= bound : difference > 1000 * bound)
  }

  private func orthogonal(_ order: Int) throws -> Matrix<Double> {
    var stream = RandomStream(rootSeed: 21, name: "rotation")
    return try QRFactorization(
      Matrix(
        rowCount: order, columnCount: order,
        elements: stream.normals(count: order * order))
    ).orthonormal
  }

  private func permuted(_ order: (Int) -> [Int]) -> PatchData {
    let data = problem.data
    return PatchData(
      patches: Matrix(
        rowCount: data.patches.rowCount, columnCount: data.dimension,
        elements: (0..<data.sampleCount).flatMap { i in
          order(i).flatMap { data.patch($0, ofSample: i) }
        }), patchCount: data.patchCount, labels: data.labels)
  }

  @Test("A rotation of the filters of a class")
  func filters() throws {
    let rotation = try orthogonal(3)
    var network = problem.network
    network.weights = Matrix(rowCount: 6, columnCount: 6) { row, column in
      (0..<3).reduce(0) {
        $0 + rotation[row % 3, $1]
          * problem.network.weights[row / 3 * 3 + $1, column]
      }
    }
    try compare(problem.data, network)
    network.weights = Matrix(rowCount: 6, columnCount: 6) {
      ($0 == 4 ? -1 : 1) * problem.network.weights[$0, $1]
    }
    try compare(problem.data, network)
  }

  @Test("One permutation of the patches; one for each sample changes mixup")
  func patches() throws {
    try compare(permuted { _ in [2, 0, 1] }, problem.network)
    let single = permuted { $0 == 0 ? [2, 0, 1] : [0, 1, 2] }
    try compare(single, problem.network, isSame: false)
    try compare(single, problem.network, objective: .plain)
  }

  @Test("An orthogonal map of patches, weights and directions")
  func rotation() throws {
    let map = try orthogonal(6)
    let data = PatchData(
      patches: problem.data.patches.multiplied(by: map),
      patchCount: 3, labels: problem.data.labels)
    var network = problem.network
    network.weights = network.weights.multiplied(by: map)
    try compare(data, network, directions: directions.multiplied(by: map))
  }

  @Test("Another order of the samples, and of the classes")
  func orders() throws {
    let data = problem.data
    let order = [3, 1, 7, 0, 2, 6, 5, 4]
    let shuffled = PatchData(
      patches: Matrix(
        rowCount: data.patches.rowCount, columnCount: data.dimension,
        elements: order.flatMap { i in
          (0..<3).flatMap { data.patch($0, ofSample: i) }
        }), patchCount: 3, labels: order.map { data.labels[$0] })
    try compare(shuffled, problem.network)
    let swapped = PatchData(
      patches: data.patches, patchCount: 3, labels: data.labels.map { 1 - $0 })
    let network = PatchNetwork(
      classCount: 2, width: 3,
      weights: Matrix(rowCount: 6, columnCount: 6) {
        problem.network.weights[($0 + 3) % 6, $1]
      })
    try compare(swapped, network, swapsClasses: true)
  }

  @Test("L(λ) = L(1 − λ), and λ = 1 is plain training")
  func lambdas() throws {
    let descent = PatchDescent(
      problem.network, on: PatchSpace(problem.data), team: ThreadTeam(size: 1))
    for lambda in [0, 0.1, 0.3, 0.45] {
      let left = try descent.loss(.mixup(.fixed(lambda)))
      let right = try descent.loss(.mixup(.fixed(1 - lambda)))
      #expect(abs(left - right) <= problem.rounding * left)
    }
    let plain = try descent.loss(.plain)
    let mixed = try descent.loss(.mixup(.fixed(1)))
    #expect(abs(plain - mixed) <= problem.rounding * plain)
    #expect(
      relativeDifference(
        try descent.gradient(.mixup(.fixed(1))).elements,
        try descent.gradient(.plain).elements) <= problem.rounding)
  }

  @Test("Logits are not negative, and quadratic in the weights")
  func homogeneity() {
    let logits = problem.network.logits(of: problem.data)
    #expect(logits.elements.allSatisfy { $0 >= 0 })
    var grown = problem.network
    grown.weights = Matrix(rowCount: 6, columnCount: 6) {
      3 * problem.network.weights[$0, $1]
    }
    let larger = grown.logits(of: problem.data)
    #expect(
      relativeDifference(
        larger.elements, logits.elements.map { 9 * $0 }) <= problem.rounding)
  }

  @Test(
    "The number of threads changes no bit", arguments: [2, 3],
    [PatchSpace.Form.automatic, .direct])
  func threads(_ classes: Int, _ form: PatchSpace.Form) throws {
    let problem = Problem(
      seed: 22, samples: 150, patches: 2, dimension: 400, classes: classes,
      weightScale: 0.05)
    let results = try [1, 2, 3].map { size in
      let descent = PatchDescent(
        problem.network, on: PatchSpace(problem.data, form: form),
        team: ThreadTeam(size: size))
      for law in [MixingLaw.fixed(0.6), .beta(0.5, 0.5), .fixed(0.9)] {
        try descent.step(.mixup(law), learningRate: 0.05, measuring: true)
      }
      try descent.step(.plain, learningRate: 0.05)
      return (
        descent.network.weights.elements, try descent.loss(.mixup(.fixed(0.6)))
      )
    }
    for result in results.dropFirst() {
      #expect(result.0 == results[0].0)
      #expect(result.1 == results[0].1)
    }
  }
}
