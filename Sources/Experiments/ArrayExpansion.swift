import ArrayFiles
import LinearAlgebra
import Networks
import Randomness
import Sensitivity
public import VectorMath

/// `mixlab expand`: the second-order expansion of the mixup loss over all
/// pairs of images from array files, beside the loss itself.
///
///     L_mix = L_std + R1 + R2 + R3 + remainder
public struct ArrayExpansion: Sendable {
  /// Network file.
  public var network: String
  /// Its activation.
  public var activation: Activation
  /// Images, [n, …].
  public var images: String
  /// Labels, [n].
  public var labels: String
  /// α of λ ~ Beta(α, β).
  public var firstConcentration: Double
  /// β.
  public var secondConcentration: Double
  /// Nodes of the quadrature over λ; nil: as many as the error asks for.
  public var nodes: Int?
  /// Pairs that L_mix is estimated from; nil: all of them.
  public var sampledPairs: Int?
  /// Seed of the sampled pairs.
  public var seed: Int
  /// Threads that share the work.
  public var threads: Int

  /// An expansion from its files.
  public init(
    network: String, activation: Activation, images: String, labels: String,
    firstConcentration: Double, secondConcentration: Double,
    nodes: Int? = nil, sampledPairs: Int? = nil, seed: Int = 0, threads: Int = 1
  ) {
    self.network = network
    self.activation = activation
    self.images = images
    self.labels = labels
    self.firstConcentration = firstConcentration
    self.secondConcentration = secondConcentration
    self.nodes = nodes
    self.sampledPairs = sampledPairs
    self.seed = seed
    self.threads = threads
  }

  /// Reads, computes, and writes the file contract's results to a folder.
  ///
  /// Nothing is written unless all input is in order.
  public func run(output: String, overwrite: Bool) throws {
    let start = ContinuousClock.now
    let arrays = try LabelledArrays(images: images, labels: labels)
    let net = try NetworkFile.read(network, activation: activation)
    try arrays.check([(network, net)])
    try OutputFolder.check(path: output, overwrite: overwrite)
    let read = ContinuousClock.now
    let team = ThreadTeam(size: threads)
    let inputs = NetworkInputs(
      arrays.pixels, labels: arrays.labels, network: net, team: team)
    guard inputs.firstLayer.elements.allSatisfy(\.isFinite) else {
      throw overflow
    }
    let expansion = try LossExpansion(of: inputs, team: team)
    let terms = expansion.terms(moments)
    guard
      (expansion.standardLoss + terms.firstOrder + terms.gradient
        + terms.curvature).isFinite
    else { throw overflow }
    let expanded = ContinuousClock.now
    let loss = try mixupLoss(inputs, team)
    let computed = ContinuousClock.now
    let folder = try OutputFolder(path: output, overwrite: overwrite)
    try JSONDocument([
      "read": .double((read - start) / .seconds(1)),
      "expand": .double((expanded - read) / .seconds(1)),
      "integrate": .double((computed - expanded) / .seconds(1)),
    ]).write(to: folder.file("timing.json"))
    let result: ConfigurationValue = [
      "command": "expand",
      "configuration": configuration,
      "version": .string(mixlabVersion),
      "blas": blasValue,
      "standardLoss": .double(expansion.standardLoss),
      "mixupLoss": .double(loss.value),
      "mixupLossError": .double(loss.errorBound),
      "quadratureNodes": .int(loss.nodes),
      "r1": .double(terms.firstOrder),
      "r2": .double(terms.gradient),
      "r3": .double(terms.curvature),
      "remainder": .double(
        loss.value - expansion.standardLoss - terms.firstOrder - terms.gradient
          - terms.curvature),
    ]
    try JSONDocument(result.appending(loss.sampled), notes: notes(loss))
      .write(to: folder.file("result.json"))
  }

  private var moments: DisplacementMoments {
    DisplacementMoments(
      firstConcentration: firstConcentration,
      secondConcentration: secondConcentration)
  }

  private var overflow: FileError {
    .malformed(
      file: network, expected: "finite losses on \(images)",
      found: "an overflow")
  }

  /// L_mix as it was asked for.
  private struct Loss {
    var value: Double
    var errorBound: Double
    var nodes: Int
    /// Results of a sample of the pairs.
    var sampled: ConfigurationValue = [:]
  }

  private func mixupLoss(
    _ inputs: NetworkInputs, _ team: ThreadTeam
  ) throws -> Loss {
    guard let sampledPairs else {
      let loss = try MixupLoss(
        of: inputs, firstConcentration: firstConcentration,
        secondConcentration: secondConcentration, nodes: nodes, team: team)
      guard (loss.value + loss.errorBound).isFinite else { throw overflow }
      return Loss(
        value: loss.value, errorBound: loss.errorBound, nodes: loss.nodes)
    }
    let nodes = nodes ?? Self.sampledNodes
    var stream = RandomStream(
      rootSeed: UInt64(seed), name: "expand/pairs")
    let sample = try SampledExpansion(
      of: inputs, moments: moments,
      pairCount: sampledPairs, nodes: nodes, from: &stream, team: team)
    guard sample.mixupLoss.value.isFinite else { throw overflow }
    var estimates: ConfigurationValue = [
      "pairs": .int(sampledPairs),
      "quadratureError": .double(sample.quadratureError),
    ]
    for (name, mean) in [
      ("standardLoss", sample.standardLoss), ("mixupLoss", sample.mixupLoss),
      ("r1", sample.firstOrderTerm), ("r2", sample.gradientTerm),
      ("r3", sample.curvatureTerm),
      ("remainder", sample.remainder),
    ] {
      var estimate: ConfigurationValue = [
        "value": .double(mean.value),
        "standardError": .double(mean.standardError),
      ]
      if name == "mixupLoss" || name == "remainder" {
        estimate["totalError"] = .double(
          mean.standardError + sample.quadratureError)
      }
      estimates[name] = estimate
    }
    return Loss(
      value: .nan, errorBound: .nan, nodes: nodes,
      sampled: ["seed": .int(seed), "sampled": estimates])
  }

  /// Nodes for each part of the law where pairs are sampled.
  private static let sampledNodes = 16

  private func notes(_ loss: Loss) -> [String: String] {
    if sampledPairs != nil {
      let reason = "estimated from a sample of the pairs, under sampled"
      return [
        "mixupLoss": reason, "mixupLossError": reason, "remainder": reason,
      ]
    }
    guard activation == .relu else { return [:] }
    var notes = [
      "r3": "0: a piecewise linear network has no curvature where it has a "
        + "derivative; what its kinks do is in the remainder"
    ]
    if loss.errorBound > MixupLoss.tolerance {
      notes["mixupLossError"] =
        "kinks of the network limit the quadrature over λ; more --nodes narrow "
        + "it, in place of splitting the segments of small sets at the kinks"
    }
    return notes
  }

  private var configuration: ConfigurationValue {
    [
      "network": .string(network), "activation": .string(activation.rawValue),
      "images": .string(images), "labels": .string(labels),
      "beta-alpha": .double(firstConcentration),
      "beta-beta": .double(secondConcentration),
      "nodes": nodes.map { .int($0) } ?? nil,
      "sampled-pairs": sampledPairs.map { .int($0) } ?? nil,
    ]
  }
}
