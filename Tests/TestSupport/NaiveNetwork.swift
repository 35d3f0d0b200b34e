import Foundation
public import Networks
public import VectorMath

/// A dense network as loops over layers, units and inputs: what the fast
/// passes are compared with.
public struct NaiveNetwork {
  /// The sizes of its layers.
  public let shape: DenseShape
  /// Weights and biases, in the order of `shape`.
  public var parameters: [Double]

  /// The network with the same parameters.
  public init(_ network: DenseNetwork<Double>) {
    shape = network.shape
    parameters = network.parameters
  }

  /// σ(u), σ′(u).
  public static func value(
    _ activation: Activation, _ u: Double
  ) -> (value: Double, slope: Double) {
    switch activation {
    case .identity: return (u, 1)
    case .relu: return (max(u, 0), u > 0 ? 1 : 0)
    case .tanh: return (tanh(u), 1 / (cosh(u) * cosh(u)))
    case .softplus: return (log1p(exp(u)), 1 / (1 + exp(-u)))
    case .square: return (u * u, 2 * u)
    case .sigmoid:
      let s = 1 / (1 + exp(-u))
      return (s, s * (1 - s))
    case .gelu:
      let mass = 0.5 * erfc(-u / 2.0.squareRoot())
      let density = exp(-u * u / 2) / (2 * Double.pi).squareRoot()
      return (u * mass, mass + u * density)
    }
  }

  /// The logits at `input`, and their derivatives along `direction`.
  public func jet(
    _ input: [Double], along direction: [Double]
  ) -> (logits: [Double], tangent: [Double]) {
    var (z, dz) = (input, direction)
    for layer in 1...shape.layerCount {
      let (outputs, inputs) = (shape.sizes[layer], shape.sizes[layer - 1])
      let weights = shape.weightOffset(ofLayer: layer)
      let biases = shape.biasOffset(ofLayer: layer)
      var u: [Double] = []
      var du: [Double] = []
      for o in 0..<outputs {
        var (sum, change) = (parameters[biases + o], 0.0)
        for i in 0..<inputs {
          sum += parameters[weights + o * inputs + i] * z[i]
          change += parameters[weights + o * inputs + i] * dz[i]
        }
        u.append(sum)
        du.append(change)
      }
      if layer < shape.layerCount {
        let values = u.map { Self.value(shape.activation, $0) }
        z = values.map(\.value)
        dz = zip(values, du).map { $0.slope * $1 }
      } else {
        (z, dz) = (u, du)
      }
    }
    return (z, dz)
  }

  /// The logits at `input`.
  public func logits(_ input: [Double]) -> [Double] {
    jet(input, along: input.map { _ in 0 }).logits
  }

  /// log softmax of the logits at `input`.
  public func logProbabilities(_ input: [Double]) -> [Double] {
    let logits = logits(input)
    let top = logits.max() ?? 0
    let sum = logits.reduce(0) { $0 + exp($1 - top) }
    return logits.map { $0 - top - log(sum) }
  }

  /// −Σ label·log p at `input`.
  public func crossEntropy(_ input: [Double], _ label: [Double]) -> Double {
    zip(logProbabilities(input), label).reduce(0) {
      $1.1 == 0 ? $0 : $0 - $1.0 * $1.1
    }
  }

  /// Half-units in the last place times `unit` that rounding can add up to in
  /// each logit.
  ///
  ///     δu_l ≤ |W|δz_{l−1} + (n + 2)·unit·(|W||z_{l−1}| + |b|)
  ///     δz_l ≤ L·δu_l + 8·unit·max(|z_l|, |u_l|)
  ///
  /// with L a Lipschitz constant of the activation near u; second order terms
  /// are left to the factor in front, a doubling.
  public func roundingBounds(_ input: [Double], unit: Double) -> [Double] {
    var z = input
    var error = [Double](repeating: 0, count: input.count)
    for layer in 1...shape.layerCount {
      let (outputs, inputs) = (shape.sizes[layer], shape.sizes[layer - 1])
      let weights = shape.weightOffset(ofLayer: layer)
      let biases = shape.biasOffset(ofLayer: layer)
      var u: [Double] = []
      var du: [Double] = []
      for o in 0..<outputs {
        let bias = parameters[biases + o]
        var (sum, size, carried) = (bias, abs(bias), 0.0)
        for i in 0..<inputs {
          let weight = parameters[weights + o * inputs + i]
          sum += weight * z[i]
          size += abs(weight * z[i])
          carried += abs(weight) * error[i]
        }
        u.append(sum)
        du.append(carried + Double(inputs + 2) * unit * size)
      }
      if layer == shape.layerCount { return du.map { 2 * $0 } }
      z = u.map { Self.value(shape.activation, $0).value }
      error = u.indices.map { i in
        let lipschitz =
          shape.activation == .square ? 2 * (abs(u[i]) + du[i]) : 1.2
        return lipschitz * du[i] + 8 * unit * max(abs(z[i]), abs(u[i]))
      }
    }
    return error
  }
}
