public import ArrayFiles
import LinearAlgebra
public import Mixing
public import Sensitivity

/// `mixlab expand-linear`: what mixup regularises in a generalised linear model
/// on inputs from array files, beside what its loss does.
public struct ArrayLinearExpansion: Sendable {
  /// The model's family.
  public var family: LinearModelExpansion.Family
  /// Inputs, [n, p].
  public var inputs: String
  /// θ, [p].
  public var parameters: String
  /// The law of λ.
  public var law: MixingLaw
  /// Whether inputs are rescaled by 1/λ, as in Lemma 3.3.
  public var isRescaled: Bool

  /// An expansion from its files.
  public init(
    family: LinearModelExpansion.Family, inputs: String, parameters: String,
    law: MixingLaw, isRescaled: Bool
  ) {
    self.family = family
    self.inputs = inputs
    self.parameters = parameters
    self.law = law
    self.isRescaled = isRescaled
  }

  /// Reads, computes, and writes the results to a folder.
  ///
  /// Nothing is written unless all input is in order.
  public func run(output: String, overwrite: Bool) throws {
    let array = try NPY.readNumbers(inputs, shape: [nil, nil])
    guard array.shape[0] > 1, array.shape[1] > 0 else {
      throw FileError.malformed(
        file: inputs, expected: "at least two inputs of one coordinate",
        found: "shape \(array.shape)")
    }
    let theta = try NPY.readNumbers(parameters, shape: [array.shape[1]])
    try OutputFolder.check(path: output, overwrite: overwrite)
    let model = LinearModelExpansion(
      family,
      inputs: Matrix(
        rowCount: array.shape[0], columnCount: array.shape[1],
        elements: array.values), parameters: theta.values)
    var result: ConfigurationValue = [
      "command": "expand-linear",
      "configuration": configuration,
      "version": .string(mixlabVersion),
      "blas": blasValue,
      "meanCurvature": .double(model.meanCurvature),
      "spread": .double(model.spread),
    ]
    let regulariser: Double
    let excess: LinearModelExpansion.Measured
    if isRescaled {
      result["factor"] = .double(try model.rescaledFactor(law))
      regulariser = try model.rescaledRegulariser(law)
      excess = try model.rescaledExcess(law)
    } else {
      result["factor"] = .double(law.meanDisplacement / 2)
      regulariser = model.unrescaledRegulariser(law)
      excess = try model.unrescaledExcess(law)
    }
    guard (regulariser + excess.value + excess.errorBound).isFinite else {
      throw FileError.malformed(
        file: parameters, expected: "finite losses on \(inputs)",
        found: "an overflow")
    }
    result["regulariser"] = .double(regulariser)
    result["excess"] = .double(excess.value)
    result["excessError"] = .double(excess.errorBound)
    let folder = try OutputFolder(path: output, overwrite: overwrite)
    try JSONDocument(result).write(to: folder.file("result.json"))
  }

  private var configuration: ConfigurationValue {
    [
      "family": .string(family.rawValue), "inputs": .string(inputs),
      "parameters": .string(parameters), "law": .string("\(law)"),
      "rescaled": .bool(isRescaled),
    ]
  }
}

extension LinearModelError: ExitStatusProviding {
  /// 64: another law has to be asked for.
  public var exitStatus: ExitStatus {
    if case .quadrature(let error) = self { return error.exitStatus }
    return .usage
  }
}
