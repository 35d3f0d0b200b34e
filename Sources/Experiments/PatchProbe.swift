import FeatureLearning
import LinearAlgebra
import Randomness
import Sensitivity
import Synthetic

/// Measures α of a patch network in training on its training samples.
///
/// The mean sample is that of all training samples, position by position, as
/// mixup mixes them. Random directions come from a stream of their own, the
/// same for all methods of a seed.
struct PatchProbe {
  private let interval: Int
  private let last: Int
  private let data: PatchData
  private let mean: Matrix<Double>
  private let rootSeed: UInt64

  /// A probe of a bench's training samples; nil where none is asked for.
  init?(_ bench: PatchBench) {
    guard let interval = bench.settings.probeInterval else { return nil }
    self.interval = interval
    last = bench.settings.iterations
    data = bench.train.data
    let size = data.patchCount * data.dimension
    mean = Matrix(
      rowCount: data.patchCount, columnCount: data.dimension,
      elements: Matrix(
        rowCount: data.sampleCount, columnCount: size,
        elements: data.patches.elements
      ).rowMean)
    rootSeed = UInt64(bench.seed)
  }

  /// The columns of `probes.csv`, next to factor and method.
  static var columns: [String] {
    ["iteration"] + SensitivityLog.probeColumns.dropFirst()
  }

  /// Whether an iterate is measured.
  func isDue(_ iteration: Int) -> Bool {
    iteration.isMultiple(of: interval) || iteration == last
  }

  /// The columns of a network at an iterate.
  func cells(_ network: PatchNetwork, iteration: Int) -> [CSVTable.Cell] {
    let alignment = Alignment(
      filters: network.weights, classCount: network.classCount,
      patches: data.patches, patchCount: data.patchCount, labels: data.labels,
      mean: mean, measuresLoss: true)
    var stream = RandomStream(
      rootSeed: rootSeed, name: "probe-null", index: UInt64(iteration))
    let numbers = SensitivityLog.probeNumbers(
      alignment,
      nullModel: alignment.withRandomDirections(
        dimension: data.patchCount * data.dimension, using: &stream),
      parameterNorm: network.weights.elements.reduce(0) { $0 + $1 * $1 }
        .squareRoot())
    return [.int(iteration)] + numbers.map { .double($0) }
  }
}
