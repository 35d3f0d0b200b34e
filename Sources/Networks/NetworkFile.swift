public import ArrayFiles
import LinearAlgebra
public import VectorMath

/// Dense networks in `.npz` files, under PyTorch's names.
///
/// Each layer is a `<prefix>.weight` of shape [out, in] and a `<prefix>.bias`
/// of shape [out]; a missing bias means none. The prefixes in natural order
/// (numbers by value) give the order of the layers: `0, 2, 4` as
/// `torch.nn.Sequential` names them, or `layers.0, layers.1`, or `fc1, fc2`.
/// The activation is not in the file and cannot be detected from it.
public enum NetworkFile {
  /// Reads a network.
  ///
  /// - Parameters:
  ///   - path: The `.npz` file.
  ///   - activation: The nonlinearity that it was trained with.
  /// - Throws: `FileError` where the file is missing or damaged, an array is
  ///   neither a weight nor a bias, or the layers do not chain.
  public static func read(
    _ path: String, activation: Activation
  ) throws(FileError) -> DenseNetwork<Double> {
    let archive = try NPZ(path: path)
    var sizes: [Int] = []
    var parameters: [Double] = []
    for prefix in try prefixes(of: archive) {
      let weight = try archive.numbers(prefix + ".weight", shape: [nil, nil])
      let (outputs, inputs) = (weight.shape[0], weight.shape[1])
      guard outputs > 0, inputs > 0 else {
        throw .malformed(
          file: path, expected: "\(prefix).weight with rows and columns",
          found: "shape \(weight.shape)")
      }
      if let last = sizes.last, last != inputs {
        throw .malformed(
          file: path,
          expected: "\(prefix).weight of \(last) columns, as the layer before "
            + "has \(last) outputs", found: "\(inputs) columns")
      }
      if sizes.isEmpty { sizes.append(inputs) }
      sizes.append(outputs)
      parameters += weight.values
      if archive.names.contains(prefix + ".bias") {
        parameters +=
          try archive.numbers(prefix + ".bias", shape: [outputs]).values
      } else {
        parameters += [Double](repeating: 0, count: outputs)
      }
    }
    return DenseNetwork(
      shape: DenseShape(sizes: sizes, activation: activation),
      parameters: parameters)
  }

  /// The arrays of a network under `torch.nn.Sequential`'s names.
  ///
  /// The activations between the layers count as modules there: `0.weight`,
  /// `0.bias`, `2.weight`, …
  public static func arrays(
    of network: DenseNetwork<some VectorScalar>
  ) -> [NPZ.NamedArray] {
    let shape = network.shape
    let values = network.parameters.map { Double($0) }
    return (1...shape.layerCount).flatMap { layer in
      let (outputs, inputs) = (shape.sizes[layer], shape.sizes[layer - 1])
      let weights = shape.weightOffset(ofLayer: layer)
      let biases = shape.biasOffset(ofLayer: layer)
      let prefix = "\(2 * (layer - 1))"
      return [
        NPZ.NamedArray(
          prefix + ".weight",
          ShapedArray(
            shape: [outputs, inputs], values: Array(values[weights..<biases]))),
        NPZ.NamedArray(
          prefix + ".bias",
          ShapedArray(
            shape: [outputs],
            values: Array(values[biases..<biases + outputs]))),
      ]
    }
  }

  /// Writes a network; `read` gives the same numbers back.
  public static func write(
    _ network: DenseNetwork<some VectorScalar>, to path: String
  ) throws(FileError) {
    try NPZ.write(arrays(of: network), to: path)
  }

  /// The layers' prefixes in natural order.
  private static func prefixes(of archive: NPZ) throws(FileError) -> [String] {
    var prefixes: [String] = []
    for name in archive.names {
      if name.hasSuffix(".weight") {
        prefixes.append(String(name.dropLast(7)))
      } else if !name.hasSuffix(".bias")
        || !archive.names.contains(String(name.dropLast(5)) + ".weight")
      {
        throw .malformed(
          file: archive.path,
          expected: "arrays <prefix>.weight and <prefix>.bias only",
          found: "\"\(name)\"")
      }
    }
    guard !prefixes.isEmpty else {
      throw .malformed(
        file: archive.path, expected: "at least one <prefix>.weight",
        found: "no array")
    }
    return prefixes.sorted(by: precedesNaturally)
  }
}

/// Whether `a` comes before `b` where runs of digits compare by value.
func precedesNaturally(_ a: String, _ b: String) -> Bool {
  let (x, y) = (naturalParts(a), naturalParts(b))
  for (p, q) in zip(x, y) where p != q {
    switch (p, q) {
    case (.number(let m), .number(let n)): return m < n
    case (.number, .text): return true
    case (.text, .number): return false
    case (.text(let s), .text(let t)): return s < t
    }
  }
  return x.count != y.count ? x.count < y.count : a < b
}

private enum NaturalPart: Equatable {
  case number(Int)
  case text(String)
}

private func naturalParts(_ text: String) -> [NaturalPart] {
  var parts: [NaturalPart] = []
  var rest = text[...]
  while let first = rest.first {
    let isNumber = first.isASCII && first.isNumber
    let run = rest.prefix { ($0.isASCII && $0.isNumber) == isNumber }
    // Too long a run of digits for a number stays text.
    if isNumber, let value = Int(run) {
      parts.append(.number(value))
    } else {
      parts.append(.text(String(run)))
    }
    rest = rest.dropFirst(run.count)
  }
  return parts
}
