import FeatureLearning
import LinearAlgebra
import Randomness
import RealModule
import Synthetic
import VectorMath

/// Data, network and descent that methods of the search have in common.
struct FeatureProblem: Sendable, Equatable {
  var generator: PatchGenerator
  /// σ_p²·d, from which the generator has its σ_p.
  var noiseEnergy: Double
  var samples: Int
  /// Filters of a class.
  var width: Int
  /// Standard deviation of the initial weights.
  var deviation: Double
  var learningRate: Double
  /// The budget.
  var iterations: Int

  /// What a method has learned at the end: geometric means over the classes of
  /// Σ_r ⟨w_{k,r}, f⟩² for the common and the rare feature of class k.
  struct Outcome: Sendable, Equatable {
    var common: Double
    var rare: Double
  }

  /// The training samples of a seed and the weights that all methods start at.
  private func draw(
    seed: Int
  ) throws -> (train: FeaturePatches, initial: PatchNetwork) {
    var stream = RandomStream(
      rootSeed: UInt64(seed), name: "initial-weights")
    return (
      try generator.generate(samples, name: "train", seed: UInt64(seed)),
      PatchNetwork(
        classCount: generator.classCount, width: width,
        dimension: generator.dimension, scale: deviation, using: &stream)
    )
  }

  /// The network that a teacher has become at the end of the budget.
  func teacher(
    _ kind: FeatureCandidate.Teacher, seed: Int
  ) throws -> PatchNetwork {
    let (train, initial) = try draw(seed: seed)
    var data = train.data
    if kind == .whole {
      let test = try generator.generate(
        samples, name: "test", seed: UInt64(seed)
      ).data
      data = PatchData(
        patches: Matrix(
          rowCount: data.patches.rowCount + test.patches.rowCount,
          columnCount: data.dimension,
          elements: data.patches.elements + test.patches.elements),
        patchCount: data.patchCount, labels: data.labels + test.labels,
        classCount: data.classCount)
    }
    return try FeatureRun(
      kind == .plain ? .plain : .mixup(weight: 0.6),
      learningRate: learningRate, iterations: iterations,
      recordInterval: max(iterations, 1)
    )(
      from: initial, on: PatchSpace(data), directions: train.features,
      team: ThreadTeam(size: 1)
    ).network
  }

  /// Trains by a method.
  ///
  /// - Throws: `FeatureLearningError` where descent diverges; `Interrupted`.
  func outcome(
    of candidate: FeatureCandidate, teacher: PatchNetwork?, seed: Int,
    cancellation: CancellationFlag
  ) throws -> Outcome {
    let (train, initial) = try draw(seed: seed)
    let run = FeatureRun(
      candidate.method, learningRate: learningRate, iterations: iterations,
      recordInterval: max(iterations, 1),
      teachers: teacher.map { [$0] } ?? [], seed: UInt64(seed))
    let records = try run(
      from: initial, on: PatchSpace(train.data), directions: train.features,
      team: ThreadTeam(size: 1)
    ).records
    try cancellation.check()
    guard let learning = records.last?.learning else {
      preconditionFailure("a run records its last iterate")
    }
    let classes = generator.classCount
    func mean(_ offset: Int) -> Double {
      Double.exp(
        (0..<classes).reduce(0) {
          $0 + Double.log(learning[$1, $1 + offset])
        } / Double(classes))
    }
    return Outcome(common: mean(0), rare: mean(classes))
  }
}
