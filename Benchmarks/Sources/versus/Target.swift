/// What mixlab aims at in a workload, and what was measured.
struct Target {
  enum Bound {
    case atLeast(Double)
    case atMost(Double)
  }

  let text: String
  let bound: Bound
  /// A ratio of medians, or seconds; nil where a row is absent.
  let measured: Double?

  var isMet: Bool? {
    measured.map { value in
      switch bound {
      case .atLeast(let limit): value >= limit
      case .atMost(let limit): value <= limit
      }
    }
  }

  /// The targets of the workload of `match`.
  static func all(for match: Match) -> [Target] {
    let mixlab = match.mixlab
    func ratio(_ above: Match.Row?, _ below: Match.Row?) -> Double? {
      guard let above, let below else { return nil }
      return above.median / below.median
    }
    func against(_ row: Match.Row?, _ text: String, _ limit: Double) -> Target {
      Target(
        text: "\(text) / mixlab", bound: .atLeast(limit),
        measured: ratio(row, mixlab))
    }
    func seconds(_ purpose: String, _ limit: Double) -> Target {
      Target(
        text: "seconds \(purpose)", bound: .atMost(limit),
        measured: mixlab?.median)
    }
    let pytorch = match.row(named: Contender.pytorch)
    func fastest(_ limit: Double) -> [Target] {
      [
        against(
          match.fastest([.peer, .tunedPeer]), "the fastest peer", limit),
        against(
          match.fastest([.peer]), "the fastest peer, pytorch-tuned left out",
          limit),
      ]
    }
    switch match.workload {
    case .mixupEpoch:
      return [against(pytorch, "pytorch", 1.7)]
        + fastest(match.threads == 1 ? 1.2 : 1.5) + [
          Target(
            text: "OpenBLAS's products / mixlab's epoch", bound: .atLeast(0.75),
            measured: ratio(match.row(named: Contender.gemm), mixlab))
        ]
    case .guidedEpoch:
      return [against(pytorch, "pytorch", 2.2)] + fastest(1.7) + [
        Target(
          text: "mixlab guided / unguided", bound: .atMost(1.2),
          measured: ratio(mixlab, match.row(named: Contender.plainEpoch)))
      ]
    case .valuatePairs, .valuateAllPairs:
      return [against(pytorch, "pytorch", 4)]
    case .mixupFlow:
      let stiff = match.rows.filter {
        Contender.stiffSolvers.contains($0.contender.name)
      }.min { $0.median < $1.median }
      return [
        against(match.row(named: Contender.rungeKutta), "scipy RK45", 100),
        against(stiff, "the fastest stiff solver", 8),
        against(match.row(named: Contender.numpy), "numpy", 1.3),
        Target(
          text: "mixlab / its LAPACK and GEMM calls alone",
          bound: .atMost(1.3),
          measured: ratio(mixlab, match.row(named: Contender.flowCalls))),
      ]
    case .patchDescent, .patchGenerated:
      let numpy = match.row(named: Contender.numpy)
      guard match.workload == .patchDescent else {
        return [against(numpy, "numpy", 8)]
      }
      func row(_ name: String) -> Match.Row? { match.row(named: name) }
      return [
        against(numpy, "numpy", 5),
        against(row("pytorch, mixed inputs"), "pytorch, mixed inputs", 800),
        against(row("jax, mixed inputs"), "jax, mixed inputs", 200),
        against(
          row("pytorch, mixed responses"), "pytorch, mixed responses", 25),
      ]
    case .expansion:
      return [
        against(match.fastest([.peer]), "the fastest peer by pairs", 2),
        against(match.row(named: Contender.factored), "numpy, factored", 1),
      ]
    case .alignment, .alignmentDouble:
      return [
        against(match.row(named: Contender.jacobian), Contender.jacobian, 4),
        against(
          match.fastest([.peer, .tunedPeer]) {
            !$0.name.hasSuffix(Contender.ownForm)
          }, "the fastest peer that forms the gradients", 2.5),
        against(
          match.fastest([.peer, .tunedPeer]),
          "the fastest peer, mixlab's own form included", 2.5),
      ]
    case .flowLabels: return [seconds("for new labels", 0.05)]
    case .leaveOneOut:
      return [
        seconds("for all samples", 1),
        against(match.row(named: Contender.removals), Contender.removals, 1000),
      ]
    case .kroneckerLaplace: return [seconds("for the curvature", 5)]
    }
  }
}
