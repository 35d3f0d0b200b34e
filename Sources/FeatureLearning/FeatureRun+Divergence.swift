import LinearAlgebra
import Randomness
import RealModule
public import VectorMath

extension FeatureRun {
  /// The error for a run that has diverged, after a second look at it: the
  /// first iterate whose step raised the loss, and the curvature there.
  ///
  /// Losses are compared under the objective of the step between them, since
  /// schedules and filters change it.
  ///
  /// - Returns: nil where no step raised the loss by more than rounding.
  func divergence(
    at iteration: Int, from initial: PatchNetwork, on space: PatchSpace,
    team: ThreadTeam
  ) -> FeatureLearningError? {
    let descent = PatchDescent(initial, on: space, team: team)
    var (filter, selection) = (
      pairFilter(on: space, team: team), PairSelection?.none
    )
    var overshoot: Int?
    for k in 0..<max(iteration, 1) {
      let objective = objective(at: k, descent, &filter, &selection)
      // A loss that is out of reach was led to by the step before.
      guard
        let before = try? descent.step(
          objective, learningRate: learningRate, measuring: true)
      else {
        overshoot = k > 0 ? k - 1 : nil
        break
      }
      let after = (try? descent.loss(objective)) ?? .nan
      // Means over the pairs of n samples.
      let rounding = 8 * Double(space.data.sampleCount) * .ulpOfOne * before
      if !(after <= before + rounding) {
        overshoot = k
        break
      }
    }
    guard let overshoot else { return nil }
    descent.begin()
    (filter, selection) = (pairFilter(on: space, team: team), nil)
    for k in 0..<overshoot {
      let objective = objective(at: k, descent, &filter, &selection)
      _ = try? descent.step(objective, learningRate: learningRate)
    }
    let curvature = largestCurvature(
      of: objective(at: overshoot, descent, &filter, &selection),
      at: descent.network, on: space, team: team)
    return .diverged(
      iteration: iteration, learningRate: learningRate,
      overshootIteration: overshoot, largestStableRate: curvature.map { 2 / $0 }
    )
  }
}

/// The largest eigenvalue of the Hessian ∂²L/∂w², by power iteration with
/// products H·v ≈ (∇L(w + εv) − ∇L(w − εv))/2ε; descent is stable along its
/// eigenvector for η < 2 over it.
///
/// - Returns: nil where no eigenvalue is positive or the loss is not finite.
/// - Numerics: Within some 1 per cent where the largest eigenvalue stands apart
///   from the next by as much.
/// - Complexity: Two gradients per product, some tens of products.
public func largestCurvature(
  of objective: PairObjective, at network: PatchNetwork, on space: PatchSpace,
  team: ThreadTeam
) -> Double? {
  // In the weights' own unit; where they are zero, in that in which the
  // largest patch gives a response of 1.
  let norm = network.weights.frobeniusNorm
  let scale = 1e-5 * (norm > 0 ? norm : 1 / space.data.largestPatchNorm)
  func product(_ v: [Double]) -> [Double]? {
    func gradient(_ step: Double) -> [Double]? {
      var moved = network
      moved.weights.withUnsafeMutableElements { w in
        for index in v.indices { w[index] += step * v[index] }
      }
      let descent = PatchDescent(moved, on: space, team: team)
      return (try? descent.gradient(objective))?.elements
    }
    guard let up = gradient(scale), let down = gradient(-scale) else {
      return nil
    }
    return zip(up, down).map { ($0 - $1) / (2 * scale) }
  }
  var stream = RandomStream(rootSeed: 0, name: "power-iteration")
  let start = stream.normals(count: network.weights.elements.count)
  guard let first = powerIteration(from: start, product, shift: 0) else {
    return nil
  }
  if first > 0 { return first }
  // The largest in absolute value is negative: lift all above zero.
  guard
    let second = powerIteration(from: start, product, shift: -first),
    second > 0
  else { return nil }
  return second
}

/// The eigenvalue of A that lies furthest from −shift.
private func powerIteration(
  from start: [Double], _ product: ([Double]) -> [Double]?, shift: Double
) -> Double? {
  var vector = start
  var value: Double?
  for _ in 0..<100 {
    let norm = Double.nrm2(vector.count, vector)
    guard norm > 0, norm.isFinite else { return nil }
    for index in vector.indices { vector[index] /= norm }
    guard let image = product(vector) else { return nil }
    let next = Double.dot(vector.count, vector, image)
    guard next.isFinite else { return nil }
    if let value, abs(next - value) <= 1e-4 * abs(next) { return next }
    value = next
    for index in vector.indices {
      vector[index] = image[index] + shift * vector[index]
    }
  }
  return value
}
