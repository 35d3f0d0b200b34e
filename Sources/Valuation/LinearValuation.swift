public import LinearAlgebra
import RealModule
public import VectorMath

/// The exact values of samples in Bayesian linear regression.
///
///     y = φᵀθ + ε,   ε ~ N(0, σ²),   θ ~ prior;   training set D, failure set F
///
///     r(C) = log p(F|D∖C) − log p(F|D)
///     r̂(z) = E_{p(θ|D)}[log p(z|θ)] − E_{p(θ|D,F)}[log p(z|θ)]
///          = (e′² − e²)/2σ² + (s′ − s)/2
///     r̃(z) = log p(z|m) − log p(z|m′) = (e′² − e²)/2σ²
///
/// e = y − φᵀm is the error at the posterior mean and s = φᵀΣφ/σ² the leverage,
/// primed after F is learned too. A large r says that the model explains F
/// better without C; r̂ is its first order, and adds up over samples. s′ ≤ s, so
/// that r̂ ≤ r̃.
///
/// One sample's likelihood can be taken out of both posteriors in closed form,
/// which gives r of all n samples without any further posterior:
///
///     r(z) = G(e′, s′) − G(e, s),   G(e, s) = −½ln(1 − s) + e²/(2σ²(1 − s))
///
/// Where 1 − s is so small that the difference would lose digits, it comes from
/// the posterior without these samples (`learnedResiduals`).
///
/// - Shapes: designs are n × d and f × d.
/// - Source: Tanno et al. 2022 (arXiv:2207.04806), Eqs. (2), (4), (6) and (7),
///   which are evaluated here for this model.
/// - Complexity: 3(n + d)d² operations for the posterior given D, 3(d + f)d²
///   for the one given F too, 2·n·d² for the leverages under both; O(1) for r
///   of each sample then. Recomputing a posterior for each would be 3·n²·d².
public struct LinearValuation: Sendable {
  /// Φ of the training set, n × d.
  public let design: Matrix<Double>
  /// Labels of the training set.
  public let labels: [Double]
  /// Φ of the failure set, f × d.
  public let failureDesign: Matrix<Double>
  /// Labels of the failure set.
  public let failureLabels: [Double]
  /// σ².
  public let noiseVariance: Double
  /// The belief before D.
  public let prior: LinearPosterior
  /// p(θ|D) and what it says of the training samples.
  public let before: Side
  /// p(θ|D, F) and what it says of the training samples.
  public let after: Side
  /// log p(F|D).
  public let logEvidence: Double

  /// A posterior and the training samples under it.
  public struct Side: Sendable {
    /// The posterior.
    public let posterior: LinearPosterior
    /// e = y − φᵀm of each sample.
    public fileprivate(set) var errors: [Double]
    /// 1 − s of each sample.
    public fileprivate(set) var margins: [Double]
    /// φᵀR⁻¹/σ, a row for each sample; s is its square.
    let whitened: Matrix<Double>

    fileprivate init(
      _ posterior: LinearPosterior, _ design: Matrix<Double>,
      _ labels: [Double], noiseVariance: Double, team: ThreadTeam
    ) {
      self.posterior = posterior
      errors = posterior.errors(design, labels)
      let (count, width) = (design.rowCount, design.columnCount)
      let scale = 1 / noiseVariance.squareRoot()
      var margins = [Double](repeating: 1, count: count)
      let rows = [Double](unsafeUninitializedCapacity: count * width) {
        rows, filled in
        filled = count * width
        guard let rows = rows.baseAddress else { return }
        let block = 256
        margins.withUnsafeMutableBufferPointer { margins in
          team.forEach((count + block - 1) / block) { piece in
            let part = piece * block..<min((piece + 1) * block, count)
            let first = rows + part.lowerBound * width
            design.withUnsafeElements { design in
              for k in 0..<part.count * width {
                (first + k).initialize(
                  to: design[part.lowerBound * width + k] * scale)
              }
            }
            posterior.precisionRoot.divide(first, count: part.count)
            for i in part {
              let row = rows + i * width
              margins[i] = 1 - Double.dot(width, row, row)
            }
          }
        }
      }
      self.margins = margins
      whitened = Matrix(rowCount: count, columnCount: width, elements: rows)
    }
  }

  /// Margins below this are computed again, for r would lose more than ten of
  /// its bits; at most d/(1 − 2⁻¹⁰) samples can have such.
  private static let smallMargin = 0x1p-10

