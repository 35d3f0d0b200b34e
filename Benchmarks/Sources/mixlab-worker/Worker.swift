import ArgumentParser
import Foundation
import ImageTrain
import LinearAlgebra
import Mixing
import Networks
import Randomness
import Valuation
import VectorMath

/// mixlab's side of the comparison: sets a workload up, says `ready`, and for
/// each `go` on stdin prints the seconds that one pass took.
@main
struct Worker: ParsableCommand {
  enum Workload: String, CaseIterable, ExpressibleByArgument {
    case mixupEpoch = "mixup-epoch"
    case guidedEpoch = "guided-epoch"
    case valuatePairs = "valuate-pairs"
    case valuateAllPairs = "valuate-all-pairs"
    case gemm
    case mixupFlow = "mixup-flow"
    case flowLabels = "flow-labels"
    case flowModes = "flow-modes"
    case flowCalls = "flow-calls"
    case patchDescent = "patch-descent"
    case patchGenerated = "patch-generated"
    case expansion, alignment
    case alignmentDouble = "alignment-double"
    case leaveOneOut = "leave-one-out"
    case kroneckerLaplace = "kronecker-laplace"
  }

  @Option var workload: Workload
  @Option var threads: Int

  func run() throws {
    OpenBLAS.prepare()
    let team = ThreadTeam(size: threads)
    switch workload {
    case .mixupEpoch: try serveEpochs(guided: false, team)
    case .guidedEpoch: try serveEpochs(guided: true, team)
    case .valuatePairs: try serveValuation(team)
    case .valuateAllPairs: try serveAllPairs(team)
    case .gemm:
      let calls = GEMMCalls(team)
      try serve {
        calls.run()
        return 0
      }
    case .mixupFlow:
      let flows = try MixupFlows(threads: threads)
      try serve { try flows.newDesign() }
    case .flowLabels:
      let flows = try MixupFlows(threads: threads)
      try serve { try flows.newLabels() }
    case .flowModes:
      let flows = try MixupFlows(threads: threads)
      try serve { try flows.byEigenvectors() }
    case .flowCalls:
      let flows = try MixupFlows(threads: threads)
      try serve { try flows.calls() }
    case .patchDescent, .patchGenerated:
      let descents = try PatchDescents(
        generated: workload == .patchGenerated, team)
      try serve { try descents.run() }
    case .expansion:
      let expansions = Expansions(team)
      try serve { try expansions.run() }
    case .alignment:
      let alignments = Alignments<Float>(team)
      try serve { try alignments.run() }
    case .alignmentDouble:
      let alignments = Alignments<Double>(team)
      try serve { try alignments.run() }
    case .leaveOneOut:
      let removals = LeaveOneOut(team)
      try serve { try removals.run() }
    case .kroneckerLaplace:
      let network = Sizes.network(seed: 1)
      let images = Sizes.images(Sizes.imageCount).pixels
      try serve {
        try KroneckerLaplace(
          around: network, images: images, priorPrecision: 1, team: team
        ).effectiveParameterCount
      }
    }
  }

  /// Answers each `go` with the seconds of a pass and what it computed.
  private func serve(
    reset: () -> Void = {}, _ pass: () throws -> Double
  ) throws {
    for _ in 0..<2 {
      reset()
      _ = try pass()
    }
    print("ready")
    fflush(nil)
    while let line = readLine(), line == "go" {
      reset()
      let start = ContinuousClock.now
      let check = try pass()
      let seconds = (ContinuousClock.now - start) / .seconds(1)
      print("\(seconds) \(check)")
      fflush(nil)
    }
  }

  // MARK: - Workloads

  private func serveEpochs(guided: Bool, _ team: ThreadTeam) throws {
    let plan = TrainingPlan(
      objective: .mixup,
      guidance: guided ? Guidance(filter: .low) : nil,
      optimizer: Optimizer(learningRate: 0.02, schedule: .constant),
      batchSize: Sizes.batch, epochs: 2)
    let trainer = Trainer<Float>(
      plan: plan, network: Sizes.network(seed: 1),
      data: Sizes.images(Sizes.imageCount),
      teachers: guided ? [Sizes.network(seed: 2, outputScale: 0.1)] : [],
      streams: TrainingStreams(rootSeed: 0, scope: "student"), team: team)
    // Every pass begins at the same weights, without momentum.
    let start = trainer.state
    try serve(reset: { trainer.restore(start) }) {
      let report = try trainer.runEpoch()
      return guided
        ? Double(report.kept) / Double(Sizes.imageCount) : report.loss
    }
  }

  private func serveValuation(_ team: ThreadTeam) throws {
    let images = Sizes.images(Sizes.valuedImages)
    var stream = RandomStream(rootSeed: 3, name: "pairs")
    func indices() -> [Int32] {
      (0..<Sizes.pairs).map { _ in
        Int32(stream.index(below: Sizes.valuedImages))
      }
    }
    let samples = MixedSamples(
      first: indices(), second: indices(),
      weights: (0..<Sizes.pairs).map { _ in stream.uniform() })
    let (before, after) = (
      Sizes.network(seed: 1), Sizes.network(seed: 2)
    )
    try serve {
      func bind(_ network: DenseNetwork<Float>) -> DenseNetworkPredictor<Float>
      {
        DenseNetworkPredictor(
          network: network, images: images.pixels, team: team)
      }
      let valuation = MixedValuation(
        of: samples, labels: images.labels, before: [bind(before)],
        after: [bind(after)], team: team)
      return valuation.mean
    }
  }

  private func serveAllPairs(_ team: ThreadTeam) throws {
    let images = Sizes.images(Sizes.pairedImages)
    let (before, after) = (
      Sizes.network(seed: 1), Sizes.network(seed: 2, outputScale: 0.1)
    )
    try serve {
      func bind(_ network: DenseNetwork<Float>) -> DenseNetworkPredictor<Float>
      {
        DenseNetworkPredictor(
          network: network, images: images.pixels, team: team)
      }
      var sum = 0.0
      AllPairsValuation(
        labels: images.labels, weight: Sizes.pairedWeight,
        before: [bind(before)], after: [bind(after)]
      ).forEachBlock(team: team) { _, block in
        sum += block.values.reduce(0, +)
      }
      return sum / Double(images.labels.count * images.labels.count)
    }
  }
}

/// The sizes, data and networks that all workers share.
enum Sizes {
  static let layers = [784, 300, 100, 10]
  static let batch = 128
  static let imageCount = 12_000
  static let valuedImages = 2_000
  static let pairs = 100_000
  static let (pairedImages, pairedWeight) = (1_000, 0.3)

  /// Random images in [0, 1] with random labels.
  static func images(_ count: Int) -> LabelledImages<Float> {
    var stream = RandomStream(rootSeed: 0, name: "images")
    return LabelledImages(
      pixels: Matrix(
        rowCount: count, columnCount: layers[0],
        elements: (0..<count * layers[0]).map { _ in Float(stream.uniform()) }),
      labels: (0..<count).map { _ in Int32(stream.index(below: 10)) },
      classCount: 10)
  }

  /// He-normal weights, the last layer's scaled.
  static func network(
    seed: UInt64, outputScale: Float = 1
  ) -> DenseNetwork<Float> {
    var stream = RandomStream(rootSeed: seed, name: "network")
    let shape = DenseShape(sizes: layers, activation: .relu)
    var network = DenseNetwork<Float>(
      shape: shape, initialization: .he, from: &stream)
    let last = shape.weightOffset(ofLayer: shape.layerCount)
    for k in last..<network.parameters.count {
      network.parameters[k] *= outputScale
    }
    return network
  }
}
