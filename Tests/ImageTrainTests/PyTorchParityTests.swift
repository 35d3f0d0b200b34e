import ImageTrain
import LinearAlgebra
import Networks
import Randomness
import Testing
import VectorMath

/// Numbers that `Scripts/parity-pytorch.py` prints, which has the recipe: the
/// random streams written down a second time, mixed images formed, torch's
/// loss, backward pass and SGD, in doubles.
@Suite("PyTorch trains along the same trajectory")
struct PyTorchParityTests {
  /// One run as PyTorch did it.
  struct Recording: Sendable {
    var nesterov: Bool
    /// Mean loss of each epoch.
    var losses: [Double]
    /// Every 12th parameter at the end, from the first.
    var parameters: [Double]
    var sum: Double
    var sumOfSquares: Double
  }

  static let recordings = [
    Recording(
      nesterov: false,
      losses: [1.6146393762689386, 1.6182517584234148, 1.6131957765403477],
      parameters: [
        -0.038862264352828094, 0.009935823476226313, -0.18079803011715123,
        0.061964850355111276, -0.08864673437647876, 0.2051093614460126,
        0.07541499044410095, -0.16349528368315813, -0.1887029709344426,
        -0.07053021303516473, 0.2729550712014895, 0.19093134228699815,
        0.05775770594585978,
      ], sum: 0.37984640054988134, sumOfSquares: 4.701423596731812),
    Recording(
      nesterov: true,
      losses: [1.6150234525044198, 1.6154862920896431, 1.6095351638390318],
      parameters: [
        -0.0264140077970793, 0.01760626995594145, -0.1837495655487148,
        0.0672461688339734, -0.08649712090067944, 0.2056098829971346,
        0.05556947691061445, -0.16623126686399037, -0.17086607608502796,
        -0.06532133792605786, 0.2749297930080789, 0.17709610189386943,
        0.058731731364188466,
      ], sum: 0.4477239997047209, sumOfSquares: 4.712234134326415),
  ]

  /// The study of the script.
  private func study(nesterov: Bool) -> Study {
    let seed: UInt64 = 11
    var study = Study(
      TrainingPlan(
        objective: .mixup,
        optimizer: Optimizer(
          learningRate: 0.1, schedule: .constant, momentum: 0.9,
          nesterov: nesterov, weightDecay: 0.01),
        batchSize: 16, epochs: 3))
    study.streams = TrainingStreams(rootSeed: seed, scope: "student")
    var pixels = RandomStream(rootSeed: seed, name: "pixels")
    var labels = RandomStream(rootSeed: seed, name: "labels")
    study.data = LabelledImages(
      pixels: Matrix(rowCount: 40, columnCount: 12) { _, _ in
        pixels.uniform(in: -1...1)
      }, labels: (0..<40).map { _ in Int32(labels.index(below: 5)) },
      classCount: 5)
    var weights = study.streams.initialWeights
    study.network = DenseNetwork(
      shape: DenseShape(sizes: [12, 8, 5], activation: .relu),
      initialization: .pytorch, from: &weights)
    return study
  }

  @Test(
    "epoch by epoch, with and without Nesterov's momentum",
    arguments: recordings, [1, 3])
  func trajectory(_ recording: Recording, threads: Int) throws {
    let study = study(nesterov: recording.nesterov)
    let (trainer, reports) = try study.trained(team: threads)
    // Nine steps round sums of up to 12 + 16 terms in another order, on both
    // sides; each such rounding moves the parameters as a change of the first
    // weights by that many units does. The perturbation is 2⁻⁴⁰, so that it
    // stands well above the roundings of the runs that measure it.
    let unit = 0x1p-40
    let bound =
      9 * 28 * (try study.sensitivity(toRounding: unit)) * Double.ulpOfOne
      / unit
    #expect(bound < 1e-11)
    let parameters = trainer.network.parameters
    #expect(parameters.count == 149)
    let found = stride(from: 0, to: parameters.count, by: 12).map {
      parameters[$0]
    }
    #expect(found.count == recording.parameters.count)
    for (mine, torch) in zip(found, recording.parameters) {
      #expect(abs(mine - torch) <= bound)
    }
    let size = Double(parameters.count)
    #expect(abs(parameters.reduce(0, +) - recording.sum) <= size * bound)
    // |θ| ≤ 1, so that a square moves by at most twice as much.
    #expect(parameters.allSatisfy { abs($0) <= 1 })
    let squares = parameters.reduce(0) { $0 + $1 * $1 }
    #expect(abs(squares - recording.sumOfSquares) <= 2 * size * bound)
    // A loss moves with every parameter, at a rate of at most 1 each: inputs,
    // activations' derivatives and probabilities are at most 1 in size, and
    // weights of the second layer are too.
    #expect(reports.count == recording.losses.count)
    for (report, torch) in zip(reports, recording.losses) {
      #expect(abs(report.loss - torch) <= size * bound)
    }
    // The tolerance tells the two kinds of momentum apart.
    let other = Self.recordings.filter {
      $0.nesterov != recording.nesterov
    }
    for (mine, torch) in zip(reports, other[0].losses) {
      #expect(abs(mine.loss - torch) > 1000 * size * bound)
    }
  }
}
