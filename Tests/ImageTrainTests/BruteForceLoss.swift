import ImageTrain
import Mixing
import Networks
import RealModule
import TestSupport

/// The loss of a batch as its definition has it: every mixed image is formed,
/// every row goes through plain loops.
struct BruteForceLoss {
  let data: LabelledImages<Double>
  let shape: DenseNetwork<Double>
  let objective: Objective
  var sampleLoss = SampleLoss.crossEntropy
  /// Mixed samples that enter the loss.
  var samples: MixedSamples
  /// What their sum is divided by.
  var divisor: Double
  /// Images of the clean rows.
  var clean: [Int32]
  /// E[1 − λ] of MixupE's term.
  var meanDisplacement = 1.0 / 3

  init(
    _ study: Study, _ samples: MixedSamples, kept: [Bool]? = nil,
    divisor: Int? = nil
  ) {
    data = study.data
    shape = study.network
    objective = study.plan.objective
    sampleLoss = study.plan.loss
    clean = samples.first
    let chosen = (0..<samples.count).filter { kept?[$0] ?? true }
    self.samples = MixedSamples(
      first: chosen.map { samples.first[$0] },
      second: chosen.map { samples.second[$0] },
      weights: chosen.map { samples.weights[$0] })
    self.divisor = Double(divisor ?? max(chosen.count, 1))
  }

  private func image(_ index: Int32) -> [Double] {
    Array(data.pixels.row(Int(index)))
  }

  private func oneHot(_ index: Int32) -> [Double] {
    (0..<data.classCount).map { $0 == Int(data.labels[Int(index)]) ? 1 : 0 }
  }

  private func mix(_ a: [Double], _ b: [Double], _ weight: Double) -> [Double] {
    zip(a, b).map { weight * $0 + (1 - weight) * $1 }
  }

  private func loss(
    _ network: NaiveNetwork, _ i: Int32, _ j: Int32, _ weight: Double
  ) -> Double {
    let input = mix(image(i), image(j), weight)
    func squared(_ label: [Double]) -> Double {
      zip(network.logits(input), label).reduce(0) {
        $0 + ($1.0 - $1.1) * ($1.0 - $1.1) / 2
      }
    }
    switch sampleLoss {
    case .crossEntropy:
      return network.crossEntropy(input, mix(oneHot(i), oneHot(j), weight))
    case .squaredError(mixesLosses: false):
      return squared(mix(oneHot(i), oneHot(j), weight))
    case .squaredError(mixesLosses: true):
      return weight * squared(oneHot(i)) + (1 - weight) * squared(oneHot(j))
    }
  }

  /// L_mix.
  func mixed(_ network: NaiveNetwork) -> Double {
    samples.first.indices.reduce(0) {
      $0
        + loss(
          network, samples.first[$1], samples.second[$1], samples.weights[$1])
    } / divisor
  }

  private func cleanMean(_ network: NaiveNetwork) -> Double {
    clean.reduce(0) { $0 + loss(network, $1, $1, 1) } / Double(clean.count)
  }

  /// ±(E[1 − λ]/n) Σ|q̃| or Σq̃, the latter over q̃ below a threshold alone.
  ///
  /// Where the residual counts as constant it stays that of the step's start.
  private func directionalTerm(
    _ network: NaiveNetwork, _ term: DirectionalTerm
  ) -> Double {
    let all = (0..<Int32(data.count)).map(image)
    let mean = all[0].indices.map { c in
      all.reduce(0) { $0 + $1[c] } / Double(all.count)
    }
    return clean.reduce(0) { sum, index in
      let input = image(index)
      let direction = zip(mean, input).map { $0 - $1 }
      let (logits, tangent) = network.jet(input, along: direction)
      let source = term.hasConstantResidual ? NaiveNetwork(shape) : network
      let log = source.logProbabilities(input)
      let label = oneHot(index)
      let value = label.indices.reduce(0.0) { q, c in
        let residual = Double.exp(log[c]) - label[c]
        return term.surrogate == .directional
          ? q + residual * tangent[c] : q - residual * logits[c]
      }
      if let threshold = term.threshold, value >= threshold { return sum }
      return sum + (term.isAbsolute ? abs(value) : value)
    } * meanDisplacement / Double(clean.count) * (term.isSubtracted ? -1 : 1)
  }

  /// The loss at the parameters given, without MixupE's rescaling.
  func value(_ parameters: [Double]) -> Double {
    var network = NaiveNetwork(shape)
    network.parameters = parameters
    switch objective {
    case .plain: return cleanMean(network)
    case .mixup: return mixed(network)
    case .regMixup(let weight, .paper):
      return cleanMean(network) + weight * mixed(network)
    case .regMixup(let weight, .halved):
      return (cleanMean(network) + weight * mixed(network)) / 2
    case .mixupE(let weight, let term, _):
      return mixed(network) + weight * directionalTerm(network, term)
    }
  }

  /// The factor on the gradient: |L_mix|/|L_mix + ηR| where MixupE rescales.
  var gradientScale: Double {
    guard case .mixupE(_, _, rescaled: true) = objective else { return 1 }
    return abs(mixed(NaiveNetwork(shape))) / abs(value(shape.parameters))
  }
}