  /// Learns the training set, then the failure set.
  ///
  /// - Throws: `LinearValuationError`.
  public init(
    design: Matrix<Double>, labels: [Double], failureDesign: Matrix<Double>,
    failureLabels: [Double], noiseVariance: Double, prior: LinearPosterior,
    team: ThreadTeam
  ) throws {
    precondition(
      noiseVariance > 0, "expected a noise variance > 0, got \(noiseVariance)")
    guard !failureLabels.isEmpty else { throw LinearValuationError.noFailures }
    self.design = design
    self.labels = labels
    self.failureDesign = failureDesign
    self.failureLabels = failureLabels
    self.noiseVariance = noiseVariance
    self.prior = prior
    let learned = try Self.learn(prior, design, labels, noiseVariance, team)
    let failed = try Self.learn(
      learned.posterior, failureDesign, failureLabels, noiseVariance, team)
    logEvidence = failed.logEvidence
    var sides = [learned.posterior, failed.posterior].map {
      Side($0, design, labels, noiseVariance: noiseVariance, team: team)
    }
    let lone = labels.indices.filter {
      !(sides[0].margins[$0] >= Self.smallMargin)
    }
    if !lone.isEmpty {
      let (rows, targets) = Self.select(lone, design, labels)
      let others = Self.select(
        Self.complement(lone, count: labels.count), design, labels)
      let rest = try Self.learn(
        prior, others.design, others.labels, noiseVariance, team
      ).posterior
      let restAfter = try Self.learn(
        rest, failureDesign, failureLabels, noiseVariance, team
      ).posterior
      for (k, posterior) in [rest, restAfter].enumerated() {
        let exact = try posterior.learnedResiduals(
          rows, targets, noiseVariance: noiseVariance)
        for (index, sample) in lone.enumerated() {
          sides[k].margins[sample] = exact.margins[index]
          sides[k].errors[sample] = exact.errors[index]
        }
      }
    }
    (before, after) = (sides[0], sides[1])
    guard
      logEvidence.isFinite,
      sides.allSatisfy({ side in
        side.margins.allSatisfy { $0 > 0 && $0.isFinite }
          && side.errors.allSatisfy { ($0 * $0 / noiseVariance).isFinite }
      })
    else { throw LinearValuationError.overflow }
  }

  /// Learns samples and looks whether the result can be trusted.
  private static func learn(
    _ belief: LinearPosterior, _ design: Matrix<Double>, _ labels: [Double],
    _ noiseVariance: Double, _ team: ThreadTeam = ThreadTeam(size: 1)
  ) throws -> (posterior: LinearPosterior, logEvidence: Double) {
    guard
      let learned = try? belief.learning(
        design, labels, noiseVariance: noiseVariance, team: team)
    else { throw LinearValuationError.overflow }
    let root = learned.posterior.precisionRoot.upper
    for k in 0..<root.columnCount {
      // The rounding errors of a column are relative to its length.
      let length = Matrix(
        rowCount: k + 1, columnCount: 1, elements: (0...k).map { root[$0, k] }
      ).frobeniusNorm
      guard length.isFinite else { throw LinearValuationError.overflow }
      if abs(root[k, k]) < length * 0x1p-42 {
        throw LinearValuationError.priorLost(feature: k)
      }
    }
    return learned
  }

  /// r̂ of each training sample.
  public var values: [Double] {
    zip(meanValues, zip(before.margins, after.margins)).map {
      $0 + ($1.0 - $1.1) / 2
    }
  }

  /// r̃ of each training sample: r̂ at the posterior means alone.
  public var meanValues: [Double] {
    zip(before.errors, after.errors).map { e, f in
      (f - e) * (f + e) / (2 * noiseVariance)
    }
  }

  /// r of each training sample alone.
  public var removalValues: [Double] {
    labels.indices.map { i in
      Self.cavity(after.errors[i], after.margins[i], noiseVariance)
        - Self.cavity(before.errors[i], before.margins[i], noiseVariance)
    }
  }

  /// −log p(z|m) with the sample's own influence on m taken out, up to a
  /// constant: −½ln(1 − s) + e²/(2σ²(1 − s)).
  static func cavity(
    _ error: Double, _ margin: Double, _ noiseVariance: Double
  ) -> Double {
    (error * error / (noiseVariance * margin) - .log(margin)) / 2
  }

  /// r(C) of a set of training samples, by its definition: D∖C is learned anew.
  ///
  /// - Parameters:
  ///   - causes: Indices into the training set, none twice.
  ///   - team: Who computes; it does not show in the result.
  /// - Complexity: 3(n + 2d + f)d² operations.
  public func value(
    ofRemoving causes: [Int], team: ThreadTeam = ThreadTeam(size: 1)
  ) throws -> Double {
    precondition(
      Set(causes).count == causes.count
        && causes.allSatisfy(labels.indices.contains),
      "expected distinct indices below \(labels.count), got \(causes)")
    let rest = Self.select(
      Self.complement(causes, count: labels.count), design, labels)
    let posterior = try Self.learn(
      prior, rest.design, rest.labels, noiseVariance, team
    ).posterior
    return try Self.learn(
      posterior, failureDesign, failureLabels, noiseVariance, team
    ).logEvidence - logEvidence
  }

  /// The indices below `count` that are not among `indices`, ascending.
  private static func complement(_ indices: [Int], count: Int) -> [Int] {
    let left = Set(indices)
    return (0..<count).filter { !left.contains($0) }
  }

  /// Some of the samples.
  static func select(
    _ indices: [Int], _ design: Matrix<Double>, _ labels: [Double]
  ) -> (design: Matrix<Double>, labels: [Double]) {
    var elements: [Double] = []
    elements.reserveCapacity(indices.count * design.columnCount)
    for index in indices { elements += design.row(index) }
    return (
      Matrix(
        rowCount: indices.count, columnCount: design.columnCount,
        elements: elements), indices.map { labels[$0] }
    )
  }
}
